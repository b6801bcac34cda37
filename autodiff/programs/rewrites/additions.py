"""Chains of additions as one sum: of numbers times columns, of many numbers, of parts laid into one array.

    ((w₁·x₁ + w₂·x₂) + w₃·x₃) + b   →   Σₖ wₖ·xₖ + b

The terms are added in another order, so that last digits differ, and a zero may have the other sign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from ...ops import add, multiply, scatter_add, square
from ..listing import Line, Listing
from ..operations import laid, reduced, sum_of_product, total, weighted_sum
from ..sameness import frozen
from .draft import Draft, Rewrite, Rule, alike, is_a, replaced

FLOAT64 = np.dtype(np.float64)
FLOATS = (FLOAT64, np.dtype(np.float32))

FEW = 4
"""Numbers below which they are added one by one, but for sums of products, which may be one."""

REWRITES = [
    Rewrite("Σ number·column is one sum, in the order of a matrix product", False),
    Rewrite("Σ of many numbers is one sum, in another order", False),
    Rewrite("Σ of products that nothing else needs is np.vdot, in another order", False),
    Rewrite("gradients of parts of an array are laid into one array; a zero may have the other sign", False),
]


class Chains:
    """The chains of additions in a listing: the terms of each, by the line that ends it."""

    def __init__(self, listing: Listing) -> None:
        self.lines = listing.lines
        self.of_arrays = works_on_arrays(listing)
        self.uses = Counter(i for line in listing.lines for i in line.inputs)
        self.uses.update(listing.outputs)
        inside = {
            i
            for line in self.lines
            if is_a(line, add)
            for i in line.inputs
            if self.uses[i] == 1 and self._continues(i, line)
        }
        self.terms = {
            end: self._collected(end, inside)
            for end, line in enumerate(self.lines)
            if is_a(line, add) and end not in inside
        }

    def _continues(self, position: int, line: Line) -> bool:
        inner = self.lines[position]
        return is_a(inner, add) and inner.shape == line.shape and inner.dtype == line.dtype

    def _collected(self, end: int, inside: set[int]) -> list[int]:
        terms: list[int] = []
        waiting = [*self.lines[end].inputs[::-1]]
        while waiting:
            position = waiting.pop()
            if position in inside:
                waiting += self.lines[position].inputs[::-1]
            else:
                terms.append(position)
        return terms


def summed(listing: Listing, rules: Iterable[Rule]) -> Listing:
    """The listing with one sum in place of each chain of additions that one can be made of."""
    arrays = any(line.shape for line in listing.lines)
    return replaced(listing, partial(_sum, Chains(listing)), rules) if arrays else listing


def _sum(chains: Chains, draft: Draft, line: Line, at: Sequence[int]) -> int | None:
    """One sum in place of a line, if it ends a chain, or sums products."""
    if is_a(line, reduced):
        return _of_products(chains, draft, at, line)
    position = len(at)
    terms = [position] if is_a(line, scatter_add) else chains.terms.get(position, [])
    if not terms:
        return None
    for form in (_weighted, _total, _laid):
        found = form(chains, draft, at, line, terms)
        if found is not None:
            return found
    return None


def _weighted(
    chains: Chains, draft: Draft, at: Sequence[int], line: Line, terms: Sequence[int]
) -> int | None:
    """Σₖ wₖ·xₖ of two products of a number and a column, or more; what else is added follows."""
    if len(line.shape) != 1 or line.dtype != FLOAT64:
        return None
    pairs, rest = [], []
    for term in terms:
        pair = _number_and_column(chains, term, line)
        if pair:
            pairs.append(pair)
        else:
            rest.append(term)
    if len(pairs) < 2:
        return None
    pairs.sort(key=lambda pair: pair[1])  # so that sums over the same columns have them in one order
    found = draft.add(weighted_sum, *[at[w] for w, _ in pairs], *[at[x] for _, x in pairs])
    return reduce(partial(draft.add, add), [at[i] for i in rest if draft.number(at[i]) != 0.0], found)


def _number_and_column(chains: Chains, term: int, line: Line) -> tuple[int, int] | None:
    """The factors of a term that is a number times a column of the shape of the sum, used there only."""
    product = chains.lines[term]
    if not is_a(product, multiply) or chains.uses[term] != 1:
        return None
    x, y = product.inputs
    if chains.lines[y].is_float:
        x, y = y, x
    return (x, y) if chains.lines[x].is_float and alike(chains.lines[y], line) else None


def _total(chains: Chains, draft: Draft, at: Sequence[int], line: Line, terms: Sequence[int]) -> int | None:
    """The sum of many numbers."""
    few = len(terms) < FEW and not all(is_a(chains.lines[i], sum_of_product) for i in terms)
    if few or not line.is_float or not chains.of_arrays:
        return None
    often = Counter(at[i] for i in terms if draft.number(at[i]) != 0.0)
    multiples = [x if n == 1 else draft.add(multiply, draft.constant(float(n)), x) for x, n in often.items()]
    return draft.add(total, *multiples) if len(multiples) > 1 else multiples[0] if multiples else None


def _laid(chains: Chains, draft: Draft, at: Sequence[int], line: Line, terms: Sequence[int]) -> int | None:
    """Gradients of parts of an array laid into one array, on what else is added."""
    if line.dtype != FLOAT64:
        return None
    laid_down = {i for i in terms if _is_part(chains.lines[i], line)}
    if not laid_down:
        return None
    parts = [chains.lines[i] for i in terms if i in laid_down]
    inputs, indices = [at[part.inputs[0]] for part in parts], [part.metadata["index"] for part in parts]
    rest = [at[i] for i in terms if i not in laid_down]
    if rest:
        inputs, indices = [reduce(partial(draft.add, add), rest), *inputs], [Ellipsis, *indices]
    place = np.broadcast_to(0.0, line.shape)
    if any(draft.lines[x].shape != place[index].shape for x, index in zip(inputs, indices, strict=True)):
        return None
    summands: list[int] = []
    places: list[Any] = []
    known: dict[Hashable, int] = {}
    for x, index in zip(inputs, indices, strict=True):
        i = known.setdefault(frozen(index), len(known))
        if i < len(summands):
            summands[i] = draft.add(add, summands[i], x)
        else:
            summands.append(x)
            places.append(index)
    return draft.add(laid, *summands, indices=tuple(places), shape=line.shape)


def _is_part(term: Line, line: Line) -> bool:
    """Whether a term of a sum is laid into an array of its shape; a smaller one is repeated to that."""
    return is_a(term, scatter_add) and names_once(term.metadata["index"]) and term.shape == line.shape


def _of_products(chains: Chains, draft: Draft, at: Sequence[int], line: Line) -> int | None:
    """The sum of all products of the entries of two arrays, of which nothing else needs the products."""
    (x,) = line.inputs
    factors = chains.lines[x]
    if line.shape or chains.uses[x] > 1 or factors.dtype not in FLOATS:
        return None
    pair = factors.inputs * 2 if is_a(factors, square) else factors.inputs
    if not (is_a(factors, square) or is_a(factors, multiply)):
        return None
    whole = all(alike(chains.lines[i], factors) for i in pair)
    return draft.add(sum_of_product, *[at[i] for i in pair]) if whole else None


def works_on_arrays(listing: Listing) -> bool:
    """Whether an array is computed entry by entry: code of numbers alone stays as it is."""
    return any(line.shape and line.operation and line.operation.elementwise for line in listing.lines)


def names_once(index: Any) -> bool:
    """Whether an index names no entry twice: a basic one, or arrays of places from 0 without repeats."""
    if is_basic(index):
        return True
    parts = index if isinstance(index, tuple) else (index,)
    if not all(
        isinstance(x, np.ndarray) and x.dtype.kind == "i" and x.shape == parts[0].shape for x in parts
    ):
        return False
    places = np.stack([x.ravel() for x in parts], axis=1)
    return bool(np.all(places >= 0)) and len(np.unique(places, axis=0)) == len(places)


def is_basic(index: Any) -> bool:
    """Whether an index is made of integers and slices."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is Ellipsis or type(part) in (int, slice) for part in parts)
