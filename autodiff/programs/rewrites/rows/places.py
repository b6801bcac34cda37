"""Where the lines of a listing stand in the new one: by themselves, or as rows of arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain

import numpy as np

from ....ops import transpose
from ....values.data import Shape
from ...operations import reshaped, rows, taken, vector
from ..draft import Draft
from ..indexing import SHARE, entry_of
from .grouping import Grouping, Members


class Places:
    """Positions in the draft.

    `alone` has those of lines by themselves, `packs` those of the arrays of groups; the methods add what
    is not there yet: rows taken out of an array, and rows brought together. `read` are the lines that are
    read one by one.
    """

    def __init__(self, grouping: Grouping, draft: Draft, read: Iterable[int]) -> None:
        self.lines, self.groups = grouping.lines, grouping.groups
        self.homes, self.rank = grouping.homes, grouping.rank
        self.draft = draft
        self.alone: dict[int, int] = {}
        self.packs: dict[int, int] = {}
        self.stacks: dict[Members, int] = {}
        self._read = Counter(self.homes[i][0] for i in read if i in self.homes)

    def alone_at(self, line: int) -> int:
        """Where a line stands by itself."""
        if line not in self.alone:
            group, row = self.homes[line]
            pack = self.packs[group]
            if self.lines[line].is_float and self._read[group] * SHARE >= len(self.groups[group]):
                self.alone[line] = entry_of(self.draft, pack, row)
            else:
                self.alone[line] = self.draft.add(taken, pack, index=row)
        return self.alone[line]

    def rows_at(self, sources: Members) -> int:
        """Where lines stand as the rows of one array."""
        if sources not in self.stacks:
            homes = [self.homes.get(i, (-1, 0)) for i in sources]
            group = homes[0][0]
            if group >= 0 and all(home[0] == group for home in homes):
                self.stacks[sources] = self._chosen(group, [row for _, row in homes])
            else:
                make = rows if self.lines[sources[0]].shape else vector
                self.stacks[sources] = self.draft.add(make, *map(self.alone_at, sources))
        return self.stacks[sources]

    def _chosen(self, group: int, places: list[int]) -> int:
        """Rows of a group's array: a slice where they follow each other evenly."""
        if group not in self.packs:  # the inputs
            self.packs[group] = self.draft.add(vector, *map(self.alone_at, self.groups[group]))
        pack, step = self.packs[group], max(places[1] - places[0], 1) if len(places) > 1 else 1
        evenly = slice(places[0], places[-1] + 1, step)
        count = len(self.groups[group])
        if places != list(range(count)[evenly]):
            return self.draft.add(taken, pack, index=np.array(places))
        return pack if len(places) == count else self.draft.add(taken, pack, index=evenly)

    def matrix_at(self, table: tuple[Members, ...]) -> int:
        """Where numbers stand as a matrix; as the transpose of one, if that is there."""
        turned = tuple(chain.from_iterable(zip(*table, strict=True)))
        if turned in self.stacks:
            shape = (len(table[0]), len(table))
            return self.draft.add(transpose, self.reshaped(self.stacks[turned], shape))
        flat = self.rows_at(tuple(chain.from_iterable(table)))
        return self.reshaped(flat, (len(table), len(table[0])))

    def vectors_at(self, sources: Members) -> int:
        """Where lines stand as the rows of a matrix, each with its entries in one row."""
        return self.reshaped(self.rows_at(sources), (len(sources), -1))

    def operand_at(self, sources: Members, axes: int = 0) -> int:
        """One operand that all share, or rows with so many axes each, of size 1 in front."""
        if len(set(sources)) == 1:
            return self.alone_at(sources[0])
        shape = self.lines[sources[0]].shape
        missing = (1,) * (axes - len(shape))
        found = self.rows_at(sources)
        return self.reshaped(found, (len(sources), *missing, *shape)) if missing else found

    def reshaped(self, position: int, shape: Shape) -> int:
        """An array in another shape; with −1 for what is left, in two axes at most."""
        given = self.draft.lines[position].shape
        if given == shape or (-1 in shape and len(given) == len(shape)):
            return position
        return self.draft.add(reshaped, position, shape=shape)
