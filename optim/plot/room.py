"""Where a picture has room for text: beside what is written already, and within the frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LETTER = 0.62
"""About the width of a letter, in heights of the text."""

GAP = 2.0
"""Text closer than this seems to touch."""


class Patch(NamedTuple):
    """A rectangle, in the units of text: points, or those of a picture; y may go up or down."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Patch) -> bool:
        """Whether both cover some place, or are as near as if they did."""
        across = self.left < other.right + GAP and other.left < self.right + GAP
        return across and self.low < other.high + GAP and other.low < self.high + GAP

    def within(self, left: float, right: float) -> Patch:
        """The same moved sideways, so that it is between two lines."""
        shift = max(left - self.left, 0.0) + min(right - self.right, 0.0)
        return self._replace(left=self.left + shift, right=self.right + shift)

    @property
    def middle(self) -> float:
        """Halfway from left to right."""
        return (self.left + self.right) / 2.0


def around(text: str, x: float, low: float, size: float) -> Patch:
    """The box of text of a size over a line, centred at x.

    >>> around("max.", 20.0, 0.0, 12.5)
    Patch(left=4.5, low=0.0, right=35.5, high=12.5)
    """
    half = LETTER * size * len(text) / 2.0
    return Patch(x - half, low, x + half, low + size)


class Room:
    """What of a picture is taken by text and by marks."""

    def __init__(self, taken: Iterable[Patch] = ()) -> None:
        self._taken = list(taken)

    def take(self, box: Patch) -> None:
        """Let nothing be written here."""
        self._taken.append(box)

    def first(self, boxes: Sequence[Patch]) -> Patch | None:
        """The first of these that is free, which then is taken; none where none is.

        >>> room = Room([Patch(0.0, 0.0, 40.0, 10.0)])
        >>> room.first([Patch(30.0, 0.0, 60.0, 10.0), Patch(30.0, 15.0, 60.0, 25.0)])
        Patch(left=30.0, low=15.0, right=60.0, high=25.0)
        >>> room.first([Patch(50.0, 20.0, 60.0, 30.0)]) is None
        True
        """
        free = next((box for box in boxes if not any(map(box.meets, self._taken))), None)
        if free is not None:
            self.take(free)
        return free
