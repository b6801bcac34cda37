"""Matrix products as NumPy computes them fastest, with transposes folded into them."""

from __future__ import annotations

import math

import numpy as np

from ...ops import dot, matmul, moveaxis, swapaxes, transpose
from ..listing import Line
from .draft import Draft, rule
from .operations import product, product_of_transposed, product_with_transposed

__all__ = ["RULES"]


@rule("axes of a matrix change places by a transpose, or stay", transpose, swapaxes, moveaxis)
def axes_of_matrix(draft: Draft, line: Line) -> int | None:
    (x,) = line.inputs
    if len(line.shape) != 2 or line.operation is None or (line.metadata.get("axes", 0) is None):
        return None
    turned = line.operation.forward(np.empty((1, 2)), **line.metadata).shape == (2, 1)
    return draft.add(transpose, x) if turned else x


@rule("A @ B of matrices and vectors is np.dot", matmul, dot)
def small_product(draft: Draft, line: Line) -> int | None:
    """Not for vectors of one entry, as whose product with ∞ np.dot takes 0·∞ for 0."""
    a, b = (draft.lines[i] for i in line.inputs)
    usual = a.dtype == b.dtype and a.dtype.kind == "f" and a.dtype.itemsize >= 4
    axes = {len(a.shape), len(b.shape)}
    if not usual or not axes <= {1, 2} or (1 in axes and 1 in (math.prod(a.shape), math.prod(b.shape))):
        return None
    return draft.add(product, *line.inputs)


@rule("Aᵀ @ B and A @ Bᵀ are one product", product)
def transposes_folded(draft: Draft, line: Line) -> int | None:
    a, b = line.inputs
    if len(draft.lines[a].shape) == 2 and (left := draft.made_by(a, transpose)):
        return draft.add(product_of_transposed, left.inputs[0], b)
    if len(draft.lines[b].shape) == 2 and (right := draft.made_by(b, transpose)):
        return draft.add(product_with_transposed, a, right.inputs[0])
    return None


RULES = [axes_of_matrix, small_product, transposes_folded]
