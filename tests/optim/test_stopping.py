"""Whether a run still gains anything, and how far below it a valley promises to lead."""

import numpy as np
import pytest

from optim.objective import Point
from optim.run import Run
from optim.stopping import PATIENCE, ROUNDING, Gains

EPSILON = float(np.finfo(float).eps)


def point(value, slope=1.0):
    return Point(np.zeros(1), value, np.array([slope]))


def gains(*points):
    """What is known after steps to these points from a first one."""
    found = Gains(points[0], EPSILON)
    for step, reached in enumerate(points[1:], 1):
        found.note(reached, step)
    return found


@pytest.mark.parametrize("steps", range(8))
def test_patience_ends_where_neither_value_nor_slope_has_fallen(steps):
    points = [point(1.0)] * (steps + 1)
    assert gains(*points).spent(points[-1], steps) == (steps > PATIENCE)


@pytest.mark.parametrize("steps", [3, 10, 100])
def test_falling_values_are_gains(steps):
    points = [point(1.0 - 0.001 * k) for k in range(steps + 1)]
    assert not gains(*points).spent(points[-1], steps)


@pytest.mark.parametrize("steps", [3, 10, 100])
def test_falling_slopes_are_gains(steps):
    points = [point(1.0, 1.0 / (1.0 + k)) for k in range(steps + 1)]
    found = gains(*points)
    assert not found.spent(points[-1], steps)
    assert found.gentlest is points[-1]


@pytest.mark.parametrize(("units", "spent"), [(0.5 * ROUNDING, True), (2.0 * ROUNDING, False)])
def test_a_fall_by_a_few_units_of_rounding_is_no_gain(units, spent):
    points = [point(1.0), *[point(1.0 - units * EPSILON)] * 3]
    assert gains(*points).spent(points[-1], 3) == spent


def test_rounding_is_relative_to_the_value():
    points = [point(1e6), *[point(1e6 - 8.0 * ROUNDING * EPSILON)] * 3]
    assert gains(*points).spent(points[-1], 3)


def test_nothing_is_spent_far_above_the_lowest_value():
    points = [point(1.0), point(2.0), point(2.0), point(2.0), point(2.0)]
    assert not gains(*points).spent(points[-1], 4)


@pytest.mark.parametrize("x", [1.0, 3.0, -2.0])
def test_the_promise_is_that_of_the_parabola_with_the_bend_nearby(x):
    run = Run("a method", lambda x: x**4, x)
    assert run._promised() == pytest.approx(0.5 * (4.0 * x**3) ** 2 / (12.0 * x**2), rel=1e-3)


def test_a_run_counts_the_steps_since_it_gained():
    run = Run("a method", lambda x: x**2, 1.0)
    run.to(point(0.5), 1.0)
    spent = []
    for _ in range(3):
        run.to(point(0.5), 1.0)
        spent.append(run.spent())
    assert spent == [False, False, True]


def test_a_run_that_gains_nothing_more_goes_back_to_the_gentlest_point():
    run = Run("a method", lambda x: x**2, 1.0)
    gentle = Point(np.array([0.5]), 0.5, np.array([0.1]))
    run.to(gentle, 1.0)
    for x in (0.6, 0.7, 0.8, 0.9):
        run.to(Point(np.array([x]), 0.5, np.array([1.0])), 1.0)
    assert run.ended() is not None
    assert run.point is gentle
