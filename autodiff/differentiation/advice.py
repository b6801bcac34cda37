"""What to write for functions of NumPy and SciPy that are not covered: by what they mean, not by spelling.

An entry is a call of such a function, and what gives the same in operations that have derivatives. Where
there is neither an entry, nor an operation of the function's name, nothing is suggested.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import numpy as np

from .. import ops
from ..values.user_code import is_own

SET = "autodiff.concatenate([x, y], None)"

REDUCED = {"add": "sum", "maximum": "max", "minimum": "min", "multiply": "prod"}
"""Operations on two, and the same on many."""

INSTEAD = {
    "numpy": {
        "add.accumulate(x)": "autodiff.cumsum(x)",
        "multiply.accumulate(x)": "autodiff.cumprod(x)",
        **{f"{pair}.reduce(x)": f"autodiff.{many}(x, axis=0)" for pair, many in REDUCED.items()},
        "add.outer(x, y)": "x[:, None] + y",
        "histogram_bin_edges(x, n)": "autodiff.linspace(autodiff.min(x), autodiff.max(x), n + 1)",
        "intersect1d(x, y)": "autodiff.unique(x[np.isin(x, y)])",
        "ldexp(x, n)": "x * 2.0**n",
        "multiply.outer(x, y)": "autodiff.outer(x, y)",
        "piecewise(x, [x < a, x >= a], [f, g])": "autodiff.select([x < a, x >= a], [f(x), g(x)])",
        "poly(x)": "functools.reduce(autodiff.convolve, [autodiff.stack([1.0, -root]) for root in x])",
        "polyfit(x, y, n)": "autodiff.linalg.lstsq(x[:, None] ** np.arange(n, -1, -1), y)[0]",
        "resize(x, n)": "autodiff.tile(x, -(-n // len(x)))[:n]",
        "setdiff1d(x, y)": "autodiff.unique(x[~np.isin(x, y)])",
        "setxor1d(x, y)": "autodiff.unique(autodiff.append(x[~np.isin(x, y)], y[~np.isin(y, x)]))",
        "subtract.outer(x, y)": "x[:, None] - y",
        "trim_zeros(x)": "x[np.flatnonzero(x)[0] : np.flatnonzero(x)[-1] + 1]",
        "union1d(x, y)": f"autodiff.unique({SET})",
        "unique_all(x)": "autodiff.unique(x, True, True, True)",
        "unique_counts(x)": "autodiff.unique(x, return_counts=True)",
        "unique_inverse(x)": "autodiff.unique(x, return_inverse=True)",
        "unique_values(x)": "autodiff.unique(x)",
    },
    "numpy.fft": {
        "fftshift(x)": "autodiff.roll(x, len(x) // 2)",
        "ifftshift(x)": "autodiff.roll(x, -(len(x) // 2))",
    },
    "scipy.special": {
        "binom(w, v)": "1.0 / ((w + 1.0) * scipy.special.beta(w - v + 1.0, v + 1.0))",
        "boxcox(w, q)": "autodiff.expm1(q * autodiff.log(w)) / q",
        **{f"{name}dg(x)": f"autodiff.{name}(autodiff.deg2rad(x))" for name in ("cos", "sin", "tan")},
        "cosm1(x)": "-2.0 * autodiff.sin(x / 2.0) ** 2",
        "exprel(x)": "autodiff.expm1(x) / x",
        "factorial(v)": "scipy.special.gamma(v + 1.0)",
        "huber(q, x)": (
            "autodiff.where(autodiff.absolute(x) < q, x**2 / 2.0, q * (autodiff.absolute(x) - q / 2.0))"
        ),
        "inv_boxcox(w, q)": "autodiff.exp(autodiff.log1p(q * w) / q)",
        "poch(w, v)": "scipy.special.gamma(w + v) / scipy.special.gamma(w)",
        "polygamma(1, v)": "autodiff.grad(lambda v: autodiff.sum(scipy.special.digamma(v)))(v)",
        "powm1(w, x)": "autodiff.expm1(x * autodiff.log(w))",
        "pseudo_huber(q, x)": "q**2 * (autodiff.sqrt(1.0 + (x / q) ** 2) - 1.0)",
        "rgamma(v)": "1.0 / scipy.special.gamma(v)",
    },
}
"""By library: a call, and what gives the same. Its letters are arrays and numbers, `np` is NumPy."""

COMPLEX = "its result is complex, and a Value holds real numbers"
COUNTED = "counts jump and have no slope between; autodiff.histogram of one variable takes weights that have"
STORED = "it is about how numbers are stored, which has no derivative"
IN_PLACE = "it writes into an array, and a Value is never changed in place; use autodiff.{} or stack"

REASONS = {
    "numpy": {
        "copyto": IN_PLACE.format("full_like"),
        **dict.fromkeys(
            ("fill_diagonal", "place", "put", "put_along_axis", "putmask"), IN_PLACE.format("where")
        ),
        **dict.fromkeys(("frexp", "nextafter", "spacing"), STORED),
        **dict.fromkeys(("histogram2d", "histogramdd"), COUNTED),
        "i0": "Bessel functions are not here; @autodiff.elementwise declares one with its slope",
        "polydiv": "long division is not here; where nothing remains, autodiff.linalg.lstsq divides",
        "roots": COMPLEX,
        "sort_complex": COMPLEX,
    },
    "numpy.linalg": {
        "matrix_rank": "it is a whole number, which has no derivative",
        **dict.fromkeys(
            ("eig", "eigvals"), f"{COMPLEX}; where the matrix is symmetric, autodiff.linalg.eigh is the same"
        ),
    },
}
"""By library: why there is no such function here, and what helps."""

WHOLE = {
    "numpy.fft": f"{COMPLEX}; its parts are sums of x times np.cos and np.sin of 2π·j·k/n",
    "pandas": "take .to_numpy() of the Series or DataFrame",
    "numpy.lib.scimath": "its result may be complex, and a Value holds real numbers: that of numpy gives nan",
}
"""Why nothing of a library is here."""


def library_of(function: Any) -> str:
    """Where a function comes from, as one imports it; nothing where a ufunc does not say."""
    if not isinstance(function, np.ufunc):
        return str(function.__module__)
    for library in ("numpy", "scipy.special"):
        if getattr(sys.modules.get(library), function.__name__, None) is function:
            return library
    return ""


def calling() -> tuple[str, str]:
    """The function of pandas or SciPy that the user called, by library and name; nothing if it is none."""
    frame: FrameType | None = sys._getframe(1)
    found = "", ""
    while frame and is_own(frame.f_code):
        frame = frame.f_back
    while frame and (parts := frame.f_globals.get("__name__", "").split("."))[0] in ("pandas", "scipy"):
        library, name = ".".join(parts[:2]), frame.f_code.co_qualname
        if parts[0] == "pandas":
            found = "pandas", name
        elif hasattr(sys.modules.get(library), name):
            found = library, name
        frame = frame.f_back
    return found


def advice(library: str, name: str) -> str:
    """What to write in place of a function, or why there is none; nothing where nothing is known."""
    for call, expression in INSTEAD.get(library, {}).items():
        if call.startswith(f"{name}("):
            return f"{library}.{call} is {expression}"
    if reason := REASONS.get(library, {}).get(name) or WHOLE.get(library):
        return reason
    return f"use autodiff.{name}" if name in ops.NAMES else ""
