"""Which numbers tell that a gradient met 0·∞, so that the program must compute it the other way.

Where a product 0·∞ makes nan, the nan comes down to a gradient: one number that is nan where a gradient
holds nan would do. It takes less: sums and rearrangements make no nan of numbers (but of ∞ − ∞, which
nothing absorbs), so what they were made of is looked at instead; and what was multiplied on to something
that is looked at has handed its nan on to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from math import isfinite
from typing import Any

import numpy as np

from .. import ops
from ..data import Data
from ..declaration import primitive
from ..ops.contractions import _einsum
from ..reverse import inputs_of
from ..value import Value

__all__ = ["total"]


def _operations(*functions: Any) -> set[Any]:
    return {vars(function)["operation"] for function in functions}


LINEAR = _operations(
    ops.add, ops.subtract, ops.negative, ops.positive, ops.sum, ops.mean, ops.sum_to, ops.broadcast_to,
    ops.reshape, ops.expand_dims, ops.squeeze, ops.transpose, ops.swapaxes, ops.moveaxis, ops.flip,
    ops.scatter_add,
)  # fmt: skip
"""Sums and rearrangements: nan where an operand is, and nowhere else."""

PRODUCTS = _operations(ops.multiply, ops.divide, ops.square, ops.matmul, ops.dot, ops.tensordot, _einsum)
"""What is nan where an operand is."""


@primitive(symbol="‖ ‖²", dx=lambda g, y, x: 2.0 * g * x)
def energy(x: Data, /) -> Data:
    """Sum of the squares of all entries: nan where one is."""
    return np.vdot(x, x)


def total(gradients: Iterable[Value]) -> Value | None:
    """A number that is nan where a gradient holds nan that may come of 0·∞; None where none can.

    ∞ − ∞ may make it nan, too: the other way to compute is right in any case.
    """
    numbers = [energy(g) if g.shape else g for g in _looked_at(gradients)]
    if not numbers:
        return None
    result: Value = reduce(lambda a, b: a + b, numbers)
    result.name = "total"
    return result


def _looked_at(gradients: Iterable[Value]) -> list[Value]:
    """What the gradients are sums of, less what is part of a product among these."""
    sources = {x._birth: x for x in _below(gradients, _summands) if not _is_sum(x)}
    factors = (x for source in sources.values() for x in _factors(source))
    covered = {x._birth for x in _below(factors, _factors)}
    return [sources[birth] for birth in sorted(sources.keys() - covered)]


def _below(values: Iterable[Value], parts: Any) -> Iterator[Value]:
    """The recorded ones among values, and among what they are made of."""
    seen: set[int] = set()
    stack = list(values)
    while stack:
        value = stack.pop()
        if value._birth not in seen and value._operation is not None:
            seen.add(value._birth)
            yield value
            stack.extend(parts(value))


def _is_sum(value: Value) -> bool:
    """Whether nan in a value comes from what it was made of."""
    if value._operation in LINEAR:
        return True
    plain = [x for x in inputs_of(value) if not isinstance(x, Value)]
    return value._operation in PRODUCTS and any(type(x) is float and isfinite(x) and x for x in plain)


def _summands(value: Value) -> list[Value]:
    return _operands(value) if _is_sum(value) else []


def _factors(value: Value) -> list[Value]:
    return _operands(value) if value._operation in LINEAR | PRODUCTS else []


def _operands(value: Value) -> list[Value]:
    """The Values that all have a part in each entry; none where a sum may be empty."""
    operands = [x for x in inputs_of(value) if isinstance(x, Value)]
    return [] if any(0 in x.shape for x in operands) else operands
