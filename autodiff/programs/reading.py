"""The source of a function as a syntax tree, and what its names mean."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import linecache
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, NamedTuple, TypeAlias

from ..operation import Operation

__all__ = ["Definition", "definition", "undecorated"]

Function: TypeAlias = Callable[..., Any]
Node: TypeAlias = ast.FunctionDef | ast.Lambda


class Definition(NamedTuple):
    """A function as it was written: its syntax tree, and the meaning of names from outside."""

    node: Node
    names: dict[str, Any]

    @property
    def parameters(self) -> list[str]:
        """Names of all parameters, those by position first, then *many, then those by name."""
        a = self.node.args
        many = [a.vararg] if a.vararg else []
        return [p.arg for p in (*a.posonlyargs, *a.args, *many, *a.kwonlyargs)]

    @property
    def body(self) -> list[ast.stmt]:
        """Its statements, without the docstring."""
        if isinstance(self.node, ast.Lambda):
            return [ast.Return(self.node.body)]
        body = self.node.body
        first = body[0]
        told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        return body[1:] if told else body


def undecorated(function: Function) -> Function:
    """The function under an operation's call, a cache, or `np.errstate`: a program never warns."""
    if isinstance(function, functools._lru_cache_wrapper):
        function = function.__wrapped__
    operation = getattr(function, "operation", None)
    if isinstance(operation, Operation):
        return operation.forward
    code = getattr(function, "__code__", None)
    if code is not None and code.co_qualname.startswith("errstate."):
        inner: Function = inspect.unwrap(function)
        return inner
    return function


def definition(function: Function) -> Definition | None:
    """How a function was written; None where its source is not to be had."""
    function = undecorated(function)
    if not isinstance(function, FunctionType):
        return None
    code = function.__code__
    found = [node for node in _functions(code.co_filename) if _may_be(node, code)]
    if len(found) > 1:
        found = [node for node in found if _compiles_to(node, code)]
    return Definition(found[0], _names(function)) if found else None


@functools.lru_cache(maxsize=64)
def _functions(file: str) -> list[Node]:
    """All functions of a file, nested ones, too."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:  # a cell of a notebook may hold what is no Python
        return []
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]


def _may_be(node: Node, code: CodeType) -> bool:
    """Whether code may have been compiled from a node: it has the same line and name."""
    if isinstance(node, ast.Lambda):
        return code.co_name == "<lambda>" and node.lineno == code.co_firstlineno
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return node.name == code.co_name and first == code.co_firstlineno


def _compiles_to(node: Node, code: CodeType) -> bool:
    """Which of several lambdas on one line it is, told by the instructions."""
    if not isinstance(node, ast.Lambda):
        return True
    made = compile(ast.Expression(node), "<lambda>", "eval").co_consts[0]
    parts = ("co_varnames", "co_names", "co_consts", "co_code")
    return all(getattr(made, part) == getattr(code, part) for part in parts)


def _names(function: FunctionType) -> dict[str, Any]:
    """Builtins, globals, and what it closes over."""
    closed = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            closed[name] = cell.cell_contents
        except ValueError:  # not yet assigned
            continue
    return {**vars(builtins), **function.__globals__, **closed}
