"""Whether f does the same each time: it runs once more beside what was recorded.

What it draws at random, and what it changes itself, differs from one time to the next, as a constant or as an
operation. The second time nothing is listed, and where f differentiates what it did before, it is given the
gradients that were found the first time: rules do the same each time, unless they are the user's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...differentiation.reverse import Pending
from ...differentiation.structure import leaves
from ...values import modes
from ...values.data import compact
from ...values.operation import inputs_of, metadata_of
from ...values.recording import recorded
from ...values.value import Value, data_of
from ..columns.columns import Disjoined
from ..listing import Origin
from .origins import NOWHERE
from .trace import Trace


def check_repeats(first: Trace, f: Callable[..., Any], args: Any, kwargs: Any) -> None:
    """Raise ValueError where f does something else than what was traced first, naming the line of code."""
    again = Repetition(first)
    try:
        with np.errstate(all="ignore"), modes.tracing(again, lambda node: node):
            result = f(*args, **kwargs)
    except Disjoined:  # the first time it was not, or this would be recorded without columns
        raise ValueError(_told(None, OTHERWISE)) from None
    again.check([x for x in leaves(result) if isinstance(x, Value)])


class Repetition(Trace):
    """A second trace, of Values that each belong to one of the first."""

    def __init__(self, first: Trace) -> None:
        super().__init__(first.absorbs, first.joins, first.likens)
        self.origins.told, self.arguments = NOWHERE, first.arguments
        self._first = first
        self._passes = iter(first.passes if first.repeats else ())
        self._firsts: dict[int, Value] = {}
        """Those of the first trace, by the births of what belongs to them."""
        self._seconds: dict[int, Value] = {}
        """The other way round."""
        self._different: list[tuple[Value | None, str]] = []
        """What differs in the first trace, and how; None for the results."""

    def check(self, outputs: Sequence[Value]) -> None:
        """Raise ValueError, naming a line of code, unless the results belong to those of the first trace."""
        if len(outputs) != len(self._first.outputs):
            self._different.append((None, OTHERWISE))
        for a, b in zip(self._first.outputs, outputs, strict=False):
            self._compare(a, b)
        if self._different:
            node, what = min(self._different, key=_age)
            raise ValueError(_told(None if node is None else self._first.origins.get(node), what))

    # -- gradients ---------------------------------------------------------------------------------

    def pulled(self, output: Any, seed: Any, how: tuple[bool, ...], compute: Callable[[], Any]) -> Pending:
        """Those of the first trace, for what belongs to it."""
        known = None if self.open else next(self._passes, None)
        if known is None or known.how != how:
            return super().pulled(output, seed, how, compute)
        self._compare(known.output, output)
        self._compare(known.seed, seed)
        if self._different:
            return super().pulled(output, seed, how, compute)
        found = {birth: g for birth, g in known.found.items() if g is not None}
        self._repeat(found.values())
        return {self._birth(birth): self._second(g) for birth, g in found.items()}

    def _birth(self, birth: int) -> int:
        return self._seconds[birth]._birth if birth in self._seconds else birth

    def _second(self, x: Any) -> Any:
        """What belongs to something in the first trace; itself, if it was there before."""
        return self._seconds.get(x._birth, x) if type(x) is Value else x

    def _repeat(self, results: Iterable[Any]) -> None:
        """Enter the nodes once more that results were computed by in the first trace."""
        nodes: dict[int, Value] = {}
        stack = [*results]
        while stack:
            x = stack.pop()
            if type(x) is Value and not (
                self._is_around(x) or x._birth in self._seconds or x._birth in nodes
            ):
                nodes[x._birth] = x
                stack += inputs_of(x)
        for birth in sorted(nodes):
            node = nodes[birth]
            self._enter(node, _born_now(node, [*map(self._second, inputs_of(node))]))

    # -- comparing ---------------------------------------------------------------------------------

    def _compare(self, a: Any, b: Any) -> None:
        """Note where two results differ, or what they were computed from."""
        start, firsts = self._first.start, self._firsts
        stack: list[tuple[Any, Any, Value | None]] = [(a, b, None)]
        while stack:  # for each node of f: no calls in between
            a, b, user = stack.pop()
            if type(a) is not Value or type(b) is not Value or a._operation is None or b._operation is None:
                self._compare_leaves(a, b, user)
                continue
            known = firsts.get(b._birth)
            if known is a or (a is b and a._birth <= start):
                continue
            if known is not None or b._birth <= self.start or not _do_the_same(a, b):
                self._different.append((a, OTHERWISE))
                continue
            firsts[b._birth], self._seconds[a._birth] = a, b
            stack += [
                (x, y, a)
                for x, y in zip(inputs_of(a), inputs_of(b), strict=True)
                if x is not y or (type(x) is Value and x._birth > start)
            ]

    def _compare_leaves(self, a: Any, b: Any, user: Value | None) -> None:
        """Note where constants differ, or what is no constant."""
        if a is b and self._is_around(a):
            return
        if not (self._first.is_known(a) and self.is_known(b)):
            self._different.append((user, OTHERWISE))
        elif not same(data_of(a), data_of(b)):
            self._different.append((user, NUMBERS))
        elif type(a) is type(b) is Value:
            self._enter(a, b)

    def _enter(self, a: Value, b: Value) -> None:
        self._firsts[b._birth], self._seconds[a._birth] = a, b

    def _is_around(self, x: Any) -> bool:
        """Whether something is given to f, or was there before."""
        return type(x) is Value and x._birth <= self._first.start


def _born_now(node: Value, inputs: Sequence[Any]) -> Value:
    """A node like one of other inputs, with the same data."""
    if node._operation is not None:
        new = recorded(node._operation, node._data, inputs, metadata_of(node), node._tracked)
    else:
        new = Value(0.0, constant=True)
        new._data, new._tracked = node._data, node._tracked
    new._label = node._label
    return new


def _age(pair: tuple[Value | None, str]) -> float:
    """When what differs was recorded; the results come last."""
    return math.inf if pair[0] is None else pair[0]._birth


def _do_the_same(a: Value, b: Value) -> bool:
    """Whether one operation made both nodes, with the same options, from as many operands."""
    one, other = a._operation, b._operation
    if one is other and one.arity:
        return True
    if one.name != other.name or len(inputs_of(a)) != len(inputs_of(b)):
        return False
    return same(metadata_of(a), metadata_of(b))


def same(x: Any, y: Any) -> bool:
    """Whether constants, or settings of an operation, are the same; nan is nan."""
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return x.shape == y.shape and np.array_equal(compact(x), compact(y), equal_nan=True)
    if isinstance(x, (np.generic, float)) and isinstance(y, (np.generic, float)):
        return np.array_equal(x, y, equal_nan=True)
    if type(x) is not type(y):
        return False
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(same(x[key], y[key]) for key in x)
    if isinstance(x, (list, tuple)):
        return len(x) == len(y) and all(map(same, x, y))
    return bool(x == y)


# -- in words --------------------------------------------------------------------------------------

OTHERWISE, NUMBERS = "computed otherwise", "computed with other numbers"


def _told(origin: Origin | None, what: str) -> str:
    where = f" at {origin.place}, `{origin.code}`" if origin and origin.place else ""
    return (
        "a compiled function must do the same each time, but when it was called twice with the same "
        f"arguments it {what}{where}; a program would repeat the first for ever. Random numbers, and what "
        "changes from call to call, are given as arguments; eval() switches the dropout of a model off"
    )
