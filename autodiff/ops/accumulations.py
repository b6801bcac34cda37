"""Products over axes, and what accumulates along one: running totals, running products, recurrences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.axes import axis_in
from ..values.data import Data, Operand, dtype_of, shape_of
from ..values.declaration import composed, primitive
from ..values.methods import Axis
from .joining import concatenate
from .reduced_axes import axes_of, entries, spread
from .shaping import flip, moveaxis, reshape

__all__ = ["cumprod", "cumsum", "prod"]


def _reversed_scan(a: Operand, b: Operand) -> Operand:
    """rᵢ = bᵢ + aᵢ₊₁·rᵢ₊₁ along the last axis: the adjoint of a scan with the same a."""
    return flip(scan(flip(_moved_up(a, 0.0), -1), flip(b, -1)), -1)


def _moved_up(x: Operand, last: float) -> Operand:
    """xᵢ₊₁ in place of xᵢ along the last axis."""
    edge = np.full((*shape_of(x)[:-1], 1), last, dtype_of(x))
    return concatenate([x, edge], axis=-1)[..., 1:]


def _moved_down(x: Operand, first: float) -> Operand:
    """xᵢ₋₁ in place of xᵢ along the last axis."""
    edge = np.full((*shape_of(x)[:-1], 1), first, dtype_of(x))
    return concatenate([edge, x], axis=-1)[..., :-1]


@primitive(
    da=lambda g, r, a, b: _reversed_scan(a, g) * _moved_down(r, 0.0),
    db=lambda g, r, a, b: _reversed_scan(a, g),
)
def scan(a: Data, b: Data, /) -> Data:
    """Linear recurrence along the last axis.   rᵢ = bᵢ + aᵢ·rᵢ₋₁, with r₋₁ = 0.

    Its adjoint is the same recurrence run backwards, so it is exact where entries of a are 0.
    """
    r = np.copy(b)
    for i in range(1, r.shape[-1]):
        r[..., i] += a[..., i] * r[..., i - 1]
    return r


@primitive(symbol="cumprod", dx=lambda g, y, x: _moved_down(y, 1.0) * _reversed_scan(x, g))
def running_product(x: Data, /) -> Data:
    """Products along the last axis.   yᵢ = Πₖ≤ᵢ xₖ;   x̄ᵢ = yᵢ₋₁·rᵢ with rᵢ = ȳᵢ + xᵢ₊₁·rᵢ₊₁."""
    return np.cumprod(x, axis=-1)


def _others(x: Operand) -> Operand:
    """The product of all other entries, along the last axis."""
    before = _moved_down(running_product(x), 1.0)
    after = _moved_up(flip(running_product(flip(x, -1)), -1), 1.0)
    return before * after


def _each_other(x: Operand, axis: Axis) -> Operand:
    """For each entry, the product of those that are multiplied with it: exact with zeros."""
    shape = shape_of(x)
    axes = axes_of(shape, axis)
    last = tuple(range(len(shape) - len(axes), len(shape)))
    moved = moveaxis(x, axes, last)
    rows = reshape(moved, (*shape_of(moved)[: len(shape) - len(axes)], entries(shape, axis)))
    return moveaxis(reshape(_others(rows), shape_of(moved)), last, axes)


@primitive(
    symbol="Π",
    typeset="Π{axis:axes}({}){keepdims:unsaid}",
    dx=lambda g, y, x, axis, keepdims: spread(g, x, axis, keepdims) * _each_other(x, axis),
)
def prod(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Product.   y = Πᵢ xᵢ;   ∂y/∂xᵢ = Πₖ≠ᵢ xₖ, exact with any number of zeros."""
    return np.prod(x, axis=axis, keepdims=keepdims)


@primitive(
    linear=True, typeset="cumsum{axis:axes}({})", dx=lambda g, y, x, axis: _summed_from_the_end(g, x, axis)
)
def cumsum(x: Data, /, axis: int | None = None) -> Data:
    """Running total, of the flattened x when axis is None.   yᵢ = Σₖ≤ᵢ xₖ;   x̄ᵢ = Σₖ≥ᵢ ȳₖ."""
    return np.cumsum(x, axis=axis)


def _summed_from_the_end(g: Operand, x: Operand, axis: int | None) -> Operand:
    along = 0 if axis is None else axis
    return reshape(flip(cumsum(flip(g, along), axis=along), along), shape_of(x))


@composed
def cumprod(x: Operand, /, axis: int | None = None) -> Any:
    """Running product, of the flattened x when axis is None.   yᵢ = Πₖ≤ᵢ xₖ, exact with zeros."""
    if axis is None or not shape_of(x):
        axis_in(0 if axis is None else axis, 1, "cumprod")
        return running_product(reshape(x, (-1,)))
    return moveaxis(running_product(moveaxis(x, axis, -1)), -1, axis)
