"""One step of a loop, as a listing of its own: what a loop is an operation of."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property

import numpy as np

from ..values.data import Data, canonical, shape_of
from .listing import Line, Listing, computed
from .sameness import frozen


class LoopStep:
    """A listing from what is handed on, a row of each array, and what all steps share, to what follows.

    Its inputs are the carries, then the rows, then what is shared; its outputs the new carries, then what is
    collected. `fixed` are the lines that depend on no variable. Steps that do the same are equal.
    """

    def __init__(self, listing: Listing, fixed: frozenset[int], carries: int, rows: int, title: str) -> None:
        self.listing, self.fixed, self.carries, self.rows, self.title = listing, fixed, carries, rows, title
        self.inputs = [i for i, line in enumerate(listing.lines) if line.kind == "input"]

    @cached_property
    def _does(self) -> Hashable:
        lines = tuple(
            (
                line.kind,
                line.operation,
                line.inputs,
                frozen(sorted(line.metadata.items(), key=lambda item: item[0])),
                frozen(line.data) if line.kind == "constant" else (line.shape, line.dtype.str),
            )
            for line in self.listing.lines
        )
        return lines, self.fixed, self.listing.outputs, self.carries, self.rows

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, LoopStep) and self._does == other._does)

    def __hash__(self) -> int:
        return hash(self._does)

    def __repr__(self) -> str:
        return f"<step {self.title}, {len(self.listing.lines)} lines>"

    def __call__(self, inputs: Sequence[Data]) -> list[Data]:
        """New carries, and what is collected."""
        given, at = iter(inputs), list[Data]()
        for line in self.listing.lines:
            at.append(_data(line, given, at))
        return [at[i] for i in self.listing.outputs]

    def examples(self, inputs: Sequence[Data], length: int, reverse: bool) -> tuple[Data, ...]:
        """What a loop would give if each step gave what the first does: shapes, dtypes, likely numbers."""
        n, m = self.carries, self.carries + self.rows
        rows = [canonical(x[length - 1 if reverse else 0]) for x in inputs[n:m]]
        given, at = iter([*inputs[:n], *rows, *inputs[m:]]), list[Data]()
        for line in self.listing.lines:
            inner = line.metadata.get("step")
            if inner is None:
                at.append(_data(line, given, at))
            else:
                operands = at[line.inputs[0]]
                at.append(inner.examples(operands, line.metadata["length"], line.metadata["reverse"]))
        results = [at[i] for i in self.listing.outputs]
        return (*results[:n], *[np.broadcast_to(y, (length, *shape_of(y))) for y in results[n:]])


def _data(line: Line, given: Iterator[Data], at: Sequence[Data]) -> Data:
    if line.operation is None:
        return next(given) if line.kind == "input" else line.data
    return computed(line.operation, [at[i] for i in line.inputs], line.metadata)


def run(inputs: Sequence[Data], step: LoopStep, length: int, reverse: bool) -> tuple[Data, ...]:
    """The last carries, and what was collected, stacked."""
    n, m = step.carries, step.carries + step.rows
    carries, found = list(inputs[:n]), list[list[Data]]()
    for t in range(length)[::-1] if reverse else range(length):
        rows = [canonical(x[t]) for x in inputs[n:m]]
        results = step([*carries, *rows, *inputs[m:]])
        carries = results[:n]
        found.append(results[n:])
    columns = zip(*(found[::-1] if reverse else found), strict=True)
    return (*carries, *[np.stack(column) for column in columns])
