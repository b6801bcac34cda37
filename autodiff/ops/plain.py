"""What is asked of data and has no derivative: comparisons, tests, positions, shapes.

These are NumPy's functions, applied to the data of the Values among their arguments; the results
are plain numbers and arrays.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..data import as_data
from ..value import Value

__all__ = ["COMPARISONS", "FUNCTIONS", "raw"]

NAMES = [
    "all",
    "allclose",
    "any",
    "argmax",
    "argmin",
    "argpartition",
    "argsort",
    "argwhere",
    "array_equal",
    "array_equiv",
    "bincount",
    "count_nonzero",
    "digitize",
    "empty_like",
    "equal",
    "flatnonzero",
    "full_like",
    "greater",
    "greater_equal",
    "histogram",
    "isclose",
    "iscomplex",
    "iscomplexobj",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "isrealobj",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "ndim",
    "nonzero",
    "not_equal",
    "ones_like",
    "result_type",
    "searchsorted",
    "shape",
    "signbit",
    "size",
    "unique",
    "zeros_like",
]


def raw(x: Any) -> Any:
    """Arguments with data in place of Values, also inside lists, tuples and dicts."""
    if isinstance(x, Value):
        return x._data
    if isinstance(x, (list, tuple)):
        return type(x)(map(raw, x)) if type(x) in (list, tuple) else x
    if type(x) is dict:
        return {key: raw(value) for key, value in x.items()}
    return x


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*arguments: Any, **options: Any) -> Any:
        return function(*raw(arguments), **raw(options))

    apply.__name__ = apply.__qualname__ = function.__name__
    apply.__doc__ = f"numpy.{function.__name__} of the data: a plain result, without derivative."
    return apply


FUNCTIONS: dict[str, Callable[..., Any]] = {name: _plain(getattr(np, name)) for name in NAMES}
"""By NumPy's name."""


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Any]:
    def apply(self: Value, other: Any, /) -> Any:
        other = as_data(other, copy=False) if isinstance(other, (list, tuple)) else raw(other)
        result = compare(self._data, other)
        return bool(result) if isinstance(result, np.bool_) else result

    return apply


COMPARISONS: dict[str, Callable[[Value, Any], Any]] = {
    f"__{name}__": _comparison(getattr(operator, name)) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}
