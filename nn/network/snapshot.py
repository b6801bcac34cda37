"""What a picture reads of a network: its parameters one by one, and what it computes of observations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff import Value, no_grad
from autodiff.text.letters import lettered

from ..layers.linear import Linear
from .feedforward import MLP, Network
from .neuron import Layer
from .notation import indexed
from .situation import MOST, Loss, Observed, observed


class Parameter(NamedTuple):
    """One weight or bias. `grad` is None until computed."""

    name: str
    number: float
    grad: float | None


class Snapshot:
    """A `Network` or an `MLP` in the lecture's letters, one number at a time. Layers count from 1.

    `sizes` are the numbers of nodes, the inputs included, `names` those of the inputs. `activations` has for
    each node of each column its numbers, of the first observations; it is None without any. With targets
    there is a `loss`, and gradients are its own; otherwise they are what backward() left in `.grad`.

    >>> snapshot = Snapshot(MLP(2, [1], initialize="zeros"), [3.0, -2.0])
    >>> snapshot.weight(1, 1, 2), snapshot.activations
    (Parameter(name='w₁₂⁽¹⁾', number=0.0, grad=None), [[(3.0,), (-2.0,)], [(0.0,)]])

    Raises TypeError for another module, and ValueError for a wrong number of features or targets.
    """

    def __init__(self, network: Network | MLP, x: Any = None, y: Any = None, loss: Any = None) -> None:
        if not isinstance(network, (Network, MLP)):
            raise TypeError(f"draw_network: expected a Network or an MLP, got {type(network).__name__}")
        self.layers: Sequence[Layer | Linear] = network.layers
        self.functions = _functions(network)
        self.sizes = [network.n_inputs, *network.sizes]
        self.names = [indexed("x", k) for k in range(1, network.n_inputs + 1)]
        self.observed: Observed | None = None
        self.activations: list[list[tuple[float, ...]]] | None = None
        if x is not None:
            self.observed = observed(x, network.n_inputs)
            given = zip(self.observed.names, self.names, strict=True)
            self.names = [lettered(name) if name else usual for name, usual in given]
            self.activations = self._computed(self.observed.shown)
        self.loss = Loss.of(network, self.observed, y, loss)

    @property
    def residuals(self) -> list[tuple[float, ...]] | None:
        """e = y − a of each output, for the observations that are shown, where R is their sum of squares."""
        if (
            self.loss is None
            or self.loss.targets is None
            or self.activations is None
            or not self.loss.is_usual
        ):
            return None
        pairs = zip(self.loss.targets.T.tolist(), self.activations[-1], strict=True)
        return [tuple(y - a for y, a in zip(ys, row, strict=False)) for ys, row in pairs]

    def weight(self, layer: int, j: int, k: int) -> Parameter:
        """w_jk⁽ˡ⁾, on the way from node k to node j."""
        return self._parameter(self.holder(layer, j, k), (j - 1, k - 1), indexed("w", j, k, layer=layer))

    def bias(self, layer: int, j: int) -> Parameter | None:
        """b_j⁽ˡ⁾; None where a layer was left without."""
        value = self.holder(layer, j)
        return None if value is None else self._parameter(value, (j - 1,), indexed("b", j, layer=layer))

    def holder(self, layer: int, j: int, k: int | None = None) -> Any:
        """The Value that has w_jk⁽ˡ⁾, or without k the bias: a number of its own, or an array."""
        own = self.layers[layer - 1]
        if isinstance(own, Layer):
            neuron = own.neurons[j - 1]
            return neuron.bias if k is None else neuron.weights[k - 1]
        return own.bias if k is None else own.weight

    def _parameter(self, value: Value, index: tuple[int, ...], name: str) -> Parameter:
        """An entry of an array; a number, as `Network` has them, with the name its user gave it."""
        if not value.shape:
            name, index = lettered(value.name) if value.name else name, ()
        found = self.loss.gradients.get(id(value)) if self.loss else value.grad
        grad = None if found is None else float(np.asarray(found)[index])
        return Parameter(name, float(np.asarray(value.data)[index]), grad)

    def _computed(self, rows: list[list[float]]) -> list[list[tuple[float, ...]]]:
        """The activations of all columns."""
        columns = [self._passed(x) for x in rows]
        return [list(zip(*column, strict=True)) for column in zip(*columns, strict=True)]

    def _passed(self, x: list[float]) -> list[list[float]]:
        """The activations of all columns for one observation."""
        columns = [x]
        with no_grad():
            for layer, g in zip(self.layers, self.functions, strict=True):
                columns.append(_outputs(layer, g, columns[-1]))
        return columns

    def formula(self, layer: int) -> str:
        """How the activation of a layer is written: a = σ(z)."""
        g = self.functions[layer - 1]
        name = getattr(g, "__name__", type(g).__name__)
        symbol = getattr(getattr(g, "operation", None), "symbol", name)
        return "a = z" if name == "identity" else f"a = {symbol}(z)"

    @property
    def shown(self) -> str:
        """Which observations the numbers in the nodes are of; nothing where there is but one."""
        count = self.observed.count if self.observed else 1
        if count == 1:
            return ""
        return "nodes: observations 1 and 2" if count <= MOST else f"nodes: observation 1 of {count:,}"


def _functions(network: Network | MLP) -> list[Callable[[Any], Any]]:
    if isinstance(network, MLP):
        return network.layer_activations()
    return [layer.activation for layer in network.layers]


def _outputs(layer: Layer | Linear, g: Callable[[Any], Any], x: list[float]) -> list[float]:
    """The activations of one layer."""
    if isinstance(layer, Layer):
        return [a.item() for a in layer.activations([Value(entry, constant=True) for entry in x])]
    a = g(layer(np.array(x)))
    return [float(entry) for entry in (a.data if isinstance(a, Value) else a)]
