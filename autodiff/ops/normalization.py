"""Normalisation: numbers brought to mean 0 and variance 1 along some axes, then to a scale and a shift."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from ..values.data import Data, Operand, Shape, shape_of
from ..values.declaration import primitive
from ..values.methods import Axis
from .reduced_axes import axes_of, entries
from .reductions import average
from .totals import narrowed, total, total_product, widened

__all__ = ["layer_norm"]


def _share(x: Operand, axis: Axis) -> float:
    """1/n of n entries; nan of none."""
    return 1.0 / (entries(shape_of(x), axis) or math.nan)


def _standardized(x: Operand, axis: Axis, eps: float) -> tuple[Any, Any, Any, Any]:
    """z = s·(x − μ), s = 1/√(v + eps), μ and v. What is fresh is changed in place, of Values made anew."""
    center = average(x, axis, keepdims=True)
    z = x - center
    variance = total_product(z, z, axis, keepdims=True) * _share(x, axis)
    scale = 1.0 / np.sqrt(variance + eps)
    z *= scale
    return z, scale, center, variance


@lru_cache(maxsize=256)
def _is_outside(weight: Shape, x: Shape, axis: Axis) -> bool:
    """Whether a weight is the same along the axes, so that it is a factor of sums over them."""
    sizes = (*[1] * (len(x) - len(weight)), *weight)
    return all(sizes[i] == 1 for i in axes_of(x, axis))


def _pulled_back(
    g: Operand,
    y: Operand,
    x: Operand,
    weight: Operand,
    bias: Operand,
    axis: Axis,
    eps: float,
    kept: tuple[Any, Any, Any, Any] | None = None,
) -> tuple[Any, Any, Any]:
    z, scale, _, _ = kept or _standardized(widened(x), axis, eps)
    share, outside = _share(x, axis), _is_outside(shape_of(weight), shape_of(x), axis)

    def sums(of: Operand) -> Operand:
        return total(of, axis, True) if outside else total_product(of, weight, axis, True)

    products = g * z
    weighed = sums(products)

    def of_x() -> Operand:
        slopes = z * (weighed * -share)
        slopes += g if outside else g * weight
        slopes -= sums(widened(g)) * share
        slopes *= scale * weight if outside else scale
        return narrowed(slopes, x)

    return of_x, lambda: narrowed(weighed if outside else products, x), lambda: g


def _kept(x: Data, weight: Data, bias: Data, axis: Axis, eps: float) -> tuple[Data, tuple[Data, ...]]:
    z, scale, *moments = _standardized(widened(x), axis, eps)
    return narrowed(z, x) * weight + bias, (z, scale, *(narrowed(moment, x) for moment in moments))


@primitive(
    symbol="γ·(x − μ)/σ + β",
    typeset="standard{axis:axes}({})·{} + {}{eps:unsaid}",
    together=_pulled_back,
    keeping=_kept,
)
def _layer_norm(x: Data, weight: Data, bias: Data, /, axis: Axis = -1, eps: float = 1e-5) -> Data:
    """Deviations from the mean, scaled and shifted.   y = γ·(x − μ)/√(v + eps) + β."""
    return _kept(x, weight, bias, axis, eps)[0]


def layer_norm(
    x: Operand, /, weight: Operand = 1.0, bias: Operand = 0.0, axis: Axis = -1, eps: float = 1e-5
) -> Any:
    """Layer normalisation: mean 0 and variance 1 along some axes, then a scale γ and a shift β.

        y = γ·z + β  with  z = s·(x − μ),  s = 1/√(v + eps);   β̄ = ȳ,  γ̄ = ȳ·z,
        x̄ = s·(ḡ − mean ḡ − z·mean(ḡ·z))  with  ḡ = γ·ȳ

    μ is the mean along the axes and v the variance, that of n, not n − 1. `weight` γ and `bias` β broadcast
    against x; z has the precision of x, and y that which NumPy's promotion gives γ·z + β. J. L. Ba et al.,
    Layer Normalization, arXiv:1607.06450.

    >>> layer_norm([1.0, 3.0], weight=[2.0, 2.0], bias=1.0, eps=0.0)
    array([-1.,  3.])
    """
    return _layer_norm(x, weight, bias, axis, eps)
