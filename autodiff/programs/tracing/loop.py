"""A loop as one operation, and its derivative: a loop back over the carries that were saved.

    c̄ₜ, x̄ₜ, w̄ₜ = the pull of (c̄ₜ₊₁, ȳₜ) through the step at (cₜ, xₜ, w);   w̄ = Σ w̄ₜ

Its step is the step's own derivative, and it is such an operation itself, so that derivatives of any order
follow. Its results are the last carries, the carries before each step, and what is collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ...differentiation.passes import pulled_back
from ...ops.shaping import astype
from ...values import modes
from ...values.data import Data, canonical, dtype_of, shape_of
from ...values.operation import Operation
from ...values.recording import TOGETHER, part, recorded
from ...values.value import Value, data_of
from ..listing import Line
from ..loop_step import LoopStep, run
from .conditions import Condition


def applied_loop(
    step: LoopStep, operands: Sequence[Any], ends: Sequence[Value], length: int, reverse: bool, keeps: bool
) -> list[Value]:
    """The results of a loop, as nodes. `ends` are those of one step."""
    n = step.carries
    data = [x._data for x in ends]
    data[n:] = [np.broadcast_to(y, (length, *shape_of(y))) for y in data[n:]]
    tracked = any(map(is_variable, operands))
    together = recorded(TOGETHER, tuple(map(data_of, operands)), operands, {}, tracked)
    options = {"step": step, "length": length, "reverse": reverse, "keeps": keeps}
    node = recorded(LOOP, tuple(data), (together,), options, tracked)
    results = [part(node, i, len(data)) for i in range(len(data))]
    for result, end in zip(results, ends, strict=True):
        result._tracked = tracked and end._tracked
    return results


def is_variable(x: Any) -> bool:
    """Whether something is differentiated by."""
    return type(x) is Value and x._tracked


def stand_in(data: Data, variable: bool, name: str | None = None) -> Value:
    """A Value that is given to a step while it is recorded."""
    value = Value(0.0, name, constant=not variable)
    value._data = data
    return value


# -- the derivative ----------------------------------------------------------------------------


def _loop(inputs: Data, /, step: LoopStep, length: int, reverse: bool, keeps: bool) -> Data:
    """Steps that hand something on. With `keeps`, the way back need not compute the way there again."""
    return run(inputs, step, length, reverse)


def _pulled(
    g: Any, y: Any, inputs: Any, step: LoopStep, length: int, reverse: bool, keeps: bool
) -> tuple[Any, ...]:
    """The gradients of all that a loop was given."""
    trace: Any = modes.tracer()
    operands, n, m = inputs._x, step.carries, step.carries + step.rows
    saved, collected = y[n : 2 * n], [seed for seed in g[n:] if seed is not None]
    rows = [*saved, *operands[n:m], *collected]
    varying = [*[i not in step.fixed for i in step.inputs[:m]], *[True] * len(collected)]
    seeds = [_zeros(x) if seed is None else seed for seed, x in zip(g, operands[:n], strict=False)]
    zeros = [_zeros(x) for x in operands[m:]]
    first = 0 if reverse else length - 1
    at = [
        *[stand_in(data_of(x), True) for x in (*seeds, *zeros)],
        *[stand_in(canonical(data_of(x)[first]), vary) for x, vary in zip(rows, varying, strict=True)],
        *[stand_in(data_of(x), is_variable(x), getattr(x, "name", None)) for x in operands[m:]],
    ]
    pulled, ends = trace.pulled_once(step, g, at, partial(_pulled_step, trace, step, g, at, len(rows)))
    given = [*seeds, *zeros, *rows, *operands[m:]]
    found = applied_loop(pulled, given, ends, length, not reverse, keeps)
    count = n + len(zeros)
    x_bar = found[2 * count : 2 * count + step.rows]
    return tuple(
        [
            bar if is_variable(x) else None
            for bar, x in zip((*found[:n], *x_bar, *found[n:count]), operands, strict=True)
        ]
    )


def _pulled_step(
    trace: Any, step: LoopStep, g: Sequence[Any], at: Sequence[Value], rows: int
) -> tuple[LoopStep, list[Value]]:
    """The derivative of a step as a step, and what it gives."""
    with trace.inside(at) as since:
        ends = _step_back(trace, step, g, at)
        carries = len(step.inputs) - step.rows
        pulled, shared = trace.step(since, at, ends, carries, rows, f"∂ {step.title}")
    assert not shared, "a step's listing has all that it needs"
    return pulled, ends


LOOP = Operation(_loop, {"dinputs": _pulled}, elementwise=False, symbol="scan")
"""A whole loop, of all that it is given."""


def _step_back(trace: Any, step: LoopStep, g: Sequence[Any], at: Sequence[Value]) -> list[Value]:
    """The pull through one step: the gradients of the carries, sums of those of what is shared, of the rows.

    `at` has the gradients of the carries, the sums so far, the carries, the rows, the gradients of what was
    collected, and what is shared.
    """
    n, k = step.carries, len(at) and len(step.inputs) - step.carries - step.rows
    bars, sums, rest = at[:n], at[n : n + k], at[n + k :]
    given, rest = [*rest[: n + step.rows]], rest[n + step.rows :]
    count = len(rest) - k
    seeds, shared = rest[:count], rest[count:]
    waiting = iter(seeds)
    arrived = [*bars, *[None if seed is None else next(waiting) for seed in g[n:]]]
    inputs = [*given, *shared]
    outputs = replayed(trace, step, inputs)
    ends = [
        (y, seed) for y, seed in zip(outputs, arrived, strict=True) if seed is not None and is_variable(y)
    ]
    found = _pull(ends, inputs)
    new = [_fitting(found.get(x._birth), x) for x in inputs]
    added = [
        old if type(c) is not Value else old + c for old, c in zip(sums, new[n + step.rows :], strict=True)
    ]
    return [*new[:n], *added, *at[: n + k], *new[n : n + step.rows]]


def _pull(ends: Sequence[tuple[Value, Value]], inputs: Sequence[Value]) -> dict[int, Any]:
    """The gradients of what a step was given, by birth: all outputs are pulled back at once."""
    if not ends:
        return {}
    outputs, seeds = zip(*ends, strict=True)
    together = recorded(TOGETHER, tuple(map(data_of, outputs)), outputs, {}, True)
    targets = {x._birth for x in inputs if x._tracked}
    return pulled_back(together, targets, seeds, record=True, create_graph=True)[1]


def _fitting(g: Any, x: Value) -> Any:
    """A gradient in the dtype of what it is the gradient of; zeros where there is none."""
    if g is None:
        return Value(_zeros(x), constant=True)
    g = g if type(g) is Value else Value(g, constant=True)
    return g if g.dtype == x.dtype else astype(g, x.dtype)


def _zeros(x: Any) -> Data:
    return canonical(np.zeros(shape_of(data_of(x)), dtype_of(data_of(x))))


def replayed(trace: Any, step: LoopStep, inputs: Sequence[Any]) -> list[Any]:
    """What a step gives, recorded again from other inputs, each line where it came from."""
    given, at = iter(inputs), list[Any]()
    for place, line in enumerate(step.listing.lines):
        if line.operation is None:
            at.append(next(given) if line.kind == "input" else line.data)
            continue
        node = _recorded_line(trace, line, [at[i] for i in line.inputs], place not in step.fixed)
        if type(node) is Value:
            node._label = line.name
            trace.origins.is_from(node, line.origin)
        at.append(node)
    return [at[i] for i in step.listing.outputs]


def _recorded_line(trace: Any, line: Line, operands: Sequence[Any], varies: bool) -> Any:
    """One line of a listing applied to Values, or computed where there are none among them."""
    operation: Any = line.operation
    if operation is LOOP:
        options = line.metadata
        data = options["step"].examples(data_of(operands[0]), options["length"], options["reverse"])
    else:
        data = trace.computed(operation, [*map(data_of, operands)], operands, line.metadata)
    if not any(type(x) is Value for x in operands):
        return data
    tracked = varies and any(map(is_variable, operands)) and not isinstance(operation, Condition)
    return recorded(operation, data, operands, line.metadata, tracked)
