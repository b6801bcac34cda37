"""A person's own derivative: right ones pass in any form; of wrong ones one line says what is wrong."""

import inspect
import time
import traceback
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autodiff as ad
import nn
from autodiff import Value, elementwise, grad, primitive, relu, sigmoid, tanh
from autodiff.testing import POSITIVE, arrays, assert_same_derivative, numbers


def said(f, formula, *points, **options):
    """The first line of the message."""
    with pytest.raises(AssertionError) as caught:
        assert_same_derivative(f, formula, *points, **options)
    return str(caught.value).partition("\n")[0]


@dataclass
class Line:
    w: Any
    b: Any


def σ(z):
    return 1.0 / (1.0 + np.exp(-z))


def named(value, name):
    value.name = name
    return value


# -- the lecture's formulas, of numbers ----------------------------------------------------------------


def neuron(w, x, b, y):
    z = named(w * x + b, "z")
    a = named(sigmoid(z), "a")
    return named((y - a) ** 2, "R")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("-(y - a)*a*(1 - a)*x", "the factor 2 is missing"),
        ("-4*(y - a)*a*(1 - a)*x", "the factor 2 is too many"),
        ("-2/3*(y - a)*a*(1 - a)*x", "the factor 3 is missing"),
        ("2*(y - a)*a*(1 - a)*x", "the sign is wrong, as with a − y in place of y − a"),
        ("-2*(y - a)*x", "the link ∂a/∂z = a(1 − a) is missing"),
        ("-2*(y - a)*a*(1 - a)", "the link ∂z/∂w = x is missing"),
        ("-2*(y - a)*(a*(1 - a))^2*x", "the link ∂a/∂z = a(1 − a) is counted twice"),
        ("-2*(y - a)*a*(1 + a)*x", "∂a/∂z is taken as a(1 + a), but is a(1 − a)"),
        ("-2*(y - a)*a*x", "the link ∂a/∂z = a(1 − a) is incomplete: the factor 1 − a is missing"),
        (
            "-2*(y - a)*e^-z*(1 + e^-z)^2*x",
            "∂a/∂z is taken as (1 + e⁻ᶻ)²·e⁻ᶻ, but is e⁻ᶻ/(1 + e⁻ᶻ)²",
        ),
        ("-2*(y - a)*z*(1 - z)*x", "∂a/∂z is taken as z(1 − z), but is a(1 − a)"),
        ("-2*(y - a)*sigmoid(a)*(1 - sigmoid(a))*x", "∂a/∂z is taken as σ(a)(1 − σ(a)), but is a(1 − a)"),
        ("-2*(y - a)*a*(1 - a)*w", "∂z/∂w is taken as w, but is x"),
        ("-2*(y - z)*a*(1 - a)*x", "∂R/∂(y − a) is taken as 2(y − z), but is 2(y − a)"),
        ("-2*(y + a)*a*(1 - a)*x", "∂R/∂(y − a) is taken as 2(y + a), but is 2(y − a)"),
        ("-2*(y - a)*a*(1 - a)*x*b", "the factor b is too many"),
        ("-(y - a)*a*(1 + a)*x", "∂a/∂z is taken as a(1 + a), but is a(1 − a), and the factor 2 is missing"),
    ],
)
def test_a_wrong_formula_of_a_neuron_is_told_how(formula, words):
    assert said(neuron, formula) == f"∂R/∂w is wrong: {words}"


def test_the_right_formula_may_be_typed_in_the_names_of_values_on_the_way():
    assert_same_derivative(neuron, "-2*(y - a)*a*(1 - a)*x")
    assert_same_derivative(neuron, ("-2(y - a)*a(1 - a)*x", "-2(y - a)*a*(1 - a)"), argnums=(0, 2))


@pytest.mark.parametrize(
    ("f", "formula", "words"),
    [
        (lambda w, x: named(w * x + 1.0, "z") ** 2, "2*z", "the link ∂z/∂w = x is missing"),
        (lambda w, x: named(1.0 - w * x, "z") ** 2, "2*z", "the link ∂z/∂w = −x is missing"),
        (lambda w, x: named(w * x + w, "z") ** 2, "2*z*2", "the link ∂(w·x)/∂w = x is missing"),
        (lambda w, x: named((x - w) ** 2, "R") * x, "x", "the link ∂R/∂w = −2(x − w) is missing"),
        (lambda w, x: tanh(named(w * x, "z")) * w, None, ""),
    ],
)
def test_links_are_those_between_values_with_names(f, formula, words):
    if formula:
        assert said(f, formula) == f"∂f/∂w is wrong: {words}"


def output(w11, w12, b, y, a1, a2):
    """The lecture's output node."""
    a = named(w11 * a1 + w12 * a2 + b, "a₁⁽²⁾")
    return named((y - a) ** 2, "R")


def test_the_lectures_formula_without_the_2():
    right = "-2*(y - a₁⁽²⁾)*a2"
    assert_same_derivative(output, right, argnums=1)
    assert said(output, right.replace("2*", "", 1), argnums=1) == "∂R/∂w12 is wrong: the factor 2 is missing"
    assert said(output, right.replace("a2", "a1"), argnums=1) == (
        "∂R/∂w12 is wrong: ∂a₁⁽²⁾/∂w12 is taken as a1, but is a2"
    )


def lecture(w):
    """The loss of the lecture's own network on its first observation, as a function of w₁₂⁽²⁾."""
    network = nn.lecture.network()
    network.layers[1].neurons[0].weights[1] = w
    return nn.lecture.loss(network, 1)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("-(y - a₁⁽²⁾)*a₂⁽¹⁾", "the factor 2 is missing"),
        ("2(y - a₁⁽²⁾)*a₂⁽¹⁾", "the sign is wrong, as with a₁⁽²⁾ − y in place of y − a₁⁽²⁾"),
        ("-2(y - a₁⁽²⁾)", "the link ∂a₁⁽²⁾/∂w₁₂⁽²⁾ = a₂⁽¹⁾ is missing"),
    ],
)
def test_the_formulas_of_the_lecture_in_its_own_names(formula, words):
    at = Value(0.2, "w₁₂⁽²⁾")
    assert_same_derivative(lecture, "-2(y - a₁⁽²⁾)*a₂⁽¹⁾", at)
    assert said(lecture, formula, at) == f"∂R/∂w₁₂⁽²⁾ is wrong: {words}"


def test_in_data_that_are_equal_the_explanations_are_both_given():
    assert said(lecture, "-2(y - a₁⁽²⁾)*z₂⁽¹⁾", Value(0.2, "w")) == (  # in the lecture z₂⁽¹⁾ = w₂₂⁽¹⁾ = 0.5
        "∂R/∂w is wrong: ∂a₁⁽²⁾/∂w is taken as w₂₂⁽¹⁾, but is a₂⁽¹⁾, or "
        "∂a₁⁽²⁾/∂w is taken as z₂⁽¹⁾, but is a₂⁽¹⁾"
    )


def two_observations(w, b, x1, x2, y1, y2):
    rows = []
    for x, y in ((x1, y1), (x2, y2)):
        z = named(w * x + b, "z")
        a = named(sigmoid(z), "a")
        rows.append(named((y - a) ** 2, "e²"))
    return named(rows[0] + rows[1], "R(θ)")


def derivative_for(x, y, w, b, slope=lambda a: a * (1 - a)):
    a = σ(w * x + b)
    return -2 * (y - a) * slope(a) * x


def test_one_mistake_made_for_every_observation_is_one_mistake():
    def wrong(w, b, x1, x2, y1, y2, **how):
        return derivative_for(x1, y1, w, b, **how) + derivative_for(x2, y2, w, b, **how)

    assert_same_derivative(two_observations, wrong)
    assert said(two_observations, lambda *p: wrong(*p, slope=lambda a: a * (1 + a))) == (
        "∂R(θ)/∂w is wrong: ∂a/∂z is taken as a(1 + a), but is a(1 − a)"
    )
    assert said(two_observations, lambda *p: wrong(*p, slope=lambda a: 1.0)) == (
        "∂R(θ)/∂w is wrong: the link ∂a/∂z = a(1 − a) is missing"
    )
    assert said(two_observations, lambda *p: wrong(*p) / 2) == (
        "∂R(θ)/∂w is wrong: the factor 2 is missing, as by a mean over the terms of R(θ) in place of a sum"
    )


def test_only_one_observation():
    def first(w, b, x1, x2, y1, y2):
        return derivative_for(x1, y1, w, b)

    assert said(two_observations, first) == (
        "∂R(θ)/∂w is wrong: the sum over the 2 terms of R(θ) is missing: only the first is counted"
    )


# -- other rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "formula", "words"),
    [
        (relu, lambda z: 1.0, "the link ∂relu(z)/∂z = relu′(z) is missing"),
        (tanh, "1 - z^2", "∂tanh(z)/∂z is taken as 1 − z², but is 1 − tanh(z)²"),
        (tanh, "1 + tanh(z)^2", "∂tanh(z)/∂z is taken as 1 + tanh(z)², but is 1 − tanh(z)²"),
        (tanh, "1 - tanh(z)", "∂tanh(z)/∂z is taken as 1 − tanh(z), but is 1 − tanh(z)²"),
        (sigmoid, "z*(1 - z)", "∂σ(z)/∂z is taken as z(1 − z), but is σ(z)(1 − σ(z))"),
        (ad.cos, "sin(z)", "the sign is wrong"),
        (ad.sin, "cos(sin(z))", "∂sin(z)/∂z is taken as cos(sin(z)), but is cos(z)"),
    ],
)
def test_a_wrong_rule_of_one_activation(f, formula, words):
    assert said(lambda z: f(z), formula) == f"∂f/∂z is wrong: {words}"


def test_a_path_left_out():
    def f(x):
        return x * sigmoid(x)

    assert "the path through σ(x) is missing" in said(f, "sigmoid(x)")
    assert "the path through x·σ(x) is missing" in said(f, "x*sigmoid(x)*(1 - sigmoid(x))")
    assert "has the wrong sign" in said(f, "sigmoid(x) - x*sigmoid(x)*(1 - sigmoid(x))")


# -- layers, of arrays ----------------------------------------------------------------------------

RNG = np.random.default_rng(0)
LAYER = tuple(RNG.normal(size=shape) for shape in ((3, 3), (3,), (4, 3), (4, 3)))
"""W, b, X, Y: plain points, since drawing arrays takes the most time."""


def layer(W, b, X, Y):
    z = named(X @ W.T + b, "z")
    a = named(sigmoid(z), "a")
    return named(((a - Y) ** 2).sum(), "R")


def delta(W, b, X, Y):
    a = σ(X @ W.T + b)
    return 2 * (a - Y) * a * (1 - a)


def test_right_formulas_of_a_layer_pass():
    assert_same_derivative(
        layer, lambda *p: (delta(*p).T @ p[2], delta(*p).sum(axis=0)), *LAYER, argnums=(0, 1)
    )


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (lambda *p: (delta(*p).T @ p[2]).T, "it is the transpose of what it must be"),
        (
            lambda *p: delta(*p).T @ p[2] / 4,
            "the factor 4 is missing, as by a mean over axis 0 of X or axis 0 of Y",
        ),
        (
            lambda *p: delta(*p)[:1].T @ p[2][:1],
            "the sum over axis 0 of a is missing: only the first entry is",
        ),
        (
            lambda *p: delta(*p)[-1:].T @ p[2][-1:],
            "the sum over axis 0 of a is missing: only the last entry is",
        ),
        (lambda *p: -delta(*p).T @ p[2], "the sign is wrong, as with Y − a in place of a − Y"),
    ],
)
def test_a_wrong_gradient_of_weights(formula, words):
    assert said(layer, formula, *LAYER).startswith(f"∂R/∂W is wrong: {words}")


def test_the_bias_without_the_sum_over_observations():
    assert said(layer, delta, *LAYER, argnums=1) == (
        "∂R/∂b is wrong: it has shape (4, 3), expected (3,): the sum over axis 0 is missing"
    )
    assert said(layer, lambda *p: delta(*p)[0], *LAYER, argnums=1) == (
        "∂R/∂b is wrong: the sum over axis 0 of a is missing: only the first entry is counted"
    )
    assert "mean over axis 0" in said(layer, lambda *p: delta(*p).mean(axis=0), *LAYER, argnums=1)


def test_only_the_wrong_one_of_several_gradients_is_spoken_of():
    wrong = said(layer, lambda *p: (delta(*p).T @ p[2], -delta(*p).sum(axis=0)), *LAYER, argnums=(0, 1))
    assert wrong.startswith("∂R/∂b is wrong: the sign is wrong")
    assert "∂W" not in wrong


def network(V, W, X, Y):
    a = named(sigmoid(named(X @ V.T, "z₁")), "a₁")
    out = named(tanh(named(a @ W.T, "z₂")), "a₂")
    return named(((out - Y) ** 2).sum() / 2, "R")


NETWORK = tuple(RNG.normal(size=shape) for shape in ((3, 3), (3, 3), (2, 3), (2, 3)))


def forward(V, W, X, Y):
    a = σ(X @ V.T)
    out = np.tanh(a @ W.T)
    return a, (out - Y) * (1 - out**2)


def hidden(V, W, X, Y, back=lambda W: W, slope=lambda a: a * (1 - a)):
    a, δ = forward(V, W, X, Y)
    return ((δ @ back(W)) * slope(a)).T @ X


def test_backpropagation_through_a_hidden_layer():
    assert_same_derivative(network, hidden, *NETWORK)
    assert said(network, lambda *p: hidden(*p, back=np.transpose), *NETWORK) == (
        "∂R/∂V is wrong: ā₁ is taken as z̄₂·Wᵀ, but is z̄₂·W"
    )
    assert said(network, lambda *p: hidden(*p, slope=lambda a: a * (1 + a)), *NETWORK) == (
        "∂R/∂V is wrong: ∂a₁/∂z₁ is taken as a₁∘(1 + a₁), but is a₁∘(1 − a₁)"
    )
    assert said(network, lambda *p: hidden(*p, slope=np.ones_like), *NETWORK) == (
        "∂R/∂V is wrong: the link ∂a₁/∂z₁ = a₁∘(1 − a₁) is missing"
    )


def test_another_value_in_the_place_of_the_activation():
    def weights(V, W, X, Y):
        return forward(V, W, X, Y)[1].T @ (X @ V.T)

    assert said(network, weights, *NETWORK, argnums=1).endswith("is taken as z₁ᵀ·z̄₂, but is a₁ᵀ·z̄₂")


def test_a_layer_of_nn_against_the_formulas_of_the_lecture():
    model = nn.MLP(3, [3, 1], activation="sigmoid", seed=0)

    def f(X):
        return model(X).sum()

    def right(X):
        (W1, b1), (W2, _) = ([p.data for p in layer.parameters()] for layer in model.layers)
        a = σ(X @ W1.T + b1)
        return (np.ones((len(X), 1)) @ W2 * a * (1 - a)) @ W1

    assert_same_derivative(f, right, arrays((4, 3)))
    assert "is missing" in said(f, lambda X: right(X) * 0 + right(X) / 2, arrays((4, 3)))


# -- right in any form ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "formula", "points"),
    [
        (tanh, "1/cosh(x)^2", ()),
        (tanh, lambda x: 1 - np.tanh(x) ** 2, ()),
        (ad.softplus, lambda x: np.exp(x) / (1 + np.exp(x)), ()),
        (lambda x: ad.sin(x) ** 2 + ad.cos(x) ** 2, lambda x: 0.0, ()),
        (ad.log, lambda x: 1 / x, ()),
        (relu, lambda x: float(x >= 0), ()),
        (abs, lambda x: float(np.sign(x)), ()),
        (lambda x: ad.maximum(x, 0.0) ** 2, lambda x: 2 * max(x, 0), ()),
        (lambda x: x.sum(), lambda x: 1.0, (arrays((3, 2)),)),
        (lambda x: x * x, lambda x: 2 * x, (arrays((3,)),)),
        (lambda x: tanh(x), lambda x: 1 - np.tanh(x) ** 2, (arrays((2,), dtype=np.float32),)),
        (lambda x: x**3, lambda x: 3 * x**2, (2,)),
        (lambda x: x**3, lambda x: 3.0 * Value(x) ** 2, (2.0,)),
        (lambda a, b: a * b, lambda a, b: b, (numbers(), 3.0)),
        (lambda x: x**3, lambda x: 3 * x * x, (Value(2.0, "x"),)),
        (
            lambda p: (p["w"] * p["b"]).sum(),
            lambda p: {"w": p["b"], "b": p["w"]},
            ({"w": np.ones(2), "b": np.ones(2)},),
        ),
        (lambda p: p.w * p.b, lambda p: Line(p.b, p.w), (Line(2.0, 3.0),)),
        (lambda x, n: x**n, lambda x, n: n * x ** (n - 1), (3.0, 2)),
        (lambda x: (x, x * x), lambda x: 1 + 2 * x, ()),
        (lambda x: grad(lambda y: y**3)(x), lambda x: 6 * x, ()),
    ],
)
def test_right_formulas_pass(f, formula, points):
    assert_same_derivative(f, formula, *(points or (numbers(),)))


def test_a_field_of_a_dataclass_is_named():
    line = said(lambda p: p.w * p.b, lambda p: Line(p.b, 2.0 * p.w), Line(2.0, 3.0))
    assert line == "∂f/∂p.b is wrong: the factor 2 is too many"


def test_a_jacobian():
    def f(x):
        return tanh(x) * x.sum()

    def right(x):
        return np.diag(1 - np.tanh(x) ** 2) * x.sum() + np.tanh(x)[:, None]

    assert_same_derivative(f, right, arrays((3,)), jacobian=True)
    assert "the path through Σ(x) is missing" in said(
        f, lambda x: np.diag(1 - np.tanh(x) ** 2) * x.sum(), arrays((3,)), jacobian=True
    )
    assert "is taken as g·[[1, 2], [3, 4]]ᵀ, but is g·[[1, 2], [3, 4]]" in said(
        lambda x: ad.array([[1.0, 2.0], [3.0, 4.0]]) @ x,
        lambda x: np.array([[1.0, 3.0], [2.0, 4.0]]),
        arrays((2,)),
        jacobian=True,
    )


# -- rules of operations --------------------------------------------------------------------------


@elementwise(dx=lambda y, x: sigmoid(x))
def half_swish(x, /):
    return x / (1.0 + np.exp(-x))


@elementwise(dx=lambda y, x: y / x + y * (1.0 - y / x))
def swish(x, /):
    return x / (1.0 + np.exp(-x))


@elementwise(dx=lambda y, x: 2.0)
def opaque(x, /):
    return np.asarray([float(entry) for entry in np.ravel(x)]).reshape(np.shape(x))


@primitive(da=lambda g, y, a, b: g @ b, db=lambda g, y, a, b: a.T @ g)
def product(a, b, /):
    return a @ b


def test_an_operation_alone_is_checked_against_its_body():
    assert_same_derivative(swish, None, numbers(POSITIVE))
    assert said(half_swish, None).startswith("∂half_swish/∂x is wrong: x is used twice, and the path")
    assert (
        said(product, None, arrays((2, 2)), arrays((2, 2)))
        == "∂product/∂a is wrong: ā is taken as g·b, but is g·bᵀ, with g the gradient of a·b"
    )
    assert "finite differences contradict both; the rule of opaque is wrong" in said(opaque, None)
    with pytest.raises(TypeError, match="a formula is missing"):
        assert_same_derivative(lambda x: x)


def test_a_composition_judges_the_rule_of_an_operation():
    assert_same_derivative(lambda x: x * sigmoid(x), grad(swish), numbers(POSITIVE))
    assert "the path through σ(x) is missing" in said(lambda x: x * sigmoid(x), grad(half_swish))


def test_where_the_rule_in_f_is_wrong_the_formula_is_not_blamed():
    def right(x):
        return σ(x) + x * σ(x) * (1 - σ(x))

    assert said(lambda x: half_swish(x), right).startswith(
        "the formula is right, as finite differences say; the rule of half_swish is wrong: x is used twice"
    )
    assert said(lambda x: half_swish(x), σ).startswith("formula and engine agree, but finite differences")


# -- where, and how much ---------------------------------------------------------------------------


def test_the_message_shows_formula_point_and_numbers():
    with pytest.raises(AssertionError) as caught:
        assert_same_derivative(lambda w, x: (w * x).sum(), lambda w, x: w, arrays((2,)), arrays((2,)))
    assert str(caught.value).splitlines() == [
        "∂f/∂w is wrong: ∂(w∘x)/∂w is taken as w, but is x",
        "  f = Σ(w∘x)",
        "  at w = [0.0, 0.0], x = [0.0, 1.0]",
        "  formula   [0  0*]",
        "  gradient  [0  1 ]",
    ]


def test_an_error_that_is_small_at_the_simplest_point_is_shown_where_it_is_plain():
    with pytest.raises(AssertionError, match="plainest at x = "):
        assert_same_derivative(ad.exp, lambda x: 1 + x + x * x / 2.01, numbers())


def test_wrong_shapes_are_refused_with_both():
    assert said(lambda x: x.sum(), lambda x: np.ones(4), arrays((3,))) == (
        "∂f/∂x is wrong: it has shape (4,), expected (3,)"
    )


def test_the_frames_of_the_kit_are_hidden_in_tracebacks():
    with pytest.raises(AssertionError) as caught:
        assert_same_derivative(ad.sin, ad.sin, 1.0)
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)][1:]
    assert frames
    assert all(frame.f_locals.get("__tracebackhide__") for frame in frames)
    assert caught.value.__cause__ is None


def test_an_error_within_rtol_is_no_difference():
    assert_same_derivative(ad.exp, lambda x: 1.001 * np.exp(x), 1.0, rtol=0.01)
    assert (
        said(ad.exp, lambda x: 1.001 * np.exp(x), 1.0)
        == "∂exp/∂x is wrong: it is 1.001 times what it must be"
    )


def test_a_name_cannot_break_the_line():
    assert (
        said(lambda x: x**2, lambda x: x, Value(3.0, "x\ny")) == "∂f/∂x\\ny is wrong: the factor 2 is missing"
    )
    both = Value(3.0, "x"), Value(2.0, "y\nz")
    assert said(lambda x, y: x * x * y, lambda x, y: (x * x, x * x), *both, argnums=(0, 1)) == (
        "∂f/∂x is wrong: it is that with respect to y\\nz"
    )
    with pytest.raises(ValueError, match=r"the name of a Value in it \(x, y\\nz\)"):
        assert_same_derivative(lambda x: named(x * x, "y\nz") * x, "q", 2.0)


def test_a_factor_that_overflows_is_no_factor():
    assert said(lambda x: x * 1e-300, lambda x: 1e300, 2.0) == "∂f/∂x is wrong: 1e+300 in place of 1e−300"


# -- points ---------------------------------------------------------------------------------------


def test_two_calls_say_the_same():
    assert said(neuron, "x*y") == said(neuron, "x*y")


def test_a_failure_takes_two_seconds_at_most():
    start = time.thread_time()
    said(network, lambda *p: hidden(*p) + 0.1, *(arrays(x.shape) for x in NETWORK))
    assert time.thread_time() - start < 4.0  # two where nothing else runs


@settings(max_examples=10, deadline=None)
@given(arrays((2, 3)), arrays((3,)))
def test_inside_a_test_of_hypothesis_the_point_is_that_of_the_test(W, x):
    assert_same_derivative(lambda W, x: tanh(W @ x), lambda W, x: np.outer(1 - np.tanh(W @ x) ** 2, x), W, x)
    with pytest.raises(TypeError, match="inside a test of hypothesis"):
        assert_same_derivative(tanh, tanh, numbers())
    with pytest.raises(TypeError, match="inside a test of hypothesis"):
        assert_same_derivative(tanh, tanh)


def test_points_outside_the_domain_are_passed_over_unless_all_are():
    assert said(lambda x: ad.log(x), "1/x^2").endswith("the link ∂log(x)/∂x = 1/x is counted twice")
    with pytest.raises(ValueError, match="nan at every point"):
        assert_same_derivative(lambda x: ad.log(-1.0 - x * x), "x")


def test_a_formula_that_overflows_is_wrong_there():
    assert said(ad.softplus, lambda x: np.exp(x) / (1 + np.exp(x)), 1000.0) == (
        "∂softplus/∂x is wrong: nan in place of 1"
    )


POINT: list[Any] = [3.0]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: assert_same_derivative(lambda W: W @ W, "W"), TypeError, "f refuses real numbers"),
        (lambda: assert_same_derivative(lambda *xs: xs[0], "1"), TypeError, "how many numbers f takes"),
        (lambda: assert_same_derivative(POINT[0], "1"), TypeError, "must be a function"),
        (lambda: assert_same_derivative(lambda x: x, 3.0), TypeError, "the formula must be a function"),
        (lambda: assert_same_derivative(lambda x: x, "2*(x"), ValueError, "never closed"),
        (
            lambda: assert_same_derivative(neuron, "2*q"),
            ValueError,
            r"q is not a parameter.*w, x, b, z, a, y, R",
        ),
        (lambda: assert_same_derivative(lambda x: x, "1", argnums=2), ValueError, "argnums=2"),
        (lambda: assert_same_derivative(lambda x: x, "1", rtol=-1.0), ValueError, "rtol"),
        (lambda: assert_same_derivative(lambda x: x, lambda x: (1, 1)), ValueError, "expected a number"),
        (lambda: assert_same_derivative(lambda x: "x", lambda x: 1.0), TypeError, "f"),
    ],
)
def test_misuse_says_what_is_meant(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_values_of_one_name_are_not_confused():
    with pytest.raises(ValueError, match="several values of f are called a"):
        assert_same_derivative(two_observations, "a")


def test_annotations_are_not_needed_and_defaults_stay():
    assert "annotation" not in inspect.getsource(assert_same_derivative).replace("__annotations__", "")
    assert_same_derivative(lambda x, n=3: x**n, lambda x, n=3: n * x ** (n - 1))


def test_a_formula_that_writes_into_its_arguments_moves_no_point():
    def formula(w, X):
        X *= 2.0
        return X.sum(0)

    X = np.ones((3, 2))
    words = said(lambda w, X: np.sum(X * w), formula, np.ones(2), X)
    assert words.startswith("∂f/∂w is wrong: the factor 2 is too many")
    np.testing.assert_array_equal(X, 1.0)


def test_the_point_of_a_message_runs_when_it_is_pasted():
    rng = np.random.default_rng(0)
    W, x = rng.normal(size=(2, 3)), -1.0 / 3.0
    with pytest.raises(AssertionError) as caught:
        assert_same_derivative(lambda W, x: np.sum(W * W) * x, lambda W, x: W * x, W, x)
    line = next(line for line in str(caught.value).splitlines() if line.startswith("  at "))
    found = eval(f"dict({line.removeprefix('  at ')})")
    assert (found["W"], found["x"]) == (W.tolist(), x)


def test_subscripts_are_digits_of_parameters():
    def f(x1, x2):
        return x1**2 * x2

    assert_same_derivative(f, "2x₁·x₂")
    assert said(f, "x₁·x₂") == said(f, "x1*x2")


def test_a_name_that_is_not_there_is_said_without_frames_and_with_the_remedy():
    with pytest.raises(ValueError, match=r"a Value in f is named as by a.name = 'a'") as caught:
        assert_same_derivative(lambda w, x: sigmoid(w * x), "a*(1 - a)*x")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    shown = [frame for frame in caught.traceback if not frame.ishidden(caught)]
    assert [str(frame.path) for frame in shown] == [__file__]


def test_one_mistake_in_several_links_names_them_all():
    words = said(lambda x: x**4 + x**3 - x**2 + 8.0 * x, "x^3 + x^2 - x + 8")
    for power in "x⁴", "x³", "x²":
        assert f"∂{power}/∂x" in words


def test_a_sum_that_is_too_long_to_be_written_is_not_named():
    words = said(lambda x, y: x**4 * y**2 + (x - 1.0) ** 2 * (y - 1.0) ** 4, "4x^3*y^2")
    assert words == "∂f/∂x is wrong: the sum over the 2 terms is missing: only the first is counted"


def test_a_wrong_shape_is_explained_only_by_what_holds_away_from_zero():
    def loss(W, x):
        return np.sum((W @ x) ** 2)

    points = arrays((2, 3)), arrays((3,))
    assert said(loss, lambda W, x: 2.0 * np.outer(x, W @ x), *points).endswith("transpose of what it must be")
    assert said(loss, lambda W, x: np.outer(x, W @ x), *points).endswith("shape (3, 2), expected (2, 3)")


@pytest.mark.parametrize("argnums", ["a", 1.5, None, True])
def test_argnums_are_positions(argnums):
    with pytest.raises(TypeError, match="expected the position of an argument"):
        assert_same_derivative(lambda x: x * x, "2*x", 1.0, argnums=argnums)
