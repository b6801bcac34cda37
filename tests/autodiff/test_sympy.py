"""Formulas and derivations as SymPy's expressions, and SymPy's derivatives beside the engine's."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special

import autodiff as ad
from autodiff import Value, elementwise, explain, formula, gradients
from autodiff.derivations.symbolic import FORMS
from autodiff.ops import of_scipy
from autodiff.testing import expressions
from autodiff.text.letters import alike
from tests.autodiff.test_operations import example
from tests.cases import ELEMENTWISE

SMOOTH = [
    "add", "subtract", "multiply", "divide", "negative", "power", "square", "reciprocal", "exp", "exp2",
    "expm1", "log", "log1p", "log2", "log10", "logaddexp", "sqrt", "sin", "cos", "tan", "arcsin",
    "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "sigmoid",
    "softplus", "log_sigmoid", "erf", "gelu", "xlogy", "xlog1py", "entr", "hypot", "deg2rad",
]  # fmt: skip


def numbers(expression, point):
    """What an expression comes to, computed in 30 digits; names as they were given: c1 for c₁."""
    known = {symbol: sympy.Float(point[alike(symbol.name, point)], 30) for symbol in expression.free_symbols}
    return complex(expression.subs(known).evalf(20))


@given(expressions(SMOOTH, arrays=False), st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_the_derivation_of_a_random_expression_is_the_derivative_of_sympy(e, k):
    leaves = {name: Value(x, name) for name, x in zip(e.names, e.inputs, strict=True)}
    name = e.names[k % len(e.names)]
    y = e(*leaves.values())
    slope = gradients(y, leaves[name])
    assume(math.isfinite(slope) and abs(slope) < 1e12)
    point = {**dict(zip(e.names, e.inputs, strict=True)), **e.constants}
    expression = formula(y, expand=True).sympy(real=True)
    mine = explain(y, leaves[name]).formula.sympy(real=True)
    assert numbers(expression, point) == pytest.approx(y.item(), rel=1e-6, abs=1e-9)
    theirs = numbers(sympy.diff(expression, sympy.Symbol(name, real=True)), point)
    assert theirs == pytest.approx(slope, rel=1e-6, abs=1e-9)
    assert theirs == pytest.approx(numbers(mine, point), rel=1e-6, abs=1e-9)


RATIONAL = ["add", "subtract", "multiply", "negative", "square", "sin", "cos", "exp"]


@given(expressions(RATIONAL, arrays=False), st.integers(0, 2))
@settings(max_examples=20, deadline=None)
def test_the_difference_of_both_derivatives_expands_to_zero(e, k):
    leaves = {name: Value(1.0 + i, name) for i, name in enumerate(e.names)}
    name = e.names[k % len(e.names)]
    y = e(*leaves.values())
    assume(len(e.operations) < 6)
    theirs = sympy.diff(formula(y, expand=True).sympy(), sympy.Symbol(name))
    mine = explain(y, leaves[name]).formula.sympy()
    assume(not mine.has(sympy.oo, sympy.nan))
    assert abs(complex(sympy.expand(theirs - mine).subs(dict.fromkeys(e.names, 0.3)))) < 1e-9


UNTESTED = ("fmod", "nan_to_num", "rint")
SCALAR = [case for case in ELEMENTWISE if not case.metadata and case.name not in UNTESTED]
SCALAR = [case for case in SCALAR if "gammaln" not in case.name or case.domains[0].high > 0.0]


@pytest.mark.parametrize("case", SCALAR, ids=str)
def test_every_elementwise_operation_has_a_form_with_the_same_number(case):
    point = [float(np.ravel(x)[0]) for x in example(case)]
    leaves = {name: Value(x, name) for name, x in zip("xyz", point, strict=False)}
    y = case(*leaves.values())
    assert numbers(formula(y).sympy(real=True), dict(zip("xyz", point, strict=False))) == pytest.approx(
        y.item(), rel=1e-9
    )


def test_forms_are_of_operations_not_of_names():
    @elementwise(dx=lambda y, x: 2.0)
    def sin(x, /):
        return 2.0 * x

    with pytest.raises(TypeError, match="sympy: sin has no form there"):
        formula(sin(Value(1.0, "x"))).sympy()
    assert sin.operation.forward not in FORMS


def test_a_name_is_a_symbol_whatever_it_says():
    name = "__import__('os').getcwd()"
    expression = formula(Value(2.0, name) ** 2).sympy()
    (symbol,) = expression.free_symbols
    assert isinstance(symbol, sympy.Symbol)
    assert expression == symbol**2


def test_parts_of_a_long_expression_are_written_out():
    x = Value(0.3, "x")
    y = x
    for _ in range(110):
        y = ad.sin(y) + x
    found = formula(y)
    assert found.definitions
    assert found.sympy().free_symbols == {sympy.Symbol("x")}


def test_a_derivation_is_sympys_and_numbers_are_exact():
    x, y = Value(3.0, "x"), Value(0.25, "y")
    a, b = sympy.symbols("x y")
    assert formula(x**2 * y / 3.0 + 0.5).sympy() - (a**2 * b / 3 + sympy.Rational(1, 2)) == 0
    assert explain(special.gammaln(x) * y, x).formula.sympy() == b * sympy.digamma(a)
    assert sympy.diff(formula(of_scipy.betaln(x, y)).sympy(), a).subs(
        {a: 3, b: 0.25}
    ).evalf() == pytest.approx(special.psi(3.0) - special.psi(3.25))


def test_of_arrays_it_is_the_expression_of_an_entry_and_sums_are_refused():
    w = Value([1.0, 2.0], "w")
    a = sympy.Symbol("w")
    assert formula(ad.tanh(w) * w + 1.0).sympy() == a * sympy.tanh(a) + 1
    with pytest.raises(TypeError, match=r"sympy: sum has no form there.*name its result"):
        formula(ad.sum(w * w)).sympy()
    with pytest.raises(TypeError, match="an array without a name is no symbol"):
        formula(w * np.array([1.0, 2.0])).sympy()
