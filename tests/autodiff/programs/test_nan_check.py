"""What tells a program that a gradient met 0·∞: never too late."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import compile as compiled
from autodiff.testing import Domain, edge_arrays, edge_numbers, numbers

STRANGE = edge_numbers() | numbers(Domain(-3.0, 3.0))
"""Numbers of which about half are ordinary."""
ACTIVATIONS = [ad.relu, ad.sigmoid, ad.tanh, ad.exp, ad.log, ad.sqrt, abs, lambda z: z * z, lambda z: 1.0 / z]
LOSSES = [
    lambda y: (y * y).sum(),
    lambda y: y.sum(),
    lambda y: ad.relu(y).sum(),
    lambda y: -ad.log_softmax(y)[:, 0].sum(),
    lambda y: y[0, 0] * 1.0,
    lambda y: ad.where(y > 0.0, ad.sqrt(y), 0.0).sum(),
]

X = np.array([[3.0, -2.0], [0.0, 1.0], [1.0, 0.0]])
SHAPES = [(2, 2), (2,), (2, 2), (2,)]


def network(first, second, loss):
    """The loss of two layers of parameters."""
    return lambda w1, b1, w2, b2: loss(second(first(X @ w1 + b1) @ w2 + b2))


PARAMETERS = st.tuples(*(edge_arrays(shape, elements=STRANGE) for shape in SHAPES))


@given(PARAMETERS, *[st.sampled_from(ACTIVATIONS)] * 2, st.sampled_from(LOSSES))
@settings(deadline=None, max_examples=60)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_gradients_are_nan_where_those_of_eager_code_are(θ, first, second, loss):
    step = ad.value_and_grad(network(first, second, loss), (0, 1, 2, 3))
    (value, found), (eager, wanted) = compiled(step)(*θ), step(*θ)
    np.testing.assert_array_equal(np.isnan(value), np.isnan(eager))
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(np.isnan(a), np.isnan(b))


@given(edge_arrays((3,), elements=STRANGE))
@settings(deadline=None, max_examples=60)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_products_with_the_hessian_are_nan_where_those_of_eager_code_are(x):
    def valley(x):
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    def product(x, v):
        return ad.hvp(valley, x, v)

    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_array_equal(np.isnan(compiled(product)(x, v)), np.isnan(product(x, v)))


def watched(f, *args):
    """The names of what a program looks at."""
    _, found = str(compiled(ad.value_and_grad(f, tuple(range(len(args))))).source_of(*args)).split("0·∞")
    return set(re.findall(r"d_\w+", found.split("return")[0]))


def test_the_loss_and_the_first_bias_tell_of_a_network():
    w1, b1, w2, b2 = np.ones((2, 4)), np.ones(4), np.ones((4, 2)), np.ones(2)
    for activation in (ad.relu, ad.sigmoid):
        for loss in (lambda y: y.sum(), lambda y: y.sum() / 3.0):
            step = network(activation, ad.log_softmax, loss)
            assert watched(step, w1, b1, w2, b2) == {"d_b1"}


def test_the_first_weights_tell_where_there_is_no_bias():
    w1, w2 = np.ones((2, 4)), np.ones((4, 2))
    assert watched(lambda w1, w2: ad.exp(ad.exp(X @ w1) @ w2).sum(), w1, w2) == {"d_w1"}


def test_what_moves_axes_tells_of_its_operand():
    def heads(b, w1, w2):
        h = ad.exp(X @ w1 + b).reshape(3, 2, 2).swapaxes(0, 1)
        return ad.exp(ad.moveaxis(h, 0, 1).reshape(3, 4) @ w2).sum()

    assert watched(heads, np.ones(4), np.ones((2, 4)), np.ones((4, 4))) == {"d_b"}


def test_a_sum_of_functions_of_one_operand_each_needs_no_look():
    step = ad.value_and_grad(lambda x, y: ad.exp(x) + 3.0 * ad.log(y) - ad.relu(x), (0, 1))
    assert "0·∞" not in compiled(step).source_of(1.0, 2.0)


def times(c):
    """A product with a number."""
    return ad.grad(lambda x: ad.exp(x) * c)


@pytest.mark.parametrize(("c", "needed"), [(0.0, True), (np.inf, True), (2.0, False)])
def test_a_constant_that_is_zero_or_infinite_needs_a_look(c, needed):
    assert ("0·∞" in compiled(times(c)).source_of(1.0)) == needed  # no line of f may contain that text


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_slope_of_a_rectifier_times_infinity_is_zero_where_it_selects_nothing():
    slope = ad.grad(lambda x: (ad.relu(x) * np.inf).sum())
    x = np.array([-1.0, 2.0])
    assert compiled(slope)(x).tolist() == slope(x).tolist() == [0.0, np.inf]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_ratio_says_nothing_of_its_divisor():
    # b = ∞ makes 0·∞ of d_a = relu′·b, and c²/b finite.
    slopes = ad.grad(lambda a, c, b: (ad.relu(a * b + c) + c * c / b).sum(), (0, 1))
    numbers = np.array([[-1.0]]), np.ones(1), np.array([[np.inf]])
    assert slopes(*numbers) == ([[0.0]], [0.0])
    assert compiled(slopes)(*numbers) == ([[0.0]], [0.0])


def test_what_has_finite_factors_needs_no_look():
    program = compiled(ad.value_and_grad(lambda x: (3.0 * x**2).sum()))
    program(np.ones(2))
    assert "0·∞" not in program.source


def test_a_sum_that_is_there_already_tells_of_a_gradient():
    def slopes(w):
        g = ad.grad(lambda w: ad.exp(ad.exp(w)).sum())(w)
        return g, g.sum()

    source = compiled(slopes).source_of(np.ones(3))
    assert "0·∞" in source
    assert "d_w.dot(d_w)" not in source
    assert "vdot(d_w, d_w)" not in source


def test_an_infinite_gradient_tells_that_others_may_be_nan():
    rows = np.array([[0.0, 1.0]])
    slopes = ad.grad(lambda w, b: ad.exp(rows @ w + b).sum(), (0, 1))
    w, b = np.ones((2, 1)), np.array([1000.0])
    with np.errstate(over="ignore"):
        for found, wanted in zip(compiled(slopes)(w, b), slopes(w, b), strict=True):
            np.testing.assert_array_equal(found, wanted)
        np.testing.assert_array_equal(slopes(w, b)[0], [[0.0], [np.inf]])
