"""How expressions are written: as Python that runs, and in one line.

Spellings are put together as trees, and written by Python's own writer, which sets the brackets.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...values.data import Data
from ..literals import literal
from .lines import Assignment, Literal
from .spelling import OPERANDS, tree

OTHERWISE = {"flatten": "ravel"}
"""Functions that go by another name than the methods."""

CODE = """\
import numpy as np

import autodiff as ad
{imports}{constants}

def {f}({parameters}):
{body}


{inputs}"""


def text_of(lines: Sequence[Assignment], names: Sequence[str]) -> str:
    """The whole in one line."""
    found = _composed(lines, names)
    constants = [(name, tree(literal(data))) for name, data in found.constants.items()]
    parts = [f"{name} = {_mathematics(part)}" for name, part in (*constants, *found.parts)]
    return "; ".join([*parts, _mathematics(found.result)])


def code_of(lines: Sequence[Assignment], names: Sequence[str], data: Sequence[Data]) -> str:
    """Python that can be pasted."""
    found = _composed(lines, names)
    own = {line.operation.name: line.operation.function for line in lines}
    body = [f"{name} = {ast.unparse(part)}" for name, part in found.parts]
    body.append(f"return {ast.unparse(found.result)}")
    constants = [f"{name} = {_leaf(x, name, True)}" for name, x in found.constants.items()]
    inputs = [f"{name} = {_leaf(x, name)}" for name, x in zip(names, data, strict=True)]
    return CODE.format(
        imports="".join(f"{line}\n" for line in _imports(own)),
        constants="".join(f"\n{line}" for line in constants) + "\n" * bool(constants),
        f=next(f for f in ("f", "g", "h") if f not in own),
        parameters=", ".join(names),
        body="\n".join(f"    {line}" for line in body),
        inputs="\n".join(inputs),
    )


def _leaf(data: Data, name: str, constant: bool = False) -> str:
    return f"ad.Value({literal(data)}, {name!r}{', constant=True' * constant})"


# -- putting together --------------------------------------------------------------------------


@dataclass
class _Composed:
    """An expression as named constants, parts with names, and what remains."""

    constants: dict[str, Data]
    parts: list[tuple[str, ast.expr]]
    result: ast.expr


def _composed(lines: Sequence[Assignment], names: Sequence[str]) -> _Composed:
    """Lines written into one another, up to those that have names."""
    found = _Composed({}, [], ast.Constant(0.0))
    nodes: list[ast.expr] = [ast.Name(name) for name in names]
    for line in lines:
        operands = [_operand(x, nodes, found.constants) for x in line.operands]
        nodes.append(_Filled(dict(zip(OPERANDS, operands, strict=False))).visit(_copied(tree(line.spelling))))
        if line.name:
            found.parts.append((line.name, nodes[-1]))
            nodes[-1] = ast.Name(line.name)
    found.result = nodes[-1]
    return found


def _operand(x: int | Literal, nodes: list[ast.expr], constants: dict[str, Data]) -> ast.expr:
    if isinstance(x, int):
        return nodes[x]
    if x.name is None:
        return tree(literal(x.data))
    constants[x.name] = x.data
    return ast.Name(x.name)


class _Filled(ast.NodeTransformer):
    """A spelling with its operands filled in."""

    def __init__(self, operands: dict[str, ast.expr]) -> None:
        self.operands = operands

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.operands.get(node.id, node)


class _Mathematics(ast.NodeTransformer):
    """Functions without their module, and in place of methods: tanh(x)."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return ast.Name(node.attr) if _named(node.value, "np", "ad") else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Attribute) or _named(node.func.value, "linalg"):
            return node
        name = OTHERWISE.get(node.func.attr, node.func.attr)
        return ast.Call(ast.Name(name), [node.func.value, *node.args], node.keywords)


def _named(node: ast.expr, *names: str) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _mathematics(node: ast.expr) -> str:
    return ast.unparse(_Mathematics().visit(_copied(node)))


def _copied(node: Any) -> Any:
    """A tree of its own, to be changed."""
    if isinstance(node, list):
        return [_copied(item) for item in node]
    if not isinstance(node, ast.AST):
        return node
    return type(node)(**{name: _copied(part) for name, part in ast.iter_fields(node)})


# -- a user's own operations -------------------------------------------------------------------


def _imports(own: Mapping[str, Callable[..., Any] | None]) -> Iterator[str]:
    """Where a user's own operations come from."""
    yield from (_import_of(name, function) for name, function in own.items() if function)


def _import_of(name: str, function: Callable[..., Any]) -> str:
    module, known = inspect.getmodule(function), getattr(function, "__name__", "")
    if not module or module.__name__ == "__main__" or getattr(module, known, None) is not function:
        return f"# and {name}, as it is defined in the test"
    return f"from {module.__name__} import {known}" + f" as {name}" * (name != known)
