"""Nested data as named arrays, which is what files of arrays hold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from .archive import Array, Arrays

__all__ = ["pack", "unpack"]


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
        raise ValueError(f"these arrays hold no packed tree ({error})") from error


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
            raise ValueError("a key is there twice")
        return restored
    return {"list": list, "tuple": tuple}[kind](_restored(entry, arrays) for entry in content)
