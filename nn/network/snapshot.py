"""What a picture reads of a network: its parameters one by one, and its activations for an observation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff import Value, no_grad

from ..layers.linear import Linear
from .feedforward import MLP, Network
from .inputs import features
from .neuron import Layer
from .notation import indexed


class Parameter(NamedTuple):
    """One weight or bias. `grad` is None until computed."""

    name: str
    number: float
    grad: float | None


class Snapshot:
    """A `Network` or an `MLP` in the lecture's letters, one number at a time. Layers count from 1.

    `sizes` are the numbers of nodes, the inputs included, `names` those of the inputs; `activations`, in
    all columns, is None without an observation.

    >>> snapshot = Snapshot(MLP(2, [1], initialize="zeros"), [3.0, -2.0])
    >>> snapshot.weight(1, 1, 2), snapshot.activations
    (Parameter(name='w₁₂⁽¹⁾', number=0.0, grad=None), [[3.0, -2.0], [0.0]])

    Raises TypeError for another module, and ValueError for other than one number per feature.
    """

    def __init__(self, network: Network | MLP, observation: Any = None) -> None:
        if not isinstance(network, (Network, MLP)):
            raise TypeError(f"draw_network: expected a Network or an MLP, got {type(network).__name__}")
        self._layers: Sequence[Layer | Linear] = network.layers
        self.functions = _functions(network)
        self.sizes = [network.n_inputs, *network.sizes]
        self.names = [indexed("x", k) for k in range(1, network.n_inputs + 1)]
        self.activations: list[list[float]] | None = None
        if observation is not None:
            x = _inputs(observation, network.n_inputs)
            self.names = [entry.name or name for entry, name in zip(x, self.names, strict=True)]
            self.activations = self._computed([entry.item() for entry in x])

    def weight(self, layer: int, j: int, k: int) -> Parameter:
        """w_jk⁽ˡ⁾, on the way from node k to node j."""
        own = self._layers[layer - 1]
        value = own.neurons[j - 1].weights[k - 1] if isinstance(own, Layer) else own.weight
        return _parameter(value, (j - 1, k - 1), indexed("w", j, k, layer=layer))

    def bias(self, layer: int, j: int) -> Parameter | None:
        """b_j⁽ˡ⁾; None where a layer was left without."""
        own = self._layers[layer - 1]
        value = own.neurons[j - 1].bias if isinstance(own, Layer) else own.bias
        return None if value is None else _parameter(value, (j - 1,), indexed("b", j, layer=layer))

    def _computed(self, x: list[float]) -> list[list[float]]:
        """The activations of all columns."""
        columns = [x]
        with no_grad():
            for layer, g in zip(self._layers, self.functions, strict=True):
                columns.append(_outputs(layer, g, columns[-1]))
        return columns

    def formula(self, layer: int) -> str:
        """How the activation of a layer is written: a = σ(z)."""
        g = self.functions[layer - 1]
        name = getattr(g, "__name__", type(g).__name__)
        symbol = getattr(getattr(g, "operation", None), "symbol", name)
        return "a = z" if name == "identity" else f"a = {symbol}(z)"


def _parameter(value: Value, index: tuple[int, ...], name: str) -> Parameter:
    """An entry of an array; a number, as `Network` has them, with the name its user gave it."""
    if not value.shape:
        name, index = value.name or name, ()
    grad = None if value.grad is None else float(np.asarray(value.grad)[index])
    return Parameter(name, float(np.asarray(value.data)[index]), grad)


def _functions(network: Network | MLP) -> list[Callable[[Any], Any]]:
    if isinstance(network, MLP):
        return network.layer_activations()
    return [layer.activation for layer in network.layers]


def _inputs(given: Any, count: int) -> list[Value]:
    """One number a feature, with the name that came with it."""
    x, _ = features([given], count, "draw_network")
    for entry in x:
        if entry.size != 1:
            raise ValueError(f"draw_network: expected one observation, got {entry.size}; choose one, as X[0]")
    return [Value(entry.item(), entry.name, constant=True) for entry in x]


def _outputs(layer: Layer | Linear, g: Callable[[Any], Any], x: list[float]) -> list[float]:
    """The activations of one layer."""
    if isinstance(layer, Layer):
        return [a.item() for a in layer.activations([Value(entry, constant=True) for entry in x])]
    a = g(layer(np.array(x)))
    return [float(entry) for entry in (a.data if isinstance(a, Value) else a)]
