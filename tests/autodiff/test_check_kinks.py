"""The checker on a kink: what lies between the slopes on both sides is right, anything else is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import (
    Value,
    absolute,
    check_gradients,
    clip,
    elementwise,
    maximum,
    norm,
    relu,
    sigmoid,
    sort,
    tanh,
    where,
)
from autodiff import max as largest


def with_slope(slope):
    """|x| with that slope at 0."""

    @elementwise(
        dx=lambda y, x: where(np.equal(x.data if isinstance(x, Value) else x, 0.0), slope, sign_of(x))
    )
    def cone(x, /):
        return np.abs(x)

    return cone


def sign_of(x):
    return np.sign(x.data if isinstance(x, Value) else x)


def notes(f, *xs, **options):
    return check_gradients(f, *xs, **options).notes


@given(st.floats(-1.0, 1.0))
def test_any_slope_between_those_on_both_sides_is_right(slope):
    assert check_gradients(with_slope(slope), 0.0).passed
    assert check_gradients(with_slope(slope), np.array([0.0, 1.0, 0.0, -2.0])).passed


@given(st.floats(1.001, 1e3), st.sampled_from([-1.0, 1.0]))
def test_any_slope_beside_them_is_wrong(size, sign):
    with pytest.raises(AssertionError, match=r"outside \[-1, 1\], the slopes on both sides"):
        check_gradients(with_slope(sign * size), 0.0)
    with pytest.raises(AssertionError, match="looks like a kink"):
        check_gradients(with_slope(sign * size), np.array([1.0, 0.0]))


KINKED = {
    "relu": (relu, 0.0),
    "absolute": (absolute, 0.0),
    "clip": (lambda x: clip(x, 0.0, 1.0), np.array([0.0, 0.5])),
    "clip at both ends": (lambda x: clip(x, 0.0, 1.0), np.array([0.0, 0.5, 1.0])),
    "maximum": (lambda x: maximum(x, 2.0 * x), 0.0),
    "norm": (norm, np.zeros(3)),
    "where": (lambda x: where(x > 0.0, x, 0.0), np.array([0.0, 1.0, 0.0])),
    "max": (largest, np.array([2.0, 1.0, 2.0])),
    "sort": (lambda x: sort(x)[0], np.array([1.0, 1.0])),
}


@pytest.mark.parametrize(("name", "f", "x"), [(name, *pair) for name, pair in KINKED.items()], ids=KINKED)
@pytest.mark.parametrize("seed", range(10))
def test_conventions_pass_and_the_operation_is_named(name, f, x, seed):
    found = notes(f, x, seed=seed)
    assert f"is not compared: {name.split()[0]} of " in found[-1]
    assert "test_check_kinks.py" in found[-1]


def test_a_kink_inside_a_network_passes_and_its_place_and_value_are_told():
    w = np.array([[1.0, -1.0], [2.0, 1.0]])
    report = check_gradients(lambda x: tanh(relu(x @ w) @ w.T), np.array([1.0, 1.0]))
    assert report.passed
    assert report.notes
    assert all("relu of 0 at entry (1,) is within the step of its kink" in note for note in report.notes)


def test_away_from_kinks_there_are_no_notes():
    assert notes(relu, np.array([1.0, -1.0, 1e-9])) == ()


def test_the_seeds_are_compared_beside_a_kink():
    rows = check_gradients(relu, 0.0).rows
    assert [(row.argument, row.order) for row in rows] == [("x", 1), ("seed of f", 2)]


def test_a_smooth_function_whose_gradient_jumps_fails():
    @elementwise(dx=lambda y, x: 2.0 * absolute(x))
    def square(x, /):
        return x * x

    with pytest.raises(AssertionError):
        check_gradients(square, 0.0)


def test_a_rule_that_is_wrong_beside_the_kink_fails_on_it():
    @elementwise(dx=lambda y, x: 0.9 * (x > 0.0))
    def weak(x, /):
        return np.maximum(x, 0.0)

    check_gradients(weak, 0.0, order=1)
    with pytest.raises(AssertionError, match="a step away from the point"):
        check_gradients(weak, 0.0)


@pytest.mark.parametrize("x", [1e-12, -1e-12, 1e-7, 1e-3])
def test_between_the_slopes_is_wrong_next_to_a_kink(x):
    @elementwise(dx=lambda y, x: 0.4)
    def weak(x, /):
        return np.maximum(x, 0.0)

    with pytest.raises(AssertionError):
        check_gradients(weak, x, order=1)
    with pytest.raises(AssertionError):
        check_gradients(weak, np.array([x, 1.0]), order=1)


def test_a_wrong_entry_is_not_excused_by_a_kink_in_another():
    @elementwise(dx=lambda y, x: np.array([0.0, 2.0]))
    def f(x, /):
        return np.maximum(x, 0.0)

    with pytest.raises(AssertionError, match=r"entry \(1,\)"):
        check_gradients(f, np.array([0.0, 3.0]), order=1)


def test_two_kinks_that_cancel_are_no_kink():
    """relu(x) − relu(−x) is x, of slope 1: the convention makes 0 of it."""
    with pytest.raises(AssertionError, match="analytic 0, numeric 1"):
        check_gradients(lambda x: relu(x) - relu(-x), 0.0)


def test_smooth_operations_are_not_blamed():
    assert all(": relu of 0 " in note for note in notes(lambda x: relu(sigmoid(x) - 0.5), 0.0))
