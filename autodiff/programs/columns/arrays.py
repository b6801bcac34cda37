"""Parts of a column, and its axes, by operations of the engine: what comes out can be differentiated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import ops
from ...values.data import Shape, dtype_of, shape_of
from ...values.operation import Operation, inputs_of
from ...values.recording import recorded
from ...values.value import Value, data_of
from .. import operations
from .loops import Positions, Section, cut, even_steps

RESHAPE: Operation = vars(ops.reshape)["operation"]


def record(operation: Operation, operands: Sequence[Any], metadata: dict[str, Any]) -> Any:
    """An operation applied to Values and data, with all of its metadata; its results are one tuple."""
    data = operation.computed([*map(data_of, operands)], operands, metadata)
    values = [x for x in operands if isinstance(x, Value)]
    if not values:
        return data
    return recorded(operation, data, operands, metadata, any(x._tracked for x in values))


def shaped(x: Any, shape: Shape) -> Any:
    """An array in another shape; −1 for what is left."""
    while isinstance(x, Value) and x._operation is RESHAPE and x._y["order"] == "C":
        (x,) = inputs_of(x)
    if shape_of(x) == shape:
        return x
    if _is_mask(x):
        return record(operations.reshaped.operation, [x], {"shape": shape})
    return ops.reshape(x, shape)


def taken(x: Any, index: Any) -> Any:
    """Some entries of an array."""
    return record(operations.taken.operation, [x], {"index": index}) if _is_mask(x) else x[index]


def _is_mask(x: Any) -> bool:
    """Whether moving it about by an operation of the engine would make numbers of it."""
    return isinstance(x, Value) and dtype_of(x._data).kind != "f"


def spread(x: Any, shape: Shape) -> Any:
    """An array repeated to a shape."""
    return x if shape_of(x) == shape else ops.broadcast_to(x, shape)


def with_axes(x: Any, own: Shape, axes: int) -> Any:
    """Rows of the shape `own` with so many axes each, of size 1 in front; others stay as they are."""
    shape = shape_of(x)
    leading = len(shape) - len(own)
    return shaped(x, (*shape[:leading], *(1,) * (axes - len(own)), *own)) if leading else x


def trimmed(x: Any) -> Any:
    """An array without axes of size 1 in front, which broadcasting puts there."""
    shape = shape_of(x)
    start = next((axis for axis, size in enumerate(shape) if size != 1), 0)
    return shaped(x, shape[start:])


def arranged(column: Any, positions: Positions) -> Any:
    """The rows of a column at an array of positions."""
    count, *own = shape_of(column)
    found = _cut(count, positions)
    if found is None:
        return shaped(taken(column, positions.ravel()), (*positions.shape, *own))
    how, order = found
    if len(range(count)[how.part]) < count:
        column = taken(column, how.part)
    column = shaped(column, (*how.sizes, *own))
    if any(index != slice(None) for index in how.taken):
        column = taken(column, how.taken)
    if order != sorted(order):
        column = ops.transpose(column, (*order, *range(len(order), len(order) + len(own))))
    return shaped(column, (*positions.shape, *own))


def _cut(count: int, positions: Positions) -> tuple[Section, list[int]] | None:
    """How positions are cut out of so many, their steps falling, and in which order the axes are wanted."""
    steps = even_steps(positions)
    if steps is None:
        return None
    axes = [axis for axis, size in enumerate(positions.shape) if size > 1]
    falling = sorted(axes, key=lambda axis: -steps[axis])
    sizes = tuple(positions.shape[axis] for axis in falling)
    how = cut(count, int(positions.flat[0]), sizes, tuple(steps[axis] for axis in falling))
    return (how, [falling.index(axis) for axis in axes]) if how else None
