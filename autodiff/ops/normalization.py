"""Normalisation: numbers brought to mean 0 and variance 1 along some axes, then to a scale and a shift."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..values.data import Data, Operand, shape_of
from ..values.declaration import primitive
from ..values.methods import Axis
from .reduced_axes import entries
from .reductions import average
from .totals import narrowed, total_product, widened

__all__ = ["layer_norm"]


def _share(x: Operand, axis: Axis) -> float:
    """1/n of n entries; nan of none."""
    return 1.0 / (entries(shape_of(x), axis) or math.nan)


def _standardized(x: Operand, axis: Axis, eps: float) -> tuple[Any, Any]:
    """z = s·(x − μ), and s = 1/√(v + eps). What is fresh is changed in place, of Values made anew."""
    z = x - average(x, axis, keepdims=True)
    squares = total_product(z, z, axis, keepdims=True)
    scale = 1.0 / np.sqrt(squares * _share(x, axis) + eps)
    z *= scale
    return z, scale


def _pulled_back(
    g: Operand, y: Operand, x: Operand, weight: Operand, bias: Operand, axis: Axis, eps: float
) -> tuple[Any, Any, Any]:
    z, scale = _standardized(widened(x), axis, eps)

    def of_x() -> Operand:
        inner = g * weight
        common = z * (total_product(inner, z, axis, keepdims=True) * _share(x, axis))
        common += average(inner, axis, keepdims=True)
        slopes = inner - common
        slopes *= scale
        return narrowed(slopes, x)

    return of_x, lambda: g * z, lambda: g


@primitive(
    symbol="γ·(x − μ)/σ + β",
    typeset="standard{axis:axes}({})·{} + {}{eps:unsaid}",
    together=_pulled_back,
)
def _layer_norm(x: Data, weight: Data, bias: Data, /, axis: Axis = -1, eps: float = 1e-5) -> Data:
    """Deviations from the mean, scaled and shifted.   y = γ·(x − μ)/√(v + eps) + β."""
    z, _ = _standardized(widened(x), axis, eps)
    return narrowed(z, x) * weight + bias


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
