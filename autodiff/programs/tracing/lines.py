"""A recorded graph as lines: inputs, constants where they are first used, and what was computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ...values.data import Data, is_lazy
from ...values.operation import inputs_of, metadata_of
from ...values.value import Value, data_of
from ..listing import Line, Listing
from .origins import Origins


def listed(
    origins: Origins,
    names: Mapping[int, str],
    nodes: Sequence[Value],
    inputs: Sequence[Value],
    outputs: Sequence[Value],
) -> tuple[Listing, frozenset[int]]:
    """The recorded graph as lines, and which of them depend on no variable."""
    book = _Book(names)
    for value in inputs:
        name = value.name or names.get(value._birth)
        book.enter(value, Line("input", _sized(value._data), name=name))
    for node in nodes:
        operation, operands = node._operation, inputs_of(node)
        places = tuple([book.place(x) for x in operands])
        name = book.name(node, origins.differentiated.get(node._birth))
        origin = origins.get(node)
        book.enter(
            node, Line("computed", _sized(node._data), operation, places, metadata_of(node), name, origin)
        )
    fixed = frozenset([book.place(x) for x in (*inputs, *nodes) if not x._tracked])
    return Listing(book.lines, tuple(map(book.place, outputs))), fixed


def recorded_since(start: int, outputs: Sequence[Value]) -> list[Value]:
    """What the outputs were computed from while f ran, in order of birth."""
    found: dict[int, Value] = {}
    stack = list(outputs)
    while stack:
        value = stack.pop()
        if value._operation is not None and value._birth > start and value._birth not in found:
            found[value._birth] = value
            stack.extend([x for x in inputs_of(value) if isinstance(x, Value)])
    return [found[birth] for birth in sorted(found)]


class _Book:
    """The lines so far, and the line of each Value."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.lines: list[Line] = []
        self._places: dict[int, int] = {}
        self._names = names

    def name(self, node: Value, of: Value | None) -> str | None:
        """The name of a node; a gradient is called ∂ and `of`."""
        if of is None or node.name:
            return self._names.get(node._birth, node.name)
        name = self.lines[self._places[of._birth]].name if of._birth in self._places else of.name
        return f"∂{name}" if name else None

    def enter(self, value: Value, line: Line) -> None:
        self._places[value._birth] = len(self.lines)
        self.lines.append(line)

    def place(self, x: Any) -> int:
        """The line of an operand; a constant is entered at its first use."""
        data = data_of(x)
        if is_lazy(data):
            raise TypeError(
                f"compile: f closes over a {type(data).__name__}; programs run on NumPy arrays alone"
            )
        if not isinstance(x, Value):
            self.lines.append(Line("constant", x))
            return len(self.lines) - 1
        if x._birth not in self._places:
            self.enter(x, Line("constant", x._data, name=x.name))
        return self._places[x._birth]


def _sized(data: Data) -> Data:
    """Shape and dtype of data, without the numbers where these are many."""
    if isinstance(data, tuple):
        return tuple(map(_sized, data))
    if isinstance(data, np.ndarray):
        return _zeros(data.shape, data.dtype)
    return data


@lru_cache(maxsize=256)
def _zeros(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Data:
    """An array that takes no memory, and cannot be written into."""
    return np.broadcast_to(np.zeros((), dtype), shape)
