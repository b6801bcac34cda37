"""Sums of products whose factors are repeated along different axes, as matrix products.

yᵢⱼ = Σₖ (aᵢₖ·bⱼₖ) is Y = A·Bᵀ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...ops import multiply, reshape, transpose
from ...values.data import Shape
from .. import operations
from ..listing import Line
from .draft import Draft, rule


@rule(
    "a sum of products of factors that are repeated along different axes is a matrix product, in its order",
    operations.reduced,
    operations.reduced_in_place,
    exact=False,
)
def contracted(draft: Draft, line: Line) -> int | None:
    product = draft.made_by(line.inputs[0], multiply)
    if product is None or product.dtype.itemsize < 4:
        return None
    first, second = (_Factor(draft, i, len(product.shape)) for i in product.inputs)
    if first.dtype != product.dtype or second.dtype != product.dtype:
        return None
    axes = _axes(line.metadata["axis"], len(product.shape))
    free = [first.axes - axes, second.axes - axes]
    if not axes or not (axes <= first.axes & second.axes) or free[0] & free[1] or not (free[0] or free[1]):
        return None
    if min(free[1], default=99) < min(free[0], default=99):
        first, second, free = second, first, free[::-1]
    summed = sorted(axes)
    rows, columns = sorted(free[0]), sorted(free[1])
    found = _product(draft, first.matrix(rows, summed), second.matrix(columns, summed))
    sizes = [product.shape[axis] for axis in (*rows, *columns)]
    order = [(*rows, *columns).index(axis) for axis in sorted((*rows, *columns))]
    if order != sorted(order):
        found = draft.add(transpose, draft.add(reshape, found, shape=tuple(sizes)), axes=tuple(order))
    return draft.add(reshape, found, shape=line.shape)


class _Factor:
    """A factor, in as many axes as the product has; `axes` are those along which it is not repeated."""

    def __init__(self, draft: Draft, position: int, axes: int) -> None:
        self._draft, self._position = draft, position
        line = draft.lines[position]
        self.dtype = line.dtype
        self.shape: Shape = (1,) * (axes - len(line.shape)) + line.shape
        self.axes = {axis for axis, n in enumerate(self.shape) if n > 1}

    def matrix(self, free: Sequence[int], summed: Sequence[int]) -> tuple[int, bool]:
        """A matrix of its free axes by those summed over, and whether it is turned; else a vector."""
        sizes = [math.prod(self.shape[axis] for axis in axes) for axes in (free, summed)]
        if not free:
            return self._reshaped(sizes[1:]), False
        own = sorted(self.axes)
        if own == [*summed, *free]:
            return self._reshaped(sizes[::-1]), True
        if own == [*free, *summed]:
            return self._reshaped(sizes), False
        whole = self._reshaped([self.shape[axis] for axis in own])
        turned = self._draft.add(transpose, whole, axes=tuple(own.index(axis) for axis in (*free, *summed)))
        return self._draft.add(reshape, turned, shape=tuple(sizes)), False

    def _reshaped(self, sizes: Sequence[int]) -> int:
        return self._draft.add(reshape, self._position, shape=tuple(sizes))


def _product(draft: Draft, first: tuple[int, bool], second: tuple[int, bool]) -> int:
    """A·Bᵀ of two matrices that are given turned, or not, or vectors."""
    (a, is_turned), (b, is_other_turned) = first, second
    left = draft.add(transpose, a) if is_turned else a
    right = b if is_other_turned else draft.add(transpose, b)
    if len(draft.lines[a].shape) == 1:
        return draft.add(operations.product, a, right)
    return draft.add(operations.product, left, right)


def _axes(axis: int | tuple[int, ...] | None, count: int) -> set[int]:
    if axis is None:
        return set(range(count))
    return {i % count for i in (axis if isinstance(axis, tuple) else (axis,))}
