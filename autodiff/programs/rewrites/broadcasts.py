"""What repeats one number, or is repeated to a shape, is used as it is. All are exact."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from ...ops import broadcast_to, getitem
from ..listing import Line
from .draft import Draft, rule


@rule(
    "a constant array of equal numbers is one number, where another operand has the shape of the result",
    masks=True,
    suits=attrgetter("entrywise"),
)
def number_for_array(draft: Draft, line: Line) -> int | None:
    if not line.shape or all(draft.lines[i].kind != "constant" for i in line.inputs):
        return None
    return _with_inputs(draft, line, tuple([_narrow(draft, i) for i in line.inputs]))


@rule(
    "a repeated array is used before it is repeated, where another operand has the shape of the result",
    masks=True,
    suits=attrgetter("entrywise"),
)
def unrepeated(draft: Draft, line: Line) -> int | None:
    return _with_inputs(draft, line, tuple([_source(draft, i) for i in line.inputs])) if line.shape else None


@rule(
    "what is computed from repeated numbers and arrays alone is computed once, to the last digits",
    exact=False,
    suits=attrgetter("entrywise"),
)
def repeated_later(draft: Draft, line: Line) -> int | None:
    inputs = tuple([_source(draft, i) for i in line.inputs])
    if inputs == line.inputs or line.operation is None:
        return None
    if np.broadcast_shapes(*[draft.lines[i].shape for i in inputs]) == line.shape:
        return None
    return draft.add(broadcast_to, draft.apply(line.operation, inputs, line.metadata), shape=line.shape)


@rule("an array out of its repetitions is the array", getitem)
def one_of_repeated(draft: Draft, line: Line) -> int | None:
    inner, index = draft.made_by(line.inputs[0], broadcast_to), line.metadata["index"]
    places = index if type(index) is tuple else (index,)
    if inner is None or not all(type(i) is int for i in places):
        return None
    (x,) = inner.inputs
    return x if draft.lines[x].shape == inner.shape[len(places) :] == line.shape else None


def _narrow(draft: Draft, position: int) -> int:
    number = draft.number(position) if draft.lines[position].shape else None
    return position if number is None else draft.constant(number)


def _source(draft: Draft, position: int) -> int:
    inner = draft.made_by(position, broadcast_to)
    return inner.inputs[0] if inner else position


def _with_inputs(draft: Draft, line: Line, inputs: tuple[int, ...]) -> int | None:
    if inputs == line.inputs or line.operation is None:
        return None
    if np.broadcast_shapes(*[draft.lines[i].shape for i in inputs]) != line.shape:
        return None
    return draft.apply(line.operation, inputs, line.metadata)
