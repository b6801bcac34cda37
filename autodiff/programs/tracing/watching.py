"""Which numbers tell that a gradient met 0·∞, so that the program must compute it the other way.

A product makes nan of numbers where one is 0 and another ∞; sums make it of ∞ − ∞ alone, which nothing
absorbs. So a gradient whose factors are finite needs no look. That these are, other numbers tell: where a
sum or a product is finite, all that it was made of is. The loss tells it of the layers below, the gradient
of a bias of all gradients in its layer and above. What remains is looked at itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from math import nan
from typing import Any

import numpy as np

from ... import ops
from ...ops.arithmetic import power_derivative, power_slope
from ...ops.contractions import _einsum
from ...values.data import Data, dtype_of
from ...values.declaration import primitive
from ...values.operation import inputs_of
from ...values.value import Value

__all__ = ["total"]


def _operations(*functions: Any) -> set[Any]:
    return {vars(function)["operation"] for function in functions}


MOVES = _operations(
    ops.negative, ops.positive, ops.broadcast_to, ops.reshape, ops.expand_dims, ops.squeeze, ops.transpose,
    ops.swapaxes, ops.moveaxis, ops.flip,
)  # fmt: skip
"""The same numbers in another place, or with another sign."""

SUMS = MOVES | _operations(ops.add, ops.subtract, ops.sum, ops.mean, ops.sum_to, ops.scatter_add)

PRODUCTS = _operations(ops.multiply, ops.square, ops.matmul, ops.dot, ops.tensordot, _einsum)

BOUNDED = MOVES | _operations(ops.getitem, ops.relu, ops.sigmoid, ops.tanh)
"""Finite where its operand is."""

KEEPING = SUMS | BOUNDED | _operations(ops.exp, ops.square)
"""What makes no nan of numbers, but of ∞ − ∞."""

TELLING = SUMS | PRODUCTS | _operations(ops.log, ops.sqrt, ops.log_softmax)
"""What is finite only where all entries of its operands are."""

DIVIDE, POWER, SLOPE, DERIVATIVE, EINSUM = (
    vars(function)["operation"]
    for function in (ops.divide, ops.power, power_slope, power_derivative, _einsum)
)


@primitive(symbol="‖ ‖²", dx=lambda g, y, x: 2.0 * g * x)
def energy(x: Data, /) -> Data:
    """Sum of the squares of all entries: finite only where all are."""
    return np.vdot(x, x)


def total(gradients: Iterable[Value], results: Iterable[Value]) -> Value | None:
    """A number that is nan where a gradient holds nan that may come of 0·∞; None where none can.

    It may be nan elsewhere, too, as where a gradient is infinite: the other way to compute is right in
    any case.
    """
    witnesses = _witnesses(list(gradients), [y for y in results if type(y._data) is float])
    if not witnesses:
        return None
    numbers = [energy(x) if x.shape else x for x in witnesses]
    result: Value = reduce(lambda a, b: a + b, numbers) * 0.0
    result.name = "total"
    return result


def _witnesses(gradients: list[Value], results: list[Value]) -> list[Value]:
    """Values such that no gradient holds nan of 0·∞ where these are finite.

    Small gradients come first, and those of the first layers, which tell of the others.
    """
    sight = _Sight()
    if all(map(sight.has_cleared, gradients)):
        return []
    for y in results:
        sight.turn_to(y)
    chosen = [y for y in results if y._operation is not None]
    for g in sorted(gradients, key=lambda g: (len(g.shape) > 1, -g._birth)):
        if not sight.has_cleared(g):
            sight.turn_to(g)
            chosen.append(g)
    return chosen


class _Sight:
    """What is known of Values where those that were turned to are finite, by birth."""

    def __init__(self) -> None:
        self.finite: set[int] = set()
        self.cleared: set[int] = set()

    def turn_to(self, value: Value) -> None:
        """Take a value to be finite, and with it what must be then."""
        stack = [value]
        while stack:
            x = stack.pop()
            if x._birth not in self.finite:
                self.finite.add(x._birth)
                stack += _told(x)

    def is_finite(self, x: Any) -> bool:
        """Whether all entries are finite."""
        while isinstance(x, Value):
            if x._birth in self.finite or dtype_of(x._data).kind == "b":
                return True
            if x._operation not in BOUNDED:
                return False
            (x,) = inputs_of(x)
        return _all(np.isfinite, x)

    def has_cleared(self, g: Value) -> bool:
        """Whether a value holds no nan of 0·∞: what it is a sum of are products of finite factors."""
        seen: set[int] = set()
        stack: list[Any] = [g]
        while stack:
            x = stack.pop()
            if not isinstance(x, Value) or x._operation is None:
                continue
            if x._birth in self.finite or x._birth in self.cleared or x._birth in seen:
                continue
            seen.add(x._birth)
            operands = inputs_of(x)
            if x._operation in KEEPING or _is_scaled(x) or _power(x).is_integer():
                stack += operands
            elif x._operation not in PRODUCTS or not all(map(self.is_finite, operands)):
                return False
        self.cleared |= seen
        return True


def _is_scaled(value: Value) -> bool:
    """Whether all but one operand of a product or a ratio are constants, without 0 and ∞."""
    plain = [x for x in inputs_of(value) if not isinstance(x, Value)]
    scales = value._operation is DIVIDE or value._operation in PRODUCTS
    return scales and len(plain) == len(inputs_of(value)) - 1 and all(map(_scales, plain))


def _scales(x: Any) -> bool:
    return _all(np.isfinite, x) and _all(np.not_equal, x, 0.0)


def _all(test: Callable[..., Any], *operands: Any) -> bool:
    return bool(np.all(test(*operands)))


def _told(value: Value) -> list[Value]:
    """The operands that are finite where a value is: all of their entries have a part in it."""
    operands = inputs_of(value)[: _telling(value)]
    values = [x for x in operands if isinstance(x, Value)]
    return [] if any(0 in x.shape for x in (value, *values)) else values


def _telling(value: Value) -> int | None:
    """How many of its first operands a value tells of; None for all."""
    operation = value._operation
    if operation is DIVIDE or _power(value) > 0.0:
        return 1  # x/∞ = 0
    if operation is EINSUM and any(len(set(term)) < len(term) for term in _terms(value)):
        return 0  # a diagonal
    return None if operation in TELLING else 0


def _power(value: Value) -> float:
    """The number p > 0 where a value is a multiple of xᵖ, else nan."""
    if value._operation not in (POWER, SLOPE, DERIVATIVE):
        return nan
    _, exponent, *_ = inputs_of(value)
    lost = value._y["order"] if value._operation is DERIVATIVE else int(value._operation is SLOPE)
    return exponent - lost if type(exponent) is float and exponent > lost else nan


def _terms(value: Value) -> list[str]:
    inputs, _, _ = str(value._y["subscripts"]).partition("->")
    return inputs.split(",")
