"""The checker on a kink: what lies between the slopes on both sides is right, anything else is wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
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


# -- kinks among smooth entries --------------------------------------------------------------------

WEIGHTS = np.array([[0.7, -1.2, 0.4], [0.3, 0.8, -0.6]])

AT_ENTRY = {
    "relu": (0.0, relu),
    "abs": (0.0, absolute),
    "clip": (1.0, lambda x: clip(x, -1.0, 1.0)),
    "clip at a small bound": (1e-5, lambda x: clip(x, 1e-5, 100.0)),
    "maximum": (0.25, lambda x: maximum(x, 0.5 - x)),
    "where": (0.5, lambda x: where(x > 0.5, 2.0 * x - 0.5, x)),
}
"""Functions of each entry, and where they have a kink."""

few = settings(max_examples=6)
smooth = st.lists(st.sampled_from([0.125, 0.3, -0.7, 1.75, -3.0, 20.0, 1e-3]), min_size=1, max_size=4)


@pytest.mark.parametrize(("kink", "f"), AT_ENTRY.values(), ids=AT_ENTRY)
@few
@given(beside=smooth, seed=st.integers(0, 10**6), place=st.integers(0, 4))
def test_kinks_pass_beside_smooth_entries(kink, f, beside, seed, place):
    x = np.insert(beside, min(place, len(beside)), kink)
    assert check_gradients(f, x, seed=seed).passed
    assert check_gradients(lambda x: sigmoid(f(x)) * (x + 30.0), x, seed=seed, order=1).passed


@pytest.mark.parametrize(("place", "seed"), [(0, 20), (1, 32), (2, 25)])
def test_a_kink_that_hardly_counts_along_a_direction_passes_and_hides_nothing(place, seed):
    """The step in an entry of 1e-5 is so short that its kink is an error, but not seen to be a kink."""
    x = np.insert([-0.7, 1.75], place, 1e-5)
    wrong = np.where(x == 1.75, 1e-5, 0.0)
    assert check_gradients(lambda x: clip(x, 1e-5, 100.0), x, seed=seed).passed

    @elementwise(dx=lambda y, x: wrong)
    def nothing(x, /):
        return 0.0 * x

    with pytest.raises(AssertionError):
        check_gradients(lambda x: clip(x, 1e-5, 100.0) + nothing(x), x, seed=seed)


@pytest.mark.parametrize("bend", [relu, absolute, lambda a: maximum(a, 0.5 * a)])
@few
@given(seed=st.integers(0, 10**6), unit=st.integers(0, 2))
def test_a_unit_on_its_kink_passes_in_a_network(bend, seed, unit):
    x, b = np.array([0.5, -0.25]), np.array([0.4, -0.3, 0.2])
    b[unit] = -(x @ WEIGHTS)[unit]
    assert check_gradients(lambda b: tanh(bend(x @ WEIGHTS + b) @ WEIGHTS.T), b, seed=seed).passed


@few
@given(tied=st.floats(0.01, 10.0), below=st.lists(st.floats(-3.0, 0.0), max_size=3), seed=st.integers(0, 99))
def test_ties_pass_beside_smaller_entries(tied, below, seed):
    x = np.array([tied, *below, tied])
    assert check_gradients(largest, x, seed=seed).passed
    assert check_gradients(lambda x: sort(x)[-2:] ** 2, x, seed=seed).passed


@few
@given(beside=smooth, seed=st.integers(0, 10**6))
def test_the_norm_of_zeros_passes_beside_smooth_terms(beside, seed):
    x = np.array([0.0, 0.0, *beside])
    assert check_gradients(lambda x: norm(x[:2]) + (tanh(x[2:]) ** 2).sum(), x, seed=seed).passed


@few
@given(beside=smooth, seed=st.integers(0, 10**6), slope=st.sampled_from([-2.0, -1.1, 1.1, 3.0]))
def test_slopes_outside_fail_beside_smooth_entries(beside, seed, slope):
    with pytest.raises(AssertionError):
        check_gradients(with_slope(slope), np.array([0.0, *beside]), order=1, seed=seed)


@few
@given(
    distance=st.floats(1e-9, 1e-2), side=st.sampled_from([-1.0, 1.0]), beside=smooth, seed=st.integers(0, 99)
)
def test_wrong_rules_fail_near_a_kink_and_beside_one(distance, side, beside, seed):
    @elementwise(dx=lambda y, x: 0.5 + 0.4 * sign_of(x))
    def weak(x, /):
        return np.maximum(x, 0.0)

    for first in (side * distance, 0.0):
        with pytest.raises(AssertionError):
            check_gradients(weak, np.array([first, *beside]), order=1, seed=seed)
