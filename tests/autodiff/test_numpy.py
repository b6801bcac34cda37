"""NumPy's functions on Values record; nothing becomes an object array."""

import subprocess
import sys

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients
from tests.cases import CASES, find

NAMES = {case.name for case in CASES}
V = Value([[1.0, 2.0], [3.0, 5.0]], "v")


@pytest.mark.parametrize("name", sorted(name for name in NAMES if hasattr(np, name.split(".")[0])))
def test_every_function_that_numpy_has_too_is_dispatched(name):
    try:
        function = find(np, name)
    except AttributeError:
        pytest.skip("NumPy has no such function")
    from autodiff.differentiation.operators import COVERED

    assert COVERED[function] is find(ad, name) or name == "clip"


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda v: np.exp(v), np.exp(V.data)),
        (lambda v: np.sum(v, axis=0, keepdims=True), [[4.0, 7.0]]),
        (lambda v: np.sum(a=v, axis=0), [4.0, 7.0]),
        (lambda v: np.sum(a=v, keepdims=True), [[11.0]]),
        (lambda v: np.concatenate([v, v], axis=1), np.concatenate([V.data, V.data], axis=1)),
        (lambda v: np.stack([v, np.ones((2, 2))]), np.stack([V.data, np.ones((2, 2))])),
        (lambda v: np.where(V.data > 2, v, 0.0), np.where(V.data > 2, V.data, 0.0)),
        (lambda v: np.linalg.norm(v), np.linalg.norm(V.data)),
        (lambda v: np.linalg.solve(v, [1.0, 2.0]), np.linalg.solve(V.data, [1.0, 2.0])),
        (lambda v: np.linalg.solve(np.eye(2), v), V.data),
        (lambda v: np.linalg.eigh(v).eigenvalues, np.linalg.eigh((V.data + V.data.T) / 2).eigenvalues),
        (lambda v: np.clip(v, 2.0, 3.0), np.clip(V.data, 2.0, 3.0)),
        (lambda v: np.clip(v, a_min=2.0, a_max=None), np.clip(V.data, 2.0, None)),
        (lambda v: np.matmul(np.ones((2, 2)), v), np.ones((2, 2)) @ V.data),
        (lambda v: np.ones((2, 2)) @ v, np.ones((2, 2)) @ V.data),
        (lambda v: np.ones(2) * v, V.data),
        (lambda v: np.float64(2.0) * v, 2.0 * V.data),
        (lambda v: np.float64(2.0) ** v, 2.0**V.data),
        (lambda v: np.abs(v), V.data),
        (lambda v: np.around(v, 1), V.data),
        (lambda v: np.einsum("ij->", v), 11.0),
        (lambda v: np.var(v, axis=0, ddof=1), np.var(V.data, axis=0, ddof=1)),
        (lambda v: 2**v, 2**V.data),
        (lambda v: [1.0, 2.0] * v, [1.0, 2.0] * V.data),
    ],
)
def test_numpy_functions_record(f, expected):
    y = f(V)
    assert isinstance(y, Value)
    assert not y.constant
    np.testing.assert_allclose(y.data, expected)


@pytest.mark.parametrize(
    "name",
    [
        "argmax",
        "argmin",
        "argsort",
        "isnan",
        "isfinite",
        "any",
        "all",
        "nonzero",
        "zeros_like",
        "ones_like",
        "shape",
        "ndim",
        "size",
    ],
)
def test_questions_have_plain_answers(name):
    expected = getattr(np, name)(V.data)
    for answer in (getattr(np, name)(V), getattr(ad, name)(V)):
        assert not isinstance(answer, Value)
        np.testing.assert_array_equal(answer, expected)


def test_comparisons_by_ufunc_are_plain():
    assert np.greater(V, 2.0).tolist() == [[False, False], [True, True]]
    assert (np.array([[0.0, 9.0]] * 2) < V).tolist() == [[True, False], [True, False]]
    assert np.allclose(V, V.data)
    assert np.array_equal(V, V)


def test_gradients_flow_through_numpy_functions():
    slope = gradients(np.sum(np.exp(V) * np.ones((2, 2))), V)
    np.testing.assert_allclose(slope, np.exp(V.data))


def test_importing_autodiff_imports_numpy_alone():
    code = (
        "import sys, numpy; before = set(sys.modules); import autodiff;"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "['autodiff']"


def test_lazy_names_stay_functions():
    assert callable(ad.draw)
    assert callable(ad.draw)
    assert callable(ad.check_gradients)
    assert set(ad.__all__) - {"Claim", "check_claims"} <= set(dir(ad))
    with pytest.raises(AttributeError, match="no attribute 'dorw'"):
        ad.dorw  # noqa: B018 (the access is the test)


def test_importing_everything_leaves_pythons_own_functions_alone():
    space = {}
    exec("from autodiff import *", space)
    assert {"Value", "exp", "grad", "argmax"} <= space.keys()
    assert not {"sum", "max", "min", "round", "any", "all"} & space.keys()
    assert callable(ad.sum)


def test_a_mask_leaves_float32_as_it_is():
    x = Value(np.ones(2, np.float32))
    assert (x * np.array([True, False])).dtype == np.float32
    assert (np.array([True, False]) * x).dtype == np.float32


def test_what_asks_for_plain_results_has_the_name_of_numpys_function():
    from autodiff.ops.plain import FUNCTIONS

    assert [function.__name__ for function in FUNCTIONS.values()] == [*FUNCTIONS]


def test_a_step_takes_its_value_at_zero_from_the_second_operand():
    x, half = Value([-1.0, 0.0, -0.0, 2.0, np.nan]), Value(0.5)
    y = np.heaviside(x, half)
    np.testing.assert_array_equal(y.data, [0.0, 0.5, 0.5, 1.0, np.nan])
    np.testing.assert_array_equal(gradients(y, half, np.ones(5)), 2.0)


def test_a_quantile_that_meets_an_entry_is_that_entry():
    x = np.array([-np.inf, 3.0])
    assert np.quantile(Value(x), 1.0).data == np.quantile(x, 1.0) == 3.0
    with np.errstate(invalid="ignore"):  # NumPy gives nan on the way from −∞
        assert np.quantile(Value(x), [0.5, 1.0]).data[1] == np.quantile(x, [0.5, 1.0])[1] == 3.0
    assert np.quantile(Value([1.0, 2.0, np.inf]), [0.5, 1.0]).data.tolist() == [2.0, np.inf]
    assert np.quantile(Value([5.0]), [0.0, 1.0]).data.tolist() == [5.0, 5.0]


@pytest.mark.parametrize(
    "function", [np.median, np.nanmedian, lambda x, axis: np.quantile(x, 0.5, axis=axis)]
)
def test_a_number_has_no_axis_for_a_median(function):
    for x in (np.array(2.0), Value(2.0)):
        with pytest.raises(np.exceptions.AxisError, match="out of bounds for array of dimension 0"):
            function(x, axis=0)
    assert function(Value(2.0), axis=()).data == 2.0


@pytest.mark.parametrize("function", [np.nanvar, np.nanstd])
def test_an_infinite_entry_is_not_missing(function):
    x = np.array([np.nan, np.inf, 1.0, 2.0])
    with np.errstate(invalid="ignore"):
        assert np.isnan(function(x))
        assert np.isnan(function(Value(x)).data)
    assert function(Value(x[[0, 2, 3]])).data == function(x[[0, 2, 3]])
