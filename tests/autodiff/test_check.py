"""The checker: right rules pass, wrong ones are caught, and the message says where."""

import re
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import (
    Value,
    absolute,
    add,
    arcsin,
    cos,
    elementwise,
    exp,
    log,
    maximum,
    multiply,
    no_grad,
    primitive,
    relu,
    sin,
    sqrt,
    square,
    tanh,
    var,
)
from autodiff.checking.check import check_gradients
from autodiff.checking.report import Comparison, GradientReport
from autodiff.testing import POSITIVE, UNIT, arrays, broadcastable_arrays, numbers, values

MATRIX = np.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.5]])


def complaint(f, *xs, **options):
    """The message of a check that must fail."""
    with pytest.raises(AssertionError) as caught:
        check_gradients(f, *xs, **options)
    return str(caught.value)


# -- right rules -------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 3])
@given(pair=broadcastable_arrays(2))
def test_right_rules_pass_on_broadcastable_arrays(order, pair):
    check_gradients(lambda x, y: tanh(x * y) + sin(y), *pair, order=order)


@pytest.mark.parametrize("order", [1, 2, 3])
@given(x=arrays(dtype=np.float32))
def test_right_rules_pass_in_float32(order, x):
    check_gradients(lambda x: tanh(x) * cos(x), x, order=order)


@given(x=numbers(POSITIVE), y=arrays(domain=UNIT))
def test_domains_keep_away_from_the_ends(x, y):
    check_gradients(lambda x, y: log(x) * sqrt(x) + arcsin(y), x, y)


@given(values(arrays()))
def test_values_stand_for_their_data(x):
    check_gradients(square, x)
    assert x.grad is None


def test_arguments_are_left_as_they_were():
    x = MATRIX.copy()
    check_gradients(sin, x)
    np.testing.assert_array_equal(x, MATRIX)


def test_several_outputs_of_different_shapes():
    check_gradients(lambda x, y: (x * y, exp(y), 2.0), MATRIX, 0.5)


def test_an_ignored_argument_has_gradient_zero_and_is_reported():
    report = check_gradients(lambda x, y: x * x, 3.0, MATRIX)
    assert [row.analytic for row in report.rows if row.argument == "y"] == [0.0, 0.0]
    assert report.ignored == ("y",)
    assert str(report).endswith("\nf does not depend on y")
    assert check_gradients(lambda x: x * x, 3.0).ignored == ()


def test_empty_arrays_pass():
    check_gradients(lambda x, y: sin(x) * y, np.zeros((0, 3)), 2.0)


def test_both_orders_near_a_pole_and_at_large_arguments():
    check_gradients(log, np.array([1e-6, 2.0]))
    check_gradients(sin, 1e6)
    check_gradients(lambda x: x * x * x, 1e8)


def test_steps_out_of_the_domain_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_gradients(log, np.array([1e-4]))


def test_numbers_reported_for_a_number_are_its_derivatives():
    (row,) = check_gradients(lambda x: x * x * x, 2.0, order=1).rows
    assert (row.analytic, row.numeric) == pytest.approx((12.0, 12.0))


def test_functions_are_differentiated_inside_no_grad_too():
    with no_grad():
        check_gradients(sin, MATRIX)


@given(st.integers(0, 100))
def test_the_same_seed_gives_the_same_report(seed):
    state = np.random.get_state()[1].copy()  # noqa: NPY002, RUF100 (the global state is what is tested)
    assert check_gradients(sin, MATRIX, seed=seed) == check_gradients(sin, MATRIX, seed=seed)
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002, RUF100 (as above)


# -- wrong rules of first order ----------------------------------------------------------------


@elementwise(dx=lambda y, x: 1.01 * cos(x))
def wrong_factor(x, /):
    return np.sin(x)


@elementwise(dx=lambda y, x: -cos(x))
def wrong_sign(x, /):
    return np.sin(x)


@elementwise(dx=lambda z, x, y: y, dy=lambda z, x, y: y)
def wrong_argument(x, y, /):
    return x * y


@primitive(dx=lambda g, y, x: g[:1] * np.ones(3))
def spread_without_sum(x, /):
    return np.broadcast_to(x, (3,)) * 1.0


@primitive(dx=lambda g, y, x: g)
def transposed_without_transposing(x, /):
    return x.T


@primitive(dx=lambda g, y, x: g * g * cos(x))
def squares_the_seed(x, /):
    return np.sin(x)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("f", [wrong_sign, squares_the_seed])
def test_a_wrong_rule_is_caught(f, dtype):
    for x in (MATRIX.astype(dtype), dtype(0.5)):
        message = complaint(f, x)
        assert "order 1" in message
        assert "kink" not in message


def test_a_wrong_factor_of_one_percent_is_caught_in_float64():
    assert "analytic 1.01," in complaint(wrong_factor, 0.0)
    assert "'x' at entry (0, 0)" in complaint(wrong_factor, MATRIX)


def test_the_wrong_argument_is_named():
    message = complaint(wrong_argument, 2.0, 3.0)
    assert "with respect to 'y'" in message
    assert "analytic 3, numeric 2" in message


def test_a_missing_sum_is_caught():
    assert "'x'" in complaint(spread_without_sum, np.array([2.0]))


def test_a_missing_transpose_is_caught():
    square_matrix = np.array([[1.0, 2.0], [3.0, 4.0]])
    message = complaint(transposed_without_transposing, square_matrix)
    assert "at entry (0, 1)" in message


def test_the_wrong_entry_is_named():
    weights = np.ones((2, 3))
    weights[1, 2] = 1.5

    @primitive(dx=lambda g, y, x: g * weights)
    def wrong_at_one_entry(x, /):
        return 1.0 * x

    assert "at entry (1, 2)" in complaint(wrong_at_one_entry, MATRIX)


def test_a_cut_chain_is_caught():
    assert "analytic 0," in complaint(lambda x: Value(np.sin(x.data)), 0.5)


def test_a_detached_factor_is_caught():
    assert "order 1" in complaint(lambda x: sin(x) * x.detach(), MATRIX)


# -- wrong rules of second order ---------------------------------------------------------------


def plain(x):
    """The numbers alone: what a rule must not do."""
    return x.data if isinstance(x, Value) else x


@elementwise(dx=lambda y, x: np.cos(plain(x)))
def cut_at_second_order(x, /):
    return np.sin(x)


@primitive(dx=lambda g, y, x: plain(g) * cos(x))
def cuts_the_seed(x, /):
    return np.sin(x)


@elementwise(dx=lambda y, x: 1.0 - y * plain(y))
def half_at_second_order(x, /):
    return np.tanh(x)


@elementwise(dx=lambda y, x: cos(x) if isinstance(x, Value) else np.cos(x) + 1.0)
def differs_when_recorded(x, /):
    return np.sin(x) + x


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("f", [cut_at_second_order, half_at_second_order])
def test_a_wrong_rule_of_second_order_is_caught(f, dtype):
    x = MATRIX.astype(dtype)
    check_gradients(f, x, order=1)
    message = complaint(f, x)
    assert "order 2 with respect to 'x' at entry (0, 0)" in message


def test_a_second_order_that_is_wrong_by_less_than_rounding_is_caught_a_step_away():
    x = np.float32(1e-8)
    check_gradients(half_at_second_order, x)
    assert "order 2 with respect to 'x', a step away" in complaint(half_at_second_order, x, order=3)


def test_a_constant_slope_is_caught_at_second_order():
    slope = float(np.cos(0.5))

    @elementwise(dx=slope)
    def constant_slope(x, /):
        return np.sin(x)

    check_gradients(constant_slope, 0.5, order=1)
    assert "'x', a step away from the point" in complaint(constant_slope, 0.5)


def test_a_rule_that_cuts_the_seed_is_caught():
    check_gradients(cuts_the_seed, 0.5, order=1)
    assert "order 2 with respect to 'seed of f'" in complaint(cuts_the_seed, 0.5)


def test_a_wrong_rule_of_third_order_is_caught():
    @elementwise(dx=lambda y, x: cut_at_second_order(x))
    def cut_at_third_order(x, /):
        return -np.cos(x)

    check_gradients(cut_at_third_order, 0.5, order=2)
    assert "order 3" in complaint(cut_at_third_order, 0.5, order=3)


def test_a_rule_that_differs_when_recorded_is_caught():
    assert "plain and recorded" in complaint(differs_when_recorded, 0.5)


# -- kinks and points that are not finite ------------------------------------------------------


def test_a_kink_is_called_one():
    @elementwise(dx=lambda y, x: 2.0 * (x >= 0.0))
    def steep_relu(x, /):
        return np.maximum(x, 0.0)

    message = complaint(steep_relu, np.array([-1.0, 0.0]), order=1)
    assert "at entry (1,)" in message
    assert "looks like a kink: one-sided differences disagree, 0 below and" in message


def test_a_convention_that_takes_the_mean_of_both_slopes_passes_at_first_order():
    check_gradients(absolute, 0.0, order=1)
    check_gradients(maximum, 1.0, 1.0, order=1)


def test_a_kink_near_the_point_is_no_matter():
    check_gradients(relu, np.array([1e-5, -1e-5]))


@pytest.mark.parametrize("x", [np.inf, -np.inf, np.nan])
def test_a_point_that_is_not_finite_is_no_randomness(x):
    assert "the function is" in complaint(lambda x: x * x, x)


def test_a_value_or_gradient_that_is_not_finite_is_named():
    with np.errstate(all="ignore"):
        assert "the function is [ 0. nan]" in complaint(log, np.array([1.0, -1.0]))
        message = complaint(sqrt, np.array([1.0, 0.0]))
        assert "gradient of order 1 with respect to 'x' at entry (1,) is inf" in message


def test_a_function_without_finite_surroundings_is_said_to_have_none():
    @elementwise(dx=0.0)
    def isolated(x, /):
        return np.where(np.equal(x, 1.0), 1.0, np.nan)

    assert "not finite at any step" in complaint(isolated, 1.0)


# -- names, options, report --------------------------------------------------------------------


def test_arguments_without_names_are_counted():
    def f(*xs):
        return multiply(xs[0], Value(plain(xs[1])))

    assert "'xs[1]'" in complaint(f, 2.0, 3.0)


def test_the_values_inside_bear_the_names():
    names = []

    def f(first, second):
        names.append((first.name, second.name))
        return first * second

    check_gradients(f, 1.0, 2.0, order=1)
    assert set(names) == {("first", "second")}


def test_errors_of_the_function_pass_through():
    def f(x):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        check_gradients(f, 1.0)


@pytest.mark.parametrize("f", [lambda x: add(var(x), var(x)), var, lambda x: 3.0 * var(x)])
@given(st.floats(-10.0, 10.0), st.integers(1, 4))
def test_what_cancels_inside_of_an_operation_is_right_up_to_rounding(f, x, n):
    check_gradients(f, np.full(n, x))


def test_the_variance_of_equal_numbers_passes():
    check_gradients(lambda x: add(var(x), var(x)), np.array([-2.0, -2.0]))


def test_tolerances_are_options():
    check_gradients(wrong_factor, MATRIX, order=1, rtol=0.05)
    check_gradients(wrong_factor, MATRIX, order=1, atol=1.0)
    assert "exceeds 0" in complaint(sin, 1e6, rtol=0.0, atol=0.0)


@pytest.mark.parametrize(("xs", "order"), [((), 2), ((1.0,), 0), ((1.0,), 100)])
def test_nothing_to_check_is_an_error(xs, order):
    with pytest.raises(ValueError, match="an order from 1 to 8 and an argument"):
        check_gradients(sin, *xs, order=order)


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises((TypeError, ValueError), match="check_gradients: seed"):
        check_gradients(sin, 1.0, seed=seed)


def test_a_function_without_outputs_is_an_error():
    with pytest.raises(TypeError, match="must return a Value"):
        check_gradients(lambda x: (), 1.0)


def test_the_report_prints_as_an_aligned_table():
    report = GradientReport(
        (Comparison("x", 1, 12.0, 12.5, 0.5, 1e-6), Comparison("weight", 2, 0.0, 0, 0, 1))
    )
    assert str(report) == repr(report)
    assert str(report).splitlines() == [
        "argument  order  analytic  numeric  error  tolerance",
        "x             1        12     12.5    0.5      1e-06",
        "weight        2         0        0      0          1",
    ]


def test_the_report_has_a_row_for_each_argument_and_order():
    report = check_gradients(lambda x, y: x * y, 2.0, 3.0)
    named = [(row.order, row.argument) for row in report.rows]
    assert named == [(1, "x"), (1, "y"), (2, "x"), (2, "y"), (2, "seed of f")]
    assert all(row.passed for row in report.rows)
    with pytest.raises(AttributeError):
        report.rows = ()
    assert len(set(map(len, str(report).splitlines()))) == 1
    assert re.match(r"argument +order +analytic +numeric +error +tolerance", str(report))
