"""A step whose arrays all have a few entries is written in numbers.

NumPy takes as long for two entries as for ten, and ten times as long as Python for one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ....ops import broadcast_to, getitem, reshape, transpose
from ....ops.joining import _concatenate, _stack
from ....values.data import canonical
from ....values.operation import Operation
from ...listing import computed
from .batching import Writing
from .blocks import Block, Item, OpenLoop, sized
from .sums import take_over

MOST = 4
"""Entries of an array that are computed one by one."""

MOVING = {
    vars(function)["operation"]
    for function in (_concatenate, _stack, broadcast_to, getitem, reshape, transpose)
}
"""Operations whose results have entries of their operands, and no others."""


def in_numbers(loop: OpenLoop) -> bool:
    """Write the step of a loop in numbers, if all its arrays are small and computed entry by entry; if so."""
    order = loop.block.ordered()
    if not any(item.shape for item in order):
        return False
    entries: dict[Item, list[Item]] = {}
    for item in order:
        found = _entries(item, [entries[x] for x in item.inputs])
        if found is None:
            return False
        entries[item] = found
    _replace_step(loop, entries)
    return True


def _entries(item: Item, operands: Sequence[list[Item]]) -> list[Item] | None:
    """The numbers of an array, row by row; None where it is better computed as a whole."""
    line = item.line
    if isinstance(line.data, tuple) or line.dtype not in (np.float64, np.bool_):
        return None
    if math.prod(item.shape) not in range(1, MOST + 1):
        return None
    if line.operation is None:
        return _numbers(item, [[]] * math.prod(item.shape))
    if line.operation in MOVING:
        return _moved(item, line.operation, operands)
    if not line.operation.entrywise or any(isinstance(x, np.ndarray) for x in line.metadata.values()):
        return None
    return _numbers(item, _alongside(item, operands))


def _numbers(item: Item, inputs: Sequence[list[Item]]) -> list[Item]:
    """The line of each entry."""
    line = item.line
    numbers = [canonical(x) for x in np.asarray(line.data).flat]
    names = [line.name and f"{line.name}_{i}" for i in range(len(numbers))] if item.shape else [line.name]
    return [
        Item(line._replace(data=x, name=name), given)
        for x, name, given in zip(numbers, names, inputs, strict=True)
    ]


def _alongside(item: Item, operands: Sequence[list[Item]]) -> list[list[Item]]:
    """What each entry of an elementwise result is computed from."""
    given = [
        np.broadcast_to(np.arange(len(x)).reshape(of.shape), item.shape).flat
        for x, of in zip(operands, item.inputs, strict=True)
    ]
    return [[x[i] for x, i in zip(operands, places, strict=True)] for places in zip(*given, strict=True)]


def _moved(item: Item, operation: Operation, operands: Sequence[list[Item]]) -> list[Item]:
    """The entries of the operands in their new places, which the operation itself shows."""
    all_entries = [x for operand in operands for x in operand]
    starts = np.cumsum([0, *map(len, operands)])
    marks = [
        canonical((start + np.arange(math.prod(x.shape), dtype=float)).reshape(x.shape))
        for start, x in zip(starts, item.inputs, strict=False)
    ]
    places = computed(operation, marks, item.line.metadata)
    return [all_entries[int(i)] for i in np.asarray(places).flat]


def _replace_step(loop: OpenLoop, entries: dict[Item, list[Item]]) -> None:
    """Let a loop hand on, take and collect numbers; around it are the arrays that they make."""
    inputs, outputs, parts, writing = loop.block.inputs, loop.block.outputs, loop.parts, Writing(loop.item)
    n, m = loop.carries, loop.carries + loop.rows
    loop.item.inputs = [
        x
        for place, outer in enumerate(loop.item.inputs)
        for x in _taken(outer, inputs[place], loop.length if n <= place < m else None, writing)
    ]
    loop.carries, loop.rows = (sum(len(entries[x]) for x in some) for some in (inputs[:n], inputs[n:m]))
    lines = [*dict.fromkeys([x for some in entries.values() for x in some])]
    loop.block = Block(lines, [x for output in outputs[:n] for x in entries[output]])
    loop.around.items += writing.items
    loop.parts = {}
    first = 0
    for place, output in enumerate(outputs):
        if place in parts:
            _put_together(loop, parts[place], entries[output], first if place < n else None)
        first += len(entries[output])


def _taken(outer: Item, inner: Item, length: int | None, writing: Writing) -> list[Item]:
    """The numbers of an array that a step is given; of rows the columns."""
    if not inner.shape:
        return [outer]
    before, data = ((), 0.0) if length is None else ((slice(None),), sized((length,), inner.line.dtype))
    found = [(*before, *place) for place in np.ndindex(inner.shape)]
    return [writing.add(getitem, outer, data=data, index=x[0] if len(x) == 1 else x) for x in found]


def _put_together(loop: OpenLoop, old: Item, entries: list[Item], first: int | None) -> None:
    """An array in place of a result: of the last carries from the first on, or of what is collected."""
    found = [loop.collected(x) if first is None else loop.result(first + i) for i, x in enumerate(entries)]
    if len(old.shape) == len(found[0].shape):
        take_over(loop, old, found[0])
        return
    writing = Writing(loop.item)
    shape = (*found[0].shape, len(found))
    together = writing.add(_stack, *found, data=sized(shape, old.line.dtype), axis=len(shape) - 1)
    whole = writing.reshaped(together, old.shape)
    loop.around.items += writing.items
    take_over(loop, old, whole)
