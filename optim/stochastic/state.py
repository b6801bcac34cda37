"""What an optimiser remembers, as plain numbers and arrays: saved, and checked before it is taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autodiff import Value
from autodiff.settings import whole
from autodiff.values.data import Data, as_data, shape_of

from .parameters import Group, Settings

__all__ = ["Memory", "restored", "saved"]


@dataclass
class Memory:
    """What is remembered of one parameter: arrays of its shape, or Python numbers."""

    steps: int = 0
    slots: dict[str, Data] = field(default_factory=dict)


class Remembering(Protocol):
    """What is asked of an optimiser."""

    @property
    def param_groups(self) -> Sequence[Group]: ...
    def slots(self, settings: Settings) -> dict[str, float]: ...
    def checked(self, settings: Settings) -> Settings: ...
    def remembered(self, p: Value, slots: Mapping[str, float]) -> Memory: ...


def saved(optimizer: Remembering) -> dict[str, Any]:
    """Copies of the hyperparameters, the numbers of steps, and the slots."""
    groups = []
    for group in optimizer.param_groups:
        starts = optimizer.slots(group.settings)
        memories = [optimizer.remembered(p, starts) for p in group.params]
        slots = {name: [_copied(m.slots[name]) for m in memories] for name in starts}
        groups.append({**group.settings, "steps": [m.steps for m in memories], "state": slots})
    return {"optimizer": type(optimizer).__name__, "groups": groups}


def _copied(slot: Data) -> Data:
    return slot if type(slot) is float else slot.copy()


def restored(optimizer: Remembering, state: Any) -> list[tuple[dict[str, Any], list[Memory]]]:
    """Hyperparameters and memories of each group, checked and copied; the optimiser is not changed."""
    kind, groups = type(optimizer).__name__, optimizer.param_groups
    is_state = isinstance(state, Mapping) and {"optimizer", "groups"} <= state.keys()
    _require(is_state, kind, "expected what state_dict() returns")
    _require(state["optimizer"] == kind, kind, f"the state is that of {state['optimizer']}")
    entries = state["groups"]
    _require(len(entries) == len(groups), kind, f"expected {len(groups)} groups, got {len(entries)}")
    return [_group(optimizer, entry, own.params) for entry, own in zip(entries, groups, strict=True)]


def _group(
    optimizer: Remembering, entry: Mapping[str, Any], params: list[Value]
) -> tuple[dict[str, Any], list[Memory]]:
    kind = type(optimizer).__name__
    _require({"steps", "state"} <= entry.keys(), kind, "a group lacks 'steps' or 'state'")
    settings = optimizer.checked({name: entry[name] for name in entry if name not in ("steps", "state")})
    names, slots = list(optimizer.slots(settings)), entry["state"]
    _require(set(slots) == set(names), kind, f"expected the state {names}, got {list(slots)}")
    for name, column in {"steps": entry["steps"], **slots}.items():
        _require(len(column) == len(params), kind, f"expected {len(params)} {name}, got {len(column)}")
    steps = [whole(f"{kind}: steps", n) for n in entry["steps"]]
    return settings, [
        Memory(t, {name: _fitted(kind, name, slots[name][i], p) for name in names})
        for i, (t, p) in enumerate(zip(steps, params, strict=True))
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
