"""Arrays of a library that never become NumPy's silently, as CuPy's: every operation works on them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin

from autodiff import Value, value_and_grad
from tests.autodiff.test_dask import PARAMETERS, X, Y, residual_sum, results
from tests.autodiff.test_operations import example
from tests.cases import CASES


class Elsewhere(NDArrayOperatorsMixin):
    """A stand-in: NumPy's functions by NumPy's protocols, but no conversion to its arrays."""

    def __init__(self, array):
        self.array = np.asarray(array)

    def __array__(self, *arguments, **options):
        raise TypeError("implicit conversion to a NumPy array is not allowed")

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return wrapped(getattr(ufunc, method)(*bare(inputs), **bare(options)))

    def __array_function__(self, function, types, arguments, options):
        return wrapped(function(*bare(arguments), **bare(options)))

    def __getattr__(self, name):
        if name.startswith("__array"):  # the interfaces by which NumPy would read it
            raise AttributeError(name)
        found = getattr(self.array, name)
        return (lambda *xs, **o: wrapped(found(*bare(xs), **bare(o)))) if callable(found) else wrapped(found)

    def __getitem__(self, index):
        return wrapped(self.array[bare(index)])

    def __setitem__(self, index, new):
        self.array[bare(index)] = bare(new)

    def __bool__(self):
        return bool(self.array)


def wrapped(x):
    if type(x) is tuple or hasattr(x, "_fields"):
        return getattr(type(x), "_make", tuple)(map(wrapped, x))
    return Elsewhere(x) if isinstance(x, (np.ndarray, np.generic)) else x


def bare(x):
    if isinstance(x, (list, tuple)):
        return getattr(type(x), "_make", type(x))(map(bare, x))
    if type(x) is dict:
        return {key: bare(entry) for key, entry in x.items()}
    return x.array if isinstance(x, Elsewhere) else x


@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_gradients_are_numpys_and_stay_elsewhere(case):
    xs = example(case)
    seed = np.random.default_rng(1).normal(size=np.shape(case(*xs)))
    found = results(case, list(map(Elsewhere, xs)), Elsewhere(seed))
    assert all(type(x) is Elsewhere for x in found)
    for x, expected in zip(found, results(case, xs, seed), strict=True):
        np.testing.assert_allclose(x.array, expected, rtol=1e-12, atol=1e-13)


def test_a_network_and_its_parameters_stay_elsewhere():
    theta = {name: Elsewhere(p) for name, p in PARAMETERS.items()}
    value, slopes = value_and_grad(residual_sum)(theta, Elsewhere(X), Elsewhere(Y))
    expected, exact = value_and_grad(residual_sum)(PARAMETERS, X, Y)
    assert float(value.array) == pytest.approx(expected, rel=1e-14)
    for name, slope in slopes.items():
        np.testing.assert_allclose(slope.array, exact[name], rtol=1e-13)


def test_a_conversion_to_numpy_is_the_users_to_make():
    with pytest.raises(TypeError, match="not allowed"):
        np.asarray(Value(Elsewhere(X)).data)
