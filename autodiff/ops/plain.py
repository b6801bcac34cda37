"""What is asked of data and has no derivative: comparisons, tests, positions, shapes.

These are NumPy's functions, applied to the data of the Values among their arguments; the results
are plain numbers and arrays. While a program is recorded, they are recorded, or refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from ..values import modes
from ..values.data import as_data, beyond, shape_of
from ..values.lazy import lazily
from ..values.value import Value

__all__ = [
    "all", "allclose", "angle", "any", "argmax", "argmin", "argpartition", "argsort", "argwhere",
    "array_equal", "array_equiv", "count_nonzero", "digitize", "empty_like", "equal", "flatnonzero",
    "greater", "greater_equal", "imag", "isclose", "iscomplex", "iscomplexobj", "isfinite", "isin",
    "isinf", "isnan", "isneginf", "isposinf", "isreal", "isrealobj", "less", "less_equal", "lexsort",
    "logical_and", "logical_not", "logical_or", "logical_xor", "nanargmax", "nanargmin", "ndim",
    "nonzero", "not_equal", "ones_like", "result_type", "searchsorted", "shape", "signbit", "size",
    "zeros_like",
]  # fmt: skip


class Family(NamedTuple):
    """Functions of NumPy that are asked alike."""

    names: tuple[str, ...]
    numbers: int
    """How many of the first arguments must be numbers. Anything may be compared, and asked for its shape."""
    recorded: str
    """What a program makes of it: a condition of these parameters; or what `SHAPES` and `COUNTS` say."""


SHAPES = "shapes"
"""What depends on shapes and dtypes alone, which are those of all calls of a program."""

COUNTS = "counts"
"""What decides shapes or counts, or is not needed: refused in programs."""

FAMILIES = (
    Family(("iscomplex", "iscomplexobj", "isreal", "isrealobj"), 0, SHAPES),
    Family(("ndim", "result_type", "shape", "size"), 0, SHAPES),
    Family(("empty_like", "imag", "ones_like", "zeros_like"), 1, SHAPES),
    Family(("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"), 0, "x, y"),
    Family(("logical_and", "logical_or", "logical_xor"), 2, "x, y"),
    Family(("isfinite", "isinf", "isnan", "isneginf", "isposinf", "logical_not", "signbit"), 1, "x"),
    Family(("isclose", "allclose"), 2, "x, y, rtol, atol, equal_nan"),
    Family(("array_equal",), 2, "x, y, equal_nan"),
    Family(("array_equiv",), 2, "x, y"),
    Family(
        ("all", "any", "argmax", "argmin", "count_nonzero", "nanargmax", "nanargmin"), 1, "x, axis, keepdims"
    ),
    Family(("argsort",), 1, "x, axis, stable"),
    Family(("angle", "argpartition", "argwhere", "flatnonzero", "lexsort", "nonzero"), 1, COUNTS),
    Family(("digitize", "isin", "searchsorted"), 2, COUNTS),
)
"""NumPy's functions that are constant between jumps.

Functions whose results change with the numbers, such as unique values and weighted counts, are in `counting`.
"""

WRITING = ("isneginf", "isposinf")
"""Functions that are not ufuncs, but take an array to write into by position."""


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


def _number(x: Any) -> Any:
    """Data as they are where their dtype is numeric, else converted. Raises TypeError for anything else."""
    if type(x) is Value:
        return x._data
    x = raw(x)
    kind = getattr(getattr(x, "dtype", None), "kind", None)
    masked = isinstance(x, np.ma.MaskedArray)
    return x if kind in ("f", "i", "u", "b") and not masked else as_data(x, copy=False, masks=True)


def question(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """A function of NumPy, applied to the data of Values; its first `count` arguments must be numbers."""
    name = function.__name__
    most = 1 if name in WRITING else getattr(function, "nin", None)

    def apply(*arguments: Any, **options: Any) -> Any:
        if len(arguments) > (most or len(arguments)):
            raise TypeError(
                f"{name}: takes {most} arguments, got {len(arguments)}; results are never written into"
            )
        if (tracer := modes.tracer()) is not None:
            return tracer.asked(name, arguments, options)
        try:
            numbers = map(_number, arguments[:count])
            return lazily(function, *numbers, *raw(arguments[count:]), **raw(options))
        except OverflowError:
            raise ValueError(
                f"{name}: got a number beyond float64, or beyond 64 bits where one counts"
            ) from None
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else type(error)
            shapes = " and ".join(str(shape_of(x)) for x in arguments[: max(count, 1)])
            raise kind(f"{name}: got {shapes}: {error}") from error

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = f"numpy.{name} of the data: a plain result, without a derivative."
    return apply


FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: question(getattr(np, name), family.numbers) for family in FAMILIES for name in family.names
}
"""By NumPy's name."""

if TYPE_CHECKING:
    Question: TypeAlias = Callable[..., Any]
    """What a function of `FUNCTIONS` is: its arguments are NumPy's, and its result is plain."""

    all: Question
    allclose: Question
    angle: Question
    any: Question
    argmax: Question
    argmin: Question
    argpartition: Question
    argsort: Question
    argwhere: Question
    array_equal: Question
    array_equiv: Question
    count_nonzero: Question
    digitize: Question
    empty_like: Question
    equal: Question
    flatnonzero: Question
    greater: Question
    greater_equal: Question
    imag: Question
    isclose: Question
    iscomplex: Question
    iscomplexobj: Question
    isfinite: Question
    isin: Question
    isinf: Question
    isnan: Question
    isneginf: Question
    isposinf: Question
    isreal: Question
    isrealobj: Question
    less: Question
    less_equal: Question
    lexsort: Question
    logical_and: Question
    logical_not: Question
    logical_or: Question
    logical_xor: Question
    nanargmax: Question
    nanargmin: Question
    ndim: Question
    nonzero: Question
    not_equal: Question
    ones_like: Question
    result_type: Question
    searchsorted: Question
    shape: Question
    signbit: Question
    size: Question
    zeros_like: Question
else:
    globals().update(FUNCTIONS)


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
        other = raw(other)
        other = as_data(other, copy=False) if isinstance(other, (list, tuple)) else other
        try:
            result = compare(self._data, other)
        except OverflowError:
            raise beyond(f"{ufunc}: data") from None
        return bool(result) if isinstance(result, np.bool_) else result

    return apply


COMPARISONS: dict[str, Callable[[Value, Any], Any]] = {
    f"__{name}__": _comparison(name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}


def _connective(name: str, does: str) -> Callable[..., Any]:
    def apply(*operands: Any) -> Any:
        if (tracer := modes.tracer()) is not None:
            return tracer.asked(name, operands, {})
        raise TypeError(
            f"{does} conditions, such as x > 0, not {operands[0].described()}, which holds numbers"
        )

    return apply


CONNECTIVES: dict[str, Callable[..., Any]] = {
    "__invert__": _connective("logical_not", "~ is for"),
    **{
        f"__{prefix}{name}__": _connective(f"logical_{name}", f"{symbol} joins")
        for name, symbol in (("and", "&"), ("or", "|"), ("xor", "^"))
        for prefix in ("", "r")
    },
}
"""Of conditions: plain ones know these themselves, those of a program are recorded."""
