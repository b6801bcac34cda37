"""Data sets larger than memory: `minimize` goes over their chunks once an evaluation."""

from __future__ import annotations

import dask
import dask.array as da
import numpy as np
import pytest

import autodiff as ad
import nn
from optim import least_squares, minimize
from tests.autodiff.test_dask import PARAMETERS, X, Y, counted, loads, residual_sum

__all__ = ["loads"]


@pytest.fixture
def passes():
    """How many times something was computed."""
    seen = []

    def counting(graph, keys, **options):
        seen.append(keys)
        return dask.get(graph, keys, **options)

    with dask.config.set(scheduler=counting):
        yield seen


def rows():
    """X and y in chunks of five rows."""
    return da.from_array(X, chunks=(5, 3)), da.from_array(Y, chunks=5)


def ridge(θ, x, y):
    """Squared errors of a line, and its squared slopes."""
    return ((y - x @ θ) ** 2).mean() + 0.1 * (θ**2).sum()


@pytest.mark.parametrize(
    "method", ["steepest-descent", "newton", "conjugate-gradient", "bfgs", "l-bfgs", "newton-cg"]
)
def test_a_method_finds_what_it_finds_in_memory(method):
    x, y = rows()
    found = minimize(lambda θ: ridge(θ, x, y), np.zeros(3), method, max_steps=5)
    expected = minimize(lambda θ: ridge(θ, X, Y), np.zeros(3), method, max_steps=5)
    np.testing.assert_allclose(found.x, expected.x, rtol=1e-10, atol=1e-10)
    assert found.value == pytest.approx(expected.value, rel=1e-10)
    assert type(found.value) is float
    assert found.steps == expected.steps


def test_an_evaluation_is_one_pass(passes):
    x, y = rows()
    result = minimize(lambda p: residual_sum(p, x, y), PARAMETERS, max_steps=5, gtol=0.0)
    assert len(passes) == result.evaluations > 5


def test_each_chunk_is_loaded_once_an_evaluation(loads):
    x, y = counted(X, 5, loads), counted(Y, 5, loads)
    result = minimize(lambda p: residual_sum(p, x, y), PARAMETERS, max_steps=3, gtol=0.0)
    assert set(loads.values()) == {result.evaluations}


def test_the_parameters_of_a_module_are_minimised_over(passes):
    x, y = rows()
    models = [nn.MLP(3, [4, 1], seed=0) for _ in range(2)]
    for model, data in zip(models, [(x, y), (X, Y)], strict=True):
        result = minimize(lambda m=model, d=data: nn.squared_error(m(d[0]), d[1]), model, max_steps=5)
    assert len(passes) == result.evaluations
    for lazy, plain in zip(*(model.parameters() for model in models), strict=True):
        assert type(lazy.data) is np.ndarray
        np.testing.assert_allclose(lazy.data, plain.data, rtol=1e-10)


def test_derivatives_of_the_users_are_computed_too():
    x, y = rows()
    slope = ad.grad(lambda θ: ridge(θ, x, y))
    found = minimize(lambda θ: ridge(θ, x, y), np.zeros(3), derivative=slope)
    expected = minimize(lambda θ: ridge(θ, X, Y), np.zeros(3))
    np.testing.assert_allclose(found.x, expected.x, rtol=1e-8)


def test_least_squares_refuses_residuals_in_chunks():
    x, y = rows()
    with pytest.raises(TypeError, match="least_squares: the residuals are a dask array"):
        least_squares(lambda θ: y - x @ θ, np.zeros(3))
