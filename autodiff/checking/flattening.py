"""What is checked: a function of named numbers and arrays, whatever structures its arguments are.

Structures are taken apart as `grad` does. A module, which is anything with `named_parameters`, is checked
with respect to its parameters: f gets the module itself, and these are assigned before each evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..differentiation.signatures import BY_POSITION, parameters_of
from ..differentiation.structure import is_module, leaves, mapped, named_leaves
from ..values import modes
from ..values.data import Data, as_data
from ..values.lazy import computed
from ..values.value import Value

Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

TAKEN = (
    "numbers, arrays, Values, nested tuples, lists, dicts and dataclasses of them, and modules with "
    "named_parameters()"
)


class Variable(NamedTuple):
    """One number or array among the arguments; `own` is the Value of a module that contains it."""

    name: str
    data: Data
    own: Value | None = None


@dataclass(frozen=True)
class FlatFunction:
    """A function of Values, with their names; those that are a module's own are assigned, not made anew."""

    f: Callable[..., Any]
    names: list[str]
    own: list[Value | None]
    modules: tuple[Any, ...] = ()

    def evaluated(self, point: Sequence[Data]) -> tuple[list[Value], list[Value]]:
        """The variables at a point, and the outputs computed from them; plain numbers are constants."""
        xs = [
            Value(x, name) if own is None else _assigned(own, x)
            for x, name, own in zip(point, self.names, self.own, strict=True)
        ]
        return xs, self.outputs(xs)

    def outputs(self, xs: Sequence[Value]) -> list[Value]:
        """The numbers and arrays of the result, as Values."""
        with modes.differentiating():
            result = self.f(*xs)
        if not (parts := leaves(result)):
            raise TypeError(
                f"check_gradients: f must return a Value or a structure of Values, got {result!r}"
            )
        return list(map(_output, parts))

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Restores modules at the end: their parameters, and what else f changes in them."""
        own = [(value, value.data) for value in self.own if value is not None]
        states = [(module, module.state_dict()) for module in self.modules if hasattr(module, "state_dict")]
        try:
            yield
        finally:
            for value, data in own:
                value.data = data
            for module, state in states:
                module.load_state_dict(state)


def flattened(f: Callable[..., Any], arguments: Sequence[Any]) -> tuple[FlatFunction, list[Data]]:
    """A function of the numbers and arrays in the arguments of f, and these."""
    if not callable(f):
        raise TypeError(f"check_gradients: the first argument must be a function, got {f!r}")
    unique: dict[int, Variable] = {}  # a parameter that two modules share is one variable
    for name, tree in zip(_argument_names(f, len(arguments)), arguments, strict=True):
        for variable in _variables(name, tree):
            unique.setdefault(id(variable if variable.own is None else variable.own), variable)
    variables = list(unique.values())
    if not variables:
        raise ValueError("check_gradients: the arguments contain no number, and no parameter that is trained")
    own = [variable.own for variable in variables]

    def of_values(*values: Value) -> Any:
        made = iter([value for value, held in zip(values, own, strict=True) if held is None])
        return f(*mapped(lambda leaf: leaf if is_module(leaf) else next(made), tuple(arguments)))

    modules = tuple(filter(is_module, leaves(tuple(arguments))))
    function = FlatFunction(of_values, [variable.name for variable in variables], own, modules)
    return function, [variable.data for variable in variables]


def flat(parts: Sequence[Data]) -> Vector:
    """Numbers and arrays, one after the other."""
    return np.concatenate([np.ravel(part) for part in parts]).astype(np.float64)


def _assigned(own: Value, data: Data) -> Value:
    own.data = data
    return own


def _output(part: Any) -> Value:
    if isinstance(part, Value):
        return part
    try:
        return Value(part, constant=True)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"check_gradients: the function must return real numbers, got {part!r}: {error}"
        ) from error


# -- taking arguments apart ------------------------------------------------------------------------


def _argument_names(f: Callable[..., Any], n: int) -> list[str]:
    """Names of the first n arguments of f; their positions where it has no signature."""
    parameters = parameters_of(f) or []
    names = [p.name for p in parameters if p.kind in BY_POSITION][:n]
    rest = [p.name for p in parameters if p.kind == p.VAR_POSITIONAL] or ["argument "]
    return names + [f"{rest[0]}[{i}]" for i in range(n - len(names))]


def _variables(name: str, tree: Any) -> Iterator[Variable]:
    """The numbers and arrays of an argument, in the order of its leaves: p['w'], p[0], m.bias."""
    for place, leaf in named_leaves(tree, name):
        if not is_module(leaf):
            yield Variable(place, _copied_data(place, leaf))
            continue
        for dotted, parameter in leaf.named_parameters():
            if not _checked(f"{place}.{dotted}", parameter).constant:
                yield Variable(f"{place}.{dotted}", as_data(parameter.data), parameter)


def _checked(name: str, parameter: Any) -> Value:
    if isinstance(parameter, Value):
        return parameter
    kind = type(parameter).__name__
    raise TypeError(f"check_gradients: expected a Value as parameter {name} of a module, got {kind}")


def _copied_data(name: str, leaf: Any) -> Data:
    """The data of a leaf, copied."""
    try:
        (data,) = computed([as_data(leaf.data if isinstance(leaf, Value) else leaf)])
    except (TypeError, ValueError) as error:
        kind = type(leaf).__name__
        raise type(error)(
            f"check_gradients: the argument {name!r} is of type {kind}: {error}; it takes {TAKEN}"
        ) from error
    return data
