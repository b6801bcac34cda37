"""Lines that are alike: which of them are computed side by side, as the rows of one array.

    z₁ = Σₖ w₁ₖ·xₖ,  z₂ = Σₖ w₂ₖ·xₖ   →   Z = W·X          a₁ = σ(z₁),  a₂ = σ(z₂)   →   A = σ(Z)

Lines are alike that apply one operation, equally far from the inputs, to operands of one kind: rows of the
same array, or lines that stand alone. They are joined where that saves more calls of NumPy than it costs
to bring the rows of the operands together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import product as pairs
from typing import TypeAlias

import numpy as np

from ...listing import Line, Listing
from ...operations import sum_of_product, weighted_sum
from ...sameness import frozen
from ..draft import is_a
from .rowwise import acts_on_rows, are_multiplied, is_product

Home: TypeAlias = tuple[int, int]
"""The group of a line, and its row there."""

Members: TypeAlias = tuple[int, ...]

CALL, NUMBER = 0.7, 0.05
"""Microseconds of an operation on arrays, and of one on numbers."""

GATHER, ROW, ENTRY = 1.5, 0.2, 0.0005
"""Microseconds to bring rows together, for each row that stands alone, for each entry that is copied."""

FEW = 4
"""Arrays below which they are not brought together for one operation alone."""

MANY = 16
"""Numbers among the inputs from which on they are put into one array."""

DTYPES = (np.dtype(np.float64), np.dtype(np.bool_))


class Grouping:
    """The groups of a listing, in which a group's operands come before it, and the home of each line."""

    def __init__(self, listing: Listing) -> None:
        self.lines = listing.lines
        self.groups: list[Members] = []
        self.homes: dict[int, Home] = {}
        self._stacked: set[Members] = set()
        self._apart = {i for i, line in enumerate(self.lines) if line.dtype not in DTYPES}
        numbers = tuple(i for i, line in enumerate(self.lines) if line.kind == "input" and line.is_float)
        if len(numbers) >= MANY:
            self._join(numbers)
        for line in self.lines:
            if is_a(line, weighted_sum):
                half = len(line.inputs) // 2
                self._stacked |= {line.inputs[:half], line.inputs[half:]}
        for layer in _layers(self.lines):
            for members in self._alike(layer):
                self._consider(members)

    @property
    def pays(self) -> bool:
        """Whether there is a group of other lines than inputs."""
        return any(self.lines[members[0]].inputs for members in self.groups)

    def _alike(self, layer: Sequence[int]) -> list[list[int]]:
        """The lines of a layer by kind."""
        kinds: dict[Hashable, list[int]] = defaultdict(list)
        for position in layer:
            line = self.lines[position]
            if self._apart.isdisjoint((position, *line.inputs)) and (kind := self._kind(line)) is not None:
                kinds[kind].append(position)
        return [members for members in kinds.values() if len(members) > 1]

    def _kind(self, line: Line) -> Hashable:
        """Equal for lines that are alike; None for those that are not joined."""
        if is_a(line, weighted_sum):
            return line.operation, line.inputs[len(line.inputs) // 2 :]
        if is_a(line, sum_of_product) or is_product(line) or acts_on_rows(line):
            operands = [self._source(i) for i in line.inputs]
            return line.operation, line.shape, frozen(line.metadata), *operands
        return None

    def _source(self, position: int) -> Hashable:
        """The group of an operand, or what it is if it stands alone."""
        line, home = self.lines[position], self.homes.get(position)
        if home is not None:
            return home[0]
        if line.kind == "constant" and line.is_float:
            return "number", position
        return line.shape, line.dtype, line.kind == "constant"

    # -- whether it pays ---------------------------------------------------------------------------

    def _consider(self, members: list[int]) -> None:
        """Join lines where that is faster."""
        first = self.lines[members[0]]
        ordered = tuple(sorted(members, key=self._order))
        if is_a(first, weighted_sum):
            self._join(ordered)
        elif is_a(first, sum_of_product):
            self._consider_products(ordered)
        elif self._are_joined(ordered) and self._pays(ordered):
            self._join(ordered)

    def _are_joined(self, members: Members) -> bool:
        """Whether there is one operation for all, as there is but for some products."""
        first = self.lines[members[0]]
        if not is_product(first):
            return True
        left, right = sides(self.lines[i] for i in members)
        shared = len(set(left)) == 1, len(set(right)) == 1
        return are_multiplied(self.lines[left[0]], self.lines[right[0]], shared)

    def _consider_products(self, members: Members) -> None:
        """Scalar products: those of each of some columns with each of others are a matrix product."""
        by_pair = {self.lines[i].inputs: i for i in members}
        left, right = (
            tuple(sorted(set(side), key=self.rank)) for side in sides(self.lines[i] for i in members)
        )
        if len(left) * len(right) == len(members):
            if (len(members) - 1) * CALL > self._cost(left) + self._cost(right):
                self._join(tuple(by_pair[pair] for pair in pairs(left, right)))
        elif self._pays(members):
            self._join(members)

    def _pays(self, members: Members) -> bool:
        """Whether joining lines saves more than it costs."""
        line, m = self.lines[members[0]], len(members)
        operands = sides(self.lines[i] for i in members)
        cost = sum(map(self._cost, operands))
        if all(self.lines[i].is_float for i in (*line.inputs, members[0])):
            return m * NUMBER * (1 + sum(i in self.homes for i in line.inputs)) - CALL > cost
        aligned = sum(map(self._is_aligned, operands))
        saved = (m - 1) * CALL + aligned * (CALL + m * ROW)
        return saved > cost if aligned or not cost else m >= FEW and saved > 2 * cost

    def _order(self, member: int) -> list[tuple[bool, int]]:
        """That of the rows of the operands; what stands alone comes after. Constants suit any order."""
        operands = [x for x in self.lines[member].inputs if self.lines[x].kind != "constant"]
        return sorted((x not in self.homes, self.rank(x)) for x in operands)

    def rank(self, position: int) -> int:
        """The order of rows: that in their array, or in the listing."""
        return self.homes.get(position, (0, position))[1]

    def _is_aligned(self, sources: Members) -> bool:
        """Whether lines follow each other in the array of one group."""
        homes = [self.homes.get(i, (-1, 0)) for i in sources]
        return homes[0][0] >= 0 and homes == [(homes[0][0], homes[0][1] + k) for k in range(len(homes))]

    def _cost(self, sources: Members) -> float:
        """What it takes to bring lines together as rows of one array."""
        lines = [self.lines[i] for i in sources]
        there = sources in self._stacked or self._is_aligned(sources)
        if there or len(set(sources)) == 1 or all(line.kind == "constant" for line in lines):
            return 0.0
        entries = sum(int(np.prod(line.shape)) for line in lines)
        groups = {self.homes.get(i, (-1, 0))[0] for i in sources}
        each = 0.0 if len(groups) == 1 and -1 not in groups else NUMBER if lines[0].is_float else ROW
        return GATHER + len(sources) * each + entries * ENTRY

    def _join(self, members: Members) -> None:
        for row, position in enumerate(members):
            self.homes[position] = len(self.groups), row
        self.groups.append(members)
        self._stacked.update(sides(self.lines[i] for i in members))


def sides(lines: Iterable[Line]) -> list[Members]:
    """First operands, second operands, …"""
    return list(zip(*[line.inputs for line in lines], strict=True))


def _layers(lines: Sequence[Line]) -> list[list[int]]:
    """Positions of the lines by how many operations lie between them and the inputs, at most."""
    depths: list[int] = []
    layers: dict[int, list[int]] = defaultdict(list)
    for position, line in enumerate(lines):
        depth = 1 + max([depths[i] for i in line.inputs], default=-1)
        depths.append(depth)
        if line.inputs:
            layers[depth].append(position)
    return [layers[depth] for depth in sorted(layers)]
