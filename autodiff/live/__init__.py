"""Graphs as pages in which every number can be moved."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .page import LivePage as LivePage
    from .playing import play as play

__all__ = ["LivePage", "play"]

__getattr__, __dir__ = lazy_names(__name__, {"LivePage": "page", "play": "playing"})
