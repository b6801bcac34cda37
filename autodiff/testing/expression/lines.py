"""The lines of an expression: single assignments, each of one operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...values.data import Data
from ...values.value import Value
from .catalogue.drawable import Drawable


@dataclass(frozen=True, eq=False)
class Literal:
    """Numbers written into an expression; those with a name are a constant Value."""

    data: Data
    name: str | None = None

    def operand(self) -> Any:
        """What an operation is given."""
        return Value(self.data, self.name, constant=True) if self.name else self.data


@dataclass(frozen=True, eq=False)
class Assignment:
    """One operation: `spelling` is how it is written in its operands x, y and z.

    An operand is the place of an earlier node, the inputs first and then the lines in order; or a literal.
    `name` is that of a part, which is mentioned more than once.
    """

    operation: Drawable
    spelling: str
    operands: tuple[int | Literal, ...]
    name: str | None = None
