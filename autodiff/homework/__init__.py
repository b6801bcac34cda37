"""Homework: a derivative is asked for, and what a student types is marked."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .derivatives import Exercise as Exercise
    from .derivatives import exercise as exercise
    from .mark import Mark as Mark
    from .sheet import Sheet as Sheet
    from .sheet import exercises as exercises

__all__ = ["Exercise", "Mark", "Sheet", "exercise", "exercises"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Exercise": "derivatives",
        "Mark": "mark",
        "Sheet": "sheet",
        "exercise": "derivatives",
        "exercises": "sheet",
    },
)
