"""Functions as straight-line programs: traced, rewritten, written as Python source, and run."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .program import Program as Program
    from .program import compile as compile
    from .program import jit as jit

__all__ = ["Program", "compile", "jit"]

__getattr__, __dir__ = lazy_names(__name__, dict.fromkeys(__all__, "program"))
