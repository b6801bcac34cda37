"""Derivatives near the ends of the range of numbers, of each precision: no factor leaves it on the way."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, grad, gradients

LONG = np.longdouble
LOG_2, LOG_10 = np.log(LONG(2.0)), np.log(LONG(10.0))
PRECISIONS = [np.float64, np.float32, np.float16]


def root(x):
    """√(1 + x²) where x² would overflow."""
    return np.hypot(x, LONG(1.0))


def beside(x):
    """√(x² − 1)."""
    return np.sqrt(x - 1.0) * np.sqrt(x + 1.0)


def within(x):
    """1 − x²."""
    return (1.0 - x) * (1.0 + x)


def share(x):
    """σ(x)."""
    return 1.0 / (1.0 + np.exp(-x))


SLOPES = {
    "exp": (np.exp, np.exp),
    "exp2": (lambda x: np.exp2(x) * LOG_2, lambda x: np.exp2(x) * LOG_2**2),
    "expm1": (np.exp, np.exp),
    "log": (lambda x: 1.0 / x, lambda x: -1.0 / x**2),
    "log2": (lambda x: 1.0 / (x * LOG_2), lambda x: -1.0 / (x**2 * LOG_2)),
    "log10": (lambda x: 1.0 / (x * LOG_10), lambda x: -1.0 / (x**2 * LOG_10)),
    "log1p": (lambda x: 1.0 / (1.0 + x), lambda x: -1.0 / (1.0 + x) ** 2),
    "sqrt": (lambda x: 0.5 / np.sqrt(x), lambda x: -0.25 / (np.sqrt(x) * x)),
    "cbrt": (lambda x: np.cbrt(x) / x / 3.0, lambda x: -2.0 * np.cbrt(x) / x / x / 9.0),
    "reciprocal": (lambda x: -1.0 / x**2, lambda x: 2.0 / x**3),
    "square": (lambda x: 2.0 * x, lambda x: 0.0 * x + 2.0),
    "sinh": (np.cosh, np.sinh),
    "cosh": (np.sinh, np.cosh),
    "arcsinh": (lambda x: 1.0 / root(x), lambda x: -x / root(x) ** 3),
    "arccosh": (lambda x: 1.0 / beside(x), lambda x: -x / beside(x) ** 3),
    "softplus": (share, lambda x: share(x) * share(-x)),
    "log_sigmoid": (lambda x: share(-x), lambda x: -share(x) * share(-x)),
    # Exact but for the rounding of a difference of numbers near 1: y, or x and 1.
    "tanh": (lambda x: np.cosh(x) ** -2, lambda x: -2.0 * np.tanh(x) / np.cosh(x) ** 2),
    "sigmoid": (lambda x: share(x) * share(-x), lambda x: -np.tanh(x / 2.0) * share(x) * share(-x)),
    "arcsin": (lambda x: within(x) ** -0.5, lambda x: x * within(x) ** -1.5),
    "arccos": (lambda x: -(within(x) ** -0.5), lambda x: -x * within(x) ** -1.5),
    "arctanh": (lambda x: 1.0 / within(x), lambda x: 2.0 * x / within(x) ** 2),
    "entr": (lambda x: -1.0 - np.log(x), lambda x: -1.0 / x),
    "arctan": (lambda x: 1.0 / root(x) ** 2, lambda x: -2.0 * x / root(x) ** 4),
}
"""First and second derivatives in longer numbers, by formulas of their own."""

DIFFERENCES = {"softplus", "log_sigmoid", "tanh", "sigmoid", "arcsin", "arccos", "arctanh", "arctan", "entr"}


def assert_close(found, expected, dtype, absolute):
    """Within some units in the last place, or too small to tell from 0, or beyond the largest number."""
    limits = np.finfo(dtype)
    if abs(expected) > 0.5 * LONG(limits.max):
        assert not np.isfinite(found) or abs(found) > 0.4 * LONG(limits.max)
    else:
        error = abs(LONG(found) - expected)
        assert error <= 40 * LONG(limits.eps) * (abs(expected) + absolute) + 16 * LONG(
            limits.smallest_subnormal
        )


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", SLOPES)
@settings(max_examples=60)
@given(st.floats(-1.0, 1.0), st.sampled_from([-1.0, 1.0]))
def test_slopes_are_right_at_any_scale(name, dtype, exponent, sign):
    x = dtype(sign * 10.0 ** (exponent * (np.log10(float(np.finfo(dtype).max)) - 0.1)))
    value = Value(np.array([x]))
    with np.errstate(all="ignore"):
        y = getattr(ad, name)(value)
        first = gradients(y, value, np.ones(1, dtype), create_graph=True)
        found = [first.data[0], gradients(first, value, np.ones(1, dtype))[0]]
        expected = [slope(LONG(x)) for slope in SLOPES[name]]
    for got, wanted in zip(found, expected, strict=True):
        if not np.isnan(wanted):
            assert_close(got, wanted, dtype, absolute=1.0 if name in DIFFERENCES else 0.0)


@pytest.mark.parametrize("x", [1e22, 1e30, 3e38])
def test_arccosh_of_what_squares_to_infinity(x):
    small = np.float32(x)
    for slope in (grad(ad.arccosh), ad.compile(grad(ad.arccosh))):
        found = slope(small)
        assert found.dtype == np.float32
        assert found == pytest.approx(1.0 / x, rel=1e-6)
    assert grad(ad.arccosh)(x**8 if x < 1e38 else 1e300) == pytest.approx(x**-8.0 if x < 1e38 else 1e-300)
    assert grad(ad.arccosh)(1.0) == np.inf
    assert np.isnan(grad(ad.arccosh)(-2.0))


# -- functions that scale ----------------------------------------------------------------------

rng = np.random.default_rng(0)
TALL, SQUARE = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))
DEFINITE = SQUARE @ SQUARE.T + np.eye(3)
WEIGHTS = rng.normal(size=12)


def weighed(y):
    return (np.resize(WEIGHTS, y.shape) * y).sum()


SCALING = {
    "singular values": (lambda a: weighed(ad.linalg.svd(a, compute_uv=False)), 1, TALL),
    "left singular vectors": (lambda a: weighed(ad.linalg.svd(a, False)[0] ** 2), 0, TALL),
    "right singular vectors": (lambda a: weighed(ad.linalg.svd(a, False)[2] ** 2), 0, TALL),
    "left singular vectors, wide": (lambda a: weighed(ad.linalg.svd(a, False)[0] ** 2), 0, TALL.T),
    "right singular vectors, wide": (lambda a: weighed(ad.linalg.svd(a, False)[2] ** 2), 0, TALL.T),
    "eigenvalues": (lambda a: weighed(ad.linalg.eigh(a)[0]), 1, DEFINITE),
    "eigenvectors": (lambda a: weighed(ad.linalg.eigh(a)[1] ** 2), 0, DEFINITE),
    "pinv": (lambda a: weighed(ad.linalg.pinv(a)), -1, TALL),
    "pinv of a square matrix": (lambda a: weighed(ad.linalg.pinv(a)), -1, SQUARE),
    "inv": (lambda a: weighed(ad.linalg.inv(a)), -1, SQUARE),
    "solve": (lambda a: weighed(ad.linalg.solve(a, np.ones(3, a.dtype))), -1, SQUARE),
    "cholesky": (lambda a: weighed(ad.linalg.cholesky(a)), 0.5, DEFINITE),
    "slogdet": (lambda a: ad.linalg.slogdet(a)[1], 0, SQUARE),
    "det": (lambda a: ad.linalg.det(a[:2, :2]), 2, SQUARE),
    "norm": (ad.norm, 1, TALL),
    "norm of order 3": (lambda a: weighed(ad.norm(a, 3, axis=1)), 1, TALL),
    "nuclear norm": (lambda a: ad.norm(a, "nuc"), 1, TALL),
    "spectral norm": (lambda a: ad.norm(a, 2), 1, TALL),
    "hypot": (lambda a: ad.hypot(a[0], a[1]).sum(), 1, TALL),
    "arctan2": (lambda a: ad.arctan2(a[0], a[1]).sum(), 0, TALL),
    "divide": (lambda a: (a[0] / a[1]).sum(), 0, TALL),
}
"""Functions with f(c·x) = cⁿ·f(x), or + a constant; n; a point."""


@pytest.mark.parametrize(
    ("dtype", "exponents"), [(np.float64, (-530, -400, 400, 530)), (np.float32, (-72, -40, 40, 72))]
)
@pytest.mark.parametrize(("f", "degree", "point"), SCALING.values(), ids=SCALING)
def test_derivatives_scale_with_their_point(f, degree, point, dtype, exponents):
    direction = np.resize(WEIGHTS[::-1], point.shape).astype(dtype)

    def slopes(x):
        value = Value(x)
        with np.errstate(all="ignore"):
            first = gradients(f(value), value, create_graph=True)
            return [first.data, gradients((first * direction).sum(), value)]

    limits, here = np.finfo(dtype), slopes(point.astype(dtype))
    for exponent in exponents:
        there = slopes(point.astype(dtype) * dtype(2.0) ** exponent)
        for order, (found, base) in enumerate(zip(there, here, strict=True), 1):
            expected = base.astype(LONG) * LONG(2.0) ** int(exponent * (degree - order))
            within_range = np.abs(expected) < LONG(limits.max)
            size = np.abs(expected, where=within_range, out=np.zeros_like(expected)).max()
            error = np.abs(found.astype(LONG) - expected)[within_range]
            assert (error <= 1000 * limits.eps * size + 8 * LONG(limits.smallest_normal)).all()


def test_the_spread_of_what_squares_out_of_range_is_not_told():
    x = np.array([1.0, 2.0, 4.0])
    expected = grad(ad.std)(x)
    with np.errstate(all="ignore"):
        for scale in (1e-140, 1e-100, 1e100, 1e150):
            np.testing.assert_allclose(grad(ad.std)(x * scale), expected, rtol=1e-9)
        for scale in (1e-170, 1e160):
            assert np.isnan(grad(ad.std)(x * scale)).all()


# -- half precision, and large counts ----------------------------------------------------------

MANY = 70_000
"""More than the largest number of half precision, 65,504."""

OF_MANY = {
    "mean": ad.mean,
    "mean of rows": lambda x: ad.mean(ad.reshape(x, (2, -1)), axis=1).sum(),
    "mean, weighed": lambda x: 1000.0 * ad.mean(x),
    "var": ad.var,
    "std": ad.std,
    "norm": ad.norm,
    "norm of order 3": lambda x: ad.norm(x, 3),
    "logsumexp": ad.logsumexp,
    "log_softmax": lambda x: ad.log_softmax(x)[3],
    "softmax": lambda x: 1000.0 * ad.softmax(x)[3],
}


@pytest.mark.parametrize("f", OF_MANY.values(), ids=OF_MANY)
def test_half_precision_takes_more_numbers_than_it_counts(f):
    x = np.random.default_rng(0).normal(size=2 * MANY).astype(np.float16)
    for function in (f, grad(f), ad.compile(grad(f))):
        found, expected = function(x), function(x.astype(float))
        assert found.dtype == np.float16
        largest = np.abs(expected).max()
        np.testing.assert_allclose(found, expected, rtol=4e-3, atol=4e-3 * largest + 6e-8)


@pytest.mark.parametrize("ord", [None, 3])
def test_a_length_does_not_warn_of_what_overflows_on_the_way(ord):
    scales, expected = np.array([1e200, 1e-200]), ad.norm([3.0, 4.0], ord)
    np.testing.assert_allclose(ad.norm(np.outer(scales, [3.0, 4.0]), ord, axis=1), scales * expected)


def test_the_mean_of_ones_in_half_precision():
    np.testing.assert_array_equal(grad(ad.mean)(np.ones(MANY, np.float16)), np.float16(1.0 / MANY))


def test_a_mean_of_more_entries_than_single_precision_counts():
    n = 2**24 + 1
    slope = grad(ad.mean)(np.broadcast_to(np.float32(1.0), (n,)))
    assert slope.dtype == np.float32
    assert slope[0] == slope[-1] == pytest.approx(1.0 / n, rel=1e-7)


@pytest.mark.parametrize("n", [1, 3, 65_504, 65_536, MANY])
def test_a_large_count_divides_as_one_division_does(n):
    g = np.random.default_rng(n).normal()
    found = gradients(ad.mean(value := Value(np.ones(n))), value, g)
    np.testing.assert_array_equal(found, np.full(n, g / n))


@pytest.mark.parametrize(("dtype", "x"), [(np.float16, 4000.0), (np.float32, 1e8), (np.float64, 1e17)])
def test_shares_of_what_is_far_from_zero_sum_to_one(dtype, x):
    many = np.full(4, x, dtype)
    np.testing.assert_allclose(grad(ad.logsumexp)(many), np.full(4, 0.25), rtol=1e-3)
    a, b = Value(many), Value(many - dtype(0.0))
    for f in (ad.logaddexp, ad.logaddexp2):
        for slope in gradients(f(a, b), [a, b], np.ones(4, dtype)):
            np.testing.assert_allclose(slope, np.full(4, 0.5), rtol=1e-3)


@pytest.mark.parametrize("x", [2.0, 3.0, 4.0, 6e4])
def test_erf_is_right_in_half_precision(x):
    assert ad.erf(np.float16([x, -x])).tolist() == [np.float16(math.erf(x)), -np.float16(math.erf(x))]


@pytest.mark.parametrize("f", [ad.xlogy, ad.xlog1py])
def test_a_number_beside_single_precision_leaves_the_dtype(f):
    x = np.float32(2.0)
    for operands in ((Value(x), 1.5), (1.5, Value(x)), (Value(np.array([x, 0.0], np.float32)), 1.5)):
        result = f(*operands)
        assert result.dtype == np.float32
        variable = next(operand for operand in operands if isinstance(operand, Value))
        assert ad.gradients(ad.sum(result), variable).dtype == np.float32
