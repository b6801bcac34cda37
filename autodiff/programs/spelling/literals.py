"""Numbers, options, small arrays and what NumPy and SciPy offer, as text that makes an equal object."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...values.data import Shape

WRITTEN_OUT = 64
"""Entries up to which an array is written out."""

BUILTIN = (bool, int, float, tuple)
"""Types of Python's that a program may name."""

FILLED = {"0": "zeros", "0.0": "zeros", "1": "ones", "1.0": "ones"}


class UnwrittenError(Exception):
    """There is no text for an object."""


def literal(value: Any) -> str:
    """Text for an object, in which inf and nan are those of `math`, np is NumPy, and special SciPy's.

    Raises UnwrittenError where there is none.

    >>> literal((1.5, slice(None, 2), np.float32, np.add.reduce))
    '(1.5, slice(None, 2, None), np.float32, np.add.reduce)'
    """
    if value is Ellipsis:
        return "..."
    if value is None or type(value) in (bool, int, str, float):
        return repr(value)  # inf and nan are names
    if isinstance(value, type) and value in BUILTIN:
        return str(value.__name__)
    if type(value) is tuple:
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if type(value) is list:
        return f"[{', '.join(map(literal, value))}]"
    if type(value) is dict:
        return f"{{{', '.join(f'{literal(key)}: {literal(x)}' for key, x in value.items())}}}"
    if type(value) is slice:
        return f"slice({literal(value.start)}, {literal(value.stop)}, {literal(value.step)})"
    return _of_numpy(value)


def _of_numpy(value: Any) -> str:
    """What is NumPy's: a dtype, a number, a small array, a function."""
    if isinstance(value, np.dtype) and value.kind in "fiub":
        return f"np.{'bool' if value.kind == 'b' else value.name}"
    if isinstance(value, np.generic) and value.dtype.kind in "fiub":
        return f"{literal(value.dtype)}({literal(value.item())})"
    if type(value) is np.ndarray and value.dtype.kind in "fiub":
        return _array(value)
    owner = getattr(value, "__self__", None)
    if isinstance(owner, np.ufunc) and vars(np).get(owner.__name__) == owner:
        return f"np.{owner.__name__}.{value.__name__}"
    name = getattr(value, "__name__", None)
    for path, module in (("np", np), ("np.linalg", np.linalg), ("special", sys.modules.get("scipy.special"))):
        if name and module and vars(module).get(name) is value:
            return f"{path}.{name}"
    if value is np:
        return "np"
    raise UnwrittenError


def _array(value: np.ndarray[Any, Any]) -> str:
    """An array of equal entries, or of few."""
    kind = "" if value.dtype == np.float64 else f", {literal(value.dtype)}"
    entries = value.ravel()
    if value.ndim and entries.size > 1 and entries.tobytes() == entries[:1].tobytes() * entries.size:
        shape, entry = literal(value.shape if value.ndim > 1 else entries.size), literal(entries[0].item())
        return f"np.{FILLED[entry]}({shape}{kind})" if entry in FILLED else f"np.full({shape}, {entry}{kind})"
    if entries.size > WRITTEN_OUT:
        raise UnwrittenError
    if not entries.size:
        return f"np.empty({literal(value.shape)}{kind})"
    return f"np.array({literal(value.tolist())}{kind})"


def new_memory(shape: Shape, dtype: np.dtype[Any], order: Sequence[int]) -> str:
    """An expression that makes memory for an array whose axes lie in an order, the innermost last."""
    kind = "" if dtype == np.float64 else f", {literal(dtype)}"
    if tuple(order) == (*reversed(range(len(shape))),) and len(shape) > 1:
        return f'np.empty({literal(shape)}{kind}, order="F")'
    text = f"np.empty({literal(tuple([shape[axis] for axis in order]))}{kind})"
    back = tuple([int(axis) for axis in np.argsort(order)])
    return text if back == (*range(len(shape)),) else f"{text}.transpose{literal(back)}"
