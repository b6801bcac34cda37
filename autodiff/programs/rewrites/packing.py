"""Lines that are alike as one operation on the rows of an array: the listing of a grouping.

A row is what the line was, to the last digit, with two exceptions: sums of products are added in
another order, and functions of numbers are those of NumPy instead of those of math.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from itertools import chain

import numpy as np

from ...data import Shape
from ...ops import add, multiply, transpose
from ..listing import Line, Listing
from ..operations import (
    entry,
    numbers,
    product,
    product_with_transposed,
    reduced,
    reshaped,
    rows,
    sum_of_product,
    taken,
    total,
    vector,
    weighted_sum,
)
from .additions import works_on_arrays
from .broadcasts import broadcasts
from .draft import Draft, Rewrite, Rule, is_a
from .grouping import FEW, MANY, Grouping, Members
from .ordering import in_order
from .rowwise import on_rows

__all__ = ["REWRITES", "packed"]

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
    sums = any(is_a(line, weighted_sum) or is_a(line, total) for line in listing.lines)
    return Packing(listing, grouping, rules).written() if sums or grouping.pays else listing


class Packing:
    """Writes a listing group by group.

    `alone` has the positions of lines that stand for themselves, `packs` those of the arrays of groups,
    `stacks` those of rows that were brought together.
    """

    def __init__(self, listing: Listing, grouping: Grouping, rules: Iterable[Rule]) -> None:
        self.lines, self.outputs = listing.lines, listing.outputs
        self.groups, self.homes, self.rank = grouping.groups, grouping.homes, grouping.rank
        self.draft = Draft(rules)
        self.alone: dict[int, int] = {}
        self.packs: dict[int, int] = {}
        self.stacks: dict[Members, int] = {}
        self.wanted = Counter(self.homes[i][0] for i in self._read_alone() if i in self.homes)

    def _read_alone(self) -> Iterator[int]:
        """Lines that are read one by one."""
        yield from self.outputs
        for position, line in enumerate(self.lines):
            if position not in self.homes and not is_a(line, total):
                yield from line.inputs

    def written(self) -> Listing:
        """The new listing."""
        units = [self._unit(i) for i in range(len(self.lines))]
        for unit in in_order(self.lines, units):
            if unit >= 0:
                self._write_line(unit)
            else:
                self._write_group(~unit)
        return Listing(self.draft.lines, tuple(map(self._position, self.outputs)))

    def _unit(self, line: int) -> int:
        """What is written at once: a line, or the group g, as −1 − g."""
        return ~self.homes[line][0] if line in self.homes and self.lines[line].inputs else line

    # -- where lines are ---------------------------------------------------------------------------

    def _position(self, line: int) -> int:
        """Where a line stands by itself."""
        if line not in self.alone:
            group, row = self.homes[line]
            pack = self.packs[group]
            if self.lines[line].is_float and self.wanted[group] * 8 >= len(self.groups[group]):
                self.alone[line] = self.draft.add(entry, self.draft.add(numbers, pack), index=row)
            else:
                self.alone[line] = self.draft.add(taken, pack, index=row)
        return self.alone[line]

    def _stacked(self, sources: Members) -> int:
        """Where lines stand as the rows of one array."""
        if sources not in self.stacks:
            homes = [self.homes.get(i, (None, 0)) for i in sources]
            (group, _), *_ = homes
            if group is not None and all(home[0] == group for home in homes):
                self.stacks[sources] = self._chosen(group, [row for _, row in homes])
            else:
                make = vector if self.lines[sources[0]].is_float else rows
                self.stacks[sources] = self.draft.add(make, *map(self._position, sources))
        return self.stacks[sources]

    def _chosen(self, group: int, places: list[int]) -> int:
        """Rows of a group's array: a slice where they follow each other evenly."""
        if group not in self.packs:  # the inputs
            self.packs[group] = self.draft.add(vector, *map(self._position, self.groups[group]))
        pack, step = self.packs[group], max(places[1] - places[0], 1) if len(places) > 1 else 1
        evenly = slice(places[0], places[-1] + 1, step)
        count = len(self.groups[group])
        if places != list(range(count)[evenly]):
            return self.draft.add(taken, pack, index=np.array(places))
        return pack if len(places) == count else self.draft.add(taken, pack, index=evenly)

    def _matrix(self, table: tuple[Members, ...]) -> int:
        """Where numbers stand as a matrix; as the transpose of one, if that is there."""
        turned = tuple(chain.from_iterable(zip(*table, strict=True)))
        if turned in self.stacks:
            shape = (len(table[0]), len(table))
            return self.draft.add(transpose, self._reshaped(self.stacks[turned], shape))
        flat = self._stacked(tuple(chain.from_iterable(table)))
        return self._reshaped(flat, (len(table), len(table[0])))

    def _reshaped(self, position: int, shape: Shape) -> int:
        """An array in another shape; with −1 for what is left, in two axes at most."""
        given = self.draft.lines[position].shape
        if given == shape or (-1 in shape and len(given) == len(shape)):
            return position
        return self.draft.add(reshaped, position, shape=shape)

    # -- lines -------------------------------------------------------------------------------------

    def _write_line(self, position: int) -> None:
        line = self.lines[position]
        self.draft.origin = line.origin
        if is_a(line, weighted_sum):
            self.alone[position] = self._weighted_sum(line)
        elif is_a(line, total):
            self.alone[position] = self._total(line)
        elif (is_a(line, rows) or is_a(line, vector)) and line.inputs[0] in self.homes:
            self.alone[position] = self._stacked(line.inputs)
        else:
            inputs = tuple(map(self._position, line.inputs))
            self.alone[position] = self.draft.take(line._replace(inputs=inputs))
        self.draft.adopt(self.alone[position], line)

    def _weighted_sum(self, line: Line) -> int:
        """One sum alone: a product of vectors, but of few columns that are nowhere side by side."""
        half = len(line.inputs) // 2
        weights, columns = line.inputs[:half], line.inputs[half:]
        if half >= FEW or columns in self.stacks or columns[0] in self.homes:
            return self._weighted_sums([line])
        places = [map(self._position, pair) for pair in zip(weights, columns, strict=True)]
        return reduce(partial(self.draft.add, add), [self.draft.add(multiply, *pair) for pair in places])

    def _total(self, line: Line) -> int:
        """Sums of the terms that are rows of one array, and the other terms."""
        by_group: dict[int | None, list[int]] = defaultdict(list)
        for i in line.inputs:
            by_group[self.homes.get(i, (None, 0))[0]].append(i)
        terms: list[int] = []
        for group, members in by_group.items():
            if group is not None and len(members) >= MANY:
                terms.append(self._sum(sorted(members, key=self.rank)))
            else:
                terms += map(self._position, members)
        return reduce(partial(self.draft.add, add), terms)

    def _sum(self, members: Sequence[int]) -> int:
        """The sum of numbers of one group; of scalar products without the products."""
        lines = [self.lines[i] for i in members]
        all_differ = all(len(set(side)) == len(lines) for side in _sides(lines))
        if is_a(lines[0], sum_of_product) and all_differ:
            return self.draft.add(sum_of_product, *self._factors(lines))
        return self.draft.add(reduced, self._stacked(tuple(members)), axis=0)

    # -- groups ------------------------------------------------------------------------------------

    def _write_group(self, group: int) -> None:
        members = self.groups[group]
        lines = [self.lines[i] for i in members]
        self.draft.origin = lines[0].origin
        if is_a(lines[0], weighted_sum):
            found = self._weighted_sums(lines)
        elif is_a(lines[0], sum_of_product):
            found = self._products(lines)
        else:
            found = self._rowwise(lines)
        self.packs[group] = found
        self.draft.adopt(found, lines[0]._replace(name=_common_name(lines)))

    def _weighted_sums(self, lines: Sequence[Line]) -> int:
        """W·X, each line a row of W, each column a row of X."""
        half = len(lines[0].inputs) // 2
        columns = lines[0].inputs[half:]
        order = sorted(range(half), key=lambda k: self.rank(columns[k]))
        table = tuple(tuple(line.inputs[k] for k in order) for line in lines)
        weights = self._matrix(table) if len(table) > 1 else self._stacked(table[0])
        return self.draft.add(product, weights, self._stacked(tuple(columns[k] for k in order)))

    def _products(self, lines: Sequence[Line]) -> int:
        """The scalar products of each column of some with each of others, in one row.

        With a vector of one entry np.dot would take 0·∞ for 0.
        """
        left, right = (tuple(dict.fromkeys(side)) for side in _sides(lines))
        single = 1 in (len(left), len(right))
        if len(left) * len(right) > len(lines) or (single and math.prod(self.lines[left[0]].shape) < 2):
            products = self.draft.add(multiply, *self._factors(lines))
            return self.draft.add(reduced, self._reshaped(products, (len(lines), -1)), axis=1)
        if len(left) == 1:
            return self.draft.add(product, self._columns(right), self._flat(left[0]))
        if len(right) == 1:
            return self.draft.add(product, self._columns(left), self._flat(right[0]))
        table = self.draft.add(product_with_transposed, self._columns(left), self._columns(right))
        return self._reshaped(table, (-1,))

    def _factors(self, lines: Sequence[Line]) -> list[int]:
        """The first factors of scalar products as rows, and the second ones."""
        return [self._operand(side, 0) for side in _sides(lines)]

    def _columns(self, sources: Members) -> int:
        return self._reshaped(self._stacked(sources), (len(sources), -1))

    def _flat(self, source: int) -> int:
        return self._reshaped(self._position(source), (-1,))

    def _rowwise(self, lines: Sequence[Line]) -> int:
        """The operation that made one line, on arrays whose rows are the operands of all."""
        first = lines[0]
        assert first.operation is not None
        axes = len(first.shape) if broadcasts(first.operation) else 0
        inputs = [self._operand(side, axes) for side in _sides(lines)]
        options = on_rows(first, len(self.lines[first.inputs[0]].shape), len(lines))
        return self.draft.apply(first.operation, inputs, options)

    def _operand(self, sources: Members, axes: int) -> int:
        """One operand that all share, or the rows of an array that broadcast as the operands did."""
        if len(set(sources)) == 1:
            return self._position(sources[0])
        shape = self.lines[sources[0]].shape
        missing = (1,) * (axes - len(shape))
        stacked = self._stacked(sources)
        return self._reshaped(stacked, (len(sources), *missing, *shape)) if missing else stacked


def _sides(lines: Sequence[Line]) -> list[Members]:
    """First operands, second operands, …"""
    return list(zip(*[line.inputs for line in lines], strict=True))


def _common_name(lines: Sequence[Line]) -> str | None:
    """What the names of lines have in common: z⁽¹⁾ of z₁⁽¹⁾, z₂⁽¹⁾."""
    names = [line.name or "" for line in lines]
    first, last = min(names), max(names)
    start = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    rest = [name[start:][::-1] for name in names]
    first, last = min(rest), max(rest)
    end = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return names[0][:start] + rest[0][:end][::-1] or None
