"""Derivations: the chain rule of the lecture, written down from the engine's own rules."""

from __future__ import annotations

import math
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn.lecture
from autodiff import Value, elementwise, gradients, linalg, no_grad, sigmoid, sin
from autodiff.derivations.derivation import explain
from autodiff.graph import Graph
from autodiff.testing import Domain
from tests.cases import CASES, Shaped

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


def test_of_more_paths_than_can_be_told_apart_the_gradients_on_the_way_are_written() -> None:
    x = Value(0.3, "x")
    a = b = x
    for i in range(40):
        a, b = sin(a) * b, ad.cos(b) + a
        a.name, b.name = f"a{i}", f"b{i}"
    start = time.perf_counter()
    found = explain(a + b, x)
    assert (
        f"{found.n_paths:,} paths lead from x to f. Layer by layer, from the output back, with" in found.text
    )
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
        (ad.hypot, "y/√(x² + y²)"),
        (ad.arctan2, "−x/(x² + y²)"),
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


def test_an_index_is_written_even_where_it_is_an_ellipsis():
    w = Value([[1.0, 2.0], [3.0, 4.0]], "w")
    assert "w̄ = (2w[…] at […])" in str(explain((w[...] ** 2).sum(), w))


# -- what a reader would put -----------------------------------------------------------------------


def test_parts_without_a_name_are_put_as_a_reader_would() -> None:
    w, x, b, y = (Value(data, name) for data, name in ((0.5, "w"), (2.0, "x"), (0.1, "b"), (1.0, "y")))
    found = explain((y - sigmoid(w * x + b)) ** 2, w)
    assert (
        found.text
        == """\
Put u₁ = w·x + b = 1.1
    u₂ = σ(u₁) = 0.75026
    f  = (y − u₂)² = 0.06237

∂f/∂w = ∂f/∂u₁ · ∂u₁/∂w              chain rule
      = ∂f/∂u₂ · ∂u₂/∂u₁ · ∂u₁/∂w    chain rule again

∂f/∂u₂  = −2(y − u₂) = −0.49948
∂u₂/∂u₁ = u₂(1 − u₂) = 0.18737
∂u₁/∂w  = x = 2

∂f/∂w = −2(y − u₂)·u₂(1 − u₂)·x
      = −2(1 − 0.7503)·0.7503(1 − 0.7503)·2
      = −0.1872"""
    )
    assert found.latex.startswith("\\begin{aligned}\n\\text{Put }u_{1} &= w \\, x + b = 1.1 ")


def test_without_putting_only_the_finished_formula_is_written() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    found = explain(sigmoid(w * x + 1.0) ** 2, w, put=False)
    first, *rest = found.text.splitlines()
    assert first == "∂f/∂w = 2σ(w·x + 1)²(1 − σ(w·x + 1))·x"
    assert len(rest) == 2
    assert found.formula.evaluate({"w": -1.0}) == pytest.approx(2 * 0.2689414214**2 * (1 - 0.2689414214) * 2)
    with pytest.raises(TypeError, match="explain: put"):
        explain(w * x, w, put="no")  # type: ignore[arg-type]


def test_above_eight_paths_delta_of_a_layer_is_written_in_those_of_the_next() -> None:
    network = nn.Network(2, [3, 4, 3, 1], seed=0)
    R = (1.0 - network(1.0, 2.0)) ** 2
    R.name = "R"
    found = explain(R, network.parameters()[0])
    assert found.n_paths == 12
    assert found.text.startswith(
        "12 paths lead from w₁₁⁽¹⁾ to R. "
        "Layer by layer, from the output back, with δ₁⁽⁴⁾ = ∂R/∂a₁⁽⁴⁾ and so on:"
    )
    lefts = [line.split()[0] for line in found.text.splitlines() if line.startswith("δ")]
    assert lefts == [*("δ₁⁽⁴⁾", "δ₁⁽³⁾", "δ₂⁽³⁾", "δ₃⁽³⁾"), *("δ₁⁽²⁾", "δ₂⁽²⁾", "δ₃⁽²⁾", "δ₄⁽²⁾")]
    assert (
        "\nδ₂⁽²⁾ = (δ₁⁽³⁾·w₁₂⁽³⁾ + δ₂⁽³⁾·w₂₂⁽³⁾ + δ₃⁽³⁾·w₃₂⁽³⁾)·a₂⁽²⁾(1 − a₂⁽²⁾) = 0.139001\n" in found.text
    )
    z = {node.name: node.source for node in Graph(R) if node.name}
    z["z₁⁽⁴⁾"] = z["a₁⁽⁴⁾"]  # the last layer is linear
    for line in found.text.splitlines():
        if line.startswith("δ"):
            number = float(line.split()[-1].replace("−", "-"))
            assert number == pytest.approx(gradients(R, z[line.split()[0].replace("δ", "z")]), rel=1e-5)
    assert found.formula.evaluate() == pytest.approx(found.value, rel=1e-12)


def test_links_are_listed_in_the_order_of_the_paths() -> None:
    x = Value(0.3, "x")
    a, b = sin(x), ad.cos(x)
    a.name, b.name = "a", "b"
    R = a * b
    R.name = "R"
    found = explain(R, x)
    assert [link.left.text for link in found.links] == ["∂R/∂a", "∂a/∂x", "∂R/∂b", "∂b/∂x"]
    assert [link for path in found.paths for link in path] == list(found.links)


def test_polynomials_descend_and_other_sums_stay() -> None:
    x = Value(2.0, "x")
    assert explain(3 * x**4 + 5 * x**3 - 20 * x**2 + 8 * x + 10, x).formula.text == "12x³ + 15x² − 40x + 8"
    assert explain(x**3 - 3 * x**4, x).formula.text == "−12x³ + 3x²"
    a = ad.tanh(x)
    a.name = "a"
    assert explain(a, x).formula.text == "1 − a²"
    y = Value(1.0, "y")
    assert explain(x * y**2 + y * x**2, x).formula.text == "2y·x + y²"


def test_the_slope_of_sigma_alone_has_both_forms() -> None:
    v = Value(0.3, "v")
    first, second = explain(sigmoid(v), v).text.splitlines()[:2]
    assert (first, second) == ("∂f/∂v = σ(v)(1 − σ(v))", "      = e⁻ᵛ/(1 + e⁻ᵛ)²")
    assert "e⁻" not in explain(sigmoid(2.0 * v), v).text


@pytest.mark.parametrize("put", [True, False])
def test_a_formula_holds_at_other_points_though_a_zero_absorbs_at_this_one(put: bool) -> None:
    x, y = Value(0.0, "x"), Value(3.0, "y")
    found = explain(ad.maximum(1.0 / x**2, y - x), x, put=put)
    for at in ({"x": 0.9, "y": 4.0}, {"x": 0.2, "y": 4.0}, {"x": -0.7, "y": 1.0}):
        u, v = Value(at["x"]), Value(at["y"])
        right = gradients(ad.maximum(1.0 / u**2, v - u), u)
        assert found.formula.evaluate(at) == pytest.approx(right, rel=1e-12)


def test_an_exponent_of_several_factors_has_brackets() -> None:
    u = Value(0.3, "u₁")
    assert ad.formula(ad.exp2(2.0 * u)).text == "2^(2u₁)"
    assert ad.formula(ad.exp2(u)).text == "2^u₁"


def test_a_power_of_e_is_one_and_not_a_power_of_a_number() -> None:
    v = Value(0.3, "v")
    assert ad.formula(math.e ** (2.0 * v)).text == "e²ᵛ"
    assert explain(math.e**v, v).formula.text == "eᵛ"


def test_an_array_of_equal_entries_is_written_as_an_array() -> None:
    x = Value([1.0, 2.0, 3.0], "x")
    assert "x̄ = [2, 2, 2]" in explain((x * 2.0).sum(), x).text
    assert ad.formula(ad.matmul(np.ones(3), x) ** 2).text == "([1, 1, 1]·x)²"
    assert ad.formula(x + np.ones(3)).text == "x + 1"
    assert ad.formula((1.0 - x) * x).text == "(1 − x)∘x"


def test_matrix_rules_have_rows_and_columns() -> None:
    W, x = Value(np.ones((3, 2)), "W"), Value([1.0, 2.0], "x")
    z = W @ x
    z.name = "z"
    R = (ad.tanh(z) ** 2).sum()
    R.name = "R"
    assert "W̄  = z̄·xᵀ" in explain(R, W).text
    assert r"\bar{W} &= \bar{z} \, x^{\mathrm{T}}" in explain(R, W).latex
    A = Value([[2.0, 1.0], [0.5, 3.0]], "A")
    assert "x̄ = x·A + A·x" in explain(x @ A @ x, x).text
    assert "Ā = −solve(Aᵀ, [1, 1])·solve(A, x)ᵀ" in explain(ad.linalg.solve(A, x).sum(), A).text
    assert "A⁻¹ᵀ" in explain(ad.linalg.inv(A).sum(), A).text


def inside(domain: Domain) -> float:
    """A number of a domain."""
    low, high = max(domain.low, -9.0), min(domain.high, 9.0)
    return next(float(x) for x in np.random.default_rng(0).uniform(low, high, 1000) if x in domain)


WORDS_OF_PROGRAMS = re.compile(
    r"None|\w+=|Ellipsis|…, None|\*\*|//|_[a-z]|preference|moveaxis|concatenate|expand_dims|scatter|running"
)
SEVERAL_RESULTS = {"eigh", "svd"}
"""Their rules are written out, whatever they are made of."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_rule_of_an_operation_is_written_in_words_of_programs(case) -> None:
    """An operation's own name and options may stand there, as in reshape; what its rule does may not."""
    if isinstance(case, Shaped):
        rng = np.random.default_rng(0)
        data = [case.prepare(rng.uniform(0.2, 0.9, shape)) for shape in case.shapes]
    else:
        data = [np.full(3, inside(domain)) for domain in case.domains]
    xs = [Value(x, name) for x, name in zip(data, "ABCDEFG", strict=False)]
    found = case(*xs)
    parts = [part for part in (found if isinstance(found, tuple) else (found,)) if isinstance(part, Value)]
    own = {node.operation.name for part in parts for node in Graph(part) if node.operation}
    for part in parts:
        derivation = explain(part.sum() if part.shape else part, xs[0])
        rules = [link.text for link in derivation.links]
        for word in {word for rule in rules for word in WORDS_OF_PROGRAMS.findall(rule)}:
            assert own & SEVERAL_RESULTS or any(word in name for name in own), (word, rules)


# -- very long derivations ---------------------------------------------------------------------------


def test_of_a_very_long_derivation_the_ends_are_written_with_the_numbers_of_the_engine() -> None:
    x, w = Value(0.1, "x"), Value(0.9, "w")
    y, halves = x, []
    for k in range(1500):
        y = y * w + 0.01 * k
        y.name = f"y{k}"
        halves.append(y)
    text = str(explain(y, w))
    assert "The first 8 and the last 8 of 1,499 named gradients:" in text
    assert "1,500 paths lead from w to y₁₄₉₉" in text
    assert "(1,478 more terms)" in text
    assert f"δ₁₄₉₁ = δ₁₄₉₂·w = {gradients(y, halves[1491]):.6g}" in text
    assert len(text) < 3000


def test_more_paths_than_anybody_counts_are_said_to_be_many() -> None:
    a, b = Value(0.5, "a"), Value(0.25, "b")
    c = a
    for _ in range(400):
        a, b = (a + b) * 0.5, a
    derivation = explain(a, c)
    assert derivation.n_paths == 10**18 + 1
    assert str(derivation).count("More than 10¹⁸ paths lead from a to f") == 1
