"""What is said where f does something that a program cannot do anew at each call.

That f does the same each time is found out by tracing it twice: what it draws at random, and what it changes
itself, differs from one time to the next, as a constant or as an operation of the listing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...values.data import compact
from ...values.leaving import REMEDY
from ...values.operation import inputs_of
from ...values.value import Value
from ..listing import Line, Listing
from .conditions import Condition

STATIC = "an argument that only chooses what is computed is declared: compile(f, static=['name'])"

NUMBERS = f"{REMEDY}, and .item() outside of f where a plain number is meant; {STATIC}"

WHOLE = "use autodiff.trunc, floor or ceil; " + STATIC

LEFT_BEHIND = (
    "a Value that one step of a scan was given, or computed, was used outside of that step: there is one for "
    "each step; return it as carry, or as what is collected"
)

ADVICE = {
    "bool()": "use where({0}, a, b), or maximum, minimum, clip; " + STATIC,
    **dict.fromkeys(("float()", "complex()"), NUMBERS),
    **dict.fromkeys(("int()", "math.trunc()", "math.floor()", "math.ceil()"), WHOLE),
    "range() or an index": STATIC,
    "round()": "use autodiff.round",
    ".item()": "compute with the Value itself",
    ".tolist()": "compute with the Value itself",
    ".data": "compute with the Value itself; detach() it where nothing is to be differentiated",
    ".grad": "return gradients(output, parameters) in place of backward()",
    "its data": "this needs numbers; do it outside of f, on what the program returns",
    "assigning .data": "return the new numbers, and assign them outside of f",
}


def read(value: Value, how: str) -> str:
    """Why data cannot be read, and what to do."""
    told = _in_words(value)
    verb = {"bool()": "decided", "assigning .data": "done"}.get(how, "read")
    return (
        f"{how} of {told} inside a compiled function: it would be {verb} once, when the program is "
        f"recorded, not at each call; {ADVICE[how].format(told)}"
    )


def function(name: str) -> str:
    """Why a function of NumPy cannot be recorded."""
    return (
        f"numpy.{name} inside a compiled function: it has no recorded form, since its result decides shapes "
        "or counts; do it outside of f, and give the result as an argument"
    )


def _in_words(value: Value) -> str:
    """A condition as it was written, another value by its name."""
    operation = value._operation
    if not isinstance(operation, Condition) or len(operation.arguments) != 2:
        return value.described()
    x, y = map(_operand, inputs_of(value))
    return f"{x} {operation.symbol} {y}"


def _operand(x: Any) -> str:
    if not isinstance(x, Value):
        return repr(x) if isinstance(x, float) else "an array"
    return x.name or "…"


# -- whether f does the same each time ---------------------------------------------------------


def check_same(first: Listing, second: Listing) -> None:
    """Raise ValueError where two traces of f on the same arguments differ, naming the line of code."""
    if (where := _difference(first, second)) is None:
        return
    line, what = where
    origin = line.origin if line else None
    told = f" at {origin.place}, `{origin.code}`" if origin and origin.place else ""
    raise ValueError(
        "a compiled function must do the same each time, but when it was called twice with the same "
        f"arguments it {what}{told}; a program would repeat the first for ever. Random numbers, and what "
        "changes from call to call, are given as arguments; eval() switches the dropout of a model off"
    )


def _difference(first: Listing, second: Listing) -> tuple[Line | None, str] | None:
    """The first line that differs, and how."""
    for place, (a, b) in enumerate(zip(first.lines, second.lines, strict=False)):
        if _computed(a) != _computed(b) or not _same(a.metadata, b.metadata):
            return a, "computed otherwise"
        if a.kind == "constant" and not _same(a.data, b.data):
            user = next((line for line in first.lines if place in line.inputs), None)
            return user, "computed with other numbers"
    if len(first.lines) != len(second.lines) or first.outputs != second.outputs:
        return None, "computed otherwise"
    return None


def _computed(line: Line) -> tuple[Any, ...]:
    """What a line does, and of which lines."""
    return line.kind, line.inputs, line.operation and line.operation.name


def _same(x: Any, y: Any) -> bool:
    """Whether constants, or settings of an operation, are the same; nan is nan."""
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return x.shape == y.shape and np.array_equal(compact(x), compact(y), equal_nan=True)
    if isinstance(x, (np.generic, float)) and isinstance(y, (np.generic, float)):
        return np.array_equal(x, y, equal_nan=True)
    if type(x) is not type(y):
        return False
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(_same(x[key], y[key]) for key in x)
    if isinstance(x, (list, tuple)):
        return len(x) == len(y) and all(map(_same, x, y))
    return bool(x == y)
