"""A function's text for a program that has nothing but NumPy: alone, with names that the program knows."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable
from typing import Any, TypeAlias

from .literals import UnwrittenError
from .reading import Definition

Reference: TypeAlias = Callable[[Any], str]
"""How a program writes an object that a function names."""

Power: TypeAlias = Callable[[], str] | None

BROUGHT = {"math", "numpy"}
"""Modules that a function may import: a program has them wherever it runs."""


def copied(found: Definition, name: str, reference: Reference, power: Power = None) -> str:
    """The text of a function under a name. `power` names a function to call in place of `**`.

    Without types, and of the docstring the first line alone. Raises UnwrittenError where it names what the
    program cannot have, or what means one thing here and another there.
    """
    given = found.node.args
    needed = {*ast.walk(found.node)} - _dispensable(found.node)
    if given.kwarg or found.local & found.outside or any(map(_is_bound_to_place, needed)):
        raise UnwrittenError
    translation = _Translation(found.names, found.local, reference, power)
    usual = {name: ast.parse(reference(x), mode="eval").body for name, x in found.defaults.items()}
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(x.arg) for x in (*given.posonlyargs, *given.args)],
        vararg=ast.arg(given.vararg.arg) if given.vararg else None,
        kwonlyargs=[ast.arg(x.arg) for x in given.kwonlyargs],
        kw_defaults=[usual.get(x.arg) for x in given.kwonlyargs],
        defaults=[usual[x.arg] for x in (*given.posonlyargs, *given.args) if x.arg in usual],
    )
    body = [translation.visit(copy.deepcopy(statement)) for statement in found.body]
    node = ast.FunctionDef(name, arguments, [*_docstring(found.node), *body], [])
    return ast.unparse(ast.fix_missing_locations(node))


def _is_bound_to_place(node: ast.AST) -> bool:
    """Whether it is another thing in another module: a name assigned outside, a class, an import."""
    match node:
        case ast.Import(names):
            return not {x.name.partition(".")[0] for x in names} <= BROUGHT
        case ast.ImportFrom(module, _, level):
            return bool(level) or (module or "").partition(".")[0] not in BROUGHT
    return isinstance(node, (ast.Global, ast.Nonlocal, ast.ClassDef))


def _dispensable(function: ast.AST) -> set[ast.AST]:
    """What a function tries and can do without: the imports in a `try … except ImportError`."""
    blocks = (node for node in ast.walk(function) if isinstance(node, ast.Try))
    tried = (block.body for block in blocks if any(map(_catches_imports, block.handlers)))
    return {node for body in tried for node in body if isinstance(node, (ast.Import, ast.ImportFrom))}


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.type, ast.Name) and handler.type.id == "ImportError"


def _docstring(node: ast.FunctionDef | ast.Lambda) -> list[ast.stmt]:
    documentation = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
    return [ast.Expr(ast.Constant(documentation.splitlines()[0]))] if documentation else []


def _reached(node: ast.expr, names: dict[str, Any]) -> Any:
    """What a dotted name stands for. Raises UnwrittenError where it is no such name."""
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.Attribute):
        return getattr(_reached(node.value, names), node.attr)
    raise UnwrittenError


class _Translation(ast.NodeTransformer):
    """Names from outside become what the program calls them."""

    def __init__(self, names: dict[str, Any], local: set[str], reference: Reference, power: Power) -> None:
        self.names = {name: x for name, x in names.items() if name not in local}
        self.local, self.reference, self.power = local, reference, power

    def written(self, value: Any) -> ast.expr:
        written = ast.parse(self.reference(value), mode="eval").body
        if any(isinstance(x, ast.Name) and x.id in self.local for x in ast.walk(written)):
            raise UnwrittenError
        return written

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.local:
            return node
        value = _reached(node, self.names)
        return node if getattr(builtins, node.id, None) is value else self.written(value)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        try:
            value = _reached(node, self.names)
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
