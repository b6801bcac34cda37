"""What an optimiser remembers, as plain numbers and arrays: saved, and checked before it is taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from autodiff import Value
from autodiff.settings import whole
from autodiff.values.data import Data, as_data, shape_of

from .parameters import Group, Settings

Slots: TypeAlias = Callable[[Settings], Mapping[str, float]]


@dataclass
class Memory:
    """What is remembered of one parameter: arrays of its shape, or Python numbers."""

    steps: int = 0
    slots: dict[str, Data] = field(default_factory=dict)


def saved(group: Group, memories: Sequence[Memory], names: Iterable[str]) -> dict[str, Any]:
    """Copies of the hyperparameters of a group, the numbers of steps, and the slots of these names."""
    slots = {name: [_copied(m.slots[name]) for m in memories] for name in names}
    return {**group.settings, "steps": [m.steps for m in memories], "state": slots}


def _copied(slot: Data) -> Data:
    return slot if type(slot) is float else slot.copy()


def restored(
    kind: str, groups: Sequence[Group], slots: Slots, state: Any
) -> list[tuple[Settings, list[Memory]]]:
    """Hyperparameters and memories of each group, checked and copied; the optimiser is not changed."""
    is_state = isinstance(state, Mapping) and {"optimizer", "groups"} <= state.keys()
    _require(is_state, kind, "expected what state_dict() returns")
    _require(state["optimizer"] == kind, kind, f"the state is that of {state['optimizer']}")
    entries = state["groups"]
    _require(len(entries) == len(groups), kind, f"expected {len(groups)} groups, got {len(entries)}")
    return [_group(kind, own, slots, entry) for entry, own in zip(entries, groups, strict=True)]


def _group(kind: str, own: Group, slots: Slots, entry: Mapping[str, Any]) -> tuple[Settings, list[Memory]]:
    _require({"steps", "state"} <= entry.keys(), kind, "a group lacks 'steps' or 'state'")
    settings = own.check({name: entry[name] for name in entry if name not in ("steps", "state")})
    names, columns, count = list(slots(settings)), entry["state"], len(own.params)
    _require(set(columns) == set(names), kind, f"expected the state {names}, got {list(columns)}")
    for name, column in {"steps": entry["steps"], **columns}.items():
        _require(len(column) == count, kind, f"expected {count} {name}, got {len(column)}")
    steps = [whole(f"{kind}: steps", n) for n in entry["steps"]]
    return settings, [
        Memory(t, {name: _fitted(kind, name, columns[name][i], p) for name in names})
        for i, (t, p) in enumerate(zip(steps, own.params, strict=True))
    ]


def _fitted(kind: str, name: str, slot: Any, p: Value) -> Data:
    """One parameter's slot in the parameter's shape and dtype, copied."""
    try:
        data = as_data(slot)
    except (TypeError, ValueError) as error:
        told = f"{kind}.load_state_dict: {name} of {p.described()} must be numbers: {error}"
        raise type(error)(f"{told}; nothing was changed") from None
    _require(
        shape_of(data) == p.shape, kind, f"{name} of {p.described()} cannot have the shape {shape_of(data)}"
    )
    return np.array(data, p.dtype) if p.shape else float(data)


def _require(holds: bool, kind: str, problem: str) -> None:
    if not holds:
        raise ValueError(
            f"{kind}.load_state_dict: {problem}; nothing was changed. "
            "A state fits an optimiser that was made by the same call"
        )
