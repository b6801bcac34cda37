"""Expressions as they are written at school, in Python and in LaTeX."""

from .reading import Calculation, read

__all__ = ["Calculation", "read"]
