"""What is asked of data and has no derivative: comparisons, tests, positions, shapes.

These are NumPy's functions, applied to the data of the Values among their arguments; the results
are plain numbers and arrays. While a program is recorded, they are recorded, or refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import modes
from ..data import as_data
from ..lazy import lazily
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
        if (tracer := modes.tracer()) is not None:
            tracer.check_read(x, "its data")
        return x._data
    if isinstance(x, (list, tuple)):
        return type(x)(map(raw, x)) if type(x) in (list, tuple) else x
    if type(x) is dict:
        return {key: raw(value) for key, value in x.items()}
    return x


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*arguments: Any, **options: Any) -> Any:
        if (tracer := modes.tracer()) is not None:
            return tracer.asked(function.__name__, arguments, options)
        return lazily(function, *raw(arguments), **raw(options))

    apply.__name__ = apply.__qualname__ = function.__name__
    apply.__doc__ = f"numpy.{function.__name__} of the data: a plain result, without derivative."
    return apply


FUNCTIONS: dict[str, Callable[..., Any]] = {name: _plain(getattr(np, name)) for name in NAMES}
"""By NumPy's name."""


UFUNCS = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}


def _comparison(name: str) -> Callable[[Value, Any], Any]:
    compare, ufunc = getattr(operator, name), UFUNCS[name]

    def apply(self: Value, other: Any, /) -> Any:
        if (tracer := modes.tracer()) is not None:
            return tracer.asked(ufunc, (self, other), {})
        other = as_data(other, copy=False) if isinstance(other, (list, tuple)) else raw(other)
        result = compare(self._data, other)
        return bool(result) if isinstance(result, np.bool_) else result

    return apply


COMPARISONS: dict[str, Callable[[Value, Any], Any]] = {
    f"__{name}__": _comparison(name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}


def _connective(name: str, symbol: str) -> Callable[[Value, Any], Any]:
    def apply(self: Value, other: Any, /) -> Any:
        tracer = modes.tracer()
        if tracer is None:
            raise TypeError(
                f"{symbol} joins conditions, such as x > 0, not {self.described()}, which holds numbers"
            )
        return tracer.asked(name, (self, other), {})

    return apply


CONNECTIVES: dict[str, Callable[[Value, Any], Any]] = {
    f"__{prefix}{name}__": _connective(f"logical_{name}", symbol)
    for name, symbol in (("and", "&"), ("or", "|"), ("xor", "^"))
    for prefix in ("", "r")
}
"""Of conditions: plain ones know these themselves, those of a program are recorded."""


def negation(self: Value) -> Any:
    """The opposite of a recorded condition."""
    tracer = modes.tracer()
    if tracer is None:
        raise TypeError(f"~ is for conditions, such as x > 0, not {self.described()}, which holds numbers")
    return tracer.asked("logical_not", (self,), {})
