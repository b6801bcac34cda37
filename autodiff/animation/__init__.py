"""Back propagation, and whatever else is done step by step, as pages and moving pictures."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names
from .steps import Detail, Row, Sign, Step
from .storyboard import Frame, Storyboard

if TYPE_CHECKING:
    from .backpropagation import animate as animate

__all__ = ["Detail", "Frame", "Row", "Sign", "Step", "Storyboard", "animate"]

__getattr__, _ = lazy_names(__name__, {"animate": "backpropagation"})


def __dir__() -> list[str]:
    return __all__
