"""The statements of a program's function: names, expressions, memory and comments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from ...text.escaping import comment
from ..listing import Line, Listing, Origin
from ..operations import entry
from ..rewrites.draft import is_a
from ..spelling.identifiers import Identifiers, identifier
from ..spelling.literals import new_memory
from ..spelling.precedence import ATOM, UNARY
from ..spelling.words import Words
from .buffers import Buffer, Plan
from .instructions import Instruction, is_array
from .lowering import lowered
from .views import Views

FOLDED = 64
"""Length up to which an expression stands inside another."""

Text = tuple[str, int]
"""An expression, and how tightly it binds."""


class Body:
    """A listing as statements; `write_loop` adds those of a loop, and gives the body of its step."""

    depth = 0
    """How many loops are around it."""

    def __init__(
        self,
        listing: Listing,
        words: Words,
        write_loop: Callable[[Body, Instruction], Body],
        names: Identifiers | None = None,
    ) -> None:
        self.words, self.write_loop = words, write_loop
        self.names = Identifiers(module=words.names) if names is None else names
        self.counters: list[str] = []
        self.instructions, slots = lowered(listing, words)
        self.lines = listing.lines
        self.made = [slot.number for slot in slots]
        self.outputs = [self.made[i] for i in listing.outputs]
        self.arrays = self._slots_of(np.ndarray, tuple)
        self.of_numpy = self._slots_of(np.ndarray, np.floating)
        self.plan = self._planned()
        self.changed = self._changed()
        self.uses = Counter(x for instruction in self.instructions.done for x in instruction.operands)
        self.own: set[int] = set()
        self.texts: dict[int, Text] = {}
        self.reading: set[int] = set()
        self.inputs = dict(self._inputs())
        self.buffers = {buffer: self.names.number("buffer") for buffer in self.plan.buffers}
        self.views = Views(self.plan, self.buffers, self.names)
        self.listed = self._listed()
        self.statements: list[str] = []
        self.steps: list[Body] = []
        self._told: tuple[str, str, bool] | None = None
        for position, instruction in enumerate(self.instructions.done):
            self._write(position, instruction)
        done, steps = self.instructions.done, self.steps
        self.may_fail: bool = any(x.spelling.may_fail for x in done) or any(x.may_fail for x in steps)
        self.may_warn: bool = any(map(self._may_warn, done)) or any(x.may_warn for x in steps)

    @property
    def memory(self) -> dict[str, str]:
        """The texts that make what the function keeps from call to call, by name."""
        buffers = {name: new_memory(*buffer[1:]) for buffer, name in self.buffers.items()}
        parts = [buffers, *[step.memory for step in self.steps], self.views.texts]
        return {name: text for part in parts for name, text in part.items()}

    def _planned(self) -> Plan:
        return Plan(self.instructions, self.outputs)

    def _slots_of(self, *types: type) -> set[int]:
        """The slots whose examples are of some types."""
        return {slot.number for slot in self.instructions.slots if isinstance(slot.example, types)}

    # -- names ---------------------------------------------------------------------------------

    def _listed(self) -> dict[int, dict[int, Instruction]]:
        """The entries of what is listed as numbers, by slot of the list and place, where they are many."""
        entries: dict[int, dict[int, Instruction]] = defaultdict(dict)
        for instruction in self.instructions.done:
            line = self.lines[instruction.line]
            if is_a(line, entry):
                entries[instruction.operands[0]][line.metadata["index"]] = instruction
        slots = self.instructions.slots
        return {
            number: found
            for number, found in entries.items()
            if self.uses[number] == len(found) and 2 * len(found) >= len(slots[number].example)
        }

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

    def _name(self, instruction: Instruction) -> str:
        """The user's name for a line; a number for what stands between."""
        name = self.lines[instruction.line].name
        number = instruction.slot.number
        if instruction.stem is not None:
            return self.names.take(instruction.stem)
        if name and self.made[instruction.line] == self.changed.get(number, number):
            return self.names.take(identifier(name))
        return self.names.number("t")

    def _changed(self) -> dict[int, int]:
        """For what statements change, what it is in the end."""
        changed: dict[int, int] = {}
        for instruction in reversed(self.instructions.done):
            if instruction.is_statement:
                number = instruction.slot.number
                changed[instruction.operands[0]] = changed.get(number, number)
        return changed

    def _text(self, number: int) -> Text:
        """An operand as text."""
        if number not in self.texts and (moved := self.views.of(number)) is not None:
            self._assign_view(moved)
        if number not in self.texts:
            value = self.instructions.constants[number]
            text = self.words.array(value, None) if is_array(value) else self.words.spelled(value)
            self.texts[number] = text, UNARY if text.startswith("-") else ATOM
        return self.texts[number]

    def _operand(self, instruction: Instruction, number: int) -> Text:
        """An operand as text: beside arrays, a constant number as an array, too."""
        value = self.instructions.constants.get(number)
        if type(value) is not float or not instruction.entrywise:
            return self._text(number)
        beside = [self.instructions.slots[x].example for x in instruction.operands if x != number]
        kinds = {x.dtype for x in beside if is_array(x)}
        if len(kinds) != 1 or len(kinds) != len(beside) or (dtype := kinds.pop()).kind != "f":
            return self._text(number)
        return self.words.number(value, dtype), ATOM

    # -- instructions ---------------------------------------------------------------------------------

    def _write(self, position: int, instruction: Instruction) -> None:
        number = instruction.slot.number
        if instruction.operands and instruction.operands[0] in self.listed:
            return  # has its name already
        if number in self.texts or self.views.note(instruction):
            return  # a loop has named its results; a view gets its name where it is used
        if instruction.loop is not None:
            self._tell(self.lines[instruction.line].origin)
            self.steps.append(self.write_loop(self, instruction))
            self._told = None
            return
        operands = [self._operand(instruction, x) for x in instruction.operands]
        if number in self.plan.fixed:
            self._prepare(instruction, operands)
        elif number in self.listed:
            self._unpack(instruction, operands)
        elif instruction.is_statement:
            self._state(instruction, operands)
        else:
            text = self._call(instruction, operands)
            if self._folds(position, instruction, text):
                self.texts[number] = text, instruction.spelling.precedence
            else:
                self._assign(instruction, text)

    def _prepare(self, instruction: Instruction, operands: list[Text]) -> None:
        """What depends on constants alone is computed when the program is made."""
        number, example = instruction.slot.number, instruction.slot.example
        if is_array(example):
            self.texts[number] = self.words.prepared(instruction.spelling.of(operands)), ATOM
        else:
            self.instructions.constants[number] = example

    def _unpack(self, instruction: Instruction, operands: list[Text]) -> None:
        """A list whose entries have names of their own."""
        self._tell(self.lines[instruction.line].origin)
        entries = self.listed[instruction.slot.number]
        names = []
        for place in range(len(instruction.slot.example)):
            found = entries.get(place)
            names.append("_" if found is None else self._name(found))
            if found is not None:
                self.texts[found.slot.number] = names[-1], ATOM
        left = f"{', '.join(names)}{',' if len(names) == 1 else ''}"
        self.statements.append(f"{left} = {instruction.spelling.of(operands)}")

    def _may_warn(self, instruction: Instruction) -> bool:
        """Whether an instruction is NumPy's, or may be."""
        return instruction.may_share or self._is_about(instruction, self.of_numpy)

    def _state(self, instruction: Instruction, operands: list[Text]) -> None:
        """A statement that changes an array, which keeps its name."""
        self.statements.append(instruction.spelling.of(operands))
        old, new = instruction.operands[0], instruction.slot.number
        self.texts[new] = self.texts[old]
        if old in self.own:
            self.own.add(new)

    def _call(self, instruction: Instruction, operands: list[Text]) -> str:
        """The expression, with the memory that it writes into."""
        into = self.plan.into.get(instruction.slot.number)
        if into is None or instruction.into is None:
            return instruction.spelling.of(operands)
        if not isinstance(into, str):
            into = self.buffers[into] if isinstance(into, Buffer) else self.texts[into][0]
        return instruction.into.of(operands, out=into)

    def _folds(self, position: int, instruction: Instruction, text: str) -> bool:
        """Whether an expression stands inside the only one that uses it, rather than on a line."""
        number = instruction.slot.number
        if self.uses[number] != 1 or number in self.outputs or len(text) > FOLDED or instruction.stem:
            return False
        if self.lines[instruction.line].name and self.made[instruction.line] == number:
            return False
        if instruction.view:
            return True
        if not self._reads(instruction):
            return True
        after = self.instructions.done[position + 1]  # it must have read when the next line writes
        if number not in after.operands or is_array(instruction.slot.example) or after.into is not None:
            return False
        self.reading.add(number)
        return True

    def _reads(self, instruction: Instruction) -> bool:
        """Whether an expression reads or makes an array, itself or in what stands inside it."""
        return self._is_about(instruction, self.arrays) or not self.reading.isdisjoint(instruction.operands)

    def _is_about(self, instruction: Instruction, slots: set[int]) -> bool:
        """Whether an instruction reads or makes one of these slots."""
        return instruction.slot.number in slots or not slots.isdisjoint(instruction.operands)

    def _assign(self, instruction: Instruction, text: str) -> None:
        self._tell(self.lines[instruction.line].origin)
        into = self.plan.into.get(instruction.slot.number)
        if instruction.into is not None and instruction.into.is_statement and isinstance(into, Buffer):
            self.texts[instruction.slot.number] = self.buffers[into], ATOM
            self.statements.append(text)
            return
        name = self._name(instruction)
        self.texts[instruction.slot.number] = name, ATOM
        self.statements.append(f"{name} = {text}")
        if instruction.slot.number not in self.plan.into and instruction.slot.number not in self.plan.roots:
            self.own.add(instruction.slot.number)

    def _assign_view(self, instruction: Instruction) -> None:
        """A name for kept memory in another shape; a comment says of what."""
        number = instruction.slot.number
        self._tell(self.lines[instruction.line].origin)
        told = comment(self.views.told(number, self.texts))
        self.texts[number] = self._name(instruction), ATOM
        self.statements.append(f"{self.texts[number][0]} = {self.views.name(number)}  {told}")

    def _tell(self, origin: Origin | None) -> None:
        """A comment where another line of the user's code begins."""
        if origin is None or not origin.code:
            return
        block = origin.place, origin.code, origin.of is not None
        if block != self._told:
            self._told = block
            self.statements.append(comment(origin.told))

    def counter(self, depth: int) -> str:
        """What counts the steps of loops that are that deep inside of others."""
        while len(self.counters) <= depth:
            self.counters.append(self.names.take("tkji"[min(len(self.counters), 3)]))
        return self.counters[depth]

    def named(self, number: int) -> Text:
        """The name of an operand, which gets one where it has none."""
        text, _ = self._text(number)
        if not text.isidentifier() and number not in self.instructions.constants:
            name = self.names.number("t")
            self.statements.append(f"{name} = {text}")
            self.texts[number] = name, ATOM
        return self.texts[number]

    def results(self) -> Iterator[str]:
        """What is returned: arrays that belong to the caller, no two of them the same."""
        for number in self.outputs:
            text, _ = self._text(number)
            example = self.instructions.slots[number].example
            if is_array(example) and number not in self.own:
                text = f"{text}.copy()"
            self.own.discard(number)
            yield text
