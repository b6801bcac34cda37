"""Derivatives of determinants: exact to any order, whatever the rank of the matrix."""

import itertools
import runpy

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, derivative, gradients, hessian


def of_rank(n, r, seed):
    """A random matrix of a given rank, by r columns times r rows."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, r)) @ rng.normal(size=(r, n))


def minor(a, rows, columns):
    """The signed minor that is left without some rows and columns: ∂ᵏ det A/∂A[i₁, j₁]…∂A[iₖ, jₖ]."""
    if len(set(rows)) < len(rows) or len(set(columns)) < len(columns):
        return 0.0
    turned = np.argsort(np.argsort(rows))[None] != np.argsort(np.argsort(columns))[:, None]
    parity = np.linalg.det(1.0 - turned) * (-1.0) ** (sum(rows) + sum(columns))
    left = np.delete(np.delete(a, rows, 0), columns, 1)
    return parity * (np.linalg.det(left) if left.size else 1.0)


@pytest.mark.parametrize("entry", [np.inf, -np.inf, np.nan])
def test_a_gradient_at_what_is_not_finite_is_nan(entry):
    a = np.stack([np.diag([entry, 1.0, 3.0]), np.diag([2.0, 1.0, 3.0])])
    with np.errstate(all="ignore"):  # LAPACK's svd of such a matrix never returns, or raises
        slope = ad.grad(lambda a: ad.linalg.det(a).sum())(a)
    assert np.all(np.isnan(slope[0]))
    np.testing.assert_allclose(slope[1], np.diag([3.0, 6.0, 2.0]), atol=1e-15)


SIZES = [(n, r) for n in (1, 2, 3, 5) for r in range(n + 1)]


def second_derivatives(a):
    n = len(a)
    places = list(itertools.product(range(n), repeat=2))
    return np.reshape([minor(a, [i, k], [j, m]) for i, j in places for k, m in places], (n,) * 4)


def test_the_first_derivatives_of_a_determinant_are_its_cofactors():
    a = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(ad.grad(ad.linalg.det)(a), [[4.0, -2.0], [-2.0, 1.0]], atol=1e-12)
    np.testing.assert_allclose(ad.grad(ad.linalg.det)(np.zeros((3, 3))), np.zeros((3, 3)), atol=1e-12)


@pytest.mark.parametrize("rows", [(1.0, 3e-20, 1.0), (1e10, 1e-10, 1.0), (1e-30, 1e30, 1e-30)])
@pytest.mark.parametrize("columns", [(1.0, 1.0, 1.0), (1.0, 1e-20, 1e10)])
def test_small_rows_and_columns_have_derivatives_beside_large_ones(rows, columns):
    a = np.outer(rows, columns) * np.array([[2.0, -1.0, 0.5], [1.0, 3.0, -1.0], [0.5, 1.0, 1.0]])
    wanted = [[minor(a, [i], [j]) for j in range(3)] for i in range(3)]
    for slopes in (ad.grad(ad.linalg.det), ad.compile(ad.grad(ad.linalg.det))):
        np.testing.assert_allclose(slopes(a), wanted, rtol=1e-13)
    bends = ad.hessian(lambda x: ad.linalg.det(ad.reshape(x, (3, 3))))(a.ravel())
    scale = np.outer(rows, columns).ravel()
    wanted = scale[:, None] * second_derivatives(a).reshape(9, 9) * scale  # each row's and column's size
    np.testing.assert_allclose(
        scale[:, None] * bends * scale, wanted, rtol=1e-12, atol=1e-12 * abs(wanted).max()
    )


@pytest.mark.parametrize(("n", "r"), SIZES)
def test_the_second_derivatives_of_a_determinant_are_exact_at_any_rank(n, r):
    for seed, noise in ((0, 0.0), (1, 1e-9), (2, 1e-15)):
        a = of_rank(n, r, seed) + noise * of_rank(n, n, seed + 10)
        np.testing.assert_allclose(hessian(ad.linalg.det)(a), second_derivatives(a), atol=1e-12)


def test_the_hessian_of_the_determinant_of_a_two_by_two_matrix():
    expected = [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]]
    second = hessian(lambda z: np.linalg.det(z.reshape(2, 2)))
    for f in (second, ad.compile(second)):
        np.testing.assert_allclose(f(np.array([1.0, 2.0, 2.0, 4.0])), expected, atol=1e-14)


@pytest.mark.parametrize(("n", "r"), SIZES)
def test_determinants_along_a_line_are_right_to_fourth_order_at_any_rank(n, r):
    a, b = of_rank(n, r, 3), of_rank(n, n, 4)
    along = np.polynomial.Polynomial.fit(
        t := np.linspace(-1.0, 1.0, 9), [np.linalg.det(a + x * b) for x in t], 6
    )
    scale = 1.0 + np.abs(along.convert().coef).max()
    for order in range(5):
        found = derivative(lambda t: ad.linalg.det(a + t * b), order)(0.0)
        assert found == pytest.approx(along.deriv(order)(0.0), abs=1e-9 * scale)


def test_singular_matrices_among_others_have_their_own_second_derivatives():
    batch = np.stack([of_rank(3, r, r) for r in range(4)])
    value = Value(batch)
    first = gradients(ad.linalg.det(value).sum(), value, create_graph=True)
    direction = of_rank(3, 3, 9)
    found = gradients((first * direction).sum(), value)
    expected = [np.tensordot(second_derivatives(a), direction) for a in batch]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(
    "f", [ad.linalg.inv, lambda a: ad.linalg.slogdet(a)[1], lambda a: ad.linalg.solve(a, np.ones(2))]
)
def test_what_needs_an_inverse_is_refused_where_there_is_none(f):
    with pytest.raises(np.linalg.LinAlgError), np.errstate(all="ignore"):
        hessian(lambda a: ad.sum(f(a)))(np.array([[1.0, 2.0], [2.0, 4.0]]))


def test_a_saved_program_has_the_second_derivatives_of_a_determinant(tmp_path):
    a, direction = of_rank(3, 2, 5), of_rank(3, 3, 6)

    def turned(a):
        return (ad.grad(ad.linalg.det)(a) * direction).sum()

    program = ad.compile(ad.grad(turned))
    expected = np.tensordot(second_derivatives(a), direction)
    np.testing.assert_allclose(program(a), expected, atol=1e-12)
    names = runpy.run_path(str(program.save(tmp_path / "second.py")))
    (found,) = names["turned"](a)
    np.testing.assert_allclose(found, expected, atol=1e-12)
