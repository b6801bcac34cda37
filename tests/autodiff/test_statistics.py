"""Quantiles, interpolation, convolution and decompositions: NumPy's numbers, and the conventions at kinks."""

import warnings

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, grad, gradients, jacobian
from autodiff.ops.quantiles import POSITIONS

NAN = np.nan


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(POSITIONS)), st.booleans(), st.integers(0, 2**32 - 1))
def test_quantiles_are_numpys_by_every_method_also_with_nan_and_a_share_that_is_a_value(
    method, keepdims, seed
):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(4, 3)), 1)
    x[rng.random((4, 3)) < 0.2] = NAN
    q = np.round(rng.random(3) * 12.0) / 12.0
    for name in ("quantile", "nanquantile"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = getattr(np, name)(x, q, axis=1, method=method, keepdims=keepdims)
        for share in (q, Value(q)):
            found = getattr(ad, name)(Value(x), share, 1, method, keepdims)
            np.testing.assert_allclose(found.data, wanted, rtol=1e-12, atol=1e-14)


def test_a_median_has_the_slope_of_the_middle_and_of_nan_where_it_came_from():
    np.testing.assert_array_equal(grad(ad.median)(np.array([3.0, 1.0, 2.0, 9.0])), [0.5, 0.0, 0.5, 0.0])
    np.testing.assert_array_equal(grad(ad.median)(np.array([2.0, 2.0, 1.0])), [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(grad(ad.median)(np.array([3.0, 2.0, 2.0, 1.0])), [0.0, 0.5, 0.5, 0.0])
    np.testing.assert_array_equal(grad(ad.median)(np.array([3.0, NAN, 2.0])), [0.0, 1.0, 0.0])


def test_shares_outside_of_0_to_1_are_refused_and_nan_in_a_program():
    for q in (1.5, Value(-0.1), [0.5, NAN]):
        with pytest.raises(ValueError, match="quantile: q must be from 0 to 1"):
            ad.quantile(Value([1.0, 2.0]), q)
    assert np.isnan(ad.compile(lambda x, q: ad.quantile(x, q))(np.ones(3), 1.5))
    with pytest.raises(ValueError, match=r"method must be one of .*hazen.*, got 'cubic'"):
        ad.quantile(Value([1.0, 2.0]), 0.5, method="cubic")


def test_equal_entries_have_no_standard_deviation_and_no_slope_and_nan_is_left_out():
    np.testing.assert_array_equal(grad(ad.nanstd)(np.array([0.1, 0.1, NAN, 0.1])), np.zeros(4))
    np.testing.assert_array_equal(grad(ad.nanmax)(np.array([1.0, NAN, 1.0])), [0.5, 0.0, 0.5])


def test_at_a_point_a_line_has_the_slope_of_the_segment_behind_it_and_none_outside():
    xp, fp = np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 3.0])
    x = np.array([-1.0, 0.0, 0.5, 1.0, 3.0, 4.0])
    slopes = np.diag(jacobian(lambda x: ad.interp(x, xp, fp))(x))
    np.testing.assert_allclose(slopes, [0.0, 2.0, 2.0, 0.5, 0.5, 0.0])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.sampled_from(["full", "same", "valid"]), st.booleans())
def test_products_of_sequences_are_numpys_in_every_mode(n, m, mode, turned):
    rng = np.random.default_rng(n * 8 + m)
    a, v = rng.normal(size=n), rng.normal(size=m)
    name = "correlate" if turned else "convolve"
    found = getattr(np, name)(Value(a), v, mode)
    np.testing.assert_allclose(found.data, getattr(np, name)(a, v, mode), atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.floats(-3.0, 1.8), st.integers(0, 2**32 - 1))
def test_an_exponential_and_its_derivative_are_scipys(n, size, seed):
    a, e = np.random.default_rng(seed).normal(size=(2, n, n))
    a *= 10.0**size / n
    if np.abs(scipy.linalg.expm(a)).max() < 1e100:
        value, slope = scipy.linalg.expm_frechet(a.T, e)
        np.testing.assert_allclose(ad.linalg.expm(a), value.T, rtol=1e-9, atol=1e-9 * np.abs(value).max())
        found = gradients(ad.linalg.expm(x := Value(a)), x, e)
        np.testing.assert_allclose(found, slope, rtol=1e-8, atol=1e-8 * np.abs(slope).max())


@pytest.mark.parametrize("n", [1, 5, 64, 65, 150])
@pytest.mark.parametrize("options", [(0, False), (1, False), (0, True, True), ("T", True)])
def test_triangles_of_any_size_are_solved_and_the_other_triangle_is_not_read(n, options):
    rng = np.random.default_rng(n)
    a, b = rng.normal(size=(n, n)) / n + 2.0 * np.eye(n), rng.normal(size=(n, 2))
    names = dict(zip(("trans", "lower", "unit_diagonal"), options, strict=False))
    wanted = scipy.linalg.solve_triangular(a, b, **names)
    np.testing.assert_allclose(ad.linalg.solve_triangular(a, b, *options), wanted, rtol=1e-11, atol=1e-12)


def test_least_squares_are_numpys_of_any_rank():
    rng = np.random.default_rng(0)
    for a in (rng.normal(size=(5, 3)), rng.normal(size=(2, 4)), np.outer(np.arange(4.0), [1.0, 2.0])):
        b = rng.normal(size=len(a))
        for found, wanted in zip(np.linalg.lstsq(Value(a), b), np.linalg.lstsq(a, b), strict=True):
            np.testing.assert_allclose(getattr(found, "data", found), wanted, rtol=1e-9, atol=1e-12)


def test_what_is_not_determined_by_a_matrix_is_refused_or_nan():
    with pytest.raises(TypeError, match="columns beyond n are not determined by A; use 'reduced'"):
        np.linalg.qr(Value(np.ones((3, 2))), "complete")
    slope = grad(lambda a: ad.sum(ad.linalg.qr(a)[0]))(np.array([[1.0, 2.0], [2.0, 4.0], [0.0, 0.0]]))
    assert np.isnan(slope).any()
