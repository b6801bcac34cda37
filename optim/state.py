"""What an optimiser remembers, as plain numbers and arrays: saved, and checked before it is taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Value
from autodiff.data import Data, as_data, shape_of

from .hyperparameters import whole

if TYPE_CHECKING:
    from .optimizer import Optimizer

__all__ = ["Memory", "require", "restored", "saved"]


@dataclass
class Memory:
    """What is remembered of one parameter: arrays of its shape, or Python numbers."""

    steps: int = 0
    slots: dict[str, Data] = field(default_factory=dict)


def saved(optimizer: Optimizer) -> dict[str, Any]:
    """Copies of the hyperparameters, the numbers of steps, and the slots."""
    groups = []
    for group, settings in zip(optimizer.param_groups, optimizer.settings(), strict=True):
        memories = [optimizer.remembered(p, settings) for p in group["params"]]
        slots = {name: [_copied(m.slots[name]) for m in memories] for name in optimizer.slots(settings)}
        groups.append({**settings, "steps": [m.steps for m in memories], "state": slots})
    return {"optimizer": type(optimizer).__name__, "groups": groups}


def _copied(slot: Data) -> Data:
    return slot if type(slot) is float else slot.copy()


def restored(optimizer: Optimizer, state: Any) -> list[tuple[dict[str, Any], list[Memory]]]:
    """Hyperparameters and memories of each group, checked and copied; nothing is changed."""
    kind = type(optimizer).__name__
    require(
        isinstance(state, Mapping) and {"optimizer", "groups"} <= state.keys(),
        kind,
        "no state of an optimiser",
    )
    require(state["optimizer"] == kind, kind, f"the state is that of {state['optimizer']}")
    entries, groups = state["groups"], optimizer.param_groups
    require(len(entries) == len(groups), kind, f"expected {len(groups)} parameter groups, got {len(entries)}")
    return [
        _restored_group(optimizer, entry, group["params"])
        for entry, group in zip(entries, groups, strict=True)
    ]


def _restored_group(
    optimizer: Optimizer, entry: Mapping[str, Any], params: list[Value]
) -> tuple[dict[str, Any], list[Memory]]:
    kind = type(optimizer).__name__
    require({"steps", "state"} <= entry.keys(), kind, "a parameter group lacks 'steps' or 'state'")
    settings = optimizer.checked({name: entry[name] for name in entry if name not in ("steps", "state")})
    names, slots = list(optimizer.slots(settings)), entry["state"]
    require(set(slots) == set(names), kind, f"expected the slots {names}, got {list(slots)}")
    for what, column in (("steps", entry["steps"]), *slots.items()):
        require(
            len(column) == len(params), kind, f"expected {len(params)} parameters, got {len(column)} {what}"
        )
    memories = []
    for i, p in enumerate(params):
        fitted = {name: _fitted(kind, name, slots[name][i], p) for name in names}
        memories.append(Memory(whole(f"{kind}: steps", entry["steps"][i]), fitted))
    return settings, memories


def _fitted(kind: str, name: str, slot: Any, p: Value) -> Data:
    """One parameter's slot in the parameter's shape and dtype, copied."""
    data = as_data(slot)
    require(
        shape_of(data) == p.shape,
        kind,
        f"expected {name} of {p.described()}, got one of shape {shape_of(data)}",
    )
    return np.array(data, p.dtype) if p.shape else float(data)


def require(holds: bool, kind: str, problem: str) -> None:
    """Raise ValueError where a state does not fit."""
    if not holds:
        raise ValueError(
            f"{kind}.load_state_dict: {problem}; nothing was changed. A state fits what was made in the same way"
        )
