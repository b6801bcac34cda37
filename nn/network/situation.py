"""What a network is seen with: observations, their targets, and the loss that its gradients are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from autodiff import Value, gradients
from autodiff.graph import Graph
from autodiff.text.digits import counted
from autodiff.text.letters import lettered

from ..losses import squared_error
from .feedforward import MLP, Network
from .inputs import features

MOST = 2
"""Observations of which each node shows its numbers; of more, those of the first."""


@dataclass(frozen=True)
class Observed:
    """Observations in rows, and the names that came with the features."""

    table: np.ndarray[Any, Any]
    names: list[str | None]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.table)

    @property
    def shown(self) -> list[list[float]]:
        """Those whose numbers are shown."""
        rows: list[list[float]] = self.table[: MOST if self.count <= MOST else 1].tolist()
        return rows


def observed(given: Any, n_inputs: int) -> Observed:
    """One observation, or a table, as a table."""
    x, _ = features([given], n_inputs, "draw_network")
    columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(entry.data, dtype=float)) for entry in x))
    if columns[0].ndim != 1 or not columns[0].size:
        raise ValueError(
            f"draw_network: expected one observation, or a table of them in rows, got shape {np.shape(given)}"
        )
    return Observed(np.stack(columns, axis=1), [entry.name for entry in x])


@dataclass(frozen=True)
class Loss:
    """R: its name, its formula if there is one, its number, and its gradient, by the ids of parameters.

    `targets` has a row for each observation; it is None where R came as a Value.
    """

    name: str
    formula: str
    number: float
    gradients: dict[int, Any]
    count: int
    targets: np.ndarray[Any, Any] | None = None
    is_usual: bool = False

    @classmethod
    def of(cls, network: Network | MLP, seen: Observed | None, y: Any, loss: Any) -> Self | None:
        """The loss of a network, if targets or the loss itself are given."""
        if isinstance(y, (bool, np.bool_)):
            raise TypeError(f"draw_network: y must be targets, got {y}; gradients={y} is given by its name")
        if isinstance(loss, Value):
            return cls._given(network, loss, y)
        if loss is not None and not callable(loss):
            raise TypeError(
                "draw_network: loss must be a function of (output, target), or a Value, "
                f"got {type(loss).__name__}"
            )
        if y is None:
            if loss is not None:
                raise ValueError("draw_network: a loss needs targets; give y, one for each observation")
            return None
        if seen is None:
            raise ValueError("draw_network: targets need observations; give x, too")
        return cls._computed(network, seen, y, loss or squared_error)

    @classmethod
    def _given(cls, network: Network | MLP, r: Value, y: Any) -> Self:
        """A loss that was computed from the network's parameters."""
        if y is not None:
            raise ValueError("draw_network: the loss is a number already, so it needs no y; give one of both")
        births = {node.source._birth for node in Graph(r) if isinstance(node.source, Value)}
        if not any(parameter._birth in births for parameter in network.parameters()):
            raise ValueError(f"draw_network: the loss, {r.described()}, does not depend on this network")
        return cls(lettered(r.name) if r.name else "R", "", _number(r), _slopes(network, r), 0)

    @classmethod
    def _computed(cls, network: Network | MLP, seen: Observed, y: Any, loss: Any) -> Self:
        """The loss of observations."""
        targets = _targets(y, seen.count, network.sizes[-1])
        r = loss(network(seen.table), targets)
        if not isinstance(r, Value):
            raise TypeError(f"draw_network: loss must return a Value, got {type(r).__name__}")
        is_usual = loss is squared_error
        name = getattr(loss, "__name__", type(loss).__name__)
        formula = "Σ(y − a)²" if is_usual else f"{name}(a, y)"
        if is_usual and targets.ndim == 1:
            targets = targets[:, None]
        return cls("R", formula, _number(r), _slopes(network, r), seen.count, targets, is_usual)

    @property
    def gradient(self) -> str:
        """What the gradients are of."""
        if not self.count:
            return f"∇{self.name}"
        return "∇R over this observation" if self.count == 1 else f"∇R over observations 1–{self.count:,}"


def _targets(given: Any, count: int, n_outputs: int) -> np.ndarray[Any, Any]:
    """A target for each observation: a number, or a row of them."""
    y = np.asarray(given.data if isinstance(given, Value) else given)
    if count == 1 and y.shape in ((), (n_outputs,)):
        y = y[None]
    if not y.ndim or len(y) != count:
        raise ValueError(
            f"draw_network: expected a target for each of {counted(count, 'observation')}, "
            f"got y of shape {np.shape(given)}"
        )
    return y


def _number(r: Value) -> float:
    if r.shape:
        raise ValueError(f"draw_network: the loss must be one number, got {r.described()}; sum it")
    return float(r.item())


def _slopes(network: Network | MLP, r: Value) -> dict[int, Any]:
    """The gradient of r, for all parameters that are not frozen; nothing is stored in them."""
    free = [parameter for parameter in network.parameters() if not parameter.constant]
    found = gradients(r, free) if free and not r.constant else []
    return dict(zip(map(id, free), found, strict=False))
