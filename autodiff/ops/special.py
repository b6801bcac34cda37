"""Functions that need more than a line: sinc, right at 0 to any order, and some that NumPy lacks."""

from __future__ import annotations

import math

import numpy as np

from ..values.data import Data, dtype_of
from ..values.declaration import elementwise
from .elementary import exp, log, log1p

__all__ = ["entr", "erf", "sinc", "xlog1py", "xlogy"]


@elementwise(
    symbol="sinc",
    typeset="sinc{order:primes}({})",
    dx=lambda y, x, order: sinc_derivative(x, order=order + 1),
)
def sinc_derivative(x: Data, /, order: int = 0) -> Data:
    """The derivative of sinc of any order, also at 0.   y = dⁿ/dxⁿ [sin(πx)/(πx)].

    With u = πx, Sₙ(u) the n-th derivative of sin u / u: the power series where |u| < n + 2, else
    u·Sₙ = sin(u + nπ/2) − n·Sₙ₋₁, the n-th derivative of u·S₀ = sin u.
    """
    u = np.multiply(np.pi, x)
    near = np.abs(u) < order + 2.0
    tame = np.where(near, u, 0.0)
    series = np.zeros_like(tame)
    for k in range(4 * order + 30, order - 1, -1):
        n = k - order
        if k % 2 == 0:
            series = series + (-1) ** (k // 2) * tame**n / ((k + 1) * math.factorial(n))
    far = np.where(near, 1.0, u)
    recurrence = np.sin(far) / far
    for n in range(1, order + 1):
        recurrence = (np.sin(far + n * np.pi / 2.0) - n * recurrence) / far
    return np.pi**order * np.where(near, series, recurrence)


@elementwise(dx=lambda y, x: sinc_derivative(x, order=1))
def sinc(x: Data, /) -> Data:
    """Normalised sinc.   y = sin(πx)/(πx), 1 at 0;   dy/dx = (cos(πx) − y)/x, 0 at 0."""
    return np.sinc(x)


# W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969):
# erf(x)/x on |x| ≤ ½, erfc from there to 4 and beyond, highest power first. Of the first, 1 is
# subtracted, which leaves the rounding of a small correction instead of that of the whole.
ERF_NEAR = (
    (-0.81422229381539685, -20.440167208473555, -130.16048378339402, -905.13128839207026,
     365.14075569929885),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
ERFC_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
ERFC_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Data) -> Data:
    top, bottom = (_polynomial(powers, x) for powers in coefficients)
    return top / bottom


def _polynomial(coefficients: tuple[float, ...], x: Data) -> Data:
    """Horner's scheme, highest power first."""
    result = coefficients[0] * x + coefficients[1]
    for coefficient in coefficients[2:]:
        result *= x
        result += coefficient
    return result


@elementwise(scalar=math.erf, dx=lambda y, x: (2.0 / math.sqrt(math.pi)) * exp(-(x * x)))
def erf(x: Data, /) -> Data:
    """Error function.   y = (2/√π)·∫₀ˣ e^(−t²) dt;   dy/dx = (2/√π)·e^(−x²).

    SciPy's where it is installed, else Cody's rational approximation (1969), which takes ten times as long;
    both are within 2 units in the last place.
    """
    try:  # here, so that SciPy is loaded when it is needed first, also by a program that was saved
        from scipy.special import erf as compiled
    except ImportError:
        compiled = _by_cody
    return compiled(x).astype(dtype_of(x), copy=False)


def _by_cody(x: Data) -> Data:
    # half precision becomes single, in which the polynomials do not overflow
    size = np.abs(x).astype(np.promote_types(dtype_of(x), np.float32))
    near = np.where(size > 0.5, 0.0, x)
    middle = np.clip(size, 0.5, 4.0)
    far = np.clip(size, 4.0, 6.0)
    square = 1.0 / (far * far)
    tail = (1.0 / math.sqrt(math.pi) - square * _ratio(ERFC_FAR, square)) / far
    erfc = np.where(
        size > 4.0, np.exp(-(far * far)) * tail, np.exp(-(middle * middle)) * _ratio(ERFC_MIDDLE, middle)
    )
    outside = np.copysign(1.0 - erfc, x)
    inside = near + near * _ratio(ERF_NEAR, near * near)
    return np.where(size > 0.5, outside, inside)


# -- products with a logarithm -----------------------------------------------------------------


@elementwise(
    symbol="/",
    formula="x/y",
    scalar=lambda x, y: 0.0 if x == 0.0 and y == y else x / y,
    dx=lambda z, x, y: 1.0 / y,
    dy=lambda z, x, y: -xdivy(z, y),
)
def xdivy(x: Data, y: Data, /) -> Data:
    """Quotient that is 0 where x = 0, whatever y is.   z = x/y;   ∂z/∂x = 1/y,  ∂z/∂y = −z/y."""
    nothing = np.equal(x, 0.0) & np.equal(y, y)
    return np.where(nothing, 0.0, x / np.where(nothing, x + 1.0, y))  # x + 1 is 1, in the dtype of x


@elementwise(
    formula="x*log(y)",
    scalar=lambda x, y: 0.0 if x == 0.0 and y == y else x * math.log(y),
    dx=lambda z, x, y: log(y),
    dy=lambda z, x, y: xdivy(x, y),
)
def xlogy(x: Data, y: Data, /) -> Data:
    """x·log y, and 0 where x = 0, whatever y is.   z = x·log y;   ∂z/∂x = log y,  ∂z/∂y = x/y, 0 where x = 0.

    nan in y stays nan. At y = 0 the slope in x is log 0 = −∞, the limit from the right. It is the function of
    this name in scipy.special, as are `xlog1py` and `entr`.

    >>> xlogy(0.0, 0.0)
    0.0
    """
    nothing = np.equal(x, 0.0) & np.equal(y, y)
    return np.where(nothing, 0.0, x * np.log(np.where(nothing, x + 1.0, y)))  # x + 1 is 1, in the dtype of x


@elementwise(
    formula="x*log(1 + y)",
    scalar=lambda x, y: 0.0 if x == 0.0 and y == y else x * math.log1p(y),
    dx=lambda z, x, y: log1p(1.0 * y),  # of truth values NumPy takes it in half precision
    dy=lambda z, x, y: xdivy(x, 1.0 + y),
)
def xlog1py(x: Data, y: Data, /) -> Data:
    """x·log(1 + y), exact for small y.   z = x·log(1 + y);   ∂z/∂x = log(1 + y),  ∂z/∂y = x/(1 + y).

    Where x = 0 it is 0 whatever y is, and so is the slope in y, as with `xlogy`.

    >>> xlog1py(0.0, -1.0)
    0.0
    """
    nothing = np.equal(x, 0.0) & np.equal(y, y)
    return np.where(nothing, 0.0, x * np.log1p(np.where(nothing, x, y)))  # x is 0, in its dtype


@elementwise(formula="-x*log(x)", dx=lambda y, x: -1.0 - log(x))
def entr(x: Data, /) -> Data:
    """Term of an entropy.   y = −x·log x, 0 at x = 0, −∞ for x < 0;   dy/dx = −1 − log x, ∞ at 0.

    >>> entr([0.0, 1.0]).tolist()
    [0.0, 0.0]
    """
    inside = np.greater(x, 0.0) | np.not_equal(x, x)
    terms = 0.0 - x * np.log(np.where(inside, x, 1.0))
    return np.where(inside | np.equal(x, 0.0), terms, -np.inf)
