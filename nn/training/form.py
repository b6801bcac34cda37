"""Whether data that were read from a file have the form of what they shall replace."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np

__all__ = ["check_form"]


def check_form(found: Any, own: Any, place: str = "content") -> None:
    """Compare nested dicts and lists with those that a program has made.

    Raises ValueError for the first misfit.

    A dict needs all the keys; in the place of an empty one there may be any lists of numbers. A list has
    numbers, as many unless it is empty. None may be a string, and arrays have shape and dtype.

    >>> check_form({"steps": 3, "loss": [0.5, 0.25]}, {"steps": 0, "loss": []})
    >>> check_form({"steps": "3"}, {"steps": 0})
    Traceback (most recent call last):
    ValueError: content['steps'] must be an integer, 0 or above, got str
    """
    if isinstance(own, dict):
        _check_dict(found, own, place)
    elif isinstance(own, list):
        _check_list(found, own, place)
    elif isinstance(own, (np.ndarray, np.generic)):
        _require(_head(found) == _head(own), place, f"an array {_head(own)}", found)
    else:
        expected, fits = _plain(own)
        _require(fits(found), place, expected, found)


def _check_dict(found: Any, own: dict[str, Any], place: str) -> None:
    _require(isinstance(found, dict), place, "a dict", found)
    if missing := own.keys() - found.keys():
        raise ValueError(f"{place} lacks {min(missing)!r}")
    for key in own or found:
        check_form(found[key], own[key] if own else [], f"{place}[{key!r}]")


def _check_list(found: Any, own: list[float], place: str) -> None:
    _require(isinstance(found, list), place, "a list", found)
    _require(len(found) == (len(own) or len(found)), place, f"a list of {len(own)}", found)
    for i, entry in enumerate(found):
        check_form(entry, 0.0, f"{place}[{i}]")


def _head(array: Any) -> tuple[Any, Any]:
    return np.shape(array), getattr(array, "dtype", None)


def _plain(own: Any) -> tuple[str, Callable[[Any], bool]]:
    """What a number or a word may be replaced by."""
    if isinstance(own, bool):
        return "True or False", lambda found: isinstance(found, bool)
    if isinstance(own, int):
        return "an integer, 0 or above", lambda found: _is_real(found, Integral) and found >= 0
    if isinstance(own, float):
        return "a number", _is_real
    if isinstance(own, str):
        return "a string", lambda found: isinstance(found, str)
    return "a string or None", lambda found: found is None or isinstance(found, str)


def _is_real(found: Any, kind: type = Real) -> bool:
    return isinstance(found, kind) and not isinstance(found, bool)


def _require(holds: bool, place: str, expected: str, found: Any) -> None:
    if not holds:
        raise ValueError(f"{place} must be {expected}, got {type(found).__name__}")
