"""gelu, exact and by tanh, and the error function that it is made of."""

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value
from autodiff.testing import edge_arrays


def test_gelu_by_tanh_is_near_the_exact_one_and_other_approximations_are_refused():
    x = np.linspace(-8.0, 8.0, 1001)
    assert 0.0 < np.abs(ad.gelu(x) - ad.gelu(x, "tanh")).max() < 5e-4
    with pytest.raises(ValueError, match="must be 'none' or 'tanh', got 'sigmoid'"):
        ad.gelu(x, "sigmoid")


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_and_its_slope_are_finite_far_out(approximate):
    x = Value([-1e200, -1000.0, 1000.0, 1e200])
    y = ad.gelu(x, approximate)
    np.testing.assert_array_equal(y.data, [0.0, 0.0, 1000.0, 1e200])
    np.testing.assert_array_equal(ad.gradients(y.sum(), x), [0.0, 0.0, 1.0, 1.0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@given(data=st.data())
def test_the_slope_of_gelu_is_that_of_the_formula_for_any_number(dtype, data):
    x = data.draw(edge_arrays((7,), dtype, allow_infinity=False)).copy()
    ordinary = data.draw(st.lists(st.floats(-9.0, 9.0), min_size=7, max_size=7))
    for points in (x, np.array(ordinary).astype(dtype)):
        given = Value(points)
        slope = ad.gradients(ad.gelu(given), given, np.ones_like(points))
        assert slope.dtype == dtype
        with np.errstate(all="ignore"):
            wide = points.astype(np.float64)
            wanted = 0.5 * (1.0 + ad.erf(wide / math.sqrt(2.0))) + wide * np.exp(
                -0.5 * wide * wide
            ) / math.sqrt(2.0 * math.pi)
        np.testing.assert_allclose(slope, wanted, rtol=0.0, atol=8.0 * np.finfo(dtype).eps)


def test_erf_without_scipy_is_the_same_to_the_last_digits(monkeypatch):
    x = np.linspace(-7.0, 7.0, 2001)
    wanted = [math.erf(t) for t in x]
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    np.testing.assert_allclose(ad.erf(x), wanted, rtol=5e-16)
    assert ad.erf(np.float32(x)).dtype == np.float32


@pytest.mark.parametrize("approximate", ["none", "tanh"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@given(data=st.data())
def test_a_program_computes_gelu_and_two_derivatives_as_eager_code_does(dtype, approximate, data):
    x = data.draw(edge_arrays((3, 4), dtype))

    def slopes(x):
        def slope(x):
            return ad.grad(lambda x: ad.sum(ad.gelu(x, approximate)))(x)

        return ad.gelu(x, approximate), slope(x), ad.grad(lambda x: ad.sum(slope(x)))(x)

    with np.errstate(all="ignore"):
        wanted = slopes(x)
    for a, b in zip(ad.compile(slopes)(x), wanted, strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=1e-5 if dtype == np.float32 else 1e-12, atol=1e-300)


def test_a_program_computes_the_exponential_of_gelu_by_tanh_once_for_value_and_slope():
    program = ad.compile(ad.value_and_grad(lambda x: ad.sum(ad.gelu(x, "tanh"))))
    program(np.ones((2, 3)))
    assert program.source.count("np.exp(") == 1
