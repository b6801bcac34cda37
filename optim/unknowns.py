"""What is minimised over: a point, or the parameters of a module, each seen as one vector.

Methods work on flat vectors; the function that is minimised sees what its author wrote it for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeAlias

import numpy as np

from autodiff import Value
from autodiff.differentiation.engine import variable
from autodiff.differentiation.evaluation import Evaluation
from autodiff.differentiation.signatures import BY_POSITION, parameters_of
from autodiff.differentiation.structure import (
    is_record,
    leaves,
    mapped,
    rebuilt,
    variable_fields,
    with_fields,
)
from autodiff.values.data import Data, as_data, dtype_of, shape_of
from autodiff.values.lazy import computed

from .box import Bounds
from .box import Vector as Vector  # the type that methods see, from here


def unknowns(f: Callable[..., Any], x0: Any) -> Unknowns:
    """A module or a list of Values for an f without arguments; else a point where f starts."""
    if hasattr(x0, "parameters"):
        return Parameters(list(x0.parameters()), x0 if _positional(f) else None)
    if isinstance(x0, Iterator):
        raise TypeError("x0 is an iterator, which can be read only once: give list(x0)")
    arguments = _positional(f)
    values = leaves(x0)
    if arguments == 0 and values and all(isinstance(x, Value) for x in values):
        return Parameters(values)
    spread = isinstance(x0, tuple) and arguments in (len(x0), ANY)
    return Start(x0, spread)


ANY = -1


def _positional(f: Callable[..., Any]) -> int | None:
    """How many arguments f must be given, ANY for *args; None where Python cannot tell."""
    parameters = parameters_of(f)
    if parameters is None:
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return ANY
    return sum(p.default is p.empty and p.kind in BY_POSITION for p in parameters)


def flat(entries: list[Any]) -> Vector:
    """Numbers and arrays, one after the other; lazy ones are computed, in one pass."""
    entries = computed(entries)
    if len(entries) == 1:
        return np.array(entries[0], np.float64).ravel()
    return np.concatenate([np.ravel(np.asarray(x, np.float64)) for x in entries])


def joined(tree: Any) -> Vector:
    """The numbers and arrays in a structure, one after the other."""
    return flat(leaves(tree))


def pieces(x: Vector, like: list[Any]) -> Iterator[Data]:
    """The vector cut into numbers and arrays of the shapes and dtypes of others."""
    position = 0
    for leaf in like:
        shape, dtype = shape_of(leaf), dtype_of(leaf)
        size = int(np.prod(shape))
        yield as_data(x[position : position + size].astype(dtype).reshape(shape))
        position += size


def _precision(entries: list[Any]) -> float:
    """The coarsest of the dtypes."""
    return max(float(np.finfo(dtype_of(x)).eps) for x in entries)


class Start:
    """A point: a number, an array, or a structure of them. A list counts as an array, as in NumPy.

    `start` is it as a vector, `epsilon` its precision, `spread` whether f takes its entries one by one, `box`
    where it may be.
    """

    box: Bounds | None = None

    def __init__(self, x0: Any, spread: bool = False) -> None:
        try:
            self.like = _plain(x0)
        except (TypeError, ValueError) as error:
            raise type(error)(f"x0 must be numbers, arrays, or tuples and dicts of them: {error}") from None
        self.spread = spread
        if not leaves(self.like) or not (start := joined(self.like)).size:
            raise ValueError(f"x0 has no numbers: {x0!r}")
        self.start, self.epsilon = start, _precision(leaves(self.like))
        if not np.isfinite(start).all():
            raise ValueError(f"x0 must be finite, got {x0!r}")

    def tree(self, x: Vector) -> Any:
        """The vector in the structure of x0."""
        return rebuilt(self.like, pieces(x, leaves(self.like)))

    def _given(self, f: Callable[..., Any], tree: Any) -> Any:
        return f(*tree) if self.spread else f(tree)

    def call(self, f: Callable[..., Any], x: Vector, record: bool) -> Evaluation:
        """f evaluated on fresh Values."""
        variables = mapped(Value, self.tree(x))
        return Evaluation(self._given(f, variables), variables, record)

    def given(self, x: Vector) -> tuple[Any, ...]:
        """What a program is given for x."""
        return (self.tree(x),)

    def traced(self, f: Callable[..., Any], tree: Any) -> Evaluation:
        """f evaluated on what a program is given."""
        variables = mapped(variable, tree)
        return Evaluation(self._given(f, variables), variables, False)

    def plain(self, f: Callable[..., Any], x: Vector) -> Any:
        """f evaluated on plain numbers and arrays."""
        return self._given(f, self.tree(x))

    def settle(self, x: Vector) -> None:
        """Nothing: a point belongs to the caller."""

    def kept(self) -> AbstractContextManager[None]:
        """A block, after which nothing is to be taken back."""
        return nullcontext()


def _plain(x0: Any) -> Any:
    """The start as raw data in its structure."""
    if isinstance(x0, dict):
        return {key: _plain(entry) for key, entry in x0.items()}
    if isinstance(x0, tuple):
        entries = [_plain(entry) for entry in x0]
        return type(x0)(*entries) if hasattr(x0, "_fields") else tuple(entries)
    if is_record(x0):
        return with_fields(x0, {name: _plain(entry) for name, entry in variable_fields(x0).items()})
    if isinstance(x0, list) and any(isinstance(entry, Value) for entry in x0):
        x0 = [entry.data if isinstance(entry, Value) else entry for entry in x0]
    return as_data(x0.data if isinstance(x0, Value) else x0)


class Parameters:
    """The parameters of a module, or a list of Values: assigned before each evaluation."""

    spread = False
    box: Bounds | None = None

    def __init__(self, values: list[Value], module: Any = None) -> None:
        self.values = [value for value in dict.fromkeys(values) if not value.constant]
        self.arguments = () if module is None else (module,)
        if not self.values:
            raise ValueError("there is no parameter to minimise over: all are constant, or there is none")
        self.start = flat([value.data for value in self.values])
        self.epsilon = _precision([value.data for value in self.values])
        for value in self.values:
            if not np.isfinite(value.data).all():
                raise ValueError(f"parameters must be finite at the start, got {value!r}")

    def tree(self, x: Vector) -> list[Data]:
        """The vector as a list of the parameters' data."""
        return list(pieces(x, [value.data for value in self.values]))

    def call(self, f: Callable[..., Any], x: Vector, record: bool) -> Evaluation:
        """f evaluated on the parameters themselves."""
        self.settle(x)
        return Evaluation(f(*self.arguments), self.values, record)

    def given(self, x: Vector) -> tuple[Any, ...]:
        """Nothing: a program reads the parameters, which are assigned."""
        self.settle(x)
        return ()

    def traced(self, f: Callable[..., Any]) -> Evaluation:
        """f evaluated on the parameters as they are."""
        return Evaluation(f(*self.arguments), self.values, False)

    def plain(self, f: Callable[..., Any], x: Vector) -> Any:
        """f evaluated on the parameters, without its graph."""
        self.settle(x)
        output = f(*self.arguments)
        return output.data if isinstance(output, Value) else output

    def settle(self, x: Vector) -> None:
        """Assign the parameters."""
        for value, data in zip(self.values, self.tree(x), strict=True):
            value.data = data

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Parameters are afterwards what they were before."""
        before = [value.data for value in self.values]
        try:
            yield
        finally:
            for value, data in zip(self.values, before, strict=True):
                value.data = data


Unknowns: TypeAlias = Start | Parameters
"""What methods see as a vector."""
