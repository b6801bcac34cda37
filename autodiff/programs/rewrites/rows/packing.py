"""Lines that are alike as one operation on the rows of an array: the listing of a grouping.

A row is what the line was, to the last digit, with two exceptions: sums of products are added in
another order, and functions of numbers are those of NumPy instead of those of math.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from itertools import chain

from ....ops import add, multiply
from ... import operations
from ...listing import Line, Listing
from ..additions import works_on_arrays
from ..draft import Draft, Rewrite, Rule, is_a
from .grouping import FEW, MANY, Grouping, sides
from .places import Places
from .rowwise import is_product, on_rows, product_on_rows

REWRITES = [
    Rewrite("sums over the same columns are one matrix product, in its order", False),
    Rewrite("all scalar products of some columns with others are one matrix product, in its order", False),
    Rewrite(
        "other lines that are alike are one operation on the rows of an array; numbers among them are "
        "computed by NumPy's functions instead of those of math, to the last digits",
        False,
    ),
]


def packed(listing: Listing, rules: Iterable[Rule]) -> Listing:
    """The listing with one line for each group of lines that are alike."""
    if not works_on_arrays(listing):
        return listing
    grouping = Grouping(listing)
    sums = any(is_a(line, operations.weighted_sum) or is_a(line, operations.total) for line in listing.lines)
    return Packing(listing, grouping, rules).written() if sums or grouping.pays else listing


class Packing:
    """Writes a listing group by group."""

    def __init__(self, listing: Listing, grouping: Grouping, rules: Iterable[Rule]) -> None:
        self.lines, self.outputs = listing.lines, listing.outputs
        self.groups, self.homes = grouping.groups, grouping.homes
        self.draft = Draft(rules)
        self.places = Places(grouping, self.draft, self._read_alone())

    def _read_alone(self) -> Iterator[int]:
        """Lines that are read one by one."""
        yield from self.outputs
        for position, line in enumerate(self.lines):
            if position not in self.homes and not is_a(line, operations.total):
                yield from line.inputs

    def written(self) -> Listing:
        """The new listing."""
        units = [self._unit(i) for i in range(len(self.lines))]
        for unit in in_order(self.lines, units):
            if unit >= 0:
                self._write_line(unit)
            else:
                self._write_group(~unit)
        return Listing(self.draft.lines, tuple(map(self.places.alone_at, self.outputs)))

    def _unit(self, line: int) -> int:
        """What is written at once: a line, or the group g, as −1 − g."""
        return ~self.homes[line][0] if line in self.homes and self.lines[line].inputs else line

    # -- lines -------------------------------------------------------------------------------------

    def _write_line(self, position: int) -> None:
        line = self.lines[position]
        self.draft.origin = line.origin
        if is_a(line, operations.weighted_sum):
            found = self._weighted_sum(line)
        elif is_a(line, operations.total):
            found = self._total(line)
        elif (is_a(line, operations.rows) or is_a(line, operations.vector)) and line.inputs[0] in self.homes:
            found = self.places.rows_at(line.inputs)
        else:
            inputs = tuple(map(self.places.alone_at, line.inputs))
            found = self.draft.take(line._replace(inputs=inputs))
        self.places.alone[position] = found
        self.draft.adopt(found, line)

    def _weighted_sum(self, line: Line) -> int:
        """One sum alone: a product of vectors, but of few columns that are nowhere side by side."""
        half = len(line.inputs) // 2
        weights, columns = line.inputs[:half], line.inputs[half:]
        if half >= FEW or columns in self.places.stacks or columns[0] in self.homes:
            return self._weighted_sums([line])
        factors = [map(self.places.alone_at, pair) for pair in zip(weights, columns, strict=True)]
        return self._added([self.draft.add(multiply, *pair) for pair in factors])

    def _added(self, terms: Iterable[int]) -> int:
        return reduce(partial(self.draft.add, add), terms)

    def _total(self, line: Line) -> int:
        """Sums of the terms that are rows of one array, and then the other terms."""
        by_group: dict[int, list[int]] = defaultdict(list)
        for i in line.inputs:
            if i in self.homes:
                by_group[self.homes[i][0]].append(i)
        together = [
            sorted(members, key=self.places.rank)
            for members in by_group.values()
            if len(members) >= MANY or self._are_pairs(members)
        ]
        done = set(chain.from_iterable(together))
        others = [self.places.alone_at(i) for i in line.inputs if i not in done]
        return self._added([*map(self._sum, together), *others])

    def _are_pairs(self, members: Sequence[int]) -> bool:
        """Whether numbers are scalar products, each of other vectors."""
        lines = [self.lines[i] for i in members]
        return is_a(lines[0], operations.sum_of_product) and all(
            len(set(side)) == len(lines) for side in sides(lines)
        )

    def _sum(self, members: Sequence[int]) -> int:
        """The sum of numbers of one group; of scalar products without the products."""
        if self._are_pairs(members):
            return self.draft.add(operations.sum_of_product, *self._factors([self.lines[i] for i in members]))
        return self.draft.add(operations.reduced, self.places.rows_at(tuple(members)), axis=0)

    # -- groups ------------------------------------------------------------------------------------

    def _write_group(self, group: int) -> None:
        lines = [self.lines[i] for i in self.groups[group]]
        self.draft.origin = lines[0].origin
        if is_a(lines[0], operations.weighted_sum):
            found = self._weighted_sums(lines)
        elif is_a(lines[0], operations.sum_of_product):
            found = self._scalar_products(lines)
        elif is_product(lines[0]):
            found = self._matrix_products(lines)
        else:
            found = self._rowwise(lines)
        self.places.packs[group] = found
        self.draft.adopt(found, lines[0]._replace(name=_common_name(lines)))

    def _weighted_sums(self, lines: Sequence[Line]) -> int:
        """W·X, each line a row of W, each column a row of X."""
        half = len(lines[0].inputs) // 2
        columns = lines[0].inputs[half:]
        order = sorted(range(half), key=lambda k: self.places.rank(columns[k]))
        table = tuple(tuple(line.inputs[k] for k in order) for line in lines)
        weights = self.places.matrix_at(table) if len(table) > 1 else self.places.rows_at(table[0])
        stack = self.places.rows_at(tuple(columns[k] for k in order))
        return self.draft.add(operations.product, weights, stack)

    def _scalar_products(self, lines: Sequence[Line]) -> int:
        """The scalar products of each column of some with each of others, in one row.

        With a vector of one entry np.dot would take 0·∞ for 0.
        """
        left, right = (tuple(dict.fromkeys(side)) for side in sides(lines))
        single = 1 in (len(left), len(right))
        if len(left) * len(right) > len(lines) or (single and math.prod(self.lines[left[0]].shape) < 2):
            products = self.draft.add(multiply, *self._factors(lines))
            table = self.places.reshaped(products, (len(lines), -1))
            return self.draft.add(operations.reduced, table, axis=1)
        if single:
            one, many = (left, right) if len(left) == 1 else (right, left)
            column = self.places.reshaped(self.places.alone_at(one[0]), (-1,))
            return self.draft.add(operations.product, self.places.vectors_at(many), column)
        table = self.draft.add(
            operations.product_with_transposed, self.places.vectors_at(left), self.places.vectors_at(right)
        )
        return self.places.reshaped(table, (-1,))

    def _matrix_products(self, lines: Sequence[Line]) -> int:
        left, right = sides(lines)
        a, b = self._factors(lines)
        shared = len(set(left)) == 1, len(set(right)) == 1
        return product_on_rows(self.draft, lines[0], a, b, shared)

    def _factors(self, lines: Sequence[Line]) -> list[int]:
        """The first factors of products, and the second ones: as rows, where they differ."""
        return [self.places.operand_at(side) for side in sides(lines)]

    def _rowwise(self, lines: Sequence[Line]) -> int:
        """The operation that made one line, on arrays whose rows are the operands of all."""
        first = lines[0]
        assert first.operation is not None
        axes = len(first.shape) if first.operation.entrywise else 0
        inputs = [self.places.operand_at(side, axes) for side in sides(lines)]
        options = on_rows(first, len(self.lines[first.inputs[0]].shape), len(lines))
        return self.draft.apply(first.operation, inputs, options)


def in_order(lines: Sequence[Line], units: Sequence[int]) -> Iterator[int]:
    """Units, each after those that it needs, else in the order of their first lines.

    `units` has the unit of each line.
    """
    first: dict[int, int] = {}
    sorter = TopologicalSorter[int]()
    for position, (line, unit) in enumerate(zip(lines, units, strict=True)):
        first.setdefault(unit, position)
        sorter.add(unit, *[units[i] for i in line.inputs])
    sorter.prepare()
    ready: list[tuple[int, int]] = []
    while sorter.is_active():
        for unit in sorter.get_ready():
            heappush(ready, (first[unit], unit))
        _, unit = heappop(ready)
        yield unit
        sorter.done(unit)


def _common_name(lines: Sequence[Line]) -> str | None:
    """What the names of lines have in common: z⁽¹⁾ of z₁⁽¹⁾, z₂⁽¹⁾."""
    names = [line.name or "" for line in lines]
    start = _common_start(names)
    end = _common_start([name[len(start) :][::-1] for name in names])[::-1]
    return start + end or None


def _common_start(names: Sequence[str]) -> str:
    """What all names begin with."""
    first, last = min(names), max(names)
    differing = (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(differing, len(first))]
