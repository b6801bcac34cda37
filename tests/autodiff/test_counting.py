"""Functions of NumPy that choose, count and fill: what depends on numbers has slopes, the rest is plain."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, check_gradients, grad, gradients
from autodiff.ops import plain

X = np.array([3.0, 1.0, 2.0, 1.0])
PLACES = np.array([0, 2, 1, 2])
WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0])


# -- unique ------------------------------------------------------------------------------------


def test_unique_values_have_the_slopes_of_the_entries_that_they_are():
    assert grad(lambda x: np.unique(x).sum())(np.array([1.0, 3.0, 2.0])).tolist() == [1.0, 1.0, 1.0]
    assert grad(lambda x: (np.unique(x) * [1.0, 2.0, 3.0]).sum())(X).tolist() == [3.0, 1.0, 2.0, 0.0]
    check_gradients(lambda x: np.unique(x) ** 2, np.array([3.0, 1.0, 2.0]))


@pytest.mark.parametrize(
    "options",
    [
        {"return_index": True},
        {"return_inverse": True},
        {"return_counts": True, "return_index": True},
        {"return_index": True, "return_inverse": True, "return_counts": True},
        {"return_counts": True, "axis": 0},
        {"return_inverse": True, "axis": -1},
    ],
)
def test_unique_returns_what_numpy_does(options):
    x = X.reshape(2, 2)
    values, *rest = np.unique(Value(x), **options)
    expected, *numbers = np.unique(x, **options)
    assert isinstance(values, Value)
    np.testing.assert_array_equal(values.data, expected)
    for found, number in zip(rest, numbers, strict=True):
        np.testing.assert_array_equal(found, number)


def test_unique_of_a_program_is_refused_unless_its_numbers_are_known():
    with pytest.raises(TypeError, match=r"numpy\.unique inside a compiled function"):
        ad.compile(lambda x: np.unique(x).sum())(X)


# -- bincount ----------------------------------------------------------------------------------


def test_weights_that_are_counted_have_slopes():
    assert grad(lambda w: np.bincount([0, 1, 1], weights=w) @ [1.0, 2.0])(np.ones(3)).tolist() == [
        1.0,
        2.0,
        2.0,
    ]
    check_gradients(lambda w: np.bincount(PLACES, w, 5) ** 2, WEIGHTS)


def test_weights_are_counted_in_a_program():
    def loss(w):
        return (np.bincount(PLACES, w, minlength=4) ** 2).sum()

    np.testing.assert_array_equal(ad.compile(grad(loss))(WEIGHTS), grad(loss)(WEIGHTS))
    np.testing.assert_array_equal(ad.compile(grad(loss))(-WEIGHTS), grad(loss)(-WEIGHTS))


def test_counts_without_slopes_stay_plain():
    assert ad.bincount([0, 2]).tolist() == [1, 0, 1]
    assert ad.bincount([0, 2], minlength=4).dtype == np.bincount([0]).dtype


@pytest.mark.parametrize(
    ("act", "kind", "message"),
    [
        (lambda w: np.bincount(Value([0.0, 1.0])), TypeError, "bincount: x must be plain whole numbers"),
        (
            lambda w: np.bincount([0, 1], w),
            ValueError,
            r"bincount: got \(2,\) numbers, and weights of shape \(4,\)",
        ),
        (lambda w: np.bincount([0, -1, 0, 0], w), ValueError, "bincount"),
    ],
)
def test_what_cannot_be_counted_is_refused(act, kind, message):
    with pytest.raises(kind, match=message):
        act(Value(WEIGHTS))


# -- histogram ---------------------------------------------------------------------------------

DATA = np.array([0.0, 0.2, 0.4, 0.4, 0.9, 1.0, -0.5])


@pytest.mark.parametrize(
    "options",
    [{}, {"bins": 3}, {"bins": 4, "range": (0.0, 1.0)}, {"bins": [0.0, 0.4, 1.0]}],
    ids=str,
)
@pytest.mark.parametrize("density", [None, True])
@pytest.mark.parametrize("weighed", [False, True])
def test_a_histogram_is_numpys(options, density, weighed):
    weights = np.arange(1.0, 8.0) if weighed else None
    expected = np.histogram(DATA, **options, density=density, weights=weights)
    given = None if weights is None else Value(weights)
    for a in (Value(DATA), DATA):
        if a is DATA and not weighed:
            continue
        found = np.histogram(a, **options, density=density, weights=given)
        for x, y in zip(found, expected, strict=True):
            np.testing.assert_allclose(x.data if isinstance(x, Value) else x, y, rtol=1e-15)


def test_the_number_of_bins_is_found_for_data_without_weights():
    counts, edges = np.histogram(Value(DATA), "sqrt")
    expected = np.histogram(DATA, "sqrt")
    np.testing.assert_array_equal(counts, expected[0])
    np.testing.assert_allclose(edges.data, expected[1], rtol=1e-15)
    with pytest.raises(TypeError, match="with weights, bins must be a number or edges, got 'sqrt'"):
        ad.histogram(DATA, "sqrt", weights=Value(DATA))


def test_weights_of_a_histogram_have_slopes():
    check_gradients(lambda w: np.histogram(DATA, 3, weights=w)[0] ** 2, np.arange(1.0, 8.0))
    check_gradients(lambda w: np.histogram(DATA, 3, density=True, weights=w)[0], np.arange(1.0, 8.0))


def test_the_edges_of_a_histogram_have_the_slopes_of_its_ends():
    check_gradients(lambda x: np.histogram(x, 3)[1] ** 2, np.array([0.3, 0.1, 0.9]))
    check_gradients(lambda x: np.histogram(x, 3, density=True)[0], np.array([0.3, 0.1, 0.9]))
    assert grad(lambda h: ad.histogram(DATA, 4, (0.0, h))[1].sum())(1.0) == 2.5
    assert grad(lambda b: ad.histogram(DATA, [0.0, b, 1.0])[1].sum())(0.5) == 1.0
    counts, edges = np.histogram(Value(DATA), 4, (0.0, 1.0))
    assert not isinstance(counts, Value)
    assert not isinstance(edges, Value)


def test_weights_of_a_histogram_have_slopes_in_a_program():
    def loss(w):
        return (ad.histogram(DATA, 3, weights=w)[0] ** 2).sum()

    w = np.arange(1.0, 8.0)
    np.testing.assert_array_equal(ad.compile(grad(loss))(w), grad(loss)(w))
    with pytest.raises(TypeError, match=r"numpy\.histogram inside a compiled function"):
        ad.compile(lambda x: ad.histogram(x, 3)[1].sum())(DATA)


# -- full_like ---------------------------------------------------------------------------------


def test_what_an_array_is_filled_with_has_the_slope_of_all_its_copies():
    for f in (
        lambda v: ad.full_like(np.ones((2, 3)), v).sum(),
        lambda v: np.full_like(Value(np.ones((2, 3))), v).sum(),
        lambda v: np.full_like(Value(np.ones(5)), fill_value=v, shape=(2, 3)).sum(),
        lambda v: ad.full_like(np.ones((2, 3)), [v, 1.0, v]).sum() * 1.5,
    ):
        assert grad(f)(2.0) == 6.0
        assert ad.compile(grad(f))(2.0) == 6.0
        assert ad.compile(f)(3.0) == f(3.0)
    check_gradients(lambda x: ad.full_like(np.ones((2, 3)), x) ** 2, np.arange(3.0))


def test_what_is_filled_has_the_dtype_of_the_array():
    assert ad.full_like(np.ones(2, np.float32), Value(2.0)).dtype == np.float32
    assert ad.full_like(np.ones(2, np.float32), Value(2.0), dtype=np.float64).dtype == np.float64
    with pytest.raises(TypeError, match="floating-point numbers, got dtype int"):
        ad.full_like(np.ones(2, int), Value(2.5))
    with pytest.raises(ValueError, match=r"full_like: the shape \(2, 2\) does not broadcast to \(2,\)"):
        ad.full_like(np.ones(2), Value(np.ones((2, 2))))


# -- what has no slope -------------------------------------------------------------------------


def test_answers_without_derivative_are_the_same_for_all_numbers_nearby():
    x, y = np.array([0.3, -1.2, 2.5]), np.array([0.1, 0.4, 2.5000001])
    nudged = 1e-9 * np.arange(1.0, 4.0)
    for family in plain.FAMILIES:
        for name in family.names:
            ask = getattr(ad, name)
            args = (x, y) if family.numbers == 2 or name in plain.UFUNCS.values() else (x,)
            if name in ("searchsorted", "digitize"):
                args = (np.sort(x), y) if name == "searchsorted" else (y, np.sort(x))
            if name in ("argpartition", "empty_like"):
                continue
            again = ask(Value(args[0] + nudged), *(Value(z) for z in args[1:]))
            np.testing.assert_array_equal(np.asarray(again), np.asarray(ask(*args)), err_msg=name)


def test_bins_and_borders_may_be_values():
    x, bins = Value([0.5, 1.5]), Value([0.0, 1.0, 2.0])
    assert np.digitize(x, bins).tolist() == [1, 2]
    assert np.searchsorted(bins, x).tolist() == [1, 2]
    assert gradients(x.sum(), x).tolist() == [1.0, 1.0]
