"""The documented convention at kinks, poles, ties and removable points, on numbers and on arrays."""

from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, derivative, grad, gradients

INF, NAN = np.inf, np.nan

KINKS: list[tuple[str, Any, tuple[float, ...], tuple[float, ...]]] = [
    ("abs'(0)", ad.absolute, (0.0,), (0.0,)),
    ("fabs'(0)", ad.fabs, (0.0,), (0.0,)),
    ("relu'(0)", ad.relu, (0.0,), (0.0,)),
    ("sign'(0)", ad.sign, (0.0,), (0.0,)),
    ("clip at its lower bound", lambda x: ad.clip(x, 0.0, 1.0), (0.0,), (0.0,)),
    ("clip at its upper bound", lambda x: ad.clip(x, 0.0, 1.0), (1.0,), (0.0,)),
    ("clip inside", lambda x: ad.clip(x, 0.0, None), (INF,), (1.0,)),
    ("clip by itself", lambda x: ad.clip(x, 0.0, x), (5.0,), (1.0,)),
    ("clip by itself from both sides", lambda x: ad.clip(x, x, x), (5.0,), (1.0,)),
    ("clip by what is smaller than itself", lambda x: ad.clip(x, 0.0, 0.5 * x), (4.0,), (0.5,)),
    ("clip by a bound that ties", lambda x, b: ad.clip(x, -b, b), (2.0, 2.0), (0.5, 0.5)),
    ("clip by a lower bound that ties", lambda x, b: ad.clip(x, -b, b), (-2.0, 2.0), (0.5, -0.5)),
    ("clip by bounds that tie", lambda x, b: ad.clip(x, b, 3.0), (5.0, 3.0), (0.0, 0.0)),
    (
        "clip by a lower bound above the upper",
        lambda x, a, b: ad.clip(x, a, b),
        (1.0, 3.0, 2.0),
        (0.0, 0.0, 1.0),
    ),
    ("clip of a number by a variable", lambda b: ad.clip(5.0, 0.0, b), (2.0,), (1.0,)),
    ("clip takes the slope where nan came from", lambda x: ad.clip(x, 0.0, 1.0), (NAN,), (1.0,)),
    ("clip by nan", lambda x, b: ad.clip(x, 0.0, b), (0.5, NAN), (0.0, 1.0)),
    ("maximum with a number records as clip", lambda x: ad.maximum(x, 2.0), (2.0,), (0.0,)),
    ("minimum with a number records as clip", lambda x: ad.minimum(2.0, x), (2.0,), (0.0,)),
    ("maximum of two that tie", ad.maximum, (2.0, 2.0), (0.5, 0.5)),
    ("minimum of two that tie", ad.minimum, (2.0, 2.0), (0.5, 0.5)),
    ("max(x, x)", lambda x: ad.maximum(x, x), (2.0,), (1.0,)),
    ("maximum takes the slope where nan came from", ad.maximum, (NAN, 1.0), (1.0, 0.0)),
    ("minimum takes the slope where nan came from", ad.minimum, (1.0, NAN), (0.0, 1.0)),
    ("fmax ignores nan", ad.fmax, (NAN, 1.0), (0.0, 1.0)),
    ("fmin ignores nan", ad.fmin, (1.0, NAN), (1.0, 0.0)),
    ("norm'(0)", lambda x: ad.norm(ad.stack([x, 0.0 * x])), (0.0,), (0.0,)),
    ("hypot'(0, 0)", ad.hypot, (0.0, 0.0), (0.0, 0.0)),
    ("arctan2'(0, 0)", ad.arctan2, (0.0, 0.0), (0.0, 0.0)),
    ("std of a constant", lambda x: ad.std(ad.stack([x, x, x])), (0.1,), (0.0,)),
    ("logaddexp of −∞ and a number", ad.logaddexp, (-INF, 1.0), (0.0, 1.0)),
    ("logaddexp of ∞ and a number", ad.logaddexp, (INF, 1.0), (1.0, 0.0)),
    ("logaddexp of what ties far from 0", ad.logaddexp, (1e17, 1e17), (0.5, 0.5)),
    (
        "logsumexp of what ties far from 0",
        lambda x, y: ad.logsumexp(ad.stack([x, y])),
        (1e17,) * 2,
        (0.5, 0.5),
    ),
    ("xlogy where x is 0", ad.xlogy, (0.0, 2.0), (np.log(2.0), 0.0)),
    ("xlogy at (0, 0)", ad.xlogy, (0.0, 0.0), (-INF, 0.0)),
    ("xlogy at y = 0", ad.xlogy, (2.0, 0.0), (-INF, INF)),
    ("p·log p at 0", lambda p: ad.xlogy(p, p), (0.0,), (-INF,)),
    ("xlog1py at (0, −1)", ad.xlog1py, (0.0, -1.0), (-INF, 0.0)),
    ("entr at 0", ad.entr, (0.0,), (INF,)),
    ("logaddexp of −∞", ad.logaddexp, (-INF, -INF), (0.0, 0.0)),
    ("logsumexp of −∞", lambda x: ad.logsumexp(ad.stack([x, x])), (-INF,), (0.0,)),
    ("x**0", lambda x: x**0, (0.0,), (0.0,)),
    ("x**1 at 0", lambda x: x**1, (0.0,), (1.0,)),
    ("x**2 at 0", lambda x: x**2, (0.0,), (0.0,)),
    ("√x at 0", ad.sqrt, (0.0,), (INF,)),
    ("x**½ at 0", lambda x: x**0.5, (0.0,), (INF,)),
    ("0**p for p > 0", lambda p: 0.0**p, (2.0,), (0.0,)),
    ("0**p at p = 0", lambda p: 0.0**p, (0.0,), (0.0,)),
    ("0**p for p < 0", lambda p: 0.0**p, (-1.0,), (-INF,)),
    ("negative base, variable exponent", lambda p: (-2.0) ** p, (2.0,), (NAN,)),
    ("log at 0", ad.log, (0.0,), (INF,)),
    ("1/x at 0", lambda x: 1.0 / x, (0.0,), (-INF,)),
    ("arcsin at 1", ad.arcsin, (1.0,), (INF,)),
    ("exp overflows to ∞", ad.exp, (1000.0,), (INF,)),
    ("sinc at 0", ad.sinc, (0.0,), (0.0,)),
    ("floor at a jump", ad.floor, (2.0,), (0.0,)),
    ("prod with one zero", lambda x: ad.prod(ad.stack([x, 2.0 + x, 3.0 + x])), (0.0,), (6.0,)),
    ("cumprod with one zero", lambda x: ad.cumprod(ad.stack([x, 2.0 + x]))[1], (0.0,), (2.0,)),
    ("max of ties", lambda x, y: ad.max(ad.stack([x, y, x])), (1.0, 1.0), (2.0 / 3.0, 1.0 / 3.0)),
]


@pytest.mark.parametrize(("what", "f", "point", "slopes"), KINKS, ids=[kink[0] for kink in KINKS])
def test_convention_at_a_kink(what, f, point, slopes):
    numbers = [Value(x) for x in point]
    np.testing.assert_allclose(gradients(f(*numbers), numbers), slopes)


ENTRYWISE = [
    kink for kink in KINKS if "std" not in kink[0] and not {"stack", "norm"} & set(kink[1].__code__.co_names)
]


@pytest.mark.parametrize(("what", "f", "point", "slopes"), ENTRYWISE, ids=[kink[0] for kink in ENTRYWISE])
def test_convention_at_a_kink_of_arrays(what, f, point, slopes):
    values = [Value(np.full(2, x)) for x in point]
    with np.errstate(all="ignore"):
        y = f(*values)
    for g, slope in zip(gradients(y, values, np.ones(2)), slopes, strict=True):
        np.testing.assert_allclose(g, [slope, slope])


@pytest.mark.parametrize("f", [ad.maximum, ad.minimum])
@pytest.mark.parametrize("x", [-INF, -3.0, -2.0, 0.0, 2.0, 3.0, INF, NAN])
@pytest.mark.parametrize("bound", [-INF, -2.0, 2.0, INF])
def test_a_number_bounds_a_variable_from_either_side(bound, x, f):
    value, slope = ad.value_and_grad(lambda x: f(bound, x))(x)
    np.testing.assert_array_equal((value, slope), ad.value_and_grad(lambda x: f(x, bound))(x))
    np.testing.assert_array_equal(value, f(bound, x))
    if x != bound and x == x:
        assert slope == float(value == x)


@pytest.mark.parametrize("x", [0.0, 1.5, -2.0])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_integer_powers_are_right_to_third_order(n, x):
    expected = [float(x**n), *(_falling(n, k) * (float(x) ** (n - k) if n >= k else 0.0) for k in (1, 2, 3))]
    for order, value in enumerate(expected):
        assert derivative(lambda v: v**n, order)(x) == pytest.approx(value)


def _falling(n, k):
    return float(np.prod([n - i for i in range(k)]))


def test_sinc_at_zero_to_fourth_order():
    found = [derivative(ad.sinc, order)(0.0) for order in range(5)]
    assert found == pytest.approx([1.0, 0.0, -(np.pi**2) / 3.0, 0.0, np.pi**4 / 5.0])


def test_sinc_derivatives_where_series_and_recurrence_meet():
    for order in (1, 2, 3, 5):
        edge = (order + 2.0) / np.pi
        below, above = derivative(ad.sinc, order)(edge - 1e-9), derivative(ad.sinc, order)(edge + 1e-9)
        assert below == pytest.approx(above, rel=1e-6)


@pytest.mark.parametrize("zeros", [0, 1, 2, 3])
def test_prod_and_cumprod_are_exact_with_any_number_of_zeros(zeros):
    x = np.arange(2.0, 6.0)
    x[:zeros] = 0.0
    others = [np.prod(np.delete(x, i)) for i in range(4)]
    np.testing.assert_array_equal(grad(ad.prod)(x), others)
    second = [[np.prod(np.delete(x, [i, j])) if i != j else 0.0 for j in range(4)] for i in range(4)]
    np.testing.assert_array_equal(ad.hessian(ad.prod)(x), second)
    running = [[np.prod(np.delete(x[: k + 1], i)) if i <= k else 0.0 for i in range(4)] for k in range(4)]
    np.testing.assert_array_equal(ad.jacobian(ad.cumprod)(x), running)


def test_repeated_eigenvalues_have_finite_gradients():
    a = np.eye(3)
    total = grad(lambda m: ad.linalg.eigh(m)[0].sum())(a)
    np.testing.assert_allclose(total, np.eye(3), atol=1e-12)


def test_erf_is_within_two_units_in_the_last_place():
    import math

    x = np.concatenate([np.linspace(-7, 7, 20001), np.logspace(-300, 0, 301)])
    exact = np.array([math.erf(v) for v in x])
    units = np.abs(ad.erf(x) - exact) / np.spacing(np.abs(exact))
    assert units.max() <= 2.0


@pytest.mark.parametrize("turned", [False, True])
def test_a_matrix_product_with_one_entry_is_nan_where_it_is_zero_times_infinity(turned):
    a, b = np.array([[np.inf], [1.0]]), np.array([[0.0]])
    with np.errstate(invalid="ignore"):
        product = ad.matmul(Value(b), Value(a.T)).data.T if turned else ad.matmul(Value(a), Value(b)).data
        np.testing.assert_array_equal(product, a @ b)
