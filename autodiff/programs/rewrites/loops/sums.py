"""What is only added up, and products that are only collected, are computed after the loop, for all steps.

W̄ = Σₜ xₜᵀ·gₜ = Xᵀ·G   with the rows of all steps in X and G
"""

from __future__ import annotations

from collections import Counter
from functools import reduce

import numpy as np

from ....ops import add, matmul, sum_to, transpose
from ....ops import sum as sum_of
from ..draft import is_a
from .batching import Writing, at_once, is_product
from .blocks import Item, OpenLoop, stacked


def summed(loop: OpenLoop) -> None:
    """Take what a loop adds up term by term out of it, where the terms are products or sums themselves."""
    for place in range(loop.carries):
        terms = _terms(loop, place)
        if terms and place in loop.parts:
            writing = Writing(loop.item)
            found = [_total(term, loop, writing) for term in terms]
            rest = [term for term, total in zip(terms, found, strict=True) if total is None]
            if len(rest) < len(terms):
                _replace(loop, place, rest, [x for x in found if x is not None], writing)


def _terms(loop: OpenLoop, place: int) -> list[Item]:
    """What a carry is added up of, if it is nothing but a sum; [] if it is not."""
    carry, new, uses = loop.block.inputs[place], loop.block.outputs[place], _uses(loop)
    if uses[id(carry)] != 1 or carry in loop.block.outputs:
        return []
    terms = _summands(new, uses)
    return [x for x in terms if x is not carry] if carry in terms else []


def _uses(loop: OpenLoop) -> Counter[int]:
    """How often the lines of a step are used in it."""
    return Counter(id(x) for item in loop.block.items for x in item.inputs)


def _summands(new: Item, uses: Counter[int]) -> list[Item]:
    """The terms of a sum; anything else is its only one."""
    terms, waiting = list[Item](), [new]
    while waiting:
        item = waiting.pop()
        is_inside = item is new or uses[id(item)] == 1
        if is_a(item.line, add) and is_inside and all(_alike(x, new) for x in item.inputs):
            waiting += item.inputs
        else:
            terms.append(item)
    return terms


def _alike(x: Item, y: Item) -> bool:
    return x.shape == y.shape and x.line.dtype == y.line.dtype


def _total(term: Item, loop: OpenLoop, writing: Writing) -> Item | None:
    """The sum of a term over all steps, computed after the loop; None where it is better added up in it."""
    line, data = term.line, term.line.data
    if is_a(line, transpose) and line.metadata.get("axes") is None and len(term.shape) == 2:
        inner = _total(term.inputs[0], loop, writing)
        return None if inner is None else writing.turned(inner)
    if is_a(line, sum_to):
        stack = loop.collected(term.inputs[0])
        return writing.add(sum_to, stack, data=data, shape=term.shape)
    if is_a(line, sum_of) and len(term.inputs[0].shape) and line.metadata["axis"] is None and not term.shape:
        return writing.add(sum_of, loop.collected(term.inputs[0]), data=data)
    return _contraction(term, loop, writing) if is_a(line, matmul) else None


def _contraction(term: Item, loop: OpenLoop, writing: Writing) -> Item | None:
    """Σₜ aₜᵀ·bₜ as one product."""
    left, b = term.inputs
    if not is_a(left.line, transpose) or len(left.shape) != 2 or len(b.shape) != 2:
        return None
    (a,) = left.inputs
    rows = loop.length * b.shape[0]
    stacks = [writing.reshaped(loop.collected(x), (rows, x.shape[1])) for x in (a, b)]
    return writing.add(matmul, writing.turned(stacks[0]), stacks[1], data=term.line.data)


def _replace(loop: OpenLoop, place: int, rest: list[Item], totals: list[Item], writing: Writing) -> None:
    """The sum of what is left to the loop, and of what is added up after it."""
    old = loop.parts.pop(place)
    data = old.line.data
    carry = loop.block.inputs[place]
    inner = Writing(loop.block.outputs[place])
    if rest:
        loop.block.outputs[place] = reduce(lambda a, b: inner.add(add, a, b, data=data), rest, carry)
        loop.block.items += inner.items
        start = loop.result(place)
    else:
        start = loop.item.inputs[place]
        loop.block.outputs[place] = carry
    begins = [] if _is_zero(start) else [start]
    total = reduce(lambda a, b: writing.add(add, a, b, data=data), [*begins, *totals])
    loop.around.items += writing.items
    take_over(loop, old, total)


def _is_zero(x: Item) -> bool:
    return x.line.kind == "constant" and not np.any(x.line.data)


def take_over(loop: OpenLoop, old: Item, new: Item) -> None:
    """Use another line in place of a result."""
    if old.line.name and not new.line.name:
        new.line = new.line._replace(name=old.line.name)
    for item in loop.around.items:
        item.inputs = [new if x is old else x for x in item.inputs]
    loop.around.outputs = [new if x is old else x for x in loop.around.outputs]


# -- what is collected -------------------------------------------------------------------------


def sunk(loop: OpenLoop) -> None:
    """Compute products that are only collected after the loop, of what is collected in their place."""
    inputs, uses = loop.block.inputs, _uses(loop)
    for place in range(loop.carries, len(loop.block.outputs)):
        item = loop.block.outputs[place]
        if place not in loop.parts:
            continue
        if item in inputs:
            if loop.carries <= inputs.index(item) < loop.carries + loop.rows:
                take_over(loop, loop.parts.pop(place), loop.item.inputs[inputs.index(item)])
        elif not uses[id(item)] and loop.block.outputs.count(item) == 1:
            _sink(loop, place, item, uses)


def _sink(loop: OpenLoop, place: int, item: Item, uses: Counter[int]) -> None:
    """Compute a product, or a sum that one is a term of, after the loop."""
    terms = _summands(item, uses)
    writing = Writing(loop.item)
    found = [_product_after(term, loop, writing) for term in terms]
    if any(found):
        data = stacked(item.line.data, loop.length)
        all_terms = [y or loop.collected(x) for x, y in zip(terms, found, strict=True)]
        total = reduce(lambda a, b: writing.add(add, a, b, data=data), all_terms)
        loop.around.items += writing.items
        take_over(loop, loop.parts.pop(place), total)


def _product_after(item: Item, loop: OpenLoop, writing: Writing) -> Item | None:
    """A product with what all steps share, for all steps at once."""
    inputs, m = loop.block.inputs, loop.carries + loop.rows
    shared = {id(x): outer for x, outer in zip(inputs[m:], loop.item.inputs[m:], strict=True)}
    if not is_product(item) or not any(id(x) in shared for x in item.inputs):
        return None
    operands = [(shared[id(x)], False) if id(x) in shared else (loop.collected(x), True) for x in item.inputs]
    return at_once(item, operands, loop.length, writing)
