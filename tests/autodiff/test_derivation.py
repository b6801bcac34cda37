"""Derivations: the chain rule of the lecture, written down from the engine's own rules."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn.lecture
from autodiff import Value, elementwise, gradients, linalg, no_grad, sigmoid, sin
from autodiff.derivations.derivation import explain

from .test_expression import typeset

NAMES = ["w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "b₁⁽¹⁾", "w₂₁⁽¹⁾", "w₂₂⁽¹⁾", "b₂⁽¹⁾", "w₁₁⁽²⁾", "w₁₂⁽²⁾", "b₁⁽²⁾"]


def squared_error(x1=3.0, x2=-2.0, y=1.2, theta=None):
    """R = (y − a₁⁽²⁾)² of the lecture for one observation, and the parameters."""
    network = nn.lecture.network()
    for parameter in network.parameters():
        if theta:
            parameter.data = theta[parameter.name]
    r = (Value(y, "y", constant=True) - network(x1, x2)) ** 2
    r.name = "R"
    return r, {parameter.name: parameter for parameter in network.parameters()}


def test_the_slides_are_reproduced() -> None:
    r, theta = squared_error()
    assert explain(r, theta["w₁₁⁽¹⁾"]).text.splitlines() == [
        "∂R/∂w₁₁⁽¹⁾ = ∂R/∂z₁⁽¹⁾ · ∂z₁⁽¹⁾/∂w₁₁⁽¹⁾                                    chain rule",
        "           = ∂R/∂a₁⁽¹⁾ · ∂a₁⁽¹⁾/∂z₁⁽¹⁾ · ∂z₁⁽¹⁾/∂w₁₁⁽¹⁾                    chain rule again",
        "           = ∂R/∂a₁⁽²⁾ · ∂a₁⁽²⁾/∂a₁⁽¹⁾ · ∂a₁⁽¹⁾/∂z₁⁽¹⁾ · ∂z₁⁽¹⁾/∂w₁₁⁽¹⁾    chain rule yet again",
        "",
        "∂R/∂a₁⁽²⁾      = −2(y − a₁⁽²⁾) = −0.780991",
        "∂a₁⁽²⁾/∂a₁⁽¹⁾  = w₁₁⁽²⁾ = 0.6",
        "∂a₁⁽¹⁾/∂z₁⁽¹⁾  = a₁⁽¹⁾(1 − a₁⁽¹⁾) = 0.249376",
        "∂z₁⁽¹⁾/∂w₁₁⁽¹⁾ = x₁ = 3",
        "",
        "∂R/∂w₁₁⁽¹⁾ = −2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾(1 − a₁⁽¹⁾)·x₁",
        "           = −2(1.2 − 0.8095)·0.6·0.475(1 − 0.475)·3",
        "           = −0.3506",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_value_is_the_gradient_and_everything_is_typeset(name: str) -> None:
    r, theta = squared_error()
    found = explain(r, theta[name])
    assert found.value == gradients(r, theta[name])
    assert found.formula.evaluate() == pytest.approx(found.value, rel=1e-12)
    assert len(found.paths) == found.n_paths == 1
    product = 1.0
    for link in found.paths[0]:
        product *= link.value or 0.0
    assert product == pytest.approx(found.value, rel=1e-12)
    lines = found.latex.split("\n")
    assert lines[0] == r"\begin{aligned}"
    for line in lines[1:-1]:
        typeset(line.removesuffix(r"\\").replace("&", ""))
    typeset(found.formula.latex)
    assert found.markdown.count("$$") % 2 == 0
    assert repr(found) == found.text
    assert found._repr_latex_().startswith("$")


@settings(max_examples=30)
@given(st.lists(st.floats(-2.0, 2.0), min_size=12, max_size=12), st.sampled_from(NAMES))
def test_the_closed_formula_is_the_gradient_at_other_points(point: list[float], name: str) -> None:
    derived, parameters = squared_error()
    theta = dict(zip(NAMES, point, strict=False))
    r, others = squared_error(point[9], point[10], point[11], theta)
    names = theta | dict(zip(("x₁", "x₂", "y"), point[9:], strict=True))
    found = explain(derived, parameters[name]).formula.evaluate(names)
    assert found == pytest.approx(gradients(r, others[name]), rel=1e-10, abs=1e-12)


def unary():
    """Elementwise operations of one variable."""
    names = "exp log sin cos tan tanh sigmoid relu softplus sqrt square reciprocal absolute arctan expm1"
    return [getattr(ad, name) for name in f"{names} log1p cbrt sinh arcsinh log_sigmoid exp2 erf".split()]


@pytest.mark.parametrize("f", unary(), ids=lambda f: f.__name__)
@settings(max_examples=15)
@given(st.floats(0.1, 3.0), st.sampled_from([-1.0, 1.0]))
def test_the_formula_of_every_rule_holds_at_other_points(f, size: float, sign: float) -> None:
    def composed(x):
        u = f(x)
        u.name = "u"
        return u * x + f(x * 0.5 + 1.0)

    derived, other = Value(0.7, "x"), Value(size * sign, "x")
    expected = gradients(composed(other), other)
    found = explain(composed(derived), derived).formula.evaluate({"x": size * sign})
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    "f", [ad.power, ad.hypot, ad.maximum, ad.minimum, ad.divide, ad.arctan2, ad.logaddexp]
)
@settings(max_examples=15)
@given(st.floats(0.1, 3.0), st.floats(0.1, 3.0))
def test_the_formulas_of_two_operands_hold_at_other_points(f, a: float, b: float) -> None:
    x, y, p, q = Value(1.3, "x"), Value(0.6, "y"), Value(a, "x"), Value(b, "y")
    for derived, other in ((x, p), (y, q)):
        found = explain(f(x, y), derived).formula.evaluate({"x": a, "y": b})
        assert found == pytest.approx(gradients(f(p, q), other), rel=1e-10, abs=1e-12)


def test_a_rule_that_compares_keeps_its_name() -> None:
    x = Value(2.0, "x")
    found = explain(ad.relu(3.0 * x), x)
    assert found.formula.text == "3relu′(3x)"
    assert found.formula.evaluate({"x": -1.0}) == 0.0


def test_an_operation_declared_by_its_user_is_explained_by_its_own_rule() -> None:
    @elementwise(dx=lambda y, x: y * (1.0 + x))
    def lambert(x, /):
        return np.exp(x + 0.5 * x * x)

    x = Value(0.4, "x")
    u = lambert(x)
    u.name = "u"
    assert explain(u, x).formula.text == "u(1 + x)"


def test_several_paths_are_a_sum_with_common_factors_in_front() -> None:
    x = Value(2.0, "x")
    a, b = x * x, sin(x)
    a.name, b.name = "a", "b"
    f = a * b
    f.name = "f"
    r = f**2
    r.name = "R"
    found = explain(r, x)
    assert found.text.splitlines()[:3] == [
        "2 paths lead from x to R:",
        "∂R/∂x = ∂R/∂f · ∂f/∂a · ∂a/∂x",
        "      + ∂R/∂f · ∂f/∂b · ∂b/∂x",
    ]
    assert found.formula.text == "2f(2b·x + a·cos(x))"
    assert [[link.lower for link in path] for path in found.paths] == [["f", "a", "x"], ["f", "b", "x"]]


def test_the_loss_of_both_observations_has_a_path_for_each() -> None:
    network = nn.lecture.network()
    r = nn.lecture.loss(network)
    w = network.parameters()[0]
    found = explain(r, w)
    assert found.n_paths == 2
    assert found.formula.text.startswith("−2w₁₁⁽²⁾(e[1]·a₁⁽¹⁾[1](1 − a₁⁽¹⁾[1])·x₁[1] + e[2]")
    assert found.value == gradients(r, w)


def test_more_paths_than_can_be_told_apart_are_said_and_summed() -> None:
    x = Value(0.3, "x")
    a = b = x
    for i in range(40):
        a, b = sin(a) * b, ad.cos(b) + a
        a.name, b.name = f"a{i}", f"b{i}"
    start = time.perf_counter()
    found = explain(a + b, x)
    assert found.text.startswith(f"{found.n_paths:,} paths lead from x to f, more than the 24")
    assert time.perf_counter() - start < 10.0
    assert found.n_paths > 2**39
    assert found.paths == ()
    assert found.formula.evaluate() == pytest.approx(found.value, rel=1e-9)
    other = Value(-0.8, "x")
    a = b = other
    for _ in range(40):
        a, b = sin(a) * b, ad.cos(b) + a
    assert found.formula.evaluate({"x": -0.8}) == pytest.approx(gradients(a + b, other), rel=1e-9)


@pytest.mark.parametrize("named", [True, False])
def test_a_chain_of_a_thousand_links_needs_no_recursion(named: bool) -> None:
    x = y = Value(0.3, "x")
    for i in range(1000):
        y = sin(y)
        y.name = f"y{i}" if named else None
    start = time.perf_counter()
    found = explain(y, x)
    assert "The first 8 and the last 8 of" in found.text
    assert time.perf_counter() - start < 10.0
    assert len(found.latex.splitlines()) < 60
    assert found.formula.evaluate() == pytest.approx(found.value, rel=1e-12)
    assert found.n_paths == 1


def test_arrays_are_explained_with_their_matrix_rules() -> None:
    rng = np.random.default_rng(0)
    W, b = Value(rng.normal(size=(2, 3)), "W"), Value(rng.normal(size=2), "b")
    X = Value(rng.normal(size=(4, 3)), "X", constant=True)

    def loss(W, b):
        Y = X @ W.T + b
        Y.name = "Y"
        A = sigmoid(Y)
        A.name = "A"
        r = ((A - 1.5) ** 2).sum()
        r.name = "R"
        return r

    found = explain(loss(W, b), W)
    assert [link.text for link in found.links] == ["Ā = 2(A − 1.5)", "Ȳ = Ā∘A∘(1 − A)", "W̄ = Ȳᵀ·X"]
    assert found.formula.text == "(2(A − 1.5)∘A∘(1 − A))ᵀ·X"
    assert found.text.startswith("A bar is the gradient of R: Ȳ = ∂R/∂Y")
    other = Value(rng.normal(size=(2, 3)), "W")
    np.testing.assert_allclose(found.formula.evaluate({"W": other.data}), gradients(loss(other, b), other))
    np.testing.assert_allclose(explain(loss(W, b), b).formula.evaluate(), gradients(loss(W, b), b))
    for line in found.latex.splitlines()[1:-1]:
        typeset(line.removesuffix(r"\\").replace("&", ""))


def test_a_single_rule_is_not_written_twice() -> None:
    a = Value(np.ones((2, 2)), "A")
    assert explain((2.0 * a * a).sum(), a).text.splitlines() == [
        "A bar is the gradient of f: Ȳ = ∂f/∂Y, in the shape of Y.",
        "",
        "Ā = 4A",
        "  = [[4, 4], [4, 4]]",
    ]


def test_a_direct_path_beside_others_is_told_from_the_whole_derivative() -> None:
    x = Value(3.0, "x")
    u = x * x
    u.name = "u"
    found = explain(2.0 * x + u, x)
    assert found.text.splitlines() == [
        "2 paths lead from x to f:",
        "df/dx = ∂f/∂x",
        "      + ∂f/∂u · ∂u/∂x",
        "",
        "∂f/∂x = 2",
        "∂f/∂u = 1",
        "∂u/∂x = 2x = 6",
        "",
        "df/dx = 2(x + 1)",
        "      = 2(3 + 1)",
        "      = 8",
    ]
    assert r"\frac{\mathrm{d} f}{\mathrm{d} x}" in found.latex
    for line in found.latex.splitlines()[1:-1]:
        typeset(line.removesuffix(r"\\").replace("&", ""))


@pytest.mark.parametrize("f", [ad.max, ad.min, ad.sort, ad.prod, ad.std, ad.cumsum, ad.logsumexp])
def test_rules_of_whole_arrays_hold_at_other_points(f) -> None:
    a, b = Value([3.0, 1.0, 2.0], "A"), Value([-1.0, 5.0, 0.5], "A")
    found = explain((f(a) * a).sum(), a).formula.evaluate({"A": b.data})
    np.testing.assert_allclose(found, gradients((f(b) * b).sum(), b), rtol=1e-12)


@pytest.mark.parametrize("f", [ad.hypot, ad.power])
def test_what_a_rule_leaves_out_at_one_entry_counts_at_other_points(f) -> None:
    a, b, c = Value([0.0, 1.0], "A"), Value([1.7, 0.4], "A"), Value([2.0, 3.0], "C")
    for operand in (a, c):
        found = explain(f(a, c if f is ad.power else 2.0 * a).sum() + c.sum(), operand).formula
        other = f(b, c if f is ad.power else 2.0 * b).sum() + c.sum()
        expected = gradients(other, b if operand is a else c)
        np.testing.assert_allclose(found.evaluate({"A": b.data}), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (ad.hypot, "y/hypot(x, y)"),
        (ad.arctan2, "−x/hypot(x, y)²"),
        (ad.power, "xʸ·log(x)"),
        (ad.logaddexp, "σ(y − x)"),
        (ad.xlogy, "x/y"),
    ],
)
def test_a_slope_with_a_convention_is_written_without_it(f, text) -> None:
    for numbers in ((0.0, 0.0), (2.0, 3.0)):
        x, y = (Value(number, name) for number, name in zip(numbers, "xy", strict=True))
        assert explain(f(x, y), y).formula.text == text


def test_what_has_no_link_is_said() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert "f does not depend on y" in explain(x * x, y).text
    assert explain(x * x, y).value == explain(x * x, y).formula.evaluate() == 0.0
    assert explain(x, x).formula.evaluate() == 1.0


def test_names_are_found_for_what_has_none() -> None:
    x = Value(3.0)
    assert explain(x * x, x).text.splitlines()[0] == "∂f/∂v₁ = 2v₁"


def test_explaining_changes_nothing_and_works_where_nothing_is_recorded() -> None:
    r, theta = squared_error()
    with no_grad():
        found = explain(r, theta["b₁⁽²⁾"])
    assert found.formula.text == "−2(y − a₁⁽²⁾)"
    assert r.grad is None
    assert all(parameter.grad is None for parameter in theta.values())


def test_what_is_one_of_several_results_is_explained() -> None:
    a = Value([[2.0, 1.0], [1.0, 3.0]], "A")
    assert explain(linalg.eigh(a)[0].sum(), a).value == pytest.approx(np.eye(2))


def test_what_cannot_be_explained_is_refused() -> None:
    x, c = Value([1.0, 2.0], "x"), Value(1.0, "c", constant=True)
    with pytest.raises(ValueError, match="the output must be a number"):
        explain(x * 2.0, x)
    with pytest.raises(ValueError, match="'c' is a constant"):
        explain((x * c).sum(), c)
    with pytest.raises(TypeError, match="expected two Values, got float"):
        explain(x.sum(), 1.0)  # type: ignore[arg-type]
    y = x.sum()
    x.data = [3.0, 4.0]
    with pytest.raises(ValueError, match="was assigned new data"):
        explain(y, x)


def test_of_a_long_sum_the_first_and_the_last_terms_are_written() -> None:
    x = Value(0.5, "x")
    found = explain(sum(((float(i) * x - 1.0) ** 2 for i in range(200)), x * 0.0), x)
    assert "more terms) …" in found.text
    assert len(found.text) < 10_000
    assert found.formula.evaluate() == pytest.approx(found.value, rel=1e-9)
    for line in found.latex.splitlines()[-3:-1]:
        typeset(line.removesuffix(r"\\").replace("&", ""))


def test_an_option_without_default_is_written_even_where_it_is_an_ellipsis():
    w = Value([[1.0, 2.0], [3.0, 4.0]], "w")
    assert "index=Ellipsis" in str(explain((w[...] ** 2).sum(), w))
