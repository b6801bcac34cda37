"""Back propagation, and whatever else goes step by step, as pages and moving pictures."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .backpropagation import animate as animate
    from .steps import Detail as Detail
    from .steps import Row as Row
    from .steps import Sign as Sign
    from .steps import Step as Step
    from .storyboard import Frame as Frame
    from .storyboard import Storyboard as Storyboard

__all__ = ["Detail", "Frame", "Row", "Sign", "Step", "Storyboard", "animate"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Detail": "steps",
        "Frame": "storyboard",
        "Row": "steps",
        "Sign": "steps",
        "Step": "steps",
        "Storyboard": "storyboard",
        "animate": "backpropagation",
    },
)
