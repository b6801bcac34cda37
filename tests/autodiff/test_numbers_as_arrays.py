"""A number has the axis that NumPy gives it; numbers of double precision leave single precision as it is."""

from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, check_gradients, gradients
from tests.cases import find

FUNCTIONS = (
    "sum", "mean", "prod", "max", "min", "var", "std", "cumsum", "cumprod", "sort", "flip", "argsort",
    "argmax", "argmin", "any", "all", "count_nonzero", "diff", "squeeze", "expand_dims", "linalg.norm",
    "unique", "nonzero", "argwhere", "flatnonzero", "argpartition", "trace", "diagonal", "tril", "transpose",
    "flipud", "rot90",
)  # fmt: skip
OPTIONS: tuple[Any, ...] = (
    {},
    {"axis": None},
    {"axis": 0},
    {"axis": -1},
    {"axis": 1},
    {"axis": ()},
    {"axis": (0,)},
    {"axis": (0, 0)},
)
WITH_ONE_MORE = ("take", "repeat", "roll", "partition", "append", "diff", "expand_dims", "array_split")


def outcome(act):
    """The shape of a result, or the kinds of its error."""
    try:
        result = act()
    except Exception as error:  # NumPy's own errors are the standard
        return type(error).__mro__
    parts = result if isinstance(result, (tuple, list)) else [result]
    return [np.shape(part.data if isinstance(part, Value) else part) for part in parts]


def agree(ours, numpys):
    """Whether both are of a shape, or our error is one that `except` would catch for NumPy's."""
    if isinstance(ours, list) or isinstance(numpys, list):
        return ours == numpys
    return bool({ValueError, TypeError, IndexError} & set(ours) & set(numpys))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_axis_of_a_number_is_numpys(name, options):
    expected = outcome(lambda: find(np, name)(np.float64(3.0), **options))
    for x in (3.0, Value(3.0)):
        assert agree(outcome(lambda x=x: find(ad, name)(x, **options)), expected)


@pytest.mark.parametrize("options", OPTIONS[1:5], ids=str)
@pytest.mark.parametrize("more", [0, 1, 2])
@pytest.mark.parametrize("name", WITH_ONE_MORE)
def test_an_axis_of_a_number_is_numpys_with_another_argument(name, more, options):
    if (name, options) == ("append", {"axis": 0}) or (name == "expand_dims"):
        return
    expected = outcome(lambda: find(np, name)(np.float64(3.0), more, **options))
    for x in (3.0, Value(3.0)):
        assert agree(outcome(lambda x=x: find(ad, name)(x, more, **options)), expected)


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, axis: ad.sum(x, axis=axis),
        lambda x, axis: ad.prod(x, axis=axis),
        lambda x, axis: ad.max(x, axis=axis),
        lambda x, axis: ad.cumsum(x, axis=axis),
        lambda x, axis: ad.cumprod(x, axis=axis),
        lambda x, axis: ad.repeat(x, 3, axis=axis),
        lambda x, axis: ad.repeat(x, [3], axis=axis),
        lambda x, axis: ad.take(x, [0, 0], axis=axis),
    ],
)
def test_what_is_made_of_a_number_along_an_axis_has_derivatives(f, axis):
    check_gradients(lambda x: f(x, axis) ** 2, 3.0)


# -- precision ---------------------------------------------------------------------------------

SINGLES = [np.float32(1.5), np.array([1.5, 2.5], np.float32)]
WEAK = [
    2.0,
    2,
    True,
    np.float64(2),
    np.array(2.0),
    np.int64(2),
    np.array(2),
    np.float16(2),
    np.array([True, False]),
]
STRONG = [np.ones(2), np.ones(2, int), np.ones(2, np.int8), [1.0, 2.0], [1, 2]]


@pytest.mark.parametrize("x", SINGLES, ids=["number", "array"])
@pytest.mark.parametrize("operate", [np.add, np.multiply, np.power, np.maximum], ids=str)
def test_numbers_leave_single_precision_and_arrays_of_doubles_and_integers_do_not(x, operate):
    for others, dtype in ((WEAK, np.float32), (STRONG, np.float64)):
        for other in others:
            v = Value(x)
            for y in (operate(v, other), operate(other, v)):
                assert y.dtype == dtype, other
                assert gradients(y.sum(), v).dtype == np.float32


def test_where_single_precision_differs_from_numpys():
    x = np.ones(2, np.float32)
    for other in (np.float64(2.0), np.array(2.0), np.int64(2)):
        assert np.add(x, other).dtype == np.float64
        assert (Value(x) + other).dtype == np.float32
    assert np.add(x, np.ones(2, np.int8)).dtype == np.float32
    assert (Value(x) + np.ones(2, np.int8)).dtype == np.float64
