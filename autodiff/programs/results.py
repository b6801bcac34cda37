"""What a program returns: the structure that f returned, with new numbers."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..differentiation.structure import mapped
from ..values.value import Value
from .arguments import is_setting


class _Output:
    """There is one, also in another process."""

    def __reduce__(self) -> str:
        return "OUTPUT"


OUTPUT = _Output()
"""Stands for what the program computes, among what f always returns."""


def structure(result: Any) -> Any:
    """What f returned, with `OUTPUT` in the places of Values.

    Raises TypeError for what is neither data nor a setting: it may hold Values that nobody sees.
    """
    return mapped(_entry, result)


def _entry(x: Any) -> Any:
    if isinstance(x, Value):
        return OUTPUT
    if is_setting(x) or isinstance(x, (numbers.Number, np.ndarray, np.generic)):
        return _own(x)
    raise TypeError(
        f"a compiled function returned a {type(x).__name__}: return numbers and arrays, alone or in tuples, "
        "lists and dicts, and make other things of them outside"
    )


def filled(tree: Any, outputs: Iterable[Any]) -> Any:
    """The structure with results in their places; what is always returned is copied."""
    rest = iter(outputs)
    return mapped(lambda x: next(rest) if x is OUTPUT else _own(x), tree)


def _own(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x
