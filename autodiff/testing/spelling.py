"""How expressions are written: as Python that runs, and in one line.

An operation is spelled in its operands x, y and z: "np.sum(x, axis=0)". That text is all that is known of
how to call it: it is compiled once, to be applied, and put together with those of its operands, to be read.
Brackets are those that Python's own writer sets.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import ops
from ..values.data import Data

if TYPE_CHECKING:
    from .expression import Expression

OPERANDS = ("x", "y", "z")
PARTS = ("u", "v", "r", "s", "t", "p", "q")


@dataclass(frozen=True, eq=False)
class Literal:
    """Numbers written into an expression; those with a name are a constant Value."""

    data: Data
    name: str | None = None


# -- applying ----------------------------------------------------------------------------------


@cache
def applied(spelling: str, function: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The function of its operands that a spelling is; `function` is what a user's own name means."""
    known = {"np": np, "ad": ops} | ({function.__name__: function} if function else {})
    operands = ", ".join(OPERANDS[: operands_of(spelling)])
    return eval(f"lambda {operands}: {spelling}", known)  # type: ignore[no-any-return]


@cache
def operands_of(spelling: str) -> int:
    """How many operands a spelling has."""
    return len(set(mentioned(spelling)))


@cache
def mentioned(spelling: str) -> tuple[int, ...]:
    """The operands of a spelling, as often as they are mentioned."""
    names = [node.id for node in ast.walk(_parsed(spelling)) if isinstance(node, ast.Name)]
    return tuple(OPERANDS.index(name) for name in names if name in OPERANDS)


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


# -- putting together --------------------------------------------------------------------------


class _Filled(ast.NodeTransformer):
    """A spelling with its operands filled in."""

    def __init__(self, operands: dict[str, ast.expr]) -> None:
        self.operands = operands

    def visit_Name(self, node: ast.Name) -> ast.expr:  # noqa: N802
        return self.operands.get(node.id, node)


class _Mathematics(ast.NodeTransformer):
    """Functions without their module, and in place of methods: tanh(x)."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:  # noqa: N802
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in ("np", "ad"):
            return ast.Name(node.attr)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:  # noqa: N802
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
            return ast.Call(ast.Name(node.func.attr), [node.func.value, *node.args], node.keywords)
        return node


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "linalg"


def _copied(tree: ast.expr) -> ast.expr:
    """A tree of its own, to be changed."""
    copy = type(tree)()
    for name, field in ast.iter_fields(tree):
        if isinstance(field, list):
            field = [_copied(item) if isinstance(item, ast.AST) else item for item in field]  # type: ignore[arg-type]
        elif isinstance(field, ast.AST):
            field = _copied(field)  # type: ignore[arg-type]
        setattr(copy, name, field)
    return copy


@dataclass
class _Written:
    """An expression as parts with names, and what remains."""

    parts: list[tuple[str, ast.expr]]
    result: ast.expr
    constants: dict[str, Data]


def _written(e: Expression) -> _Written:
    """Lines put together: one that is mentioned twice is a part with a name."""
    count = Counter(
        line.operands[k]
        for line in e.lines
        for k in mentioned(line.spelling)
        if isinstance(line.operands[k], int)
    )
    names = _free_names({*e.names, *(line.operation.name for line in e.lines), *_constants(e)})
    nodes: list[ast.expr] = [ast.Name(name) for name in e.names]
    parts = []
    for line in e.lines:
        filled = {OPERANDS[k]: _operand(x, nodes) for k, x in enumerate(line.operands)}
        tree = _Filled(filled).visit(_copied(_parsed(line.spelling)))
        if count[len(nodes)] > 1:
            parts.append((name := next(names), tree))
            tree = ast.Name(name)
        nodes.append(tree)
    return _Written(parts, nodes[-1], _constants(e))


def _operand(x: int | Literal, nodes: list[ast.expr]) -> ast.expr:
    if isinstance(x, int):
        return nodes[x]
    return ast.Name(x.name) if x.name else _parsed(written(x.data))


def _constants(e: Expression) -> dict[str, Data]:
    operands = [x for line in e.lines for x in line.operands if isinstance(x, Literal)]
    return {x.name: x.data for x in operands if x.name}


def _free_names(taken: set[str]) -> Iterator[str]:
    yield from (name for name in PARTS if name not in taken)
    n = 1
    while True:
        yield f"t{n}"
        n += 1


def written(data: Data) -> str:
    """Numbers as Python, exactly."""
    if type(data) is float:
        return repr(data) if np.isfinite(data) else f"float('{data!r}')"
    kind = "" if data.dtype == np.float64 else f", dtype=np.{data.dtype}"
    if isinstance(data, np.generic):
        return f"np.{data.dtype}({float(data)!r})"
    return f"np.array({data.tolist()!r}{kind})"


def text_of(e: Expression) -> str:
    """The whole in one line."""
    found = _written(e)
    constants = [(name, _parsed(written(data))) for name, data in found.constants.items()]
    lines = [
        f"{name} = {ast.unparse(_Mathematics().visit(_copied(tree)))}"
        for name, tree in (*constants, *found.parts)
    ]
    return "; ".join([*lines, ast.unparse(_Mathematics().visit(_copied(found.result)))])


def code_of(e: Expression) -> str:
    """Python that can be pasted."""
    found = _written(e)
    constants = [
        f"{name} = ad.Value({written(data)}, {name!r}, constant=True)"
        for name, data in found.constants.items()
    ]
    body = [f"    {name} = {ast.unparse(tree)}" for name, tree in found.parts]
    inputs = [
        f"{name} = ad.Value({written(data)}, {name!r})" for name, data in zip(e.names, e.inputs, strict=True)
    ]
    return "\n".join(
        [
            "import numpy as np",
            "",
            "import autodiff as ad",
            *_imports(e),
            "",
            *(*constants, "") * bool(constants),
            f"def f({', '.join(e.names)}):",
            *body,
            f"    return {ast.unparse(found.result)}",
            "",
            *inputs,
        ]
    )


def _imports(e: Expression) -> list[str]:
    """Where a user's own operations come from."""
    functions = {line.operation.function for line in e.lines} - {None}
    return sorted({_import_of(function) for function in functions if function})


def _import_of(function: Callable[..., Any]) -> str:
    name, module = function.__name__, inspect.getmodule(function)
    found = module is not None and getattr(sys.modules.get(module.__name__), name, None) is function
    if found and module is not None and module.__name__ != "__main__":
        return f"from {module.__name__} import {name}"
    return f"# {name}: as it is defined in the test"
