"""A function's text for a program that has nothing but NumPy: alone, with names that the program knows."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable
from typing import Any, TypeAlias

from .literals import UnwrittenError
from .reading import Definition

__all__ = ["copied", "reached"]

Reference: TypeAlias = Callable[[Any], str]
"""How a program writes an object that a function names."""

Power: TypeAlias = Callable[[], str] | None


def copied(found: Definition, name: str, reference: Reference, power: Power = None) -> str:
    """The text of a function under a name. `power` names a function to call in place of `**`.

    Without types, and of the docstring the first line alone. Raises UnwrittenError where it names what the
    program cannot have.
    """
    given = found.node.args
    if given.kwarg:
        raise UnwrittenError
    local = _local(found.node)
    translation = _Translation(found.names, local, reference, power)
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(x.arg) for x in (*given.posonlyargs, *given.args)],
        vararg=ast.arg(given.vararg.arg) if given.vararg else None,
        kwonlyargs=[ast.arg(x.arg) for x in given.kwonlyargs],
        kw_defaults=[x and translation.visit(copy.deepcopy(x)) for x in given.kw_defaults],
        defaults=[translation.visit(copy.deepcopy(x)) for x in given.defaults],
    )
    body = [translation.visit(copy.deepcopy(statement)) for statement in found.body]
    node = ast.FunctionDef(name, arguments, [*_told(found.node), *body], [])
    return ast.unparse(ast.fix_missing_locations(node))


def _local(node: ast.AST) -> set[str]:
    """Names that a function gives itself."""
    stored = {x.id for x in ast.walk(node) if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)}
    return stored | {x.arg for x in ast.walk(node) if isinstance(x, ast.arg)}


def _told(node: ast.FunctionDef | ast.Lambda) -> list[ast.stmt]:
    documentation = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
    return [ast.Expr(ast.Constant(documentation.splitlines()[0]))] if documentation else []


def reached(node: ast.expr, names: dict[str, Any]) -> Any:
    """What a dotted name stands for. Raises UnwrittenError where it is no such name."""
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.Attribute):
        return getattr(reached(node.value, names), node.attr)
    raise UnwrittenError


class _Translation(ast.NodeTransformer):
    """Names from outside become what the program calls them."""

    def __init__(self, names: dict[str, Any], local: set[str], reference: Reference, power: Power) -> None:
        self.names = {name: x for name, x in names.items() if name not in local}
        self.local, self.reference, self.power = local, reference, power

    def written(self, value: Any) -> ast.expr:
        text = self.reference(value)
        if text in self.local:
            raise UnwrittenError
        return ast.parse(text, mode="eval").body

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.local:
            return node
        value = reached(node, self.names)
        return node if getattr(builtins, node.id, None) is value else self.written(value)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        try:
            value = reached(node, self.names)
        except UnwrittenError:
            self.generic_visit(node)
            return node
        return self.written(value)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if self.power and isinstance(node.op, ast.Pow):
            return ast.Call(ast.Name(self.power(), ast.Load()), [node.left, node.right], [])
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign([node.target], self.visit(node.value)) if node.value else ast.Pass()
