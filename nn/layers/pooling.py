"""Pooling: each window of an image becomes one pixel. And images as rows, for what follows."""

from __future__ import annotations

import math
from typing import Any

import autodiff as ad

from ..module import Module
from ..sizes import Pair, pair
from .convolution import images, pixels, windows


class _Pool(Module):
    """What both kinds share: windows of every channel."""

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

    def windows(self, x: Any) -> Any:
        """The pixels of all windows, first axis, of images: (pixels, …, height′, width′, channels)."""
        x = ad.moveaxis(pixels(images(x, self), self.padding, self.border), -1, -3)
        seen = ad.moveaxis(windows(x, self.kernel_size, self.stride), (-4, -3, -5), (0, 1, -1))
        return ad.reshape(seen, (math.prod(self.kernel_size), *ad.shape(seen)[2:]))


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
        return ad.moveaxis(ad.max(self.windows(x), 0), -1, -3)


class AvgPool2d(_Pool):
    """The mean of each window.   y = Σ x / n;   x̄ = ȳ/n, added where windows overlap.

    Shapes, arguments and errors are those of `MaxPool2d`; the padding is 0 and counts.

    >>> AvgPool2d(2)([[[1, 2, 5, 6], [3, 4, 7, 8]]])
    array([[[2.5, 6.5]]])
    """

    border = 0.0

    def forward(self, x: Any) -> Any:
        """The mean of each window."""
        return ad.moveaxis(ad.mean(self.windows(x), 0), -1, -3)


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
