"""What a loop back computes again is kept by the loop there.

The derivative of a step begins with the step itself, at the carries that were saved. Its lines are found in
the loop there by what they are computed from; those that the derivative needs are collected there, and are
rows here.
"""

from __future__ import annotations

from collections.abc import Hashable

from ....ops import getitem, reshape, transpose
from ....values.recording import PART
from ...sameness import frozen
from .blocks import Item, OpenLoop

VIEWS = {vars(function)["operation"] for function in (getitem, reshape, transpose)}
"""What takes no longer to compute than to look up."""


def kept(there: OpenLoop, back: OpenLoop) -> None:
    """Take from a loop what a later one computes again."""
    if not (there.keeps and back.keeps) or there.length != back.length:
        return
    same = _inputs(there, back)
    if not any(x in there.block.inputs[: there.carries] for x in same.values()):
        return
    known = {_key(item, item.inputs): item for item in there.block.items if item.line.kind == "computed"}
    constants = {_key(item, []): item for item in there.block.items if item.line.kind == "constant"}
    for item in back.block.items:
        if item.line.kind == "constant" and (found := constants.get(_key(item, []))) is not None:
            same[item] = found
        elif item.line.kind == "computed" and item.loop is None and all(x in same for x in item.inputs):
            found = known.get(_key(item, [same[x] for x in item.inputs]))
            if found is not None:
                same[item] = found
    _taken(there, back, same)


def _inputs(there: OpenLoop, back: OpenLoop) -> dict[Item, Item]:
    """What the loop back is given that the loop there was given, too, in the same step."""
    inner, outer = there.block.inputs, there.item.inputs
    n, m = there.carries, there.carries + there.rows
    rows = {id(outer[i]): inner[i] for i in range(n, m)}
    shared = {id(outer[i]): inner[i] for i in range(m, len(outer))}
    saved = {id(item): there.block.outputs[place] for place, item in there.parts.items() if place >= n}
    found: dict[Item, Item] = {}
    for place, (item, given) in enumerate(zip(back.block.inputs, back.item.inputs, strict=True)):
        if place < back.carries:
            continue
        among = {**rows, **saved} if place < back.carries + back.rows else shared
        if id(given) in among:
            found[item] = among[id(given)]
    return found


def _key(item: Item, inputs: list[Item]) -> Hashable:
    """Equal for lines that compute the same."""
    line = item.line
    if line.kind == "constant":
        return frozen(line.data)
    ordered = sorted(map(id, inputs)) if line.operation and line.operation.symmetric else [*map(id, inputs)]
    return line.operation, tuple(ordered), frozen(line.metadata)


def _taken(there: OpenLoop, back: OpenLoop, same: dict[Item, Item]) -> None:
    """Rows in place of what is computed again and used by what is not."""
    again = {item for item in same if item.line.kind == "computed"}
    wanted = {x for item in back.block.items if item not in again for x in item.inputs} | {
        *back.block.outputs
    }
    cheap: set[Item] = set()
    for item in reversed(back.block.items):
        if item in again and item in wanted and item.line.operation in VIEWS | {PART}:
            cheap.add(item)
            wanted |= {*item.inputs}
    for item in [x for x in back.block.items if x in again and x in wanted and x not in cheap]:
        row = back.row(there.collected(same[item]), item.line)
        for user in back.block.items:
            user.inputs = [row if x is item else x for x in user.inputs]
        back.block.outputs = [row if x is item else x for x in back.block.outputs]
