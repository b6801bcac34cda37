"""How an operation is written, `formula` and `typeset`: held to its parameters where it is declared."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

SIGNS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
"""The operators between the parts of a formula."""

STYLES = ("", "axes", "below", "primes", "unsaid")
"""How an option is written in a template: as in Python; as letters of axes; below; as primes; not at all."""

INGREDIENTS = "operands, options, numbers, + - * / ** @, x.T, x if condition else y, and operations"


def check_formula(formula: Any, parameters: Sequence[str], forward: Any) -> None:
    """Raise TypeError or ValueError for what is not a formula of an operation with these parameters.

    A name that is called may be that of an operation which its module declares later.
    """
    told = f"{_named(forward)}: formula={formula!r}"
    if not isinstance(formula, str):
        raise TypeError(f"{told} must be text, as 'x*y'")
    try:
        tree = ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{told} is not a Python expression: {error}") from None
    for wrong in _unsuited(tree, parameters, forward.__name__, forward.__globals__):
        raise ValueError(f"{told} contains {ast.unparse(wrong)}; a formula is made of {INGREDIENTS}")


def _unsuited(
    node: ast.expr, parameters: Sequence[str], own: str, known: Mapping[str, Any]
) -> Iterator[ast.expr]:
    """The parts of a formula that cannot be in it."""
    parts: Sequence[ast.expr] = ()
    match node:
        case ast.Name(name) if name in parameters or isinstance(known.get(name), (int, float)):
            pass
        case ast.Constant(int() | float()):
            pass
        case ast.UnaryOp(ast.USub(), x) | ast.Attribute(x, "T"):
            parts = (x,)
        case ast.BinOp(x, sign, y) if isinstance(sign, SIGNS):
            parts = (x, y)
        case ast.Call(ast.Name(name), operands, []) if name != own and _may_be_operation(name, known):
            parts = operands
        case ast.IfExp(condition, x, y):
            parts = (condition, x, y)
        case _:
            yield node
    for part in parts:
        yield from _unsuited(part, parameters, own, known)


def _may_be_operation(name: str, known: Mapping[str, Any]) -> bool:
    return name not in known or hasattr(known[name], "operation")


def check_typeset(template: Any, count: int, options: Sequence[str], forward: Any) -> None:
    """Raise TypeError or ValueError for a template of more operands than these, or of other options."""
    told = f"{_named(forward)}: typeset={template!r}"
    if not isinstance(template, str):
        raise TypeError(f"{told} must be text, as '|{{}}|'")
    try:
        fields = [field for field in Formatter().parse(template) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"{told} is not a template: {error}") from None
    for _, name, form, conversion in fields:
        styled = form in (STYLES if name in options else STYLES[:1])
        if conversion or not styled or (name and name != "*" and name not in options):
            known = ", ".join(f"{{{option}}}" for option in options) or "none"
            raise ValueError(f"{told}: a place is {{}} for an operand or an option by its name: {known}")
    places = sum(not field[1] for field in fields)
    if places > count:
        counted = f"{count} operand{'s' * (count != 1)}"
        raise ValueError(f"{told} has {places} places {{}}, and the operation {counted}")


def _named(forward: Any) -> str:
    return str(forward.__name__).strip("_")
