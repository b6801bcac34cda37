"""Convolution of small images: every window that a kernel sees, as one matrix product.

`windows` cuts an image into the windows at which a kernel is laid, `overlap_add` lays them back, adding
where they overlap. Both are linear and each is the adjoint of the other, so each is the derivative of the
other, to any order. Images are (…, channels, height, width).

V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autodiff import Value, moveaxis, primitive, shape, transpose
from autodiff.settings import flag

from ..initialize import Initializer, Seed, started
from ..module import Module
from ..sizes import Pair, floating, pair, whole

# -- the operations ----------------------------------------------------------------------------


def _view(image: Any, size: Pair, stride: Pair, dilation: Pair, writeable: bool = False) -> Any:
    """The windows as a view into the image, (…, *size, windows down, windows across)."""
    (m, n), (s, t), (d, e) = pair(size, "size"), pair(stride, "stride"), pair(dilation, "dilation")
    span = d * (m - 1) + 1, e * (n - 1) + 1
    pixels = np.shape(image)[-2:]
    if len(pixels) < 2 or pixels[0] < span[0] or pixels[1] < span[1]:
        raise ValueError(f"windows of {span} pixels do not fit into an image of {pixels}")
    every = sliding_window_view(image, span, (-2, -1), writeable=writeable)
    return np.moveaxis(every[..., ::s, ::t, ::d, ::e], (-2, -1), (-4, -3))


def _laid_back(g: Any, y: Any, x: Any, size: Pair, stride: Pair, dilation: Pair) -> Any:
    """The adjoint of `windows`."""
    return overlap_add(g, shape(x)[-2:], stride, dilation)


@primitive(linear=True, dx=_laid_back)
def windows(x: Any, /, size: Pair, stride: Pair = 1, dilation: Pair = 1) -> Any:
    """The windows of an image, one every `stride` pixels, each of pixels `dilation` apart.

        y[…, k, l, i, j] = x[…, s·i + d·k, s·j + d·l];   x̄ = overlap_add(ȳ)

    x is (…, height, width), y is (…, *size, windows down, windows across): a view, nothing is copied.
    Raises ValueError where no window fits.

    >>> windows([[1, 2, 3], [4, 5, 6]], 2)[..., 0, 1]
    array([[2., 3.],
           [5., 6.]])
    """
    return _view(x, size, stride, dilation)


@primitive(
    linear=True, dx=lambda g, y, x, image, stride, dilation: windows(g, shape(x)[-4:-2], stride, dilation)
)
def overlap_add(x: Any, /, image: tuple[int, int], stride: Pair = 1, dilation: Pair = 1) -> Any:
    """Windows laid back into an image, added where they overlap: the adjoint of `windows`.

        y[…, p, q] = Σ x[…, k, l, i, j] over s·i + d·k = p, s·j + d·l = q;   x̄ = windows(ȳ)

    x is (…, *size, windows down, windows across), y is (…, *image). Raises ValueError where such an
    image does not have as many windows.

    >>> overlap_add(windows([[1, 2, 3], [4, 5, 6]], 2), (2, 3))
    array([[ 1.,  4.,  3.],
           [ 4., 10.,  6.]])
    """
    given = np.shape(x)
    if len(given) < 4:
        raise ValueError(f"expected (…, *size, windows down, windows across), got shape {given}")
    y = np.zeros_like(x[..., 0, 0, :, :], shape=(*given[:-4], *image))  # laid out in memory as x is
    places = _view(y, given[-4:-2], stride, dilation, writeable=True)
    if places.shape != given:
        raise ValueError(f"an image of {image} pixels has {places.shape[-2:]} windows, got {given[-2:]}")
    for row, column in np.ndindex(*given[-4:-2]):  # one place of the kernel in all windows: no pixel twice
        places[..., row, column, :, :] += x[..., row, column, :, :]
    return y


# -- with channels last: each of the three is the adjoint of the others in one of their operands ------

Two: TypeAlias = tuple[int, int]
"""For height and width."""

Geometry: TypeAlias = tuple[Two, Two, Two]
"""Stride, dilation and padding."""


def places(pixels: Two, size: Two, stride: Two, dilation: Two = (1, 1)) -> list[Any]:
    """For each place of a kernel, row by row, the index of the pixels there in all its windows.

    It is one of images (…, height, width, channels), and takes no pixel twice.
    """
    both = [
        [slice(d * k, d * k + height - d * (m - 1), s) for k in range(m)]
        for height, m, s, d in zip(pixels, size, stride, dilation, strict=True)
    ]
    return [(..., down, across, slice(None)) for down in both[0] for across in both[1]]


def _seen(x: Any, size: Two, geometry: Geometry) -> Any:
    """What a kernel sees of images inside a border of zeros: (…, down, across, places·channels)."""
    stride, dilation, (p, q) = geometry
    height, width, channels = x.shape[-3:]
    if p or q:
        inside, bordered = x, (*x.shape[:-3], height + 2 * p, width + 2 * q, channels)
        x = np.zeros_like(x, order="C", shape=bordered)
        x[..., p : p + height, q : q + width, :] = inside
    return np.concatenate([x[place] for place in places(x.shape[-3:-1], size, stride, dilation)], -1)


def _as_rows(x: Any) -> Any:
    """All axes before the last as one."""
    return np.reshape(x, (-1, x.shape[-1]))


def _of_pixels(g: Any, y: Any, x: Any, w: Any, geometry: Geometry) -> Any:
    return _to_pixels(g, w, shape(x)[-3:-1], geometry)


def _of_kernels(g: Any, y: Any, x: Any, w: Any, geometry: Geometry) -> Any:
    return _to_kernels(x, g, shape(w)[:2], geometry)


@primitive(linear=True, symbol="∗", dx=_of_pixels, dw=_of_kernels)
def convolution(x: Any, w: Any, /, geometry: Geometry) -> Any:
    """Convolution of pixels.   y[…, i, j, o] = Σ w[k, l, c, o]·x[…, s·i + d·k − p, s·j + d·l − p, c].

    x is (…, height, width, channels), w is (*size, channels, channels of y).
    """
    seen = _seen(x, w.shape[:2], geometry)
    return np.reshape(_as_rows(seen) @ _as_rows(w), (*seen.shape[:-1], w.shape[-1]))


@primitive(
    linear=True,
    dx=lambda h, y, x, g, size, geometry: _of_pixels(g, y, x, h, geometry),
    dg=lambda h, y, x, g, size, geometry: convolution(x, h, geometry),
)
def _to_kernels(x: Any, g: Any, /, size: Two, geometry: Geometry) -> Any:
    """w̄ of a convolution of x from ȳ.   w̄[k, l, c, o] = Σ x[…, s·i + d·k − p, …, c]·ȳ[…, i, j, o]."""
    seen = _seen(x, size, geometry)
    return np.reshape(_as_rows(seen).T @ _as_rows(g), (*size, x.shape[-1], g.shape[-1]))


@primitive(
    linear=True,
    dg=lambda h, y, g, w, image, geometry: convolution(h, w, geometry),
    dw=lambda h, y, g, w, image, geometry: _of_kernels(g, y, h, w, geometry),
)
def _to_pixels(g: Any, w: Any, /, image: Two, geometry: Geometry) -> Any:
    """x̄ of a convolution with w from ȳ: what each place of the kernels makes of it, added up."""
    (stride, dilation, (p, q)), (height, width), (m, n, *_) = geometry, image, w.shape
    bordered = (*g.shape[:-3], height + 2 * p, width + 2 * q, w.shape[2])
    y = np.zeros_like(g, order="C", shape=bordered)
    rows, kernels = _as_rows(g), np.reshape(w, (m * n, *w.shape[2:]))
    for place, kernel in zip(places(y.shape[-3:-1], (m, n), stride, dilation), kernels, strict=True):
        y[place] += np.reshape(rows @ kernel.T, (*g.shape[:-1], w.shape[2]))
    return y[..., p : p + height, q : q + width, :]


# -- the layer ---------------------------------------------------------------------------------


def images(x: Any, layer: Any, channels: int | None = None) -> Any:
    """Data as images for a layer. Raises ValueError where they lack axes, have other channels, or are
    smaller than its kernel.
    """
    what = type(layer).__name__
    given = shape(x)
    expected = "channels" if channels is None else f"{channels} channels"
    if len(given) < 3 or channels not in (None, given[-3]):
        got = f"{given[-3]} channels in " if len(given) >= 3 else ""
        remedy = "; for one channel give x[:, None]" if channels == 1 and len(given) == 3 else ""
        raise ValueError(
            f"{what}: expected images (…, {expected}, height, width), got {got}shape {given}{remedy}"
        )
    _check_fit(given[-2:], what, layer.span, layer.padding)
    return x


def _check_fit(pixels: tuple[int, ...], what: str, span: tuple[int, ...], padding: tuple[int, ...]) -> None:
    """Raise ValueError where a kernel that spans so many pixels is larger than the images."""
    if any(n + 2 * p < size for n, p, size in zip(pixels, padding, span, strict=True)):
        border = f" with padding {padding}" if any(padding) else ""
        raise ValueError(
            f"{what}: the kernel, {span} pixels, does not fit into images of {pixels} pixels{border}; "
            "give larger images or padding, or fewer layers that make them smaller"
        )


class Conv2d(Module):
    """Convolution of images with kernels W, one for each output channel.

        y[o, i, j] = b[o] + Σ W[o, c, k, l] · x[c, s·i + d·k − p, s·j + d·l − p] over c, k, l

    with stride s, dilation d and padding p (zeros around the image). x is (…, in_channels, height, width),
    y is (…, out_channels, height′, width′) with height′ = ⌊(height + 2p − d·(kernel_size − 1) − 1)/s⌋ + 1.
    Sizes are one number, or one for height and width.

    `weight` W is (out_channels, in_channels, *kernel_size) and starts as `initialize` says, by default
    Xavier's uniform; `bias` b is (out_channels,) and starts at 0, or is None with `bias=False`. With
    `dtype=np.float32` parameters are float32, and so are the outputs for float32 images.

    Raises ValueError for sizes that are not positive whole numbers, for an unknown initialiser, and at the
    call for images with another number of channels, and for those smaller than the kernel.

    >>> edges = Conv2d(1, 1, kernel_size=(1, 2), bias=False)
    >>> edges.weight.data = [[[[-1.0, 1.0]]]]
    >>> edges([[[0.0, 0.0, 5.0, 5.0]]]).data
    array([[[0., 5., 0.]]])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Pair,
        stride: Pair = 1,
        padding: Pair = 0,
        dilation: Pair = 1,
        bias: bool = True,
        initialize: str | Initializer = "xavier",
        seed: Seed = None,
        dtype: Any = np.float64,
    ) -> None:
        self.in_channels = whole(in_channels, "in_channels")
        self.out_channels = whole(out_channels, "out_channels")
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(stride, "stride")
        self.padding = pair(padding, "padding", least=0)
        self.dilation = pair(dilation, "dilation")
        shape, dtype = (self.out_channels, self.in_channels, *self.kernel_size), floating(dtype)
        biased = flag("Conv2d: bias", bias)
        self.weight = Value(started(initialize, shape, seed, dtype), "W")
        self.bias = Value(np.zeros(self.out_channels, dtype), "b") if biased else None

    @property
    def span(self) -> tuple[int, int]:
        """The pixels from the first to the last that a kernel sees, down and across."""
        down, across = (d * (n - 1) + 1 for d, n in zip(self.dilation, self.kernel_size, strict=True))
        return down, across

    def forward(self, x: Any) -> Any:
        """The images convolved with each kernel, plus its bias."""
        x, w = moveaxis(images(x, self, self.in_channels), -3, -1), transpose(self.weight, (2, 3, 1, 0))
        y = convolution(x, w, (self.stride, self.dilation, self.padding))
        return moveaxis(y if self.bias is None else y + self.bias, -1, -3)

    def configuration(self) -> dict[str, Any]:
        """All settings but those that change nothing."""
        idle = {"padding": (0, 0), "dilation": (1, 1)}
        settings = super().configuration().items()
        return {name: setting for name, setting in settings if (name, setting) not in idle.items()}
