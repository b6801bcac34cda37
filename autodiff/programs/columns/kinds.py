"""Kinds: Values that are alike, each at a position, and the arrays in which they are side by side.

A kind is settled when those that it is computed from are. Then it is asked for a part of itself, in the shape
of the loops that ran through it, or for one by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ... import ops
from ...values.data import Shape
from ...values.value import data_of
from .arrays import arranged, shaped, taken
from .loops import Positions, Sizes, without_repeats


class Kind:
    """Values that are alike. `members` has a Value, or plain data, for each position, as f recorded it."""

    is_column = False
    """Whether they are computed side by side."""
    is_together = False
    """Whether they are rows of one array already."""
    sizes: Sizes = ()
    """Those of the loops that ran through them."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.members: list[Any] = []
        self._row: Any = None

    @property
    def is_changed(self) -> bool:
        """Whether one of them is another Value than f recorded."""
        return False

    def member(self, position: int) -> Any:
        """One of them as f recorded it."""
        return self.members[position]

    def alone(self, position: int) -> Any:
        """One of them by itself, as it is computed."""
        return self.members[position]

    @property
    def row(self) -> Any:
        """All of them, along one axis in front."""
        if self._row is None:
            self._row = self._together()
        return self._row

    def _together(self) -> Any:
        return ops.stack([self.alone(position) for position in range(len(self.members))])

    def part(self, positions: Positions) -> Any:
        """Those at an array of positions, in its shape; of size 1 along axes along which nothing changes.

        One that is everywhere the same comes by itself.
        """
        positions = without_repeats(positions, positions.ndim)
        if positions.size == 1:
            return self.alone(int(positions.flat[0]))
        return arranged(self.row, self.ranked(positions))

    def ranked(self, positions: Positions) -> Positions:
        """Where they are along the row; or in the order in which they are met, where there is none."""
        return positions


class Constants(Kind):
    """Plain numbers and arrays, and Values made of these while f runs."""

    is_together = True

    def part(self, positions: Positions) -> Any:
        data = np.stack([data_of(self.members[i]) for i in positions.flat])
        data = without_repeats(data.reshape(positions.shape + self.shape), positions.ndim)
        return data if data.size > math.prod(self.shape) else self.alone(int(positions.flat[0]))

    def ranked(self, positions: Positions) -> Positions:
        flat = positions.ravel().tolist()
        ranks = {position: rank for rank, position in enumerate(dict.fromkeys(flat))}
        return np.array([ranks[position] for position in flat]).reshape(positions.shape)


class Leaves(Kind):
    """What f is given: arguments, Values that it closes over, and what is differentiated by.

    They are brought together in the order in which columns need them, so that what is used side by side is.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self._ranks: dict[int, int] = {}

    def want(self, positions: Iterable[int]) -> None:
        """Note that a column needs these."""
        for position in dict.fromkeys(positions):
            self._ranks.setdefault(position, len(self._ranks))

    def _together(self) -> Any:
        return ops.stack([self.members[position] for position in self._ranks])

    def ranked(self, positions: Positions) -> Positions:
        table = np.zeros(len(self.members), np.intp)
        table[[*self._ranks]] = range(len(self._ranks))
        ranked: Positions = table[positions]
        return ranked


class Entries(Kind):
    """Entries, or rows, by whole numbers as indices: of one leaf, or of all Values of a kind."""

    def __init__(self, source: Kind, leaf: int | None, shape: Shape) -> None:
        super().__init__(shape)
        self._source, self._leaf = source, leaf
        self.nodes: dict[int, Any] = {}
        self.is_together = leaf is not None or source.is_together

    @property
    def is_changed(self) -> bool:
        return self._leaf is None and self._source.is_column

    def member(self, position: int) -> Any:
        return self.nodes[position]

    def alone(self, position: int) -> Any:
        if self.is_changed:
            return taken(self.row, position)
        return self.nodes[position]

    def _together(self) -> Any:
        source = self._source.row if self._leaf is None else self._source.members[self._leaf]
        return shaped(source, (-1, *self.shape))
