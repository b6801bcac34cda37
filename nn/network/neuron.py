"""The lecture's nodes: every weight and bias a number with a name, every formula as it is written.

z_j⁽ˡ⁾ = w_j1⁽ˡ⁾·a₁⁽ˡ⁻¹⁾ + w_j2⁽ˡ⁾·a₂⁽ˡ⁻¹⁾ + … + b_j⁽ˡ⁾,   a_j⁽ˡ⁾ = g(z_j⁽ˡ⁾),   a_k⁽⁰⁾ = x_k
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from autodiff import Value, add, moveaxis, multiply, stack
from autodiff.values.data import Operand

from ..activations import OF_A_LAYER, identity
from ..activations import activation as activation_of
from ..initialize import Initializer, Seed, started
from ..layers.linear import Linear
from ..module import Module
from ..sizes import whole
from .inputs import features
from .notation import indexed


class Unit(Module):
    """What a neuron, a layer and a network have in common: how they are called."""

    n_inputs: int

    def activations(self, x: Sequence[Value]) -> list[Value]:
        """The activations of the last nodes, from one Value per feature."""
        raise NotImplementedError

    def forward(self, *x: Operand) -> Any:
        """One number a feature, one column of numbers a feature, or a table with observations in rows.

        Returns a Value where there is one output, a list of Values where there are several, and for a
        table always one Value of shape (n_observations, n_outputs).

        Raises ValueError for a wrong number of features, and where columns differ in shape.
        """
        columns, is_table = features(x, self.n_inputs, type(self).__name__)
        a = self.activations(columns)
        if is_table:
            return stack(a, axis=-1)
        return a if len(a) > 1 else a[0]


class Neuron(Unit):
    """One node.   z = w₁·x₁ + w₂·x₂ + … + b,   a = g(z).

    `weights` are numbers, drawn as `initialize` says; `bias` starts at 0. They have the lecture's names
    for this node of this layer, and so have z and a in recorded graphs; where g is the identity, a is z.

    >>> neuron = Neuron(2, activation="relu", initialize="zeros")
    >>> neuron.bias.data = 5.0
    >>> neuron(3.0, -2.0)
    Value(5.0, name='a₁⁽¹⁾', operation='relu')
    >>> [parameter.name for parameter in neuron.parameters()]
    ['w₁₁⁽¹⁾', 'w₁₂⁽¹⁾', 'b₁⁽¹⁾']
    """

    def __init__(
        self,
        n_inputs: int,
        activation: str | Callable[[Any], Any] = "sigmoid",
        initialize: str | Initializer = "xavier",
        seed: Seed = None,
        node: int = 1,
        layer: int = 1,
    ) -> None:
        self.n_inputs = whole(n_inputs, "n_inputs")
        self.activation = activation_of(activation)
        (start,) = started(initialize, (1, self.n_inputs), seed)
        self.weights = [Value(w, indexed("w", node, k, layer=layer)) for k, w in enumerate(start, 1)]
        self.bias = Value(0.0, indexed("b", node, layer=layer))
        self._z, self._a = indexed("z", node, layer=layer), indexed("a", node, layer=layer)

    def weighted_sum(self, x: Sequence[Value]) -> Value:
        """z = w₁·x₁ + w₂·x₂ + … + b, from one Value per feature."""
        z: Value = reduce(add, map(multiply, self.weights, x)) + self.bias
        z.name = self._z
        return z

    def activated(self, z: Any) -> Value:
        """a = g(z)."""
        a: Value = z if self.activation is identity else self.activation(z)
        a.name = self._a
        return a

    def activations(self, x: Sequence[Value]) -> list[Value]:
        """The one activation."""
        return [self.activated(self.weighted_sum(x))]


class Layer(Unit):
    """Nodes side by side, each of which sees all inputs.

    `neurons[j − 1].weights[k − 1]` is w_jk⁽ˡ⁾, l being `number`. Weights start as those of a `Linear` of the
    same seed. softmax and log_softmax see the weighted sums of all nodes.

    >>> layer = Layer(2, 3, seed=0)
    >>> [a.name for a in layer(3.0, -2.0)]
    ['a₁⁽¹⁾', 'a₂⁽¹⁾', 'a₃⁽¹⁾']
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        activation: str | Callable[[Any], Any] = "sigmoid",
        initialize: str | Initializer = "xavier",
        seed: Seed = None,
        number: int = 1,
    ) -> None:
        linear = Linear(n_inputs, n_outputs, initialize=initialize, seed=seed)
        self.n_inputs = linear.n_inputs
        self.activation = activation_of(activation)
        own = identity if self.activation in OF_A_LAYER else self.activation
        self.neurons = [
            Neuron(self.n_inputs, own, "zeros", node=j, layer=number) for j in range(1, linear.n_outputs + 1)
        ]
        self.take(linear)

    def take(self, linear: Linear) -> None:
        """Take over the numbers of a `Linear` of the same sizes, and which of them are frozen."""
        weight, bias = linear.parameters()
        for neuron, row, b in zip(self.neurons, weight.tolist(), bias.tolist(), strict=True):
            for parameter, number in zip(neuron.weights, row, strict=True):
                parameter.data, parameter.constant = number, weight.constant
            neuron.bias.data, neuron.bias.constant = b, bias.constant

    def activations(self, x: Sequence[Value]) -> list[Value]:
        """The activations of all nodes."""
        z = [neuron.weighted_sum(x) for neuron in self.neurons]
        if self.activation in OF_A_LAYER:
            z = list(moveaxis(self.activation(stack(z, axis=-1)), -1, 0))
        return [neuron.activated(entry) for neuron, entry in zip(self.neurons, z, strict=True)]

    def configuration(self) -> dict[str, Any]:
        """What the nodes do not show themselves."""
        return {"activation": self.activation.__name__} if self.activation in OF_A_LAYER else {}
