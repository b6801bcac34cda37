"""Elementwise operations: their domains, and the kinks in them."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from ....values.data import Data
from ....values.value import Value
from ...domains import ANY, UNIT, Domain
from .drawable import Drawable

AWAY = ANY.without(0.0)
ABOVE = Domain(0.0, inf, exclude=(0.0,))
"""Away from the pole of log, and the infinite slope of sqrt, at 0."""

STEPS = Domain(-3.0, 3.0, exclude=tuple(np.arange(-3.0, 3.5, 0.5)))
"""Away from the jumps of floor and round."""

LOW = Domain(-inf, 3.0)
"""Where exponentials are of moderate size."""


def apart(x: Data, y: Data) -> Data:
    """How far two operands are from ties."""
    return np.abs(np.subtract(x, y))


def calls(name: str, operands: str, method: bool = True) -> list[str]:
    """The ways to call an operation by its name: as NumPy's, as this library's, and as a method."""
    found = [f"np.{name}({operands})"] * hasattr(np, name) + [f"ad.{name}({operands})"]
    first, _, rest = operands.partition(", ")
    return found + [f"{first}.{name}({rest})"] * (method and hasattr(Value, name))


def in_both(name: str, *operands: str) -> list[str]:
    """The ways to call what NumPy and this library offer by the same name, with each of some operands."""
    return [f"{module}.{name}({given})" for given in operands for module in ("np", "ad")]


def _function(name: str, *domains: Domain, **more: Any) -> Drawable:
    """A function of as many operands as there are domains."""
    operands = ", ".join("xyz"[: len(domains)])
    return Drawable(name, calls(name, operands, method=len(domains) == 1), domains, **more)


def _operator(name: str, spelling: str, *domains: Domain, **more: Any) -> Drawable:
    """An operator, which has a function, too."""
    return Drawable(name, [spelling, *_function(name, *domains).spelled()], domains, **more)


def _power(exponents: str, *domains: Domain) -> Drawable:
    return Drawable("power", [f"x ** {n}" for n in exponents.split()] + ["np.power(x, 3)"], domains)


ELEMENTWISE = [
    _operator("add", "x + y", ANY, ANY, weight=4),
    _operator("multiply", "x * y", ANY, ANY, weight=6),
    _operator("subtract", "x - y", ANY, ANY, weight=3),
    _operator("divide", "x / y", ANY, AWAY, weight=2),
    _operator("negative", "-x", ANY),
    _function("tanh", ANY),
    _function("sin", ANY),
    _function("cos", ANY),
    _function("exp", LOW),
    _function("square", ANY),
    _power("2 3", ANY),
    _power("-1 0.5 -1.5 2.5", ABOVE),
    _operator("power", "x ** y", ABOVE, Domain(-3.0, 3.0)),
    _function("sigmoid", ANY),
    _function("log", ABOVE),
    _function("sqrt", ABOVE),
    _function("relu", ANY, corners=(0.0,)),
    Drawable("absolute", ["abs(x)", *calls("absolute", "x")], corners=(0.0,)),
    _function("maximum", ANY, ANY, gap=apart),
    _function("minimum", ANY, ANY, gap=apart),
    _function("fmax", ANY, ANY, gap=apart),
    _function("fmin", ANY, ANY, gap=apart),
    Drawable("clip", calls("clip", "x, -1.0, 2.0"), corners=(-1.0, 2.0)),
    _operator("positive", "+x", ANY),
    _function("reciprocal", AWAY),
    _function("exp2", LOW),
    _function("expm1", LOW),
    _function("log2", ABOVE),
    _function("log10", ABOVE),
    _function("log1p", ABOVE),
    _function("logaddexp", ANY, ANY),
    _function("logaddexp2", ANY, ANY),
    _function("cbrt", AWAY),
    _function("hypot", ANY, ANY, gap=np.hypot),
    _function("tan", UNIT),
    _function("arcsin", UNIT),
    _function("arccos", UNIT),
    _function("arctan", ANY),
    _function("arctan2", ANY, ABOVE),
    _function("deg2rad", ANY),
    _function("rad2deg", UNIT),
    _function("sinh", LOW),
    _function("cosh", LOW),
    _function("arcsinh", ANY),
    _function("arccosh", Domain(1.25, inf)),
    _function("arctanh", UNIT),
    _function("sinc", ANY),
    _function("softplus", ANY),
    _function("log_sigmoid", ANY),
    _function("erf", ANY),
    Drawable("gelu", [*calls("gelu", "x"), "ad.gelu(x, 'tanh')"]),
    _function("xlogy", ANY, ABOVE),
    _function("xlog1py", ANY, ABOVE),
    _function("entr", ABOVE),
    _function("nan_to_num", ANY),
    _function("sign", AWAY),
    _function("floor", STEPS),
    _function("ceil", STEPS),
    _function("trunc", STEPS),
    _function("rint", STEPS),
    Drawable("round", calls("round", "x", method=False), (STEPS,)),
    Drawable("mod", ["x % 1.0", *calls("mod", "x, 1.0")], (STEPS,)),
    Drawable("floor_divide", ["x // 1.0", *calls("floor_divide", "x, 1.0")], (STEPS,)),
]
