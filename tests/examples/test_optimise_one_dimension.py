"""Demonstration 1 prints what a loop of four lines finds, and where it fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from examples.optimise_one_dimension import START

F, SLOPE, CURVATURE = np.poly1d([3, 5, -20, 8, 10]), np.poly1d([12, 15, -40, 8]), np.poly1d([36, 30, -40])


def cells(printed: str, start: str) -> list[str]:
    """The words behind the beginning of the only line that begins so."""
    (line,) = [line.strip() for line in printed.splitlines() if line.strip().startswith(start)]
    return line.removeprefix(start).split()


def descent(x: float, step) -> tuple[float, int]:
    """Where a method comes to rest, and after how many steps."""
    steps = 0
    while abs(SLOPE(x)) > 1e-8:
        x, steps = x - step(x) * SLOPE(x), steps + 1
    return x, steps


@pytest.mark.parametrize(("kind", "guess"), [("global minimum", 0), ("maximum", 2), ("local minimum", 1)])
def test_stationary_points_are_the_roots_of_the_slope(printed: str, kind: str, guess: int) -> None:
    x = sorted(SLOPE.roots, key=F)[guess]
    numbers = (x, F(x), CURVATURE(x), 2.0 / CURVATURE(x))
    assert cells(printed, kind) == [f"{number:.6f}" for number in numbers]


@pytest.mark.parametrize("s", [0.001, 0.01, 0.015, 0.03])
def test_a_constant_step_size_takes_the_steps_that_a_loop_takes(printed: str, s: float) -> None:
    x, steps = descent(START, lambda _: s)
    assert cells(printed, f"s = {s} ")[:3] == [f"{x:.6f}", f"{F(x):.6f}", str(steps)]


@pytest.mark.parametrize(("s", "told"), [(0.016, "cycling:"), (0.05, "diverged:")])
def test_the_bound_is_told_where_a_step_size_is_not_below_it(printed: str, s: float, told: str) -> None:
    best, *words = cells(printed, f"s = {s} ")
    assert told in words
    bound = cells(printed, f"the step size s = {s} ")[-1]
    assert bound == f"{2.0 / CURVATURE(float(best)):.3g}"


@pytest.mark.parametrize("rule", ["Decaying", "Adaptive", "Backtracking", "Wolfe", "BarzilaiBorwein"])
def test_each_rule_finds_the_minimum_of_this_valley_in_few_steps(printed: str, rule: str) -> None:
    x, value, steps, _ = cells(printed, rule)
    assert (x, value) == ("-2.619605", "-96.811688")
    assert int(steps) <= 30


@pytest.mark.parametrize(("start", "kind"), [(-1.0, "maximum"), (0.3, "maximum"), (2.0, "minimum")])
def test_newton_raphson_plain_goes_to_what_is_near(printed: str, start: float, kind: str) -> None:
    x, steps = descent(start, lambda x: 1.0 / CURVATURE(x))
    numbers = cells(printed, f"x₀ = {start:4}, plain")
    assert numbers[:3] == [f"{x:.6f}", f"{F(x):.6f}", str(steps)]
    assert f"converged to a {kind}: f″ =" in " ".join(numbers)


@pytest.mark.parametrize("start", [-1.0, 0.3, 2.0])
def test_newton_raphson_safeguarded_goes_to_a_minimum(printed: str, start: float) -> None:
    x, *_, inequality, zero = cells(printed, f"x₀ = {start:4}, safeguarded")
    assert x in ("-2.619605", "1.147904")
    assert (inequality, zero) == (">", "0")


@pytest.mark.parametrize("method", ["steepest descent", "Newton-Raphson"])
def test_differences_end_at_the_same_place_for_more_evaluations(printed: str, method: str) -> None:
    exact, numerical = (cells(printed, f"{method}, {kind}") for kind in ("exact", "numerical"))
    assert exact[:3] == numerical[:3]
    assert int(numerical[3]) > 2 * int(exact[3])
    assert max(float(exact[4]), float(numerical[4])) <= 1e-8


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert printed.endswith(f"{picture}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
