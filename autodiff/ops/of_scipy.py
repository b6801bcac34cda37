"""Functions of `scipy.special`, computed by SciPy: the table of their derivatives.

SciPy's own functions record these operations when they are called on a Value, as NumPy's record those of
their names: `scipy.special.gammaln(x)`. SciPy is imported when the first of them computes. The formulas are
in M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964), chapters 6, 7 and 26.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial, reduce
from typing import Any

from ..lazy_names import Library
from ..values.data import Data, Operand
from ..values.declaration import elementwise
from .activations import log_sigmoid, sigmoid
from .elementary import cbrt, exp, exp2, expm1, log, log1p
from .selection import where
from .special import entr, erf, xlog1py, xlogy

special: Any = Library("scipy.special", extra="scipy")

of_scipy = partial(elementwise, library="scipy.special")

LOG_10 = math.log(10.0)
ROOT_PI, ROOT_TAU = math.sqrt(math.pi), math.sqrt(2.0 * math.pi)

# -- the gamma function ------------------------------------------------------------------------


@of_scipy(symbol="ψ", typeset="ψ{order:primes}({})", dx=lambda y, x, order: polygamma(x, order=order + 1))
def polygamma(x: Data, /, order: int) -> Data:
    """Derivative of ψ, of an order from 1.   y = (−1)ⁿ⁺¹·n!·Σₖ 1/(x + k)ⁿ⁺¹, k ≥ 0;   dy/dx = ψ⁽ⁿ⁺¹⁾(x)."""
    return (-1.0) ** (order + 1) * math.factorial(order) * special.zeta(order + 1.0, x)


@of_scipy(symbol="ψ", dx=lambda y, x: polygamma(x, order=1))
def digamma(x: Data, /) -> Data:
    """Digamma function, the derivative of log Γ.   y = ψ(x) = Γ′(x)/Γ(x);   dy/dx = ψ′(x)."""
    return special.digamma(x)


@of_scipy(symbol="Γ", dx=lambda y, x: y * digamma(x))
def gamma(x: Data, /) -> Data:
    """Gamma function.   y = Γ(x), (n − 1)! at n;   dy/dx = Γ(x)·ψ(x)."""
    return special.gamma(x)


@of_scipy(typeset="log Γ({})", dx=lambda y, x: digamma(x))
def gammaln(x: Data, /) -> Data:
    """Logarithm of |Γ|.   y = log |Γ(x)|;   dy/dx = ψ(x)."""
    return special.gammaln(x)


@of_scipy(typeset="log Γ({})", dx=lambda y, x: digamma(x))
def loggamma(x: Data, /) -> Data:
    """Logarithm of Γ, nan for x < 0.   y = log Γ(x);   dy/dx = ψ(x)."""
    return special.loggamma(x)


@of_scipy(
    symbol="B",
    dx=lambda z, x, y: z * (digamma(x) - digamma(x + y)),
    dy=lambda z, x, y: z * (digamma(y) - digamma(x + y)),
)
def beta(x: Data, y: Data, /) -> Data:
    """Beta function.   z = B(x, y) = Γ(x)·Γ(y)/Γ(x + y);   ∂z/∂x = z·(ψ(x) − ψ(x + y)), and so in y."""
    return special.beta(x, y)


@of_scipy(
    typeset="log B({}, {})",
    dx=lambda z, x, y: digamma(x) - digamma(x + y),
    dy=lambda z, x, y: digamma(y) - digamma(x + y),
)
def betaln(x: Data, y: Data, /) -> Data:
    """Logarithm of |B|.   z = log |B(x, y)|;   ∂z/∂x = ψ(x) − ψ(x + y),  ∂z/∂y = ψ(y) − ψ(x + y)."""
    return special.betaln(x, y)


# -- the error function ------------------------------------------------------------------------


@of_scipy(dx=lambda y, x: (-2.0 / ROOT_PI) * exp(-(x * x)))
def erfc(x: Data, /) -> Data:
    """Complement of the error function, exact far out.   y = 1 − erf x;   dy/dx = −(2/√π)·e^(−x²)."""
    return special.erfc(x)


@of_scipy(typeset="erf⁻¹({})", dx=lambda y, x: (ROOT_PI / 2.0) * exp(y * y))
def erfinv(x: Data, /) -> Data:
    """Inverse of the error function.   erf y = x;   dy/dx = (√π/2)·e^(y²), ∞ at ±1."""
    return special.erfinv(x)


@of_scipy(typeset="erfc⁻¹({})", dx=lambda y, x: (-ROOT_PI / 2.0) * exp(y * y))
def erfcinv(x: Data, /) -> Data:
    """Inverse of erfc.   1 − erf y = x;   dy/dx = −(√π/2)·e^(y²), −∞ at 0 and 2."""
    return special.erfcinv(x)


# -- the normal distribution -------------------------------------------------------------------


@of_scipy(symbol="Φ", dx=lambda y, x: (1.0 / ROOT_TAU) * exp(-0.5 * (x * x)))
def ndtr(x: Data, /) -> Data:
    """Distribution function of the standard normal.   y = Φ(x);   dy/dx = φ(x) = e^(−x²/2)/√(2π)."""
    return special.ndtr(x)


@of_scipy(typeset="Φ⁻¹({})", dx=lambda y, x: ROOT_TAU * exp(0.5 * (y * y)))
def ndtri(x: Data, /) -> Data:
    """Quantiles of the standard normal.   Φ(y) = x;   dy/dx = 1/φ(y), ∞ at 0 and 1."""
    return special.ndtri(x)


FAR = -30.0
"""Below, x + φ(x)/Φ(x) loses more digits by cancellation than its series does by being cut."""

BENDS = (-89782.0, 6354.0, -518.0, 50.0, -6.0, 1.0, -1.0)
"""The slope of φ(x)/Φ(x) as a polynomial in 1/x²: that of its series, −x·(1 + 1/x² − 2/x⁴ + 10/x⁶ − …)."""


def _bend(y: Operand, x: Operand) -> Operand:
    """The slope of y = φ(x)/Φ(x), which is −1 far below."""
    square = 1.0 / where(x < FAR, x * x, math.inf)
    series = reduce(lambda sum, coefficient: sum * square + coefficient, BENDS)
    return where(x < FAR, series, -y * where(x < FAR, 0.0, x + y))


@of_scipy(typeset="(log Φ)′({})", dx=lambda y, x: _bend(y, x))
def log_ndtr_slope(x: Data, /) -> Data:
    """Slope of log Φ.   y = φ(x)/Φ(x), as x → −∞ about −x;   dy/dx = −y·(x + y)."""
    return math.sqrt(2.0 / math.pi) / special.erfcx(-math.sqrt(0.5) * x)


@of_scipy(typeset="log Φ({})", dx=lambda y, x: log_ndtr_slope(x))
def log_ndtr(x: Data, /) -> Data:
    """Logarithm of the normal distribution function, exact far out.   y = log Φ(x);   dy/dx = φ(x)/Φ(x)."""
    return special.log_ndtr(x)


# -- logarithms of shares, and powers of ten ---------------------------------------------------


@of_scipy(definition=lambda x: log(x / (1.0 - x)), dx=lambda y, x: 1.0 / (x * (1.0 - x)))
def logit(x: Data, /) -> Data:
    """Log odds, the inverse of σ.   y = log(x/(1 − x)), ∓∞ at 0 and 1;   dy/dx = 1/(x·(1 − x))."""
    return special.logit(x)


@of_scipy(formula="x*log(x/y)", dx=lambda z, x, y: 1.0 + log(x / y), dy=lambda z, x, y: -x / y)
def rel_entr(x: Data, y: Data, /) -> Data:
    """Term of a relative entropy.   z = x·log(x/y), 0 at x = 0;   ∂z/∂x = 1 + log(x/y),  ∂z/∂y = −x/y."""
    return special.rel_entr(x, y)


@of_scipy(formula="x*log(x/y) - x + y", dx=lambda z, x, y: log(x / y), dy=lambda z, x, y: 1.0 - x / y)
def kl_div(x: Data, y: Data, /) -> Data:
    """Term of a divergence, 0 or more.   z = x·log(x/y) − x + y;   ∂z/∂x = log(x/y),  ∂z/∂y = 1 − x/y."""
    return special.kl_div(x, y)


@of_scipy(typeset="10^{}", nonnegative=True, dx=lambda y, x: y * LOG_10)
def exp10(x: Data, /) -> Data:
    """Power of ten.   y = 10ˣ;   dy/dx = y·log 10."""
    return special.exp10(x)


UFUNCS: dict[str, Callable[..., Any]] = {
    "beta": beta,
    "betaln": betaln,
    "cbrt": cbrt,
    "entr": entr,
    "erf": erf,
    "erfc": erfc,
    "erfcinv": erfcinv,
    "erfinv": erfinv,
    "exp10": exp10,
    "exp2": exp2,
    "expit": sigmoid,
    "expm1": expm1,
    "gamma": gamma,
    "gammaln": gammaln,
    "kl_div": kl_div,
    "log1p": log1p,
    "log_expit": log_sigmoid,
    "log_ndtr": log_ndtr,
    "loggamma": loggamma,
    "logit": logit,
    "ndtr": ndtr,
    "ndtri": ndtri,
    "psi": digamma,
    "rel_entr": rel_entr,
    "xlog1py": xlog1py,
    "xlogy": xlogy,
}
"""The operation that each function of SciPy records, by the ufunc's name: that of digamma is psi."""
