"""Least squares: against certified values, linear regression and MINPACK, and on its way to them."""

import pickle
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value
from nn import Linear
from optim.fitting.linear_model import Model, column_norms
from optim.fitting.nonlinear_least_squares import least_squares
from optim.fitting.regression import two_sided
from optim.fitting.residuals import Located

x = np.linspace(0.0, 5.0, 30)
noise = np.random.default_rng(0).normal(size=x.size)
METHODS = ["levenberg-marquardt", "gauss-newton"]


def decay(a, k):
    return a * ad.exp(-k * x)


def numbers(text):
    return np.array([float(word) for word in text.split()])


# -- against values that others have found -----------------------------------------------------


class Problem(NamedTuple):
    """A problem of NIST's Statistical Reference Datasets, nonlinear regression, with certified values."""

    x: np.ndarray
    y: np.ndarray
    model: object
    starts: tuple[list[float], list[float]]
    estimates: str
    errors: str
    residual_sum: float


NIST = {
    "Misra1a": Problem(
        numbers("77.6 114.9 141.1 190.8 239.9 289.0 332.8 378.4 434.8 477.3 536.8 593.1 689.1 760.0"),
        numbers("10.07 14.73 17.94 23.93 29.61 35.18 40.02 44.82 50.76 55.05 61.01 66.40 75.47 81.78"),
        lambda x, b: b[0] * (1 - ad.exp(-b[1] * x)),
        ([500, 1e-4], [250, 5e-4]),
        "2.3894212918E+02 5.5015643181E-04",
        "2.7070075241E+00 7.2668688436E-06",
        1.2455138894e-01,
    ),
    "DanWood": Problem(
        numbers("1.309 1.471 1.490 1.565 1.611 1.680"),
        numbers("2.138 3.421 3.597 4.340 4.882 5.660"),
        lambda x, b: b[0] * x ** b[1],
        ([1, 5], [0.7, 4]),
        "7.6886226176E-01 3.8604055871E+00",
        "1.8281973860E-02 5.1726610913E-02",
        4.3173084083e-03,
    ),
    "Lanczos3": Problem(
        np.arange(24) * 0.05,
        numbers(
            "2.5134 2.0443 1.6684 1.3664 1.1232 0.9269 0.7679 0.6389 0.5338 0.4479 0.3776 0.3197 "
            "0.2720 0.2325 0.1997 0.1723 0.1493 0.1301 0.1138 0.1000 0.0883 0.0783 0.0698 0.0624"
        ),
        lambda x, b: b[0] * ad.exp(-b[1] * x) + b[2] * ad.exp(-b[3] * x) + b[4] * ad.exp(-b[5] * x),
        ([1.2, 0.3, 5.6, 5.5, 6.5, 7.6], [0.5, 0.7, 3.6, 4.2, 4, 6.3]),
        "8.6816414977E-02 9.5498101505E-01 8.4400777463E-01 "
        "2.9515951832E+00 1.5825685901E+00 4.9863565084E+00",
        "1.7197908859E-02 9.7041624475E-02 4.1488663282E-02 "
        "1.0766312506E-01 5.8371576281E-02 3.4436403035E-02",
        1.6117193594e-08,
    ),
    "MGH09": Problem(
        numbers("4 2 1 .5 .25 .167 .125 .1 .0833 .0714 .0625"),
        numbers(".1957 .1947 .1735 .1600 .0844 .0627 .0456 .0342 .0323 .0235 .0246"),
        lambda x, b: b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3]),
        ([25, 39, 41.5, 39], [0.25, 0.39, 0.415, 0.39]),
        "1.9280693458E-01 1.9128232873E-01 1.2305650693E-01 1.3606233068E-01",
        "1.1435312227E-02 1.9633220911E-01 8.0842031232E-02 9.0025542308E-02",
        3.0750560385e-04,
    ),
    "Thurber": Problem(
        numbers(
            "-3.067 -2.981 -2.921 -2.912 -2.840 -2.797 -2.702 -2.699 -2.633 -2.481 -2.363 -2.322 -1.501 "
            "-1.460 -1.274 -1.212 -1.100 -1.046 -0.915 -0.714 -0.566 -0.545 -0.400 -0.309 -0.109 -0.103 "
            "0.010 0.119 0.377 0.790 0.963 1.006 1.115 1.572 1.841 2.047 2.200"
        ),
        numbers(
            "80.574 84.248 87.264 87.195 89.076 89.608 89.868 90.101 92.405 95.854 100.696 101.060 401.672 "
            "390.724 567.534 635.316 733.054 759.087 894.206 990.785 1090.109 1080.914 1122.643 1178.351 "
            "1260.531 1273.514 1288.339 1327.543 1353.863 1414.509 1425.208 1421.384 1442.962 1464.350 "
            "1468.705 1447.894 1457.628"
        ),
        lambda x, b: (
            (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)
        ),
        ([1000, 1000, 400, 40, 0.7, 0.3, 0.03], [1300, 1500, 500, 75, 1, 0.4, 0.05]),
        "1.2881396800E+03 1.4910792535E+03 5.8323836877E+02 7.5416644291E+01 "
        "9.6629502864E-01 3.9797285797E-01 4.9727297349E-02",
        "4.6647963344E+00 3.9571156086E+01 2.8698696102E+01 5.5675370270E+00 "
        "3.1333340687E-02 1.4984928198E-02 6.5842344623E-03",
        5.6427082397e03,
    ),
    "BoxBOD": Problem(
        numbers("1 2 3 5 7 10"),
        numbers("109 149 149 191 213 224"),
        lambda x, b: b[0] * (1 - ad.exp(-b[1] * x)),
        ([1, 1], [100, 0.75]),
        "2.1380940889E+02 5.4723748542E-01",
        "1.2354515176E+01 1.0455993237E-01",
        1.1680088766e03,
    ),
    "Rat43": Problem(
        np.arange(1.0, 16.0),
        numbers(
            "16.08 33.83 65.80 97.20 191.55 326.20 386.87 520.53 590.03 651.92 724.93 699.56 689.96 637.56 "
            "717.41"
        ),
        lambda x, b: b[0] / (1 + ad.exp(b[1] - b[2] * x)) ** (1 / b[3]),
        ([100, 10, 1, 1], [700, 5, 0.75, 1.3]),
        "6.9964151270E+02 5.2771253025E+00 7.5962938329E-01 1.2792483859E+00",
        "1.6302297817E+01 2.0828735829E+00 1.9566123451E-01 6.8761936385E-01",
        8.7864049080e03,
    ),
    "MGH10": Problem(  # the parameters differ by a factor of 1e6
        np.arange(50.0, 126.0, 5.0),
        numbers("34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872"),
        lambda x, b: b[0] * ad.exp(b[1] / (x + b[2])),
        ([2, 400000, 25000], [0.02, 4000, 250]),
        "5.6096364710E-03 6.1813463463E+03 3.4522363462E+02",
        "1.5687892471E-04 2.3309021107E+01 7.8486103508E-01",
        8.7945855171e01,
    ),
    "MGH17": Problem(
        np.arange(0.0, 321.0, 10.0),
        numbers(
            ".844 .908 .932 .936 .925 .908 .881 .850 .818 .784 .751 .718 .685 .658 .628 .603 .580 .558 .538 "
            ".522 .506 .490 .478 .467 .457 .448 .438 .431 .424 .420 .414 .411 .406"
        ),
        lambda x, b: b[0] + b[1] * ad.exp(-x * b[3]) + b[2] * ad.exp(-x * b[4]),
        ([50, 150, -100, 1, 2], [0.5, 1.5, -1, 0.01, 0.02]),
        "3.7541005211E-01 1.9358469127E+00 -1.4646871366E+00 1.2867534640E-02 2.2122699662E-02",
        "2.0723153551E-03 2.2031669222E-01 2.2175707739E-01 4.4861358114E-04 8.9471996575E-04",
        5.4648946975e-05,
    ),
}


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", NIST)
def test_certified_values_are_found_from_the_far_and_the_near_start(name, start):
    problem = NIST[name]
    b0 = np.array(problem.starts[start], float)
    fit = least_squares(lambda b: problem.y - problem.model(problem.x, b), b0)
    assert fit.converged
    np.testing.assert_allclose(fit.value, problem.residual_sum, rtol=1e-9)
    np.testing.assert_allclose(fit.x, numbers(problem.estimates), rtol=1e-6)
    np.testing.assert_allclose(fit.standard_errors, numbers(problem.errors), rtol=1e-5)


def test_it_prints_what_r_prints_for_its_own_example():
    """The first example of R's `?nls`: run 1 of DNase, a logistic curve."""
    conc = np.repeat([0.04882812, 0.1953125, 0.390625, 0.78125, 1.5625, 3.125, 6.25, 12.5], 2)
    density = numbers(
        "0.017 0.018 0.121 0.124 0.206 0.215 0.377 0.374 0.614 0.609 1.019 1.001 1.334 1.364 1.730 1.710"
    )
    fit = least_squares(
        lambda Asym, xmid, scal: density - Asym / (1 + ad.exp((xmid - np.log(conc)) / scal)), (3.0, 0.0, 1.0)
    )
    lines = repr(fit).splitlines()
    assert lines[2].split() == ["Estimate", "Std.", "Error", "t", "value", "Pr(>|t|)"]
    assert lines[3].split() == ["Asym", "2.34518", "0.07815", "30.01", "2.17e-13"]
    assert lines[4].split() == ["xmid", "1.48309", "0.08135", "18.23", "1.22e-10"]
    assert lines[5].split()[2:] == ["0.03227", "32.27", "8.51e-14"]
    assert lines[7] == "Residual standard error: 0.01919 on 13 degrees of freedom"


@given(seed=st.integers(0, 10_000), m=st.integers(4, 20), n=st.integers(1, 4))
@pytest.mark.parametrize("method", METHODS)
def test_a_linear_problem_is_linear_regression_in_one_step(method, seed, m, n):
    rng = np.random.default_rng(seed)
    A, y = rng.normal(size=(m, n)), rng.normal(size=m)
    fit = least_squares(lambda b: y - A @ b, rng.normal(size=n), method)
    solution = np.linalg.lstsq(A, y)[0]
    np.testing.assert_allclose(fit.path.points[1], solution, atol=1e-8)
    np.testing.assert_allclose(fit.x, solution, atol=1e-8)
    np.testing.assert_allclose(fit.jacobian, -A, rtol=1e-14)
    if m > n:
        covariance = np.sum((y - A @ solution) ** 2) / (m - n) * np.linalg.inv(A.T @ A)
        np.testing.assert_allclose(fit.covariance, covariance, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(fit.standard_errors, np.sqrt(np.diag(covariance)), rtol=1e-6)


@settings(max_examples=25)
@given(a=st.floats(0.5, 50.0), k=st.floats(0.1, 3.0), off=st.floats(0.3, 3.0))
@pytest.mark.parametrize("method", METHODS)
def test_parameters_are_recovered_from_data_without_noise(method, a, k, off):
    fit = least_squares(lambda p, q: decay(a, k) - decay(p, q), (a * off, k / off), method)
    assert fit.converged, fit.reason
    np.testing.assert_allclose(fit.x, (a, k), rtol=1e-7)


@settings(max_examples=25)
@given(t=st.floats(-60.0, 60.0), degrees=st.integers(1, 500))
def test_probabilities_are_those_of_students_distribution(t, degrees):
    scipy = pytest.importorskip("scipy.stats")
    assert two_sided(t, degrees) == pytest.approx(2.0 * scipy.t.sf(abs(t), degrees), rel=1e-9)


TWO_EXPONENTIALS = [
    (1.0, 1.0, 1.0, 2.0),
    (1.0, 0.1, 1.0, 1.0),
    (4.0, 0.4, 1.0, 2.0),
    (10.0, 1.0, 10.0, 5.0),
    (1.0, 0.01, 1.0, 10.0),
    (100.0, 5.0, 1.0, 0.1),
    (1e-3, 0.3, 1e-3, 2.0),
]


@pytest.mark.parametrize("start", TWO_EXPONENTIALS)
def test_a_sum_of_two_exponentials_takes_no_more_evaluations_than_minpack_allows(start):
    optimize = pytest.importorskip("scipy.optimize")
    y = decay(5.0, 0.5) + decay(2.0, 3.0) + 0.01 * noise

    def residuals(b):
        return y - decay(b[0], b[1]) - decay(b[2], b[3])

    rules = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-8}
    fit = least_squares(residuals, np.array(start), **rules)
    with np.errstate(over="ignore"):
        peer = optimize.least_squares(residuals, start, jac=ad.jacobian(residuals), method="lm", **rules)
    assert fit.value == pytest.approx(2.0 * peer.cost, rel=1e-9)
    assert fit.evaluations <= 1.5 * peer.nfev


# -- units, far starts, and where nothing can be computed --------------------------------------


@settings(max_examples=25)
@given(i=st.integers(-40, 40), j=st.integers(-40, 40), unit=st.integers(-40, 40))
@pytest.mark.parametrize("method", METHODS)
def test_units_change_nothing_to_the_last_bit(method, i, j, unit):
    """Powers of 2 up to 1e12, since they are exact."""
    y = decay(3.0, 1.3) + 0.1 * noise
    one = least_squares(lambda a, k: y - decay(a, k), (1.0, 0.5), method)
    a, k, r = 2.0**i, 2.0**j, 2.0**unit
    other = least_squares(lambda p, q: r * (y - decay(p / a, q / k)), (a, 0.5 * k), method)
    assert other.evaluations == one.evaluations
    assert other.x == (one.x[0] * a, one.x[1] * k)
    assert other.standard_errors == (one.standard_errors[0] * a, one.standard_errors[1] * k)
    np.testing.assert_array_equal(other.path.values, one.path.values * r * r)


def test_parameters_may_differ_by_twenty_orders_of_magnitude():
    y = decay(3.0, 1.3) + 0.1 * noise
    one = least_squares(lambda a, k: y - decay(a, k), (1.0, 0.5))
    other = least_squares(lambda a, k: y - decay(a * 1e-10, k * 1e10), (1e10, 0.5e-10))
    np.testing.assert_allclose(np.array(other.x) * [1e-10, 1e10], one.x, rtol=1e-9)
    assert abs(other.steps - one.steps) <= 1


@pytest.mark.parametrize("start", [(1.0, 20.0), (1e6, 30.0), (1e8, -2.0)])
def test_far_starts_and_exponentials_that_overflow_on_the_way_are_survived(start):
    y = decay(3.0, 1.3) + 0.1 * noise
    near = least_squares(lambda a, k: y - decay(a, k), (3.0, 1.0))
    overflows = []

    def residuals(a, k):
        r = y - decay(a, k)
        overflows.append(not np.isfinite(r.data).all())
        return r

    fit = least_squares(residuals, start)
    assert any(overflows)
    np.testing.assert_allclose(fit.x, near.x, rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_nan_on_the_way_shortens_the_step(method):
    fit = least_squares(lambda v: ad.sqrt(v) - 0.01, 30.0, method)
    assert fit.converged
    assert fit.x == pytest.approx(1e-4)
    assert np.all(np.isfinite(fit.path.values))


def test_an_exception_of_arithmetic_on_the_way_counts_as_nan():
    def residuals(v):
        if v.item() < 0.0:
            raise ZeroDivisionError
        return ad.sqrt(v) - 0.01

    assert least_squares(residuals, 30.0).x == pytest.approx(1e-4)


# -- what the Jacobian does not tell -----------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_sum_of_two_parameters_is_fitted_though_neither_is_determined(method):
    y = 2.0 * x + 0.1 * noise
    fit = least_squares(lambda a, b, c: y - (a + b) * x - c, (1.0, 3.0, 0.0), method)
    assert fit.converged
    slope, constant = np.polyfit(x, y, 1)
    assert fit.x[0] + fit.x[1] == pytest.approx(slope)
    assert fit.x[2] == pytest.approx(constant)
    assert fit.standard_errors[:2] == (np.inf, np.inf)
    assert np.isnan(fit.covariance[0, 1:]).all()
    assert 0.0 < fit.standard_errors[2] < 1.0
    assert "Not determined by the residuals: a, b" in repr(fit)


def test_plain_gauss_newton_says_where_its_step_is_not_unique():
    fit = least_squares(lambda a, b: x - (a + b) * x, (0.0, 0.0), "gauss-newton", safeguard=False)
    assert not fit.converged
    assert fit.reason.startswith("the Jacobian has rank 1, below the 2 unknowns, at x = (0.0, 0.0)")


def test_more_parameters_than_residuals_are_fitted_without_standard_errors():
    fit = least_squares(lambda v: [v[0] * v[1] - 1.0, v[2] - 2.0], np.array([3.0, 1.0, 1.0]))
    assert fit.converged
    assert fit.x[0] * fit.x[1] == pytest.approx(1.0)
    assert fit.degrees_of_freedom == -1
    assert np.isnan(fit.residual_standard_deviation)
    assert np.isnan(fit.covariance).all()
    assert np.isnan(fit.standard_errors).all()
    assert "No standard errors: no degrees of freedom are left (2 residuals, 3 parameters)" in repr(fit)


def test_parameters_that_do_nothing_are_called_flat():
    y = decay(3.0, 1.3)
    fit = least_squares(lambda a, k, c: y - c - a * ad.exp(-k * (x + 0.1)), (1.0, 1e5, 0.0))
    assert not fit.converged
    assert fit.reason.startswith("flat: R does not change with a, k around here")
    assert fit.x[2] == pytest.approx(np.mean(y))


def test_a_start_at_the_solution_has_converged():
    fit = least_squares(lambda a: [a - 1.0, 2.0 * a - 2.0], 1.0)
    assert (fit.steps, fit.evaluations, fit.value) == (0, 1, 0.0)
    assert fit.reason == "converged at the start: all residuals are 0"
    assert fit.standard_errors == 0.0


def test_a_jump_where_no_step_leads_down_is_not_called_a_minimum():
    fit = least_squares(lambda v: ad.where(v > 0.0, v + 1.0, v - 1.0), 3.0)
    assert not fit.converged
    assert fit.reason.startswith("stuck: no step lowers the sum of squares")


def test_plain_gauss_newton_diverges_where_the_safeguarded_one_converges():
    start, options = 3.0, {"method": "gauss-newton"}
    plain = least_squares(ad.arctan, start, safeguard=False, **options)
    assert not plain.converged
    assert plain.x == start  # the best point seen
    safe = least_squares(ad.arctan, start, **options)
    assert safe.converged
    assert safe.x == pytest.approx(0.0, abs=1e-12)


# -- what it takes and gives -------------------------------------------------------------------


def test_the_value_is_the_sum_of_squares_and_the_gradient_its_own():
    y = decay(3.0, 1.3) + 0.1 * noise

    def total(b):
        return ad.sum((y - decay(b[0], b[1])) ** 2)

    fit = least_squares(lambda b: y - decay(b[0], b[1]), np.array([1.0, 0.5]), max_steps=2)
    assert fit.value == pytest.approx(total(fit.x))
    np.testing.assert_allclose(fit.gradient, ad.grad(total)(fit.x), rtol=1e-9)
    np.testing.assert_allclose(fit.residuals, y - decay(*fit.x), rtol=1e-12)
    assert fit.residual_standard_deviation == pytest.approx(np.sqrt(fit.value / 28))
    assert (fit.fun, fit.nit, fit.nfev, fit.success) == (fit.value, fit.steps, fit.evaluations, False)


@given(seed=st.integers(0, 1000), m=st.integers(1, 9), n=st.integers(1, 5))
def test_the_jacobian_is_the_same_by_rows_and_by_columns_and_for_any_structure(seed, m, n):
    rng = np.random.default_rng(seed)
    A, B, u, v = rng.normal(size=(m, n)), rng.normal(size=(m, 2)), rng.normal(size=n), rng.normal(size=2)

    def first(u, v):
        return ad.sin(A @ u) * (B @ v)

    fit = least_squares(lambda p: [first(p["u"], p["v"]), p["u"][0] ** 2], {"u": u, "v": v}, max_steps=0)
    J = np.hstack(ad.jacobian(first, (0, 1))(u, v))
    last = np.zeros(n + 2)
    last[0] = 2.0 * u[0]
    np.testing.assert_allclose(fit.jacobian, np.vstack([J, last]), rtol=1e-12, atol=1e-14)
    assert fit.names == (*(f"u[{i}]" for i in range(n)), "v[0]", "v[1]")


def test_differences_in_place_of_derivatives_find_the_same():
    y = decay(3.0, 1.3) + 0.1 * noise
    exact, numerical = (
        least_squares(lambda a, k: y - decay(a * 1e10, k), (1e-10, 0.5), derivative=which)
        for which in ("exact", "numerical")
    )
    np.testing.assert_allclose(numerical.x, exact.x, rtol=1e-7)
    np.testing.assert_allclose(numerical.standard_errors, exact.standard_errors, rtol=1e-6)
    assert numerical.evaluations >= 5 * exact.evaluations


def test_a_jacobian_of_the_users_takes_the_place_of_the_engines():
    y = decay(3.0, 1.3) + 0.1 * noise

    def r(a, k):
        return y - decay(a, k)

    def by_hand(a, k):
        return np.stack([-np.exp(-k * x), a * x * np.exp(-k * x)], axis=1)

    exact = least_squares(r, (1.0, 1.0))
    slopes = ad.jacobian(r, (0, 1))
    for known in (by_hand, slopes, ad.compile(slopes)):
        fit = least_squares(ad.compile(r), (1.0, 1.0), derivative=known)
        np.testing.assert_allclose(fit.x, exact.x, rtol=1e-9)
        np.testing.assert_allclose(fit.jacobian, exact.jacobian, rtol=1e-12)
        assert (fit.steps, fit.evaluations) == (exact.steps, exact.evaluations)


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), m=st.integers(1, 5), n=st.integers(1, 4))
def test_a_jacobian_by_the_engine_is_taken_for_any_structure(seed, m, n):
    rng = np.random.default_rng(seed)
    A, u, v = rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=(2, 2))

    def r(p):
        return [ad.sin(A @ p["u"]) * p["v"].sum(), {"more": p["v"] ** 2, "one": p["u"][0]}]

    p = {"u": u, "v": v}
    fit = least_squares(r, p, max_steps=0, derivative=ad.jacobian(r))
    np.testing.assert_allclose(
        fit.jacobian, least_squares(r, p, max_steps=0).jacobian, rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("wrong", [np.ones((2, 30)), np.ones(60), np.ones((30, 3)), (np.ones(30),) * 3, ()])
def test_what_is_no_jacobian_is_refused(wrong):
    with pytest.raises(
        ValueError, match=r"must return the Jacobian of 30 residuals by 2 unknowns.*\(30, 2\), got"
    ):
        least_squares(lambda a, k: decay(a, k), (1.0, 1.0), derivative=lambda a, k: wrong)


def test_a_module_is_left_at_the_best_point_and_names_its_parameters():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(20, 2))
    y = X @ [[2.0], [-1.0]] + 0.5 + 0.1 * rng.normal(size=(20, 1))
    model = Linear(2, 1, seed=0)
    fit = least_squares(lambda: y - model(X), model)
    expected = np.linalg.lstsq(np.hstack([X, np.ones((20, 1))]), y)[0].ravel()
    np.testing.assert_allclose(np.append(model.weight.data, model.bias.data), expected, rtol=1e-9)
    assert fit.names == ("weight[0, 0]", "weight[0, 1]", "bias[0]")
    assert [error.shape for error in fit.standard_errors] == [(1, 2), (1,)]


def test_arguments_by_position_are_named_by_their_position():
    fit = least_squares(lambda *p: [p[0] - 1.0, p[1] - 2.0, p[0] * p[1] - 2.5], (0.0, 0.0))
    assert fit.names == ("p[0]", "p[1]")
    assert "p[1]" in repr(fit)
    fit = least_squares(lambda a, *rest: [a - 1.0, rest[0] - 2.0, rest[1] - 3.0], (0.0, 0.0, 0.0))
    assert fit.names == ("a", "rest[0]", "rest[1]")


def test_a_fit_knows_its_residuals_elsewhere_and_leaves_parameters_as_they_are():
    a, k = Value(1.0, "a"), Value(1.0, "k")
    fit = least_squares(lambda: decay(3.0, 1.3) - a * ad.exp(-k * x), [a, k])
    assert fit.residuals_at(fit.x) == pytest.approx(fit.residuals, abs=1e-12)
    assert fit.residuals_at([2.0, 1.0]) == pytest.approx(decay(3.0, 1.3) - 2.0 * np.exp(-x))
    assert (a.data, k.data) == (pytest.approx(3.0), pytest.approx(1.3))
    with pytest.raises(RuntimeError, match="its function is gone"):
        pickle.loads(pickle.dumps(fit)).residuals_at(fit.x)


def test_frozen_parameters_stay():
    a, k = Value(1.0, "a"), Value(1.3, "k", constant=True)
    fit = least_squares(lambda: decay(3.0, 1.3) - a * ad.exp(-k * x), [a, k])
    assert fit.names == ("a",)
    assert (a.data, k.data) == (pytest.approx(3.0), 1.3)


def test_the_function_closes_over_values_without_changing_them():
    k = Value(1.3)
    least_squares(lambda a: decay(3.0, 1.3) - a * ad.exp(-k * x), 1.0)
    assert (k.data, k.grad) == (1.3, None)


class Curve(NamedTuple):
    height: float
    rate: float


@pytest.mark.parametrize(
    ("residuals", "x0", "names"),
    [
        (lambda θ: decay(3.0, 1.3) - decay(θ[0], θ[1]), [1.0, 1.0], ("θ[0]", "θ[1]")),
        (lambda a, b: decay(3.0, 1.3) - decay(a, b), (1.0, 1.0), ("a", "b")),
        (lambda p: decay(3.0, 1.3) - decay(*p), Curve(1.0, 1.0), ("p.height", "p.rate")),
        (lambda p: decay(3.0, 1.3) - decay(p["h"], p["r"]), {"h": 1.0, "r": 1.0}, ("h", "r")),
        (lambda h: decay(3.0, 1.3) - decay(h, 1.3), 1.0, ("h",)),
    ],
)
def test_parameters_have_the_names_that_the_function_knows_them_by(residuals, x0, names):
    fit = least_squares(residuals, x0)
    assert fit.names == names
    assert type(fit.standard_errors) is type(fit.x)


def test_the_table_of_many_parameters_shows_the_first():
    fit = least_squares(lambda b: np.arange(60.0) - ad.concatenate([b, b]), np.zeros(30))
    assert "b[24]" in repr(fit)
    assert "b[25]" not in repr(fit)


# -- how it ends -------------------------------------------------------------------------------


def residuals(a, k):
    return decay(3.0, 1.3) + 0.1 * noise - decay(a, k)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"max_steps": 2}, "reached the limit of 2 steps"),
        ({"callback": lambda iterate: iterate.value < 10.0}, "stopped by the callback"),
        ({"gtol": 1e-2}, "converged: the gradient, as a cosine, is"),
        ({"ftol": 1e-3, "gtol": 0.0}, "converged: the sum of squares falls by no more than ftol"),
        ({"xtol": 1e-3, "gtol": 0.0}, "converged: the step is at most xtol"),
    ],
)
def test_it_says_why_it_stopped(method, options, reason):
    fit = least_squares(residuals, (1.0, 0.3), method, **options)
    assert fit.reason.startswith(reason)
    assert fit.converged == reason.startswith("converged")
    assert fit.value == np.min(fit.path.values)


def test_interrupted_it_returns_what_it_has():
    def interrupt(iterate):
        if iterate.value < 10.0:
            raise KeyboardInterrupt

    fit = least_squares(residuals, (1.0, 0.3), callback=interrupt)
    assert fit.reason == "interrupted"
    assert fit.value < 10.0
    np.testing.assert_allclose(fit.residuals @ fit.residuals, fit.value)


@pytest.mark.parametrize(
    ("f", "x0", "options", "error", "words"),
    [
        (lambda v: ad.log(v), -1.0, {}, ValueError, "1 of the 1 residuals are not finite.*residual 0 is nan"),
        (
            lambda v: ad.sqrt(v),
            0.0,
            {},
            ValueError,
            "the Jacobian of the residuals is not finite at the start",
        ),
        (lambda v: ad.exp(v), 600.0, {}, ValueError, "the sum of squares overflows at the start"),
        (lambda v: v.data, np.ones(2), {}, ValueError, "without a graph"),
        (lambda v: None, 1.0, {}, TypeError, "must return residuals.*got None"),
        (lambda v: x[: int(v.item()) + 2] * v, 3.0, {}, ValueError, "5 residuals at the start, but 2 at"),
        (lambda v: v, 1.0, {"method": "gauss"}, ValueError, "did you mean 'gauss-newton'"),
        (lambda v: v, 1.0, {"maxsteps": 3}, TypeError, "did you mean 'max_steps'"),
        (lambda v: v, 1.0, {"safeguard": False}, ValueError, "Levenberg-Marquardt has no plain form"),
        (3.0, 1.0, {}, TypeError, "must be a function"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_the_reason(f, x0, options, error, words):
    with pytest.raises(error, match=words):
        least_squares(f, x0, **options)


# -- the linear model --------------------------------------------------------------------------


@given(seed=st.integers(0, 1000), m=st.integers(1, 8), n=st.integers(1, 5), radius=st.floats(1e-6, 1e3))
def test_a_bounded_step_solves_the_damped_normal_equations_on_the_bound(seed, m, n, radius):
    rng = np.random.default_rng(seed)
    r, J = rng.normal(size=m), rng.normal(size=(m, n)) * 10.0 ** rng.uniform(-6.0, 6.0, n)
    D = column_norms(J)
    point = Located.of(np.zeros(n), r, J)
    step = Model(point, D).step(radius)
    q, A = D * step.p, J / D
    assert step.length == pytest.approx(np.linalg.norm(q), rel=1e-9)
    assert step.length <= 1.1 * radius * (1.0 + 1e-12)
    assert step.multiplier == 0.0 or step.length >= 0.99 * radius
    damping = step.multiplier * np.linalg.svd(A)[1][0] ** 2
    np.testing.assert_allclose(A.T @ (A @ q + r) + damping * q, 0.0, atol=1e-8 * (1.0 + np.linalg.norm(r)))
    fallen = np.sum(r * r) - np.sum((r + A @ q) ** 2)
    assert step.promised * (r @ r) == pytest.approx(fallen, abs=1e-8)


def test_a_sum_in_place_of_residuals_is_refused():
    x, y = np.arange(4.0), np.array([1.0, 3.0, 5.0, 8.0])
    with pytest.raises(ValueError, match="one number for 2 unknowns; return all residuals"):
        least_squares(lambda a, b: ((y - a - b * x) ** 2).sum(), (0.0, 0.0))
