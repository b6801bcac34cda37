"""Sums by products with ones are NumPy's sums; a pass over numbers that gives way leaves no trace."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from autodiff import Value, sqrt, where
from autodiff.ops.totals import LONG, row_total, squares, total
from autodiff.testing import Domain, edge_arrays, numbers

ARRAYS = edge_arrays(
    array_shapes(max_dims=3, max_side=5),
    st.sampled_from([np.float64, np.float32]),
    numbers(Domain(-1e3, 1e3), np.float32),
)


def close(found, expected):
    assert np.shape(found) == np.shape(expected)
    assert np.result_type(found) == np.result_type(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-3)


@settings(deadline=None)
@given(ARRAYS, st.data())
def test_a_total_is_numpys_sum_over_any_axes_in_any_memory_order(x, data):
    axis = data.draw(st.sampled_from([None, (), *range(-x.ndim, x.ndim), tuple(range(x.ndim))]))
    keepdims = data.draw(st.booleans())
    close(total(x, axis, keepdims), np.sum(x, axis=axis, keepdims=keepdims))
    close(row_total(x), np.sum(x, axis=0))


def test_infinities_and_nan_stay_in_their_row():
    x = np.array([[1.0, 2.0], [np.inf, 1.0], [np.inf, -np.inf], [np.nan, 1.0]])
    with np.errstate(invalid="ignore"):  # NumPy's sum warns of ∞ − ∞, too
        np.testing.assert_array_equal(total(x, -1), [3.0, np.inf, np.nan, np.nan])


def test_totals_of_truths_count():
    x = np.array([[True, True, False], [True, False, False]])
    assert row_total(x).tolist() == [2, 1, 0]
    assert total(x, -1).tolist() == [2, 1]


def test_totals_of_no_rows_are_zero():
    assert row_total(np.zeros((0, 3))).tolist() == [0.0, 0.0, 0.0]
    assert total(np.zeros((2, 0)), 1).tolist() == [0.0, 0.0]


def test_totals_of_long_columns_and_rows_are_right():
    x = np.ones((LONG + 1, 2))
    assert row_total(x).tolist() == [LONG + 1, LONG + 1]
    assert total(x.T, -1).tolist() == [LONG + 1, LONG + 1]


def test_an_axis_that_is_not_there_is_numpys_error():
    with pytest.raises(np.exceptions.AxisError):
        total(np.ones((2, 2)), 2)


@given(
    st.lists(st.sampled_from([None, (1.0,), 2.0, np.float32(3.0), np.float64(-4.0), np.full((2, 2), 5.0)]))
)
def test_the_squares_of_parts_of_any_kind_are_added(parts):
    expected = sum(float(np.sum(np.square(x))) for x in parts if x is not None and not isinstance(x, tuple))
    assert squares(parts) == expected


def test_leaves_keep_their_gradients_where_a_pass_over_numbers_gives_way():
    x, other = Value(2.0), Value(np.ones(2))
    (x * x).backward()
    loss = x * 3.0 + (other * other).sum() + where(x > 5.0, sqrt(x - 2.0), 0.0)
    loss.backward()
    assert x.grad == 4.0 + 3.0


def test_leaves_keep_their_gradients_where_a_rule_raises_over_numbers():
    x = Value(-8.0)
    (x * x).backward()
    (x ** (1 / 3)).backward()
    assert np.isnan(x.grad)
    x.grad = 1.5
    changed = x * x
    x.data = 1.0
    with pytest.raises(ValueError, match="assigned new data"):
        changed.backward()
    assert x.grad == 1.5
