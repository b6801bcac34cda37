"""Nudges: how much an output changes when a parameter is changed a little, predicted and recomputed.

    f(θ + η) − f(θ)  =  η·∂f/∂θ  +  gap,      gap ≈ ½·η²·∂²f/∂θ²

The larger |∂f/∂θ|, the more important the parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..differentiation.engine import gradients
from ..graph import Graph
from ..naming import Names
from ..settings import any_number, whole
from ..text.digits import subscript
from ..text.letters import lettered
from ..text.notation import visible
from ..values.data import Data
from ..values.value import Value
from .flattening import flat
from .nudge_table import Nudge, Nudges
from .replay import Replay

__all__ = ["Nudge", "Nudges", "nudges"]


def nudges(
    output: Value | Iterable[Value],
    parameters: Value | Iterable[Value],
    eta: float = 0.01,
    max_rows: int = 100,
) -> Nudges:
    """How much the output changes when each parameter alone is nudged by η.

        predicted = η·∂output/∂θ,   actual = output(θ + η) − output(θ),   gap = actual − predicted

    A parameter may be a leaf or anything on the way to the output, such as a₁⁽¹⁾; an array has a row for each
    entry. Of more than `max_rows` entries those with the largest slopes are nudged. The actual change is that
    of a replayed copy: neither the graph nor its leaves are touched.

    `output` is one number, or several in a list or an array: an activation or a loss for each observation.
    Each has its slopes ∂output/∂θ; changes and ranks are then those of their sum.

    Raises TypeError for anything but Values and numbers; ValueError if there is nothing to nudge, η is 0 or
    not finite, a parameter is constant, or a leaf was assigned after it was used.

    >>> w, b = Value(3.0, "w"), Value(1.0, "b")
    >>> print(nudges(w * w + b, [w, b], eta=0.1))
    By how much f = 10 changes when each θ alone is nudged by η = 0.1
    <BLANKLINE>
    θ  ∂f/∂θ  predicted η·∂   actual      gap  rank
    ───────────────────────────────────────────────
    w  6.000        0.60000  0.61000  0.01000     1
    b  1.000        0.10000  0.10000        0     2
    <BLANKLINE>
    Importance: w > b
    """
    outputs, values = _values(output, "output"), _values(parameters, "parameters")
    if not any_number("nudges: eta", eta):
        raise ValueError(f"nudges: eta must not be 0, got {eta}")
    whole("nudges: max_rows", max_rows, 1)
    slopes = np.concatenate([_slopes(one, values) for one in outputs], axis=1)
    spoken = _Spoken(outputs)
    entries = list(_entries(values, spoken.parameters(values)))
    importance = np.argsort(-np.abs(slopes.sum(axis=1)), kind="stable")
    kept = sorted(importance[:max_rows].tolist())
    replays = [Replay(one) for one in outputs]
    before = flat([one.data for one in outputs])
    nudged = [flat([replay([_nudged(entries[k], eta)]) for replay in replays]) for k in kept]
    with np.errstate(invalid="ignore"):  # ∞ − ∞
        changes = np.array(nudged) - before
    return Nudges(
        [entries[k].name for k in kept],
        slopes[kept],
        changes,
        eta,
        list(zip(spoken.outputs(outputs), before.tolist(), strict=True)),
        len(entries) - len(kept),
    )


# -- what is nudged --------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One number: the Value that contains it, its index there, and its name."""

    value: Value
    at: tuple[int, ...]
    name: str


def _entries(values: Sequence[Value], names: Sequence[str]) -> Iterator[Entry]:
    for value, name in zip(values, names, strict=True):
        for index in np.ndindex(value.shape):
            yield Entry(value, index, f"{name}[{', '.join(map(str, index))}]" if index else name)


def _nudged(entry: Entry, eta: float) -> tuple[Value, Data]:
    """The data of a Value with one entry changed by η."""
    data = np.array(entry.value.data)
    data[entry.at] += eta
    return entry.value, data


def _slopes(output: Value, values: list[Value]) -> np.ndarray[Any, Any]:
    """∂ of each number of the output with respect to each entry: a column per number, a row per entry."""
    unit = np.eye(output.size, dtype=output.dtype).reshape(output.size, *output.shape)
    return np.stack([flat(gradients(output, values, seed)) for seed in unit], axis=1)


# -- names -----------------------------------------------------------------------------------------


class _Spoken:
    """The names of outputs, and of what they were computed from, as pictures and derivations have them."""

    def __init__(self, outputs: Sequence[Value]) -> None:
        self.graph = Graph(outputs if len(outputs) > 1 else outputs[0])
        self.names = Names(self.graph)

    def outputs(self, outputs: Sequence[Value]) -> list[str]:
        """A name for each number of the outputs; the entries of an array count from 1."""
        labels: list[str] = []
        for output, node in zip(outputs, self.graph.outputs, strict=True):
            name = self.names.spoken(node.id)
            counts = range(1, output.size + 1)
            numbered = [f"{name}[{k}]" if output.name else f"{name}{subscript(k)}" for k in counts]
            labels += numbered if output.size > 1 else [name]
        return labels

    def parameters(self, values: Sequence[Value]) -> list[str]:
        """The name of each Value; θ with its number where nothing depends on it and it has none."""
        ids = map(self.graph.id_of, values)
        others = [
            visible(lettered(v.name)) if v.name else f"θ{subscript(k)}" for k, v in enumerate(values, 1)
        ]
        return [other if id is None else self.names.spoken(id) for id, other in zip(ids, others, strict=True)]


def _values(given: Value | Iterable[Value], what: str) -> list[Value]:
    values = list(given) if isinstance(given, Iterable) and not isinstance(given, Value) else [given]
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"nudges: {what} must be a Value, or several, got {type(value).__name__}")
    if not values or not all(value.size for value in values):
        raise ValueError(f"nudges: {what} has no numbers; give a Value, or several")
    return values
