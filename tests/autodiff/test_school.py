"""Expressions as they are typed: they mean what Python means by them, and mistakes have a place."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, formula, gradients
from autodiff.school import read
from autodiff.school.misreading import pointed
from autodiff.school.vocabulary import Vocabulary, functions

POINT = {"x": 1.5, "y": -0.75, "w₁₁": 2.0}
CALLS = ["exp", "log", "sin", "sqrt", "sigmoid", "tanh", "relu", "arctan", "softplus"]
LITERALS = ["2", "0.5", "3.0", ".25", "1e1", "2e-1", "4."]


def longer(smaller):
    """Python's expressions made of smaller ones, with and without brackets."""
    operators = st.sampled_from(["+", "-", "*", "/", "**"])
    return st.one_of(
        st.tuples(smaller, operators, smaller).map(" ".join),
        st.tuples(smaller, operators, smaller).map("".join),
        st.tuples(smaller, operators, smaller, operators, smaller).map("".join),
        smaller.map("({})".format),
        smaller.map("-{}".format),
        smaller.map("+{}".format),
        st.tuples(st.sampled_from(CALLS), smaller).map(lambda pair: "{}({})".format(*pair)),
        st.tuples(smaller, smaller).map(lambda pair: "max({}, min(x, {}))".format(*pair)),
    )


leaves = st.sampled_from(["x", "y", "w₁₁", "pi", *LITERALS])
sources = st.recursive(leaves, longer, max_leaves=12)
scripts = st.sampled_from(
    [
        {},
        {"**": "^"},
        {"**": "^", "*": "·", "-": "−"},
        {"**": "^", "*": "×", "/": "÷"},
        {"-": "–", "+": " + "},
    ]
)


def same(a, b):
    return a == pytest.approx(b, rel=1e-12, abs=1e-300, nan_ok=True)


def outcome(result, variables):
    """The number and the gradient of a result."""
    if not isinstance(result, Value):
        return [result] + [0.0] * len(variables)
    return [result.item(), *gradients(result, variables)]


def python(source, variables):
    """What Python makes of the source, with the engine's numbers in place of its own."""
    for_python = source.replace("w₁₁", "w11")
    numbers = {name.replace("₁", "1"): value for name, value in variables.items()}
    names = {name: getattr(autodiff, name) for name in CALLS}
    names |= {"max": autodiff.maximum, "min": autodiff.minimum, "pi": math.pi}
    return eval(for_python, {"__builtins__": {}}, names | numbers)


@given(sources, scripts)
@example("-x**2", {})
@example("2**-x**2*y", {})
@example("x/y/2*x-3-y", {})
@example("2**3**x", {})
@example("--x**-+y", {})
def test_an_expression_has_the_value_and_gradient_that_python_gives_it(source, script):
    variables = {name: Value(number, name) for name, number in POINT.items()}
    try:
        result = python(source, variables)
    except ArithmeticError:  # Python's floats, where the engine has inf and nan
        assume(False)
    assume(not isinstance(result, complex))
    expected = outcome(result, list(variables.values()))
    assume(all(math.isfinite(number) for number in expected))
    text = source
    for old, new in script.items():
        text = text.replace(old, new) if "e-" not in text or old != "-" else text
    found = outcome(read(text).evaluate(variables), list(variables.values()))
    assert all(map(same, found, expected)), (text, found, expected)


@pytest.mark.parametrize("signs", [*product(["", "-"], repeat=2)])
def test_any_three_operators_bind_as_in_python(signs):
    numbers = {"a": 1.5, "b": 1.25, "c": 2.5, "d": 0.75}
    before, behind = signs
    for one, two, three in product(["+", "-", "*", "/", "**"], repeat=3):
        source = f"{before}a {one} b {two} {behind}c {three} d"
        assert same(read(source).evaluate(numbers), eval(source, {"__builtins__": {}}, numbers)), source


@given(sources)
def test_reading_names_the_unknowns_and_nothing_else(source):
    assert set(read(source).names) == {
        name for name in POINT if name in source.replace("exp", "").replace("max", "")
    }


@given(st.text(alphabet="x2e.+-*/^(),;=√σ² ₁⁽¹⁾sin½|\n{}_'[1]$\\\\", max_size=12))
@example("x⁽")
@example("²")
@example(";")
def test_any_text_is_computed_or_refused_at_a_place_inside_it(text):
    mistake = None
    try:
        read(text).evaluate(dict.fromkeys(read(text).names, 0.5))
    except SyntaxError as error:
        mistake = error
    if mistake is not None:
        assert 1 <= mistake.offset <= len(text) + 1
        assert mistake.text == text
        assert len(pointed(mistake).splitlines()) == 3


LATEX = [
    r"\frac",
    r"\sqrt",
    r"\cdot",
    r"\left(",
    r"\right)",
    r"\sigma",
    r"\hat{y}",
    r"\,",
    *"{}^_()|'x12+-$ ",
]


@given(st.lists(st.sampled_from(LATEX), max_size=14).map("".join))
def test_any_latex_is_computed_or_refused_at_a_place_inside_it(text):
    mistake = None
    try:
        calculation = read(text)
        calculation.evaluate(dict.fromkeys(calculation.names, 0.5))
    except SyntaxError as error:
        mistake = error
    assert mistake is None or 1 <= mistake.offset <= len(text) + 1


@given(sources)
@example("-x**2/(y*x**-1)")
@example("x*pi**x")
@example("exp(sqrt(x))*relu(y)/(x/y)**-x")
def test_what_is_written_in_latex_is_read_as_what_is_written_in_unicode(source):
    variables = {name: Value(number, name) for name, number in POINT.items()}
    try:
        result = read(source).evaluate(variables)
    except SyntaxError:
        assume(False)
    assume(isinstance(result, Value) and math.isfinite(result.item()))
    written = formula(result, expand=True)
    assume(not written.definitions and "clip" not in written.text)  # which takes three numbers
    one, other = (read(text).evaluate(POINT) for text in (written.text, written.latex))
    assert one == pytest.approx(other, rel=1e-9, nan_ok=True), (written.text, written.latex)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3x^4 + 5x^3 - 20x^2 + 8x + 10", 34.0),
        ("3x⁴ + 5x³ − 20x² + 8x + 10", 34.0),
        ("2(x + 1)", 6.0),
        ("(x + 1)(y − 1)", 6.0),
        ("x(y + 1)", 8.0),
        ("x y²", 18.0),
        ("2x²y", 24.0),
        ("2^3x", 16.0),
        ("-x²", -4.0),
        ("x⁻¹", 0.5),
        ("2ʸ⁺¹", 16.0),
        ("2e", 2.0 * math.e),
        ("2e-1", 0.2),
        ("2e−1", 0.2),
        ("ln(e)", 1.0),
        ("√(x + 2)", 2.0),
        ("2 sin(0) + 1", 1.0),
        ("max(x, y) − min(x, y)", 1.0),
        ("x/2*y", 3.0),
        ("x - y - 1", -2.0),
        ("1/0", math.inf),
        ("u = x + y; v = u²; v − u", 20.0),
        ("a⁽¹⁾ = 2x; a⁽¹⁾³", 64.0),
        ("|x − y|", 1.0),
        ("2|−x||y|", 12.0),
        ("|1 − |x||²", 1.0),
        ("√4y", 6.0),
        ("√max(x, 4)y", 6.0),
        ("√|−4|²", 4.0),
        ("√√16", 2.0),
        ("[y > x] + 2[x > y] + y[x > 1 + 1]/2", 1.75),
        (r"\left[x > (y − 9)\right]", 1.0),
        ("tanh'(0) + σ′(0)", 1.25),
        (r"\frac{x + y}{2}", 2.5),
        (r"\frac12 x \cdot y", 3.0),
        (r"\frac{1}{\frac{x}{4}} y", 6.0),
        (r"x^{-1}", 0.5),
        (r"e^{-x}\left(1 + e^{-x}\right)^{-2}/\sigma'\left(x\right)", 1.0),
        (r"\sqrt{x + 2} \, \ln(e)", 2.0),
        (r"\exp{(0)} \times \tanh(0)", 0.0),
        (r"$-x$", -2.0),
        (r"a_1^{(2)} = x; a^{(2)}_1 + a_{1}^{(2)} + a₁⁽²⁾", 6.0),
        (r"\theta_{12} = x; θ₁₂^2", 4.0),
        (r"\hat{y} = x; ŷ", 2.0),
        ("np.exp(0) + math.sin(0)", 1.0),
    ],
)
def test_school_notation_means_what_it_means_at_school(text, number):
    calculation = read(text)
    given = {"x": 2.0, "y": 3.0}
    assert same(calculation.evaluate({name: given[name] for name in calculation.names}), number)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "expected a number"),
        ("x +", 4, "expected a number"),
        ("x + * y", 5, "expected a number"),
        ("(x + (y)", 1, "never closed"),
        ("x) + y", 2, "never opened"),
        ("1/2x", 4, "two ways"),
        ("x/y(x + 1)", 4, "two ways"),
        ("sin x", 5, "sin needs brackets"),
        ("sin²(x)", 4, "sin needs brackets"),
        ("sin(x, y)", 1, "sin takes 1 argument, got 2"),
        ("1 + max(x)", 5, "max takes 2 arguments, got 1"),
        ("sin()", 5, "expected a number"),
        ("3,5", 2, "decimals have a point"),
        ("(3,5)", 3, "decimals have a point"),
        ("x 2", 3, "expected an operator"),
        ("½x", 1, "unexpected '½'"),
        ("x½", 2, "unexpected '½'"),
        ("|x", 1, "bar is never closed"),
        ("(|x)", 2, "bar is never closed"),
        ("|(x|)", 5, "expected a number"),
        ("x'", 1, "a prime follows the name of a function"),
        ("2 '", 3, "a prime follows the name of a function"),
        ("maximum′(x, y)", 1, "a prime follows the name of a function"),
        (r"\frac{x}", 8, "a fraction has two parts"),
        (r"\frac{x}+{y}", 8, "a fraction has two parts"),
        (r"\frac", 1, "a fraction has two parts"),
        (r"\frac{x}{y", 9, "never closed"),
        (r"2^{x + (y}", 8, "bracket is never closed"),
        (r"2^{x + y)", 3, "brace is never closed"),
        ("x}", 2, "never opened"),
        (r"\int x", 1, "of LaTeX"),
        ("∂x", 1, "write the formula of this derivative out"),
        ("[x]", 1, "round brackets"),
        ("x > y", 3, "> is read in [a > b]"),
        ("[x > y > 2]", 8, "> is read in [a > b]"),
        ("[x > y", 1, "bracket is never closed"),
        ("[x > y)", 1, "bracket is never closed"),
        ("[(x > y)]", 5, "> is read in [a > b]"),
        ("x]", 2, "never opened"),
        ("√sin x", 6, "sin needs brackets"),
        ("x⁺", 2, "expected a number"),
        ("1e999", 1, "largest number"),
        ("f(x) = 3", 6, "left of ="),
        ("pi = 3; pi", 1, "meaning already"),
        ("u = x; u = y; u", 8, "meaning already"),
        ("u + 1; u = 3", 1, "last part"),
        ("__import__('os')", 1, "unexpected '_'"),
        ("x.real", 2, "unexpected '.'"),
    ],
)
def test_a_mistake_is_pointed_at(text, column, message):
    with pytest.raises(SyntaxError) as caught:
        read(text)
    assert message in caught.value.msg
    assert caught.value.offset == column
    assert pointed(caught.value).splitlines()[-1] == " " * (3 + column) + "^"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x + yz", "yz has no number: give yz=…"),
        ("x + sinn(y)", "there is no function sinn; did you mean 'sin'"),
        ("x + xy", "xy is one name; for a product write x*y"),
    ],
)
def test_a_name_without_a_number_is_pointed_at(text, message):
    with pytest.raises(SyntaxError) as caught:
        read(text).evaluate({"x": 1.0, "y": 1.0})
    assert caught.value.msg.startswith(message)
    assert caught.value.offset == 5


def test_the_caret_stands_below_its_place_in_long_and_wide_texts():
    for text in ("x + " * 1000 + "* y" + " + x" * 1000, "漢字 + * y", "x\n\t+ * y"):
        with pytest.raises(SyntaxError) as caught:
            read(text)
        _, shown, caret = pointed(caught.value).splitlines()
        before, _ = shown.split("* y", 1)
        wide = sum(char in "漢字" for char in before)
        assert caret == " " * (len(before) + wide) + "^"
        assert len(shown) < 90


@pytest.mark.parametrize("text", ["(" * 50_000 + "x" + ")" * 50_000, "-" * 50_001 + "x", "x" + "+x" * 50_000])
def test_length_and_depth_have_no_limit(text):
    x = Value(1.0, "x")
    assert abs(gradients(read(text).evaluate({"x": x}), x)) in (1.0, 50_001.0)


def test_parts_become_named_values():
    x = Value(2.0, "x")
    output = read("u = 3x; v = u; R = v²").evaluate({"x": x})
    assert output.name == "R"
    assert x.name == "x"
    assert read("u = x; u²").evaluate({"x": x}).item() == 4.0
    assert x.name == "x"


def test_values_that_are_known_come_first_and_are_known_in_other_spellings():
    words = Vocabulary(("w₁₁⁽²⁾", "e", "σ", "R(θ)", "e₁", "x[1]"))
    for text, value in [
        ("w11_2", 1.0), ("w_{11}^{(2)}", 1.0), ("w_11^(2)", 1.0), ("w_11^2", None), ("2e", 4.0), ("σ", 3.0),
        ("σ + sigmoid(0)", 3.5), ("2R(θ)", 8.0), ("2e1", 10.0), ("3e2", 300.0), ("x[1]²", 36.0),
        ("x1[1]", None),
    ]:  # fmt: skip
        calculation = read(text, words)
        if value is None:
            assert not set(calculation.names) <= set(words.values), text
        else:
            numbers = dict(zip(words.values, (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), strict=True))
            assert calculation.evaluate(numbers) == value, text


def test_every_function_computes_what_the_engine_does():
    for name, (function, count) in functions().items():
        numbers = [0.5, 0.25][:count]
        text = f"{name}({', '.join(map(str, numbers))})"
        assert same(read(text).evaluate({}), float(function(*numbers))), name
    assert read("max(1, 2)").evaluate({}) == 2.0
