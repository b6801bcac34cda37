"""Student's distribution of t: how likely is an estimate that far from 0, if the parameter is 0?"""

from __future__ import annotations

import math

__all__ = ["two_sided"]


def two_sided(t: float, degrees: float) -> float:
    """The probability that |T| is at least |t|, for so many degrees of freedom ν.

        Pr(|T| ≥ |t|) = I_x(ν/2, 1/2),   x = ν / (ν + t²)

    >>> round(two_sided(1.0, 1), 12), round(two_sided(12.7062047, 1), 9)
    (0.5, 0.05)
    """
    if math.isnan(t) or math.isinf(t):
        return math.nan if math.isnan(t) else 0.0
    return _incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t), t * t / (degrees + t * t))


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function I_x(a, b); `rest` is 1 − x, free of cancellation.

    By its continued fraction, which converges fast for x below (a + 1)/(a + b + 2); above, by
    I_x(a, b) = 1 − I_{1−x}(b, a). NIST Digital Library of Mathematical Functions, 8.17.4 and 8.17.22.
    """
    if x == 0.0 or rest == 0.0:
        return float(rest == 0.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _incomplete_beta(b, a, rest, x)
    logarithm = a * math.log(x) + b * math.log(rest) - math.log(a)
    logarithm += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(logarithm) / _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """1 + d₁/(1 + d₂/(1 + …)), from the front by Lentz's method (Appl. Opt. 15, 668, 1976)."""
    value = above = 1.0
    below = 0.0
    for k in range(1, 10_000):
        d = _coefficient(a, b, x, k)
        below = 1.0 / (1.0 + d * below)
        above = 1.0 + d / above
        value *= above * below
        if abs(above * below - 1.0) < 1e-16:
            break
    return value


def _coefficient(a: float, b: float, x: float, k: int) -> float:
    j = k // 2
    if k % 2:
        return -(a + j) * (a + b + j) * x / ((a + 2 * j) * (a + 2 * j + 1))
    return j * (b - j) * x / ((a + 2 * j - 1) * (a + 2 * j))
