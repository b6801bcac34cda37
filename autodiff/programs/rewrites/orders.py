"""In which order products of many matrices lie in memory: in that in which they are read.

Heads that are brought together again, (batch, heads, steps, features) as (batch, steps, features of all), are
written so that this needs no copy. Scores of which the largest of each row is subtracted lie with the axis of
the row first, so that this, and sums over it, run along memory; what is computed of them entry by entry lies
as they do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ...ops import matmul, moveaxis, reshape, swapaxes, transpose
from .. import operations
from ..listing import Line, Listing
from .draft import Draft, Rewrite, is_a, replaced

Order: TypeAlias = tuple[int, ...]

REWRITES = [
    Rewrite("products of many matrices are laid in memory as they are read, to the last digits", False)
]

SHORT = 128
"""Entries of a row up to which it takes less time to find the largest across rows than along each."""


def as_read(listing: Listing) -> Listing:
    """The listing with the orders of products that are not read as they would lie."""
    products = [i for i, line in enumerate(listing.lines) if _is_of_many(line)]
    if not products:
        return listing
    orders = _orders(listing, products)

    def laid(draft: Draft, line: Line, at: Sequence[int]) -> int | None:
        order = orders.get(len(at))
        if order is None:
            return None
        inputs = [at[i] for i in line.inputs]
        return draft.apply(operations.products.operation, inputs, {"order": order})

    return replaced(listing, laid) if orders else listing


def _is_of_many(line: Line) -> bool:
    return is_a(line, matmul) and len(line.shape) > 2 and line.dtype.kind == "f"


def _orders(listing: Listing, products: Iterable[int]) -> dict[int, Order]:
    """The orders of products, by position, where one of what lies alike asks for it; not of results."""
    readers: dict[int, list[int]] = defaultdict(list)
    for position, line in enumerate(listing.lines):
        for i in line.inputs:
            readers[i].append(position)
    orders: dict[int, Order] = {}
    seen: set[int] = set()
    for product in products:
        if product not in seen:
            alike = _laid_alike(listing, readers, product)
            seen |= alike
            order = None if alike.intersection(listing.outputs) else _wanted(listing, readers, alike)
            orders |= {i: order for i in alike if order and _is_of_many(listing.lines[i])}
    return orders


def _laid_alike(listing: Listing, readers: dict[int, list[int]], product: int) -> set[int]:
    """A product, and all of its shape that is computed from it, or with it, entry by entry."""
    shape = listing.lines[product].shape
    found, stack = {product}, [product]
    while stack:
        position = stack.pop()
        beside = [i for i in readers[position] if _is_entrywise(listing.lines[i])]
        if _is_entrywise(listing.lines[position]):
            beside += listing.lines[position].inputs
        new = {i for i in beside if listing.lines[i].shape == shape and listing.lines[i].kind == "computed"}
        stack += new - found
        found |= new
    return found


def _is_entrywise(line: Line) -> bool:
    return line.operation is not None and line.operation.entrywise


def _wanted(listing: Listing, readers: dict[int, list[int]], alike: Iterable[int]) -> Order | None:
    """The order in which the first reader that has one wants it."""
    lines = listing.lines
    uses = [(lines[i], lines[reader]) for i in sorted(alike) for reader in readers[i]]
    for x, reader in uses:
        if _is_extreme_of_rows(x, reader):
            axes = range(len(x.shape))
            return (axes[-1], *axes[:-1])
    moved = (_joined(listing, readers, i) for i in sorted(alike))
    return next((order for order in moved if order), None)


def _is_extreme_of_rows(x: Line, reader: Line) -> bool:
    if not (is_a(reader, operations.largest) or is_a(reader, operations.smallest)):
        return False
    return reader.metadata["axis"] in (-1, len(x.shape) - 1) and 1 < x.shape[-1] <= SHORT


MOVES = transpose, swapaxes, moveaxis


def _joined(listing: Listing, readers: dict[int, list[int]], position: int) -> Order | None:
    """The order of axes after they were moved, where they are joined, which takes a copy in any other."""
    x = listing.lines[position]
    moved: Any = np.empty(range(2, 2 + len(x.shape)))
    while len(readers[position]) == 1:
        (position,) = readers[position]
        line = listing.lines[position]
        if is_a(line, reshape):
            order = tuple([size - 2 for size in moved.shape])
            return order if _is_copied(x, order, line) else None
        if line.operation is None or not any(is_a(line, move) for move in MOVES):
            return None
        moved = line.operation.forward(moved, **line.metadata)
    return None


def _is_copied(x: Line, order: Order, line: Line) -> bool:
    data = np.empty(x.shape, x.dtype)
    return not np.may_share_memory(data, data.transpose(order).reshape(line.shape))
