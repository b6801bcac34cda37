"""Elementary functions of one and two variables."""

from __future__ import annotations

import math

import numpy as np

from ..values.data import Data
from ..values.declaration import elementwise
from .activations import log_sigmoid as log_sigmoid  # pickled networks name their activations here
from .activations import relu as relu
from .activations import sigmoid as sigmoid
from .activations import softplus as softplus
from .selection import ratio, where

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cbrt",
    "cos",
    "cosh",
    "deg2rad",
    "degrees",
    "exp",
    "exp2",
    "expm1",
    "hypot",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "rad2deg",
    "radians",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
]

LOG_2 = math.log(2.0)
LOG_10 = math.log(10.0)


# -- exponentials and logarithms ---------------------------------------------------------------

EXP_REMEDY = (
    "where exp(x) leaves the range of floats, log(1 + exp(x)) is stable as softplus or logaddexp, "
    "log(sum(exp(x))) as logsumexp, 1/(1 + exp(-x)) as sigmoid"
)
COSH_REMEDY = "1/cosh x is stable as 2·exp(−|x|)/(1 + exp(−2|x|)), a ratio of the two as tanh"


@elementwise(typeset="e^{}", scalar=math.exp, nonnegative=True, dx=lambda y, x: y, remedy=EXP_REMEDY)
def exp(x: Data, /) -> Data:
    """Exponential.   y = eˣ;   dy/dx = y."""
    return np.exp(x)


@elementwise(typeset="2^{}", scalar=math.exp2, nonnegative=True, dx=lambda y, x: y * LOG_2)
def exp2(x: Data, /) -> Data:
    """Power of two.   y = 2ˣ;   dy/dx = y·log 2."""
    return np.exp2(x)


@elementwise(formula="exp(x) - 1", scalar=math.expm1, dx=lambda y, x: exp(x))
def expm1(x: Data, /) -> Data:
    """Exponential less one, exact near 0.   y = eˣ − 1;   dy/dx = eˣ."""
    return np.expm1(x)


LOG_REMEDY = "the log of a softmax or sigmoid is stable as log_softmax or log_sigmoid; log1p is exact near 1"


@elementwise(scalar=math.log, dx=lambda y, x: 1.0 / x, remedy=LOG_REMEDY)
def log(x: Data, /) -> Data:
    """Natural logarithm.   y = log x;   dy/dx = 1/x."""
    return np.log(x)


@elementwise(symbol="log₂", scalar=math.log2, dx=lambda y, x: (1.0 / LOG_2) / x, remedy=LOG_REMEDY)
def log2(x: Data, /) -> Data:
    """Logarithm to base 2.   y = log₂ x;   dy/dx = 1/(x·log 2)."""
    return np.log2(x)


@elementwise(symbol="log₁₀", scalar=math.log10, dx=lambda y, x: (1.0 / LOG_10) / x, remedy=LOG_REMEDY)
def log10(x: Data, /) -> Data:
    """Logarithm to base 10.   y = log₁₀ x;   dy/dx = 1/(x·log 10)."""
    return np.log10(x)


@elementwise(formula="log(1 + x)", scalar=math.log1p, dx=lambda y, x: 1.0 / (1.0 + x))
def log1p(x: Data, /) -> Data:
    """Logarithm of one plus x, exact near 0.   y = log(1 + x);   dy/dx = 1/(1 + x)."""
    return np.log1p(x)


def _ahead(z: Data, x: Data, y: Data) -> Data:
    """By how much x exceeds y, and −∞ where both are −∞: their slopes are 0 there."""
    return x - where(z == -math.inf, 0.0, y)


@elementwise(
    typeset="log(e^{} + e^{})",
    kink="logaddexp′(-inf, -inf) = 0",
    dx=lambda z, x, y: sigmoid(_ahead(z, x, y)),
    dy=lambda z, x, y: sigmoid(_ahead(z, y, x)),
)
def logaddexp(x: Data, y: Data, /) -> Data:
    """Smooth maximum of two.   z = log(eˣ + eʸ);   ∂z/∂x = σ(x − y),  ∂z/∂y = σ(y − x)."""
    return np.logaddexp(x, y)


@elementwise(
    typeset="log₂(2^{} + 2^{})",
    kink="logaddexp2′(-inf, -inf) = 0",
    dx=lambda z, x, y: sigmoid(_ahead(z, x, y) * LOG_2),
    dy=lambda z, x, y: sigmoid(_ahead(z, y, x) * LOG_2),
)
def logaddexp2(x: Data, y: Data, /) -> Data:
    """Smooth maximum to base 2.   z = log₂(2ˣ + 2ʸ);   ∂z/∂x = 1/(1 + 2ʸ⁻ˣ),  ∂z/∂y = 1/(1 + 2ˣ⁻ʸ)."""
    return np.logaddexp2(x, y)


# -- roots -------------------------------------------------------------------------------------


@elementwise(
    formula="x**0.5",
    scalar=math.sqrt,
    dx=lambda y, x: 0.5 / y,
    remedy="the slope of sqrt is infinite at 0: add a small constant, or use norm or hypot for a length",
)
def sqrt(x: Data, /) -> Data:
    """Square root.   y = √x;   dy/dx = 1/(2y), ∞ at 0."""
    return np.sqrt(x)


@elementwise(typeset="∛{}", scalar=math.cbrt, dx=lambda y, x: 1.0 / (3.0 * (y * y)))
def cbrt(x: Data, /) -> Data:
    """Cube root, also of negative numbers.   y = ∛x;   dy/dx = 1/(3y²), ∞ at 0."""
    return np.cbrt(x)


@elementwise(
    formula="(x**2 + y**2)**0.5",
    scalar=math.hypot,
    kink="hypot′(0, 0) = 0",
    dx=lambda z, x, y: ratio(x, z),
    dy=lambda z, x, y: ratio(y, z),
)
def hypot(x: Data, y: Data, /) -> Data:
    """Length of (x, y).   z = √(x² + y²);   ∂z/∂x = x/z,  ∂z/∂y = y/z."""
    return np.hypot(x, y)


# -- trigonometry ------------------------------------------------------------------------------


@elementwise(scalar=math.sin, dx=lambda y, x: cos(x))
def sin(x: Data, /) -> Data:
    """Sine of an angle in radians.   y = sin x;   dy/dx = cos x."""
    return np.sin(x)


@elementwise(scalar=math.cos, dx=lambda y, x: -sin(x))
def cos(x: Data, /) -> Data:
    """Cosine of an angle in radians.   y = cos x;   dy/dx = −sin x."""
    return np.cos(x)


@elementwise(scalar=math.tan, dx=lambda y, x: 1.0 + y * y)
def tan(x: Data, /) -> Data:
    """Tangent of an angle in radians.   y = tan x;   dy/dx = 1 + y²."""
    return np.tan(x)


STEEP_AT_ONE = "the slope is infinite at ±1: keep the argument between, as clip(x, −1 + ε, 1 − ε) does"


@elementwise(scalar=math.asin, dx=lambda y, x: 1.0 / sqrt((1.0 - x) * (1.0 + x)), remedy=STEEP_AT_ONE)
def arcsin(x: Data, /) -> Data:
    """Inverse sine, in radians.   y = arcsin x;   dy/dx = 1/√(1 − x²), ∞ at ±1."""
    return np.arcsin(x)


@elementwise(scalar=math.acos, dx=lambda y, x: -1.0 / sqrt((1.0 - x) * (1.0 + x)), remedy=STEEP_AT_ONE)
def arccos(x: Data, /) -> Data:
    """Inverse cosine, in radians.   y = arccos x;   dy/dx = −1/√(1 − x²), −∞ at ±1."""
    return np.arccos(x)


@elementwise(scalar=math.atan, dx=lambda y, x: 1.0 / (1.0 + x * x))
def arctan(x: Data, /) -> Data:
    """Inverse tangent, in radians.   y = arctan x;   dy/dx = 1/(1 + x²)."""
    return np.arctan(x)


def _over_square(x: Data, y: Data) -> Data:
    """x/(x² + y²) without overflow, 0 at the origin."""
    r = hypot(x, y)
    return ratio(ratio(x, r), r)


@elementwise(
    scalar=math.atan2,
    kink="arctan2′(0, 0) = 0",
    dy=lambda z, y, x: _over_square(x, y),
    dx=lambda z, y, x: -_over_square(y, x),
)
def arctan2(y: Data, x: Data, /) -> Data:
    """Angle of the point (x, y), in radians.

    z = arctan2(y, x);   ∂z/∂y = x/(x² + y²),  ∂z/∂x = −y/(x² + y²)
    """
    return np.arctan2(y, x)


@elementwise(dx=math.pi / 180.0, linear=True, scalar=math.radians)
def deg2rad(x: Data, /) -> Data:
    """Degrees to radians.   y = x·π/180;   dy/dx = π/180."""
    return np.deg2rad(x)


@elementwise(dx=180.0 / math.pi, linear=True, scalar=math.degrees)
def rad2deg(x: Data, /) -> Data:
    """Radians to degrees.   y = x·180/π;   dy/dx = 180/π."""
    return np.rad2deg(x)


radians, degrees = deg2rad, rad2deg


# -- hyperbolic functions ----------------------------------------------------------------------


@elementwise(scalar=math.sinh, dx=lambda y, x: cosh(x), remedy=COSH_REMEDY)
def sinh(x: Data, /) -> Data:
    """Hyperbolic sine.   y = sinh x;   dy/dx = cosh x."""
    return np.sinh(x)


@elementwise(scalar=math.cosh, nonnegative=True, dx=lambda y, x: sinh(x), remedy=COSH_REMEDY)
def cosh(x: Data, /) -> Data:
    """Hyperbolic cosine.   y = cosh x;   dy/dx = sinh x."""
    return np.cosh(x)


@elementwise(scalar=math.tanh, dx=lambda y, x: 1.0 - y * y)
def tanh(x: Data, /) -> Data:
    """Hyperbolic tangent.   y = tanh x;   dy/dx = 1 − y²."""
    return np.tanh(x)


@elementwise(scalar=math.asinh, dx=lambda y, x: 1.0 / hypot(x, 1.0))
def arcsinh(x: Data, /) -> Data:
    """Inverse hyperbolic sine.   y = arsinh x;   dy/dx = 1/√(1 + x²)."""
    return np.arcsinh(x)


@elementwise(scalar=math.acosh, dx=lambda y, x: 1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0)))
def arccosh(x: Data, /) -> Data:
    """Inverse hyperbolic cosine.   y = arcosh x;   dy/dx = 1/√(x² − 1), ∞ at 1."""
    return np.arccosh(x)


@elementwise(scalar=math.atanh, dx=lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)))
def arctanh(x: Data, /) -> Data:
    """Inverse hyperbolic tangent.   y = artanh x;   dy/dx = 1/(1 − x²), ∞ at ±1."""
    return np.arctanh(x)
