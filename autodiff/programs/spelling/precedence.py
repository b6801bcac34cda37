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


OPERATORS = [
    Operator("+", 10, "add"),
    Operator("-", 10, "subtract"),
    Operator("*", 11, "multiply"),
    Operator("/", 11, "divide"),
    Operator("//", 11, "floor_divide"),
    Operator("%", 11, "remainder"),
    Operator("@", 11, "matmul"),
    Operator("**", POWER, "power"),
    Operator("&", 9, "bitwise_and"),
    Operator("^", 8, "bitwise_xor"),
    Operator("|", 7, "bitwise_or"),
    Operator("-", UNARY, "negative"),
    Operator("+", UNARY, "positive"),
    Operator("~", UNARY, "invert"),
    Operator("==", 6, "equal"),
    Operator("!=", 6, "not_equal"),
    Operator("<", 6, "less"),
    Operator("<=", 6, "less_equal"),
    Operator(">", 6, "greater"),
    Operator(">=", 6, "greater_equal"),
]

BY_UFUNC = {x.ufunc: x for x in OPERATORS}
"""The operators by NumPy's names for them."""

NOT = Operator("not ", 5, "logical_not")
