"""Kinds that operations compute: side by side where that pays, else one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from operator import is_
from typing import Any

import numpy as np

from ... import ops
from ...values.data import dtype_of, shape_of
from ...values.operation import Operation, metadata_of
from ...values.recording import recorded
from ...values.value import Value, data_of
from .arrays import shaped, spread, taken, trimmed, with_axes
from .batches import Batch
from .kinds import Kind, Leaves
from .loops import Positions, Sizes, even_steps, grid

MANY, FEW = 16, 4
"""Numbers, and arrays, from which on it pays to compute them side by side."""


class Computed(Kind):
    """The results of one operation, with the same options, on operands of the same kinds.

    `sites` have the positions of the operands in the order of the members; where an operand is many of one
    kind, as many as `counts` says for each member.
    """

    def __init__(self, sample: Value, operands: Sequence[Kind], counts: Sizes) -> None:
        super().__init__(shape_of(sample._data))
        self.operation: Operation = sample._operation
        self.dtype = dtype_of(sample._data)
        self.metadata, self.operands, self.counts = metadata_of(sample), operands, counts
        self.sites: list[list[int]] = [[] for _ in operands]
        self.sizes: Sizes = ()
        self._is_changed = False
        self._places: Positions | None = None
        self._value: Any = None
        self._alone: dict[int, Any] = {}

    def decide(self) -> None:
        """Find out whether it pays to compute them side by side."""
        varying = [
            kind
            for kind, site in zip(self.operands, self.sites, strict=True)
            if site.count(site[0]) < len(site)
        ]
        self.is_column = len(self.members) * max(self.counts) >= self._least(varying) and self._is_possible()
        self.is_together = self.is_column
        if self.is_column:
            for kind, site in zip(self.operands, self.sites, strict=True):
                if isinstance(kind, Leaves) and kind in varying:
                    kind.want(site)

    def _least(self, varying: Sequence[Kind]) -> float:
        """From how many on it pays: for arrays that are rows already few, where they are to become rows many.

        Numbers times arrays are left to the rewrites, which know of sums over columns.
        """
        loose = [kind for kind in varying if not kind.is_together]
        if not self.shape and not any(kind.shape for kind in self.operands):
            return MANY
        if all(kind.shape and isinstance(kind, Leaves) for kind in loose):
            return MANY if loose else FEW
        return math.inf

    def _is_possible(self) -> bool:
        if self.operation.formula in self.operation.arguments:  # x as it is, which is nothing to compute
            return self.operands[0].is_column
        return self._batch().is_possible

    def _batch(self) -> Batch:
        return Batch(self.operation, self.metadata, [kind.shape for kind in self.operands], self.shape)

    def settle(self, tell: Callable[[Computed], None]) -> None:
        """Compute them; `tell` that what is recorded next is of this kind."""
        if self.is_column:
            sites = self._in_loops() if len(self.members) > 1 else self._sites()
            tell(self)
            self.is_column = self._keep(self._computed(sites))
        if self.is_column:
            self._is_changed = True
            return
        if not any(kind.is_changed for kind in self.operands):
            return
        tell(self)
        for position, node in enumerate(self.members):
            self._alone[position] = found = self._recorded(position)
            self._is_changed |= found is not node

    @property
    def is_changed(self) -> bool:
        return self._is_changed

    def _keep(self, value: Any) -> bool:
        """Take an array, which may be the same along some axes, for that of all; not in another precision."""
        if dtype_of(data_of(value)) != self.dtype:
            self.sizes, self._places = (), None
            return False
        if shape_of(value) == self.shape:  # the same for all
            self.sizes, self._places = (), np.zeros(len(self.members), np.intp)
        self._value = spread(value, self.sizes + self.shape)
        if isinstance(self._value, Value):
            self._value._tracked = self.members[0]._tracked
        return True

    def part(self, positions: Positions) -> Any:
        return self._value if self.is_column and not self.sizes else super().part(positions)

    def _sites(self) -> list[Positions]:
        """The positions of the operands, one row for each member."""
        count = len(self.members)
        return [np.array(site).reshape(count, -1) for site in self.sites]

    def _in_loops(self) -> list[Positions]:
        """The sites in the order in which members are computed, after the loops that ran through them."""
        sites = self._sites()
        ranks = [kind.ranked(site[:, 0]) for kind, site in zip(self.operands, sites, strict=True)]
        self.sizes = grid(ranks)
        if len(self.sizes) > 1:
            return sites
        if any(even_steps(rank) is None for rank in ranks):
            order = np.lexsort(ranks[::-1])
            sizes = grid([rank[order] for rank in ranks])
            if len(sizes) > 1 or all(even_steps(rank[order]) for rank in ranks):
                self.sizes, self._places = sizes, np.argsort(order)
                return [site[order] for site in sites]
        for kind, rank in zip(self.operands, ranks, strict=True):
            if (
                kind.is_column
                and math.prod(kind.sizes) == len(rank)
                and np.array_equal(rank, range(len(rank)))
            ):
                self.sizes = kind.sizes
        return sites

    def _computed(self, sites: list[Positions]) -> Any:
        """The array of all, perhaps the same along some axes."""
        parts = [
            self._cast(kind, kind.part(site.reshape(self.sizes)))
            for kind, site in zip(self.operands, sites, strict=True)
        ]
        return self._batch().of(parts, self.sizes)

    def ranked(self, positions: Positions) -> Positions:
        return positions if self._places is None else self._places[positions]

    def _cast(self, kind: Kind, part: Any) -> Any:
        """Plain numbers in the precision of the result, which they do not change one by one."""
        narrow = self.dtype.kind == "f" and self.dtype.itemsize < 8
        return part.astype(self.dtype) if narrow and isinstance(part, np.ndarray) and not kind.shape else part

    # -- one by one --------------------------------------------------------------------------------

    def alone(self, position: int) -> Any:
        if not self.is_changed:
            return self.members[position]
        if position not in self._alone:
            one = taken(self.row, int(self.ranked(np.array(position)))) if self.sizes else self._value
            self._alone[position] = one
        return self._alone[position]

    def _together(self) -> Any:
        whole = (len(self.members), *self.shape)
        if not self.is_column:
            return super()._together()
        return (
            shaped(self._value, whole) if self.sizes or len(self.members) == 1 else spread(self._value, whole)
        )

    def _recorded(self, position: int) -> Any:
        """As f recorded it, unless operands have become parts of columns."""
        places = [
            (kind, i)
            for kind, site, count in zip(self.operands, self.sites, self.counts, strict=True)
            for i in site[position * count : (position + 1) * count]
        ]
        operands = [kind.alone(i) for kind, i in places]
        node = self.members[position]
        if all(map(is_, operands, [kind.member(i) for kind, i in places])):
            return node
        new = self._again(node, operands)
        if isinstance(new, Value):
            new._label, new._tracked = node._label, node._tracked
        return new

    def _again(self, node: Value, operands: Sequence[Any]) -> Any:
        """A node with the same data; these data, where they follow from data alone."""
        if not any(isinstance(x, Value) for x in operands):
            return node._data
        return recorded(self.operation, node._data, operands, self.metadata, node._tracked)


class Summed(Computed):
    """Sums of many terms, which f added one by one."""

    def _is_possible(self) -> bool:
        return True

    def _computed(self, sites: list[Positions]) -> Any:
        terms = [
            trimmed(with_axes(self._total(kind, site), kind.shape, len(self.shape)))
            for kind, site in zip(self.operands, sites, strict=True)
        ]
        terms = [x for x in terms if not (type(x) is float and x == 0.0)] or terms
        return reduce(lambda x, y: x + y, sorted(terms, key=lambda x: not isinstance(x, Value)))

    def _total(self, kind: Kind, site: Positions) -> Any:
        """The sum of all terms of one kind."""
        part, inner = inner_part(kind, site, self.sizes)
        if site.shape[1] == 1:
            return part
        first = len(self.sizes)
        given = shape_of(part)[first : first + len(inner)] if len(shape_of(part)) > len(kind.shape) else None
        if given is None:
            return part * float(site.shape[1])
        total = ops.sum(part, axis=tuple(range(first, first + len(inner))))
        times = math.prod(inner) // math.prod(given)
        return total * float(times) if times > 1 else total

    def _again(self, node: Value, operands: Sequence[Any]) -> Any:
        return reduce(lambda x, y: x + y, operands)


class Joined(Computed):
    """Arrays put together of many of one kind."""

    def _is_possible(self) -> bool:
        return True

    def _computed(self, sites: list[Positions]) -> Any:
        (kind,), (site,) = self.operands, sites
        sizes = (*self.sizes, site.shape[1])
        rows = spread(kind.part(site.reshape(sizes)), sizes + kind.shape)
        loops, axis = len(self.sizes), self.metadata["axis"]
        return shaped(ops.moveaxis(rows, loops, loops + axis) if axis else rows, self.sizes + self.shape)


def inner_part(kind: Kind, site: Positions, sizes: Sizes) -> tuple[Any, Sizes]:
    """Many of one kind for each member, along axes behind those of the members, and the sizes of these."""
    inner: Sizes = (site.shape[1],)
    if site.shape[1] == 1:
        inner = ()
    else:
        site = np.take_along_axis(site, np.argsort(kind.ranked(site), axis=1, kind="stable"), 1)
        ranks = kind.ranked(site)
        if np.array_equal(ranks - ranks[:, :1], np.broadcast_to(ranks[0] - ranks[0, 0], site.shape)):
            inner = grid([ranks[0]])
    return kind.part(site.reshape(sizes + inner)), inner
