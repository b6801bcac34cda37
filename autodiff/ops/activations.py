"""Activations: what the neurons of a network make of their sums."""

from __future__ import annotations

import math

import numpy as np

from ..values.data import Data
from ..values.declaration import elementwise

__all__ = ["log_sigmoid", "relu", "sigmoid", "softplus"]


def _sigmoid(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


@np.errstate(over="ignore")  # e⁻ˣ = ∞ gives 0, which is right; a decorator takes half the time of `with`
def _logistic(x: Data) -> Data:
    return np.reciprocal(1.0 + np.exp(-x))


@elementwise(
    symbol="σ",
    definition=lambda x: (1.0 + np.exp(-x)) ** -1.0,
    scalar=_sigmoid,
    nonnegative=True,
    dx=lambda y, x: y * (1.0 - y),
)
def sigmoid(x: Data, /) -> Data:
    """The lecture's σ, without overflow.   y = 1/(1 + e⁻ˣ);   dy/dx = y·(1 − y)."""
    return _logistic(x)


@elementwise(
    kink="relu′(0) = 0", selecting=True, scalar=lambda x: 0.0 if x <= 0.0 else x, dx=lambda y, x: x > 0.0
)
def relu(x: Data, /) -> Data:
    """Rectifier.   y = max(x, 0);   dy/dx = 1 where x > 0, else 0."""
    return np.maximum(x, 0.0)


def _softplus(x: float) -> float:
    return (x if x > 0.0 else 0.0) + math.log1p(math.exp(-abs(x)))


@elementwise(definition=lambda x: np.log(1.0 + np.exp(x)), scalar=_softplus, dx=lambda y, x: sigmoid(x))
def softplus(x: Data, /) -> Data:
    """Smooth rectifier, without overflow.   y = log(1 + eˣ);   dy/dx = σ(x)."""
    return np.logaddexp(x, 0.0)


@elementwise(scalar=lambda x: -_softplus(-x), dx=lambda y, x: sigmoid(-x))
def log_sigmoid(x: Data, /) -> Data:
    """Logarithm of σ, without overflow.   y = −log(1 + e⁻ˣ);   dy/dx = σ(−x)."""
    return -np.logaddexp(-x, 0.0)
