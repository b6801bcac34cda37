"""What a program is made of: one call after another, each with an example of its result.

Every input, constant and result has a slot, a number. An instruction says how its call is written, as a
template with a place for each operand, and what it gave for examples of these: shape, dtype and memory
layout are those that the program will meet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...values.data import Data
from ..examples import blank, is_large
from ..spelling.precedence import ATOM


@dataclass(slots=True, eq=False)
class Slot:
    """A place for one value of the program, and an example of it."""

    number: int
    example: Data


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a call is written: a template, how tightly its operands must bind, and how tightly it does.

    `may_fail` says that Python may refuse it: 1/0, exp(1000); `is_statement` that it has no value, but
    writes into memory.
    """

    template: str
    needs: tuple[int, ...] = ()
    precedence: int = ATOM
    may_fail: bool = False
    is_statement: bool = False

    def of(self, operands: Sequence[tuple[str, int]], **memory: str) -> str:
        """The text with operands, each with its own precedence, in brackets where it needs them."""
        needs = self.needs or (0,) * len(operands)
        return self.template.format(
            *[
                text if tightness >= need else f"({text})"
                for (text, tightness), need in zip(operands, needs, strict=True)
            ],
            **memory,
        )


@dataclass(slots=True, eq=False)
class Instruction:
    """One call. `into` is how it is written with memory for its result, None where it takes none.

    `entrywise` says that each entry of the result depends on the same entry of the operands alone, so that
    it may be written where an operand was; `view` that it computes nothing, as x.T; `moves` that
    it is a view of its only operand in another shape, whatever the numbers are; `is_statement` that it
    changes its first operand, which is then the result; `may_share` that the result may be a view of an
    operand of another layout than the example's, or that nothing is known of it. `shared` are the operands
    whose memory the result may be in. `loop` is what there is to write of a loop; `stem` what the result is
    called.
    """

    line: int
    slot: Slot
    operands: tuple[int, ...]
    spelling: Spelling
    into: Spelling | None = None
    entrywise: bool = False
    view: bool = False
    moves: bool = False
    is_statement: bool = False
    may_share: bool = False
    shared: tuple[int, ...] = ()
    loop: Any = None
    stem: str | None = None

    def moved(self, line: int, slots: Sequence[Slot], at: Mapping[int, int]) -> Instruction:
        """The same for another line, with slots where `at` says; not of a loop, which has slots inside."""
        return Instruction(
            line,
            slots[at[self.slot.number]],
            tuple([at[i] for i in self.operands]),
            self.spelling,
            self.into,
            self.entrywise,
            self.view,
            self.moves,
            self.is_statement,
            self.may_share,
            tuple([at[i] for i in self.shared]),
        )


@dataclass(slots=True)
class Instructions:
    """The instructions so far, and the constants and outside objects that they name."""

    slots: list[Slot] = field(default_factory=list)
    done: list[Instruction] = field(default_factory=list)
    constants: dict[int, Data] = field(default_factory=dict)
    line: int = 0

    def slot(self, example: Data) -> Slot:
        """A new place."""
        self.slots.append(Slot(len(self.slots), example))
        return self.slots[-1]

    def constant(self, value: Data) -> Slot:
        """A new place for what never changes."""
        slot = self.slot(value)
        self.constants[slot.number] = value
        return slot

    def add(
        self,
        example: Data,
        operands: Sequence[Slot],
        spelling: Spelling,
        into: Spelling | None = None,
        **traits: Any,
    ) -> Slot:
        """An instruction more; its result's place. `traits` are those of a Instruction."""
        slot = self.slot(example)
        numbers = tuple([x.number for x in operands])
        everything = traits.get("may_share", False)
        shared = tuple([x.number for x in operands if everything or _share(x.example, example)])
        self.done.append(Instruction(self.line, slot, numbers, spelling, into, shared=shared, **traits))
        return slot

    def undo(self, length: int) -> None:
        """Forget all instructions but the first so many."""
        del self.done[length:]


def _share(x: Any, y: Any) -> bool:
    """Whether two examples may share memory; a tuple shares what its parts do."""
    if isinstance(x, tuple):
        return any(_share(part, y) for part in x)
    if isinstance(y, tuple):
        return any(_share(x, part) for part in y)
    return isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and np.may_share_memory(x, y)


def example_of(data: Data) -> Data:
    """An example of an input, of which a listing may tell shape and dtype only.

    Its rows are laid one behind the other. Square matrices are those that have an inverse and a root.
    """
    if not is_array(data):
        return data
    if data.ndim == 1:
        return np.full(data.shape, 0.5, data.dtype)
    if is_large(data) and data.shape[-2] != data.shape[-1]:
        return blank(data.shape, data.dtype)
    matrices = np.eye(*data.shape[-2:], dtype=data.dtype)
    return np.ascontiguousarray(np.broadcast_to(matrices, data.shape))


def is_array(x: Any) -> bool:
    """Whether data are an array with axes."""
    return isinstance(x, np.ndarray) and x.ndim > 0


def is_known(x: Any) -> bool:
    """Whether there is no slot in it."""
    parts = x.values() if type(x) is dict else x if isinstance(x, (tuple, list)) else _ends(x)
    return all(map(is_known, parts)) and not isinstance(x, Slot)


def example(x: Any) -> Any:
    """What is known, with the examples of slots in their places."""
    if isinstance(x, tuple) and not is_known(x):
        return tuple(map(example, x))
    if isinstance(x, slice):
        return slice(*map(example, _ends(x)))
    return x.example if isinstance(x, Slot) else x


def _ends(x: Any) -> tuple[Any, ...]:
    return (x.start, x.stop, x.step) if isinstance(x, slice) else ()
