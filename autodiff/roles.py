"""What a number is to a derivative: a variable, or plain.

Eager code makes a variable of its own for each argument that it differentiates, and gives back raw
data. While a program is recorded neither may cut the program off from its inputs: the number stays, as
a node that says what it is.
"""

from __future__ import annotations

from typing import Any

from . import modes
from .ops.arithmetic import positive
from .value import Value

__all__ = ["plain", "traced", "variable"]


def variable(x: Any) -> Value:
    """What stands for an argument inside f: connected with it where it is a variable itself."""
    if not isinstance(x, Value):
        return Value(x)
    if not x.constant:
        return positive(x)  # type: ignore[no-any-return]
    if not traced(x):
        return Value(x._data, x.name)
    node: Value = positive(x)
    node._label, node._tracked = x.name, True
    return node


def plain(x: Any) -> Any:
    """What the caller of a derivative gets: the data alone."""
    if not isinstance(x, Value):
        return x
    return x.detach() if traced(x) else x._data


def traced(x: Any) -> bool:
    """Whether x is a Value while a program is recorded, so that its data are those of today."""
    return isinstance(x, Value) and modes.tracer() is not None
