"""What the values of a graph are called, and the boxes of the program that they stand in."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .names import Names as Names
    from .names import shown_names as shown_names

__all__ = ["Names", "shown_names"]

__getattr__, __dir__ = lazy_names(__name__, {"Names": "names", "shown_names": "names"})
