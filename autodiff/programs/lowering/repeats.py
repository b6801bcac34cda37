"""What a line became, once more: lines that do the same with operands of one kind differ in places alone."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...values.data import Data
from ..listing import Line
from ..sameness import frozen
from .instructions import Instruction, Instructions, Slot


class Passage(NamedTuple):
    """The instructions of one line, and the slots that they made."""

    inputs: tuple[int, ...]
    """Numbers of the slots that the line was given."""
    slots: Sequence[Slot]
    instructions: Sequence[Instruction]
    result: int

    def again(self, inputs: Sequence[Slot], program: Instructions) -> Slot:
        """The same for other inputs; the slot of the result."""
        at = {old: slot.number for old, slot in zip(self.inputs, inputs, strict=True)}
        for slot in self.slots:
            constant = slot.number in program.constants
            at[slot.number] = (program.constant if constant else program.slot)(slot.example).number
        for instruction in self.instructions:
            program.done.append(instruction.moved(program.line, program.slots, at))
        return program.slots[at[self.result]]


class Repeats:
    """The passages of a program so far, by what they depend on."""

    def __init__(self, program: Instructions) -> None:
        self._program = program
        self._known: dict[Hashable, Passage] = {}
        self._kinds: dict[int, Hashable] = {}
        self._fixed: set[int] = set()
        """The slots of what is computed from constants alone: their examples are the data."""

    def again(self, line: Line, inputs: Sequence[Slot]) -> Slot | None:
        """The slot of a line that is as one before; None where there is none."""
        passage = self._known.get(self._key(line, inputs))
        return None if passage is None else self._seen(passage.again(inputs, self._program), inputs)

    def note(self, line: Line, inputs: Sequence[Slot], slots: int, instructions: int, result: Slot) -> None:
        """Remember what a line became: all after so many slots and instructions."""
        program = self._program
        numbers = tuple([x.number for x in inputs])
        passage = Passage(numbers, program.slots[slots:], program.done[instructions:], result.number)
        self._known[self._key(line, inputs)] = passage
        self._seen(result, inputs)

    def _seen(self, result: Slot, inputs: Sequence[Slot]) -> Slot:
        """The slot of a result, after it was noted whether constants alone decide it."""
        if inputs and all(map(self._is_fixed, inputs)):
            self._fixed.add(result.number)
        return result

    def _is_fixed(self, slot: Slot) -> bool:
        return slot.number in self._program.constants or slot.number in self._fixed

    def _key(self, line: Line, inputs: Sequence[Slot]) -> Hashable:
        """Equal for lines that become the same: which operands are one and the same slot counts, too."""
        numbers = [x.number for x in inputs]
        options = frozen(line.metadata) if line.metadata else ()
        same = tuple(map(numbers.index, numbers)) if len(set(numbers)) < len(numbers) else ()
        return line.operation, options, same, _kind(line.data), *map(self._of, inputs)

    def _of(self, slot: Slot) -> Hashable:
        """What a program may know of an operand: all of what is fixed, of others no numbers."""
        number = slot.number
        if number not in self._kinds:
            self._kinds[number] = (_constant if self._is_fixed(slot) else _kind)(slot.example)
        return self._kinds[number]


def _constant(data: Data) -> Hashable:
    """An array is known by its identity: the program holds it."""
    return ("constant", id(data)) if isinstance(data, np.ndarray) else ("constant", frozen(data))


def _kind(data: Data) -> Any:
    """Type, shape, dtype and memory layout."""
    if isinstance(data, np.ndarray):
        return data.shape, data.dtype, data.strides
    return (tuple, *map(_kind, data)) if isinstance(data, tuple) else type(data)
