"""Loops whose derivative computes again what it needs: of k steps only the first carry is kept.

(c̄₀, x̄, w̄) = the pull of (c̄ₖ, ȳ) through the k steps, done again from c₀
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, TypeAlias

import numpy as np

from ..ops import concatenate, getitem
from ..values import modes
from ..values.data import is_lazy
from ..values.operation import Operation, inputs_of
from ..values.recording import TOGETHER, part, recorded
from ..values.value import Value, births, data_of
from .engine import gradients, variable
from .loops import Loop
from .structure import leaves, mapped, rebuilt

Function: TypeAlias = Callable[[Sequence[Any]], list[Any]]
"""From the leaves of arguments to those of results."""


def remembered(loop: Loop) -> tuple[Any, Any]:
    """The loop, as one node for each `checkpoint` steps."""
    size = loop.checkpoint or loop.length
    starts = range(0, loop.length, size)
    carry, found = loop.carry, []
    for start in reversed(starts) if loop.reverse else starts:
        rows = slice(start, min(start + size, loop.length))
        xs = loop.xs[rows] if type(loop.xs) is list else mapped(partial(_part, rows), loop.xs)
        chunk = loop._replace(carry=carry, xs=xs, length=rows.stop - rows.start, checkpoint=None)
        carry, ys = _as_one(chunk)
        found.append(ys)
    parts = found[::-1] if loop.reverse else found
    joined = [concatenate(rows) for rows in zip(*map(leaves, parts), strict=True)]
    return carry, rebuilt(parts[0], iter(joined))


def _part(rows: slice, x: Any) -> Any:
    return getitem(x, rows) if type(x) is Value else x[rows]


def _as_one(loop: Loop) -> Any:
    """What a loop gives, as one node of the graph where it depends on variables."""
    blank = loop._replace(carry=mapped(lambda _: 0.0, loop.carry), xs=mapped(lambda _: 0.0, loop.xs))
    forms: list[Any] = []

    def run(given: Sequence[Any]) -> list[Any]:
        carry, xs = rebuilt((blank.carry, blank.xs), iter(given))
        result = blank._replace(carry=carry, xs=xs).unrolled()
        forms[:] = [mapped(lambda _: 0.0, result)]
        return leaves(result)

    outputs = _node(run, leaves((loop.carry, loop.xs)))
    return rebuilt(forms[0], iter(outputs))


def _node(function: Function, operands: Sequence[Any]) -> list[Any]:
    """What a function of data gives, recorded as one operation of them, and of what it closes over."""
    cut = [Value(x._data) if _is_variable(x) else x for x in operands]
    since = next(births)
    outputs = function(cut)
    kept = [_is_variable(y) for y in outputs]
    if not any(kept):
        return outputs
    closed_over = _closed_over(outputs, since, cut)
    operands = [*operands, *closed_over]
    together = recorded(TOGETHER, tuple(map(data_of, operands)), operands, {}, True)
    data = tuple(map(data_of, outputs))
    node = recorded(_Again(function, operands, len(cut), kept).operation, data, (together,), {}, True)
    return [part(node, i, len(data)) if kept[i] else outputs[i] for i in range(len(data))]


def _closed_over(outputs: Sequence[Any], since: int, given: Sequence[Any]) -> list[Value]:
    """The variables that were there before, which a function uses besides what it is given."""
    stack = [y for y in outputs if type(y) is Value]
    seen, found = {y._birth for y in (*stack, *given) if type(y) is Value}, list[Value]()
    while stack:
        node = stack.pop()
        if node._birth <= since:
            found.append(node)
            continue
        for x in inputs_of(node):
            if _is_variable(x) and x._birth not in seen:
                seen.add(x._birth)
                stack.append(x)
    return found


class _Again:
    """A function of the first so many operands, which closes over the others, done again for its gradient."""

    def __init__(self, function: Function, operands: Sequence[Any], count: int, kept: Sequence[bool]) -> None:
        self.function, self.count, self.kept = function, count, kept
        self.tracked = [*map(_is_variable, operands)]
        self.closed_over = [x._birth for x in operands[count:]]

    @property
    def operation(self) -> Operation:
        """It as one operation of all operands together."""

        def scan(inputs: Any, /) -> Any:
            with modes.no_grad():
                return tuple(map(data_of, self.function(inputs[: self.count])))

        return Operation(
            scan,
            {"dinputs": lambda g, y, inputs: self.pulled(g, y, inputs)},
            elementwise=False,
            masked=lambda g, mask, y, inputs: self.pulled(g, y, inputs, mask),
        )

    def pulled(self, g: Any, y: Any, inputs: Any, mask: Any = None) -> tuple[Any, ...]:
        """The gradients of the operands, None for plain ones; recorded where these are Values."""
        if not isinstance(inputs, Value):
            found = iter([*map(data_of, self.pull(g, mask, inputs, y))])
        else:
            seeds = [seed for seed in g if seed is not None]

            def pull(given: Sequence[Any]) -> list[Any]:
                return self.pull(_spread(g, given), mask, given[len(seeds) :])

            found = iter(_node(pull, [*seeds, *inputs._x]))
        return tuple([next(found) if is_variable else None for is_variable in self.tracked])

    def pull(
        self, seeds: Sequence[Any], mask: Any, given: Sequence[Any], known: Sequence[Any] = ()
    ) -> list[Any]:
        """The gradients of the variables, from those of the results, which are computed again."""
        at = [variable(x) if is_variable else x for x, is_variable in zip(given, self.tracked, strict=True)]
        outputs = self.outputs(at, known)
        wanted = [x for x, is_variable in zip(at, self.tracked, strict=True) if is_variable]
        parts = [
            gradients(y * marks if mask else y, wanted, seed, create_graph=True)
            for y, seed, marks, kept in zip(
                outputs, seeds, mask or [1.0] * len(outputs), self.kept, strict=True
            )
            if kept and seed is not None
        ]
        return [reduce(lambda a, b: a + b, terms) for terms in zip(*parts, strict=True)]

    def outputs(self, at: Sequence[Any], known: Sequence[Any]) -> list[Any]:
        """The results once more. Raises ValueError where they are not what is known of them."""
        with modes.mode(_Instead(dict(zip(self.closed_over, at[self.count :], strict=True)))):
            outputs = self.function(at[: self.count])
        if not all(map(_same, outputs, known)):
            raise ValueError(
                "scan: step must do the same each time with checkpoint, which computes it again; give random "
                "numbers as xs"
            )
        return outputs


class _Instead:
    """A mode in which nodes have others as operands, in place of those of some births."""

    def __init__(self, others: dict[int, Any]) -> None:
        self._others = others

    def __call__(self, node: Value) -> Value:
        operation = node._operation
        if operation.arity == 0:
            node._x = tuple(map(self._other, node._x))
        else:
            node._x, node._y = self._other(node._x), self._other(node._y)
        return node

    def _other(self, x: Any) -> Any:
        return self._others.get(x._birth, x) if type(x) is Value else x


def _spread(like: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    """The first of what is given in the places where there is something, None elsewhere."""
    rest = iter(given)
    return [None if x is None else next(rest) for x in like]


def _same(x: Any, y: Any) -> bool:
    """Whether results are the same; lazy ones are not looked at."""
    return is_lazy(y) or np.array_equal(data_of(x), y, equal_nan=True)


def _is_variable(x: Any) -> bool:
    return type(x) is Value and x._tracked
