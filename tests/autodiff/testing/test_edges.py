"""Edge numbers and arrays: that what breaks code is there, and only where it is allowed."""

import math

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autodiff.testing import POSITIVE, dtypes, edge_arrays, edge_numbers, numbers
from autodiff.testing.edges import LAYOUTS

QUIET = settings(database=None)


@pytest.mark.parametrize(
    "edge", [0.0, 1.0, -1.0, 1e300, -1e300, 1e-300, 5e-324, -5e-324, 2.0**53, math.inf, -math.inf]
)
def test_edges_of_float64_are_drawn(edge):
    assert find(edge_numbers(), lambda x: x == edge) == edge


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_numbers_around_the_overflow_of_the_exponential_are_drawn(dtype):
    def last_finite(x):
        with np.errstate(over="ignore"):
            return x > 9.0 and np.isfinite(np.exp(dtype(x))) and not np.isfinite(np.exp(dtype(x + 1.0)))

    find(edge_numbers(dtype), last_finite)
    assert find(edge_numbers(dtype), lambda x: x == -1000.0) == -1000.0


def test_negative_zero_and_nan_are_drawn():
    assert (
        math.copysign(1.0, find(edge_numbers(), lambda x: x == 0.0 and math.copysign(1.0, x) < 0.0)) == -1.0
    )
    assert math.isnan(find(edge_numbers(), math.isnan))


@given(st.data(), dtypes())
def test_edges_are_numbers_of_the_dtype(data, dtype):
    x = data.draw(edge_numbers(dtype))
    assert float(dtype.type(x)) == x or math.isnan(x)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_subnormals_of_every_dtype_are_drawn(dtype):
    kind = np.finfo(dtype)
    smallest = find(edge_numbers(dtype), lambda x: 0.0 < abs(x) < kind.smallest_normal)
    assert dtype(smallest) != 0.0


@given(edge_arrays(allow_nan=False, allow_infinity=False))
def test_arrays_are_finite_where_nothing_else_is_allowed(x):
    assert np.isfinite(x).all()


@given(edge_arrays(allow_nan=False))
def test_infinities_are_allowed_apart_from_nan(x):
    assert not np.isnan(x).any()


@given(edge_arrays(elements=numbers(POSITIVE)))
def test_elements_may_be_ordinary(x):
    assert all(float(entry) in POSITIVE for entry in x.ravel())


@pytest.mark.parametrize(
    "odd",
    [
        lambda x: x.size == 0 and x.ndim == 2,
        lambda x: x.ndim == 0,
        lambda x: x.ndim == 3 and 1 in x.shape and x.size > 1,
        lambda x: x.flags.f_contiguous and not x.flags.c_contiguous,
        lambda x: x.size > 0 and min(x.strides, default=0) < 0,
        lambda x: x.ndim > 0 and x.shape[0] > 1 and x.strides[0] == 0,
        lambda x: x.size > 1 and not x.flags.c_contiguous and not x.flags.f_contiguous and x.strides[0] > 0,
        lambda x: not x.flags.writeable and x.flags.owndata,
        lambda x: x.flags.writeable and x.dtype == np.float16,
    ],
)
def test_odd_arrays_are_drawn(odd):
    assert odd(find(edge_arrays(dtype=dtypes()), odd, settings=settings(QUIET, max_examples=2000)))


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"zero strides"}))
@given(x=edge_arrays(layouts=("contiguous",)))
def test_a_layout_changes_neither_shape_nor_numbers(layout, x):
    np.testing.assert_array_equal(LAYOUTS[layout](x), x)


@given(edge_arrays((3, 2), layouts=("zero strides",)))
def test_zero_strides_repeat_the_first_row(x):
    np.testing.assert_array_equal(x, [x[0]] * 3)


def test_arrays_shrink_to_an_ordinary_array_without_entries():
    smallest = find(edge_arrays(), lambda x: x.ndim == 1, settings=QUIET)
    assert smallest.shape == (0,)
    assert smallest.flags.writeable


def test_a_failure_notes_the_layout():
    @settings(QUIET)
    @given(edge_arrays((2, 2)))
    def fails(x):
        assert not (x.flags.f_contiguous and not x.flags.c_contiguous)

    with pytest.raises(AssertionError) as caught:
        fails()
    assert "edge_arrays: Fortran" in caught.value.__notes__


def test_an_unknown_layout_is_an_error():
    with pytest.raises(ValueError, match="unknown layout 'fortan'; did you mean 'Fortran'"):
        find(edge_arrays(layouts=("fortan",)), lambda x: True, settings=QUIET)
