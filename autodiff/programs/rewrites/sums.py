"""Sums, means and extremes over known axes, and matrix products, as the fastest call of NumPy each."""

from __future__ import annotations

import math

import numpy as np

from ... import ops
from ...ops import divide, dot, matmul, mean, moveaxis, sum_to, swapaxes, transpose
from ..listing import Line
from ..tracing.nan_check import energy
from . import operations
from .draft import Draft, is_a, rule


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


@rule("the sum of a matrix's rows is a product with ones, in another order", operations.reduced, exact=False)
def sum_of_rows(draft: Draft, line: Line) -> int | None:
    x = draft.lines[line.inputs[0]]
    if x.dtype.itemsize < 4 or len(x.shape) != 2 or line.metadata["axis"] != 0:
        return None
    return draft.add(operations.product, draft.constant(np.ones(x.shape[0], x.dtype)), *line.inputs)


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


@rule("Aᵀ @ B and A @ Bᵀ are one product, to the last digits", operations.product, exact=False)
def transposes_folded(draft: Draft, line: Line) -> int | None:
    a, b = line.inputs
    if len(draft.lines[a].shape) == 2 and (left := draft.made_by(a, transpose)):
        return draft.instead(line, operations.product_of_transposed, left.inputs[0], b)
    if len(draft.lines[b].shape) == 2 and (right := draft.made_by(b, transpose)):
        return draft.instead(line, operations.product_with_transposed, a, right.inputs[0])
    return None
