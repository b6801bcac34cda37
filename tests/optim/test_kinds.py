"""A minimum is not the only point without slope: results say where they have come to another."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import elementwise
from optim import (
    bfgs,
    conjugate_gradient,
    l_bfgs,
    least_squares,
    minimize,
    newton,
    newton_cg,
    steepest_descent,
)
from optim.kinds import some_curvatures
from optim.objective import Objective

DESCENTS = [steepest_descent, conjugate_gradient, bfgs, l_bfgs]
METHODS = [*DESCENTS, newton, newton_cg]
C = np.array([1.0, 2.0])


def saddle(x):
    """A saddle at the origin, minima of −1/4 at (0, ±√½)."""
    return x[0] ** 2 - x[1] ** 2 + x[1] ** 4


def double_well(x):
    """A maximum at the origin, minima at ±√½ in each unknown."""
    return (x**4 - x**2).sum()


@elementwise(dx=lambda y, x: 0.0 / x)
def one(x, /):
    """1, whose derivative at 0 is nan, as that of a rule that settles no product 0·∞."""
    return x * 0.0 + 1.0


@elementwise(dx=lambda y, x: 2.0 * x * one(x))
def bowl(x, /):
    """x², with a second derivative that is nan at 0."""
    return x * x


@elementwise(dx=lambda y, x: np.sign(x) * one(x))
def tip(x, /):
    """|x|, with a second derivative that is nan at 0."""
    return abs(x)


# -- saddles and maxima --------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("method", DESCENTS)
def test_a_descent_that_ends_on_a_saddle_says_so(method, scale):
    result = method(lambda x: scale * saddle(x), [1.0, 0.0])
    assert result.reason.startswith("converged to a saddle: the Hessian's eigenvalues are from −2")
    assert "another start" in result.reason


@pytest.mark.parametrize("start", [0.0, np.zeros(3), np.zeros(3, np.float32), np.zeros(40)])
@pytest.mark.parametrize("method", DESCENTS)
def test_a_descent_that_starts_on_a_maximum_says_so(method, start):
    result = method(lambda x: np.cos(x).sum(), start)
    assert result.reason.startswith("converged to a maximum: ")
    assert "= −1 < 0" in result.reason


@pytest.mark.parametrize("derivative", ["numerical", lambda x: -np.sin(x)])
@pytest.mark.parametrize("method", DESCENTS)
def test_any_derivative_tells_a_maximum(method, derivative):
    assert "< 0" in method(lambda x: np.cos(x).sum(), np.zeros(2), derivative=derivative).reason


@pytest.mark.parametrize("method", [newton, newton_cg])
@pytest.mark.parametrize(("f", "start"), [(saddle, [1.0, 0.0]), (double_well, np.zeros(2))])
def test_methods_that_see_curvature_leave_saddles_and_maxima(method, f, start):
    result = method(f, start)
    assert result.converged
    assert result.value == pytest.approx(-0.25 if f is saddle else -0.5)


@pytest.mark.parametrize("method", DESCENTS)
@pytest.mark.parametrize(
    ("f", "start"),
    [
        (lambda x: -(x**4), 0.0),
        (lambda x: x**3, 0.0),
        (lambda x: x[0] ** 3 - 3 * x[0] * x[1] ** 2, [0.0, 0.0]),
    ],
)
def test_a_start_without_slope_or_curvature_is_looked_around(method, f, start):
    assert "not a minimum: beside it f is lower" in method(f, start).reason


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "f", [lambda x: (x[0] - x[1] ** 2) ** 2 + 0.1 * x[1] ** 4, lambda x: ((x - 1.0) ** 4).sum()]
)
def test_no_saddle_is_claimed_where_a_flat_minimum_is_not_quite_reached(method, f):
    result = method(f, [1.3, 1.0])
    assert "saddle" not in result.reason
    assert "maximum" not in result.reason


@pytest.mark.parametrize("method", DESCENTS)
def test_the_kind_of_a_minimum_costs_one_evaluation(method, monkeypatch):
    def f(x):
        return ((x - C) ** 2).sum() + (x[0] - 1.0) ** 4

    told = method(f, [0.3, 0.4])
    monkeypatch.setattr("optim.derivatives.Derivatives.products", 0)
    assert told.evaluations == method(f, [0.3, 0.4]).evaluations + 1


def test_products_show_the_extremes_of_many_curvatures():
    sizes = np.concatenate([[-3.0], np.linspace(0.5, 1.0, 200), [7.0]])
    objective = Objective(lambda x: 0.5 * (sizes * x * x).sum(), np.ones(202))
    found = some_curvatures(objective, objective.start)
    assert found.sizes[0] == pytest.approx(-3.0, rel=1e-4)
    assert found.sizes[-1] == pytest.approx(7.0, rel=1e-4)
    assert abs(found.axis[0]) > 0.99


def test_least_squares_says_that_the_sum_of_squares_falls_beside_a_maximum():
    fit = least_squares(lambda a: 2.0 + np.cos(a) * np.ones(3), 0.0)
    assert "falls on both sides" in fit.reason
    assert least_squares(lambda a: 2.0 - np.cos(a) * np.ones(3), 0.0).reason.startswith(
        "converged at the start"
    )


# -- kinks ---------------------------------------------------------------------------------------


def test_where_the_hessian_is_nan_newton_goes_by_differences_of_the_gradient():
    result = newton(lambda x: bowl(x - C).sum(), [0.0, 0.0])
    assert result.x.tolist() == [1.0, 2.0]
    assert result.reason == "converged to a minimum: the smallest eigenvalue of the Hessian = 2 > 0"


@pytest.mark.parametrize("c", [[0.1, 0.2], [1.0, 2.0], [3.3, -1.7, 5.0]])
def test_newton_names_the_minimum_of_a_squared_length(c):
    c = np.array(c)
    assert newton(lambda v: np.linalg.norm(v - c) ** 2, c + 1.7).reason.startswith("converged to a minimum")


@pytest.mark.parametrize("f", [lambda x: tip(x - C).sum(), lambda x: abs(x - C).sum()])
def test_newton_calls_a_tip_a_kink(f):
    assert newton(f, C).reason.startswith("converged to a kink: the slope jumps")


@pytest.mark.parametrize("f", [lambda x: -abs(x), lambda x: -np.maximum(x, 0.0), lambda x: -tip(x)])
@pytest.mark.parametrize("method", DESCENTS)
def test_an_upper_kink_is_no_minimum(method, f):
    assert method(f, 0.0).reason.startswith("converged to a kink, beside which f is lower")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1.0, 7.8e4])
@pytest.mark.parametrize(
    "f", [np.linalg.norm, lambda v: ad.sqrt(v[0] ** 2 + v[1] ** 2), lambda v: abs(v).sum()]
)
def test_convergence_at_a_kink_is_never_claimed_where_the_gradient_is_large(method, scale, f):
    result = method(lambda v: scale * f(v - np.array([0.1, 0.2])), [0.3, 0.4], max_steps=200)
    if result.converged:
        assert np.abs(result.gradient).max() <= 1e-8
    else:
        assert result.reason.startswith(("stuck: ", "reached the limit"))


# -- starts as people give them ------------------------------------------------------------------


@pytest.mark.parametrize("method", [*METHODS, lambda f, x0: minimize(f, x0, "random-search", seed=0)])
def test_a_tuple_of_one_is_unpacked_as_one_of_two(method):
    result = method(lambda a: (a - 1.0) ** 2, (1.5,))
    assert type(result.x) is tuple
    assert result.x[0] == pytest.approx(1.0, abs=0.1)
    assert method(lambda *a: (a[0] - 1.0) ** 2, (1.5,)).x[0] == pytest.approx(1.0, abs=0.1)


def test_a_tuple_of_one_is_unpacked_for_fits():
    fit = least_squares(lambda a: a - np.array([1.0, 2.0, 3.0]), (0.0,))
    assert fit.x[0] == pytest.approx(2.0)
    assert fit.names == ("a",)


# -- nan -----------------------------------------------------------------------------------------


def root(x):
    """Whose slope is infinite at 5, where f is finite."""
    return ad.sqrt((x - 5.0) ** 2)


def test_a_run_that_meets_a_gradient_that_is_nan_names_operation_line_and_remedy():
    result = steepest_descent(root, 6.0, s=1.0)
    assert not result.converged
    assert "the gradient of f is not finite after step 1: the gradient of sqrt" in result.reason
    assert "recorded at test_kinds.py:" in result.reason
    assert "add a small constant" in result.reason


@pytest.mark.parametrize("method", [conjugate_gradient, bfgs, l_bfgs, newton_cg])
def test_a_search_that_is_stuck_beside_nan_names_what_made_it(method):
    result = method(lambda x: abs(x - 5.0) + root(x), 6.0)
    assert not result.converged
    assert result.reason.startswith("stuck: ")
    assert "is not finite further on: the gradient of sqrt" in result.reason


@pytest.mark.parametrize(
    ("f", "start", "told"),
    [
        (lambda x: ad.log(1.0 + ad.exp(x)), 1000.0, "exp made inf of a value = 1000.0.*softplus"),
        (ad.sqrt, 0.0, "gradient of sqrt with respect to a value is inf.*add a small constant"),
        (lambda x: ad.where(x > 0, ad.log(x), 0.0) + ad.sqrt(x), 0.0, "gradient of sqrt"),
        (lambda x: ad.where(x > 0, ad.log(x), 0.0) + ad.log(x - 1.0), 0.0, r"log made nan of a value = -1.0"),
    ],
)
def test_a_start_that_is_not_finite_names_the_operation_but_no_branch_that_is_not_taken(f, start, told):
    with pytest.raises(ValueError, match=f"not finite at the start.*{told}"):
        minimize(f, start)
