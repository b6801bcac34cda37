"""The knot: operations become the operators and methods of Value, and NumPy's functions on it.

`methods` declares their types; here they are attached, once, with no call in between. What is covered
of NumPy follows from the names: an operation stands for NumPy's function of the same name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import ops
from ..elsewhere import OF_VALUE, Absent, NamesElsewhere
from ..ops import linalg, of_scipy, plain
from ..values.operation import Operation, inputs_of
from ..values.value import Value
from . import engine
from .advice import advice, calling, library_of


def _reflected(operation: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Any]:
    def apply(self: Value, other: Any, /) -> Any:
        return operation(other, self)

    return apply


def _reshape(self: Value, *shape: Any, order: str = "C") -> Any:
    return ops.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)


def _transpose(self: Value, *axes: Any) -> Any:
    return ops.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)


BINARY: dict[str, Callable[..., Any]] = {
    "add": ops.add,
    "sub": ops.subtract,
    "mul": ops.multiply,
    "truediv": ops.divide,
    "floordiv": ops.floor_divide,
    "mod": ops.mod,
    "divmod": ops.divmod,
    "pow": ops.power,
    "matmul": ops.matmul,
}

OTHERWISE = ("choose", "compress", "partition", "ptp", "sort")
"""Methods of arrays that Value lacks: two take what decides first, one went in NumPy 2, two write."""

SAME_NAME = [name for name in ops.NAMES if hasattr(np.ndarray, name) and name not in OTHERWISE]
"""What is a method of NumPy's arrays, too."""

# -- NumPy's protocol --------------------------------------------------------------------------


def _covered() -> dict[Any, Callable[..., Any]]:
    """What stands for each function of NumPy."""
    table: dict[Any, Callable[..., Any]] = {}
    for names, numpy, here in (
        (plain.FUNCTIONS, np, plain.FUNCTIONS.__getitem__),
        (ops.NAMES, np, lambda name: getattr(ops, name)),
        (linalg.__all__, np.linalg, lambda name: getattr(linalg, name)),
    ):
        table |= {getattr(numpy, name): here(name) for name in names if hasattr(numpy, name)}
    del table[np.linalg]
    bitwise = {
        getattr(np, f"bitwise_{name}"): plain.FUNCTIONS[f"logical_{name}"] for name in ("and", "or", "xor")
    }
    return table | bitwise | {np.around: ops.round, np.amax: ops.max, np.amin: ops.min}


COVERED = _covered()

BY_NAME: dict[str, dict[str, Callable[..., Any]]] = {"scipy.special": of_scipy.UFUNCS}
"""The operations that ufuncs record whose library is not imported here, by library and name."""


def _asking() -> tuple[str, str]:
    """The function that the user called, which now asks for an array, and what to write in its place."""
    library, name = calling()
    return _qualified(library, name), advice(library, name)


def _covering(ufunc: np.ufunc) -> Callable[..., Any]:
    """The operation that a ufunc records, found once. Raises TypeError where there is none."""
    if ufunc not in COVERED:
        found = BY_NAME.get(library_of(ufunc), {}).get(ufunc.__name__)
        if found is None:
            raise _not_covered(ufunc)
        COVERED[ufunc] = found
    return COVERED[ufunc]


def _qualified(library: str, name: str) -> str:
    return f"{library}.{name}" if library else name


def _not_covered(function: Any, method: str = "") -> TypeError:
    library, name = library_of(function), function.__name__ + method
    known = advice(library, name)
    return TypeError(
        f"no implementation found for {_qualified(library, name)} on Value; "
        f"{known + '; ' if known else ''}for the numbers alone, pass value.data"
    )


def _array_ufunc(self: Value, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    name = ufunc.__name__
    if method != "__call__":
        raise _not_covered(ufunc, f".{method}")
    if options:
        raise TypeError(
            f"{_qualified(library_of(ufunc), name)}: {', '.join(options)}= is not supported on Value, whose "
            f"data are never written into; write {name}(…) alone, and autodiff.where or astype around it"
        )
    return _covering(ufunc)(*inputs)


def _array_function(
    self: Value, function: Callable[..., Any], types: Any, args: Sequence[Any], kwargs: dict[str, Any]
) -> Any:
    if function not in COVERED:
        raise _not_covered(function)
    operation = COVERED[function]
    if kwargs:
        args, kwargs = _by_position(function, args, kwargs, _data_arguments(operation))
    return operation(*args, **kwargs)


def _data_arguments(operation: Callable[..., Any]) -> int:
    """How many arguments are data: they have no name here, but may be named in a call of NumPy."""
    parameters = inspect.signature(operation).parameters.values()
    return sum(parameter.kind is parameter.POSITIONAL_ONLY for parameter in parameters)


def _names(function: Callable[..., Any]) -> list[str]:
    """The names of its arguments; of one in C without a signature, such as NumPy 2.0's dot, by its text."""
    try:
        return list(inspect.signature(function).parameters)
    except ValueError:
        listed = str(function.__doc__).partition("(")[2].partition(")")[0]
        return [name.partition("=")[0].strip() for name in listed.split(",")]


def _by_position(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], n: int
) -> tuple[Sequence[Any], dict[str, Any]]:
    """The first n arguments of a call of NumPy by position, those by name, too."""
    if len(args) >= n:
        return args, kwargs
    names = _names(function)[:n]
    moved = [name for name in names if name in kwargs]
    rest = {name: x for name, x in kwargs.items() if name not in moved}
    return (*args, *(kwargs[name] for name in moved)), rest


# -- what is attached --------------------------------------------------------------------------


METHODS: dict[str, Any] = {
    **{f"__{name}__": operation for name, operation in BINARY.items()},
    **{f"__r{name}__": _reflected(operation) for name, operation in BINARY.items()},
    "__neg__": ops.negative,
    "__pos__": ops.positive,
    "__abs__": ops.absolute,
    "__getitem__": ops.getitem,
    **plain.COMPARISONS,
    **plain.CONNECTIVES,
    **{name: getattr(ops, name) for name in (*SAME_NAME, "exp", "log", "tanh", "relu", "sigmoid")},
    **{name: plain.FUNCTIONS[name] for name in ("argmax", "argmin", "argsort", "any", "all", "nonzero")},
    "reshape": _reshape,
    "transpose": _transpose,
    "flatten": ops.ravel,
    "T": property(ops.transpose),
    "mT": property(ops.matrix_transpose),
    "backward": engine.backward,
    "real": property(ops.real),
    "imag": property(plain.FUNCTIONS["imag"]),
    "inputs": property(inputs_of),
    "__array_ufunc__": _array_ufunc,
    "__array_function__": _array_function,
}


def _functions_of_one() -> dict[str, str]:
    """Operations on one number or array: methods of PyTorch's tensors, functions here."""
    declared = {name: getattr(getattr(ops, name), "operation", None) for name in ops.NAMES}
    alone = [name for name, operation in declared.items() if operation and operation.arity == 1]
    return {name: f"use autodiff.{name}(x)" for name in alone}


def attach() -> None:
    """Give Value its operators and methods, its place in NumPy's protocol, and answers to other names."""
    for name, method in METHODS.items():
        setattr(Value, name, method)
    for name, instead in (_functions_of_one() | OF_VALUE).items():
        if not hasattr(Value, name):
            setattr(NamesElsewhere, name, Absent(f"a Value has no attribute {name!r}: {instead}"))
    Operation.array = staticmethod(ops.array)
    Value.asking = staticmethod(_asking)
