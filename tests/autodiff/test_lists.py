"""Nested lists of Values and numbers are taken where NumPy takes lists of numbers."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients
from tests.autodiff.test_operations import example
from tests.cases import CASES, COMPUTED, Elementwise, find

V, W = Value(3.0, "v"), Value(4.0, "w")


def nested(x):
    """Lists of one Value for each entry."""
    return Value(float(x)) if np.ndim(x) == 0 else [nested(part) for part in x]


def entries(x):
    return [x] if isinstance(x, Value) else [entry for part in x for entry in entries(part)]


def called(case, xs):
    return case(*xs) if isinstance(case, Elementwise) else case.call(find(ad, case.name), *xs)


WITH_MORE = (*COMPUTED, "block", "full_like")
"""Cases that no lists can be given to; a list within the lists of `block` is one of its levels."""


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in WITH_MORE], ids=str)
def test_every_operation_takes_lists_of_values(case):
    prepared = [np.asarray(getattr(case, "prepare", np.asarray)(x)) for x in example(case)]
    values, lists = list(map(Value, prepared)), list(map(nested, prepared))
    y, z = called(case, values), called(case, lists)
    assert isinstance(z, Value)
    np.testing.assert_array_equal(z.data, y.data)
    seed = np.ones(y.shape)
    expected = np.concatenate([np.ravel(slope) for slope in gradients(y, values, seed)])
    found = gradients(z, [entry for x in lists for entry in entries(x)], seed)
    np.testing.assert_allclose(np.array(found), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("f", "expected", "slopes"),
    [
        (lambda v, w: ad.mean([v, w]), 3.5, [0.5, 0.5]),
        (lambda v, w: ad.linalg.norm([v, w]), 5.0, [0.6, 0.8]),
        (lambda v, w: ad.append(v, [w, 1.0]), [3.0, 4.0, 1.0], [1.0, 1.0]),
        (lambda v, w: ad.append([v], [[w, 1.0]]), [3.0, 4.0, 1.0], [1.0, 1.0]),
        (lambda v, w: [v, 1.0] @ Value([2.0, 5.0]), 11.0, [2.0, 0.0]),
        (lambda v, w: w * [v, 1.0], [12.0, 4.0], [4.0, 4.0]),
        (lambda v, w: ([v, 1.0], w)[1] - np.array([1.0, 2.0]) + [v, v], [6.0, 5.0], [2.0, 2.0]),
        (lambda v, w: ad.array([[v, 2.0], [w, v]]), [[3.0, 2.0], [4.0, 3.0]], [2.0, 1.0]),
        (lambda v, w: ad.array([(v, w), np.array([1.0, 2.0])]), [[3.0, 4.0], [1.0, 2.0]], [1.0, 1.0]),
        (lambda v, w: ad.max([v, w], axis=0), 4.0, [0.0, 1.0]),
        (lambda v, w: ad.maximum([v, 1.0], 3.0), [3.0, 3.0], [0.0, 0.0]),
        (lambda v, w: ad.where([True, False], [v, w], [w, v]), [3.0, 3.0], [2.0, 0.0]),
        (lambda v, w: ad.einsum("i,i", [v, w], [1.0, 2.0]), 11.0, [1.0, 2.0]),
        (lambda v, w: ad.linalg.solve([[v, 0.0], [0.0, w]], [3.0, 8.0]), [1.0, 2.0], [-1 / 3, -0.5]),
        (lambda v, w: ad.concatenate([[v, 1.0], [w]]), [3.0, 1.0, 4.0], [1.0, 1.0]),
        (lambda v, w: ad.sum([[v, w], [1.0, v]]), 11.0, [2.0, 1.0]),
    ],
)
def test_lists_of_values_are_arrays(f, expected, slopes):
    v, w = Value(3.0), Value(4.0)
    y = f(v, w)
    np.testing.assert_allclose(y.data, expected, rtol=1e-15)
    np.testing.assert_allclose(gradients(y, [v, w], np.ones(y.shape)), slopes, rtol=1e-15)
    program = ad.compile(ad.grad(lambda v, w: ad.sum(f(v, w)), (0, 1)))
    np.testing.assert_allclose(program(3.0, 4.0), slopes, rtol=1e-15)


def test_questions_are_asked_of_lists_of_values():
    assert ad.argmax([V, W, 1.0]) == 1
    assert (Value([3.0, 5.0]) >= [V, W]).tolist() == [True, True]
    assert ad.shape([[V, W]]) == (1, 2)


def test_an_array_of_values_has_second_derivatives():
    hessian = ad.hessian(lambda v: ad.norm([v[0], v[1], 2.0]))(np.array([1.0, 2.0]))
    r = 3.0
    np.testing.assert_allclose(hessian, np.eye(2) / r - np.outer([1.0, 2.0], [1.0, 2.0]) / r**3, rtol=1e-14)


def test_array_leaves_values_as_they_are_and_copies_numbers():
    assert ad.array(V) is V
    x = np.ones(2)
    assert not np.shares_memory(ad.array(x), x)
    assert ad.array([1, 2]).dtype == np.float64


def test_values_of_single_precision_stay_so():
    single = Value(np.ones(2, np.float32))
    assert ad.array([single, single]).dtype == np.float32


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (
            [V, [W, V]],
            ValueError,
            r"array: the parts of a list must have one shape, got \(\) at place 0 and \(2,\)",
        ),
        ([[V, W], [V]], ValueError, r"got \(2,\) at place 0 and \(1,\) at place 1"),
        ([V, None], TypeError, "dtype object"),
        ([V, "a"], TypeError, "dtype <U1"),
        ([V, 10**400], ValueError, "range of float64"),
        ([V, 1j], TypeError, "complex128"),
    ],
)
def test_lists_that_are_no_arrays_are_refused(data, kind, message):
    for act in (ad.array, ad.exp, lambda data: V + data, ad.sum):
        with pytest.raises(kind, match=message):
            act(data)


def test_a_leaf_is_not_made_of_values():
    for data in ([V, W], [[V], [W]], (1.0, [V])):
        with pytest.raises(TypeError, match=r"would lose their graphs; use autodiff\.array"):
            Value(data)
