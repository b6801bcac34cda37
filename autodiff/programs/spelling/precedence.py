"""Python's operators: how they are written, how tightly they bind, and what NumPy calls them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["ATOM", "BY_FUNCTION", "BY_NODE", "UNARY", "Operator"]

ATOM = 20
"""Precedence of what needs no brackets anywhere: names, calls, numbers."""
UNARY = 12
POWER = 13


class Operator(NamedTuple):
    """How an operator is written, how tightly it binds, and its function in NumPy."""

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


BY_NODE: dict[type[ast.AST], Operator] = {
    ast.Add: Operator("+", 10, "add"),
    ast.Sub: Operator("-", 10, "subtract"),
    ast.Mult: Operator("*", 11, "multiply"),
    ast.Div: Operator("/", 11, "divide"),
    ast.FloorDiv: Operator("//", 11, "floor_divide"),
    ast.Mod: Operator("%", 11, "remainder"),
    ast.MatMult: Operator("@", 11, "matmul"),
    ast.Pow: Operator("**", POWER, "power"),
    ast.BitAnd: Operator("&", 9, "bitwise_and"),
    ast.BitXor: Operator("^", 8, "bitwise_xor"),
    ast.BitOr: Operator("|", 7, "bitwise_or"),
    ast.USub: Operator("-", UNARY, "negative"),
    ast.UAdd: Operator("+", UNARY, "positive"),
    ast.Invert: Operator("~", UNARY, "invert"),
    ast.Eq: Operator("==", 6, "equal"),
    ast.NotEq: Operator("!=", 6, "not_equal"),
    ast.Lt: Operator("<", 6, "less"),
    ast.LtE: Operator("<=", 6, "less_equal"),
    ast.Gt: Operator(">", 6, "greater"),
    ast.GtE: Operator(">=", 6, "greater_equal"),
}

BY_FUNCTION: dict[Callable[..., Any], Operator] = {
    getattr(operator, name): BY_NODE[node]
    for name, node in {
        "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv,
        "mod": ast.Mod, "pow": ast.Pow, "neg": ast.USub, "pos": ast.UAdd, "eq": ast.Eq, "ne": ast.NotEq,
        "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE, "and_": ast.BitAnd, "or_": ast.BitOr,
        "xor": ast.BitXor,
    }.items()
}  # fmt: skip
BY_FUNCTION[operator.not_] = Operator("not ", 5, "logical_not")
"""The functions of the module `operator`, which operations name as their form for numbers."""
