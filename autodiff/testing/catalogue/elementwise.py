"""Elementwise operations: their domains, and the kinks in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...values.data import Data
from ...values.value import Value
from ..strategies import POSITIVE, REAL, UNIT, Domain
from .drawable import Drawable

AWAY = REAL.without(0.0)
STEPS = Domain(-3.0, 3.0, exclude=tuple(np.arange(-3.0, 3.5, 0.5)))
"""Away from the jumps of floor and round."""

LOW = Domain(-5.0, 3.0)
"""Where exponentials are of moderate size."""


def apart(x: Data, y: Data) -> Data:
    """How far two operands are from ties."""
    return np.abs(np.subtract(x, y))


def calls(name: str, operands: str, method: bool = True) -> list[str]:
    """The ways to call an operation by its name: as NumPy's, as this library's, and as a method."""
    found = [f"np.{name}({operands})"] * hasattr(np, name) + [f"ad.{name}({operands})"]
    first, _, rest = operands.partition(", ")
    return found + [f"{first}.{name}({rest})"] * (method and hasattr(Value, name))


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
    _operator("add", "x + y", REAL, REAL, weight=4),
    _operator("multiply", "x * y", REAL, REAL, weight=6),
    _operator("subtract", "x - y", REAL, REAL, weight=3),
    _operator("divide", "x / y", REAL, AWAY, weight=2),
    _operator("negative", "-x", REAL),
    _function("tanh", REAL),
    _function("sin", REAL),
    _function("cos", REAL),
    _function("exp", LOW),
    _function("square", REAL),
    _power("2 3", REAL),
    _power("-1 0.5 -1.5 2.5", POSITIVE),
    _operator("power", "x ** y", POSITIVE, Domain(-3.0, 3.0)),
    _function("sigmoid", REAL),
    _function("log", POSITIVE),
    _function("sqrt", POSITIVE),
    _function("relu", REAL, corners=(0.0,)),
    Drawable("absolute", ["abs(x)", *calls("absolute", "x")], corners=(0.0,)),
    _function("maximum", REAL, REAL, gap=apart),
    _function("minimum", REAL, REAL, gap=apart),
    _function("fmax", REAL, REAL, gap=apart),
    _function("fmin", REAL, REAL, gap=apart),
    Drawable("clip", calls("clip", "x, -1.0, 2.0"), corners=(-1.0, 2.0)),
    _operator("positive", "+x", REAL),
    _function("reciprocal", AWAY),
    _function("exp2", LOW),
    _function("expm1", LOW),
    _function("log2", POSITIVE),
    _function("log10", POSITIVE),
    _function("log1p", POSITIVE),
    _function("logaddexp", REAL, REAL),
    _function("logaddexp2", REAL, REAL),
    _function("cbrt", AWAY),
    _function("hypot", REAL, REAL, gap=np.hypot),
    _function("tan", UNIT),
    _function("arcsin", UNIT),
    _function("arccos", UNIT),
    _function("arctan", REAL),
    _function("arctan2", REAL, POSITIVE),
    _function("deg2rad", REAL),
    _function("rad2deg", UNIT),
    _function("sinh", LOW),
    _function("cosh", LOW),
    _function("arcsinh", REAL),
    _function("arccosh", Domain(1.25, 5.0)),
    _function("arctanh", UNIT),
    _function("sinc", REAL),
    _function("softplus", REAL),
    _function("log_sigmoid", REAL),
    _function("erf", REAL),
    _function("xlogy", REAL, POSITIVE),
    _function("xlog1py", REAL, POSITIVE),
    _function("entr", POSITIVE),
    _function("nan_to_num", REAL),
    _function("sign", AWAY),
    _function("floor", STEPS),
    _function("ceil", STEPS),
    _function("trunc", STEPS),
    _function("rint", STEPS),
    Drawable("round", calls("round", "x", method=False), (STEPS,)),
    Drawable("mod", ["x % 1.0", *calls("mod", "x, 1.0")], (STEPS,)),
    Drawable("floor_divide", ["x // 1.0", *calls("floor_divide", "x, 1.0")], (STEPS,)),
]
