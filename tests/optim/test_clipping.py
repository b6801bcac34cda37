"""Gradient clipping: against PyTorch, and what must hold for any gradients."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from autodiff import Value
from autodiff.testing import edge_arrays
from optim import clip_gradient_norm, clip_gradient_value

SHAPES = array_shapes(min_dims=0, max_dims=2, max_side=3)
GRADIENTS = st.lists(edge_arrays(SHAPES, elements=st.floats(-1e6, 1e6)), min_size=1, max_size=4)


def parameters(gradients, dtype=np.float64):
    made = []
    for i, g in enumerate(gradients):
        made.append(Value(np.zeros(np.shape(g), dtype), f"p{i}"))
        made[-1].grad = np.asarray(g, dtype)
    return made


def entries(params):
    return np.concatenate([np.ravel(p.grad) for p in params])


@given(gradients=GRADIENTS, limit=st.floats(1e-3, 1e7), order=st.sampled_from([1.0, 2.0, 3.0, math.inf]))
def test_norms_and_gradients_are_those_of_pytorch(gradients, limit, order):
    torch = pytest.importorskip("torch")
    params = parameters(gradients)
    theirs = [torch.zeros(np.shape(g), dtype=torch.float64) for g in gradients]
    for p, g in zip(theirs, gradients, strict=True):
        p.grad = torch.tensor(np.array(g))  # PyTorch knows no negative strides
    norm = clip_gradient_norm(params, limit, order)
    expected = torch.nn.utils.clip_grad_norm_(theirs, limit, order)
    # PyTorch's powers of tiny numbers underflow
    np.testing.assert_allclose(norm, float(expected), rtol=1e-12, atol=1e-100)
    for p, q in zip(params, theirs, strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-12, atol=1e-300)


@given(gradients=GRADIENTS, limit=st.floats(1e-3, 1e7))
def test_a_clipped_norm_is_at_most_the_limit_and_the_direction_stays(gradients, limit):
    params = parameters(gradients)
    before = entries(params)
    norm = clip_gradient_norm(params, limit)
    after = entries(params)
    length = math.hypot(*before)
    np.testing.assert_allclose(norm, length, rtol=1e-12)
    assert math.hypot(*after) <= limit * (1 + 1e-12)
    if norm + 1e-6 <= limit:
        np.testing.assert_array_equal(after, before)
    # subnormal numbers have fewer digits
    np.testing.assert_allclose(after * length, before * math.hypot(*after), rtol=1e-9, atol=1e-300)


@given(gradients=GRADIENTS, limit=st.floats(1e-3, 1e7))
def test_clipping_by_value_is_numpys_clip(gradients, limit):
    params = parameters(gradients)
    before = entries(params)
    clip_gradient_value(params, limit)
    np.testing.assert_array_equal(entries(params), np.clip(before, -limit, limit))


def test_an_infinite_limit_only_measures():
    params = parameters([[3.0], 4.0])
    assert clip_gradient_norm(params, math.inf) == 5.0
    assert entries(params).tolist() == [3.0, 4.0]


@pytest.mark.parametrize("bad", [1e30, math.inf, math.nan])
def test_an_infinite_limit_changes_no_gradient_whatever_its_size(bad):
    params = parameters([[bad, 1.0], 4.0])
    clip_gradient_norm(params, math.inf)
    np.testing.assert_array_equal(entries(params), [bad, 1.0, 4.0])


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e25), (np.float64, 1e200), (np.float32, 1e-30)])
@pytest.mark.parametrize("order", [1.0, 2.0, 3.0, math.inf])
def test_a_norm_neither_overflows_nor_underflows_on_the_way(dtype, size, order):
    params = parameters([[3.0 * size, -4.0 * size], [0.0, 0.0]], dtype)
    expected = size * np.linalg.norm([3.0, 4.0], order)
    assert clip_gradient_norm(params, 1.0, order) == pytest.approx(expected, rel=1e-6)
    assert np.isfinite(entries(params)).all()
    if size > 1.0:
        assert np.linalg.norm(entries(params), order) == pytest.approx(1.0, rel=1e-5)


def test_numbers_stay_numbers_and_float32_stays_float32():
    number, array = Value(0.0), Value(np.zeros(2, np.float32))
    number.grad, array.grad = 30.0, np.full(2, 40.0)
    clip_gradient_norm([number, array], 1.0)
    clip_gradient_value([number, array], 0.1)
    assert type(number.grad) is float
    assert array.grad.dtype == np.float32
    assert number.grad == 0.1


def test_parameters_that_are_frozen_or_have_no_gradient_do_not_count():
    params = [*parameters([[3.0], 4.0]), Value(1.0), Value(1.0, constant=True)]
    assert clip_gradient_norm(params, 1.0) == 5.0
    clip_gradient_value(params, 0.1)
    assert clip_gradient_norm(params[2:], 1.0) == 0.0
    assert params[2].grad is params[3].grad is None


def test_a_norm_that_is_finite_is_never_refused():
    params = parameters([[3.0], 4.0])
    assert clip_gradient_norm(params, 1.0, error_if_nonfinite=True) == 5.0
    assert clip_gradient_norm(params, math.inf) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_norm_that_is_not_finite_can_be_refused_by_name(bad):
    params = parameters([[1.0, bad], 4.0])
    with pytest.raises(RuntimeError, match=r"'p0' of shape \(2,\).*nothing was changed"):
        clip_gradient_norm(params, 1.0, error_if_nonfinite=True)
    assert params[1].grad == 4.0


@pytest.mark.parametrize(("bad", "left"), [(math.nan, math.nan), (math.inf, 0.0)])
def test_a_norm_that_is_not_finite_spoils_gradients_as_in_pytorch(bad, left):
    params = parameters([[bad], 4.0])
    assert not math.isfinite(clip_gradient_norm(params, 1.0))
    np.testing.assert_array_equal(entries(params), [math.nan, left])


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan])
def test_a_limit_that_is_not_above_zero_is_refused(limit):
    params = parameters([4.0])
    with pytest.raises(ValueError, match="clip_gradient_norm: max_norm must be"):
        clip_gradient_norm(params, limit)
    with pytest.raises(ValueError, match="clip_gradient_value: limit must be"):
        clip_gradient_value(params, limit)
    assert params[0].grad == 4.0


def test_what_is_no_list_of_parameters_is_refused():
    with pytest.raises(TypeError, match="clip_gradient_norm: parameters must be Values, number 0"):
        clip_gradient_norm([np.ones(2)], 1.0)
