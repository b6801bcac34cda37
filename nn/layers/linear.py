"""Linear: every output a weighted sum of all inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Value, primitive, reshape, transpose
from autodiff.settings import flag
from autodiff.values.data import Data, Operand, shape_of

from ..initialize import Initializer, Seed, started
from ..module import Module
from ..operands import entries
from ..sizes import floating, whole


def _rows(x: Operand) -> Any:
    """Observations one below the other."""
    shape = shape_of(x)
    return x if len(shape) == 2 else reshape(x, (-1, shape[-1]))


def _like_the_first(x: Data, weight: Data, bias: Data) -> Data:
    """Weighted sums, if all observations are as the first."""
    return np.broadcast_to(affine(x[..., :1, :], weight, bias), (*x.shape[:-1], len(weight)))


@primitive(
    linear=True,
    symbol="x·Wᵀ + b",
    example=_like_the_first,
    formula="x @ weight.T + bias",
    dx=lambda g, y, x, weight, bias: g @ weight,
    dweight=lambda g, y, x, weight, bias: _rows(g).T @ _rows(x),
    dbias=lambda g, y, x, weight, bias: g,
)
def affine(x: Data, weight: Data, bias: Data, /) -> Data:
    """Weighted sums of the last axis.   Y = X·Wᵀ + b;   X̄ = Ȳ·W,  W̄ = Ȳᵀ·X,  b̄ = Σ ȳ over the rows."""
    return np.matmul(x, weight.T) + bias


class Linear(Module):
    """Weighted sums of the inputs.   y = x·Wᵀ + b, so that w_jk leads from k to j.

    x has shape (n_observations, n_inputs), or (n_inputs,) for one observation, and y n_outputs in
    place of n_inputs; axes in front pass through. `weight` has shape (n_outputs, n_inputs), `bias`
    (n_outputs,), or is None with `bias=False`. It starts at 0, the weight as `initialize` says: Xavier's
    uniform by default, "he" before rectifiers, or a function of shape and generator.

    With `dtype=np.float32` parameters are float32, and so are the outputs for float32 inputs; for
    float64 inputs, and with float64 parameters, all is computed in float64.

    Raises ValueError for sizes that are not positive whole numbers, for an unknown initialiser, and at
    the call for a wrong number of features; TypeError for a dtype that is not floating-point.

    >>> layer = Linear(2, 3, initialize="zeros")
    >>> layer([[1.0, 2.0]])
    Value([[0., 0., 0.]], operation='x·Wᵀ + b')
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        bias: bool = True,
        initialize: str | Initializer = "xavier",
        seed: Seed = None,
        dtype: Any = np.float64,
    ) -> None:
        self.n_inputs, self.n_outputs = whole(n_inputs, "n_inputs"), whole(n_outputs, "n_outputs")
        shape, dtype, biased = (self.n_outputs, self.n_inputs), floating(dtype), flag("Linear: bias", bias)
        self.weight = Value(started(initialize, shape, seed, dtype), "W")
        self.bias = Value(np.zeros(self.n_outputs, dtype), "b") if biased else None

    def forward(self, x: Operand) -> Any:
        """Weighted sums of the last axis of x."""
        x = entries(x)
        self._check(shape_of(x))
        return x @ transpose(self.weight) if self.bias is None else affine(x, self.weight, self.bias)

    def _check(self, shape: tuple[int, ...]) -> None:
        if not shape or shape[-1] != self.n_inputs:
            remedy = "; for one feature give x.reshape(-1, 1)" if self.n_inputs == 1 else ""
            got = f"{shape[-1]} in an input of shape {shape}" if shape else "a number"
            raise ValueError(f"Linear: expected {self.n_inputs} features in the last axis, got {got}{remedy}")
