"""Files that are old or new at every moment, and the figures that are written to them."""

from .writing import format_of, replacing, write

__all__ = ["format_of", "replacing", "write"]
