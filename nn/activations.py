"""Activations: each with its derivative in the same chunk, as the lecture asks.

Those that have a kink have the slope from the left at it, which `help` of each names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff import (
    absolute,
    elementwise,
    exp,
    gelu,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    softplus,
    tanh,
    where,
)
from autodiff.settings import chosen
from autodiff.values.data import Data, Operand, dtype_of

__all__ = [
    "activation",
    "elu",
    "gelu",
    "identity",
    "leaky_relu",
    "log_softmax",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
]

SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717
"""λ and α of Klambauer et al. (2017): with them mean 0 and variance 1 are a fixed point."""


@elementwise(formula="x", linear=True, dx=1.0)
def identity(x: Data, /) -> Data:
    """No activation, as for the output node of a regression.   y = x;   dy/dx = 1."""
    return +x


# -- rectifiers ------------------------------------------------------------------------------------


@elementwise(symbol="leaky_relu′", dx=0.0)
def _leaky_slope(x: Data, /, negative_slope: float = 0.01) -> Data:
    return np.where(x > 0.0, 1.0, negative_slope).astype(dtype_of(x))


@elementwise(
    kink="leaky_relu′(0) = negative_slope", dx=lambda y, x, negative_slope: _leaky_slope(x, negative_slope)
)
def leaky_relu(x: Data, /, negative_slope: float = 0.01) -> Data:
    """Rectifier that leaks.   y = x where x > 0, else s·x;   dy/dx = 1 where x > 0, else s.

    Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013).

    >>> leaky_relu(3.0), leaky_relu(-3.0)
    (3.0, -0.03)
    """
    return np.where(x > 0.0, x, negative_slope * x)


def _elu(x: Data, alpha: float) -> Data:
    return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def _elu_slope(x: Operand, alpha: float) -> Operand:
    return where(x > 0.0, 1.0, alpha * exp(x))


@elementwise(kink="elu′(0) = alpha", dx=lambda y, x, alpha: _elu_slope(x, alpha))
def elu(x: Data, /, alpha: float = 1.0) -> Data:
    """Exponential linear unit.

        y = x where x > 0, else α·(eˣ − 1);   dy/dx = 1 where x > 0, else α·eˣ

    Clevert, Unterthiner & Hochreiter, "Fast and accurate deep network learning by exponential
    linear units" (2016).

    >>> elu(3.0), elu(0.0), elu(-1000.0)
    (3.0, 0.0, -1.0)
    """
    return _elu(x, alpha)


@elementwise(kink="selu′(0) = 1.7581", dx=lambda y, x: SELU_SCALE * _elu_slope(x, SELU_ALPHA))
def selu(x: Data, /) -> Data:
    """Self-normalising exponential linear unit.

        y = λ·x where x > 0, else λα·(eˣ − 1);   dy/dx = λ where x > 0, else λα·eˣ

    with λ = 1.0507…, α = 1.6732…. Klambauer et al., "Self-normalizing neural networks" (2017).

    >>> round(selu(1.0), 4), round(selu(-1000.0), 4)
    (1.0507, -1.7581)
    """
    return SELU_SCALE * _elu(x, SELU_ALPHA)


# -- smooth ones -----------------------------------------------------------------------------------


@elementwise(dx=lambda y, x: sigmoid(x) + y * sigmoid(-x))
def silu(x: Data, /) -> Data:
    """Sigmoid linear unit, also called swish.   y = x·σ(x);   dy/dx = σ(x) + y·σ(−x).

    Elfwing, Uchibe & Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning" (2018).

    >>> silu(0.0), silu(1000.0), round(silu(1.0), 4)
    (0.0, 1000.0, 0.7311)
    """
    return x * sigmoid(x)


@elementwise(dx=lambda y, x: 1.0 / (1.0 + absolute(x)) ** 2)
def softsign(x: Data, /) -> Data:
    """Sign without a jump.   y = x/(1 + |x|);   dy/dx = 1/(1 + |x|)²;   d²y/dx² = 0 at 0.

    Turian, Bergstra & Bengio, "Quadratic features and deep architectures for chunking" (2009).

    >>> softsign(0.0), softsign(3.0)
    (0.0, 0.75)
    """
    return x / (1.0 + np.abs(x))


# -- names -----------------------------------------------------------------------------------------

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        identity, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu, softplus, softsign, softmax,
        log_softmax,
    )
}  # fmt: skip

RECTIFIERS = (relu, leaky_relu, elu, gelu, silu)
"""Half of what enters them is lost, more or less: before them weights start as He says."""

OF_A_LAYER = (softmax, log_softmax)
"""Activations that see the weighted sums of all nodes of their layer."""


def activation(name: str | Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The activation of that name; a function, such as one that you declared yourself, is returned as it is.

    Raises ValueError with the nearest names for an unknown one, and TypeError for a class.

    >>> activation("relu")(-2.0)
    0.0
    """
    if isinstance(name, type):
        raise TypeError(f"expected a function or a module, got the class {name.__name__}: call it first")
    return name if callable(name) else chosen("activation", name, ACTIVATIONS)
