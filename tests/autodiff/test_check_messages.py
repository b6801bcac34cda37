"""What the checker says of a wrong rule: the worst entry, found by halves, and where it is plainest."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, check_gradients, cos, elementwise, primitive, sigmoid, sin
from autodiff.checking.bisection import suspects
from autodiff.testing import numbers

LARGE = np.random.default_rng(1).normal(size=20_000)


def complaint(f, *xs, **options):
    """The message of a check that must fail."""
    with pytest.raises(AssertionError) as caught:
        check_gradients(f, *xs, **options)
    return str(caught.value)


def weighted(weights):
    """A sine whose slope is wrong where the weights are not 1."""

    @elementwise(dx=lambda y, x: weights * cos(x))
    def f(x, /):
        return np.sin(x)

    return f


def counted(f):
    """The function, and the list of its calls."""
    calls = []

    def g(x):
        calls.append(x)
        return f(x)

    return g, calls


# -- the worst entry, by halves --------------------------------------------------------------------


@given(st.data(), st.integers(1, 100_000))
def test_one_wrong_number_is_found_in_two_measurements_per_half(data, n):
    wrong, measured = data.draw(st.integers(0, n - 1)), []

    def error(part):
        measured.append(part)
        return float(wrong in part)

    assert suspects(n, error) == [wrong]
    assert len(measured) <= max(16, 2 * math.ceil(math.log2(n)))


@given(st.integers(17, 5000), st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=5), st.data())
def test_the_largest_of_some_errors_that_add_up_is_found(n, errors, data):
    places = data.draw(
        st.lists(st.integers(0, n - 1), min_size=len(errors), max_size=len(errors), unique=True)
    )
    table = dict(zip(places, [abs(e) + 0.01 for e in errors], strict=True))
    found = suspects(n, lambda part: sum(table.get(k, 0.0) for k in table if k in part))
    assert set(found) <= set(places)
    assert len(found) == min(3, len(errors)) or n <= 16


def test_few_numbers_are_all_measured_and_none_of_right_ones_is_suspected():
    assert suspects(6, lambda part: float(part[0] % 2)) == [1, 3, 5]
    assert suspects(0, lambda part: 1.0) == suspects(1000, lambda part: 0.0) == []


@pytest.mark.parametrize("k", [0, 12_345, 19_999])
@pytest.mark.parametrize("weight", [-1.0, 0.0, 1.01])
def test_one_wrong_entry_of_20_000_is_found_in_some_hundred_evaluations(k, weight):
    weights = np.ones(20_000)
    weights[k] = weight
    for total in (False, True):
        f = weighted(weights)
        g, calls = counted(lambda x, f=f: f(x).sum()) if total else counted(f)
        assert f"'x' at entry ({k},): analytic" in complaint(g, LARGE)
        assert len(calls) < 400


@pytest.mark.parametrize("n", [10_000, 20_000])
def test_a_rule_that_is_wrong_everywhere_is_told_as_fast(n):
    g, calls = counted(weighted(-1.0))
    assert re.search(r"'x' at entry \(\d+,\): analytic", complaint(g, LARGE[:n]))
    assert len(calls) < 800


@pytest.mark.parametrize("n", [10, 20_000])
def test_the_worst_of_several_wrong_entries_is_named(n):
    weights = np.ones(n)
    weights[[2, 5, n - 3, n - 1]] = 1.01, 1.1, -1.0, 1.2
    assert f"at entry ({n - 3},)" in complaint(weighted(weights), LARGE[:n])


def test_errors_that_cancel_in_a_half_are_found():
    weights = np.ones(20_000)
    weights[[4000, 4001, 9000, 9001]] = 1.5, 0.5, 3.0, -1.0

    @primitive(dx=lambda g, y, x: weights * g)
    def f(x, /):
        return 1.0 * x

    message = complaint(lambda x: f(x).sum(), LARGE)
    assert re.search(r"at entry \((4000|4001|9000|9001),\)", message)


@pytest.mark.parametrize("index", [np.s_[37], np.s_[:, 81], np.s_[20:25, 60:70]])
def test_wrong_rows_columns_and_blocks_are_found(index):
    weights = np.ones((100, 100))
    weights[index] = 2.0
    message = complaint(weighted(weights), LARGE[:10_000].reshape(100, 100))
    (found,) = re.findall(r"at entry \((\d+), (\d+)\)", message)
    assert weights[int(found[0]), int(found[1])] == 2.0


def test_entries_that_are_exchanged_are_found():
    @primitive(dx=lambda g, y, x: np.concatenate([g[:500], g[501:502], g[500:501], g[502:]]))
    def exchanged(x, /):
        return 1.0 * x

    assert re.search(r"at entry \((500|501),\)", complaint(exchanged, LARGE, order=1))


def test_one_wrong_entry_of_second_order_is_found():
    cut = np.zeros(10_000)
    cut[4321] = 1.0

    @elementwise(dx=lambda y, x: cos(x) * (1.0 - cut) + cut * np.cos(x.data if isinstance(x, Value) else x))
    def f(x, /):
        return np.sin(x)

    check_gradients(f, LARGE[:10_000], order=1)
    assert "order 2 with respect to 'x' at entry (4321,): analytic 0, " in complaint(f, LARGE[:10_000])


def test_a_right_rule_on_20_000_entries_passes_in_few_evaluations():
    g, calls = counted(sin)
    check_gradients(g, LARGE)
    assert len(calls) <= 26


# -- wrong in one case only ------------------------------------------------------------------------


def test_a_rule_wrong_in_float32_alone_is_caught_there():
    @elementwise(dx=lambda y, x: cos(x) * (1.1 if x.dtype == np.float32 else 1.0))
    def f(x, /):
        return np.sin(x)

    check_gradients(f, LARGE[:5])
    assert "order 1 with respect to 'x' at entry" in complaint(f, LARGE[:5].astype(np.float32))


def test_a_rule_wrong_in_broadcasting_alone_is_caught_there():
    def share(x, y):
        return 1.0 if np.shape(x) == np.shape(y) else 1.0 / np.size(x)

    @elementwise(dx=lambda z, x, y: y, dy=lambda z, x, y: x * share(x, y))
    def f(x, y, /):
        return x * y

    check_gradients(f, LARGE[:3], LARGE[3:6])
    assert "with respect to 'y'" in complaint(f, LARGE[:3], 2.0)


def test_a_rule_that_returns_another_shape_is_named():
    @primitive(dx=lambda g, y, x: g[:1])
    def f(x, /):
        return np.sin(x)

    with pytest.raises(
        ValueError, match=r"rule of f with respect to 'x' of shape \(3,\) returned shape \(1,\)"
    ):
        check_gradients(f, LARGE[:3])


# -- where it is plainest --------------------------------------------------------------------------


@elementwise(dx=lambda y, x: sigmoid(x) * (1.0 - x * (1.0 - sigmoid(x))))
def slipped_swish(x, /):
    """Swish with a slip of sign, which cannot be seen at 0."""
    return x / (1.0 + np.exp(-x))


def plainer(message):
    """The two numbers at the point where the error is plainest."""
    found = re.search(r"; plainer at .*: analytic (\S+), numeric (\S+)$", message, re.MULTILINE)
    assert found, message
    return float(found[1]), float(found[2])


def test_formula_and_point_are_shown_and_the_point_can_be_pasted():
    lines = complaint(
        lambda x, w: (slipped_swish(x) * w).sum(), np.array([-1.0, 0.1]), np.ones(2)
    ).splitlines()
    assert lines[1:3] == ["  f = Σ(slipped_swish(x)∘w)", "  at x = [-1.0, 0.1], w = [1.0, 1.0]"]
    pair = complaint(lambda x: (slipped_swish(x), x), 0.3).splitlines()
    assert pair[1] == "  at x = 0.3"  # no formula of several results


def test_a_formula_too_long_to_read_is_left_out():
    def chain(x):
        for _ in range(100):
            x = slipped_swish(x) + x
        return x

    assert complaint(chain, 0.3).splitlines()[1] == "  at x = 0.3"


def test_a_slip_that_hypothesis_shrinks_to_0_is_shown_where_it_is_plain():
    @settings(database=None)
    @given(numbers())
    def shrunk(x):
        check_gradients(slipped_swish, x)

    with pytest.raises(AssertionError, match="a step away from the point") as caught:
        shrunk()
    analytic, numeric = plainer(str(caught.value))
    assert abs(analytic - numeric) > 0.3


@pytest.mark.parametrize("x", [0.0, 0.5, np.zeros(2)])
def test_the_message_is_the_same_each_time(x):
    assert complaint(slipped_swish, x) == complaint(slipped_swish, x)
    assert complaint(slipped_swish, x, seed=1) != complaint(slipped_swish, x, seed=2)


@pytest.mark.parametrize("x", [np.zeros(1), np.zeros((2, 2)), np.float32(0.0), 1e-3])
def test_the_plainer_point_is_that_of_the_entry(x):
    analytic, numeric = plainer(complaint(slipped_swish, x))
    assert abs(analytic - numeric) > 0.2 * abs(numeric)


def test_all_arguments_move():
    @elementwise(dx=lambda z, x, y: -y, dy=lambda z, x, y: x)
    def f(x, y, /):
        return x * y

    assert re.search(
        r"plainer at x = -?[\d.]+, y = -?[\d.]+: ", complaint(lambda x, y: f(x, y) + x, 1.0, 1e-4)
    )


def test_an_error_that_is_plain_has_no_plainer_point():
    message = complaint(weighted(-1.0), 0.5)
    assert "plainer" not in message


def test_points_outside_the_domain_are_left_out():
    @elementwise(dx=lambda y, x: 1.0 / x + 1e-3 * (x - 1.0))
    def f(x, /):
        return np.log(x)

    assert "plainer at x = " in complaint(f, 1.01)
