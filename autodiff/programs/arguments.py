"""What a program is called with: numbers and arrays in structures, and settings.

Numbers and arrays are the inputs of a program. Settings choose what is computed: None, True and False,
strings, functions, and whatever the user declares to be static. Together with shapes, dtypes and
which Values are variables they are the key under which a version is kept.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import fields
from inspect import Parameter
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..differentiation.signatures import BY_POSITION, parameters_of
from ..differentiation.structure import SETTINGS, is_record, mapped, variable_fields
from ..values.data import FLOAT64, Data, as_data, dtype_of, is_lazy, shape_of
from ..values.value import Value

Path: TypeAlias = "str | tuple[Any, str, Any]"
"""Where an operand stands: the name of an argument, or (path of a structure, how it is written, key)."""

NUMBER = (), FLOAT64, False
"""The key of a float."""


class Static:
    """An argument that was declared static: not to be looked into, nor made a Value."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Static) or type(self.value) is not type(other.value):
            return False
        return bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)


ALL_SETTINGS = (*SETTINGS, Static)

FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType)
"""What equals nothing of another type, and whose type has no name by which it can be pickled."""


class Signature:
    """The names of f's parameters, and which of them are declared static.

    Raises ValueError for a name that f does not have, TypeError for what is neither name nor position.
    """

    def __init__(self, f: Callable[..., Any], static: str | int | Collection[str | int]) -> None:
        kinds = _kinds(f)
        by_name = [name for name, kind in kinds.items() if kind is Parameter.KEYWORD_ONLY]
        self._names = [name for name, kind in kinds.items() if kind in BY_POSITION]
        self._rest = next((x for x, kind in kinds.items() if kind is Parameter.VAR_POSITIONAL), "arguments")
        declared = [static] if isinstance(static, (str, int)) else list(static)
        if wrong := [x for x in declared if type(x) not in (str, int)]:
            raise TypeError(f"compile: static takes names of parameters, or positions, got {wrong[0]!r}")
        self._static = {self.position(x) if isinstance(x, int) else x for x in declared}
        unknown = self._static.difference(self._names, by_name)
        if unknown and Parameter.VAR_KEYWORD not in kinds.values():
            known = ", ".join([*self._names, *by_name]) or "none"
            raise ValueError(
                f"compile: static names {min(unknown)!r}, which is not a parameter; they are {known}"
            )

    def position(self, i: int) -> str:
        """The name of the i-th positional argument."""
        if i < len(self._names):
            return self._names[i]
        return f"{self._rest}[{i - len(self._names)}]"

    def is_static(self, name: str) -> bool:
        """Whether an argument was declared static."""
        return name in self._static


def _kinds(f: Callable[..., Any]) -> dict[str, Any]:
    """The kind of each parameter by name; where f does not tell, all may be given."""
    parameters = parameters_of(f)
    if parameters is None:
        return {"options": Parameter.VAR_KEYWORD}
    return {p.name: p.kind for p in parameters}


class Arguments(NamedTuple):
    """One call: what makes it a version's, and what it computes with."""

    key: Hashable
    tree: tuple[list[Any], dict[str, Any]]
    """(args, kwargs), with what was declared static as `Static`."""
    operands: list[Any]
    """The Values and raw data in it, in order."""
    paths: list[Path]
    """Where each stands."""

    @property
    def data(self) -> list[Data]:
        """The inputs of the program."""
        return [x._data if type(x) is Value else x for x in self.operands]

    @property
    def fixed(self) -> dict[int | str, Any]:
        """What is static, or a function, by place or name."""
        args, kwargs = self.tree
        pairs: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
        fixed = [(key, x.value if isinstance(x, Static) else x) for key, x in pairs if is_setting(x)]
        return {key: x for key, x in fixed if not isinstance(x, (bool, str, bytes, type(None)))}

    def inputs(self) -> list[Value]:
        """Values that stand for the operands while f is traced: variables where these are."""
        return [_stand_in(x, path) for x, path in zip(self.operands, self.paths, strict=True)]

    def filled(self, operands: Iterator[Any]) -> tuple[Any, Any]:
        """(args, kwargs) with others as operands."""

        def entry(x: Any) -> Any:
            if isinstance(x, Static):
                return x.value
            return x if is_setting(x) else next(operands)

        return mapped(entry, self.tree)  # type: ignore[no-any-return]


def entered(args: tuple[Any, ...], kwargs: dict[str, Any], parameters: Signature) -> Arguments:
    """Sort the arguments of a call into operands and settings. Raises TypeError for what is neither."""
    call = Arguments(None, (list(args), {name: kwargs[name] for name in sorted(kwargs)}), [], [])
    positional, named = call.tree
    key = [_argument(call, positional, i, parameters.position(i), parameters) for i in range(len(args))]
    key += [_argument(call, named, name, name, parameters) for name in named]
    return Arguments((tuple(key), tuple(named)), *call[1:])


def is_setting(x: Any) -> bool:
    """Whether an argument is compared, not computed with."""
    return isinstance(x, ALL_SETTINGS)


def _argument(call: Arguments, tree: Any, where: Any, name: str, parameters: Signature) -> Hashable:
    if not parameters.is_static(name):
        return _entered(tree[where], name, call)
    tree[where] = Static(tree[where])
    return _setting(tree[where], name)


def _entered(x: Any, path: Path, call: Arguments) -> Hashable:
    """Note the operands in an argument; its part of the key."""
    kind = type(x)
    if kind is float:
        call.operands.append(x)
        call.paths.append(path)
        return NUMBER
    if kind is np.ndarray or kind is Value or kind is int:
        return _operand(x, path, call)
    if isinstance(x, dict):
        return kind, tuple([(key, _entered(x[key], (path, "[{!r}]", key), call)) for key in x])
    if isinstance(x, (list, tuple)):
        fields = getattr(x, "_fields", None)
        places = [".{}" for _ in fields] if fields else ["[{}]" for _ in x]
        entries = zip(x, places, fields or range(len(x)), strict=True)
        return kind, tuple([_entered(entry, (path, place, i), call) for entry, place, i in entries])
    if is_record(x):
        return kind, _fields_entered(x, path, call)
    return _setting(x, path) if is_setting(x) else _operand(x, path, call)


def _fields_entered(x: Any, path: Path, call: Arguments) -> Hashable:
    """Note the operands in a dataclass; all its fields, since what stays chooses what is computed."""
    variable = variable_fields(x)
    return tuple(
        [
            _entered(variable[field.name], (path, ".{}", field.name), call)
            if field.name in variable
            else _setting(getattr(x, field.name), (path, ".{}", field.name))
            for field in fields(x)
        ]
    )


def _operand(x: Any, path: Path, call: Arguments) -> Hashable:
    """A Value, a number or an array: its shape and dtype, and whether it is a variable."""
    is_value = type(x) is Value
    if not is_value:
        x = _numbers(x, path)
    call.operands.append(x)
    call.paths.append(path)
    data = x._data if is_value else x
    if is_lazy(data):
        told = type(data).__name__
        raise TypeError(f"compile: {_written(path)} is a {told}; programs run on NumPy arrays alone")
    return shape_of(data), dtype_of(data), is_value and x._tracked


def _numbers(x: Any, path: Path) -> Data:
    if not isinstance(x, (numbers.Real, np.ndarray, np.generic)) and not hasattr(x, "__array_function__"):
        name = _written(path)
        raise TypeError(
            f"compile: the argument {name} is a {type(x).__name__}; arguments are numbers and arrays, "
            "structures of them, and settings (None, True, strings, functions); what holds parameters "
            "belongs into the closure of f, and what only chooses what is computed is declared: "
            f"static=[{name!r}]"
        )
    try:
        return as_data(x, copy=False, masks=True)
    except (TypeError, ValueError) as error:
        raise type(error)(f"compile: the argument {_written(path)}: {error}") from None


def _setting(x: Any, path: Path) -> Hashable:
    """What is compared, not computed with."""
    try:
        hash(x)
    except TypeError:
        told = type(x.value if isinstance(x, Static) else x).__name__
        raise TypeError(
            f"compile: the static argument {_written(path)} is a {told}, which cannot be hashed, so that "
            "calls cannot be told apart by it; give a tuple, or close over it"
        ) from None
    return x if isinstance(x, FUNCTIONS) else (type(x), x)


def _stand_in(x: Any, path: Path) -> Value:
    is_value = isinstance(x, Value)
    value = Value(
        0.0, (x.name if is_value else None) or _written(path), constant=not (is_value and x._tracked)
    )
    value._data = x._data if is_value else x  # as it is: a mask stays one
    return value


def _written(path: Path) -> str:
    """A path as Python writes it: theta[0]."""
    if isinstance(path, str):
        return path
    whole, place, key = path
    try:
        return _written(whole) + place.format(key)
    except Exception:  # the repr of a key is anybody's code
        return f"{_written(whole)}[a {type(key).__name__}]"
