"""Convolution: the windows and their adjoint, and the layer against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, check_gradients, gradients
from nn import Conv2d, overlap_add, windows

PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def geometries(draw):
    """An image's shape, and the size, stride and dilation of windows that fit into it."""
    size, stride, dilation = draw(PAIRS), draw(PAIRS), draw(PAIRS)
    outer = draw(st.lists(st.integers(0, 2), max_size=2))
    more = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)))
    pixels = [d * (n - 1) + 1 + m for n, d, m in zip(size, dilation, more, strict=True)]
    return (*outer, *pixels), size, stride, dilation


def integers(rng, shape):
    """Whole numbers: sums and products of them are exact."""
    return rng.integers(-8, 9, shape).astype(float)


# -- windows and overlap_add -------------------------------------------------------------------


@given(geometries())
def test_each_window_holds_the_pixels_of_its_formula(geometry):
    shape, size, stride, dilation = geometry
    x = np.arange(float(np.prod(shape))).reshape(shape)
    y = windows(x, size, stride, dilation)
    for k, m, i, j in np.ndindex(y.shape[-4:]):
        pixel = x[..., stride[0] * i + dilation[0] * k, stride[1] * j + dilation[1] * m]
        np.testing.assert_array_equal(y[..., k, m, i, j], pixel)


@given(geometries())
def test_no_window_that_fits_is_left_out(geometry):
    shape, size, stride, dilation = geometry
    *_, down, across = windows(np.ones(shape), size, stride, dilation).shape
    for n, s, count, m, d in zip(shape[-2:], stride, (down, across), size, dilation, strict=True):
        assert s * (count - 1) + d * (m - 1) < n <= s * count + d * (m - 1)


@given(geometries(), st.integers(0, 99))
def test_overlap_add_is_the_adjoint_of_windows_exactly(geometry, seed):
    shape, *options = geometry
    rng = np.random.default_rng(seed)
    x = integers(rng, shape)
    y = windows(x, *options)
    g = integers(rng, y.shape)
    back = overlap_add(g, shape[-2:], *options[1:])
    assert back.shape == shape
    assert np.vdot(y, g) == np.vdot(x, back)


@given(geometries(), st.integers(0, 99))
def test_the_derivative_of_each_is_the_other(geometry, seed):
    shape, *options = geometry
    rng = np.random.default_rng(seed)
    x = Value(integers(rng, shape))
    y = windows(x, *options)
    g = Value(integers(rng, y.shape))
    z = overlap_add(g, shape[-2:], *options[1:])
    np.testing.assert_array_equal(gradients(y, x, g.data), z.data)
    np.testing.assert_array_equal(gradients(z, g, x.data), y.data)


@pytest.mark.parametrize("options", [((2, 2), 1, 1), ((2, 3), (2, 1), (1, 2)), (1, 3, 1)])
def test_both_have_derivatives_of_second_order(options):
    x = np.random.default_rng(0).normal(size=(2, 5, 6))
    check_gradients(lambda x: windows(x, *options) ** 2, x)
    y = windows(x, *options)
    check_gradients(lambda y: overlap_add(y, (5, 6), *options[1:]) ** 2, y)


def test_windows_of_plain_arrays_are_a_view_that_cannot_be_written():
    x = np.zeros((4, 4))
    y = windows(x, 2)
    assert np.shares_memory(x, y)
    assert not y.flags.writeable
    assert overlap_add(y, (4, 4)).flags.writeable


def test_a_gradient_shares_no_memory_with_its_seed():
    y = Value(np.zeros((2, 2, 3, 3)))
    seed = np.ones((4, 4))
    g = gradients(overlap_add(y, (4, 4)), y, seed)
    assert not np.shares_memory(g, seed)
    assert g.flags.writeable


def test_a_window_larger_than_the_image_is_refused_with_both_sizes():
    with pytest.raises(ValueError, match=r"\(5, 3\) pixels do not fit into an image of \(4, 4\)"):
        windows(np.ones((4, 4)), (3, 2), dilation=2)


def test_windows_of_a_vector_are_refused():
    with pytest.raises(ValueError, match=r"do not fit into an image of \(4,\)"):
        windows(np.ones(4), 1)


def test_windows_that_do_not_come_from_such_an_image_are_refused():
    with pytest.raises(ValueError, match=r"\(4, 4\) pixels has \(3, 3\) windows, got \(2, 3\)"):
        overlap_add(np.ones((2, 2, 2, 3)), (4, 4))
    with pytest.raises(ValueError, match=r"got shape \(2, 2, 2\)"):
        overlap_add(np.ones((2, 2, 2)), (4, 4))


# -- the layer ---------------------------------------------------------------------------------


@st.composite
def layers(draw):
    """A layer, and images that it takes."""
    channels = draw(PAIRS)
    size, stride, dilation = draw(PAIRS), draw(PAIRS), draw(PAIRS)
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    bias, seed = draw(st.booleans()), draw(st.integers(0, 99))
    layer = Conv2d(*channels, size, stride, padding, dilation, bias, "normal", seed)
    more = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    pixels = [
        max(1, d * (n - 1) + 1 - 2 * p) + m for n, d, p, m in zip(size, dilation, padding, more, strict=True)
    ]
    outer = draw(st.sampled_from([(), (1,), (3,)]))
    x = np.random.default_rng(seed).normal(size=(*outer, channels[0], *pixels))
    return layer, x


@settings(max_examples=40)
@given(layers())
def test_value_and_gradients_are_those_of_pytorch(drawn):
    torch = pytest.importorskip("torch")
    layer, x = drawn
    X = Value(x)
    y = layer(X)
    seed = np.random.default_rng(1).normal(size=y.shape)
    y.backward(seed)
    tensors = [torch.tensor(v.data, requires_grad=True) for v in (X, *layer.parameters())]
    bias = tensors[2] if layer.bias is not None else None
    expected = torch.nn.functional.conv2d(
        tensors[0], tensors[1], bias, layer.stride, layer.padding, layer.dilation
    )
    expected.backward(torch.tensor(seed))
    np.testing.assert_allclose(y.data, expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    for ours, theirs in zip((X, *layer.parameters()), tensors, strict=True):
        np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-11, atol=1e-11)


@settings(max_examples=10)
@given(layers())
def test_the_layer_has_derivatives_of_second_order(drawn):
    layer, x = drawn

    def convolved(x, weight):
        layer.weight = weight
        return layer(x) ** 2

    check_gradients(convolved, x, layer.weight.data)


def test_the_value_is_the_sum_of_its_formula():
    layer = Conv2d(2, 3, (2, 3), stride=(1, 2), seed=0)
    layer.bias.data = [1.0, 2.0, 4.0]
    x = np.random.default_rng(0).normal(size=(4, 2, 5, 6))
    y = layer(x).data
    assert y.shape == (4, 3, 4, 2)
    W, b = layer.weight.data, layer.bias.data
    patch = x[3, :, 1:3, 2:5]
    assert y[3, 2, 1, 1] == pytest.approx(b[2] + np.sum(W[2] * patch), rel=1e-13)


def test_observations_do_not_mix():
    layer = Conv2d(1, 2, 3, padding=1, seed=0)
    x = np.random.default_rng(0).normal(size=(3, 1, 4, 4))
    rows = [layer(x[i : i + 1]).data for i in range(3)]
    np.testing.assert_allclose(layer(x).data, np.concatenate(rows), rtol=1e-12, atol=1e-14)
    assert layer(x[:0]).shape == (0, 2, 4, 4)


def test_float32_stays_float32():
    layer = Conv2d(1, 2, 2, padding=1, seed=0, dtype=np.float32)
    x = Value(np.ones((1, 1, 3, 3), np.float32))
    y = layer(x)
    ad.sum(y).backward()
    assert {v.dtype for v in (y, x, layer.weight)} == {np.dtype(np.float32)}
    assert x.grad.dtype == layer.weight.grad.dtype == np.float32


def test_parameters_are_named_and_start_as_the_initialiser_says():
    layer = Conv2d(3, 4, 2, seed=7)
    assert [(name, p.name, p.shape) for name, p in layer.named_parameters()] == [
        ("weight", "W", (4, 3, 2, 2)),
        ("bias", "b", (4,)),
    ]
    bound = (6 / (12 + 16)) ** 0.5
    assert 0.9 * bound < np.abs(layer.weight.data).max() <= bound
    assert (layer.bias.data == 0.0).all()
    np.testing.assert_array_equal(layer.weight.data, Conv2d(3, 4, 2, seed=7).weight.data)
    assert len(Conv2d(1, 1, 1, bias=False).parameters()) == 1
    assert (Conv2d(1, 1, 1, initialize=lambda shape, seed: np.ones(shape)).weight.data == 1.0).all()


def test_an_initialiser_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"of shape \(1, 1, 2, 2\), got \(3,\)"):
        Conv2d(1, 1, 2, initialize=lambda shape, seed: np.ones(3))


def test_repr_tells_the_geometry():
    assert repr(Conv2d(1, 8, 3)) == (
        "Conv2d(in_channels=1, out_channels=8, kernel_size=(3, 3), stride=(1, 1))"
    )
    assert repr(Conv2d(1, 8, 3, padding=1, dilation=2, bias=False)).endswith(
        "stride=(1, 1), padding=(1, 1), dilation=(2, 2), bias=None)"
    )


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (np.ones((2, 3, 4, 4)), r"Conv2d: expected .* 1 channels.*got 3 channels in shape \(2, 3, 4, 4\)"),
        (np.ones((4, 4)), r"Conv2d: expected images \(…, 1 channels, height, width\), got shape \(4, 4\)"),
        (np.ones((5, 4, 4)), r"got 5 channels in shape \(5, 4, 4\); for one channel give x\[:, None\]"),
        (
            np.ones((1, 1, 2, 4)),
            r"Conv2d: the kernel, \(3, 3\) pixels, does not fit into images of \(2, 4\) pixels",
        ),
    ],
)
def test_images_that_do_not_fit_are_refused(x, told):
    with pytest.raises(ValueError, match=told):
        Conv2d(1, 1, 3)(x)


def test_dilation_and_padding_count_where_a_kernel_does_not_fit():
    with pytest.raises(
        ValueError, match=r"the kernel, \(5, 5\) pixels, .* of \(2, 9\) pixels with padding \(1, 1\)"
    ):
        Conv2d(1, 1, 3, dilation=2, padding=1)(np.ones((1, 1, 2, 9)))
    assert Conv2d(1, 1, 3, dilation=2, padding=2)(np.ones((1, 1, 1, 1))).shape == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"in_channels": 0}, "in_channels must be an integer ≥ 1, got 0"),
        ({"out_channels": 1.5}, "out_channels must be an integer ≥ 1, got 1.5"),
        ({"kernel_size": (3, 0)}, "kernel_size must be an integer ≥ 1, got 0"),
        ({"kernel_size": (3, 3, 3)}, r"kernel_size must be one number, or \(height, width\)"),
        ({"stride": True}, "stride must be an integer ≥ 1, got True"),
        ({"padding": -1}, "padding must be an integer ≥ 0, got -1"),
        ({"dilation": "2"}, "dilation must be an integer ≥ 1, got '2'"),
    ],
)
def test_sizes_that_are_no_whole_numbers_are_refused(arguments, told):
    with pytest.raises(ValueError, match=told):
        Conv2d(**{"in_channels": 1, "out_channels": 1, "kernel_size": 3, **arguments})
