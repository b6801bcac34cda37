"""Networks with data as pages in which every number can be moved."""

from .playing import play

__all__ = ["play"]
