"""The lecture's network: in array form, `MLP`; and in layers of numbers with names, `Network`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, pairwise
from typing import Any, Self

import numpy as np

from autodiff import Value
from autodiff.values.scopes import boxed

from ..activations import RECTIFIERS, activation
from ..initialize import Initializer, Seed
from ..layers.linear import Linear
from ..module import Module
from ..sizes import whole
from .neuron import Layer, Unit
from .notation import indexed


class MLP(Module):
    """A network of fully connected layers, the output layer included in `sizes`.

        a⁽⁰⁾ = x,   z⁽ˡ⁾ = a⁽ˡ⁻¹⁾·W⁽ˡ⁾ᵀ + b⁽ˡ⁾,   a⁽ˡ⁾ = g(z⁽ˡ⁾)

    `activation` is g in the hidden layers, `output` the one after the last: names, or functions. A
    regression has one output, a classifier one per class. The output is the identity by default, which
    is right for losses from logits. X has shape (n_observations, n_inputs), or (n_inputs,) for one.

    Weights start as `initialize` says; by default before rectifiers by He, else by Xavier, both normal
    and uniform as in their papers. One seed, or generator, serves all layers in order. `dtype` is that of
    the parameters: float32 inputs stay float32 only with float32 parameters.

    Raises ValueError for sizes that are not positive whole numbers, an unknown activation or
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
        return Network.from_mlp(self)


def _sizes(sizes: Any) -> list[int]:
    if isinstance(sizes, (str, bytes)) or not hasattr(sizes, "__iter__"):
        raise TypeError(f"sizes must be a list with one number per layer, got {sizes!r}")
    counted = [whole(size, "each of sizes") for size in sizes]
    if not counted:
        raise ValueError("sizes must name the output layer at least, got an empty list")
    return counted


def _start(g: Callable[[Any], Any]) -> str:
    """How weights start before an activation."""
    return "he" if g in RECTIFIERS else "xavier"


class Network(Unit):
    """A fully connected network in which every parameter is a number with the lecture's name.

        z_j⁽ˡ⁾ = Σ_k w_jk⁽ˡ⁾·a_k⁽ˡ⁻¹⁾ + b_j⁽ˡ⁾,   a_j⁽ˡ⁾ = g(z_j⁽ˡ⁾),   a_k⁽⁰⁾ = x_k

    `sizes` includes the output layer; `activation` is g in the hidden layers, `output` in the last one.
    Call it with one number per feature, with one column per feature, to which the same formulas apply
    entry by entry, or with a table X of shape (n_observations, n_inputs); see `forward`. The parameters
    start as those of an `MLP` of the same seed, which is the same network on arrays, and faster.

    Raises ValueError for sizes that are not positive whole numbers and for an unknown activation.

    >>> network = Network(2, [2, 1], seed=0)
    >>> [parameter.name for parameter in network.parameters()]
    ['w₁₁⁽¹⁾', 'w₁₂⁽¹⁾', 'b₁⁽¹⁾', 'w₂₁⁽¹⁾', 'w₂₂⁽¹⁾', 'b₂⁽¹⁾', 'w₁₁⁽²⁾', 'w₁₂⁽²⁾', 'b₁⁽²⁾']
    >>> network(3.0, -2.0).name, network([[3.0, -2.0], [-1.0, 1.0]]).shape
    ('a₁⁽²⁾', (2, 1))
    """

    def __init__(
        self,
        n_inputs: int,
        sizes: Sequence[int],
        activation: str | Callable[[Any], Any] = "sigmoid",
        output: str | Callable[[Any], Any] = "identity",
        initialize: str | Initializer | None = None,
        seed: Seed = None,
    ) -> None:
        self._take(MLP(n_inputs, sizes, activation, output, initialize, seed))

    def _take(self, mlp: MLP) -> None:
        self.n_inputs, self.sizes = mlp.n_inputs, list(mlp.sizes)
        self.activation, self.output = mlp.activation, mlp.output
        self.layers = [
            Layer(linear.n_inputs, linear.n_outputs, g, "zeros", number=i)
            for i, (linear, g) in enumerate(zip(mlp.layers, mlp.layer_activations(), strict=True), 1)
        ]
        for layer, linear in zip(self.layers, mlp.layers, strict=True):
            layer.take(linear)

    def activations(self, x: Sequence[Value]) -> list[Value]:
        """The activations of the output layer."""
        a = list(x)
        for layer in self.layers:
            a = boxed("Layer", layer.activations, a)
        return a

    # -- array form --------------------------------------------------------------------------------

    @classmethod
    def from_mlp(cls, mlp: MLP) -> Self:
        """The same network in numbers: values, activations, and what is frozen. It shares nothing.

        Numbers are float64, also those of a float32 `MLP`. Raises TypeError for another module.

        >>> Network.from_mlp(MLP(2, [1], initialize="zeros"))(3.0, -2.0).data
        0.0
        """
        if not isinstance(mlp, MLP):
            raise TypeError(f"from_mlp: expected an MLP, got {type(mlp).__name__}")
        network = cls.__new__(cls)
        network._take(mlp)
        return network

    def to_mlp(self) -> MLP:
        """The same network on arrays: values, activations, and what is frozen. It shares nothing.

        Raises ValueError where some of a layer's weights are frozen and others are not, or some of
        its biases: in the array form they are one parameter.

        >>> Network(2, [1], initialize="zeros").to_mlp()([[3.0, -2.0]]).data
        array([[0.]])
        """
        mlp = MLP(self.n_inputs, self.sizes, self.activation, self.output, initialize="zeros")
        for layer, linear in zip(self.layers, mlp.layers, strict=True):
            _fill(linear, layer)
        return mlp


def _fill(linear: Linear, layer: Layer) -> None:
    """Copy the numbers of a layer, and what is frozen of weight and bias."""
    weight, bias = linear.parameters()
    weights, biases = zip(*((neuron.weights, neuron.bias) for neuron in layer.neurons), strict=True)
    weight.data = [[w.item() for w in row] for row in weights]
    bias.data = [b.item() for b in biases]
    weight.constant, bias.constant = _alike(chain(*weights)), _alike(biases)


def _alike(parameters: Iterable[Value]) -> bool:
    """Whether the parameters are frozen, which must be all or none."""
    by_state = {parameter.constant: parameter.name for parameter in parameters}
    if len(by_state) > 1:
        raise ValueError(
            f"to_mlp: '{by_state[True]}' is frozen and '{by_state[False]}' is not, but in an MLP they "
            "are entries of one array; freeze or unfreeze the whole layer"
        )
    return True in by_state
