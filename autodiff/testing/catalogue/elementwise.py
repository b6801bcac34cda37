"""Elementwise operations: domains, and the kinks in them."""

from __future__ import annotations

import numpy as np


from ...values.data import Data
from ...values.value import Value
from ..strategies import POSITIVE, REAL, UNIT, Domain
from .drawable import Drawable

AWAY = REAL.without(0.0)
STEPS = Domain(-3.0, 3.0, exclude=tuple(np.arange(-3.0, 3.5, 0.5)))
"""Away from the jumps of floor and round."""

LOW = Domain(-5.0, 2.5)
"""Where exponentials are of moderate size."""


def apart(x: Data, y: Data, *_: Data) -> float:
    """How far two operands are from a tie."""
    return float(np.min(np.abs(np.subtract(x, y))))


def _far(x: Data, y: Data) -> float:
    """How far (x, y) is from the origin."""
    return float(np.min(np.hypot(x, y)))


def functions(name: str, count: int) -> list[str]:
    """The ways to call an operation of numbers by its name: of NumPy, of this library, and as a method."""
    operands = ", ".join("xyz"[:count])
    found = [f"np.{name}({operands})"] * hasattr(np, name) + [f"ad.{name}({operands})"]
    return found + [f"x.{name}()"] * (count == 1 and hasattr(Value, name))


def _named(name: str, *domains: Domain, **more: object) -> Drawable:
    count = len(domains) or 1
    return Drawable(name, functions(name, count), domains or (REAL,), **more)  # type: ignore[arg-type]


def _operator(name: str, spelling: str, *domains: Domain) -> Drawable:
    return Drawable(name, [spelling, *functions(name, len(domains))], domains)


ELEMENTWISE = [
    _operator("add", "x + y", REAL, REAL),
    _operator("multiply", "x * y", REAL, REAL),
    _operator("subtract", "x - y", REAL, REAL),
    _operator("divide", "x / y", REAL, AWAY),
    _operator("negative", "-x", REAL),
    Drawable("square", ["x ** 2", "x * x", *functions("square", 1)]),
    _named("tanh"),
    _named("sin"),
    _named("cos"),
    _named("exp", LOW),
    _named("sigmoid"),
    _named("log", POSITIVE),
    _named("sqrt", POSITIVE),
    _named("relu", corners=(0.0,)),
    Drawable("absolute", ["abs(x)", "np.absolute(x)", "ad.absolute(x)"], corners=(0.0,)),
    Drawable("maximum", functions("maximum", 2), (REAL, REAL), gap=apart),
    Drawable("minimum", functions("minimum", 2), (REAL, REAL), gap=apart),
    _named("fmax", REAL, REAL, gap=apart),
    _named("fmin", REAL, REAL, gap=apart),
    Drawable(
        "clip", ["np.clip(x, -1.0, 2.0)", "ad.clip(x, -1.0, 2.0)", "x.clip(-1.0, 2.0)"], corners=(-1.0, 2.0)
    ),
    Drawable("power", ["x ** 3", "x ** 3.0", "np.power(x, 3)"]),
    Drawable("power", ["x ** -1", "x ** 0.5", "x ** -1.5"], (POSITIVE,)),
    _operator("power", "x ** y", POSITIVE, Domain(-3.0, 3.0)),
    _operator("positive", "+x", REAL),
    _named("reciprocal", AWAY),
    _named("exp2", LOW),
    _named("expm1", LOW),
    _named("log2", POSITIVE),
    _named("log10", POSITIVE),
    _named("log1p", POSITIVE),
    _named("logaddexp", REAL, REAL),
    _named("logaddexp2", REAL, REAL),
    _named("cbrt", AWAY),
    _named("hypot", REAL, REAL, gap=_far),
    _named("tan", UNIT),
    _named("arcsin", UNIT),
    _named("arccos", UNIT),
    _named("arctan"),
    _named("arctan2", REAL, POSITIVE),
    _named("deg2rad"),
    _named("rad2deg", UNIT),
    _named("sinh", Domain(-2.5, 2.5)),
    _named("cosh", Domain(-2.5, 2.5)),
    _named("arcsinh"),
    _named("arccosh", Domain(1.25, 5.0)),
    _named("arctanh", UNIT),
    _named("sinc"),
    _named("softplus"),
    _named("log_sigmoid"),
    _named("erf"),
    _named("xlogy", REAL, POSITIVE),
    _named("xlog1py", REAL, POSITIVE),
    _named("entr", POSITIVE),
    _named("nan_to_num"),
    _named("sign", AWAY),
    _named("floor", STEPS),
    _named("ceil", STEPS),
    _named("trunc", STEPS),
    _named("rint", STEPS),
    _named("round", STEPS),
    Drawable("mod", ["x % 1.0", "np.mod(x, 1.0)"], (STEPS,)),
    Drawable("floor_divide", ["x // 1.0", "np.floor_divide(x, 1.0)"], (STEPS,)),
]
