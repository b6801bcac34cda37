"""What a step calls the parts of its carry: the parameter, its fields or keys, or what it is unpacked into.

def step(state, x):
    angle, speed = state        the names of a tuple are those of the variables
"""

from __future__ import annotations

import dis
import re
from collections.abc import Callable, Iterator
from inspect import Parameter, signature, unwrap
from types import CodeType
from typing import Any

from .structure import named_leaves

POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def carry_names(step: Callable[..., Any], carry: Any) -> list[str | None]:
    """A name for each number and array of a carry, in order; None where the step has none.

    >>> def step(state, x):
    ...     angle, speed = state
    ...     return (angle + speed, speed), None
    >>> carry_names(step, (1.0, 0.0)), carry_names(lambda h, x: (h * x, h), 1.0)
    (['angle', 'speed'], ['h'])
    """
    own, code, unpacked = _first_parameter(step), getattr(unwrap(step), "__code__", None), None
    if type(carry) is tuple and isinstance(code, CodeType):
        unpacked = _unpacked(code, own, len(carry))
    names = getattr(carry, "_fields", unpacked)
    parts = [(own, carry)] if names is None else zip(names, carry, strict=True)
    return [_last_name(place) for name, part in parts for place, _ in named_leaves(part, name)]


def _first_parameter(step: Callable[..., Any]) -> str:
    """The parameter that a step has the carry in; a place without a name where Python does not know."""
    try:
        found = next(iter(signature(step).parameters.values()), None)
    except ValueError:
        return "[0]"
    return found.name if found and found.kind in POSITIONAL else "[0]"


def _last_name(place: str) -> str | None:
    """The name at the end of a place: h of h, state['h'] and state.h; None of state[0]."""
    found = re.search(r"(?:^|\.|\[')([^\W\d]\w*)(?:'\])?$", place)
    return found[1] if found else None


def _unpacked(code: CodeType, name: str, count: int) -> list[str] | None:
    """The variables that a parameter is unpacked into: a, b = state."""
    instructions = dis.get_instructions(code)
    before = None
    for instruction in instructions:
        if instruction.opname == "UNPACK_SEQUENCE" and instruction.arg == count and before == name:
            names = [*_stored(instructions, count)]
            return names if len(names) == count else None
        before = instruction.argval
    return None


def _stored(instructions: Iterator[dis.Instruction], count: int) -> Iterator[str]:
    """The variables that the next values are stored in; some versions of Python store two at once."""
    found = 0
    for instruction in instructions:
        if found >= count or not instruction.opname.startswith("STORE"):
            return
        names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
        yield from names
        found += len(names)
