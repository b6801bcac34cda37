"""Recurrent networks: a layer that goes through a sequence and hands its state on.

J. L. Elman, Finding Structure in Time, Cognitive Science 14 (1990). S. Hochreiter and J. Schmidhuber, Long
Short-Term Memory, Neural Computation 9 (1997). K. Cho et al., Learning Phrase Representations using RNN
Encoder-Decoder, EMNLP (2014).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from autodiff import Value, concatenate, reshape, scan, sigmoid, split, stack, swapaxes, tanh, transpose
from autodiff.settings import chosen, flag
from autodiff.values.data import Operand, shape_of

from ..activations import relu
from ..initialize import Seed, uniform
from ..module import Module
from ..operands import entries
from ..sizes import floating, whole
from .dropout import Dropout
from .linear import affine


class Recurrent(Module):
    """What RNN, LSTM and GRU have in common: their weights, and how they go through a sequence.

    The parameters are called as in PyTorch, so that its `state_dict` loads: `weight_ih_l0` leads from the
    inputs into the first layer, `weight_hh_l0` from its state, `bias_ih_l0` and `bias_hh_l0` are added;
    `_reverse` ends the names of those that read backwards.
    """

    gates = 1
    """How many weighted sums each unit has."""

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        n_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        seed: Seed = None,
        dtype: Any = np.float64,
    ) -> None:
        kind, dtype = type(self).__name__, floating(dtype)
        self.n_inputs, self.n_hidden = whole(n_inputs, "n_inputs"), whole(n_hidden, "n_hidden")
        self.n_layers = whole(n_layers, "n_layers")
        self.batch_first = flag(f"{kind}: batch_first", batch_first)
        self.bidirectional = flag(f"{kind}: bidirectional", bidirectional)
        self.bias = flag(f"{kind}: bias", bias)
        draw = np.random.default_rng(seed)
        for layer in range(self.n_layers):
            for ending in self._endings(layer):
                self._add_parameters(layer, ending, draw, dtype)
        self.dropout = Dropout(dropout, draw)

    def _endings(self, layer: int) -> list[str]:
        """How the names of a layer's parameters end: forwards, and backwards."""
        return [f"l{layer}", f"l{layer}_reverse"] if self.bidirectional else [f"l{layer}"]

    def _add_parameters(self, layer: int, ending: str, draw: np.random.Generator, dtype: Any) -> None:
        rows, n = self.gates * self.n_hidden, self.n_hidden
        width = self.n_inputs if layer == 0 else n * (1 + self.bidirectional)
        bound = 1.0 / math.sqrt(n)
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width), "weight_hh": (rows, n)}
        shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if self.bias else {}
        for name, shape in shapes.items():
            start = uniform(shape, draw, -bound, bound).astype(dtype)
            setattr(self, f"{name}_{ending}", Value(start, f"{name}_{ending}"))

    # -- going through -------------------------------------------------------------------------

    def forward(self, x: Operand, state: Any = None) -> tuple[Any, Any]:
        """The outputs of the last layer at all steps, and the last state of all layers."""
        x = entries(x)
        shape = shape_of(x)
        self._check(shape)
        alone = len(shape) == 2
        x = reshape(x, (shape[0], 1, shape[1])) if alone else swapaxes(x, 0, 1) if self.batch_first else x
        starts = self._starts(state, shape_of(x)[1], x, alone)
        ends: list[Any] = []
        for layer in range(self.n_layers):
            x = self.dropout(x) if layer else x
            found = [
                self._directed(x, ending, starts[len(ends) + k])
                for k, ending in enumerate(self._endings(layer))
            ]
            ends += [end for end, _ in found]
            outputs = [y for _, y in found]
            x = concatenate(outputs, -1) if len(outputs) > 1 else outputs[0]
        last = self._joined(ends)
        if alone:
            return reshape(x, (shape[0], -1)), self._mapped(lambda h: reshape(h, (len(ends), -1)), last)
        return swapaxes(x, 0, 1) if self.batch_first else x, last

    def _directed(self, x: Any, ending: str, start: Any) -> tuple[Any, Any]:
        """The last state, and the outputs, of one layer in one direction."""
        weight, state_weight = getattr(self, f"weight_ih_{ending}"), getattr(self, f"weight_hh_{ending}")
        bias, state_bias = (getattr(self, f"{name}_{ending}", None) for name in ("bias_ih", "bias_hh"))
        sums = self._sums(x, weight, bias, state_bias)
        turned = transpose(state_weight)

        def step(h: Any, x: Any) -> tuple[Any, Any]:
            h = self.step(h, x, turned, state_bias)
            return h, self.output(h)

        return scan(step, start, sums, reverse=ending.endswith("_reverse"))

    def _sums(self, x: Any, weight: Value, bias: Any, state_bias: Any) -> Any:
        """What the inputs of all steps add to the units: x·Wᵀ + b."""
        rows = reshape(x, (-1, shape_of(x)[-1]))
        bias = self.constant_bias(bias, state_bias)
        sums = rows @ transpose(weight) if bias is None else affine(rows, weight, bias)
        return reshape(sums, (*shape_of(x)[:-1], -1))

    def constant_bias(self, bias: Any, state_bias: Any) -> Any:
        """What is added in every step, whatever the state."""
        return None if bias is None else bias + state_bias

    def step(self, state: Any, a: Any, weight: Any, bias: Any) -> Any:
        """The next state, from what the inputs add and the state's weight, one column per unit."""
        raise NotImplementedError

    def output(self, state: Any) -> Any:
        """What of a state is the output."""
        return state

    # -- states --------------------------------------------------------------------------------

    def _starts(self, state: Any, n: int, x: Any, alone: bool) -> list[Any]:
        """The state of each layer and direction to begin with."""
        count = self.n_layers * (1 + self.bidirectional)
        shape = (count, self.n_hidden) if alone else (count, n, self.n_hidden)
        if state is None:
            zeros = np.zeros((n, self.n_hidden), np.result_type(x.dtype, vars(self)["weight_hh_l0"].dtype))
            return [self._parted(zeros)] * count
        self._mapped(lambda h: self._check_state(shape_of(h), shape), state)
        return [self._mapped(lambda h, k=k: reshape(entries(h)[k], (n, -1)), state) for k in range(count)]

    def _parted(self, zeros: Any) -> Any:
        """A state of zeros."""
        return zeros

    def _mapped(self, function: Any, state: Any) -> Any:
        """The same of each array of a state."""
        return function(state)

    def _joined(self, ends: list[Any]) -> Any:
        """The states of all layers as arrays with an axis of layers."""
        return stack(ends)

    # -- errors --------------------------------------------------------------------------------

    def _check(self, shape: tuple[int, ...]) -> None:
        kind = type(self).__name__
        if len(shape) not in (2, 3):
            expected = (
                "(n_observations, n_steps, n_inputs)"
                if self.batch_first
                else "(n_steps, n_observations, n_inputs)"
            )
            raise ValueError(
                f"{kind}: expected shape {expected}, or (n_steps, n_inputs) for one, got {shape}"
            )
        if shape[-1] != self.n_inputs:
            raise ValueError(
                f"{kind}: expected {self.n_inputs} features in the last axis, got {shape[-1]} in an input of "
                f"shape {shape}"
            )

    def _check_state(self, shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
        if shape != expected:
            raise ValueError(f"{type(self).__name__}: expected a state of shape {expected}, got {shape}")


class RNN(Recurrent):
    """A network that hands its outputs on.   hₜ = tanh(xₜ·W_ihᵀ + b_ih + hₜ₋₁·W_hhᵀ + b_hh)

    x has shape (n_steps, n_observations, n_inputs), or (n_observations, n_steps, n_inputs) with
    `batch_first`, or (n_steps, n_inputs) for one sequence. Returns all outputs, with n_hidden in place of
    n_inputs, and the last ones of each layer, (n_layers, n_observations, n_hidden), which the next
    call may begin with. `nonlinearity` is "tanh" or "relu". Between layers entries are dropped with
    probability `dropout`; a `bidirectional` network also reads from the end, its outputs beside the others.

    Raises ValueError for wrong shapes and sizes. Source: as `torch.nn.RNN`, whose parameters load.

    >>> import numpy as np
    >>> outputs, last = RNN(3, 5, seed=0)(np.zeros((7, 2, 3)))
    >>> outputs.shape, last.shape
    ((7, 2, 5), (1, 2, 5))
    """

    def __init__(self, n_inputs: int, n_hidden: int, *args: Any, nonlinearity: str = "tanh", **options: Any):
        super().__init__(n_inputs, n_hidden, *args, **options)
        self.nonlinearity = nonlinearity
        self._activation = chosen("RNN: nonlinearity", nonlinearity, {"tanh": tanh, "relu": relu})

    def step(self, state: Any, a: Any, weight: Any, bias: Any) -> Any:
        """h = tanh(a + h·W)."""
        return self._activation(a + state @ weight)


class LSTMState(NamedTuple):
    """What an LSTM hands on: its output and its memory."""

    h: Any
    c: Any


class LSTM(Recurrent):
    """A network with a memory that gates write to, keep and read.

        i, f, o = σ(…), σ(…), σ(…);   g = tanh(…);   c = f·c + i·g;   h = o·tanh c

    where each … is a weighted sum xₜ·W_ihᵀ + b_ih + hₜ₋₁·W_hhᵀ + b_hh, in the rows of the weights in the
    order i, f, g, o. Shapes and options are those of `RNN`; the state is a pair (h, c).

    Source: as `torch.nn.LSTM`, whose parameters load.

    >>> import numpy as np
    >>> outputs, (h, c) = LSTM(3, 5, seed=0)(np.zeros((7, 2, 3)))
    >>> outputs.shape, h.shape, c.shape
    ((7, 2, 5), (1, 2, 5), (1, 2, 5))
    """

    gates = 4

    def step(self, state: Any, a: Any, weight: Any, bias: Any) -> Any:
        """The next (h, c)."""
        h, c = state
        i, f, g, o = split(a + h @ weight, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        return LSTMState(sigmoid(o) * tanh(c), c)

    def output(self, state: Any) -> Any:
        """h."""
        return state.h

    def _parted(self, zeros: Any) -> Any:
        return LSTMState(zeros, zeros)

    def _mapped(self, function: Any, state: Any) -> Any:
        if not isinstance(state, (tuple, list)) or len(state) != 2:
            raise ValueError("LSTM: the state is a pair (h, c)")
        return LSTMState(*map(function, state))

    def _joined(self, ends: list[Any]) -> Any:
        return LSTMState(*map(stack, zip(*ends, strict=True)))


class GRU(Recurrent):
    """A network whose gates choose between its state and a new one.

        r, z = σ(…), σ(…);   n = tanh(xₜ·W_inᵀ + b_in + r·(hₜ₋₁·W_hnᵀ + b_hn));   h = (1 − z)·n + z·h

    where each … is a weighted sum as in `LSTM`, in the rows of the weights in the order r, z, n. Shapes and
    options are those of `RNN`.

    Source: as `torch.nn.GRU`, whose parameters load.

    >>> import numpy as np
    >>> outputs, last = GRU(3, 5, seed=0)(np.zeros((7, 2, 3)))
    >>> outputs.shape, last.shape
    ((7, 2, 5), (1, 2, 5))
    """

    gates = 3

    def constant_bias(self, bias: Any, state_bias: Any) -> Any:
        """The state's bias of n is multiplied by r, so it is added in the step."""
        return bias

    def step(self, state: Any, a: Any, weight: Any, bias: Any) -> Any:
        """The next h."""
        sums = state @ weight if bias is None else state @ weight + bias
        (ar, az, an), (sr, sz, sn) = split(a, 3, axis=-1), split(sums, 3, axis=-1)
        z = sigmoid(az + sz)
        n = tanh(an + sigmoid(ar + sr) * sn)
        return (1.0 - z) * n + z * state
