"""Pooling: each window of an image becomes one pixel. And images as rows, for what follows."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np

import autodiff as ad

from ..module import Module
from ..sizes import Pair, pair
from .convolution import Two, images, places, windows

# -- the largest pixels, with channels last: each of the last two is the adjoint of the other -----------


def _in_windows(x: Any, size: Two, stride: Two) -> list[Any]:
    """The pixels of images at each place of their windows."""
    return [x[place] for place in places(x.shape[-3:-1], size, stride)]


def _chosen(y: Any, x: Any, size: Two, stride: Two) -> tuple[list[Any], Any]:
    """Where the pixel at each place is the largest of its window; and how many tie there."""
    chosen = [pixels == y for pixels in _in_windows(x, size, stride)]
    return chosen, sum(chosen, y.dtype.type(0.0))


def _of_largest(g: Any, y: Any, x: Any, size: Two, stride: Two) -> Any:
    return _to_largest(g, y, x, size, stride)


def _of_shares(h: Any, z: Any, g: Any, y: Any, x: Any, size: Two, stride: Two) -> Any:
    return _at_largest(h, y, x, size, stride)


@ad.primitive(selecting=True, dx=_of_largest)
def largest(x: Any, /, size: Two, stride: Two) -> Any:
    """The largest pixel of each window.   y[…, i, j, c] = max x[…, s·i + k, s·j + l, c] over k, l.

    x is (…, height, width, channels).
    """
    return reduce(np.maximum, _in_windows(x, size, stride))


@ad.primitive(selecting=True, dg=_of_shares, dy=0.0, dx=0.0)
def _to_largest(g: Any, y: Any, x: Any, /, size: Two, stride: Two) -> Any:
    """x̄ of the largest pixels y of x: ȳ at the largest, an even share at each that ties with it, else 0."""
    z = np.zeros_like(g, order="C", shape=x.shape)
    chosen, ties = _chosen(y, x, size, stride)
    share = g / ties
    for place, mark in zip(places(x.shape[-3:-1], size, stride), chosen, strict=True):
        z[place] += share * mark
    return z


@ad.primitive(
    selecting=True, dh=lambda g, z, h, y, x, size, stride: _to_largest(g, y, x, size, stride), dy=0.0, dx=0.0
)
def _at_largest(h: Any, y: Any, x: Any, /, size: Two, stride: Two) -> Any:
    """The entries of h where x has its largest pixels y; the mean of those at ties."""
    chosen, ties = _chosen(y, x, size, stride)
    seen = [pixels * mark for pixels, mark in zip(_in_windows(h, size, stride), chosen, strict=True)]
    return sum(seen[1:], seen[0]) / ties


# -- the layers --------------------------------------------------------------------------------


class _Pool(Module):
    """What both kinds share: the geometry of the windows, and the border."""

    border: float

    def __init__(self, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> None:
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = self.kernel_size if stride is None else pair(stride, "stride")
        self.padding = pair(padding, "padding", least=0)
        if any(2 * p > n for p, n in zip(self.padding, self.kernel_size, strict=True)):
            raise ValueError(
                f"padding must be at most half of kernel_size {self.kernel_size}, got {self.padding}: "
                "a window would see nothing of the image"
            )

    @property
    def span(self) -> tuple[int, int]:
        """The pixels that a window sees, down and across."""
        return self.kernel_size

    def pixels(self, x: Any) -> Any:
        """Images inside their border, with channels last, (…, height, width, channels).

        So layers compute: what belongs to a pixel is together in memory, and is copied in one go. An image
        that a layer returns is a view of such memory, where the next layer finds it.
        """
        y, (down, across) = ad.moveaxis(images(x, self), -3, -1), self.padding
        if not (down or across):
            return y
        widths = [(0, 0)] * (len(ad.shape(x)) - 3) + [(down, down), (across, across), (0, 0)]
        return ad.pad(y, widths, constant_values=self.border)


class MaxPool2d(_Pool):
    """The largest pixel of each window.   y = max x;   x̄ = ȳ at the largest, shared evenly by ties.

    x is (…, channels, height, width), y is (…, channels, height′, width′), with one pixel every `stride`
    (kernel_size if None), height′ = ⌊(height + 2·padding − kernel_size)/stride⌋ + 1. The padding is −∞.
    Sizes are one number, or one for height and width.

    Raises ValueError where padding is more than half of kernel_size, and for images smaller than that.

    >>> MaxPool2d(2)([[[1, 2, 5, 6], [3, 4, 7, 8]]])
    array([[[4., 8.]]])
    """

    border = -math.inf

    def forward(self, x: Any) -> Any:
        """The largest pixel of each window."""
        return ad.moveaxis(largest(self.pixels(x), self.kernel_size, self.stride), -1, -3)


class AvgPool2d(_Pool):
    """The mean of each window.   y = Σ x / n;   x̄ = ȳ/n, added where windows overlap.

    Shapes, arguments and errors are those of `MaxPool2d`; the padding is 0 and counts.

    >>> AvgPool2d(2)([[[1, 2, 5, 6], [3, 4, 7, 8]]])
    array([[[2.5, 6.5]]])
    """

    border = 0.0

    def forward(self, x: Any) -> Any:
        """The mean of each window."""
        seen = windows(ad.moveaxis(self.pixels(x), -1, -3), self.kernel_size, self.stride)
        return ad.mean(seen, (-4, -3))


class Flatten(Module):
    """Each observation as one row.   (n, …) becomes (n, n_features).

    Raises ValueError for a number.

    >>> Flatten()([[[1, 2], [3, 4]]])
    array([[1., 2., 3., 4.]])
    """

    def forward(self, x: Any) -> Any:
        """All axes but the first made one."""
        given = ad.shape(x)
        if not given:
            raise ValueError(f"Flatten: expected observations along axis 0, got the number {x!r}")
        return ad.reshape(x, (given[0], math.prod(given[1:])))
