"""The Gaussian error linear unit x·Φ(x), exact and by tanh.

Φ is the normal distribution and φ its density. D. Hendrycks, K. Gimpel, Gaussian error linear units,
arXiv:1606.08415.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..values.data import Data, Operand, dtype_of
from ..values.declaration import elementwise
from .activations import sigmoid
from .elementary import exp
from .special import erf

__all__ = ["gelu"]

ROOT_HALF = math.sqrt(0.5)
DENSITY = 1.0 / math.sqrt(2.0 * math.pi)
"""φ(0)."""

LINEAR, CUBIC = math.sqrt(8.0 / math.pi), 0.044715 * math.sqrt(8.0 / math.pi)
"""Φ(x) is about σ(u) with u = √(8/π)·(x + 0.044715·x³), which is ½·(1 + tanh ½u)."""

FAR = 100.0
"""Squares from which on σ(u) is 0 or 1."""


# -- exact -----------------------------------------------------------------------------------------


def _distribution(x: float) -> float:
    return 0.5 + 0.5 * math.erf(x * ROOT_HALF)


@elementwise(
    symbol="gelu′",
    typeset="gelu′({})",
    scalar=lambda x, y: _distribution(x) + x * DENSITY * math.exp(-0.5 * x * x),
    dx=lambda slope, x, y: (2.0 - x * x) * (DENSITY * exp(-0.5 * (x * x))),
    dy=0.0,  # y is a function of x, and dx the whole derivative
)
def _slope(x: Data, y: Data, /) -> Data:
    """y′ = Φ(x) + x·φ(x) of y = x·Φ(x), from both: Φ(x) = y/x;   dy′/dx = (2 − x²)·φ(x)."""
    square = x * x
    near = square <= (np.finfo(dtype_of(x)).eps / 8.0) ** 2  # y may lose digits there, and Φ(x) rounds to ½
    with np.errstate(invalid="ignore"):  # 0/0 is not taken
        share = np.where(near, 0.5, y / x)
    square *= -0.5
    slope = np.exp(square)
    slope *= x
    slope *= DENSITY
    slope += share
    return slope


@elementwise(symbol="gelu", scalar=lambda x: x * _distribution(x), dx=lambda y, x: _slope(x, y))
def _exact(x: Data, /) -> Data:
    """y = x·Φ(x);   dy/dx = Φ(x) + x·φ(x)."""
    share = erf(ROOT_HALF * x)
    share += 1.0
    share *= 0.5
    share *= x
    return share


# -- by tanh ---------------------------------------------------------------------------------------


def _exponential(x: Data) -> Data:
    """e⁻ᵘ."""
    u = x * x
    u *= -CUBIC
    u -= LINEAR
    u *= x
    return np.exp(u)


def _second(x: Operand) -> Operand:
    """y″ of y = x·σ(u):  s·(1 − s)·(2u′ + x·u″ + x·(1 − 2s)·u′²)."""
    square = x * x
    s, inner = sigmoid(x * (LINEAR + CUBIC * square)), LINEAR + (3.0 * CUBIC) * square
    bend = 2.0 * inner + (6.0 * CUBIC) * square + x * (1.0 - 2.0 * s) * (inner * inner)
    return s * (1.0 - s) * bend


@elementwise(symbol="gelu′", dx=lambda y, x: _second(x))
def _tanh_slope(x: Data, /) -> Data:
    """y = σ(u) + x·σ(u)·(1 − σ(u))·u′."""
    with np.errstate(over="ignore"):
        share = np.reciprocal(1.0 + _exponential(x))
    inner = np.minimum(x * x, FAR)  # where it is more, 1 − σ(u) is 0: what is finite times that is, too
    inner *= 3.0 * CUBIC
    inner += LINEAR
    inner *= x
    inner *= 1.0 - share
    inner += 1.0
    inner *= share
    return inner


@elementwise(symbol="gelu", dx=lambda y, x: _tanh_slope(x))
def _by_tanh(x: Data, /) -> Data:
    """y = x·σ(u);   dy/dx = σ(u) + x·σ(u)·(1 − σ(u))·u′."""
    with np.errstate(over="ignore"):  # e⁻ᵘ = ∞ gives −0, which is right
        return x / (1.0 + _exponential(x))


FORMS = {"none": _exact, "tanh": _by_tanh}


def gelu(x: Operand, /, approximate: str = "none") -> Any:
    """Gaussian error linear unit.   y = x·Φ(x);   dy/dx = Φ(x) + x·φ(x).

    Exact, or with approximate="tanh" y = ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), which differs by less than
    0.0005 and takes half the time, or with SciPy installed three quarters. Raises ValueError for any other
    approximation. Hendrycks & Gimpel, "Gaussian error linear units" (2016).

    >>> gelu(0.0), gelu(1000.0), round(gelu(1.0), 4), round(gelu(1.0, approximate="tanh"), 4)
    (0.0, 1000.0, 0.8413, 0.8412)
    """
    if approximate not in FORMS:
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return FORMS[approximate](x)
