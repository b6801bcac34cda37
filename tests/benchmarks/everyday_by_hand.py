"""The layers and losses of `everyday` in NumPy alone, forward and backward: as far as one gets.

Each is written for its own shapes, and returns what a step returns. What can be done in place is; sums are
products with ones, which BLAS computes; nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]
ByHand: TypeAlias = Callable[[Array, Array], Sequence[Any]]

EPS = 1e-5


def layer_norm(x: Array, g: Array) -> Sequence[Any]:
    """γ·(x − μ)/σ + β along rows, with γ = 1 and β = 0."""
    (n, m), share = x.shape, 1.0 / x.shape[1]
    ones, weight, bias = np.ones(m, x.dtype), np.ones(m, x.dtype), np.zeros(m, x.dtype)
    z = x - (x.dot(ones) * share)[:, None]
    scale = (1.0 / np.sqrt(np.vecdot(z, z) * share + EPS))[:, None]
    z *= scale
    y = z * weight
    y += bias
    products, rows = g * z, np.ones(n, x.dtype)
    slopes = z * (products.dot(weight) * -share)[:, None]
    slopes += g * weight
    slopes -= (g.dot(weight) * share)[:, None]
    slopes *= scale
    return y, slopes, rows.dot(products), rows.dot(g)


def batch_norm(x: Array, g: Array) -> Sequence[Any]:
    """The same along columns, with running statistics."""
    (n, m), share = x.shape, 1.0 / len(x)
    rows, weight, bias = np.ones(n, x.dtype), np.ones(m, x.dtype), np.zeros(m, x.dtype)
    center = rows.dot(x) * share
    z = x - center
    variance = np.einsum("ij,ij->j", z, z) * share
    running = 0.1 * center, 0.9 + 0.1 * n / (n - 1) * variance
    scale = 1.0 / np.sqrt(variance + EPS)
    z *= scale
    y = z * weight
    y += bias
    of_bias, of_weight = rows.dot(g), np.einsum("ij,ij->j", z, g)
    z *= of_weight * share
    slopes = np.subtract(g, z, z)
    slopes -= of_bias * share
    slopes *= weight * scale
    return y, slopes, of_weight, of_bias, running


def softmax(x: Array, g: Array) -> Sequence[Any]:
    """eˣ over its sum, along rows."""
    y = x - np.maximum.reduce(x, axis=-1, keepdims=True)
    np.exp(y, y)
    y /= y.dot(np.ones(x.shape[1], x.dtype))[:, None]
    slopes = g - np.vecdot(g, y)[:, None]
    slopes *= y
    return y, slopes


def cross_entropy(labels: Array) -> ByHand:
    """The mean of −log softmax(x)ₖ."""

    def by_hand(x: Array, g: Array) -> Sequence[Any]:
        largest = np.maximum.reduce(x, axis=-1, keepdims=True)
        slopes, rows = x - largest, np.arange(len(x))
        np.exp(slopes, slopes)
        weight = slopes.dot(np.ones(x.shape[1], x.dtype))
        loss = (np.log(weight) + largest[:, 0] - x[rows, labels]).sum() / len(x)
        slopes /= (weight * len(x))[:, None]
        slopes[rows, labels] -= 1.0 / len(x)
        return loss, slopes

    return by_hand


def gelu(x: Array, g: Array) -> Sequence[Any]:
    """x·Φ(x), of SciPy's erf."""
    from scipy.special import erf

    share = x * 0.5**0.5
    erf(share, share)
    share += 1.0
    share *= 0.5
    slopes = x * x
    slopes *= -0.5
    np.exp(slopes, slopes)
    slopes *= x
    slopes *= (2.0 * np.pi) ** -0.5
    slopes += share
    slopes *= g
    return share * x, slopes


def gelu_by_tanh(x: Array, g: Array) -> Sequence[Any]:
    """½x·(1 + tanh u), u = √(2/π)·(x + 0.044715·x³)."""
    root = (2.0 / np.pi) ** 0.5
    square = x * x
    share = square * (0.044715 * root)
    share += root
    share *= x
    np.tanh(share, share)
    slopes = share * share
    np.subtract(1.0, slopes, slopes)
    square *= 3.0 * 0.044715 * root
    square += root
    square *= x
    slopes *= square
    share += 1.0
    slopes += share
    slopes *= 0.5
    slopes *= g
    share *= x
    share *= 0.5
    return share, slopes
