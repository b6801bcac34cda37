"""Where this engine, PyTorch and JAX differ, and why: the one table, from which the page is written.

The numbers are not in it: they are computed, so that a row cannot be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .comparison import here, there
from .package import Derivatives, Package

__all__ = ["AGREEMENTS", "CONVENTIONS", "Convention"]

INF, NAN = np.inf, np.nan


def _plain(f: Any, *xs: Any) -> Any:
    return f(*xs)


@dataclass(frozen=True)
class Convention:
    """A point at which an operation has another value, slope or curvature in a peer.

    The gradient is that of the sum; the second order is the gradient's derivative along ones.
    """

    operation: str
    point: tuple[Any, ...]
    why: str
    call: Callable[..., Any] = _plain
    text: str = ""
    order: int = 1
    like: Callable[..., bool] = lambda *_: False
    """Whether another point, of numbers, is of the same kind."""

    @property
    def expression(self) -> str:
        """What is differentiated."""
        names = "xyz"[: len(self.point)]
        return self.text or f"{self.operation}({', '.join(names)})"

    def _found(self, differentiate: Callable[..., Derivatives], *first: Any) -> list[Any]:
        xs = [np.array(x, float) if np.ndim(x) else x for x in self.point]
        ones = [np.ones_like(x, dtype=float) for x in xs]
        found = differentiate(*first, self.operation, self.call, xs, 1.0, ones)
        return list(([found.value], found.gradient, found.curvature)[self.order])

    def here(self) -> list[Any]:
        """What this engine gives: one array per argument, or the value."""
        return self._found(here)

    def there(self, peer: Package) -> list[Any] | None:
        """What a peer gives; None where it has no such function."""
        try:
            return self._found(there, peer)
        except NotImplementedError:
            return None


def _one_nan(x: float, y: float) -> bool:
    return bool(np.isnan(x) or np.isnan(y))


def _tie(x: float, y: float) -> bool:
    return x == y or bool(np.isnan(x) and np.isnan(y))


def _infinite(x: float, y: float) -> bool:
    return bool(np.isinf(x) or np.isinf(y))


def _same_infinity(x: float, y: float) -> bool:
    return x == y and bool(np.isinf(x))


def _eigenvalues(f: Any, x: Any) -> Any:
    return f(x)[0] * np.array([1.0, 2.0])


def _eigenvectors(f: Any, x: Any) -> Any:
    return np.square(f(x)[1]) * np.array([1.0, 2.0])


def _through_knots(f: Any, x: Any) -> Any:
    return f(x, np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 3.0]))


def _rows(*names: str, **options: Any) -> list[Convention]:
    """The same for several operations."""
    return [Convention(name, **options) for name in names]


NUMBERS: Sequence[Convention] = [
    Convention("absolute", (0.0,), "the middle of [−1, 1], as sign(0)", like=lambda x: x == 0.0),
    Convention("absolute", (NAN,), "what is not a number has no slope", like=np.isnan),
    Convention("sign", (NAN,), "NumPy's value", order=0, like=np.isnan),
    *_rows(
        "maximum", "minimum", point=(1.0, NAN), like=_one_nan,
        why="the slope goes where nan came from, so that it can be found",
    ),
    *_rows("fmax", "fmin", point=(1.0, 1.0), like=_tie, why="two that tie share the slope, as in maximum"),
    Convention("relu", (NAN,), "slope 1 only where x > 0", like=np.isnan),
    Convention("clip", (2.0,), "0 at a constant bound", lambda f, x: f(x, -1.0, 2.0), "clip(x, −1, 2)",
               like=lambda x: x in (-1.0, 2.0)),
    Convention("clip", (NAN,), "the slope goes where nan came from", lambda f, x: f(x, -1.0, 2.0),
               "clip(x, −1, 2)", like=np.isnan),
    Convention("hypot", (0.0, 0.0), "the smallest subgradient", like=lambda x, y: x == y == 0.0),
    Convention("hypot", (1.0, INF), "the limit: the finite side no longer matters", like=_infinite),
    Convention("arctan2", (0.0, 0.0), "no direction is preferred", like=lambda x, y: x == y == 0.0),
    Convention("arccosh", (-3.0,), "outside its domain, as the value is", like=lambda x: x <= -1.0),
    Convention("sinc", (1e-300,), "the series of sinc′, −π²x/3, where the quotient underflows",
               like=lambda x: 0.0 < abs(x) < 1e-100),
    *_rows("logaddexp", "logaddexp2", point=(-INF, -INF), why="an empty sum: nothing contributes",
           like=_same_infinity),
    *_rows("logaddexp", "logaddexp2", point=(1.0, INF), why="the share eˣ/(eˣ + eʸ) is 0 in the limit",
           like=_infinite),
    Convention("power", (0.0, 0.0), "x⁰ is 1 everywhere; 0ʸ is 1 only at y = 0, flat from the right",
               like=lambda x, y: y == 0.0),
    Convention("power", (0.0, -1.0), "the limit of xʸ·log x at 0⁺", like=lambda x, y: x == 0.0 and y < 0.0),
    Convention("mod", (INF, 1.0), "inf mod y is nan, and so are its slopes",
               like=lambda x, y: bool(np.isinf(x))),
    Convention("xlogy", (0.0, 0.0), "∂/∂x is log y; x·log y is 0 for every y where x is 0",
               like=lambda x, y: x == 0.0 and y <= 0.0),
    Convention("xlog1py", (0.0, -1.0), "∂/∂x is log(1 + y); it is 0 for every y where x is 0",
               like=lambda x, y: x == 0.0 and y <= -1.0),
    Convention(
        "gelu",
        (1e300,),
        "x³ overflows in theirs",
        lambda f, x: f(x, approximate="tanh"),
        'gelu(x, approximate="tanh")',
        like=lambda x: abs(x) > 1e100,
    ),
    Convention("softplus", (21.0,), "PyTorch's is x itself above 20", order=2),
]  # fmt: skip
"""Operations on numbers."""

ARRAYS: Sequence[Convention] = [
    Convention("norm", ([0.0, 0.0],), "the smallest subgradient"),
    Convention("std", ([2.0, 2.0, 2.0],), "the smallest subgradient, as of a norm"),
    Convention("nanstd", ([2.0, NAN, 2.0],), "likewise, of the entries that are numbers"),
    Convention("median", ([2.0, 2.0, 1.0],), "the middle after sort, which keeps the order"),
    Convention("median", ([2.0, NAN, 1.0],), "the slope goes where nan came from"),
    Convention("logsumexp", ([-INF, -INF],), "an empty sum: nothing contributes"),
    Convention("sqrt", (0.0,), "the branch not taken contributes nothing, though its slope is infinite",
               lambda f, x: np.where(x > 0.0, f(x), 0.0), "where(x > 0, sqrt(x), 0)"),
    Convention("clip", (0.0,), "likewise, what a clip, relu or max leaves out",
               lambda f, x: np.sqrt(f(x, 0.0, 1.0)), "sqrt(clip(x, 0, 1))"),
    Convention("sqrt", ([0.0, 4.0],), "a factor of 0 that is data removes an infinite slope",
               lambda f, x: np.sum(np.array([0.0, 1.0]) * f(x)), "sum([0, 1]*sqrt(x))"),
    Convention("sinc", (0.0,), "the curvature −π²/3 of a removable point", order=2),
    Convention("absolute", (0.0,), "no curvature at a kink", order=2),
]  # fmt: skip
"""Operations on arrays, and compositions."""

CONVENTIONS: Sequence[Convention] = [*NUMBERS, *ARRAYS]

AGREEMENTS: Sequence[Convention] = [
    Convention("relu", (0.0,), "what relu leaves out contributes nothing", lambda f, x: np.sqrt(f(x)),
               "sqrt(relu(x))"),
    Convention("exp", (1000.0,), "overflow is ∞, in value and slope"),
    Convention("sqrt", (0.0,), "the limit"),
    Convention("log", (0.0,), "the limit"),
    Convention("arctan2", (0.0, -1.0), "on the cut"),
    Convention("relu", (0.0,), "0"),
    Convention("maximum", (1.0, 1.0), "two that tie share the slope"),
    Convention("sigmoid", (-1000.0,), "no overflow"),
    Convention("softplus", (1000.0,), "no overflow"),
    Convention("log_sigmoid", (-1000.0,), "no overflow"),
    Convention("power", (-2.0, 2.0), "no slope in the exponent of a negative base"),
    Convention("floor", (2.0,), "0 at jumps"),
    Convention("round", (0.5,), "0 at jumps"),
    Convention("sign", (0.0,), "0 at its jump"),
    Convention("mod", (2.0, 1.0), "the slope from the right at jumps"),
    Convention("norm", ([0.0, 0.0],), "no curvature at the tip of a cone", order=2),
    Convention("max", ([2.0, 2.0, 1.0],), "entries that tie share the slope"),
    Convention("median", ([3.0, 2.0, 2.0, 1.0],), "the two in the middle share the slope"),
    Convention("interp", (1.0,), "the slope to the right of a knot; PyTorch has no interp", _through_knots,
               "interp(x, [0, 1, 3], [0, 2, 3])"),
    Convention("nanmax", ([2.0, NAN, 2.0],), "entries that tie share the slope; PyTorch has no nanmax"),
    Convention("prod", ([0.0, 0.0, 3.0],), "exact with any number of zeros", order=2),
    Convention("cumprod", ([0.0, 2.0, 0.0],), "exact with any number of zeros"),
    Convention("sort", ([1.0, 1.0],), "equal entries keep their order", lambda f, x: f(x)[0], "sort(x)[0]"),
    Convention("power", (0.0,), "x² is exact to any order, also with an array or Value as exponent",
               lambda f, x: f(x, 2.0), "power(x, 2)", 2),
    Convention("linalg.det", ([[1.0, 2.0], [2.0, 4.0]],), "exact for matrices of any rank", order=2),
    Convention("linalg.cholesky", ([[2.0, 1.0], [1.0, 3.0]],),
               "a function of a symmetric matrix: the gradient is symmetric"),
    Convention("linalg.eigh", ([[1.0, 0.0], [0.0, 1.0]],), "equal eigenvalues have slopes, too",
               _eigenvalues, "eigh(x)[0]·[1, 2]"),
    Convention("linalg.eigh", ([[1.0, 0.5], [0.5, 2.0]],),
               "a function of a symmetric matrix: the gradient is symmetric",
               _eigenvalues, "eigh(x)[0]·[1, 2]"),
    Convention("linalg.eigh", ([[1.0, 0.0], [0.0, 1.0]],), "eigenvectors of equal eigenvalues have no slope",
               _eigenvectors, "eigh(x)[1]²·[1, 2]"),
]  # fmt: skip
"""Edges at which one might expect a difference, and all three agree."""
