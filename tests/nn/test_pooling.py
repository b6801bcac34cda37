"""Pooling against PyTorch, ties, and flattening."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff
from autodiff import Value, check_gradients, grad, pad, vjp
from nn import AvgPool2d, Conv2d, Flatten, MaxPool2d, windows

PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
BOTH = pytest.mark.parametrize("kind", [MaxPool2d, AvgPool2d])


@st.composite
def poolings(draw):
    """The arguments of a pooling, and images of different pixels that it takes."""
    size = draw(PAIRS)
    stride = draw(st.none() | PAIRS)
    padding = tuple(draw(st.integers(0, n // 2)) for n in size)
    more = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)))
    pixels = [max(1, n - 2 * p) + m for n, p, m in zip(size, padding, more, strict=True)]
    shape = (*draw(st.sampled_from([(2,), (1, 1), (3, 2)])), *pixels)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return (size, stride, padding), rng.permutation(np.prod(shape)).reshape(shape) / 8.0


@BOTH
@settings(max_examples=40)
@given(drawn=poolings())
def test_value_and_gradient_are_those_of_pytorch(kind, drawn):
    torch = pytest.importorskip("torch")
    arguments, x = drawn
    X, tensor = Value(x), torch.tensor(x, requires_grad=True)
    y, expected = kind(*arguments)(X), getattr(torch.nn, kind.__name__)(*arguments)(tensor)
    seed = np.random.default_rng(1).normal(size=y.shape)
    y.backward(seed)
    expected.backward(torch.tensor(seed))
    np.testing.assert_allclose(y.data, expected.detach().numpy(), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(X.grad, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


@BOTH
@settings(max_examples=15)
@given(drawn=poolings())
def test_pooling_has_derivatives_of_second_order(kind, drawn):
    arguments, x = drawn
    check_gradients(lambda x: kind(*arguments)(x) ** 2, x)


def over_windows(size, stride, padding):
    """The largest of each window by `max`, over the windows as an array."""

    def pooled(x):
        border = [(0, 0)] * (x.ndim - 2) + [(p, p) for p in padding]
        seen = windows(pad(x, border, constant_values=-np.inf), size, size if stride is None else stride)
        return seen.max((-4, -3))

    return pooled


@settings(max_examples=40)
@given(drawn=poolings(), levels=st.integers(1, 4), dtype=st.sampled_from([np.float64, np.float32]))
def test_the_largest_pixels_are_those_of_max_over_windows_with_ties_too(drawn, levels, dtype):
    arguments, x = drawn
    x = (8 * x % levels).astype(dtype)
    ways = [MaxPool2d(*arguments), over_windows(*arguments)]
    value, expected = (way(Value(x)).data for way in ways)
    assert value.dtype == dtype
    np.testing.assert_array_equal(value, expected)
    seed = np.random.default_rng(1).normal(size=value.shape).astype(dtype)
    for order in (1, 2):
        slopes = [derivative(way, order, seed)(x) for way in ways]
        np.testing.assert_allclose(*slopes, rtol=1e-6 if dtype is np.float32 else 1e-14, atol=1e-6)


def derivative(way, order, seed):
    """The gradient of Σ seed·y³; or that of the squared gradient."""
    slope = grad(lambda x: (way(x) ** 3 * seed).sum())
    return slope if order == 1 else grad(lambda x: (slope(x) ** 2).sum())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_no_finite_numbers_pool_as_by_max(bad):
    x = np.arange(16.0).reshape(1, 4, 4)
    x[0, 1, 1] = bad
    ways = [MaxPool2d(2), over_windows(2, None, (0, 0))]
    for seed in (np.ones((1, 2, 2)), np.array([[[np.inf, 1.0], [0.0, np.nan]]])):
        slopes = [vjp(way, x)[1](seed) for way in ways]
        np.testing.assert_array_equal(*slopes)


@BOTH
def test_programs_pool_as_eager_code(kind):
    x = np.random.default_rng(0).normal(size=(5, 2, 6, 6))
    slope = grad(lambda x: (kind(3, 1, 1)(x) ** 2).sum())
    np.testing.assert_allclose(autodiff.compile(slope)(x), slope(x), rtol=1e-14, atol=1e-14)


def test_ties_share_the_gradient_evenly():
    x = Value([[[3.0, 3.0, 1.0, 2.0], [0.0, 3.0, 2.0, 2.0]]])
    MaxPool2d(2)(x).backward(np.array([[[1.0, 1.0]]]))
    third = 1 / 3
    np.testing.assert_array_equal(x.grad, [[[third, third, 0.0, third], [0.0, third, third, third]]])


def test_the_border_never_is_the_largest_pixel():
    assert (MaxPool2d(2, padding=1)(np.full((1, 2, 2), -5.0)) == -5.0).all()


def test_the_border_counts_in_a_mean():
    assert AvgPool2d(2, padding=1)(np.ones((1, 1, 1))).tolist() == [[[0.25]]]


@BOTH
def test_raw_images_give_raw_images_and_float32_stays(kind):
    y = kind(2, padding=1)(np.ones((1, 1, 4, 4), np.float32))
    assert isinstance(y, np.ndarray)
    assert y.dtype == np.float32
    assert kind(2)(np.ones((0, 3, 4, 4))).shape == (0, 3, 2, 2)


@BOTH
def test_what_does_not_fit_is_refused(kind):
    with pytest.raises(
        ValueError, match=r"padding must be at most half of kernel_size \(2, 2\), got \(2, 0\)"
    ):
        kind(2, padding=(2, 0))
    with pytest.raises(ValueError, match="stride must be an integer ≥ 1, got 0"):
        kind(2, stride=0)
    with pytest.raises(ValueError, match=rf"{kind.__name__}: the kernel, \(3, 3\) pixels, .* of \(2, 2\)"):
        kind(3)(np.ones((1, 2, 2)))
    with pytest.raises(ValueError, match=rf"{kind.__name__}: expected images .* got shape \(2, 2\)"):
        kind(1)(np.ones((2, 2)))


def test_repr_tells_the_geometry():
    assert repr(MaxPool2d(2)) == "MaxPool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))"


@given(st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_flatten_keeps_the_observations_and_the_order(shape):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    y = Flatten()(x)
    assert y.shape == (shape[0], np.prod(shape[1:]))
    np.testing.assert_array_equal(y.ravel(), x.ravel())


def test_flatten_refuses_a_number():
    with pytest.raises(ValueError, match="Flatten: expected"):
        Flatten()(3.0)


def test_layers_compose_into_a_small_network_with_gradients_everywhere():
    layers = [
        Conv2d(1, 3, 3, padding=1, seed=0),
        MaxPool2d(2),
        Conv2d(3, 2, 2, seed=1),
        AvgPool2d(3),
        Flatten(),
    ]
    y = np.random.default_rng(0).normal(size=(5, 1, 8, 8))
    for layer in layers:
        y = layer(y)
    assert y.shape == (5, 2)
    y.backward(np.ones((5, 2)))
    assert all(np.abs(p.grad).min() > 0.0 for layer in layers for p in layer.parameters())
