"""Random expressions: how they are drawn, built line by line, called, and written as code."""

from .catalogue.drawable import Drawable
from .drawing import expressions
from .expression import Expression

__all__ = ["Drawable", "Expression", "expressions"]
