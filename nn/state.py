"""Taking over a saved state: all of it, or nothing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autodiff import Value
from autodiff.ops.plain import raw
from autodiff.text.notation import visible
from autodiff.values.data import changes_digits

Array: TypeAlias = np.ndarray[Any, Any]

MOST, LONGEST = 10, 101
"""Names that are listed of those that do not match, and letters of one."""


class Unmatched(NamedTuple):
    """Names of parameters and buffers that a state lacks, and names in it that no part has."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def loaded(owner: str, parts: Mapping[str, Any], state: Mapping[str, Any], strict: bool) -> Unmatched:
    """Assign the entries of a state to the Values and arrays of the same names.

    Raises TypeError for anything but a dict, and ValueError, listing all that does not fit, before anything
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
        problems += _listed(unmatched.missing_keys, "missing") + _listed(unmatched.unexpected_keys, "unknown")
    arrays: dict[str, Array] = {}
    for name in [name for name in parts if name in state]:
        try:
            arrays[name] = _fitted(parts[name], state[name])
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        told = "\n  ".join(problems) + _same_by_other_names(parts, state)
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


def _same_by_other_names(parts: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """The remedy where names alone differ, as for the layers of PyTorch's Sequential."""
    if parts.keys() == state.keys() or len(parts) != len(state):
        return ""
    try:
        shapes = [tuple(entry.shape) for entry in state.values()]
    except (AttributeError, ValueError):  # no arrays, or those of a damaged file
        return ""
    if shapes != [part.shape for part in parts.values()]:
        return ""
    return (
        "\nThe shapes are the same, in the same order; if these are the same parameters by other names, load "
        "dict(zip(model.state_dict(), state.values()))"
    )


def _listed(names: list[str], what: str) -> list[str]:
    """A line for each of the first names, and how many more there are."""
    lines = [f"{visible(str(name), LONGEST)}: {what}" for name in names[:MOST]]
    return lines + [f"and {len(names) - MOST:,} more: {what}"] * (len(names) > MOST)


def _fitted(part: Any, entry: Any) -> Array:
    """An entry as an array; one that is in a file is read when shape and dtype are known to fit.

    Raises ValueError for what cannot take the place of the part.
    """
    entry = _headed(raw(entry))
    if entry.shape != part.shape:
        raise ValueError(f"expected shape {part.shape}, got {entry.shape}")
    real = entry.dtype.kind in "fiub"
    if not (real if isinstance(part, Value) else np.can_cast(entry.dtype, part.dtype, "same_kind")):
        raise ValueError(f"expected {part.dtype} numbers, got dtype {entry.dtype}")
    array = np.asarray(entry)
    with np.errstate(all="ignore"):
        lost = array[np.isfinite(array) & ~np.isfinite(array.astype(part.dtype))]
    if lost.size:
        raise ValueError(f"{lost[0]:g} is too large for {part.dtype}")
    return array


def _headed(entry: Any) -> Any:
    """Something with shape and dtype."""
    if isinstance(getattr(entry, "dtype", None), np.dtype):
        return entry
    try:
        return np.asarray(entry)
    except ValueError as error:
        raise ValueError(f"expected a regular array: {error}") from None


def _assign(part: Any, array: Any) -> None:
    if isinstance(part, Value):
        part.data = array.astype(part.dtype)
    else:
        part[...] = array
