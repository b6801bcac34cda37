"""Expressions as they are written at school, in Python and in LaTeX."""

from .calculation import Calculation
from .reading import read

__all__ = ["Calculation", "read"]
