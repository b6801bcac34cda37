"""Sums, means and extremes over known axes, and matrix products, as the fastest call of NumPy each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ... import ops
from ...ops import divide, dot, matmul, mean, moveaxis, sum_to, swapaxes, transpose
from .. import operations
from ..energy import energy
from ..listing import Line, Listing
from .draft import Draft, Rewrite, is_a, replaced, rule

SHORT = 1024
"""Entries up to which a sum loses no more digits by BLAS than by NumPy, which adds them by halves."""


@rule(
    "a sum back to the shape before broadcasting is one over known axes, in another order",
    sum_to,
    exact=False,
)
def axes_known(draft: Draft, line: Line) -> int | None:
    given, wanted = draft.lines[line.inputs[0]].shape, line.metadata["shape"]
    extra = len(given) - len(wanted)
    kept = [i for i, n in enumerate(wanted, extra) if n == 1 != given[i]]
    if extra and kept:
        return None
    axes = tuple(range(extra)) or tuple(kept)
    axis = axes[0] if len(axes) == 1 else None if len(axes) == len(given) else axes
    return draft.add(operations.reduced_in_place if kept else operations.reduced, *line.inputs, axis=axis)


@rule("a sum is one call of NumPy, in another order", ops.sum, exact=False)
def plain_sum(draft: Draft, line: Line) -> int | None:
    given, axis = draft.lines[line.inputs[0]].shape, line.metadata["axis"]
    if not given:
        return None
    axis = 0 if axis is None and len(given) == 1 else axis
    summed = operations.reduced_in_place if line.metadata["keepdims"] else operations.reduced
    return draft.add(summed, *line.inputs, axis=axis)


@rule(
    "what is asked for nan only is its sum, where that is there already, else its square", energy, exact=False
)
def asked_for_nan(draft: Draft, line: Line) -> int | None:
    (x,) = line.inputs
    found = draft.known(operations.reduced, x, axis=0)  # of a vector: another shape is never taken
    return draft.add(operations.sum_of_product, x, x) if found is None else found


@rule("a maximum over axes is one call of NumPy", ops.max, ops.min)
def plain_maximum(draft: Draft, line: Line) -> int | None:
    extreme = operations.largest if is_a(line, ops.max) else operations.smallest
    return draft.add(extreme, *line.inputs, **line.metadata) if draft.lines[line.inputs[0]].shape else None


@rule("a mean is a sum divided by the number of entries, in another order", mean, exact=False)
def mean_as_sum(draft: Draft, line: Line) -> int | None:
    x = draft.lines[line.inputs[0]]
    count = math.prod(x.shape) // max(math.prod(line.shape), 1)
    if x.dtype.itemsize < 4 or not count:
        return None
    return draft.add(divide, draft.add(ops.sum, *line.inputs, **line.metadata), draft.constant(float(count)))


@rule(
    "a sum over the first axes, or over a short last one, is a product with ones, in another order",
    operations.reduced,
    operations.reduced_in_place,
    exact=False,
)
def sum_of_rows(draft: Draft, line: Line) -> int | None:
    x, axis = draft.lines[line.inputs[0]], line.metadata["axis"]
    axes = len(x.shape)
    summed = (
        tuple(i % axes for i in axis)
        if isinstance(axis, tuple)
        else (axis % axes,)
        if axis is not None
        else ()
    )
    if x.dtype.kind != "f" or x.dtype.itemsize < 4 or axes < 2 or 0 in x.shape or not line.shape:
        return None
    if summed == (axes - 1,) and SHORT >= x.shape[-1] > 1 and axes > 2:
        return _times_ones(draft, line, x.shape[-1])
    if summed == tuple(range(len(summed))) and is_a(line, operations.reduced):
        return _ones_times(draft, line, math.prod(x.shape[: len(summed)]))
    return None


def _ones_times(draft: Draft, line: Line, count: int) -> int:
    """Σ over so many rows, which may have several axes."""
    x = draft.lines[line.inputs[0]]
    ones, rows = (
        draft.constant(np.ones(count, x.dtype)),
        draft.add(ops.reshape, *line.inputs, shape=(count, math.prod(line.shape))),
    )
    found = draft.add(operations.product, ones, rows)
    return draft.add(ops.reshape, found, shape=line.shape)


def _times_ones(draft: Draft, line: Line, count: int) -> int:
    """Σ along the last axis, of so many entries."""
    x = draft.lines[line.inputs[0]]
    ones, rows = (
        draft.constant(np.ones(count, x.dtype)),
        draft.add(ops.reshape, *line.inputs, shape=(math.prod(line.shape), count)),
    )
    found = draft.add(operations.product, rows, ones)
    return draft.add(ops.reshape, found, shape=line.shape)


REWRITES = [Rewrite("the sum of all of few entries is a product with ones, in another order", False)]


def of_few(listing: Listing) -> Listing:
    """The listing with products in place of such sums: the last rewrite, since alike sums are grouped."""

    def with_ones(draft: Draft, line: Line, at: Sequence[int]) -> int | None:
        if not _is_of_few(listing, line):
            return None
        x = listing.lines[line.inputs[0]]
        return draft.add(
            operations.sum_of_product, draft.constant(np.ones(x.shape, x.dtype)), at[line.inputs[0]]
        )

    return (
        replaced(listing, with_ones) if any(_is_of_few(listing, line) for line in listing.lines) else listing
    )


def _is_of_few(listing: Listing, line: Line) -> bool:
    if not is_a(line, operations.reduced) or line.shape:
        return False
    x = listing.lines[line.inputs[0]]
    return x.dtype.kind == "f" and x.dtype.itemsize >= 4 and math.prod(x.shape) <= SHORT


# -- matrix products -----------------------------------------------------------------------------


@rule("axes of a matrix change places by a transpose, or stay", transpose, swapaxes, moveaxis)
def axes_of_matrix(draft: Draft, line: Line) -> int | None:
    (x,) = line.inputs
    if len(line.shape) != 2 or line.operation is None or (line.metadata.get("axes", 0) is None):
        return None
    turned = line.operation.forward(np.empty((1, 2)), **line.metadata).shape == (2, 1)
    return draft.add(transpose, x) if turned else x


@rule("A @ B of matrices and vectors is np.dot, to the last digits", matmul, dot, exact=False)
def small_product(draft: Draft, line: Line) -> int | None:
    """Not for vectors of one entry, as whose product with ∞ np.dot takes 0·∞ for 0."""
    a, b = (draft.lines[i] for i in line.inputs)
    usual = a.dtype == b.dtype and a.dtype.itemsize >= 4  # no masks, no halves
    axes = {len(a.shape), len(b.shape)}
    if not usual or not axes <= {1, 2} or (1 in axes and 1 in (math.prod(a.shape), math.prod(b.shape))):
        return None
    return draft.instead(line, operations.product, *line.inputs)


@rule(
    "A @ B of many matrices A and one B is one product of all rows, to the last digits", matmul, exact=False
)
def rows_of_all(draft: Draft, line: Line) -> int | None:
    a, b = (draft.lines[i] for i in line.inputs)
    usual = a.dtype == b.dtype and a.dtype.kind == "f" and a.dtype.itemsize >= 4
    if not usual or len(a.shape) < 3 or len(b.shape) != 2 or 0 in a.shape or math.prod(b.shape) < 2:
        return None
    rows = draft.add(ops.reshape, line.inputs[0], shape=(math.prod(a.shape[:-1]), a.shape[-1]))
    return draft.add(ops.reshape, draft.add(matmul, rows, line.inputs[1]), shape=line.shape)


@rule("Aᵀ @ B and A @ Bᵀ are one product, to the last digits", operations.product, exact=False)
def transposes_folded(draft: Draft, line: Line) -> int | None:
    a, b = line.inputs
    if len(draft.lines[a].shape) == 2 and (left := draft.made_by(a, transpose)):
        return draft.instead(line, operations.product_of_transposed, left.inputs[0], b)
    if len(draft.lines[b].shape) == 2 and (right := draft.made_by(b, transpose)):
        return draft.instead(line, operations.product_with_transposed, a, right.inputs[0])
    return None
