"""Loops that are linear in what they hand on are products of matrices.

    cₜ₊₁ = cₜ·Tₜ

All Tₜ are computed at once, before the loop. Loops that differ in where they start alone, as those of the
columns of a Jacobian, go through it side by side, as the rows of one matrix.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from ....ops import getitem, matmul
from ...listing import Line
from ...sameness import frozen
from .batching import Writing
from .blocks import Block, Item, OpenLoop, needed_for, sized
from .linear_steps import LinearStep
from .sums import take_over

MOST = 16
"""Entries of all carries above which the matrices would be long to compute."""

LEAST = 16
"""Steps, and lines in a step of all loops, below which there is little to gain."""


class ColumnSpan(NamedTuple):
    """The entries of one result, of all loops: those between two places of the last axis of an array."""

    array: Item
    start: int
    stop: int


def sisters(loops: Sequence[OpenLoop]) -> Iterator[list[OpenLoop]]:
    """Loops that differ in where they start alone, together."""
    groups: dict[Hashable, list[OpenLoop]] = {}
    for loop in loops:
        groups.setdefault(_key(loop), []).append(loop)
    for alike in groups.values():
        yield from _independent(alike)


def _independent(loops: Sequence[OpenLoop]) -> Iterator[list[OpenLoop]]:
    """Loops of which none needs another, as it is when it is their turn: others may be one loop by then."""
    group: list[OpenLoop] = []
    needed: list[set[Item]] = []
    for loop in loops:
        own = needed_for(loop.item.inputs)
        if any(other.item in own or loop.item in theirs for other, theirs in zip(group, needed, strict=True)):
            yield group
            group, needed, own = [], [], needed_for(loop.item.inputs)
        group.append(loop)
        needed.append(own)
    yield group


def _key(loop: OpenLoop) -> Hashable:
    """Equal for loops that differ in where they start alone."""
    places = {item: place for place, item in enumerate(loop.block.items)}
    lines = tuple(
        (
            item.line.kind,
            item.line.operation,
            tuple([places[x] for x in item.inputs]),
            frozen(item.line.metadata),
            frozen(item.line.data) if item.line.kind == "constant" else (item.shape, item.line.dtype),
            id(item.loop) if item.loop else None,
        )
        for item in loop.block.items
    )
    outputs = tuple([places[x] for x in loop.block.outputs])
    given = tuple(map(id, loop.item.inputs[loop.carries :]))
    return lines, outputs, given, loop.carries, loop.rows, loop.length, loop.reverse


def composed(loops: Sequence[OpenLoop]) -> bool:
    """Put one loop of products in place of loops that differ in where they start, where it pays."""
    first = loops[0]
    if not _fits(first):
        return False
    writing = Writing(first.item)
    step = LinearStep(first, writing)
    matrix = step.matrix(first.block.outputs[: first.carries])
    wanted = {place for loop in loops for place in loop.parts if place >= first.carries}
    ends = {place: first.block.outputs[place] for place in sorted(wanted)}
    gains = step.lines * len(loops) > LEAST
    if matrix is None or not gains or not all(x in step.forms for x in ends.values()):
        return False
    starts = step.joined([_start(loop, step, writing) for loop in loops], 0)
    whole = _of_products(first, starts, matrix, writing)
    found = {place: ColumnSpan(whole.result(0), *step.span(place)) for place in range(first.carries)}
    found |= {place: _collected(whole, x, step, writing) for place, x in ends.items()}
    for row, loop in enumerate(loops):
        for place, old in loop.parts.items():
            take_over(loop, old, _row(found[place], row, old, writing))
    first.around.items += [whole.item, *writing.items]
    return True


def _fits(loop: OpenLoop) -> bool:
    """Whether the carries are few numbers of one dtype."""
    carries = loop.block.inputs[: loop.carries]
    kinds = {x.line.dtype for x in carries}
    entries = sum(math.prod(x.shape) for x in carries)
    return 0 < entries <= MOST and len(kinds) == 1 and kinds.pop().kind == "f" and loop.length >= LEAST


def _start(loop: OpenLoop, step: LinearStep, writing: Writing) -> Item:
    """What a loop starts with, as one row."""
    carries = loop.item.inputs[: loop.carries]
    return step.joined([writing.reshaped(x, (1, math.prod(x.shape))) for x in carries], 1)


def _of_products(loop: OpenLoop, starts: Item, matrix: Item, writing: Writing) -> OpenLoop:
    """The loop that multiplies rows by one matrix after the other."""
    entries = matrix.shape[2]
    is_same = matrix.shape[0] == 1
    given = writing.reshaped(matrix, (entries, entries)) if is_same else matrix
    rows = Item(Line("input", starts.line.data))
    factor = Item(Line("input", sized((entries, entries), matrix.line.dtype), name="matrix"))
    product = Item(
        Line("computed", starts.line.data, vars(matmul)["operation"], origin=loop.item.line.origin),
        [rows, factor],
    )
    block = Block([rows, factor, product], [product, rows])
    item = Item(loop.item.line, [starts, given])
    item.loop = OpenLoop(
        item, loop.around, block, 1, 0 if is_same else 1, loop.length, loop.reverse, False, loop.title
    )
    return item.loop


def _collected(whole: OpenLoop, end: Item, step: LinearStep, writing: Writing) -> ColumnSpan:
    """What is collected of a line of the step: a carry, or what is linear in them."""
    rows, inputs = whole.result(1), step.loop.block.inputs[: step.loop.carries]
    if end in inputs:
        return ColumnSpan(rows, *step.span(inputs.index(end)))
    form, size = step.forms[end], math.prod(end.shape)
    factor = writing.reshaped(form, (*form.shape[:2], size))
    data = sized((*rows.shape[:2], size), step.dtype)
    return ColumnSpan(writing.add(matmul, rows, factor, data=data), 0, size)


def _row(columns: ColumnSpan, row: int, old: Item, writing: Writing) -> Item:
    """What one of the loops gave."""
    array, start, stop = columns
    steps = (slice(None),) * (len(array.shape) - 2)
    if not old.shape:
        return writing.add(getitem, array, data=old.line.data, index=(row, start))
    data = sized((*array.shape[:-2], stop - start), old.line.dtype)
    flat = writing.add(getitem, array, data=data, index=(*steps, row, slice(start, stop)))
    return writing.reshaped(flat, old.shape)
