"""Eigenvalues and singular values that are equal, exactly or up to rounding: slopes are right, or nan."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients
from autodiff import compile as compiled
from tests.autodiff.test_operations import quiet

RNG = np.random.default_rng(0)


def turned(values, right=False):
    """A matrix with given eigenvalues; with given singular values, if `right`."""
    n = len(values)
    q, p = (np.linalg.qr(RNG.normal(size=(n, n)))[0] for _ in range(2))
    return (q * values) @ (p if right else q).T


def squares_of_eigenvalues(x):
    n = int(np.sqrt(len(x)))
    return (ad.linalg.eigh(x.reshape(n, n))[0] ** 2).sum()


def squares_of_singular_values(x):
    n = int(np.sqrt(len(x)))
    return (ad.linalg.svd(x.reshape(n, n), compute_uv=False) ** 2).sum()


@pytest.mark.parametrize("values", [(1.0, 1.0, 2.0), (3.0, 3.0), (2e3, 2e3, 1.0, 5e2), (1e-3,) * 4])
@pytest.mark.parametrize("f", [squares_of_eigenvalues, squares_of_singular_values])
@pytest.mark.parametrize("mode", [ad.hessian, lambda f: compiled(ad.hessian(f))])
def test_second_derivatives_at_values_equal_up_to_rounding_are_right_or_nan(values, f, mode):
    for _ in range(5):
        a = turned(values, f is squares_of_singular_values)
        e = RNG.normal(size=a.shape)
        e = (e + e.T).ravel()
        bend = e @ quiet(mode(f), a.ravel()) @ e  # f is the sum of the squares of all entries
        assert np.isnan(bend) or bend == pytest.approx(2.0 * e @ e, rel=1e-6)


def test_a_smooth_function_by_eigenvectors_is_right_or_nan_at_equal_eigenvalues():
    def trace_of_exp(a):
        values, vectors = ad.linalg.eigh(a)
        return ad.trace((vectors * ad.exp(values)) @ vectors.T)

    for _ in range(10):
        a = turned([1.0, 1.0, 2.0, 3.0])
        values, vectors = np.linalg.eigh(a)
        wanted = (vectors * np.exp(values)) @ vectors.T  # d tr exp A = tr(exp A · dA)
        found = quiet(ad.grad(trace_of_exp), a)
        np.testing.assert_allclose(found, np.where(np.isnan(found), np.nan, wanted), rtol=1e-6, atol=1e-9)


# -- vectors that nothing used -------------------------------------------------------------------

WEIGHTS = np.array([0.3, -1.0, 0.5, 2.0])


def leading_eigenvector(a):
    return (ad.linalg.eigh(a)[1][:, -1] @ WEIGHTS) ** 2


def leading_left(a):
    return (ad.linalg.svd(a, full_matrices=False)[0][:, 0] @ WEIGHTS) ** 2


def leading_right(a):
    return (ad.linalg.svd(a, full_matrices=False)[2][0] @ WEIGHTS) ** 2


def recorded(f):
    return lambda a: ad.grad(f, create_graph=True)(a).data


def program(f):
    slope = compiled(ad.grad(f))
    quiet(slope, turned([1.0, 2.0, 3.0, 4.0]))
    return slope


def program_in_a_graph(f):
    def slope(a):
        v = Value(a)
        return gradients(compiled(f)(v), v)

    return slope


@pytest.mark.parametrize("values", [(3.0, 1.0, 0.0, 0.0), (3.0, 0.0, 0.0, 0.0), (3.0, 1.0, 1.0, 1.0)])
@pytest.mark.parametrize("turn", [np.diag, turned])
@pytest.mark.parametrize("f", [leading_eigenvector, leading_left, leading_right])
@pytest.mark.parametrize("mode", [ad.grad, recorded, program, program_in_a_graph])
def test_the_leading_vector_has_a_slope_where_values_of_others_are_equal(values, turn, f, mode):
    a = turn(np.array(values))
    if f is leading_eigenvector:
        a = (a + a.T) / 2
    e = RNG.normal(size=a.shape)
    e, h = e + e.T, 1e-6
    difference = (f(a + h * e) - f(a - h * e)) / (2.0 * h)
    assert (quiet(mode(f), a) * e).sum() == pytest.approx(difference, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(("shape", "factor"), [((3, 2), 0), ((2, 3), 2)])
def test_vectors_that_are_not_determined_have_no_gradient(shape, factor):
    a = np.random.default_rng(0).normal(size=shape)
    with pytest.raises(ValueError, match=r"svd: columns beyond min\(m, n\) have no gradient"):
        ad.grad(lambda a: ad.linalg.svd(a)[factor].sum())(a)
    assert np.isfinite(ad.grad(lambda a: ad.linalg.svd(a)[1].sum())(a)).all()
