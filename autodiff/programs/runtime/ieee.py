"""The lines of a program on numbers that overflow, divide by zero and leave a domain as NumPy's do.

Python raises there, or turns complex. A saved program brings this along where it needs it.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Number", "on_numbers"]


class Number(float):
    """A float whose operators give what NumPy's give. For NumPy it is a float, as weak in precision."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return getattr(ufunc, method)(*_plain(inputs), **options)

    def __array_function__(self, function: Any, kinds: Any, inputs: Any, options: Any) -> Any:
        return function(*_plain(inputs), **options)


def _plain(x: Any) -> Any:
    """Arguments with floats in place of Numbers, also inside tuples and lists."""
    if type(x) in (tuple, list):
        return type(x)(map(_plain, x))
    return float(x) if type(x) is Number else x


def _operator(ufunc: np.ufunc, swapped: bool) -> Callable[..., Number]:
    def apply(*operands: float) -> Number:
        numbers = [np.float64(x) for x in operands]
        return Number(ufunc(*(numbers[::-1] if swapped else numbers)))

    return apply


for operator, ufunc in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
    "floordiv": np.floor_divide, "mod": np.remainder, "pow": np.power,
    "neg": np.negative, "pos": np.positive, "abs": np.absolute,
}.items():  # fmt: skip
    setattr(Number, f"__{operator}__", _operator(ufunc, swapped=False))
    setattr(Number, f"__r{operator}__", _operator(ufunc, swapped=True))


def _of_numbers(function: Callable[..., Any], of_arrays: Callable[..., Any]) -> Callable[..., Number]:
    """A function of floats as one of Numbers: where it fails, NumPy's decides."""

    def apply(*inputs: float, **options: Any) -> Number:
        try:
            result = function(*map(float, inputs), **options)
        except (ArithmeticError, ValueError):
            result = None
        if type(result) is not float:
            result = of_arrays(*map(np.float64, inputs), **options)
        return Number(result)

    return apply


def _listed(x: np.ndarray[Any, Any]) -> list[Number]:
    """The entries of an array of one axis."""
    return [*map(Number, x.tolist())]


def on_numbers(
    lines: types.FunctionType, of_arrays: dict[str, Callable[..., Any]]
) -> Callable[..., tuple[Any, ...]]:
    """The same lines on Numbers; `of_arrays` are NumPy's functions by the names of those of floats."""
    known = {**vars(builtins), **lines.__globals__}
    names = {name: _of_numbers(known[name], other) for name, other in of_arrays.items()}
    constants = tuple(Number(x) if type(x) is float else x for x in lines.__code__.co_consts)
    code = lines.__code__.replace(co_consts=constants)
    again = types.FunctionType(code, {**lines.__globals__, "float": Number, "tolist": _listed, **names})

    def call(*inputs: Any) -> tuple[Any, ...]:
        results = again(*[Number(x) if type(x) is float else x for x in inputs])
        return tuple([float(y) if type(y) is Number else y for y in results])

    return call
