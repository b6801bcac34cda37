"""Rows and numbers taken out of an array and put together again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial, reduce

import numpy as np

from ...ops import add, getitem, transpose
from ...ops.joining import _concatenate, _stack, _unsplit
from ..listing import Line, Listing
from ..operations import entry, laid, numbers, rows, taken, vector
from .draft import Draft, Rewrite, is_a, replaced, rule

FLOAT64 = np.dtype(np.float64)

SHARE = 8
"""An entry takes as long as to list so many."""


@rule("a stack of numbers, or of rows, is one call of NumPy", _stack)
def stack(draft: Draft, line: Line) -> int | None:
    axis, first = line.metadata["axis"], draft.lines[line.inputs[0]]
    if first.is_float:
        return draft.add(vector, *line.inputs)
    if axis == 0 and first.shape:
        return draft.add(rows, *line.inputs)
    return draft.add(transpose, draft.add(rows, *line.inputs)) if axis == len(first.shape) == 1 else None


@rule("all rows of an array, in order, are the array", rows)
def all_rows(draft: Draft, line: Line) -> int | None:
    parts = [draft.made_by(i, getitem) or draft.made_by(i, taken) for i in line.inputs]
    if parts[0] is None:
        return None
    (source,) = parts[0].inputs
    in_order = all(
        part is not None and part.inputs == (source,) and part.metadata["index"] == row
        for row, part in enumerate(parts)
    )
    return source if in_order else None


@rule(
    "numbers laid into all places of a vector are its entries; a zero may have the other sign",
    laid,
    exact=False,
)
def laid_numbers(draft: Draft, line: Line) -> int | None:
    indices = line.metadata["indices"]
    if len(line.shape) != 1 or not all(type(index) is int for index in indices):
        return None
    entries: dict[int, list[int]] = defaultdict(list)
    for index, part in zip(indices, line.inputs, strict=True):
        entries[index % line.shape[0]].append(part)
    if len(entries) * 2 < line.shape[0]:
        return None
    filled = [entries.get(i) or [draft.constant(0.0)] for i in range(line.shape[0])]
    return draft.add(vector, *[reduce(partial(draft.add, add), terms) for terms in filled])


@rule("parts laid side by side are joined; a zero may have the other sign", _unsplit, exact=False)
def joined(draft: Draft, line: Line) -> int | None:
    """Where slices along one axis follow each other from end to end."""
    indices, shape = line.metadata["indices"], line.shape
    axis = len(indices[0]) - 1
    before = (slice(None),) * axis
    if any(index[:-1] != before or type(index[-1]) is not slice or index[-1].step for index in indices):
        return None
    ends = [index[-1].indices(shape[axis])[:2] for index in indices]
    bounds = (*[start for start, _ in ends], shape[axis])
    if bounds[0] != 0 or bounds[1:] != tuple([stop for _, stop in ends]):
        return None
    return draft.add(_concatenate, *line.inputs, axis=axis, bounds=bounds)


REWRITES = [Rewrite("many numbers of one vector are taken out of it at once", True)]


def unpacked(listing: Listing) -> Listing:
    """The listing with many numbers taken out of one vector at once."""
    wanted = Counter(line.inputs[0] for line in listing.lines if _is_entry(listing, line))
    many = {source for source, n in wanted.items() if n * SHARE >= listing.lines[source].shape[0]}

    def number(draft: Draft, line: Line, at: Sequence[int]) -> int | None:
        if not _is_entry(listing, line) or line.inputs[0] not in many:
            return None
        source = at[line.inputs[0]]
        return entry_of(draft, source, line.metadata["index"] % draft.lines[source].shape[0])

    return replaced(listing, number) if many else listing


def entry_of(draft: Draft, source: int, index: int) -> int:
    """One number of a vector that is listed as numbers."""
    number = Line("constant", 0.0)
    return draft.instead(number, entry, draft.add(numbers, source), index=index)


def _is_entry(listing: Listing, line: Line) -> bool:
    """Whether a line is one number of a vector."""
    if not is_a(line, getitem) or type(line.metadata["index"]) is not int:
        return False
    source = listing.lines[line.inputs[0]]
    return len(source.shape) == 1 and source.dtype == FLOAT64
