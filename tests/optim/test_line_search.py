"""Searches along a line: what they return satisfies the conditions that they promise."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from optim import Adaptive, Backtracking, BarzilaiBorwein, Constant, Decaying, Wolfe, steepest_descent
from optim.line_search import Ray, backtracked, satisfying_wolfe
from optim.objective import Objective

C1, C2 = 1e-4, 0.9

FUNCTIONS = {
    "parabola": lambda x: (x - 1.0) ** 2,
    "quartic": lambda x: 3 * x**4 + 5 * x**3 - 20 * x**2 + 8 * x + 10,
    "wiggles": lambda x: x * x + 2.0 * ad.sin(5.0 * x),
    "wall": lambda x: x - ad.log(x + 5.0),
    "overflow": lambda x: ad.exp(x * x) - 2.0 * x,
    "steep": lambda x: ad.sqrt(1.0 + 1e6 * x * x),
}


@pytest.fixture(autouse=True, scope="module")
def as_in_a_run():
    """A run computes on in silence where numbers overflow."""
    with np.errstate(all="ignore"):
        yield


def downhill(f, x):
    """The ray from x downhill, or None where the start is of no use."""
    try:
        objective = Objective(f, x)
    except ValueError:
        return None
    start = objective.start
    return Ray(objective, start, -start.gradient) if start.norm > 1e-6 else None


@pytest.mark.parametrize("name", FUNCTIONS)
@given(x=st.floats(-4.0, 4.0), exponent=st.floats(-6.0, 3.0), c2=st.sampled_from([0.9, 0.1]))
def test_a_wolfe_step_satisfies_both_conditions(name, x, exponent, c2):
    phi = downhill(FUNCTIONS[name], x)
    if phi is None:
        return
    start, trial = phi.start, satisfying_wolfe(phi, 10.0**exponent, C1, c2)
    assert trial is not None
    assert trial.value <= start.value + C1 * trial.size * start.slope + 1e-15 * abs(start.value)
    assert abs(trial.slope) <= -c2 * start.slope * (1.0 + 1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(x=st.floats(-4.0, 4.0), exponent=st.floats(-6.0, 3.0))
def test_backtracking_takes_the_first_size_with_enough_decrease(name, x, exponent):
    phi = downhill(FUNCTIONS[name], x)
    if phi is None:
        return
    size = 10.0**exponent
    start, trial = phi.start, backtracked(phi, size, C1, 0.5)
    assert trial.value <= start.value + C1 * trial.size * start.slope + 1e-15 * abs(start.value)
    halvings = round(math.log2(size / trial.size))
    assert trial.size == size * 0.5**halvings
    if halvings:
        longer = phi(2.0 * trial.size)
        unseen = phi.rounding(longer.size)  # differences up to this say nothing: slopes decide
        assert not longer.value <= start.value + C1 * longer.size * start.slope - unseen


def test_no_step_leads_down_from_a_direction_that_leads_up():
    objective = Objective(FUNCTIONS["parabola"], 3.0)
    uphill = Ray(objective, objective.start, objective.start.gradient)
    assert satisfying_wolfe(uphill, 1.0, C1, C2) is None
    assert backtracked(uphill, 1.0, C1, 0.5) is None


@pytest.mark.parametrize("farther", [2.5, 3.0, 10.0])
def test_the_second_step_on_a_parabola_is_its_minimum_where_the_first_fell_short(farther):
    calls = []

    def f(x):
        calls.append(x)
        return (x - farther) ** 2

    phi = downhill(f, 0.0)
    calls.clear()
    trial = satisfying_wolfe(phi, 1.0 / (2.0 * farther), C1, 0.1)
    np.testing.assert_allclose(trial.size, 0.5)
    assert len(calls) == 2


def test_a_direction_without_slope_is_none():
    objective = Objective(lambda x: x[0] ** 2 - x[1] ** 2, np.array([1.0, 0.0]))
    across = Ray(objective, objective.start, np.array([0.0, 1.0]))
    assert satisfying_wolfe(across, 1.0, C1, C2) is None
    assert backtracked(across, 1.0, C1, 0.5) is None


@settings(max_examples=30)
@given(offset=st.floats(1.0, 1e12), start=st.floats(-10.0, 10.0))
def test_the_gradient_still_shrinks_where_the_decrease_is_lost_in_rounding(offset, start):
    f = FUNCTIONS["parabola"]
    result = steepest_descent(lambda x: offset + f(x), start)
    assert result.converged
    assert abs(result.x - 1.0) < 1e-7


def test_step_sizes_are_those_that_the_rules_say():
    f = FUNCTIONS["parabola"]
    assert set(steepest_descent(f, 3.0, s=Constant(0.1), max_steps=5).path.step_sizes[1:].round(12)) == {0.1}
    decaying = steepest_descent(f, 3.0, s=Decaying(0.1, rate=1.0), max_steps=3)
    np.testing.assert_allclose(decaying.path.step_sizes[1:], [0.1, 0.05, 0.1 / 3.0])
    growing = steepest_descent(f, 3.0, s=Adaptive(0.01, grow=2.0), max_steps=4)
    np.testing.assert_allclose(growing.path.step_sizes[1:], [0.01, 0.02, 0.04, 0.08])
    halved = steepest_descent(f, 3.0, s=Adaptive(4.5), max_steps=1)
    np.testing.assert_allclose(halved.path.step_sizes[1:], [0.5625])  # 4.5/8: the first below 1
    inverse = steepest_descent(f, 3.0, s=BarzilaiBorwein(), max_steps=2)
    assert inverse.path.step_sizes[2] == pytest.approx(0.5)  # 1/f″, met by the first step
    assert steepest_descent(f, 3.0, s=Wolfe()).converged
    assert steepest_descent(f, 3.0, s=Backtracking()).converged
