"""MLP: the lecture's network in array form, a multilayer perceptron."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..activations import ACTIVATIONS, activation
from ..initialize import Initializer, Seed
from ..layers.linear import Linear
from ..layers.sizes import whole
from ..module import Module
from .notation import indexed

if TYPE_CHECKING:
    from .feedforward import Network

__all__ = ["MLP"]

RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu")
"""Half of what enters them is lost, more or less: before them weights start as He says."""


class MLP(Module):
    """A network of fully connected layers, the output layer included in `sizes`.

        a⁽⁰⁾ = x,   z⁽ˡ⁾ = a⁽ˡ⁻¹⁾·W⁽ˡ⁾ᵀ + b⁽ˡ⁾,   a⁽ˡ⁾ = g(z⁽ˡ⁾)

    `activation` is g in the hidden layers, `output` the one after the last: names, or functions. A
    regression has one output, a classifier one a class. The output is the identity by default, which
    is right for losses from logits. X has shape (n_observations, n_inputs), or (n_inputs,) for one.

    Weights start as `initialize` says; by default before rectifiers by He, else by Xavier, both normal
    and uniform as in their papers. One seed, or generator, serves all layers in order. `dtype` is that of
    the parameters: float32 inputs stay float32 with float32 parameters only.

    Raises ValueError for sizes that are no positive whole numbers, an unknown activation or
    initialiser, and at the call for a wrong number of features.

    >>> network = MLP(4, [16, 3], activation="tanh", seed=0)
    >>> network
    MLP(
      n_inputs=4, sizes=[16, 3], activation='tanh', output='identity'
      (layers.0): Linear(n_inputs=4, n_outputs=16)
      (layers.1): Linear(n_inputs=16, n_outputs=3)
    )
    >>> network([[5.1, 3.5, 1.4, 0.2]]).shape
    (1, 3)
    """

    def __init__(
        self,
        n_inputs: int,
        sizes: Sequence[int],
        activation: str | Callable[[Any], Any] = "relu",
        output: str | Callable[[Any], Any] = "identity",
        initialize: str | Initializer | None = None,
        seed: Seed = None,
        dtype: Any = np.float64,
    ) -> None:
        self.n_inputs = whole(n_inputs, "n_inputs")
        self.sizes = _sizes(sizes)
        self.activation, self.output = activation, output
        rng, widths = np.random.default_rng(seed), pairwise((self.n_inputs, *self.sizes))
        self.layers = [
            Linear(k, j, initialize=initialize or _start(g), seed=rng, dtype=dtype)
            for (k, j), g in zip(widths, self.layer_activations(), strict=True)
        ]
        for number, layer in enumerate(self.layers, start=1):
            for parameter in layer.parameters():
                parameter.name = indexed(str(parameter.name), layer=number)

    def layer_activations(self) -> list[Callable[[Any], Any]]:
        """The activation after each layer, as functions."""
        return [activation(self.activation)] * (len(self.sizes) - 1) + [activation(self.output)]

    def forward(self, x: Any) -> Any:
        """The activations of the output layer."""
        for layer, g in zip(self.layers, self.layer_activations(), strict=True):
            x = g(layer(x))
        return x

    def to_network(self) -> Network:
        """The same network in numbers with names: values, activations, and what is frozen.

        Shares nothing; numbers are float64, also those of float32 parameters.

        >>> MLP(2, [1], initialize="zeros").to_network()(3.0, -2.0).name
        'a₁⁽¹⁾'
        """
        from .feedforward import Network  # which starts from an MLP

        return Network.from_mlp(self)


def _sizes(sizes: Any) -> list[int]:
    if isinstance(sizes, (str, bytes)) or not hasattr(sizes, "__iter__"):
        raise TypeError(f"sizes must be a list with one number a layer, got {sizes!r}")
    counted = [whole(size, "each of sizes") for size in sizes]
    if not counted:
        raise ValueError("sizes must name the output layer at least, got an empty list")
    return counted


def _start(g: Callable[[Any], Any]) -> str:
    """How weights start before an activation."""
    return "he" if any(g is ACTIVATIONS[name] for name in RECTIFIERS) else "xavier"
