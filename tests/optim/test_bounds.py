"""Within bounds every method finds what scipy's L-BFGS-B finds, and never leaves the box."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value
from optim import least_squares, minimize, random_search

METHODS = ("bfgs", "l-bfgs", "newton", "newton-cg", "conjugate-gradient")
FREE = (None, None)


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def chained(x):
    """What L-BFGS-B comes with: C. Zhu et al., ACM Trans. Math. Software 23 (1997)."""
    return 4 * (0.25 * (x[0] - 1) ** 2 + ((x[1:] - x[:-1] ** 2) ** 2).sum())


# W. Hock, K. Schittkowski, Test Examples for Nonlinear Programming Codes (1981), by number.
PROBLEMS = {
    "Rosenbrock": (rosenbrock, [-1.2, 1.0], [FREE, (None, 0.5)]),
    "Rosenbrock of 10": (rosenbrock, [0.5] * 10, [(-2, 0.8)] * 10),
    "chained": (chained, [3.0] * 25, [(1, 100), (-100, 100)] * 12 + [(1, 100)]),
    "1": (rosenbrock, [-2.0, 1.0], [FREE, (-1.5, None)]),
    "2": (rosenbrock, [-2.0, 1.0], [FREE, (1.5, None)]),
    "3": (lambda x: x[1] + 1e-5 * (x[1] - x[0]) ** 2, [10.0, 1.0], [FREE, (0, None)]),
    "4": (lambda x: (x[0] + 1) ** 3 / 3 + x[1], [1.125, 0.125], [(1, None), (0, None)]),
    "5": (
        lambda x: ad.sin(x[0] + x[1]) + (x[0] - x[1]) ** 2 - 1.5 * x[0] + 2.5 * x[1] + 1,
        [0.0, 0.0],
        [(-1.5, 4), (-3, 3)],
    ),
    "45": (lambda x: 2 - ad.prod(x) / 120, [2.0] * 5, [(0, i + 1) for i in range(5)]),
    "110": (
        lambda x: (ad.log(x - 2) ** 2 + ad.log(10 - x) ** 2).sum() - ad.prod(x) ** 0.2,
        [9.0] * 10,
        [(2.001, 9.999)] * 10,
    ),
    "all active": (lambda x: ((x - 5) ** 2).sum(), [0.0] * 6, [(-1, 1)] * 6),
    "one fixed": (rosenbrock, [0.0, 0.7, 0.0], [FREE, (0.3, 0.3), FREE]),
    "outside": (lambda x: ((x - [0.3, 5]) ** 2).sum(), [7.0, -9.0], [(0, 1), (0, 1)]),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_textbook_problems_have_the_minimum_that_l_bfgs_b_finds(name, method):
    optimize = pytest.importorskip("scipy.optimize")
    f, x0, bounds = PROBLEMS[name]
    options = {"ftol": 1e-16, "gtol": 1e-9, "maxiter": 5000}
    theirs = optimize.minimize(f, x0, jac=ad.grad(f), bounds=bounds, method="L-BFGS-B", options=options)
    ours = minimize(f, x0, method, bounds=bounds)
    assert ours.converged, ours.reason
    assert ours.value == pytest.approx(theirs.fun, rel=1e-8, abs=1e-12)


def test_l_bfgs_needs_about_as_many_evaluations_as_l_bfgs_b():
    optimize = pytest.importorskip("scipy.optimize")
    ours = theirs = 0
    for f, x0, bounds in PROBLEMS.values():
        options = {"ftol": 1e-16, "gtol": 1e-8}
        theirs += optimize.minimize(
            f, x0, jac=ad.grad(f), bounds=bounds, method="L-BFGS-B", options=options
        ).nfev
        ours += minimize(f, x0, "l-bfgs", bounds=bounds).evaluations
    assert ours < 1.6 * theirs


# -- every step ------------------------------------------------------------------------------------

numbers = st.floats(-3, 3)


@st.composite
def quadratics(draw):
    n = draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    root = rng.normal(size=(n, n))
    ends = np.sort(rng.normal(size=(2, n)) * draw(st.sampled_from([0.1, 1.0, 5.0])), axis=0)
    low = np.where(rng.random(n) < 0.2, -np.inf, ends[0])
    high = np.where(rng.random(n) < 0.2, np.inf, ends[1])
    high = np.where(rng.random(n) < 0.1, low, high)
    high = np.where(np.isinf(low) & (low == high), 0.0, high)
    return root @ root.T + 0.1 * np.eye(n), rng.normal(size=n) * 3, low, high, rng.normal(size=n) * 3


@given(
    quadratics(), st.sampled_from(METHODS)
)  # steepest descent may stop before, stuck at a bend, and says so
def test_a_convex_quadratic_ends_where_its_conditions_hold_and_stays_in_the_box(problem, method):
    a, b, low, high, start = problem
    result = minimize(
        lambda x: 0.5 * (x @ (a @ x)) - (b * x).sum(), start, method, bounds=(low, high), max_steps=20_000
    )
    assert result.converged, result.reason
    points = result.path.points
    assert ((low <= points) & (points <= high)).all()
    slope = a @ result.x - b
    free = (result.x > low) & (result.x < high)
    tolerance = 1e-6
    assert (np.abs(slope[free]) <= tolerance).all()
    assert (slope[(result.x == low) & (low < high)] >= -tolerance).all()
    assert (slope[(result.x == high) & (low < high)] <= tolerance).all()
    assert np.array_equal(result.active_mask, np.where(result.x <= low, -1, result.x >= high))


@pytest.mark.parametrize("s", [0.1, "decaying", "adaptive", "barzilai-borwein", "wolfe"])
def test_every_step_rule_keeps_to_the_box(s):
    result = minimize(
        lambda x: ((x - 3) ** 2).sum(), [0.0, 0.5], "steepest-descent", s=s, bounds=[(0, 1)] * 2
    )
    assert result.x.tolist() == [1.0, 1.0]
    assert result.converged
    assert (result.path.points <= 1.0).all()


def test_a_random_search_keeps_to_the_box():
    result = random_search(lambda x: x[0] + x[1] ** 2, [0.5, 0.5], seed=0, bounds=[(0, 1)] * 2, max_steps=500)
    assert result.x[0] == 0.0
    assert (result.path.points >= 0.0).all()


@pytest.mark.parametrize("derivative", ["exact", "numerical"])
@pytest.mark.parametrize("method", METHODS)
def test_f_is_never_looked_at_outside(method, derivative):
    seen = []

    def f(x):
        seen.append(x.item() if isinstance(x, Value) else x)
        return ad.sqrt(x) + x

    result = minimize(f, 2.0, method, bounds=(0, 3), derivative=derivative)
    assert result.x == 0.0
    assert min(seen) >= 0.0


def test_where_the_slope_at_a_bound_is_infinite_or_nan_the_minimum_is_found():
    at_the_bound = minimize(lambda x: ad.sqrt(x[0]) + (x[1] - 2) ** 2, [1.0, 1.0], bounds=[(0, None), FREE])
    np.testing.assert_allclose(at_the_bound.x, [0.0, 2.0])
    assert at_the_bound.converged
    with np.errstate(all="ignore"):
        beside = minimize(lambda x: (x * ad.log(x)).sum() + 3 * x.sum(), [0.5, 0.5], bounds=[(0, None)] * 2)
    np.testing.assert_allclose(beside.x, np.exp(-4.0), rtol=1e-6)
    with pytest.raises(ValueError, match="the gradient of f is not finite at the start x0 = 0"):
        minimize(lambda x: -ad.sqrt(x), 0.0, bounds=(0, 1))


def test_a_program_finds_the_same():
    f, x0, bounds = PROBLEMS["Rosenbrock of 10"]
    eager, compiled = (minimize(f, x0, bounds=bounds, compiled=flag) for flag in (False, True))
    assert compiled.engine.startswith("compiled")
    np.testing.assert_allclose(compiled.x, eager.x, atol=1e-9)


# -- what bounds may be ----------------------------------------------------------------------------


class Pair:
    """As scipy.optimize.Bounds."""

    lb, ub = 0, np.array([1.0, np.inf, 2.0])


class Both:
    """As scipy.optimize.Bounds, for two numbers."""

    lb, ub = 0, np.array([1.0, 2.0])


@pytest.mark.parametrize(
    "bounds",
    [
        [(0, 1), (0, None), [0, 2]],
        ((0.0, 1.0), (0.0, np.inf), (0.0, 2.0)),
        (0, [1, np.inf, 2]),
        ([0, 0, 0], [1, None, 2]),
        (np.zeros(3), np.array([1, np.inf, 2])),
        np.array([[0, 1], [0, np.inf], [0, 2]]),
        pytest.param(Pair(), id="an object"),
    ],
    ids=str,
)
def test_bounds_are_written_as_in_scipy(bounds):
    result = minimize(lambda x: ((x - 4) ** 2).sum(), [0.5] * 3, bounds=bounds)
    np.testing.assert_allclose(result.x, [1.0, 4.0, 2.0])
    assert result.active_mask.tolist() == [1, 0, 1]


def test_two_rows_are_pairs_unless_they_are_a_tuple_of_arrays():
    f = lambda x: ((x - 4) ** 2).sum()  # noqa: E731
    assert minimize(f, [0.0, 0.0], bounds=((0, 1), (0, 2))).x.tolist() == [1, 2]
    assert minimize(f, [0.0, 0.0], bounds=(np.zeros(2), np.array([1, 2]))).x.tolist() == [1, 2]
    assert minimize(f, 0.0, bounds=(0, 1)).x == minimize(f, 0.0, bounds=[(0, 1)]).x == 1


def test_bounds_of_a_structure_have_the_structure():
    result = minimize(
        lambda a, b: (a - 3) ** 2 + ((b + 1) ** 2).sum(), (1.0, np.ones(2)), bounds=((0, 2), (0, None))
    )
    a, b = result.active_mask
    assert (a, b.tolist()) == (1, [-1, -1])
    both = minimize(lambda a, b: (a - 3) ** 2 + (b - 3) ** 2, (0.5, 0.5), bounds=Both())
    assert both.x == (1.0, 2.0)
    named = minimize(lambda p: (p["a"] - 3) ** 2 + p["b"] ** 2, {"a": 1.0, "b": 1.0}, bounds={"a": (0, 2)})
    assert named.x["a"] == 2.0
    assert "a at its highest" in repr(named)


def test_parameters_have_a_list_of_bounds():
    w, b = Value([1.0, 1.0], "w"), Value(1.0, "b")
    result = minimize(lambda: ((w + 2) ** 2).sum() + (b - 2) ** 2, [w, b], bounds=[(0, None), None])
    assert w.data.tolist() == [0.0, 0.0]
    assert result.active_mask[0].tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ([(0, 1), (2, 1)], "bounds: the pair of x[1], (2, 1), has its lower bound above its upper"),
        ([(0, 1), (np.nan, 1)], "bounds: the pair of x[1], (nan, 1), is nan"),
        ([(0, 1), (np.inf, np.inf)], "bounds: the pair of x[1], (inf, inf), leaves no finite number"),
        ([(0, 1)] * 3, "for an array of shape (2,); got [(0, 1), (0, 1), (0, 1)]"),
        (3, "bounds must be a pair (low, high) for each number"),
        ("ab", "bounds must be a pair (low, high) for each number"),
    ],
)
def test_wrong_bounds_are_errors(bounds, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        minimize(lambda x: (x**2).sum(), [0.0, 0.0], bounds=bounds)


def test_bounds_of_another_structure_are_errors():
    with pytest.raises(ValueError, match=r"bounds has 'c', which x0 has not: a, b"):
        minimize(lambda p: p["a"] * p["b"], {"a": 1.0, "b": 1.0}, bounds={"c": (0, 1)})
    with pytest.raises(ValueError, match="an entry for each of the 2 of x0"):
        minimize(lambda a, b: a * b, (1.0, 1.0), bounds=[(0, 1)])
    with pytest.raises(ValueError, match=r"an array of shape \(2, 2\)"):  # lows and highs, or rows of pairs?
        minimize(lambda x: (x**2).sum(), np.ones((2, 2)), bounds=[[(0, 1), (0, 1)], [(0, 1), (0, 1)]])


def test_sums_of_squares_refuse_bounds_and_say_what_takes_them():
    with pytest.raises(TypeError, match=r"no option 'bounds'; optim\.minimize takes them"):
        least_squares(lambda x: x - 3.0, 1.0, bounds=(0, 1))


# -- what is said ----------------------------------------------------------------------------------


def test_a_result_says_what_holds_it_and_that_the_start_was_moved():
    result = minimize(lambda x: ((x - 5) ** 2).sum(), [9.0, 0.5], bounds=[(0, 1), (0, 9)])
    assert result.start_moved
    assert result.path.points[0].tolist() == [1.0, 0.5]
    assert repr(result).splitlines()[-1] == (
        "bounds    x[0] at its highest; the start was outside, and was moved to the nearest point inside"
    )
    assert result.reason.startswith("converged: the projected gradient is 0")
    assert result.gradient[0] == -8.0
    free = minimize(lambda x: (x - 5) ** 2, 0.0)
    assert free.bounds is free.active_mask is None
    assert not free.start_moved


def test_what_is_fixed_stays():
    result = minimize(lambda x: (x**2).sum(), [3.0, 4.0], bounds=[(3, 3), (4, 4)])
    assert result.converged
    assert result.x.tolist() == [3.0, 4.0]


@pytest.mark.parametrize("n", [1, 2])
def test_a_picture_shows_the_walls(n):
    pytest.importorskip("matplotlib")
    result = minimize(
        lambda x: ((x - 2) ** 2).sum(), np.full(n, 0.5), "steepest-descent", bounds=[(0, 1)] * n
    )
    picture = result.plot()
    assert "bounds" in [text.get_text() for text in picture.axes[0].get_legend().get_texts()]
    assert "bounds" not in str(
        minimize(lambda x: (x**2).sum(), np.ones(n)).plot().axes[0].get_legend().get_texts()
    )


@pytest.mark.parametrize("end", ["1", 1j, np.complex128(1.0), np.datetime64("2020-01-01")])
def test_bounds_are_real_numbers(end):
    with pytest.raises(ValueError, match=r"bounds must be a pair \(low, high\) for each number"):
        minimize(lambda x: (x**2).sum(), [3.0, 4.0], bounds=[(0, end), (0, end)])
