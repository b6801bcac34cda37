"""A listing as instructions: numbers by Python's arithmetic, arrays by NumPy's functions.

How an operation is computed, it says itself: on numbers its `scalar`, where there is one, else its
forward function.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ...values.data import canonical
from ...values.operation import Operation, ieee
from ..listing import Line, Listing
from ..spelling.precedence import ATOM, BY_UFUNC, NOT, Operator
from ..spelling.single_calls import single_call
from ..spelling.words import Words
from .calls import escaped
from .instructions import Instructions, Slot, Spelling, example, example_of, is_array, is_known
from .loops import is_loop, looping
from .products import laid_out
from .proxies import followed
from .repeats import Repeats


def lowered(listing: Listing, words: Words) -> tuple[Instructions, list[Slot]]:
    """The instructions, and the slot of each line."""
    instructions = Instructions()
    repeats = Repeats(instructions)
    slots: list[Slot] = []
    loops: dict[int, list[Slot]] = {}
    for position, line in enumerate(listing.lines):
        instructions.line = position
        if is_loop(line):
            loops[position] = looping(line, [slots[i] for i in line.inputs], instructions)
            slots.append(loops[position][0])
            continue
        if line.inputs and line.inputs[0] in loops:  # a result of a loop
            slots.append(loops[line.inputs[0]][line.metadata["index"]])
            continue
        slots.append(_slot(line, [slots[i] for i in line.inputs], instructions, words, repeats))
    return instructions, slots


def _slot(line: Line, inputs: list[Slot], instructions: Instructions, words: Words, repeats: Repeats) -> Slot:
    if line.kind == "input":
        return instructions.slot(example_of(line.data))
    if line.kind == "constant":
        return instructions.constant(bool(line.data) if type(line.data) is np.bool_ else line.data)
    if (found := repeats.again(line, inputs)) is not None:
        return found
    before = len(instructions.slots), len(instructions.done)
    found = _computed(line, inputs, instructions, words)
    repeats.note(line, inputs, *before, found)
    return found


def _computed(line: Line, inputs: list[Slot], instructions: Instructions, words: Words) -> Slot:
    """An operation: on numbers by its function of numbers, else followed."""
    operation: Any = line.operation
    if _is_scalar(operation, inputs):
        return _on_floats(operation, inputs, line, instructions, words)
    if (found := laid_out(line, inputs, instructions, words)) is not None:
        return _canonical(found, line, instructions, words)
    operands = [_operand(x, instructions) for x in inputs]
    length = len(instructions.done)
    try:
        result = followed(operation, operands, line.metadata, instructions, words)
        return _canonical(result, line, instructions, words)
    except Exception:  # the examples, which are not the user's numbers, do not suit the operation
        instructions.undo(length)
        return _unseen(line, inputs, instructions, words)


def _unseen(line: Line, inputs: list[Slot], instructions: Instructions, words: Words) -> Slot:
    """An operation as one call of its forward function, of which no more is known than was recorded."""
    operation: Any = line.operation
    text = _call(words.helper(operation.forward), line, words)
    if isinstance(line.data, tuple):
        return instructions.add(line.data, inputs, Spelling(text), may_share=True)
    kind = words.spelled(line.dtype)
    if is_array(line.data):
        result = Spelling(f"np.asarray({text}, {kind})")
        return instructions.add(example_of(line.data), inputs, result, may_share=True)
    result = Spelling(f"float({text})" if line.is_float else f"{kind}({text})")
    return instructions.add(line.data, inputs, result, may_share=True)


def _call(function: str, line: Line, words: Words) -> str:
    """The template of a call with the inputs and options of a line."""
    places = [f"{{{i}}}" for i in range(len(line.inputs))]
    options = [f"{name}={escaped(words.spelled(x))}" for name, x in line.metadata.items()]
    return f"{function}({', '.join([*places, *options])})"


def _is_scalar(operation: Operation, inputs: Sequence[Slot]) -> bool:
    """Whether an operation has a form for numbers, and is given numbers."""
    scalar = operation.scalar
    if not operation.elementwise or (isinstance(scalar, partial) and scalar.func is ieee):
        return False
    return all(type(x.example) in (float, bool, np.bool_) for x in inputs)


def _operand(x: Slot, instructions: Instructions) -> Any:
    """A constant number is known, so that a forward function may test it."""
    return x.example if x.number in instructions.constants and type(x.example) is float else x


# -- numbers -----------------------------------------------------------------------------------

FAILING = ("/", "//", "%", "**")
"""Operators that Python refuses for some numbers."""


def _on_floats(
    operation: Operation, inputs: list[Slot], line: Line, instructions: Instructions, words: Words
) -> Slot:
    """Python's arithmetic where that is all, else a call of the operation's function of numbers."""
    formula = _formula(operation)
    if formula is None:
        call = Spelling(_call(words.scalar(operation), line, words), may_fail=True)
        return instructions.add(line.data, inputs, call)
    sign, terms = formula
    operands = [instructions.constant(term) if isinstance(term, float) else inputs[term] for term in terms]
    if sign.symbol == "**" and not _is_whole(instructions.constants.get(operands[1].number)):
        return instructions.add(
            line.data, operands, Spelling(f"{words.power()}({{0}}, {{1}})", may_fail=True)
        )
    spelling = Spelling(sign.template, sign.needs, sign.precedence, may_fail=sign.symbol in FAILING)
    return instructions.add(line.data, operands, spelling)


def _formula(operation: Operation) -> tuple[Operator, list[int | float]] | None:
    """A function of numbers that is one operator: that, and its operands, by place or as numbers."""
    scalar: Any = operation.scalar
    if scalar is operator.not_:
        return NOT, [0]
    function, operands = single_call(scalar, len(operation.arguments)) or (None, [])
    symbol = BY_UFUNC.get(getattr(function, "__name__", ""))
    return (symbol, operands) if symbol else None


def _is_whole(exponent: float | None) -> bool:
    """Whether x**y is a real number for each x: only then `**` is safe, which math.pow is always."""
    return exponent is not None and float(exponent).is_integer()


# -- arrays ------------------------------------------------------------------------------------


def _canonical(result: Any, line: Line, instructions: Instructions, words: Words) -> Slot:
    """A result as a Value keeps it: numbers as floats, truth values as those of Python."""
    if is_known(result):
        return instructions.constant(canonical(result))
    if not isinstance(result, Slot):
        places = "".join(f"{{{i}}}, " for i in range(len(result)))
        slots = [part if isinstance(part, Slot) else instructions.constant(part) for part in result]
        return instructions.add(example(result), slots, Spelling(f"({places.rstrip()})"))
    if isinstance(line.data, tuple):
        return result
    if line.is_float and type(result.example) is not float:
        return instructions.add(line.data, [result], Spelling("float({0})"))
    if not line.shape:
        return _without_axes(result, line, instructions)
    if result.example.dtype == line.dtype:
        return result
    text = f"{{0}}.astype({words.spelled(line.dtype)})"
    return instructions.add(result.example.astype(line.dtype), [result], Spelling(text, (ATOM,)))


def _without_axes(result: Slot, line: Line, instructions: Instructions) -> Slot:
    """A number other than a Python float: of another precision, or a truth value."""
    if type(line.data) in (bool, np.bool_):
        return instructions.add(line.data, [result], Spelling("bool({0})"))
    if isinstance(result.example, np.ndarray):
        return instructions.add(result.example[()], [result], Spelling("{0}[()]", (ATOM,)))
    return result
