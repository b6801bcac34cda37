"""A recorded computation as a straight-line listing: one line per operation, inputs before results.

The listing is what rewrites change and what source is written from. Lines are never changed in
place: a rewrite makes new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from ..values.data import Data, Shape, dtype_of, shape_of
from ..values.operation import Operation

Kind: TypeAlias = Literal["input", "constant", "computed"]


class Origin(NamedTuple):
    """Where a line comes from: the user's code, and whether it is part of a derivative.

    `place` is "file.py:12", `code` the text of that line; `of` is None in the value itself, and in a
    derivative the name or symbol of what is being differentiated; `times` says how often the code ran for
    what is computed at once here, loop by loop.
    """

    place: str
    code: str
    of: str | None = None
    times: tuple[int, ...] = ()

    @property
    def told(self) -> str:
        """What a comment says: the code, in a derivative behind ∂, and how much of it is done at once."""
        times = f"{' × '.join(map(str, self.times))} at once: " if self.times else ""
        return f"{'' if self.of is None else '∂ '}{times}{self.code}"


class Line(NamedTuple):
    """One line: an input, a constant, or an operation applied to earlier lines.

    `inputs` are positions of earlier lines. `data` is what the line was when it was recorded: shape and
    dtype of all lines, the value itself of a constant; a tuple where an operation has several results.
    """

    kind: Kind
    data: Data
    operation: Operation | None = None
    inputs: tuple[int, ...] = ()
    metadata: dict[str, Any] = {}  # noqa: RUF012 (never changed)
    name: str | None = None
    origin: Origin | None = None

    @property
    def shape(self) -> Shape:
        """Sizes of the axes; () for a number, and for a tuple of results."""
        data = self.data
        return () if type(data) is float or isinstance(data, tuple) else shape_of(data)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the data; float64 for a Python float."""
        return dtype_of(self.data)

    @property
    def is_float(self) -> bool:
        """Whether it is a Python float, as 0-d float64 data are."""
        return type(self.data) is float


class Listing(NamedTuple):
    """Lines in order, and the positions of those that are results; inputs come first, in order."""

    lines: Sequence[Line]
    outputs: tuple[int, ...]


def computed(operation: Operation, data: Sequence[Data], metadata: dict[str, Any]) -> Data:
    """What a line computes, by the eager engine's rules."""
    with np.errstate(all="ignore"):
        return operation.computed(data, data, metadata)
