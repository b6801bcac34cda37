"""An operation on many operands at once, which are rows of arrays: the same operation on these arrays.

Operands have as many axes in front as there are loops, of size 1 along those in which they do not change; one
that is the same for all comes without these axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ... import ops
from ...ops.joining import _concatenate, _stack
from ...values.data import Shape, shape_of
from ...values.operation import Operation
from ...values.value import Value
from .arrays import record, shaped, spread, trimmed, with_axes
from .loops import Sizes

JOINED = {vars(_stack)["operation"]: ops.stack, vars(_concatenate)["operation"]: ops.concatenate}
"""What puts many operands together along an axis."""

PRODUCTS = [vars(function)["operation"] for function in (ops.matmul, ops.dot)]


class Batch(NamedTuple):
    """An operation on operands of these shapes that gives results of a shape."""

    operation: Operation
    metadata: dict[str, Any]
    shapes: Sequence[Shape]
    shape: Shape

    @property
    def is_possible(self) -> bool:
        """Whether it can be done at once."""
        operation = self.operation
        if operation in PRODUCTS:
            return all(len(own) in (1, 2) for own in self.shapes)
        if operation.entrywise or operation in JOINED:
            return True
        return len(self.shapes) == 1 and self._options((1,)) is not None

    def of(self, operands: Sequence[Any], sizes: Sizes) -> Any:
        """All results, in loops of these sizes; perhaps of size 1 where nothing is differentiated."""
        if self.operation.entrywise:
            return self._entrywise(operands, sizes)
        if self.operation in PRODUCTS and any(
            shape_of(x) != own for x, own in zip(operands, self.shapes, strict=True)
        ):
            return self._product(*operands)
        rows = [spread(x, sizes + own) for x, own in zip(operands, self.shapes, strict=True)]
        if self.operation in PRODUCTS:
            return self._product(*rows)
        if self.operation in JOINED:
            return JOINED[self.operation](rows, axis=len(sizes) + self.metadata["axis"])
        return record(self.operation, rows, self._options(sizes) or {})

    def _options(self, front: Sizes) -> dict[str, Any] | None:
        """Those with which the operation does for each row what it does for one, if there are any."""
        batched = self.operation.batched
        return None if batched is None else batched(front, self.shapes[0], **self.metadata)

    def _entrywise(self, operands: Sequence[Any], sizes: Sizes) -> Any:
        """On operands that broadcast. One that is the same in a loop is repeated before, not behind: slopes
        of each run are then products of their own, as where they were recorded, and 0·∞ is met where it was.
        """
        axes = len(self.shape)
        padded = [with_axes(x, own, axes) for x, own in zip(operands, self.shapes, strict=True)]
        whole = sizes + self.shape
        if np.broadcast_shapes(*map(shape_of, padded)) != whole:
            i = next((i for i, x in enumerate(padded) if isinstance(x, Value) and x._tracked), None)
            if i is not None:
                padded[i] = spread(padded[i], sizes + (1,) * (axes - len(self.shapes[i])) + self.shapes[i])
        return record(self.operation, [*map(trimmed, padded)], self.metadata)

    def _product(self, a: Any, b: Any) -> Any:
        """A product of matrices, in which a vector is a row, or a column; a sum, where both are vectors."""
        m, n = self.shapes
        if len(m) == len(n) == 1:
            return ops.sum(a * b, axis=-1)
        if shape_of(b) == n and len(n) == 2:  # the same for all: one product of all rows
            return self._behind_rows(ops.matmul(shaped(a, (-1, m[-1])), b), a, m)
        if shape_of(a) == m and len(n) == 1:
            return self._behind_rows(ops.matmul(shaped(b, (-1, n[0])), ops.transpose(a)), b, n)
        rows = shaped(a, (*shape_of(a)[:-1], 1, m[0])) if len(m) == 1 else a
        columns = shaped(b, (*shape_of(b), 1)) if len(n) == 1 else b
        y = ops.matmul(rows, columns)
        return shaped(y, (*shape_of(y)[:-2], *self.shape))

    def _behind_rows(self, y: Any, x: Any, own: Shape) -> Any:
        """Results that were computed row by row, in the loops of the operand x."""
        return shaped(y, (*shape_of(x)[: len(shape_of(x)) - len(own)], *self.shape))
