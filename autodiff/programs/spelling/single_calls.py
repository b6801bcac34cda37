"""Functions that are one operator, or one call of NumPy, alone: found by running them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.lib.mixins import NDArrayOperatorsMixin


class _Term(NDArrayOperatorsMixin):
    """An operand, or the call that NumPy's protocols made known, with its operands."""

    def __init__(self, function: Any = None, inputs: tuple[Any, ...] = ()) -> None:
        self.function = function
        self.inputs = inputs

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> _Term:
        if method != "__call__" or options:
            raise TypeError("no operator, and no plain call")
        return _Term(ufunc, inputs)

    def __array_function__(self, function: Any, kinds: Any, inputs: Any, options: Any) -> _Term:
        if options:
            raise TypeError("no plain call")
        return _Term(function, inputs)

    def __bool__(self) -> bool:
        raise TypeError("its number is not known")


def single_call(function: Callable[..., Any], count: int) -> tuple[Any, list[int | float]] | None:
    """The function of NumPy that a function of so many operands calls, and what with: places, or numbers.

    None where it does anything else. An operator is the function that NumPy has for it.

    >>> single_call(lambda x: 1.0 / x, 1)
    (<ufunc 'divide'>, [1.0, 0])
    """
    given = [_Term() for _ in range(count)]
    places = {id(x): i for i, x in enumerate(given)}
    try:
        found = function(*given)
        inputs = [x if type(x) is float else places[id(x)] for x in found.inputs]
    except Exception:  # it is not written for operands of this kind
        return None
    return (found.function, inputs) if found.function else None
