"""Matrix products of each row of an array, a vector or a matrix, as one product."""

from __future__ import annotations

import math

from ....ops import matmul, swapaxes, transpose
from ...listing import Line
from ..draft import Draft, is_a
from ..operations import product, product_of_transposed, product_with_transposed

__all__ = ["are_multiplied", "is_product", "product_on_rows"]

Sides = tuple[bool, bool]
"""Whether the first factor, and whether the second, is the same for all lines."""


def is_product(line: Line) -> bool:
    """Whether a line is a product of matrices or vectors."""
    return any(is_a(line, f) for f in (product, product_of_transposed, product_with_transposed))


def are_multiplied(a: Line, b: Line, shared: Sides) -> bool:
    """Whether there is one product for all rows: of vectors with one other factor, or of matrices.

    With one entry alone np.dot would take 0·∞ for 0.
    """
    if 1 in (math.prod(a.shape), math.prod(b.shape)):
        return False
    axes = {len(x.shape) for x, same in ((a, shared[0]), (b, shared[1])) if not same}
    return axes == {2} or (axes == {1} and any(shared))


def product_on_rows(draft: Draft, line: Line, a: int, b: int, shared: Sides) -> int:
    """The product, where `a` and `b` are factors that all lines share, or arrays of their factors."""
    if not shared[0] and len(draft.lines[a].shape) == 2:
        return draft.add(product, a, draft.add(transpose, b) if is_a(line, product_with_transposed) else b)
    if not shared[1] and len(draft.lines[b].shape) == 2:
        return draft.add(product, b, a if is_a(line, product_of_transposed) else draft.add(transpose, a))
    left = draft.add(swapaxes, a, axis1=-1, axis2=-2) if is_a(line, product_of_transposed) else a
    right = draft.add(swapaxes, b, axis1=-1, axis2=-2) if is_a(line, product_with_transposed) else b
    return draft.add(matmul, left, right)
