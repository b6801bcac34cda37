"""Dask's arrays, inside an operation and out of it: lazy until asked for, and then all at once.

A Dask array stands for a graph of tasks, and may be larger than the machine. But of a NumPy function that
Dask does not have, it computes the arguments first, silently; so does a look at its numbers. Inside an
operation it therefore stands behind `LazyArray`, which lets pass what stays lazy and refuses the rest
by name. An operation's author need not know: its body is the same for NumPy and Dask.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .data import Data, canonical

REMEDY = "rechunk() may help, or compute() of what fits into memory"


def holds_tasks(x: Any) -> bool:
    """Whether data are a graph of tasks, by Dask's protocol; an array of CuPy is none."""
    return hasattr(type(x), "__dask_graph__")


def computed(data: Sequence[Data]) -> list[Data]:
    """Data with those that are lazy computed, all of them in one pass over what they share."""
    if not any(map(holds_tasks, data)):
        return list(data)
    import dask

    return list(map(canonical, dask.compute(*data, traverse=False)))


def lazily(function: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    """A function of data where lazy ones stay so; without any, its plain result.

    Raises TypeError where the function needs the numbers, or needs them in other chunks.
    """
    if not any(map(_any_lazy, inputs)):
        return function(*inputs, **options)
    result = _bare(function(*map(_guarded, inputs), **options))
    parts = result if isinstance(result, tuple) else (result,)
    if any(n != n for part in parts for n in getattr(part, "shape", ())):
        raise _refusal("how many entries the result has would be known only when they are computed")
    return result


def _any_lazy(x: Any) -> bool:
    return any(map(_any_lazy, x)) if isinstance(x, (list, tuple)) else holds_tasks(x)


def _refusal(why: str) -> TypeError:
    return TypeError(f"not available on dask arrays: {why}; {REMEDY}")


def _refuse_looking(self: LazyArray, *_: Any, **__: Any) -> NoReturn:
    raise _refusal("it looks at their numbers, which would be computed")


class LazyArray(NDArrayOperatorsMixin):
    """A Dask array that does what it can lazily, and nothing else."""

    __slots__ = ("array",)
    __hash__ = None  # type: ignore[assignment]  # compared entry by entry, as arrays are

    def __init__(self, array: Any) -> None:
        self.array = array

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.array, name)
        return _kept(attribute) if callable(attribute) else _guarded(attribute)

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, index: Any) -> Any:
        try:
            return _guarded(self.array[_bare(index)])
        except (NotImplementedError, TypeError, ValueError) as error:
            raise _refusal("this index has no lazy form") from error

    def __setitem__(self, index: Any, new: Any) -> None:
        self.array[_bare(index)] = _bare(new)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__":
            raise _refusal(f"numpy.{ufunc.__name__}.{method} has no lazy form")
        return _kept(ufunc)(*inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not _has_lazy_form(function) or (function is np.einsum and _repeats(args[0])):
            raise _refusal(f"{function.__module__}.{function.__name__} has no lazy form")
        return _kept(function)(*args, **kwargs)

    __array__ = __bool__ = __float__ = __int__ = __index__ = _refuse_looking


def _has_lazy_form(function: Any) -> bool:
    """Whether Dask has a function of its own that does what NumPy's does.

    Of `linalg` it is the norm alone: Dask's Cholesky factor is the upper one, its singular vectors are never
    full, and its linear systems exchange no rows between chunks.
    """
    if function.__module__ == "numpy.linalg":
        return function is np.linalg.norm
    module = sys.modules["dask.array"]
    for part in function.__module__.split(".")[1:]:
        module = getattr(module, part, None)  # type: ignore[assignment]
    return hasattr(module, function.__name__)


def _repeats(subscripts: str) -> bool:
    """Whether a letter stands for two axes of one operand, which Dask takes in equal chunks only."""
    return any(len(set(term)) < len(term) for term in subscripts.partition("->")[0].split(","))


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of Dask's, of guarded arrays and with guarded results."""

    def apply(*inputs: Any, **options: Any) -> Any:
        try:
            return _guarded(function(*_bare(inputs), **_bare(options)))
        except (AttributeError, NotImplementedError, TypeError) as error:
            raise _refusal(textwrap.shorten(str(error), 160, placeholder=" …")) from error

    return apply


def _guarded(x: Any) -> Any:
    """A lazy array behind its guard, also in lists and tuples."""
    if isinstance(x, (list, tuple)):
        return _like(x, map(_guarded, x))
    return LazyArray(x) if holds_tasks(x) else x


def _bare(x: Any) -> Any:
    """What is behind the guards."""
    if isinstance(x, (list, tuple)):
        return _like(x, map(_bare, x))
    if type(x) is dict:
        return {key: _bare(entry) for key, entry in x.items()}
    return x.array if type(x) is LazyArray else x


def _like(x: Any, entries: Any) -> Any:
    return getattr(type(x), "_make", type(x))(entries)
