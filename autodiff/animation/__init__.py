"""Back propagation, and whatever else goes step by step, as pages and moving pictures."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .backpropagation import animate as animate
    from .storyboard import Detail as Detail
    from .storyboard import Frame as Frame
    from .storyboard import Row as Row
    from .storyboard import Sign as Sign
    from .storyboard import Step as Step
    from .storyboard import Storyboard as Storyboard

__all__ = ["Detail", "Frame", "Row", "Sign", "Step", "Storyboard", "animate"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Detail": "storyboard",
        "Frame": "storyboard",
        "Row": "storyboard",
        "Sign": "storyboard",
        "Step": "storyboard",
        "Storyboard": "storyboard",
        "animate": "backpropagation",
    },
)
