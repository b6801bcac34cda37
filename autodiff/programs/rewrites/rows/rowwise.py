"""Options of an operation on one array, as those of the same operation on each row of another."""

from __future__ import annotations

from typing import Any

from ....ops import getitem, reshape, transpose
from ...listing import Line
from ..additions import is_basic
from ..draft import is_a
from ..operations import laid, reduced, reduced_in_place

__all__ = ["acts_on_rows", "on_rows"]


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
