"""How an operation is applied: on raw data it computes, on Values it also records a node.

One recorder for each form of node. The first two are written out for the usual operands, whose time is
Python's alone; whatever else turns up, an overflow, lazy data, an error, arrays while a program is recorded,
they leave to the third.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from . import modes
from .data import Data, Operand, canonical
from .keeping import Metadata
from .lazy import holds_tasks, lazily
from .operation import ERRORS, USUAL, Operation
from .value import Value, births, blanks

FAILURES = (ArithmeticError, *ERRORS)
"""What an operation raises for operands that need NumPy's numbers, or do not fit."""

switch = modes.switch


def applied(operation: Operation) -> Callable[..., Any]:
    """The function that applies an operation."""
    general = _general(operation)
    if operation.arity == 1:
        return _unary(operation, general)
    return _binary(operation, general) if operation.arity == 2 else general


def _unary(operation: Operation, general: Callable[..., Any]) -> Callable[[Operand], Any]:
    forward, scalar = operation.forward, operation.scalar

    def apply(x: Operand, /) -> Any:
        if type(x) is not Value:
            usual = type(x) is np.ndarray and x.dtype.kind == "f"
            return forward(x) if usual else _raw(operation, (x,), {})
        a = x._data
        if type(a) is float:
            compute = scalar
        elif type(a) in USUAL and not switch.tracing:
            compute = forward
        else:
            return general(x)
        try:
            data = compute(a)
        except FAILURES:
            return general(x)
        if not (type(data) is float or (type(data) is np.ndarray and data.ndim and data.dtype.kind == "f")):
            if compute is scalar:
                return general(x)
            data = canonical(data)
        node = next(blanks)
        node._data = data
        node._grad = node._label = None
        node._birth = next(births)
        node._operation = operation
        node._x = x
        node._y = None
        node._tracked = x._tracked
        return modes.observed(node) if switch.on else node

    return apply


def _binary(operation: Operation, general: Callable[..., Any]) -> Callable[[Operand, Operand], Any]:
    forward, scalar, elementwise = operation.forward, operation.scalar, operation.elementwise

    def apply(x: Operand, y: Operand, /) -> Any:
        if type(x) is Value:
            a, tracked = x._data, x._tracked
            if type(y) is Value:
                b, tracked = y._data, tracked or y._tracked
            elif switch.tracing:
                return general(x, y)
            else:
                b = y = y if type(y) is float else operation.operand(y)
        elif type(y) is Value:
            if switch.tracing:
                return general(x, y)
            a = x = x if type(x) is float else operation.operand(x)
            b, tracked = y._data, y._tracked
        else:
            return _raw(operation, (x, y), {})
        if elementwise and type(a) is float is type(b):
            compute = scalar
        elif type(a) in USUAL and type(b) in USUAL and not switch.tracing:
            compute = forward
        else:
            return general(x, y)
        try:
            data = compute(a, b)
        except FAILURES:
            return general(x, y)
        if not (type(data) is float or (type(data) is np.ndarray and data.ndim and data.dtype.kind == "f")):
            if compute is scalar or isinstance(data, tuple):
                return general(x, y)
            data = canonical(data)
        node = next(blanks)
        node._data = data
        node._grad = node._label = None
        node._birth = next(births)
        node._operation = operation
        node._x = x
        node._y = y
        node._tracked = tracked
        return modes.observed(node) if switch.on else node

    return apply


def _general(operation: Operation) -> Callable[..., Any]:
    def apply(*given: Operand, **named: Any) -> Any:
        if Value not in map(type, given):
            return _raw(operation, given, named)
        tracer = modes.tracer()
        inputs, metadata = operation.bind(given if tracer is None else tracer.given(given), named)
        operands, data, tracked = [], [], False
        for x in inputs:
            x = x if type(x) is Value else operation.operand(x)
            operands.append(x)
            data.append(x._data if type(x) is Value else x)
            tracked = tracked or (type(x) is Value and x._tracked)
        if operation.keeping and tracked and tracer is None and USUAL.issuperset(map(type, data)):
            result, kept = operation.evaluated(operation.keeping, data, operands, metadata)
            metadata = Metadata(metadata, kept)
        else:
            compute = operation.computed if tracer is None else partial(tracer.computed, operation)
            result = compute(data, operands, metadata)
        node = recorded(operation, result, operands, metadata, tracked)
        return picked(node) if isinstance(result, tuple) else node

    return apply


def recorded(
    operation: Operation, data: Data, inputs: Sequence[Any], metadata: dict[str, Any], tracked: bool
) -> Value:
    """A new node."""
    node = next(blanks)
    node._data = data
    node._grad = node._label = None
    node._birth = next(births)
    node._operation = operation
    if operation.arity:
        node._x, node._y = (*inputs, None)[:2]
    else:
        node._x, node._y = tuple(inputs), metadata
    node._tracked = tracked
    return modes.observed(node) if switch.on else node


def _raw(operation: Operation, given: Sequence[Any], named: dict[str, Any]) -> Data:
    """Raw data in, raw data out: what the rules of a first derivative run on."""
    n = len(given) if operation.many else len(operation.arguments)
    inputs: list[Any] = []
    floats, scalars, tasks = operation.elementwise, False, False
    for x in given[:n]:
        if type(x) is not float:
            if type(x) is not np.ndarray or x.dtype.kind != "f":
                lazy = holds_tasks(x)
                x = x if _is_plain(x) else operation.operand(x, False, lazy)
                if type(x) is Value:
                    i = len(inputs)
                    return applied(operation)(*given[:i], x, *given[i + 1 :], **named)
                scalars = scalars or isinstance(x, np.floating)
                tasks = tasks or lazy
            floats = floats and type(x) is float
        inputs.append(x)
    metadata = given[n:]
    if floats:
        return operation.of_floats(*inputs, *metadata, **named)
    try:
        forward = partial(lazily, operation.forward) if tasks else operation.forward
        data = forward(*inputs, *metadata, **named)
    except ERRORS as error:
        raise operation.failed(error, inputs, operation.bind(given, named)[1]) from error
    if type(data) is np.ndarray:
        if data.ndim:
            return data
        data = data[()]
    return data if scalars else canonical(data)  # a NumPy scalar stays one: `ieee` counts on it


def _is_plain(x: Operand) -> bool:
    """Whether raw data are taken as they are: floats, and masks; a NumPy scalar stays one."""
    return type(x) is float or (isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fb")


# -- several results ---------------------------------------------------------------------------


def _part(parts: Data, /, index: int, count: int) -> Data:
    """One result of an operation that has several.   Its gradient is that of the part alone."""
    return parts[index]


def _of_the_part(g: Any, y: Any, parts: Any, index: int, count: int) -> tuple[Any, ...]:
    """The gradients of all results: g for one, None for those that were not used."""
    return tuple(g if i == index else None for i in range(count))


PART = Operation(_part, {"dparts": _of_the_part}, elementwise=False, linear=True, typeset="{}[{index}]")

part = _general(PART)


def _together(*inputs: Data) -> Data:
    """All operands of what takes any number of them, as one."""
    return inputs


TOGETHER = Operation(
    _together, {"dinputs": lambda g, y, inputs, i: g[i]}, elementwise=False, symbol=",", linear=True
)


def picked(node: Value) -> Any:
    """The results of an operation that has several, as Values; in a named tuple where NumPy's are."""
    count = len(node._data)
    make = getattr(type(node._data), "_make", tuple)
    return make([part(node, index, count) for index in range(count)])
