"""An operation on many operands at once, which are rows of arrays: the same operation on these arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...values.data import Shape
from ...values.operation import Operation
from .arrays import record, trimmed, with_axes


def suits(operation: Operation, shapes: Sequence[Shape]) -> bool:
    """Whether there is such an operation."""
    return operation.entrywise


def batched(
    operation: Operation,
    metadata: dict[str, Any],
    shape: Shape,
    leading: int,
    operands: Sequence[Any],
    shapes: Sequence[Shape],
) -> Any:
    """The operation that gives results of a shape, on operands with so many axes in front, or without any."""
    if operation.entrywise:
        padded = [trimmed(with_axes(x, own, len(shape))) for x, own in zip(operands, shapes, strict=True)]
        return record(operation, padded, metadata)
    raise TypeError(operation)
