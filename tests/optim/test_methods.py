"""Every method finds minima, counts what it does, and keeps the best point."""

import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, elementwise, hessian
from optim import (
    Adaptive,
    Backtracking,
    BarzilaiBorwein,
    Constant,
    Decaying,
    Wolfe,
    bfgs,
    conjugate_gradient,
    l_bfgs,
    minimize,
    newton,
    newton_cg,
    random_search,
    steepest_descent,
)

METHODS = [steepest_descent, newton, conjugate_gradient, bfgs, l_bfgs, newton_cg]
FAST = [newton, bfgs, l_bfgs, newton_cg]
NO_FUNCTION: Any = 3
RULES = [Constant(0.01), Decaying(0.01), Adaptive(), Backtracking(), Wolfe(), BarzilaiBorwein()]


def demonstration_1(x):
    """The lecture's function of one unknown."""
    return 3 * x**4 + 5 * x**3 - 20 * x**2 + 8 * x + 10


def demonstration_2(x):
    """The lecture's function of two unknowns."""
    return x[0] ** 4 * x[1] ** 2 + (x[0] - 1) ** 2 * (x[1] - 1) ** 4


def valley(x):
    """A gentle curved valley with its minimum at (1, 1)."""
    return (1.0 - x[0]) ** 2 + 4.0 * (x[1] - x[0] ** 2) ** 2


def rosenbrock(x):
    """A curved valley with its minimum at (1, …, 1)."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


@st.composite
def quadratics(draw):
    """f(x) = ½(x − m)ᵀA(x − m), A positive definite with condition at most 16, and its minimum m."""
    n, seed = draw(st.integers(1, 6)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(rng.normal(size=(n, n)))
    matrix = axes @ np.diag(10.0 ** rng.uniform(-0.6, 0.6, n)) @ axes.T
    return matrix, rng.normal(size=n) * 10.0 ** draw(st.integers(-2, 2)), rng.normal(size=n)


@pytest.mark.parametrize("method", METHODS)
@given(problem=quadratics())
def test_the_minimum_of_a_quadratic_is_found(method, problem):
    matrix, minimum, start = problem
    result = method(lambda x: 0.5 * (x - minimum) @ matrix @ (x - minimum), start)
    assert result.converged
    np.testing.assert_allclose(result.x, minimum, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("start", [-4.0, -1.0, 0.3, 2.0])
def test_demonstration_1_ends_in_a_minimum_by_any_step_rule(rule, start):
    if start == -4.0 and isinstance(rule, (Constant, Decaying)):
        start = -3.0  # a step of 0.01 from −4 leaves the valley
    result = steepest_descent(demonstration_1, start, s=rule)
    assert result.converged, result
    assert min(abs(result.x + 2.6196), abs(result.x - 1.1479)) < 1e-4


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("start", [(0.9, 0.1), (0.6, 0.1), (0.1, 1.4), (2.0, -1.0)])
def test_demonstration_2_ends_in_one_of_its_minima(method, start):
    result = method(demonstration_2, start)
    assert result.converged
    assert type(result.x) is tuple
    near = min(np.hypot(result.x[0] - 1, result.x[1]), np.hypot(result.x[0], result.x[1] - 1))
    assert near < 2e-3  # the Hessian at (0, 1) is 0: f rises with the fourth power


def test_newton_by_hand():
    result = newton(demonstration_1, 2.0, safeguard=False)
    first, second = result.path[0], result.path[1]
    assert second.step_size == pytest.approx(1.0 / 164.0)  # f″(2) = 164
    assert second.x == pytest.approx(2.0 - 84.0 / 164.0)
    assert (first.value, first.gradient_norm) == (34.0, 84.0)


@settings(max_examples=30)
@given(st.floats(-0.2, 0.45))
def test_plain_newton_goes_to_a_maximum_where_the_curve_bends_down_and_says_so(start):
    plain = newton(demonstration_1, start, safeguard=False)
    assert plain.x == pytest.approx(0.2217, abs=1e-4)
    assert plain.reason == "converged to a maximum: f″ = −31.6 < 0"
    safe = newton(demonstration_1, start)
    assert safe.reason.startswith("converged to a minimum")
    assert min(abs(safe.x + 2.6196), abs(safe.x - 1.1479)) < 1e-4


def test_plain_newton_names_a_saddle():
    result = newton(demonstration_2, [0.6, 0.4], safeguard=False)
    np.testing.assert_allclose(result.x, [2 / 3, 1 / 3], atol=1e-8)
    assert result.reason == "converged to a saddle: the Hessian's eigenvalues are from −0.593 to 2.57"


def test_safeguarded_newton_leaves_a_saddle_that_it_starts_on():
    result = newton(lambda x: x[0] ** 2 - x[1] ** 2 + x[1] ** 4, [0.0, 0.0])
    assert abs(result.x[1]) == pytest.approx(np.sqrt(0.5))
    assert result.value == pytest.approx(-0.25)


def test_conjugate_gradients_need_n_steps_for_n_unknowns():
    scales = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    exact = Wolfe(c1=1e-4, c2=1e-3)
    result = conjugate_gradient(lambda x: (scales * x * x).sum(), np.ones(5), s=exact, gtol=1e-6)
    assert result.steps <= 7


@pytest.mark.parametrize("method", FAST)
def test_rosenbrock(method):
    result = method(rosenbrock, np.tile([-1.2, 1.0], 5))
    assert result.converged
    assert result.value < 4.0  # besides the minimum at (1, …, 1) there is one near (−1, 1, …, 1), of 3.99
    assert np.linalg.eigvalsh(hessian(rosenbrock)(result.x)).min() > 0.0


def test_l_bfgs_with_memory_for_all_steps_goes_as_bfgs_does():
    start = np.array([-1.2, 1.0, 0.5])

    def f(x):  # flat enough for both to begin with the same matrix
        return 1e-4 * rosenbrock(x)

    full, recent = bfgs(f, start, max_steps=3), l_bfgs(f, start, memory=50, max_steps=3)
    np.testing.assert_allclose(full.path.points[:3], recent.path.points[:3])


@pytest.mark.parametrize("method", [*METHODS, random_search])
def test_every_evaluation_is_counted_and_every_step_is_on_the_path(method):
    calls = []

    def f(x):
        calls.append(1)
        return demonstration_2(x)

    result = method(f, [0.9, 0.3], max_steps=7)
    assert result.evaluations == len(calls) == result.nfev
    assert result.steps == len(result.path) - 1 == result.nit
    np.testing.assert_array_equal(result.path[0].x, [0.9, 0.3])
    assert result.path[-1].value == result.path.values[-1]


@pytest.mark.parametrize("method", [*METHODS, random_search])
@given(limit=st.integers(0, 12), start=st.floats(-3.0, 3.0))
def test_the_best_point_seen_is_what_is_returned_at_the_limit(method, limit, start):
    result = method(demonstration_1, start, max_steps=limit)
    if not result.converged:
        assert result.value == result.path.values.min()
        assert demonstration_1(result.x) == pytest.approx(result.value)


@pytest.mark.parametrize("method", METHODS)
def test_differences_lead_to_the_same_minimum(method):
    exact = method(demonstration_1, 2.0)
    numerical = method(demonstration_1, 2.0, derivative="numerical")
    assert numerical.x == pytest.approx(exact.x, abs=1e-5)
    assert numerical.evaluations > exact.evaluations


def test_differences_need_no_values():
    result = minimize(lambda x: float(np.cosh(np.asarray(x) - 2.0)), 0.0, derivative="numerical")
    assert result.x == pytest.approx(2.0, abs=1e-5)


def test_random_search_is_repeatable_and_slow():
    first, second = (random_search(demonstration_1, 2.0, seed=3, max_steps=200) for _ in range(2))
    assert first.x == second.x
    assert first.evaluations > 5 * newton(demonstration_1, 2.0).evaluations
    assert not first.converged


def test_a_plain_start_of_integers_floats_lists_and_dicts():
    assert minimize(lambda x: (x - 3) ** 2, 0).x == 3.0
    np.testing.assert_allclose(minimize(lambda x: ((x - 3) ** 2).sum(), [1, 2]).x, [3.0, 3.0], rtol=1e-15)
    found = minimize(lambda p: (p["a"] - 1) ** 2 + ((p["b"] - 2) ** 2).sum(), {"a": 0.0, "b": np.zeros(2)})
    assert found.x["a"] == pytest.approx(1.0)
    np.testing.assert_allclose(found.x["b"], [2.0, 2.0])


def test_a_tuple_goes_to_f_in_one_piece_or_in_several():
    whole = minimize(lambda x: (x[0] - 1) ** 2 + (x[1] - 2) ** 2, (0.0, 0.0))
    apart = minimize(lambda a, b: (a - 1) ** 2 + (b - 2) ** 2, (0.0, 0.0))
    assert whole.x == apart.x
    np.testing.assert_allclose(whole.x, (1.0, 2.0))


def test_float32_starts_stay_float32():
    result = minimize(lambda x: ((x - 3) ** 2).sum(), np.zeros(2, np.float32), gtol=1e-4)
    assert result.x.dtype == np.float32


def test_random_search_needs_values_alone():
    result = random_search(lambda x: abs(float(np.asarray(x)) - 1.0), 0.0, seed=0, max_steps=300)
    assert abs(result.x - 1.0) < 0.2
    assert result.evaluations == 301
    assert np.isnan(result.gradient)
    moved = np.abs(np.diff(result.path.points[:, 0]))
    np.testing.assert_allclose(result.path.step_sizes[1:], moved)


def test_differences_cope_with_errors_of_math_on_the_way():
    f = lambda x: float(x) - math.log(x)  # noqa: E731
    for method in METHODS:
        assert method(f, 1e-3, derivative="numerical").x == pytest.approx(1.0, abs=1e-4)


def test_a_value_that_is_given_twice_counts_once():
    w = Value([1.0, 2.0], "w")
    assert minimize(lambda: ((w - 3.0) ** 2).sum(), [w, w]).path.points.shape[1] == 2


def test_a_method_may_be_its_function():
    assert minimize(demonstration_1, 2.0, newton).x == newton(demonstration_1, 2.0).x


def test_scipys_names_work():
    for name in ("BFGS", "CG", "Newton-CG", "L-BFGS-B", "steepest descent", "Newton-Raphson"):
        result = minimize(demonstration_1, 2.0, name)
        assert result.success
        assert result.fun == result.value
        assert result.jac == result.gradient
        assert result.message == result.reason


# -- Values that f closes over, and parameters ---------------------------------------------------


def test_values_that_f_closes_over_are_not_touched():
    scale = Value(2.0, "scale")
    birth = scale._birth
    minimize(lambda x: (scale * x - 3.0) ** 2, 0.0)
    assert (scale.data, scale.grad, scale._birth) == (2.0, None, birth)


@pytest.mark.parametrize("method", ["steepest-descent", "newton", "bfgs", "l-bfgs", "newton-cg"])
def test_parameters_are_left_at_the_best_point(method):
    w, b, fixed = Value([1.0, 2.0], "w"), Value(0.0, "b"), Value(7.0, "fixed", constant=True)
    result = minimize(lambda: ((w - 3.0) ** 2).sum() + (b + fixed) ** 2, [w, b, fixed], method)
    np.testing.assert_allclose(w.data, [3.0, 3.0], atol=1e-6)
    assert b.data == pytest.approx(-7.0)
    assert fixed.data == 7.0
    np.testing.assert_array_equal(result.x[0], w.data)
    assert w.grad is None


def test_an_error_in_f_leaves_the_best_parameters():
    w, calls = Value(5.0, "w"), []

    def f():
        calls.append(w.data)
        if len(calls) == 6:
            raise KeyError("broken")
        return (w - 1.0) ** 4

    with pytest.raises(KeyError, match="broken"):
        minimize(f, [w], "steepest-descent", s=0.01)
    assert w.data == min(calls[:5], key=lambda x: (x - 1.0) ** 4)


def test_ctrl_c_returns_what_was_found():
    calls = []

    def f(x):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return (x - 1.0) ** 2

    result = minimize(f, 5.0, "steepest-descent", s=0.1)
    assert result.reason == "interrupted"
    assert result.evaluations == 6
    assert result.value == result.path.values.min() < 16.0


def test_a_callback_sees_each_iterate_and_can_stop():
    seen = []
    result = minimize(
        demonstration_1, 2.0, "steepest-descent", s=0.01, callback=lambda i: seen.append(i) or len(seen) == 4
    )
    assert len(seen) == 4 == len(result.path)
    assert seen[0].x == 2.0
    assert result.reason == "stopped by the callback"


def test_a_callback_may_raise_stop_iteration():
    def stop(iterate):
        if iterate.value < 1.0:
            raise StopIteration

    for method in ("bfgs", "newton"):
        result = minimize(lambda x: (x - 3.0) ** 4, 0.0, method, callback=stop)
        assert result.reason == "stopped by the callback"
        assert 1e-9 < result.value < 1.0


# -- what the result says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "start", "options", "reason"),
    [
        (lambda x: (x - 3.0) ** 2, 0.0, {}, "converged: the gradient is"),
        (lambda x: x * x, 0.0, {}, "converged at the start"),
        (lambda x: x * x, 1.0, {"s": 1.1}, "diverged: f has grown"),
        (lambda x: x * x, 1.0, {"s": 1.1}, "not below the bound of the best point seen, 2/f″(1) = 1"),
        (lambda x: x**4, 3.0, {"s": 1.0}, "diverged: f"),
        (lambda x: x * x, 1.0, {"s": 1.0}, "cycling: every 2 steps it is at the same point"),
        (lambda x: ad.exp(-x * x), 30.0, {}, "flat: f does not change around here"),
        (lambda x: -x * x, 1.0, {"s": 0.1}, "diverged: f seems to fall without bound"),
        (lambda x: ad.log(x) ** 2, 0.5, {"s": 10.0}, "diverged: f"),
        (lambda x: (x - 3.0) ** 2, 0.0, {"max_steps": 1, "s": 0.1}, "reached the limit of 1 steps"),
        (lambda x: (x - 3.0) ** 2, 0.0, {"s": 0.1, "ftol": 1e-3}, "converged: f fell by no more than"),
        (lambda x: (x - 3.0) ** 2, 0.0, {"s": 0.1, "xtol": 1e-3}, "converged: the step is at most xtol"),
        (lambda x: 1e6 + (x - 3.0) ** 2, 0.0, {"s": 0.3, "gtol": 0.0}, "converged: no further decrease"),
    ],
)  # fmt: skip
def test_it_says_truthfully_how_it_ended(f, start, options, reason):
    result = steepest_descent(f, start, **options)
    assert reason in result.reason
    assert result.converged == result.reason.startswith("converged")


@pytest.mark.parametrize(("height", "bound"), [(0.0, 1e-2), (-1e2, 1.0), (1e3, 10.0)])
def test_ftol_is_absolute_for_small_values_and_relative_for_large_ones(height, bound):
    result = steepest_descent(lambda x: height + (x - 3.0) ** 2, 0.0, s=0.1, ftol=1e-2)
    *before, last = -np.diff(result.path.values)
    assert last <= 1.1 * bound
    assert all(fall > 0.9 * bound for fall in before)
    assert result.converged


def test_newton_says_where_its_step_is_not_defined():
    assert "f″ = 0 at x = 0.0" in newton(lambda x: x**3 - 2 * x + 2, 0.0, safeguard=False).reason
    singular = newton(lambda x: x[0] ** 2 + x[1], [1.0, 1.0], safeguard=False)
    assert "the Hessian is singular" in singular.reason


@elementwise(dx=lambda y, x: -2.0 * (x - 1.0))
def wrong(x, /):
    """(x − 1)², with a derivative of the wrong sign."""
    return (x - 1.0) ** 2


@pytest.mark.parametrize("method", [steepest_descent, conjugate_gradient, bfgs, l_bfgs])
def test_a_wrong_derivative_gets_stuck_at_once_and_is_told(method):
    result = method(wrong, 0.0)
    assert not result.converged
    assert result.reason.startswith("stuck: no step lowers f, though the gradient is 2")
    assert result.evaluations < 200


@pytest.mark.parametrize(
    ("f", "start", "options"),
    [
        (lambda x: (x - 3.0) ** 2, 100.0, {"s": 1e-18}),
        (lambda x: 5.0 * abs(x[0] + x[1]) + abs(x[0] - 0.3), [1.0, 1.0], {}),
    ],
)
def test_a_standstill_on_a_slope_is_no_convergence(f, start, options):
    result = steepest_descent(f, start, **options)
    assert result.reason.startswith("stuck: ")


@pytest.mark.parametrize("rule", [Adaptive(1.0), Constant(0.001), Backtracking(), "wolfe"])
@pytest.mark.parametrize("method", [bfgs, conjugate_gradient, l_bfgs])
def test_any_rule_goes_with_any_direction(method, rule):
    for f, start in ((demonstration_1, 2.0), (valley, [-1.2, 1.0])):
        result = method(f, start, s=rule)
        assert result.converged or rule == Constant(0.001)
        assert result.value < result.path.values[0]
        assert not result.converged or result.path.gradient_norms[-1] < 1e-6


def test_what_is_minimised_in_float32_ends_where_float32_ends():
    target = np.array([300.0, -2.0], np.float32)
    start = np.array([100.0, 1.0], np.float32)
    for options in ({}, {"derivative": "numerical"}):
        result = bfgs(lambda x: ((x - target) ** 2).sum(), start, **options)
        assert result.evaluations < 2000
        np.testing.assert_allclose(result.x, target, rtol=1e-3)


def test_a_lower_point_that_was_left_behind_is_kept():
    result = newton(demonstration_1, -1.0, safeguard=False)
    assert result.value > result.best.value == result.path.values.min()
    assert "best seen" in repr(result)
    assert "best seen" not in repr(newton(demonstration_1, 2.0))


def test_newton_cycles_where_textbooks_say_so():
    result = newton(lambda x: 0.25 * x**4 - x**2 + 2 * x, 0.0, safeguard=False)
    assert result.reason.startswith("cycling: every 2 steps")


@pytest.mark.parametrize("method", METHODS)
def test_infinite_values_on_the_way_shrink_the_step(method):
    result = method(lambda x: x - ad.log(x), 1e-3)  # nan for x ≤ 0
    assert result.converged
    assert result.x == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("scale", [1e-20, 1e-10, 1e10, 1e20])
@pytest.mark.parametrize("method", METHODS)
def test_the_scale_of_f_does_not_matter(method, scale):
    scaled = method(lambda x: scale * valley(x), [-1.2, 1.0], max_steps=5000)
    plain = method(valley, [-1.2, 1.0])
    assert scaled.converged
    np.testing.assert_allclose(scaled.x, [1.0, 1.0], atol=1e-4)
    assert scaled.evaluations < 2 * plain.evaluations + 50 or method is steepest_descent


def test_the_scale_of_f_does_not_matter_to_what_newton_says():
    for scale in (1e-8, 1.0, 1e8):
        top = newton(lambda x, scale=scale: scale * demonstration_1(x), 0.3, safeguard=False)
        assert top.reason.startswith("converged to a maximum: f″ = −")
        left = newton(lambda x, s=scale * 1e-6: s * (x[0] ** 2 - x[1] ** 2 + x[1] ** 4), [0.0, 0.0])
        assert abs(left.x[1]) == pytest.approx(np.sqrt(0.5))


@pytest.mark.parametrize("power", [3, 4, 5, 6])
def test_newton_does_not_tell_the_kind_where_the_curvature_dwindles(power):
    result = newton(lambda x: x**power, 1.0, safeguard=False)
    assert "the kind is not known" in result.reason


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (ValueError, "unknown method 'newtn'; did you mean 'newton'", lambda f: minimize(f, 2.0, "newtn")),
        (ValueError, "unknown derivative 'symbolic'", lambda f: minimize(f, 2.0, derivative="symbolic")),
        (TypeError, "no option 'maxsteps'; did you mean 'max_steps'", lambda f: minimize(f, 2.0, maxsteps=3)),
        (ValueError, "x0 must be finite, got nan", lambda f: minimize(f, float("nan"))),
        (ValueError, "x0 has no numbers", lambda f: minimize(f, [])),
        (TypeError, "real numbers", lambda f: minimize(f, "2.0")),
        (ValueError, "f is not finite at the start x0 = -1.0", lambda f: minimize(ad.log, -1.0)),
        (ValueError, "gradient of f is not finite at the start", lambda f: minimize(ad.sqrt, 0.0)),
        (TypeError, "one number, got an array of shape", lambda f: minimize(lambda x: x, [1.0, 2.0])),
        (TypeError, "f must return one number, got nothing", lambda f: minimize(lambda x: None, 2.0)),
        (TypeError, "x0 is an iterator", lambda f: minimize(f, iter([1.0]))),
        (TypeError, "x0 must be numbers, arrays", lambda f: minimize(f, None)),
        (TypeError, "the derivative must be a name, got None", lambda f: minimize(f, 2.0, derivative=None)),
        (TypeError, "callback must be a function", lambda f: minimize(f, 2.0, callback=5)),
        (TypeError, "step size s must be a number, got True", lambda f: minimize(f, 2.0, s=True)),
        (TypeError, "f must be a function, got 3", lambda f: minimize(NO_FUNCTION, 2.0)),
        (ValueError, "returned numbers without a graph", lambda f: minimize(lambda x: x.data**2, 2.0)),
        (ValueError, "s must be above 0 and finite, got 0", lambda f: steepest_descent(f, 2.0, s=0)),
        (ValueError, "s must be above 0 and finite, got -1", lambda f: steepest_descent(f, 2.0, s=-1)),
        (ValueError, "grow must be between 1 and inf, got 0.9", lambda f: Adaptive(grow=0.9)),
        (ValueError, "c2 must be between", lambda f: Wolfe(c2=1.5)),
        (ValueError, "shrink must be between 0 and 1, got 1.5", lambda f: Backtracking(shrink=1.5)),
        (ValueError, "gtol must be a number, 0 or more, got -1", lambda f: minimize(f, 2.0, gtol=-1)),
        (ValueError, "whole number, 0 or more, got -3", lambda f: minimize(f, 2.0, max_steps=-3)),
        (ValueError, "whole number of steps, at least 1, got 0", lambda f: l_bfgs(f, 2.0, memory=0)),
        (ValueError, "of steps, at least 1, got 3.5", lambda f: minimize(f, 2.0, "l-bfgs", memory=3.5)),
        (ValueError, "max_steps must be a whole number", lambda f: minimize(f, 2.0, max_steps=3.5)),
        (TypeError, "no option 'jac'; the engine has f's", lambda f: minimize(f, 2.0, jac=f)),
        (TypeError, "no option 'maxiter'; give max_steps", lambda f: minimize(f, 2.0, maxiter=5)),
        (ValueError, r"least_squares\(residuals, x0", lambda f: minimize(f, 2.0, "levenberg-marquardt")),
        (ValueError, "unknown step rule 'wolf'; did you mean 'wolfe'", lambda f: bfgs(f, 2.0, s="wolf")),
        (TypeError, r"got the class: write Wolfe\(\)", lambda f: minimize(f, 2.0, s=Wolfe)),
        (ValueError, "radius must be above 0", lambda f: random_search(f, 2.0, radius=0.0)),
        (ValueError, "all are constant", lambda f: minimize(lambda: 1.0, [Value(1.0, constant=True)])),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_the_remedy(error, message, call):
    with pytest.raises(error, match=message):
        call(demonstration_1)


# -- peers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "peer"), [(bfgs, "BFGS"), (l_bfgs, "L-BFGS-B")])
def test_rosenbrock_in_100_dimensions_takes_no_more_evaluations_than_scipy(method, peer):
    optimize = pytest.importorskip("scipy.optimize")
    start = np.tile([-1.2, 1.0], 50)
    options = {"gtol": 1e-8, "maxiter": 20_000} | ({"ftol": 0.0, "maxfun": 100_000} if peer != "BFGS" else {})
    theirs = optimize.minimize(ad.value_and_grad(rosenbrock), start, jac=True, method=peer, options=options)
    ours = method(rosenbrock, start)
    assert ours.converged
    assert ours.value < 1e-15
    assert ours.evaluations <= 1.1 * theirs.nfev


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("f", "start"),
    [
        (lambda x: ad.cosh(x - 700.0), 0.0),
        (lambda x: 1e160 * (x - 3.0) ** 2, 0.0),
        (lambda x: 1e-170 * (x - 3.0) ** 2, 0.0),
        (lambda x: ad.exp(x * x), 20.0),
        (ad.log, 1.0),
        (ad.sqrt, 1.0),
    ],
)
def test_where_float64_ends_nothing_is_raised_and_nothing_claimed(method, f, start):
    result = method(f, start)
    assert result.value <= ad.value_and_grad(f)(start)[0]
    if result.converged and not 0.0 <= result.value < 1e-15:
        assert result.path.gradient_norms[-1] <= 1e-8 * min(1.0, result.path.gradient_norms[0])


def test_badly_scaled_unknowns_are_nothing_to_newton():
    result = newton(lambda p: (p[0] / 1e6 - 1.0) ** 2 + (1e6 * p[1] - 1.0) ** 2, [1.0, 1.0])
    np.testing.assert_allclose(result.x, [1e6, 1e-6])


def test_the_chain_rule_is_not_cut_in_silence():
    with pytest.raises(TypeError, match="a derivative is being taken outside"):
        ad.grad(lambda a: minimize(lambda x: (x - a) ** 2, 0.0).x)(3.0)
    assert ad.grad(lambda a: a * minimize(lambda x: (x - 2.0) ** 2, 0.0).x)(3.0) == 2.0


@pytest.mark.parametrize("options", [{}, {"derivative": "numerical"}])
def test_a_callback_sees_the_parameters_of_its_iterate(options):
    w, seen = Value([1.0, 2.0], "w"), []
    minimize(lambda: ((w - 3.0) ** 4).sum(), [w], callback=lambda i: seen.append((i.x[0], w.data)), **options)
    assert all((x == data).all() for x, data in seen)


def test_an_error_in_the_callback_leaves_the_parameters_of_the_start():
    w = Value([1.0, 2.0], "w")
    with pytest.raises(ZeroDivisionError):
        minimize(lambda: (w * w).sum(), [w], derivative="numerical", callback=lambda i: 1 / 0)
    assert w.data.tolist() == [1.0, 2.0]


def test_a_flat_valley_that_was_reached_downhill_is_a_minimum():
    assert steepest_descent(lambda x: ad.relu(1.0 - x) ** 2, 0.0).converged


def test_results_can_be_pickled_but_not_drawn_then():
    result = pickle.loads(pickle.dumps(minimize(demonstration_1, 2.0)))
    assert result.x == minimize(demonstration_1, 2.0).x
    assert len(result.path) == result.steps + 1
    with pytest.raises(RuntimeError, match="this result was pickled"):
        result.plot()


def test_the_function_of_a_result_takes_what_its_x_is():
    result = minimize(lambda a, b: (a - 1.0) ** 2 + ((b - 2.0) ** 2).sum(), (0.0, [0.0, 0.0]))
    assert result.function((0.0, np.zeros(2))) == result.function(np.zeros(3)) == 9.0


def test_a_known_derivative_may_be_given():
    calls = []
    result = minimize(
        lambda x: float(np.cosh(x - 2.0)), 0.0, derivative=lambda x: calls.append(x) or np.sinh(x - 2.0)
    )
    assert result.converged
    assert result.x == pytest.approx(2.0)
    assert calls
    saddle = newton(
        lambda x: float(x[0] ** 2 - x[1] ** 2), [1.0, 1.0], safeguard=False,
        derivative=lambda x: np.array([2.0 * x[0], -2.0 * x[1]]),
    )  # fmt: skip
    np.testing.assert_allclose(saddle.x, [0.0, 0.0], atol=1e-8)
    with pytest.raises(ValueError, match="must return 2 slopes, got 1"):
        minimize(lambda x: (x * x).sum(), [1.0, 2.0], derivative=lambda x: 3.0)


def test_the_step_size_may_be_a_function_of_the_step():
    path = steepest_descent(valley, [-1.2, 1.0], s=lambda i: 0.01 / (i + 1), max_steps=3).path
    np.testing.assert_allclose(path.step_sizes[1:], [0.01, 0.005, 0.01 / 3.0])


def test_a_bound_is_claimed_only_where_the_step_size_is_above_it():
    astray = steepest_descent(lambda x: -x * x, 1.0, s=0.1)
    assert astray.reason.startswith("diverged")
    assert "step size" not in astray.reason


def test_random_search_stops_by_its_callback_and_refuses_what_it_cannot_use():
    stopped = random_search(demonstration_1, 2.0, seed=0, callback=lambda i: True)
    assert stopped.reason == "stopped by the callback"
    with pytest.raises(TypeError, match="random search has no option gtol"):
        minimize(demonstration_1, 2.0, "random-search", gtol=1e-3)
    assert minimize(demonstration_1, 2.0, "naive", seed=0, max_steps=5).steps == 5
    assert "gradient" not in repr(stopped)


def test_names_are_read_whatever_their_spelling():
    for name in ("L-BFGS", "l_bfgs", "lbfgs", "Newton CG", "STEEPEST_DESCENT"):
        assert minimize(demonstration_1, 2.0, name).converged
