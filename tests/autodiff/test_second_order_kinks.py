"""Derivatives beyond the first where a function has a kink: right, or nan, and never another number."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, derivative, gradients, hessian

ORIGIN = (0.0, 0.0)
TRIANGLE = (3.0, 4.0)


def length(x):
    return ad.hypot(x[0], x[1])


def angle(x):
    return ad.arctan2(x[0], x[1])


KINKS = {
    "norm": (ad.norm, ORIGIN),
    "norm of one entry": (ad.norm, (0.0,)),
    "norm squared": (lambda x: ad.norm(x) ** 2, ORIGIN),
    "norm times itself": (lambda x: ad.norm(x) * ad.norm(x), ORIGIN),
    "norm of order 3": (lambda x: ad.norm(x, 3), ORIGIN),
    "norm of order 3 squared": (lambda x: ad.norm(x, 3) ** 2, ORIGIN),
    "norm of order 4": (lambda x: ad.norm(x, 4), ORIGIN),
    "norm of a matrix": (lambda x: ad.norm(ad.reshape(x, (2, 2)), "fro"), (0.0,) * 4),
    "norm of a matrix squared": (lambda x: ad.norm(ad.reshape(x, (2, 2)), "fro") ** 2, (0.0,) * 4),
    "largest singular value of 0": (lambda x: ad.norm(ad.reshape(x, (2, 2)), 2), (0.0,) * 4),
    "hypot": (length, ORIGIN),
    "hypot squared": (lambda x: length(x) ** 2, ORIGIN),
    "arctan2": (angle, ORIGIN),
    "hypot times arctan2": (lambda x: length(x) * angle(x), ORIGIN),
    "std of equal entries": (ad.std, (0.1,) * 3),
    "std squared": (lambda x: ad.std(x) ** 2, (0.1,) * 3),
    "std of zeros squared": (lambda x: ad.std(x, ddof=1) ** 2, (0.0,) * 3),
}
"""Where no entry of the Hessian is known."""


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
@pytest.mark.parametrize(("f", "point"), KINKS.values(), ids=KINKS)
def test_a_kink_has_no_second_derivative(f, point, compiled):
    x = np.array(point)
    second = hessian(f)
    np.testing.assert_array_equal(
        (ad.compile(second) if compiled else second)(x), np.full((len(x),) * 2, np.nan)
    )


@pytest.mark.parametrize("scalar", [False, True])
@pytest.mark.parametrize(
    "f",
    [
        ad.absolute,
        ad.fabs,
        lambda x: ad.absolute(x) ** 2,
        lambda x: ad.absolute(x) * x,
        lambda x: ad.hypot(x, 0.0),
    ],
)
def test_an_absolute_value_has_none_at_zero(f, scalar):
    x = Value(0.0 if scalar else np.array([0.0, -2.0]))
    y = f(x)
    first = gradients(y, x, None if scalar else np.ones(2), create_graph=True)
    second = np.atleast_1d(gradients(first, x, None if scalar else np.ones(2)))
    assert np.isnan(second[0])
    assert np.isfinite(second[1:]).all()


@pytest.mark.parametrize(
    ("f", "regular"),
    [
        (lambda x: ad.norm(x, axis=1), [[0.128, -0.096], [-0.096, 0.072]]),
        (lambda x: ad.norm(x, axis=1) ** 2, [[2.0, 0.0], [0.0, 2.0]]),
        (lambda x: ad.hypot(x[:, 0], x[:, 1]) ** 2, [[2.0, 0.0], [0.0, 2.0]]),
        (lambda x: ad.std(x, axis=1) ** 2, [[0.5, -0.5], [-0.5, 0.5]]),
    ],
    ids=["norm", "norm squared", "hypot squared", "std squared"],
)
def test_a_kink_in_one_row_leaves_the_others_right(f, regular):
    x = np.array([ORIGIN, TRIANGLE])
    found = hessian(lambda x: ad.sum(f(x)))(x)
    np.testing.assert_array_equal(found[0, :, 0], np.full((2, 2), np.nan))
    np.testing.assert_allclose(found[1, :, 1], regular, atol=1e-14)
    np.testing.assert_array_equal(found[0, :, 1], 0.0)
    np.testing.assert_array_equal(found[1, :, 0], 0.0)


def test_a_norm_of_lazy_data_has_none_either():
    dask_array = pytest.importorskip("dask.array")
    x = Value(dask_array.zeros((2, 2), chunks=(1, 2)) + np.array([[0.0], [3.0]]))
    first = gradients(ad.norm(x, axis=1).sum(), x, create_graph=True)
    second = gradients((first * np.array([1.0, 2.0])).sum(), x)
    with np.errstate(invalid="ignore"):
        found = second.compute(scheduler="synchronous")
    np.testing.assert_array_equal(np.isnan(found), [[True, True], [False, False]])


RIGHT = {
    "norm of order 3 where one entry is 0": (lambda x: ad.norm(x, 3), (0.0, 2.0), [[0.0, 0.0], [0.0, 0.0]]),
    "norm of order 1.5 where one is 0": (lambda x: ad.norm(x, 1.5), (0.0, 2.0), [[np.inf, 0.0], [0.0, 0.0]]),
    "hypot on an axis": (lambda x: ad.hypot(x[0], x[1]), (0.0, 2.0), [[0.5, 0.0], [0.0, 0.0]]),
    "variance of equal entries": (ad.var, (0.1, 0.1), [[0.5, -0.5], [-0.5, 0.5]]),
    "logsumexp with −∞": (ad.logsumexp, (-np.inf, 0.0, 0.0), [[0, 0, 0], [0, 0.25, -0.25], [0, -0.25, 0.25]]),
    "power at (0, 1)": (lambda x: x[0] ** x[1], (0.0, 1.0), [[0.0, -np.inf], [-np.inf, 0.0]]),
    "power at (0, 2)": (lambda x: x[0] ** x[1], (0.0, 2.0), [[2.0, 0.0], [0.0, 0.0]]),
    "power at (0, 3)": (lambda x: x[0] ** x[1], (0.0, 3.0), [[0.0, 0.0], [0.0, 0.0]]),
    "xlogy at (0, 2)": (lambda x: ad.xlogy(x[0], x[1]), (0.0, 2.0), [[0.0, 0.5], [0.5, 0.0]]),
    "xlog1py at (0, 1)": (lambda x: ad.xlog1py(x[0], x[1]), (0.0, 1.0), [[0.0, 0.5], [0.5, 0.0]]),
    "the larger singular value of a singular matrix": (
        lambda x: ad.norm(ad.reshape(x, (2, 2)), 2) ** 2 / 2.0,
        (2.0, 0.0, 0.0, 0.0),
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]],
    ),
}


@pytest.mark.parametrize(("f", "point", "expected"), RIGHT.values(), ids=RIGHT)
def test_where_there_is_a_second_derivative_it_is_right(f, point, expected):
    np.testing.assert_allclose(hessian(f)(np.array(point)), expected, atol=1e-14)


@given(st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0]))
@settings(max_examples=32)
def test_mixed_derivatives_of_a_power_are_the_limits_from_the_right_or_not_finite(x, y):
    def mixed(x, y, m, n):
        f = derivative(lambda y: derivative(lambda x: x**y, m)(x) if m else x**y, n)
        return f(y)

    for m, n in ((1, 1), (2, 1), (1, 2), (0, 2), (0, 3)):
        found = mixed(x, y, m, n)
        if not np.isfinite(found):
            assert x == 0.0
            continue
        beside = mixed(max(x, 1e-40), y + 1e-9, m, n)
        assert found == pytest.approx(beside, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("zeros", [1, 2, 3])
def test_third_derivatives_of_a_product_are_exact_with_zeros(zeros):
    x = np.arange(2.0, 6.0)
    x[:zeros] = 0.0
    third = ad.jacobian(lambda x: ad.hessian(ad.prod)(x))(x)
    for i, j, k in itertools.product(range(4), repeat=3):
        expected = np.prod(np.delete(x, [i, j, k])) if len({i, j, k}) == 3 else 0.0
        assert third[i, j, k] == expected
