"""What a number is to a derivative: a variable, or plain.

Eager code makes a variable of its own for each argument that it differentiates, and gives back raw
data. While a program is recorded neither may cut the program off from its inputs: the number stays, as
a node that says what it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.arithmetic import positive
from ..ops.shaping import astype
from ..values import modes
from ..values.value import Value

__all__ = ["in_numbers", "plain", "traced", "variable"]


def variable(x: Any) -> Value:
    """What stands for an argument inside f: connected with it where it is a variable itself."""
    if not isinstance(x, Value):
        return Value(x)
    if not x.constant:
        return positive(x)  # type: ignore[no-any-return]
    if not traced(x):
        return Value(x._data, x.name)
    node: Value = positive(in_numbers(x))
    node._label, node._tracked = x.name, True
    return node


def in_numbers(x: Value) -> Any:
    """A Value without masks, which a program takes as they are: they become 0 and 1, as in eager code."""
    return astype(x, np.float64) if x.dtype.kind == "b" else x


def plain(x: Any) -> Any:
    """What the caller of a derivative gets: the data alone."""
    if not isinstance(x, Value):
        return x
    return x.detach() if traced(x) else x._data


def traced(x: Any) -> bool:
    """Whether x is a Value while a program is recorded, so that its data are those of today."""
    return isinstance(x, Value) and modes.tracer() is not None
