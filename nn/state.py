"""Taking over a saved state: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from autodiff import Value

__all__ = ["Unmatched", "loaded"]


class Unmatched(NamedTuple):
    """Names of parameters and buffers that a state lacks, and names in it that no part has."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def loaded(owner: str, parts: Mapping[str, Any], state: Mapping[str, Any], strict: bool) -> Unmatched:
    """Assign the entries of a state to the Values and arrays of the same names.

    Raises ValueError, listing all that does not fit, before anything is changed.
    """
    unmatched = Unmatched(
        [name for name in parts if name not in state], [name for name in state if name not in parts]
    )
    problems: list[str] = []
    if strict or parts.keys().isdisjoint(state):
        problems += [f"{name}: missing" for name in unmatched.missing_keys]
        problems += [f"{name}: unknown" for name in unmatched.unexpected_keys]
    arrays = {name: np.asarray(state[name]) for name in parts if name in state}
    problems += filter(None, (_misfit(name, parts[name], array) for name, array in arrays.items()))
    if problems:
        told = "\n  ".join(problems)
        raise ValueError(f"{owner}.load_state_dict: the state does not fit, nothing was loaded:\n  {told}")
    for name, array in arrays.items():
        _assign(parts[name], array)
    return unmatched


def _misfit(name: str, part: Any, array: np.ndarray[Any, Any]) -> str | None:
    """What is wrong with an entry, if anything."""
    if array.shape != part.shape:
        return f"{name}: expected shape {part.shape}, got {array.shape}"
    castable = array.dtype.kind in "fiub" if isinstance(part, Value) else _castable(array, part)
    return None if castable else f"{name}: expected {part.dtype} numbers, got dtype {array.dtype}"


def _castable(array: np.ndarray[Any, Any], buffer: np.ndarray[Any, Any]) -> bool:
    return np.can_cast(array.dtype, buffer.dtype, "same_kind")


def _assign(part: Any, array: np.ndarray[Any, Any]) -> None:
    if isinstance(part, Value):
        part.data = array
    else:
        part[...] = array
