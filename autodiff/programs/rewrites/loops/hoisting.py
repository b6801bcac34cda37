"""What does not depend on what is handed on is computed before the loop."""

from __future__ import annotations

import math

from .batching import Operand, Writing, at_once
from .blocks import Item, OpenLoop

LARGE = 1024
"""Entries above which elementwise work costs more than the calls of NumPy."""


def hoisted(loop: OpenLoop) -> None:
    """Move lines of a step before the loop: of what is shared as they are, of rows for all steps at once."""
    outside = _given(loop)
    writing = Writing(loop.item)
    moved: list[Item] = []
    for inner in loop.block.items:
        if inner.line.kind == "constant":
            outside[inner] = Item(inner.line), False
            writing.items.append(outside[inner][0])
        elif inner.line.kind == "computed" and _pays(inner, outside, moved):
            found = _outside(inner, [outside[x] for x in inner.inputs], loop, writing)
            if found is not None:
                outside[inner] = found
                moved.append(inner)
    loop.around.items += writing.items
    replaced = {inner: _handed_in(loop, inner, *outside[inner]) for inner in _border(loop, moved)}
    for item in loop.block.items:
        item.inputs = [replaced.get(x, x) for x in item.inputs]
    loop.block.outputs = [replaced.get(x, x) for x in loop.block.outputs]


def _pays(inner: Item, outside: dict[Item, Operand], moved: list[Item]) -> bool:
    """Whether a line can be moved; large arrays are computed where they are used, but for products."""
    if not all(x in outside for x in inner.inputs):
        return False
    operation = inner.line.operation
    stays = operation is not None and operation.elementwise and math.prod(inner.shape) > LARGE
    return not (stays and any(outside[x][1] for x in inner.inputs)) or any(x in moved for x in inner.inputs)


def _given(loop: OpenLoop) -> dict[Item, Operand]:
    """What the rows, and what is shared, are outside of the loop."""
    pairs = zip(loop.block.inputs, loop.item.inputs, strict=True)
    return {
        inner: (outer, place < loop.carries + loop.rows)
        for place, (inner, outer) in enumerate(pairs)
        if place >= loop.carries
    }


def _outside(inner: Item, operands: list[Operand], loop: OpenLoop, writing: Writing) -> Operand | None:
    """A line outside of the loop, and whether it is stacked."""
    if inner.loop is not None or inner.line.operation is None:
        return None
    if not any(is_stacked for _, is_stacked in operands):
        line = inner.line
        return writing.line(line.operation, [x for x, _ in operands], line.metadata, line.data), False
    before = len(writing.items)
    found = at_once(inner, operands, loop.length, writing)
    if found is None:
        del writing.items[before:]
        return None
    return found, True


def _border(loop: OpenLoop, moved: list[Item]) -> list[Item]:
    """Of the lines that were moved, those that lines that stay are computed from."""
    gone = set(moved)
    wanted = {x for item in loop.block.items if item not in gone for x in item.inputs} | {*loop.block.outputs}
    return [item for item in moved if item in wanted]


def _handed_in(loop: OpenLoop, inner: Item, outer: Item, is_stacked: bool) -> Item:
    return loop.row(outer, inner.line) if is_stacked else loop.share(outer, inner.line)
