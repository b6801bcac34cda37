"""The checker near edges of domains, poles and kinks: right rules pass, wrong ones are caught there too."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autodiff import (
    arccos,
    arccosh,
    arcsin,
    arctanh,
    check_gradients,
    elementwise,
    log,
    log1p,
    maximum,
    relu,
    sqrt,
    tan,
    tanh,
)

BELOW_1 = 1.0 - 1e-12

EDGES = {
    "log": (log, 1e-12),
    "log of less": (log, 1e-150),
    "log1p": (log1p, -BELOW_1),
    "sqrt": (sqrt, 1e-12),
    "sqrt of less": (sqrt, 1e-150),
    "power": (lambda x: x**0.3, 1e-12),
    "negative power": (lambda x: x**-2.0, 1e-12),
    "arccos": (arccos, BELOW_1),
    "arcsin": (arcsin, -BELOW_1),
    "arctanh": (arctanh, BELOW_1),
    "arccosh": (arccosh, 1.0 + 1e-12),
    "division": (lambda x: 3.0 / x, -1e-12),
    "a pole elsewhere": (tan, math.pi / 2.0 - 1e-9),
    "an edge elsewhere": (lambda x: log(x - 5.0), 5.0 + 1e-12),
    "an edge above": (lambda x: sqrt(3.0 - x), 3.0 - 1e-12),
    "two edges": (lambda x: log(x / (1.0 - x)), BELOW_1),
}
"""Functions, and points with next to no room around them."""

edges = pytest.mark.parametrize(("f", "x"), EDGES.values(), ids=EDGES)


def slipped(f, factor):
    """A function whose gradient is wrong by a factor."""
    return lambda x: f(x) * factor + (f(x) * (1.0 - factor)).detach()


@edges
@pytest.mark.parametrize("seed", range(3))
def test_right_rules_pass_next_to_an_edge(f, x, seed):
    check_gradients(f, x, seed=seed)
    check_gradients(f, np.array([x, x]), seed=seed)
    check_gradients(lambda x: f(x).sum(), np.array([x, x]), seed=seed)


@pytest.mark.parametrize("f", [log, sqrt, lambda x: x**0.3, lambda x: 3.0 / x])
@pytest.mark.parametrize("x", [1e-6, 1e-12])
def test_right_rules_pass_next_to_an_edge_in_float32(f, x):
    check_gradients(f, np.float32(x))
    check_gradients(f, np.array([x, 2.0, 1e-3], np.float32))


@pytest.mark.parametrize("f", [arccos, arcsin, arctanh])
def test_right_rules_pass_some_ulps_below_1_in_float32(f):
    check_gradients(f, np.float32(1.0 - 1e-5))


@pytest.mark.parametrize("seed", range(21))
def test_a_difference_that_is_sure_by_coincidence_is_no_alarm(seed):
    check_gradients(tan, np.float32(1.57), seed=seed)


@edges
@pytest.mark.parametrize("factor", [1.02, 2.0, -1.0, 0.0])
def test_wrong_rules_are_caught_next_to_an_edge(f, x, factor):
    with pytest.raises(AssertionError, match="derivative of order 1 with respect to 'x'"):
        check_gradients(slipped(f, factor), x)
    with pytest.raises(AssertionError, match="derivative of order 1 with respect to 'x'"):
        check_gradients(slipped(f, factor), np.array([x, x]))


def test_entries_with_room_are_checked_beside_those_without():
    wrong = np.array([1.0, -1.0, 1.0])

    @elementwise(dx=lambda y, x: wrong * -1.0 / sqrt(1.0 - x * x))
    def slipped_in_the_middle(x, /):
        return np.arccos(x)

    x = np.array([BELOW_1, 0.3, -0.5])
    check_gradients(arccos, x)
    with pytest.raises(AssertionError, match=r"'x' at entry \(1,\)"):
        check_gradients(slipped_in_the_middle, x)


@pytest.mark.parametrize("x", [1e150, -1e150, 1e-150, 1e300, 1e-300])
def test_large_and_small_numbers(x):
    check_gradients(tanh, x)
    check_gradients(lambda x: 1.0 / (1.0 + x), x)
    check_gradients(lambda x: 3.0 * x + 2.0, x)
    check_gradients(lambda x: sqrt(x * np.sign(x)), x, order=1)
    with pytest.raises(AssertionError):
        check_gradients(slipped(lambda x: 3.0 * x + 2.0, 1.01), x)


def test_derivatives_that_underflow_are_no_matter():
    check_gradients(lambda x: 1.0 / x, 1e150)
    check_gradients(lambda x: 1.0 / x, np.float32(1e15), order=3)


@given(st.floats(-140.0, 140.0), st.sampled_from([log, sqrt, lambda x: 1.0 / x, lambda x: x**1.5]))
def test_functions_of_positive_numbers_of_any_size(exponent, f):
    x = 10.0**exponent
    check_gradients(f, x, order=1)
    with pytest.raises(AssertionError):
        check_gradients(slipped(f, 1.02), x, order=1)


@given(st.integers(4, 14), st.sampled_from([arccos, arcsin, arctanh]))
def test_functions_up_to_1(digits, f):
    x = 1.0 - 10.0**-digits
    check_gradients(f, x, order=1)
    with pytest.raises(AssertionError):
        check_gradients(slipped(f, 1.1), x, order=1)


def test_a_kink_next_to_the_point_is_no_matter():
    for f in (relu, abs):
        check_gradients(f, 1e-12)
        check_gradients(f, np.float32(-1e-12))
        check_gradients(f, np.array([1e-12, -1e-12, 3.0]), order=1)
        with pytest.raises(AssertionError):
            check_gradients(slipped(f, -1.0), 1e-12, order=1)


def test_a_kink_is_still_called_one():
    with pytest.raises(AssertionError, match=r"looks like a kink.* outside .1, 2., the slopes on both sides"):
        check_gradients(slipped(lambda x: maximum(x, 2.0 * x), -1.0), 0.0)


@pytest.mark.parametrize("shape", [(), (2,)])
def test_a_point_at_the_edge_itself_is_said_to_be_there(shape):
    x = np.zeros(shape)[()]
    with pytest.raises(AssertionError, match="at the edge of a domain, check inside it"):
        check_gradients(lambda x: x**1.5, x, order=1)
    with np.errstate(all="ignore"):
        with pytest.raises(AssertionError, match=r"gradient of order 1 with respect to 'x'.* is inf"):
            check_gradients(sqrt, x)
        with pytest.raises(AssertionError, match="the function is"):
            check_gradients(log, x)


def test_a_saturated_loss_is_rarely_a_false_alarm():
    """It is rounded as its logits are, which nothing recorded tells: a stair of steps of 1e-15."""
    model = nn.MLP(1, [3, 1, 2], activation="identity", output="identity")
    numbers = [[[1.0], [1.0], [-2.0]], [1.0] * 3, [[1.0, 1.0, -2.0]], [1.0], [[1.0], [-1.0]], [1.0] * 2]
    for parameter, data in zip(model.parameters(), numbers, strict=True):
        parameter.data = np.array(data)

    def loss(model):
        return nn.cross_entropy(model(np.array([[2.0]])), np.array([0]))

    assert loss(model).item() < 1e-11
    reports = [check_gradients(loss, model, seed=k, raise_exception=False) for k in range(20)]
    assert sum(not report.passed for report in reports) <= 6
