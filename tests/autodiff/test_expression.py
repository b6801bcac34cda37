"""Expressions: written from graphs, simplified, typeset, and evaluated."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
import nn.lecture
from autodiff import Value, einsum, exp, log, sin, sqrt, tanh, where
from autodiff.derivations.closed_form import formula
from autodiff.text.lettering import latex_of

x, y, z = Value(2.0, "x"), Value(3.0, "y"), Value(0.5, "z₁⁽¹⁾")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (nn.lecture.demonstration_1(x), "3x⁴ + 5x³ − 20x² + 8x + 10"),
        (nn.lecture.demonstration_2(x, y), "x⁴·y² + (x − 1)²(y − 1)⁴"),
        ((y - x) ** 2, "(y − x)²"),
        (y - (x - z), "y − x + z₁⁽¹⁾"),
        (x / (y * z), "x/(y·z₁⁽¹⁾)"),
        (x / y / z, "x/(y·z₁⁽¹⁾)"),
        ((x + 1.0) / y, "(x + 1)/y"),
        (-(x + y) * z, "−(x + y)·z₁⁽¹⁾"),
        (z**2, "(z₁⁽¹⁾)²"),
        (x**y, "xʸ"),
        (x ** (y + 1.0), "x^(y + 1)"),
        (x**-2, "1/x²"),
        ((x**y) ** y, "(xʸ)ʸ"),
        (sqrt(x + 1.0) / 2.0, "√(x + 1)/2"),
        (exp(-x) + exp(-z), "e⁻ˣ + exp(−z₁⁽¹⁾)"),
        (abs(x) * log(y), "|x|·log(y)"),
        (x * -2.0, "−2x"),
        (x - x, "0"),
        (x / 3.0, "x/3"),
        (2.0 * (x + y), "2(x + y)"),
        (x * 2.5e-9, "(2.5·10⁻⁹)x"),
    ],
)
def test_an_expression_is_written_back_with_few_brackets(value: Value, text: str) -> None:
    assert formula(value).text == text


def test_fractions_powers_and_roots_are_set_as_such_in_latex() -> None:
    value = sqrt(x) / (2.0 * y) + z**2 + exp(-z)
    assert formula(value).latex == (r"\frac{\sqrt{x}}{2y} + \left(z_{1}^{(1)}\right)^{2} + e^{-z_{1}^{(1)}}")


def test_named_values_stand_as_their_names_unless_expanded() -> None:
    z = 2.0 * x
    z.name = "z"
    assert formula(z * y).text == "z·y"
    assert formula(z * y, expand=True).text == "2x·y"


def test_matrix_products_transposes_and_elementwise_products_are_told_apart() -> None:
    a, b = Value(np.eye(2), "A"), Value(np.ones((2, 2)), "B")
    assert formula(a @ b.T * a).text == "(A·Bᵀ)∘A"
    assert formula((a @ b).T).text == "Bᵀ·Aᵀ"
    assert formula((a * 2.0).sum(axis=0)).text == "Σᵢ(2A)"
    assert formula(a[0, 1:]).text == "A[0, 1:]"


def test_the_name_of_several_values_gets_a_number() -> None:
    first, second = Value(1.0, "e"), Value(2.0, "e")
    assert formula(first + second).text == "e[1] + e[2]"


def test_a_number_given_to_a_name_is_no_name_that_a_value_has() -> None:
    taken, first, second = Value(1.5, "e[1]"), Value(2.5, "e"), Value(3.0, "e")
    found = formula(taken * first + second)
    assert found.text == "e[1]·e[2] + e[3]"
    assert found.evaluate() == 6.75


def test_the_range_of_an_array_stands_in_brackets() -> None:
    assert formula(x * Value(np.arange(9.0), constant=True)).text == "x·[0 … 8]"
    raw: Any = np.arange(9.0)
    assert formula(raw - x).text == "[0 … 8] − x"


def test_a_branch_taken_for_a_whole_array_is_written_without_the_other() -> None:
    a = Value(np.ones(3), "A")
    assert formula(where(np.zeros(3, bool), x, 2.0 * a)).text == "2A"
    assert formula(where(True, a, x)).text == "A"
    np.testing.assert_array_equal(formula(where(np.ones((2, 3), bool), a, x)).evaluate(), np.ones((2, 3)))


def test_what_changes_no_shape_is_not_written() -> None:
    a = Value(np.ones((2, 2)), "A")
    assert formula(a.reshape(2, 2) * 2.0).text == "2A"


def test_an_operation_whose_symbol_is_a_formula_is_written_as_one() -> None:
    layer = nn.Linear(2, 1, seed=0)
    found = formula(layer(Value(np.ones((3, 2)), "X")))
    assert found.text == "X·Wᵀ + b"
    np.testing.assert_allclose(found.evaluate(), layer(np.ones((3, 2))).data)


def test_a_name_with_an_index_above_is_transposed_in_latex() -> None:
    w = Value(np.ones((2, 2)), "W⁽¹⁾")
    found = formula(w.T @ w).latex
    assert found.startswith(r"{W^{(1)}}^{\mathrm{T}}")
    typeset(found)


def test_zero_is_written_without_a_sign() -> None:
    assert formula(Value(-0.0, constant=True)).text == "0"


def test_like_terms_are_collected_in_whatever_order_their_factors_are() -> None:
    assert formula(x * sin(y) * y + y * x * sin(y)).text == "2x·sin(y)·y"


def test_an_option_is_written_as_it_is_spelled() -> None:
    a = Value(np.ones((2, 2)), "A")
    assert formula(einsum("ij,jk->ik", a, a)).text == "einsum(A, A; ij,jk->ik)"


def test_long_expressions_are_cut_into_named_parts() -> None:
    value = x
    for _ in range(1000):
        value = sin(value)
    found = formula(value)
    assert str(found).startswith("sin(sin(")
    assert "where u" in str(found)
    assert found.evaluate() == pytest.approx(value.data, rel=1e-14)
    assert len(found.definitions) > 5


def test_a_doubled_sum_stays_small() -> None:
    value = x
    for _ in range(40):
        value = value + value
    assert len(str(formula(value))) < 1000
    assert formula(value).evaluate() == 2.0**41


numbers = st.floats(0.5, 2.0)


@given(numbers, numbers, numbers)
def test_a_formula_is_right_at_every_point(a: float, b: float, c: float) -> None:
    def f(x, y, z):
        u = tanh(x * y - z) / (1.0 + exp(-x)) - sqrt(y) * (x - y) ** 2 / x
        return u * u - 3.0 * (x - (y - u)) + x**y / z**-1.5 + where(True, x, y)

    found = formula(f(Value(1.0, "x"), Value(1.5, "y"), Value(0.7, "z")))
    expected = f(Value(a), Value(b), Value(c)).data
    assert found.evaluate({"x": a, "y": b, "z": c}) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_what_a_formula_is_evaluated_at_is_checked() -> None:
    found = formula(x * Value([1.0, 2.0], "weights"))
    with pytest.raises(ValueError, match="did you mean 'weights'"):
        found.evaluate({"weight": 2.0})
    with pytest.raises(ValueError, match=r"'weights' has shape \(2,\), got \(\)"):
        found.evaluate({"weights": 2.0})
    with pytest.raises(TypeError, match="'weights' stands for raw data, got a Value"):
        found.evaluate({"weights": x})
    with pytest.raises(TypeError, match="expected names, got Value"):
        found.evaluate({x: 2.0})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="only a Value"):
        formula(1.0)  # type: ignore[arg-type]


def test_infinities_are_those_of_ieee() -> None:
    assert formula(1.0 / x).evaluate({"x": 0.0}) == math.inf
    assert math.isnan(formula(x**0.5).evaluate({"x": -1.0}))


@pytest.mark.parametrize(
    "name",
    [
        "`c`",
        'a"',
        "ǖ",
        "ϛ",
        "w₁₁⁽²⁾",
        "R(θ)",
        "learning_rate",
        "50%",
        "a{b}",
        "$x$",
        "\\frac",
        "x^2 & y~z#",
        "λ'",
        "Ȳ",
        "ē₁",
        "σ²",
    ],
)
def test_any_name_is_typeset(name: str) -> None:
    typeset(latex_of(name))


def test_an_operand_without_entries_is_written_like_any_other() -> None:
    v = Value(np.array([1.0, 4.0]), "v")
    assert formula(np.sum(np.gradient(v))).evaluate() == 6.0  # in the middle it has no entries
    assert formula(v[:0] / np.ones(0)).evaluate().shape == (0,)


def typeset(latex: str) -> None:
    """Raise ValueError for what matplotlib's mathtext cannot read."""
    mathtext = pytest.importorskip("matplotlib.mathtext")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a glyph that the font lacks
        mathtext.MathTextParser("path").parse(f"${latex}$")
