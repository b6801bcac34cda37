"""One line of a step for all steps at once: lines around the loop, of stacked arrays and what is shared."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ....ops import getitem, matmul, reshape, transpose
from ....values.data import Data
from ...listing import Line
from ..draft import is_a
from .blocks import Item, sized, stacked

Operand = tuple[Item, bool]
"""What a line around the loop is computed from, and whether it is stacked."""


class Writing:
    """Lines that are written around a loop, in order."""

    def __init__(self, like: Item) -> None:
        self.items: list[Item] = []
        self._origin = like.line.origin

    def add(self, function: Any, *inputs: Item, data: Data, **metadata: Any) -> Item:
        """One line more; `data` has its shape and dtype."""
        return self.line(function.operation, inputs, {**function.operation.defaults, **metadata}, data)

    def line(self, operation: Any, inputs: Sequence[Item], metadata: dict[str, Any], data: Data) -> Item:
        """The same of an operation itself."""
        line = Line("computed", data, operation, (), metadata, origin=self._origin)
        self.items.append(Item(line, [*inputs]))
        return self.items[-1]

    def reshaped(self, x: Item, shape: Sequence[int]) -> Item:
        """The entries in another shape."""
        if x.shape == tuple(shape):
            return x
        return self.add(reshape, x, data=sized(shape, x.line.dtype), shape=tuple(shape))

    def turned(self, x: Item) -> Item:
        """The transpose of a matrix."""
        return self.add(transpose, x, data=sized(x.shape[::-1], x.line.dtype))


def at_once(inner: Item, operands: Sequence[Operand], length: int, writing: Writing) -> Item | None:
    """What a line is in all steps, stacked; None where there is no such line, or it would not pay."""
    operation = inner.line.operation
    if operation is None or inner.loop is not None or isinstance(inner.line.data, tuple):
        return None
    form = _elementwise if operation.elementwise else FORMS.get(operation)
    return None if form is None else form(inner, operands, length, writing)


def _elementwise(inner: Item, operands: Sequence[Operand], length: int, writing: Writing) -> Item | None:
    """Stacked operands with the axes of the result, so that they broadcast as they did."""
    kinds = {x.line.dtype for x, is_stacked in operands if is_stacked and x.line.dtype.kind == "f"}
    kinds |= {inner.line.dtype} if inner.line.dtype.kind == "f" else set()
    if len(kinds) > 1:
        return None
    axes = len(inner.shape)
    given = [
        writing.reshaped(x, (length, *(1,) * (axes - len(x.shape) + 1), *x.shape[1:])) if is_stacked else x
        for x, is_stacked in operands
    ]
    data = stacked(inner.line.data, length)
    return writing.line(inner.line.operation, given, inner.line.metadata, data)


def _product(inner: Item, operands: Sequence[Operand], length: int, writing: Writing) -> Item | None:
    """Products of many matrices with one are a product of one that has the rows of them all."""
    (a, many), (b, more) = operands
    if many and not more and len(b.shape) == 2 and len(a.shape) in (2, 3):
        return _rows_by_matrix(inner, a, b, length, writing)
    if more and not many and len(a.shape) == 2 and len(b.shape) == 2:
        return _rows_by_matrix(inner, b, writing.turned(a), length, writing)
    return None


def _rows_by_matrix(inner: Item, a: Item, b: Item, length: int, writing: Writing) -> Item:
    rows = writing.reshaped(a, (math.prod(a.shape[:-1]), a.shape[-1]))
    flat = sized((rows.shape[0], b.shape[1]), inner.line.dtype)
    found = writing.add(matmul, rows, b, data=flat)
    return writing.reshaped(found, (length, *inner.shape))


def _entries(inner: Item, operands: Sequence[Operand], length: int, writing: Writing) -> Item | None:
    """Entries at an index of integers and slices: the same index behind the first axis."""
    index = inner.line.metadata["index"]
    places = index if type(index) is tuple else (index,)
    if not all(type(place) in (int, slice) for place in places):
        return None
    data = stacked(inner.line.data, length)
    return writing.add(getitem, operands[0][0], data=data, index=(slice(None), *places))


def _shaped(inner: Item, operands: Sequence[Operand], length: int, writing: Writing) -> Item | None:
    """Another shape behind the first axis."""
    if inner.line.metadata["order"] != "C":
        return None
    return writing.reshaped(operands[0][0], (length, *inner.shape))


FORMS: dict[Any, Callable[[Item, Sequence[Operand], int, Writing], Item | None]] = {
    vars(function)["operation"]: form
    for function, form in {matmul: _product, getitem: _entries, reshape: _shaped}.items()
}
"""What is written for operations that are not elementwise."""


def is_product(item: Item) -> bool:
    """Whether a line takes as long as all others together."""
    return is_a(item.line, matmul)
