"""The source of a function as a syntax tree, and what its names mean."""

from __future__ import annotations
import __future__

import ast
import builtins
import dis
import functools
import linecache
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ...values.operation import Operation, defaults_of
from ..guards.chains import inner

Function: TypeAlias = Callable[..., Any]
Node: TypeAlias = ast.FunctionDef | ast.Lambda
Place: TypeAlias = tuple[int, int]
"""Line and column."""

FUTURE = functools.reduce(
    int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
ERRSTATE = getattr(vars(np.errstate).get("__call__"), "__code__", None)
"""What decorates by np.errstate(…); the decorated function is a constant of its code."""


class Definition(NamedTuple):
    """A function as it was written: its syntax tree, and what its names mean."""

    node: Node
    code: CodeType
    names: dict[str, Any]
    """Builtins, globals, and what it closes over."""
    defaults: dict[str, Any]
    """Default values by name: those that the function has, whatever their text would mean now."""

    @property
    def body(self) -> list[ast.stmt]:
        """Its statements, without the docstring."""
        if isinstance(self.node, ast.Lambda):
            return [ast.Return(self.node.body)]
        body = self.node.body
        first = body[0]
        told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        return body[1:] if told else body

    @property
    def local(self) -> set[str]:
        """The names that it gives itself, and those that functions inside it do."""
        codes = _with_inner(self.code)
        return {name for code in codes for name in (*code.co_varnames, *code.co_cellvars)}

    @property
    def outside(self) -> set[str]:
        """The names that it takes from outside, itself or in a function inside it."""
        steps = (step for inner in _with_inner(self.code) for step in dis.get_instructions(inner))
        return {*self.code.co_freevars, *(step.argval for step in steps if step.opname == "LOAD_GLOBAL")}


def undecorated(function: Function) -> Function:
    """The function under an operation's call, a cache, or `np.errstate`: a program never warns."""
    while (inner := _under(function)) is not None:
        function = inner
    return function


def _under(function: Function) -> Function | None:
    """The function under one layer that changes no result."""
    if isinstance(function, functools._lru_cache_wrapper):
        return function.__wrapped__
    operation = getattr(function, "operation", None)
    if isinstance(operation, Operation) and operation.forward is not function:
        return operation.forward
    code = getattr(function, "__code__", None)
    is_quiet = ERRSTATE is not None and code is not None and code in ERRSTATE.co_consts
    return getattr(function, "__wrapped__", None) if is_quiet else None


# -- source ------------------------------------------------------------------------------------


def definition(function: Function) -> Definition | None:
    """How a function was written; None where its source is not to be had.

    Only the text that compiles to the very code that runs is its source: since a module was imported its
    file may have been edited, replaced or removed.
    """
    function = undecorated(function)
    if not isinstance(function, FunctionType):
        return None
    code = function.__code__
    linecache.lazycache(code.co_filename, function.__globals__)  # a module may lie in an archive
    node = _node(code, code.co_filename)
    return None if node is None else Definition(node, code, _names(function), defaults_of(function))


@functools.lru_cache(maxsize=4096)
def _node(code: CodeType, file: str) -> Node | None:
    """What a code was compiled from: a text that was read before, or the file as it is now."""
    found = _written_in(_tree("".join(linecache.getlines(file))), code)
    if found is None:
        linecache.checkcache(file)
        found = _written_in(_tree("".join(linecache.getlines(file))), code)
    return found


@functools.lru_cache(maxsize=64)
def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):  # a cell of a notebook may hold more than Python
        return ast.Module([], [])


def _written_in(tree: ast.Module, code: CodeType) -> Node | None:
    """The function of a module that compiles to a code."""
    for statement in tree.body:
        nodes = [node for node in _functions(statement) if _may_be(node, code)]
        if nodes and code in _codes(tree, code.co_flags & FUTURE):
            node = nodes[0] if len(nodes) == 1 else _placed(nodes, code)
            return None if node is None or _needs_class(node) else node
    return None


@functools.lru_cache(maxsize=1024)
def _functions(statement: ast.stmt) -> list[Node]:
    """All functions of a statement, nested ones, too."""
    return [node for node in ast.walk(statement) if isinstance(node, (ast.FunctionDef, ast.Lambda))]


def _may_be(node: Node, code: CodeType) -> bool:
    """Whether code may have been compiled from a node: it has the same line and name."""
    if isinstance(node, ast.Lambda):
        return code.co_name == "<lambda>" and node.lineno == code.co_firstlineno
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return node.name == code.co_name and first == code.co_firstlineno


@functools.lru_cache(maxsize=64)
def _codes(tree: ast.Module, flags: int) -> frozenset[CodeType]:
    """The code of all functions in a module: what it imports decides how they are compiled."""
    return frozenset(_with_inner(compile(tree, "<source>", "exec", flags, dont_inherit=True)))


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    """A code, and those of the functions inside it."""
    yield code
    for part in inner(code):
        yield from _with_inner(part)


def names_in(code: CodeType) -> set[str]:
    """The names of globals, builtins and attributes in a code, and in those of the functions inside it."""
    return {name for part in _with_inner(code) for name in part.co_names}


def _placed(lambdas: list[Node], code: CodeType) -> Node | None:
    """Which of several lambdas on one line it is: the smallest that holds the places of its instructions."""
    known = [((a, c), (b, d)) for a, b, c, d in code.co_positions() if a and b and c is not None and d]
    around = [
        node
        for node in lambdas
        if isinstance(node, ast.Lambda) and all(_is_within(node.body, *place) for place in known)
    ]
    return max(around, key=lambda node: _start(node), default=None) if known else None


def _start(node: ast.expr | Node) -> Place:
    return node.lineno, node.col_offset


def _is_within(node: ast.expr, start: Place, end: Place) -> bool:
    return _start(node) <= start and end <= (node.end_lineno or 0, node.end_col_offset or 0)


def _needs_class(node: Node) -> bool:
    """Whether names in it mean what they do within its class alone: __private ones, and super()."""
    names = {x.id if isinstance(x, ast.Name) else getattr(x, "attr", "") for x in ast.walk(node)}
    return any(x in ("super", "__class__") or (x[:2] == "__" and x[-2:] != "__") for x in names)


def _names(function: FunctionType) -> dict[str, Any]:
    closed = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            closed[name] = cell.cell_contents
        except ValueError:  # not yet assigned
            continue
    return {**vars(builtins), **function.__globals__, **closed}
