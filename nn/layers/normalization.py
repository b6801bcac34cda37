"""Normalisation: features brought to mean 0 and variance 1, then to a scale γ and a shift β of their own.

Over the observations of a batch, feature by feature: S. Ioffe, C. Szegedy, Batch Normalization,
arXiv:1502.03167. Over the features of each observation: J. L. Ba et al., Layer Normalization,
arXiv:1607.06450.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff import Value, layer_norm, reshape, sqrt
from autodiff.ops.plain import raw
from autodiff.ops.reductions import average
from autodiff.settings import flag, positive, probability
from autodiff.values.data import shape_of
from autodiff.values.keeping import kept_by

from ..module import Module
from ..operands import entries
from ..sizes import floating, whole


class BatchNorm(Module):
    """Each feature normalised over the batch; in predictions, with what was seen in training.

        y = γ·(x − μ)/√(v + eps) + β

    In training, μ and v are mean and variance (that of n, not n − 1) of the batch, and derivatives go
    through both. Their running values, with which `eval()` computes, follow with
    running ← (1 − momentum)·running + momentum·seen, where the variance seen is that of n − 1.

    x is (n, n_features) or (n, n_features, height, width): a feature is then a channel, and each pixel an
    observation. `weight` γ and `bias` β are (n_features,), of that dtype, and start at 1 and 0; the buffers
    `running_mean` and `running_var`, float64, start at 0 and 1.

    Raises ValueError for another number of features, and in training for a single observation.

    >>> norm = BatchNorm(1, eps=1e-12)
    >>> norm([[1.0], [3.0]]).data
    array([[-1.],
           [ 1.]])
    >>> norm.running_mean, norm.running_var
    (array([0.2]), array([1.1]))
    """

    def __init__(
        self, n_features: int, eps: float = 1e-5, momentum: float = 0.1, dtype: Any = np.float64
    ) -> None:
        self.n_features, dtype = whole(n_features, "n_features"), floating(dtype)
        self.eps = positive("BatchNorm: eps", eps)
        self.momentum = probability("BatchNorm: momentum", momentum)
        self.weight = Value(np.ones(n_features, dtype), "γ")
        self.bias = Value(np.zeros(n_features, dtype), "β")
        self.running_mean = np.zeros(n_features)
        self.running_var = np.ones(n_features)

    def forward(self, x: Any) -> Any:
        """The features normalised; in training, their statistics are noted."""
        x = entries(x)
        shape = shape_of(x)
        self._check(shape)
        column = (self.n_features, *[1] * (len(shape) - 2))
        weight, bias = self.weight, self.bias
        if len(shape) > 2:
            weight, bias = reshape(weight, column), reshape(bias, column)
        if not self.training:
            deviation, variance = self._expected(x, column)
            return deviation * (weight / sqrt(variance + self.eps)) + bias
        axes = 0 if len(shape) == 2 else (0, *range(2, len(shape)))
        y = layer_norm(x, weight, bias, axes, self.eps)
        center, variance = (kept_by(y) or self._measured(x, axes))[-2:]
        self._note(center, variance, math.prod(shape) // self.n_features)
        return y

    def _measured(self, x: Any, axes: Any) -> tuple[Any, Any]:
        """Mean and variance of the batch."""
        plain = Value.detach if isinstance(self.running_mean, Value) else raw  # a program is given them
        seen = plain(x) if isinstance(x, Value) else x
        center = average(seen, axes, keepdims=True)
        deviation = seen - center
        return center, average(deviation * deviation, axes)

    def _expected(self, x: Any, column: tuple[int, ...]) -> tuple[Any, Any]:
        """Deviations from the running mean, and the running variance, in the dtype of x."""
        center, variance = (
            seen.astype(x.dtype).reshape(column) for seen in (self.running_mean, self.running_var)
        )
        return x - center, variance

    def _check(self, given: tuple[int, ...]) -> None:
        if len(given) < 2 or given[1] != self.n_features:
            got = f"{given[1]} features in " if len(given) >= 2 else ""
            raise ValueError(
                f"BatchNorm: expected (n, {self.n_features}) or (n, {self.n_features}, height, width), "
                f"got {got}shape {given}"
            )
        if self.training and math.prod(given) < 2 * self.n_features:
            raise ValueError(
                f"BatchNorm: in training, a feature needs two observations or more to have a variance, "
                f"got shape {given}; use a larger batch, or eval() to predict"
            )

    def _note(self, center: Any, variance: Any, n: int) -> None:
        """Move the running statistics towards those of a batch of n."""
        keep, new = 1.0 - self.momentum, self.momentum
        self.running_mean = keep * self.running_mean + new * center.ravel()
        self.running_var = keep * self.running_var + new * n / (n - 1) * variance.ravel()


class LayerNorm(Module):
    """Each observation normalised over its features, the same way in training and prediction.

        y = γ·(x − μ)/√(v + eps) + β

    with mean μ and variance v (that of n, not n − 1) over the last axes of x, whose sizes are `shape`.
    `weight` γ and `bias` β have that shape and dtype, and start at 1 and 0; β is None with `bias=False`.

    Raises ValueError for data with other last axes.

    >>> LayerNorm(2, eps=1e-12)([[1.0, 3.0]]).data
    array([[-1.,  1.]])
    """

    def __init__(
        self, shape: int | tuple[int, ...], eps: float = 1e-5, dtype: Any = np.float64, bias: bool = True
    ) -> None:
        sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
        self.shape = tuple(whole(n, "shape") for n in sizes)
        if not sizes:
            raise ValueError("LayerNorm: shape must name one axis or more, got ()")
        self.eps, dtype = positive("LayerNorm: eps", eps), floating(dtype)
        self.weight = Value(np.ones(self.shape, dtype), "γ")
        self.bias = Value(np.zeros(self.shape, dtype), "β") if flag("LayerNorm: bias", bias) else None

    def forward(self, x: Any) -> Any:
        """The observations normalised."""
        x = entries(x)
        given = shape_of(x)
        if given[-len(self.shape) :] != self.shape:
            raise ValueError(f"LayerNorm: expected last axes of sizes {self.shape}, got shape {given}")
        axes = tuple(range(-len(self.shape), 0))
        bias = 0.0 if self.bias is None else self.bias
        return layer_norm(x, self.weight, bias, axes if len(axes) > 1 else -1, self.eps)
