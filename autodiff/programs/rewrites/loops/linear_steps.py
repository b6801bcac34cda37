"""What a step makes of what it is handed on, where that is linear: a matrix per step, all computed at once.

A form has the axes (steps, entries of the carries, those of the line): what a line is where one entry of the
carries is 1 and the others are 0. Where that is the same in all steps, the first axis has size 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ....ops import add, broadcast_to, divide, getitem, matmul, multiply, reshape, scatter_add, subtract
from ....ops.joining import _concatenate, _stack
from ....values.data import Shape
from ...listing import Line
from ..draft import is_a
from .batching import Writing
from .blocks import Item, OpenLoop, sized

WIDE = 64
"""Entries of a line above which its form would be long to compute."""


class LinearStep:
    """The forms of the lines of a step that are linear in the carries; `lines` is how many there are."""

    def __init__(self, loop: OpenLoop, writing: Writing) -> None:
        self.loop, self.writing, self.lines = loop, writing, 0
        inputs, n = loop.block.inputs, loop.carries
        self.shapes = [x.shape for x in inputs[:n]]
        self.bounds = (*accumulate(map(math.prod, self.shapes), initial=0),)
        self.entries, self.dtype = self.bounds[-1], inputs[0].line.dtype
        self._around = dict(zip(inputs[n:], loop.item.inputs[n:], strict=True))
        self._rows = {*inputs[n : n + loop.rows]}
        self.forms = {x: self._unit(place) for place, x in enumerate(inputs[:n])}
        for item in loop.block.items:
            if any(x in self.forms for x in item.inputs) and (form := self._found(item)) is not None:
                self.forms[item] = form
                self.lines += 1

    def span(self, place: int) -> tuple[int, int]:
        """Where the entries of a carry are among those of all."""
        return self.bounds[place], self.bounds[place + 1]

    def _unit(self, place: int) -> Item:
        """The form of a carry."""
        start, stop = self.span(place)
        rows = np.eye(self.entries, dtype=self.dtype)[:, start:stop]
        return self._constant(rows.reshape(1, self.entries, *self.shapes[place]))

    def _constant(self, data: Any) -> Item:
        item = Item(Line("constant", data))
        self.writing.items.append(item)
        return item

    def _found(self, item: Item) -> Item | None:
        """The form of a line that depends on a carry; None where it is not linear in it, or not found."""
        operation: Any = item.line.operation
        if item.line.dtype != self.dtype or math.prod(item.shape) > WIDE:
            return None
        find = LinearStep._elementwise if operation.elementwise else FORMS.get(operation)
        return None if find is None else find(self, item)

    def form(self, item: Item) -> Item | None:
        """The form of a line, also of zeros; None where there is none."""
        if item not in self.forms and item.line.kind == "constant" and not np.any(item.line.data):
            return self._constant(np.zeros((1, self.entries, *item.shape), self.dtype))
        return self.forms.get(item)

    def matrix(self, items: Sequence[Item]) -> Item | None:
        """The forms of some lines, flat, side by side; None where one has none."""
        forms = [self.form(x) for x in items]
        if not all(forms):
            return None
        sizes = [math.prod(x.shape) for x in items]
        level = self._level([x for x in forms if x])
        flat = [self.writing.reshaped(x, (*x.shape[:2], size)) for x, size in zip(level, sizes, strict=True)]
        return self.joined(flat, 2)

    def joined(self, parts: Sequence[Item], axis: int) -> Item:
        """Arrays one after the other."""
        if len(parts) == 1:
            return parts[0]
        bounds = (*accumulate((x.shape[axis] for x in parts), initial=0),)
        shape = (*parts[0].shape[:axis], bounds[-1], *parts[0].shape[axis + 1 :])
        data = sized(shape, self.dtype)
        return self.writing.add(_concatenate, *parts, data=data, axis=axis, bounds=bounds)

    def _level(self, forms: Sequence[Item]) -> list[Item]:
        """Forms for as many steps each."""
        steps = max(x.shape[0] for x in forms)
        return [x if x.shape[0] == steps else self._repeated(x, (steps, *x.shape[1:])) for x in forms]

    def _repeated(self, x: Item, shape: Shape) -> Item:
        return self.writing.add(broadcast_to, x, data=sized(shape, self.dtype), shape=shape)

    # -- operations ----------------------------------------------------------------------------

    def _elementwise(self, item: Item) -> Item | None:
        """A sum of lines that have forms; one of them times what has none, or divided by it."""
        operation: Any = item.line.operation
        forms: list[Item | None] = [self.forms.get(x) for x in item.inputs]
        is_sum = is_a(item.line, add) or is_a(item.line, subtract)
        if is_sum or (operation.linear and len(forms) == 1):
            forms = [self.form(x) for x in item.inputs]
            if None in forms:
                return None
        elif not ((is_a(item.line, multiply) or (is_a(item.line, divide) and forms[0])) and None in forms):
            return None
        given = [
            self._aligned(form, item) if form else self._other(x, item)
            for x, form in zip(item.inputs, forms, strict=True)
        ]
        if None in given:
            return None
        operands = [x for x in given if x]
        steps = max(x.shape[0] for x in operands if len(x.shape) == len(item.shape) + 2)
        data = sized((steps, self.entries, *item.shape), self.dtype)
        return self.writing.line(operation, operands, item.line.metadata, data)

    def _aligned(self, form: Item, item: Item) -> Item:
        """With as many axes as the result has."""
        steps, entries, *shape = form.shape
        ones = (1,) * (len(item.shape) - len(shape))
        return self.writing.reshaped(form, (steps, entries, *ones, *shape))

    def _other(self, x: Item, item: Item) -> Item | None:
        """An operand that does not depend on a carry; None where it is computed in the loop."""
        outer = Item(x.line) if x.line.kind == "constant" else self._around.get(x)
        if x not in self._rows:
            return outer
        if outer is None or x.line.dtype != self.dtype:
            return None
        ones = (1,) * (len(item.shape) - len(x.shape) + 1)
        return self.writing.reshaped(outer, (self.loop.length, *ones, *x.shape))

    def _entries(self, item: Item) -> Item | None:
        return self._indexed(item, getitem)

    def _laid(self, item: Item) -> Item | None:
        form = self.forms[item.inputs[0]]
        return self._indexed(item, scatter_add, shape=(*form.shape[:2], *item.shape))

    def _indexed(self, item: Item, function: Any, **options: Any) -> Item | None:
        """The same index behind the first axes, if it is made of integers and slices."""
        form, index = self.forms[item.inputs[0]], item.line.metadata["index"]
        places = index if type(index) is tuple else (index,)
        if not all(type(place) in (int, slice) for place in places):
            return None
        data = sized((*form.shape[:2], *item.shape), self.dtype)
        return self.writing.add(
            function, form, data=data, index=(slice(None), slice(None), *places), **options
        )

    def _shaped(self, item: Item) -> Item | None:
        form = self.forms[item.inputs[0]]
        if item.line.metadata["order"] != "C":
            return None
        return self.writing.reshaped(form, (*form.shape[:2], *item.shape))

    def _broadcast(self, item: Item) -> Item | None:
        form = self._aligned(self.forms[item.inputs[0]], item)
        return self._repeated(form, (*form.shape[:2], *item.shape))

    def _stacked(self, item: Item) -> Item | None:
        forms = [self.form(x) for x in item.inputs]
        if None in forms:
            return None
        level = self._level([x for x in forms if x])
        data = sized((*level[0].shape[:2], *item.shape), self.dtype)
        return self.writing.add(_stack, *level, data=data, axis=item.line.metadata["axis"] + 2)

    def _product(self, item: Item) -> Item | None:
        """A vector times a matrix that all steps share, from either side."""
        a, b = item.inputs
        if a in self.forms and b not in self.forms and len(a.shape) == 1 and len(b.shape) == 2:
            return self._rows_times(a, self._shared(b), item)
        if b in self.forms and a not in self.forms and len(b.shape) == 1 and len(a.shape) == 2:
            matrix = self._shared(a)
            return self._rows_times(b, matrix and self.writing.turned(matrix), item)
        return None

    def _shared(self, x: Item) -> Item | None:
        return None if x in self._rows else self._other(x, x)

    def _rows_times(self, x: Item, matrix: Item | None, item: Item) -> Item | None:
        if matrix is None:
            return None
        form = self.forms[x]
        return self.writing.add(matmul, form, matrix, data=sized((*form.shape[:2], *item.shape), self.dtype))


FORMS: dict[Any, Callable[[LinearStep, Item], Item | None]] = {
    vars(function)["operation"]: form
    for function, form in {
        getitem: LinearStep._entries,
        scatter_add: LinearStep._laid,
        broadcast_to: LinearStep._broadcast,
        reshape: LinearStep._shaped,
        _stack: LinearStep._stacked,
        matmul: LinearStep._product,
    }.items()
}
"""How forms of operations are found that are not elementwise."""
