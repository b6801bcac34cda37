"""Recorded graphs as cards, boxes and arrows, in any format, and as a tree of text."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .picture import Picture as Picture
    from .picture import draw as draw
    from .text_tree import tree as tree

__all__ = ["Picture", "draw", "tree"]

__getattr__, __dir__ = lazy_names(__name__, {"Picture": "picture", "draw": "picture", "tree": "text_tree"})
