"""An operation on one array, as the same operation on each row of another: its options, or one product."""

from __future__ import annotations

import math
from typing import Any

from ....ops import getitem, matmul, reshape, swapaxes, transpose
from ...listing import Line
from ...operations import (
    laid,
    product,
    product_of_transposed,
    product_with_transposed,
    reduced,
    reduced_in_place,
)
from ..additions import is_basic
from ..draft import Draft, is_a


def acts_on_rows(line: Line) -> bool:
    """Whether there is such an operation."""
    if is_a(line, getitem):
        return is_basic(line.metadata["index"])
    if is_a(line, reshape):
        return bool(line.metadata["order"] == "C")
    suits = line.operation is not None and line.operation.entrywise
    return suits or any(is_a(line, function) for function in (laid, reduced, reduced_in_place, transpose))


def on_rows(line: Line, axes: int, count: int) -> dict[str, Any]:
    """The options for `count` rows, where the line's operand has so many axes."""
    options = dict(line.metadata)
    if line.operation is None or line.operation.entrywise:
        return options
    if "axis" in options:
        options["axis"] = _next_axes(options["axis"], axes)
    if "index" in options:
        options["index"] = _next_index(options["index"])
    if "indices" in options:
        options["indices"] = tuple(map(_next_index, options["indices"]))
    if "axes" in options:
        options["axes"] = (0, *_next_axes(options["axes"] or tuple(range(axes))[::-1], axes))
    if "shape" in options:
        options["shape"] = (count, *line.shape)
    return options


def _next_axes(axis: Any, axes: int) -> Any:
    """The same axes, with one in front."""
    if axis is None:
        return tuple(range(1, axes + 1))
    return tuple(i % axes + 1 for i in axis) if isinstance(axis, tuple) else axis % axes + 1


def _next_index(index: Any) -> Any:
    return index if index is Ellipsis else (slice(None), *(index if isinstance(index, tuple) else (index,)))


# -- matrix products -----------------------------------------------------------------------------

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
