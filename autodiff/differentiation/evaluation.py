"""One evaluation of a function: variables stand for its arguments, and are differentiated with respect to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..values.data import as_data, shape_of
from ..values.modes import forgetting, inside_derivative
from ..values.value import Value
from .engine import gradients, plain, variable
from .structure import is_module, is_structure, leaves, mapped

Function: TypeAlias = Callable[..., Any]
Arguments: TypeAlias = int | Sequence[int]


class Evaluation(NamedTuple):
    """One evaluation of a function: its output, and the variables that stood for its arguments."""

    output: Any
    variables: Any  # the differentiated arguments, in their structure
    record: bool  # whether results are Values
    aux: Any = None  # what f returned beside its output

    def gradient(self, output: Any, seed: Any = None) -> list[Any]:
        """Gradient of one number or array of the output with respect to all variables."""
        wanted = leaves(self.variables)
        if not isinstance(output, Value):
            output = Value(output, constant=True)
        return gradients(output, wanted, seed, self.record)

    def plain(self, tree: Any) -> Any:
        """Results as the caller gets them."""
        return tree if self.record else mapped(plain, tree)


def evaluated(
    f: Function, args: Sequence[Any], argnums: Arguments, record: bool, kwargs: Any, has_aux: bool = False
) -> Evaluation:
    """Evaluate f, to be called inside `differentiating`."""
    positions = positions_in(argnums, len(args))
    arguments = list(args)
    for i in positions:
        arguments[i] = mapped(_stand_in, arguments[i])
    variables = tuple(mapped(_variables_of, arguments[i]) for i in positions)
    output, aux = _pair(f(*arguments, **kwargs)) if has_aux else (f(*arguments, **kwargs), None)
    return Evaluation(output, variables[0] if np.ndim(argnums) == 0 else variables, record, aux)


def _stand_in(x: Any) -> Any:
    """What f gets: a variable for a number or an array; a module as it is."""
    return x if is_module(x) else variable(x)


def _variables_of(x: Any) -> Any:
    """What is differentiated: of a module its parameters by name, without those that are frozen."""
    if not is_module(x):
        return x
    return {name: parameter for name, parameter in x.named_parameters() if not parameter.constant}


def _pair(returned: Any) -> tuple[Any, Any]:
    """What f returned where it has something beside its output."""
    if not isinstance(returned, tuple) or len(returned) != 2:
        kind = (
            f"a tuple of {len(returned)}" if isinstance(returned, tuple) else f"a {type(returned).__name__}"
        )
        raise TypeError(f"has_aux=True: f must return a pair (output, aux), got {kind}")
    return returned


def positions_in(argnums: Any, n: int) -> tuple[int, ...]:
    """Which of n positional arguments are differentiated."""
    several = isinstance(argnums, Iterable) and not isinstance(argnums, str)
    positions = tuple(argnums) if several else (argnums,)
    if any(isinstance(i, bool) or not isinstance(i, (int, np.integer)) for i in positions):
        raise TypeError(
            f"argnums={argnums!r}: expected the position of an argument, from 0, or a tuple of positions"
        )
    if any(not -n <= i < n for i in positions):
        raise ValueError(f"argnums={argnums}: f was given {n} positional arguments")
    return positions


def records(args: Any, create_graph: bool) -> bool:
    """Whether the results must be Values."""
    if create_graph or forgetting():
        return create_graph
    return inside_derivative() or any(isinstance(x, Value) and not x.constant for x in leaves(args))


def number(output: Any, what: str, instead: str = "jacobian") -> Any:
    """The output of a function that must return one number; `instead` names what takes an array."""
    if is_structure(output) or output is None:
        kind = "nothing" if output is None else f"a {type(output).__name__}"
        raise TypeError(f"{what}: f must return one number, got {kind}; {instead} takes structures")
    if not isinstance(output, Value):
        output = as_data(output)
    if shape_of(output):
        raise TypeError(
            f"{what}: f must return one number, got an array of shape {shape_of(output)}; "
            f"use {instead}, or reduce it with .sum()"
        )
    return output
