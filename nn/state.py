"""Taking over a saved state: all of it, or nothing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autodiff import Value
from autodiff.data import changes_digits
from autodiff.ops.plain import raw

__all__ = ["Unmatched", "loaded"]

Array: TypeAlias = np.ndarray[Any, Any]


class Unmatched(NamedTuple):
    """Names of parameters and buffers that a state lacks, and names in it that no part has."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def loaded(owner: str, parts: Mapping[str, Any], state: Mapping[str, Any], strict: bool) -> Unmatched:
    """Assign the entries of a state to the Values and arrays of the same names.

    Raises TypeError for what is no dict, and ValueError, listing all that does not fit, before anything
    is changed.
    """
    if not isinstance(state, Mapping):
        remedy = "; give its state_dict()" if hasattr(state, "state_dict") else ""
        raise TypeError(
            f"{owner}.load_state_dict: expected arrays by name, as state_dict() returns them, "
            f"got a {type(state).__name__}{remedy}"
        )
    unmatched = Unmatched(
        [name for name in parts if name not in state], [name for name in state if name not in parts]
    )
    problems: list[str] = []
    if strict or parts.keys().isdisjoint(state):
        problems += [f"{name}: missing" for name in unmatched.missing_keys]
        problems += [f"{name}: unknown" for name in unmatched.unexpected_keys]
    arrays = {name: _array(state[name]) for name in parts if name in state}
    problems += filter(None, (_misfit(name, parts[name], array) for name, array in arrays.items()))
    if problems:
        told = "\n  ".join(problems)
        raise ValueError(f"{owner}.load_state_dict: the state does not fit, nothing was loaded:\n  {told}")
    _tell_casts(owner, {name: (parts[name], array) for name, array in arrays.items()})
    for name, array in arrays.items():
        _assign(parts[name], array)
    return unmatched


def _tell_casts(owner: str, pairs: Mapping[str, tuple[Any, Any]]) -> None:
    """Warn of parameters that do not become what they are in the state: they lose digits, or gain some."""
    cast = [
        (name, part, array)
        for name, (part, array) in pairs.items()
        if isinstance(part, Value) and changes_digits(array, part.dtype)
    ]
    if cast:
        name, part, array = cast[0]
        others = f" and {len(cast) - 1} more" if cast[1:] else ""
        warnings.warn(
            f"{owner}.load_state_dict: {name}{others}: the {array.dtype} numbers of the state become "
            f"{part.dtype}, which the model is; call model.astype(np.{array.dtype}) before loading, or cast "
            "the state if this is meant",
            stacklevel=4,
        )


def _array(entry: Any) -> Array | str:
    """An entry as an array, or why it is none."""
    try:
        return np.asarray(raw(entry))
    except ValueError as error:
        return f"expected a regular array: {error}"


def _misfit(name: str, part: Any, array: Array | str) -> str | None:
    """What is wrong with an entry, if anything."""
    if isinstance(array, str):
        return f"{name}: {array}"
    if array.shape != part.shape:
        return f"{name}: expected shape {part.shape}, got {array.shape}"
    castable = array.dtype.kind in "fiub" if isinstance(part, Value) else _castable(array, part)
    if not castable:
        return f"{name}: expected {part.dtype} numbers, got dtype {array.dtype}"
    with np.errstate(all="ignore"):
        lost = array[np.isfinite(array) & ~np.isfinite(array.astype(part.dtype))]
    return f"{name}: {lost[0]:g} is too large for {part.dtype}" if lost.size else None


def _castable(array: Array, buffer: Array) -> bool:
    return np.can_cast(array.dtype, buffer.dtype, "same_kind")


def _assign(part: Any, array: Any) -> None:
    if isinstance(part, Value):
        part.data = array.astype(part.dtype)
    else:
        part[...] = array
