"""What is said where f does something that a program cannot do anew at each call."""

from __future__ import annotations

from typing import Any

from ...values.leaving import REMEDY
from ...values.operation import inputs_of
from ...values.value import Value
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
