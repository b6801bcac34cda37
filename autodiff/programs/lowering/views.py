"""Kept memory in other shapes: views of buffers, which are made once, with them."""

from __future__ import annotations

from collections.abc import Mapping

from ..spelling.identifiers import Identifiers
from ..spelling.precedence import ATOM
from .buffers import Buffer, Plan
from .instructions import Instruction


class Views:
    """Which slots are in kept memory, and which of them are only that in another shape.

    `texts` make the views that were asked for, by name.
    """

    def __init__(self, plan: Plan, buffers: Mapping[Buffer, str], names: Identifiers) -> None:
        self._plan, self._buffers, self._names = plan, buffers, names
        self._kept: dict[int, str] = {}
        self._moved: dict[int, Instruction] = {}
        self._made: dict[str, str] = {}

    @property
    def texts(self) -> dict[str, str]:
        """The texts that make views, by name."""
        return {name: text for text, name in self._made.items()}

    def note(self, instruction: Instruction) -> bool:
        """Note where the result of an instruction is; whether that is kept memory in another shape."""
        number = instruction.slot.number
        into = self._plan.into.get(number)
        if isinstance(into, Buffer):
            self._kept[number] = self._buffers[into]
        elif isinstance(into, int) and into in self._kept:
            self._kept[number] = self._kept[into]
        elif instruction.moves and instruction.operands[0] in self._kept:
            self._kept[number] = instruction.spelling.of([(self._kept[instruction.operands[0]], ATOM)])
            self._moved[number] = instruction
            return True
        return False

    def of(self, number: int) -> Instruction | None:
        """What would make the view that a slot is, if it is one."""
        return self._moved.get(number)

    def name(self, number: int) -> str:
        """The name of a view."""
        text = self._kept[number]
        if text not in self._made:
            self._made[text] = self._names.number("view")
        return self._made[text]

    def told(self, number: int, texts: Mapping[int, tuple[str, int]]) -> str:
        """What a view is, by the names in the function."""
        instruction = self._moved[number]
        (x,) = instruction.operands
        text = texts[x][0] if x in texts else self.told(x, texts)
        return instruction.spelling.of([(text, ATOM)])
