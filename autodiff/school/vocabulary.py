"""The words that an expression may use: constants, and the engine's functions of one or two numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from .. import ops

CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
OTHER_NAMES = {
    "abs": "absolute",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "ln": "log",
    "max": "maximum",
    "min": "minimum",
    "σ": "sigmoid",
    "√": "sqrt",
}


class Apply(NamedTuple):
    """A step that replaces the last results, as many as its arguments, by one."""

    function: Callable[..., Any]
    arguments: int


@cache
def functions() -> dict[str, Apply]:
    """What may be called, by name: the operations that make one number of one or two."""
    found = {}
    for name in ops.__all__:
        operation = vars(getattr(ops, name)).get("operation")
        if operation and operation.elementwise and operation.usual:
            found[name] = Apply(getattr(ops, name), operation.usual)
    found |= {name: Apply(getattr(ops, name), 2) for name in ("maximum", "minimum")}  # each is two operations
    return found | {name: found[known] for name, known in OTHER_NAMES.items()}
