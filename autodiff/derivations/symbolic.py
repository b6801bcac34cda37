"""Expressions as SymPy's: for what a computer algebra system does with a formula.

Made of SymPy's own classes, from operations by a table: no name and no number is ever read as code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from .. import ops
from ..lazy_names import Library
from ..ops import gaussian, of_scipy, selection, special
from .expression import Call, Number, Power, Product, Sum, Symbol, Term, parts

sp: Any = Library("sympy", extra="sympy")

WHOLE = 2**20
"""Numerator and denominator up to which a number is written as a fraction, which is exact."""


def symbolic(term: Term, known: Mapping[str, Any], assumptions: Mapping[str, bool]) -> Any:
    """A term in SymPy's classes. `known` has the expressions of names; other names become symbols.

    An expression of arrays is that of their entries, as far as its operations take entry by entry. Raises
    TypeError naming an operation that SymPy has no form for.
    """
    inner = [symbolic(part, known, assumptions) for part in parts(term)]
    match term:
        case Number(value):
            return _number(value)
        case Symbol():
            return known[term.text] if term.text in known else sp.Symbol(term.text, **assumptions)
        case Sum():
            return sp.Add(*inner)
        case Product():
            return sp.Mul(*inner)
        case Power():
            return sp.Pow(*inner)
        case Call():
            return _called(term, inner)
    raise TypeError("sympy: an array without a name is no symbol; name it: Value(data, 'A', constant=True)")


def _number(value: float) -> Any:
    if not math.isfinite(value):
        return sp.nan if value != value else sp.oo if value > 0.0 else -sp.oo
    over, under = value.as_integer_ratio()
    return sp.Rational(over, under) if max(abs(over), under) <= WHOLE else sp.Float(value, 17)


def _called(call: Call, inner: list[Any]) -> Any:
    operation = call.operation
    if operation.forward in FORMS:
        return FORMS[operation.forward](*inner, **call.metadata)
    if operation.typeset == "{}" and operation.conforming:  # spread out to a shape
        return inner[0]
    raise TypeError(
        f"sympy: {operation.name} has no form there, where an expression is one of numbers; name its result, "
        "so that it becomes a symbol"
    )


def _function(name: str) -> Callable[..., Any]:
    """A function of SymPy, which is not imported yet."""
    return lambda *inputs, **options: getattr(sp, name)(*inputs)


def _normal(x: Any) -> Any:
    """Φ(x)."""
    return sp.erfc(-x / sp.sqrt(2)) / 2


def _density(x: Any) -> Any:
    """φ(x)."""
    return sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)


def _by_tanh(x: Any) -> Any:
    inner = sp.sqrt(2 / sp.pi) * (x + sp.Rational("0.044715") * x**3)
    return x * (1 + sp.tanh(inner)) / 2


SAME = {
    ops: ("cos", "cosh", "erf", "exp", "floor", "log", "sign", "sin", "sinh", "tan", "tanh"),
    of_scipy: ("beta", "digamma", "erfc", "erfinv", "gamma", "loggamma"),
}
"""What SymPy calls by the same name."""

OTHERWISE: dict[Any, dict[str, Callable[..., Any]]] = {
    ops: {
        **{f"arc{name}": _function(f"a{name}") for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")},
        "absolute": _function("Abs"),
        "arctan2": _function("atan2"),
        "cbrt": lambda x: sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3),
        "ceil": _function("ceiling"),
        "deg2rad": lambda x: x * sp.pi / 180,
        "exp2": lambda x: 2**x,
        "floor_divide": lambda x, y: sp.floor(x / y),
        "fmax": _function("Max"),
        "fmin": _function("Min"),
        "log10": lambda x: sp.log(x) / sp.log(10),
        "log2": lambda x: sp.log(x) / sp.log(2),
        "log_sigmoid": lambda x: -sp.log(1 + sp.exp(-x)),
        "logaddexp": lambda x, y: sp.log(sp.exp(x) + sp.exp(y)),
        "logaddexp2": lambda x, y: sp.log(2**x + 2**y) / sp.log(2),
        "mod": _function("Mod"),
        "rad2deg": lambda x: x * 180 / sp.pi,
        "relu": lambda x: sp.Max(x, 0),
        "sigmoid": lambda x: 1 / (1 + sp.exp(-x)),
        "sinc": lambda x: sp.sinc(sp.pi * x),
        "softplus": lambda x: sp.log(1 + sp.exp(x)),
        "trunc": lambda x: sp.sign(x) * sp.floor(sp.Abs(x)),
    },
    selection: {
        "bounded": lambda x, low, high: sp.Min(sp.Max(x, low), high),
        "larger": _function("Max"),
        "smaller": _function("Min"),
    },
    gaussian: {
        "_by_tanh": _by_tanh,
        "_exact": lambda x: x * _normal(x),
        "_slope": lambda x, y: _normal(x) + x * _density(x),
        "_tanh_slope": lambda x: _derived(_by_tanh, x, 1),
    },
    special: {"sinc_derivative": lambda x, order: _derived(lambda t: sp.sinc(sp.pi * t), x, order)},
    of_scipy: {
        "betaln": lambda x, y: sp.log(sp.beta(x, y)),
        "erfcinv": lambda x: sp.erfinv(1 - x),
        "exp10": lambda x: 10**x,
        "gammaln": _function("loggamma"),  # at x < 0, too, where it is that of |Γ| plus an imaginary part
        "log_ndtr": lambda x: sp.log(_normal(x)),
        "log_ndtr_slope": lambda x: _density(x) / _normal(x),
        "logit": lambda x: sp.log(x / (1 - x)),
        "ndtr": _normal,
        "ndtri": lambda x: sp.sqrt(2) * sp.erfinv(2 * x - 1),
        "polygamma": lambda x, order: sp.polygamma(order, x),
    },
}
"""What SymPy has by another name, or is made of others there."""


def _derived(function: Callable[[Any], Any], x: Any, order: int) -> Any:
    """A derivative of a function at x."""
    t = sp.Dummy("t")
    return sp.diff(function(t), t, order).subs(t, x)


def _forms() -> dict[Callable[..., Any], Callable[..., Any]]:
    same = {module: {name: _function(name) for name in names} for module, names in SAME.items()}
    return {
        getattr(module, name).operation.forward: form
        for table in (same, OTHERWISE)
        for module, forms in table.items()
        for name, form in forms.items()
    }


FORMS = _forms()
"""By the forward function of an operation: derivations copy the rest of it."""
