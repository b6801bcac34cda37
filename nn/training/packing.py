"""Nested data as named arrays, which is what files of arrays hold, and whether they have a given form."""

from __future__ import annotations

import json
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np

from .archive import Array, Arrays


def pack(tree: Any) -> dict[str, Array]:
    """Nested dicts, lists and tuples of numbers, strings and arrays as named arrays.

    Numbers come back to the last bit: Python writes floats such that they are read back exactly.

    >>> unpack(pack({"steps": 3, "weights": [np.array([0.1, 0.2])]}))
    {'steps': 3, 'weights': [array([0.1, 0.2])]}
    """
    arrays: dict[str, Array] = {}
    text = json.dumps(_described(tree, arrays))
    return {"tree": np.frombuffer(text.encode(), np.uint8), **arrays}


def unpack(arrays: Arrays) -> Any:
    """What `pack` took. Raises ValueError for other arrays."""
    try:
        return _restored(json.loads(np.asarray(arrays["tree"]).tobytes()), arrays)
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"these arrays contain no packed tree ({error})") from error


def _described(tree: Any, arrays: dict[str, Array]) -> Any:
    """What JSON can hold: an array is set aside and named; the other kinds say what they are."""
    if isinstance(tree, (np.ndarray, np.generic)):
        name = f"array{len(arrays)}"
        arrays[name] = np.asarray(tree)
        return {"array": name}
    if isinstance(tree, dict):
        return {"dict": [[key, _described(entry, arrays)] for key, entry in tree.items()]}
    if isinstance(tree, (list, tuple)):
        return {type(tree).__name__: [_described(entry, arrays) for entry in tree]}
    return tree


def _restored(node: Any, arrays: Arrays) -> Any:
    if not isinstance(node, dict):
        return node
    ((kind, content),) = node.items()
    if kind == "array":
        return np.asarray(arrays[content])[()]
    if kind == "dict":
        restored = {key: _restored(entry, arrays) for key, entry in content}
        if len(restored) < len(content):
            raise ValueError("a key occurs twice")
        return restored
    return {"list": list, "tuple": tuple}[kind](_restored(entry, arrays) for entry in content)


# -- the form ------------------------------------------------------------------------------------


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
