"""Python's operators: how they are written, how tightly they bind, and what NumPy calls them."""

from __future__ import annotations

from typing import NamedTuple

ATOM = 20
"""Precedence of what needs no brackets anywhere: names, calls, numbers."""
UNARY = 12
POWER = 13


class Operator(NamedTuple):
    """How an operator is written, how tightly it binds, and what NumPy calls it."""

    symbol: str
    precedence: int
    ufunc: str

    @property
    def template(self) -> str:
        """Text with a place for each operand."""
        return f"{self.symbol}{{0}}" if len(self.needs) == 1 else f"{{0}} {self.symbol} {{1}}"

    @property
    def needs(self) -> tuple[int, ...]:
        """How tightly each operand must bind to need no brackets."""
        if self.precedence == UNARY or self.symbol == "not ":
            return (self.precedence,)
        if self.precedence == POWER:
            return (ATOM, ATOM)
        return (self.precedence, self.precedence + 1)


BINDING = {
    10: "+ add, - subtract",
    11: "* multiply, / divide, // floor_divide, % remainder, @ matmul",
    POWER: "** power",
    9: "& bitwise_and",
    8: "^ bitwise_xor",
    7: "| bitwise_or",
    UNARY: "- negative, + positive, ~ invert",
    6: "== equal, != not_equal, < less, <= less_equal, > greater, >= greater_equal",
}
"""Operators that bind equally tightly, each with NumPy's name."""

OPERATORS = [
    Operator(symbol, precedence, ufunc)
    for precedence, row in BINDING.items()
    for symbol, ufunc in map(str.split, row.split(", "))
]

BY_UFUNC = {x.ufunc: x for x in OPERATORS}
"""The operators by NumPy's names for them."""

NOT = Operator("not ", 5, "logical_not")
