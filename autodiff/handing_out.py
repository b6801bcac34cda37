"""What is known of the array of a leaf once `leaf.data` gave it away, so that anybody may write into it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

__all__ = ["HELD", "HandedOut"]

Array = np.ndarray[Any, Any]

SMALL = 32_768
"""Entries up to which it costs little to remember what an array was."""

HELD = float("inf")
"""In place of a birth number: younger than all nodes."""


class HandedOut:
    """What the array was, and which nodes may have used something else, by birth numbers.

    Nodes born before `since` used what `content` says, where it is known. Those born from `opened` on, and
    before `until`, may have seen others write: somebody may have held the array, or still does. `views` is
    how many views of it the graph held that was last differentiated.
    """

    __slots__ = ("content", "opened", "since", "until", "views")

    since: int
    content: bytes | None
    opened: int
    until: float
    views: int

    def __init__(self) -> None:
        self.content = None
        self.since = self.opened = self.until = self.views = 0

    def note(self, array: Array, now: int) -> None:
        """The array is handed out."""
        content = array.tobytes() if array.size <= SMALL else None
        if self.until <= self.opened:  # for the first time since it was assigned
            self.since, self.content, self.opened = now, content, 0 if content is None else now
        elif content == self.content:
            self.since = now
        self.until = HELD

    def assigned(self, now: int, references: int) -> None:
        """It was changed by `leaf.data -= step`, whose setter sees so many references to it."""
        self.content, self.opened = None, now
        self.until = HELD if references - self.views > _probe.count else now

    def spoilt(self, array: Array) -> int:
        """The birth number before which nodes used something else than the array is now."""
        return 0 if self.content is None or self.content == array.tobytes() else self.since


class _Assigned:
    """Counts the references to its array that the setter sees where nobody else holds it."""

    def __init__(self) -> None:
        self._data, self.count = np.zeros(1), 0

    @property
    def data(self) -> Array:
        return self._data

    @data.setter
    def data(self, new: Array) -> None:
        self.count = sys.getrefcount(new)


_probe = _Assigned()
_probe.data -= 0.0
