"""The statements of a program's function: names, expressions, memory and comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...text.escaping import comment
from ..listing import Line, Listing, Origin
from ..spelling.identifiers import Names, identifier
from ..spelling.literals import literal
from ..spelling.precedence import ATOM, UNARY
from ..spelling.words import Words
from .buffers import Buffer, Plan
from .lowering import lowered
from .steps import Step, is_array

FOLDED = 64
"""Length up to which an expression stands inside another."""

Text = tuple[str, int]
"""An expression, and how tightly it binds."""


class Body:
    """A listing as statements of Python.

    `memory` has the texts that make what the function keeps from call to call, by name; `statements` are its
    own, comments among them, and `results` what it returns.
    """

    def __init__(self, listing: Listing, words: Words) -> None:
        self.words = words
        self.names = Names(module=words.names)
        self.steps, slots = lowered(listing, words)
        self.lines = listing.lines
        self.made = [slot.number for slot in slots]
        self.outputs = [self.made[i] for i in listing.outputs]
        self.plan = Plan(self.steps, self.outputs)
        self.changed = self._changed()
        self.uses = Counter(x for step in self.steps.done for x in step.operands) + Counter(self.outputs)
        self.fixed = set(self.steps.constants)
        self.filled = {
            root
            for step in self.steps.done
            if step.is_statement
            for root in self.plan.roots_of(step.operands[0])
        }
        self.own: set[int] = set()
        self.texts: dict[int, Text] = {}
        self.reading: set[int] = set()
        self.inputs = dict(self._inputs())
        self.buffers = {buffer: self.names.number("buffer") for buffer in self.plan.buffers}
        self.memory = {name: _new(buffer) for buffer, name in self.buffers.items()}
        self.statements: list[str] = []
        self._told: tuple[str, str, bool] | None = None
        for position, step in enumerate(self.steps.done):
            self._write(position, step)
        self.results = list(self._results())
        self.may_fail = any(step.spelling.may_fail for step in self.steps.done)
        self.may_warn = any(map(self._may_warn, self.steps.done))

    # -- names ---------------------------------------------------------------------------------

    def _inputs(self) -> Iterator[tuple[str, Line]]:
        """Name the inputs, and the constant arrays that have names."""
        for line, number in zip(self.lines, self.made, strict=True):
            if line.kind == "input":
                name = self.names.take(identifier(line.name or "x"))
                self.texts[number] = name, ATOM
                yield name, line
        for line, number in zip(self.lines, self.made, strict=True):
            if line.kind == "constant" and is_array(line.data):
                self.texts[number] = self.words.array(line.data, line.name), ATOM

    def _name(self, step: Step) -> str:
        """The user's name for a line; a number for what stands between."""
        name = self.lines[step.line].name
        number = step.slot.number
        if name and self.made[step.line] == self.changed.get(number, number):
            return self.names.take(identifier(name))
        return self.names.number("t")

    def _changed(self) -> dict[int, int]:
        """For what statements change, what it is in the end."""
        changed: dict[int, int] = {}
        for step in reversed(self.steps.done):
            if step.is_statement:
                number = step.slot.number
                changed[step.operands[0]] = changed.get(number, number)
        return changed

    def _text(self, number: int) -> Text:
        """An operand as text."""
        if number not in self.texts:
            value = self.steps.constants[number]
            text = self.words.array(value, None) if is_array(value) else self.words.spelled(value)
            self.texts[number] = text, UNARY if text.startswith("-") else ATOM
        return self.texts[number]

    def _operand(self, step: Step, number: int) -> Text:
        """An operand as text: beside arrays, a constant number as an array, too."""
        value = self.steps.constants.get(number)
        if type(value) is not float or not step.entrywise:
            return self._text(number)
        beside = [self.steps.slots[x].example for x in step.operands if x != number]
        kinds = {x.dtype for x in beside if is_array(x)}
        if len(kinds) != 1 or len(kinds) != len(beside) or (dtype := kinds.pop()).kind != "f":
            return self._text(number)
        return self.words.number(value, dtype), ATOM

    # -- steps ---------------------------------------------------------------------------------

    def _write(self, position: int, step: Step) -> None:
        number = step.slot.number
        operands = [self._operand(step, x) for x in step.operands]
        if (
            step.operands
            and self.fixed.issuperset(step.operands)
            and self.filled.isdisjoint(self.plan.roots_of(number))
        ):
            self._prepare(step, operands)
        elif step.is_statement:
            self._state(step, operands)
        else:
            text = self._call(step, operands)
            if self._folds(position, step, text):
                self.texts[number] = text, step.spelling.precedence
            else:
                self._assign(step, text)

    def _prepare(self, step: Step, operands: list[Text]) -> None:
        """What depends on constants alone is computed when the program is made."""
        number, example = step.slot.number, step.slot.example
        self.fixed.add(number)
        if is_array(example):
            self.texts[number] = self.words.prepared(step.spelling.of(operands)), ATOM
        else:
            self.steps.constants[number] = example

    def _may_warn(self, step: Step) -> bool:
        """Whether a step is NumPy's, or may be."""
        examples = [step.slot.example, *(self.steps.slots[x].example for x in step.operands)]
        return step.may_share or any(isinstance(x, (np.ndarray, np.floating)) for x in examples)

    def _state(self, step: Step, operands: list[Text]) -> None:
        """A statement that changes an array, which keeps its name."""
        self.statements.append(step.spelling.of(operands))
        old, new = step.operands[0], step.slot.number
        self.texts[new] = self.texts[old]
        if old in self.own:
            self.own.add(new)

    def _call(self, step: Step, operands: list[Text]) -> str:
        """The expression, with the memory that it writes into."""
        into = self.plan.into.get(step.slot.number)
        if into is None or step.into is None:
            return step.spelling.of(operands)
        out = self.buffers[into] if isinstance(into, Buffer) else self.texts[into][0]
        return step.into.of(operands, out=out)

    def _folds(self, position: int, step: Step, text: str) -> bool:
        """Whether an expression stands inside the only one that uses it, rather than on a line."""
        number = step.slot.number
        if self.uses[number] != 1 or number in self.outputs or len(text) > FOLDED:
            return False
        if self.lines[step.line].name and self.made[step.line] == number:
            return False
        if step.view:
            return True
        if not self._reads(step):
            return True
        after = self.steps.done[position + 1]  # it must have read when the next line writes
        if number not in after.operands or is_array(step.slot.example) or after.into is not None:
            return False
        self.reading.add(number)
        return True

    def _reads(self, step: Step) -> bool:
        """Whether an expression reads or makes an array, itself or in what stands inside it."""
        examples = [step.slot.example, *(self.steps.slots[x].example for x in step.operands)]
        return bool(self.reading.intersection(step.operands)) or any(
            isinstance(x, (np.ndarray, tuple)) for x in examples
        )

    def _assign(self, step: Step, text: str) -> None:
        self._tell(self.lines[step.line].origin)
        into = self.plan.into.get(step.slot.number)
        if step.into is not None and step.into.is_statement and isinstance(into, Buffer):
            self.texts[step.slot.number] = self.buffers[into], ATOM
            self.statements.append(text)
            return
        name = self._name(step)
        self.texts[step.slot.number] = name, ATOM
        self.statements.append(f"{name} = {text}")
        if step.slot.number not in self.plan.into and step.slot.number not in self.plan.roots:
            self.own.add(step.slot.number)

    def _tell(self, origin: Origin | None) -> None:
        """A comment where another line of the user's code begins."""
        if origin is None or not origin.code:
            return
        block = origin.place, origin.code, origin.of is not None
        if block != self._told:
            self._told = block
            self.statements.append(comment(f"{'∂ ' if origin.of is not None else ''}{origin.code}"))

    def _results(self) -> Iterator[str]:
        """What is returned: arrays that belong to the caller, no two of them the same."""
        for number in self.outputs:
            text, _ = self._text(number)
            example = self.steps.slots[number].example
            if is_array(example) and number not in self.own:
                text = f"{text}.copy()"
            self.own.discard(number)
            yield text


def _new(buffer: Buffer) -> str:
    """The text that makes a buffer."""
    kind = "" if buffer.dtype == np.float64 else f", {literal(buffer.dtype)}"
    order = "" if buffer.order == "C" else f', order="{buffer.order}"'
    return f"np.empty({literal(buffer.shape)}{kind}{order})"
