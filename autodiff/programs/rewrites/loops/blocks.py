"""A listing whose lines know each other, so that some can be put between others; and the loops in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ....values.data import Data, Shape, shape_of
from ....values.recording import PART, TOGETHER
from ...listing import Line, Listing
from ...loop_step import LoopStep
from ...operations import cycle
from ...tracing.loop import LOOP
from ..draft import Draft, living


@dataclass(eq=False, slots=True, repr=False)
class Item:
    """A line, with the lines that it is computed from."""

    line: Line
    inputs: list[Item] = field(default_factory=list)
    loop: OpenLoop | None = None

    @property
    def shape(self) -> Shape:
        """Sizes of the axes."""
        return self.line.shape


@dataclass(eq=False, slots=True, repr=False)
class Block:
    """Lines, the inputs among them first, and those that are results. Lines that are added come last."""

    items: list[Item]
    outputs: list[Item]

    @property
    def inputs(self) -> list[Item]:
        """The lines that are given."""
        return [item for item in self.items if item.line.kind == "input"]

    def ordered(self) -> list[Item]:
        """The inputs, and the lines that a result needs, each behind what it is computed from."""
        placed, order, needed = set[Item](), list[Item](), needed_for(self.outputs)
        for item in self.items:
            stack = [item] if item in needed or item.line.kind == "input" else []
            while stack:
                waiting = [x for x in stack[-1].inputs if x not in placed]
                if waiting:
                    stack += waiting[::-1]
                    continue
                found = stack.pop()
                if found not in placed:
                    placed.add(found)
                    order.append(found)
        return order


@dataclass(eq=False, slots=True, repr=False)
class OpenLoop:
    """A loop: its step as a block, whose inputs, and those of its item, are carries, rows, what is shared."""

    item: Item
    around: Block
    block: Block
    carries: int
    rows: int
    length: int
    reverse: bool
    keeps: bool
    title: str
    parts: dict[int, Item] = field(default_factory=dict)
    """Its results that are used, by their place."""

    def result(self, place: int) -> Item:
        """The item of a result, made where there is none yet."""
        if place not in self.parts:
            data = self.block.outputs[place].line.data
            data = data if place < self.carries else stacked(data, self.length)
            line = Line(
                "computed", data, PART, (), {"index": place, "count": 0}, origin=self.item.line.origin
            )
            self.parts[place] = Item(line, [self.item])
            self.around.items.append(self.parts[place])
        return self.parts[place]

    def collected(self, inner: Item) -> Item:
        """What a line of the step is in all steps, stacked."""
        if inner in self.block.inputs[self.carries : self.carries + self.rows]:
            return self.item.inputs[self.block.inputs.index(inner)]
        for place in range(self.carries, len(self.block.outputs)):
            if self.block.outputs[place] is inner:
                return self.result(place)
        self.block.outputs.append(inner)
        return self.result(len(self.block.outputs) - 1)

    def given(self, outer: Item, line: Line, place: int) -> Item:
        """An input more of the step, at a place among its inputs."""
        inner = Item(line._replace(kind="input", operation=None, inputs=(), metadata={}))
        inputs = self.block.inputs
        at = self.block.items.index(inputs[place]) if place < len(inputs) else len(inputs)
        self.block.items.insert(at, inner)
        self.item.inputs.insert(place, outer)
        return inner

    def row(self, outer: Item, line: Line) -> Item:
        """A row more that the step is given, of a stacked array; the one that there is already."""
        inputs = self.block.inputs
        for place in range(self.carries, self.carries + self.rows):
            if self.item.inputs[place] is outer:
                return inputs[place]
        self.rows += 1
        return self.given(outer, line, self.carries + self.rows - 1)

    def share(self, outer: Item, line: Line) -> Item:
        """The same of what all steps share."""
        inputs = self.block.inputs
        for place in range(self.carries + self.rows, len(inputs)):
            if self.item.inputs[place] is outer:
                return inputs[place]
        return self.given(outer, line, len(inputs))


def stacked(data: Data, length: int) -> Data:
    """Shape and dtype of what is collected in so many steps."""
    return np.broadcast_to(np.asarray(data), (length, *shape_of(data)))


def sized(shape: Sequence[int], dtype: np.dtype[Any]) -> Data:
    """An array of that shape and dtype, of which nothing else is known."""
    return np.broadcast_to(np.zeros((), dtype), tuple(shape))


def needed_for(outputs: Sequence[Item]) -> set[Item]:
    """What results are computed from, and they themselves."""
    found, stack = set[Item](), [*outputs]
    while stack:
        item = stack.pop()
        if item not in found:
            found.add(item)
            stack += item.inputs
    return found


# -- from listings, and to them ----------------------------------------------------------------


def block_of(listing: Listing) -> Block:
    """A listing as a block, with its loops opened."""
    items: list[Item] = []
    for line in listing.lines:
        items.append(Item(line, [items[i] for i in line.inputs]))
    block = Block(items, [items[i] for i in listing.outputs])
    steps: dict[int, Listing] = {}
    loops = {item: _opened(item, block, steps) for item in items if item.line.operation is LOOP}
    for item in items:
        if item.line.operation is PART and item.inputs[0] in loops:
            loops[item.inputs[0]].parts.setdefault(item.line.metadata["index"], item)
    return block


def _opened(item: Item, block: Block, steps: dict[int, Listing]) -> OpenLoop:
    """A recorded loop, which takes its operands themselves from now on; `steps` are those known so far."""
    given = item.line.metadata
    step: LoopStep = given["step"]
    if id(step) not in steps:
        steps[id(step)] = living(Draft().copied(step.listing))
    (together,) = item.inputs
    item.inputs = _operands(together)
    item.loop = OpenLoop(
        item,
        block,
        block_of(steps[id(step)]),
        step.carries,
        step.rows,
        given["length"],
        given["reverse"],
        given["keeps"],
        step.title,
    )
    return item.loop


def _operands(together: Item) -> list[Item]:
    """All that a loop is given."""
    if together.line.operation is TOGETHER:
        return [*together.inputs]
    raise AssertionError("constants alone were computed")


def loops_in(block: Block) -> list[OpenLoop]:
    """The loops of a block in order."""
    return [item.loop for item in block.items if item.loop is not None]


def listing_of(block: Block, shortened: Callable[[Listing], Listing]) -> Listing:
    """The block as a listing; the steps of its loops are shortened, too."""
    order = block.ordered()
    places = {id(item): place for place, item in enumerate(order)}
    lines = [
        _closed(item, shortened)._replace(inputs=tuple([places[id(x)] for x in item.inputs]))
        for item in order
    ]
    return Listing(lines, tuple([places[id(item)] for item in block.outputs]))


def _closed(item: Item, shortened: Callable[[Listing], Listing]) -> Line:
    """The line of an item; that of a loop has its step as it is by now."""
    if item.loop is None:
        return item.line
    loop = item.loop
    inner = shortened(listing_of(loop.block, shortened))
    step = LoopStep(inner, frozenset(), loop.carries, loop.rows, loop.title)
    ends = [inner.lines[i].data for i in inner.outputs]
    data = (*ends[: loop.carries], *[stacked(y, loop.length) for y in ends[loop.carries :]])
    options = {"step": step, "length": loop.length, "reverse": loop.reverse}
    return item.line._replace(data=data, operation=vars(cycle)["operation"], metadata=options)
