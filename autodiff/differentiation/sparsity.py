"""Which entries of a Jacobian are 0 whatever the numbers are, and which of its rows are computed at once.

Rows of which no two have an entry in the same column share one pass: its seed is 1 at each of them, and what
arrives at an unknown is of the one row that depends on it. So a tridiagonal Hessian takes three passes.

A. R. Curtis, M. J. D. Powell, J. K. Reid, On the estimation of sparse Jacobian matrices, 1974.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..ops.indexing import scatter_add
from ..values.data import is_lazy, shape_of
from ..values.operation import Operation, inputs_of, metadata_of
from ..values.value import Value, data_of
from .reverse import ancestors

Pattern: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"
"""(entries, unknowns): whether an entry may depend on an unknown."""

LARGEST = 2**22
"""Entries of a pattern from which on it is not looked for."""

MOST_COLUMNS = 256
"""Different columns of a pattern up to which a sum of products is followed."""


def pattern_of(output: Value, variables: Sequence[Value]) -> Pattern | None:
    """Which entries of an output may depend on which of the variables; None where all may on all.

    It follows from what operations are declared to be. An `entrywise` one keeps entries apart. What a
    `linear` one does, its own function shows for entries that are 0 or 1. After any other, all may
    depend on all.
    """
    unknowns = sum(x.size for x in variables)
    if output.size * unknowns > LARGEST or any(is_lazy(x._data) for x in (output, *variables)):
        return None
    known = _Patterns(variables, unknowns)
    for node in sorted(ancestors(output).values(), key=lambda node: node._birth):
        known.follow(node)
    return known.get(output)


class _Patterns:
    """The patterns of values by birth, flat. None means that all depends on all; others depend on nothing."""

    def __init__(self, variables: Sequence[Value], unknowns: int) -> None:
        self._unknowns = unknowns
        self._known: dict[int, Pattern | None] = {}
        start = 0
        for x in variables:
            self._known[x._birth] = np.eye(x.size, unknowns, start, dtype=bool)
            start += x.size

    def get(self, value: Value) -> Pattern | None:
        """The pattern of a value."""
        if value._birth in self._known:
            return self._known[value._birth]
        return np.zeros((value.size, self._unknowns), bool)

    def follow(self, node: Value) -> None:
        """Find the pattern of a recorded value."""
        operands = inputs_of(node)
        if node._birth in self._known or not any(self._depends(x) for x in operands):
            return
        found = None
        if all(self._known[x._birth] is not None for x in operands if self._depends(x)):
            found = self._after(node, operands)
        self._known[node._birth] = None if found is None or found.all() else found

    def _depends(self, x: Any) -> bool:
        return type(x) is Value and x._birth in self._known

    def _after(self, node: Value, operands: Sequence[Any]) -> Pattern | None:
        """The pattern of a result from those of operands."""
        operation: Any = node._operation
        if isinstance(node._data, tuple) or any(isinstance(data_of(x), tuple) for x in operands):
            return None
        if node.size * self._unknowns > LARGEST:
            return None
        if operation.entrywise:
            return _united(self._repeated(x, node.shape) for x in operands if self._depends(x))
        if operation.linear:
            places = [k for k, x in enumerate(operands) if self._depends(x)]
            return _united(self._through(node, operands, k) for k in places)
        return None

    def _repeated(self, x: Value, shape: tuple[int, ...]) -> Pattern:
        """The pattern of an operand that is broadcast to a shape."""
        of_entries = self._known_of(x).reshape((*x.shape, self._unknowns))
        return np.broadcast_to(of_entries, (*shape, self._unknowns)).reshape(-1, self._unknowns)

    def _through(self, node: Value, operands: Sequence[Any], k: int) -> Pattern | None:
        """The pattern that operand k gives a linear operation."""
        operation: Any = node._operation
        probe = _Probe(operation, [shape_of(data_of(x)) for x in operands], metadata_of(node), k)
        given = self._known_of(operands[k])
        try:
            moved = probe.moved()
            return (
                probe.mixed(given) if moved is None else np.vstack([given, np.zeros_like(given[:1])])[moved]
            )
        except Exception:  # other numbers than the user's do not suit it
            return None

    def _known_of(self, x: Value) -> Pattern:
        known = self._known[x._birth]
        assert known is not None
        return known


def _united(patterns: Iterable[Pattern | None]) -> Pattern | None:
    """What one or another of the patterns has."""
    united: Any = False
    for pattern in patterns:
        if pattern is None:
            return None
        united = united | pattern
    return united  # type: ignore[no-any-return]


class _Probe:
    """A linear operation, with numbers of ours as one operand and ones as the others."""

    def __init__(
        self, operation: Operation, shapes: Sequence[tuple[int, ...]], metadata: dict[str, Any], place: int
    ) -> None:
        self._operation, self._metadata, self._place = operation, metadata, place
        self._inputs: list[Any] = [np.ones(shape) if shape else 1.0 for shape in shapes]
        self._shape = shapes[place]
        self._at_zero = self._result(np.zeros(self._shape))

    def _result(self, x: Any) -> Any:
        inputs = [*self._inputs]
        inputs[self._place] = x if self._shape else float(x)
        with np.errstate(all="ignore"):
            return np.ravel(self._operation.computed(inputs, inputs, self._metadata))

    def moved(self) -> Any:
        """For each entry of the result the entry of the operand that it is, −1 for none; else None.

        Each entry has a number of its own, which no sum or multiple of others is by chance.
        """
        labels = np.random.default_rng(1).random(self._shape).ravel()
        result = self._result(labels.reshape(self._shape))
        order = np.argsort(labels)
        places = order[np.searchsorted(labels, result, sorter=order).clip(max=labels.size - 1)]
        places[result == self._at_zero] = -1
        return places if np.all((labels[places] == result) | (places < 0)) else None

    def mixed(self, given: Pattern) -> Pattern | None:
        """The pattern of a result whose entries are sums of products: by columns that differ."""
        columns, inverse = np.unique(given, axis=1, return_inverse=True)
        if columns.shape[1] > MOST_COLUMNS:
            return None
        results = [self._result(x.reshape(self._shape).astype(float)) != self._at_zero for x in columns.T]
        return np.stack(results, axis=1)[:, np.ravel(inverse)]


# -- what is computed at once --------------------------------------------------------------------


@dataclass(frozen=True)
class Colouring:
    """A colour for each row of a pattern, from 0: rows of one colour have no column in common."""

    pattern: Pattern
    colour: np.ndarray[Any, np.dtype[np.int_]]

    @property
    def count(self) -> int:
        """How many colours there are."""
        return int(self.colour.max(initial=-1)) + 1

    @property
    def seeds(self) -> Any:
        """For each colour 1 at its rows, and 0 elsewhere."""
        return np.equal.outer(np.arange(self.count), self.colour) * 1.0

    def of(self, part: Pattern) -> Colouring:
        """The same for some of the columns."""
        return Colouring(part, self.colour)

    def apart(self, together: Any) -> Any:
        """The rows by themselves, where what was computed for each colour is given as a row."""
        rows, columns = np.nonzero(self.pattern)
        return scatter_add(together[self.colour[rows], columns], (rows, columns), self.pattern.shape)


def coloured(pattern: Pattern, at_most: int) -> Colouring | None:
    """Colouring of rows, each the first that suits; None where more are needed than asked for."""
    taken = np.zeros((at_most + 1, pattern.shape[1]), bool)
    colour = np.empty(len(pattern), int)
    for i, row in enumerate(pattern):
        colour[i] = np.argmin(taken[:, row].any(axis=1))  # the first that is free
        if colour[i] == at_most:
            return None
        taken[colour[i]] |= row
    return Colouring(pattern, colour)
