"""What is known of the array of a leaf once `leaf.data` gave it away, so that anybody may write into it."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np

__all__ = ["HELD", "HandedOut", "assigned", "handed_out"]

Array = np.ndarray[Any, Any]

SMALL = 32_768
"""Entries up to which it costs little to remember what an array was."""

HELD = float("inf")
"""In place of a birth number: younger than all nodes."""


class HandedOut(NamedTuple):
    """What the array was, and which nodes may have used something else, by birth numbers.

    Nodes born before `since` used what `content` says, where it is known. Those born from `opened` on, and
    before `until`, may have seen others write: somebody may have held the array, or still does. `views` is
    how many views of it the graph held that was last differentiated.
    """

    since: int
    content: bytes | None
    opened: int
    until: float
    views: int = 0

    def spoilt(self, array: Array) -> int:
        """The birth number before which nodes used something else than the array is now."""
        return 0 if self.content is None or self.content == array.tobytes() else self.since


def handed_out(array: Array, now: int, before: HandedOut | None) -> HandedOut:
    """What is known after an array is handed out."""
    content = array.tobytes() if array.size <= SMALL else None
    if before is None or before.until <= before.opened:
        return HandedOut(now, content, 0 if content is None else now, HELD, before.views if before else 0)
    return before._replace(since=now if before.content == content else before.since, until=HELD)


def assigned(now: int, before: HandedOut | None, references: int) -> HandedOut | None:
    """What is known after `leaf.data -= step`, whose setter sees so many references to the array."""
    if before is None:
        return None
    held = references - before.views > _probe.count
    return HandedOut(0, None, now, HELD if held else now, before.views)


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
