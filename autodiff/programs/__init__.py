"""Functions as straight-line programs: traced, rewritten, written as Python source, and run."""

from .program import Program, compile

__all__ = ["Program", "compile"]
