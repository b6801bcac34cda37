"""Which instruction writes into which memory, planned by liveness.

A buffer is memory of one shape and dtype that a program keeps from call to call. An instruction writes into
the buffer of an operand that is used for the last time, where each entry depends on the same entry alone;
else into a buffer that is free; else into a new one. Results of the program, and what may share memory with
them, get memory of their own at each call.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .instructions import Instruction, Instructions, is_array


class Buffer(NamedTuple):
    """Memory of a shape and dtype that is kept from call to call; `order` are its axes as they lie in it."""

    number: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Its size."""
        return math.prod(self.shape) * self.dtype.itemsize


class Plan:
    """The memory that each instruction writes to.

    `buffers` are all that a program keeps; `into` has a buffer, or the slot of an operand, by the slot of the
    result; `roots` the slots whose memory a result may be in, where it has none of its own. `fixed` are the
    constants and what depends on them alone: computed once, and never written into. `places` are texts of
    memory around the instructions that results belong into.
    """

    def __init__(
        self, instructions: Instructions, outputs: Sequence[int], places: Mapping[int, str] | None = None
    ) -> None:
        self.buffers: list[Buffer] = []
        self.into: dict[int, Buffer | int | str] = {}
        self._places = places or {}
        self._outputs = outputs
        self._steps = instructions.done
        self._examples = {slot.number: slot.example for slot in instructions.slots}
        self.roots = self._roots()
        self.fixed = self._fixed(instructions.constants)
        self._in_memory = {slot.number for slot in instructions.slots if is_array(slot.example)}.union(
            self.roots
        )
        self._last = self._last_uses()
        self._results = {root for number in outputs for root in self.roots_of(number)}
        self._free: dict[Any, list[Buffer]] = {}
        self._home: dict[int, Buffer | int] = {}
        for position, instruction in enumerate(self._steps):
            number = instruction.slot.number
            if number not in self.roots and number not in self.fixed and is_array(instruction.slot.example):
                self._settle(instruction, position)
            if self._home:
                self._release(instruction, position)

    @property
    def fresh(self) -> set[int]:
        """The slots whose memory is new at each call."""
        return {number for number, home in self._home.items() if home == number}

    @property
    def nbytes(self) -> int:
        """The size of all buffers."""
        return sum(buffer.nbytes for buffer in self.buffers)

    def roots_of(self, number: int) -> frozenset[int]:
        """The slots whose memory a slot may be in."""
        return self.roots.get(number, frozenset((number,)))

    def _roots(self) -> dict[int, frozenset[int]]:
        """For each result that may share memory with operands, the slots that this memory is of."""
        roots: dict[int, frozenset[int]] = {}
        for instruction in self._steps:
            if instruction.shared:
                shared = [roots.get(x, frozenset((x,))) for x in instruction.shared]
                roots[instruction.slot.number] = frozenset().union(*shared)
        return roots

    def _fixed(self, constants: Iterable[int]) -> set[int]:
        """Constants, and what depends on constants alone, but for arrays that statements fill."""
        filled = {
            root for step in self._steps if step.is_statement for root in self.roots_of(step.operands[0])
        }
        fixed = set(constants)
        for step in self._steps:
            number = step.slot.number
            if step.operands and fixed.issuperset(step.operands) and filled.isdisjoint(self.roots_of(number)):
                fixed.add(number)
        return fixed

    def _last_uses(self) -> dict[int, int]:
        """The last instruction that reads each slot's memory, itself or as a view."""
        last: dict[int, int] = {}
        for position, instruction in enumerate(self._steps):
            for x in self._in_memory.intersection(instruction.operands):
                last.update(dict.fromkeys(self.roots_of(x), position))
        return last

    def _settle(self, instruction: Instruction, position: int) -> None:
        """Find memory for a result that shares none."""
        number, example = instruction.slot.number, instruction.slot.example
        if self._is_placed(instruction):
            self.into[number], self._home[number] = self._places[number], -1
            return
        inherited = self._inherited(instruction, position)
        if instruction.into is not None and inherited is not None:
            owner = self._owner(inherited)
            self.into[number] = inherited
            self._home[number] = self._home[owner]
            self._home[owner] = -1
        elif instruction.into is not None and number not in self._results and (order := _order(example)):
            unused = self._free.setdefault((example.shape, example.dtype, order), [])
            buffer = unused.pop() if unused else self._new(example, order)
            self.into[number] = self._home[number] = buffer
        else:
            self._home[number] = number  # its own, new at each call

    def _is_placed(self, instruction: Instruction) -> bool:
        """Whether a result is written to its place: not where another, which stays, is a view of it."""
        number = instruction.slot.number
        fits = number in self._places and instruction.slot.example.flags.c_contiguous
        if not fits or instruction.into is None or instruction.into.is_statement:
            return False
        return not any(number in self.roots_of(x) for x in self._outputs if x != number)

    def _inherited(self, instruction: Instruction, position: int) -> int | None:
        """An operand that is used here for the last time, and may be overwritten."""
        if not instruction.entrywise:
            return None
        wanted = instruction.slot.example
        for x in instruction.operands:
            owner, example = self._owner(x), self._examples[x]
            home = self._home.get(owner, -1)
            kept = isinstance(home, Buffer) and instruction.slot.number in self._results
            empty = not np.size(example)  # it may be a view, which nothing tells of an empty array
            if home == -1 or kept or empty or self._last.get(owner) != position or owner in self._results:
                continue
            if all(getattr(example, name) == getattr(wanted, name) for name in ("shape", "dtype", "strides")):
                return x
        return None

    def _owner(self, number: int) -> int:
        """The slot whose memory a slot has, all of it and in order, as a reshaped array; else itself.

        A row of an array that is repeated has all of it, too, but cannot be written into.
        """
        owners = self.roots_of(number)
        (owner, *others) = owners
        if others or owner == number:
            return number
        whole, part = self._examples[owner], self._examples[number]
        same = is_array(whole) and is_array(part) and part.nbytes == whole.nbytes and part.flags.writeable
        return owner if same and whole.flags.c_contiguous and part.flags.c_contiguous else number

    def _new(self, example: Any, order: tuple[int, ...]) -> Buffer:
        self.buffers.append(Buffer(len(self.buffers) + 1, example.shape, example.dtype, order))
        return self.buffers[-1]

    def _release(self, instruction: Instruction, position: int) -> None:
        """Free the buffers of what was used for the last time; of what nothing uses, too."""
        read = self._in_memory.intersection((*instruction.operands, instruction.slot.number))
        for x in {root for number in read for root in self.roots_of(number)}:
            home = self._home.get(x)
            is_over = self._last.get(x, position) == position
            if isinstance(home, Buffer) and is_over and x not in self._results:
                self._free.setdefault(home[1:], []).append(home)
                self._home[x] = -1


def _order(example: Any) -> tuple[int, ...] | None:
    """The axes of an array from the outermost in memory to the innermost; None where it leaves gaps."""
    axes = tuple(range(example.ndim))
    if example.flags.c_contiguous:
        return axes
    order = tuple(sorted(axes, key=lambda axis: -example.strides[axis]))
    return order if example.transpose(order).flags.c_contiguous else None
