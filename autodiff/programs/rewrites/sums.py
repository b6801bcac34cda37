"""Sums, means and extremes over axes that are known, as one call of NumPy each."""

from __future__ import annotations

import math

import numpy as np

from ... import ops
from ...ops import divide, mean, sum_to
from ..listing import Line
from ..tracing.nan_check import energy
from .draft import Draft, is_a, rule
from .operations import largest, product, reduced, reduced_in_place, smallest, sum_of_product

__all__ = ["RULES"]


@rule("a sum back to the shape before broadcasting is a sum over known axes", sum_to)
def axes_known(draft: Draft, line: Line) -> int | None:
    given, wanted = draft.lines[line.inputs[0]].shape, line.metadata["shape"]
    extra = len(given) - len(wanted)
    kept = [i for i, n in enumerate(wanted, extra) if n == 1 != given[i]]
    if extra and kept:
        return None
    axes = tuple(range(extra)) or tuple(kept)
    axis = axes[0] if len(axes) == 1 else None if len(axes) == len(given) else axes
    return draft.add(reduced_in_place if kept else reduced, *line.inputs, axis=axis)


@rule("a sum is one call of NumPy", ops.sum)
def plain_sum(draft: Draft, line: Line) -> int | None:
    given, axis = draft.lines[line.inputs[0]].shape, line.metadata["axis"]
    if not given:
        return None
    axis = 0 if axis is None and len(given) == 1 else axis
    return draft.add(reduced_in_place if line.metadata["keepdims"] else reduced, *line.inputs, axis=axis)


@rule(
    "what is asked for nan only is its sum, where that is there already, else its square", energy, exact=False
)
def asked_for_nan(draft: Draft, line: Line) -> int | None:
    (x,) = line.inputs
    total = draft.known(reduced, x, axis=0) if len(draft.lines[x].shape) == 1 else None
    return draft.add(sum_of_product, x, x) if total is None else total


@rule("a maximum over axes is one call of NumPy", ops.max, ops.min)
def plain_maximum(draft: Draft, line: Line) -> int | None:
    extreme = largest if is_a(line, ops.max) else smallest
    return draft.add(extreme, *line.inputs, **line.metadata) if draft.lines[line.inputs[0]].shape else None


@rule("a mean is a sum divided by the number of entries", mean)
def mean_as_sum(draft: Draft, line: Line) -> int | None:
    x = draft.lines[line.inputs[0]]
    count = math.prod(x.shape) // max(math.prod(line.shape), 1)
    if x.dtype.itemsize < 4 or not count:
        return None
    return draft.add(divide, draft.add(ops.sum, *line.inputs, **line.metadata), draft.constant(float(count)))


@rule("the sum of the rows of a matrix is a product with ones, in another order", reduced, exact=False)
def sum_of_rows(draft: Draft, line: Line) -> int | None:
    x = draft.lines[line.inputs[0]]
    floats = x.dtype.kind == "f" and x.dtype.itemsize >= 4
    if not floats or len(x.shape) != 2 or line.metadata["axis"] != 0:
        return None
    return draft.add(product, draft.constant(np.ones(x.shape[0], x.dtype)), *line.inputs)


RULES = [axes_known, plain_sum, asked_for_nan, plain_maximum, mean_as_sum, sum_of_rows]
