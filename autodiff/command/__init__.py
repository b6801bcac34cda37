"""The command line, and the reader of expressions as they are written at school."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .line import main as main

__all__ = ["main"]

__getattr__, __dir__ = lazy_names(__name__, {"main": "line"})
