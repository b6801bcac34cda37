"""All mutants of a file: the places that are changed, and those that are not worth it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from warnings import catch_warnings

from .mutators import WORDS_LEFT_ALONE, Change, changes
from .source import Source

NOT_INSIDE = ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom
"""Nodes that hold messages, or nothing to change."""

CALLS_LEFT_ALONE = {
    "isinstance", "issubclass", "getattr", "hasattr", "setattr", "cast", "warn", "dataclass", "field",
    "TypeVar", "ParamSpec", "super", "print",
}  # fmt: skip
"""Calls whose change is seen at once or never, and those that speak."""


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    source: Source
    mutator: str
    change: Change
    function: str
    """The function around the change, as `reach` names it; empty outside of functions."""
    variant: int = 0
    """Which of the changes that one mutator makes at one place."""

    @cached_property
    def id(self) -> str:
        """File, line, column and mutator: what `--only` takes."""
        line = self.source.line_of(self.change.start)
        column = self.change.start - self.source.text.rfind("\n", 0, self.change.start)
        return f"{self.source.path}:{line}:{column}:{self.mutator}:{self.variant}"

    @cached_property
    def text(self) -> str:
        """The file with the change."""
        start, end, new = self.change
        return self.source.text[:start] + new + self.source.text[end:]

    def compiles(self) -> bool:
        """Whether the change leaves a program."""
        try:
            with catch_warnings(action="ignore"):
                compile(self.text, self.source.path, "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return True

    @cached_property
    def lines(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines that went and those that came, without indentation."""
        start, end, new = self.change
        return _lines(self.source.text, start, end), _lines(self.text, start, start + len(new))

    def diff(self) -> str:
        """The change as people read it."""
        went, came = self.lines
        where = f"{self.source.path}, in {self.function}" if self.function else self.source.path
        return "\n".join([where, *(f"- {line}" for line in went), *(f"+ {line}" for line in came)])


def _lines(text: str, start: int, end: int) -> tuple[str, ...]:
    """The lines that hold a part of a text."""
    first, last = text.rfind("\n", 0, start) + 1, (text + "\n").find("\n", end)
    return tuple(line.strip() for line in text[first:last].split("\n") if line.strip())


def mutants(source: Source) -> Iterator[Mutant]:
    """All mutants of a file, in the order of the text."""
    seen: dict[tuple[str, int], int] = {}
    for node, function, returns in _nodes(source.tree, source):
        for name, change in changes(source, node):
            if name == "nothing_returned" and "None" not in returns:
                continue
            variant = seen[name, change.start] = seen.get((name, change.start), -1) + 1
            yield Mutant(source, name, change, function, variant)


def _nodes(tree: ast.Module, source: Source) -> Iterator[tuple[ast.AST, str, str]]:
    """The nodes to change, each with its function and what that is annotated to return."""
    waiting: list[tuple[ast.AST, str, str, str]] = [(tree, "", "", "")]
    while waiting:
        node, prefix, function, returns = waiting.pop()
        yield node, function, returns
        inside = (prefix, function, returns)
        if isinstance(node, ast.FunctionDef):
            outside, returned = inside, ast.unparse(node.returns) if node.returns else ""
            name = prefix + node.name
            inside = (f"{name}.<locals>.", name, returned)
            if not _speaks(node, returned):
                waiting += [(child, *outside) for child in (*node.decorator_list, *_defaults(node))][::-1]
                waiting += [(child, *inside) for child in _worth(node.body)][::-1]
            continue
        if isinstance(node, ast.Lambda):
            line = source.lines[node.lineno - 1].strip()
            inside = (prefix, line, "")
        elif isinstance(node, ast.ClassDef):
            inside = (f"{prefix}{node.name}.", function, returns)
        waiting += [(child, *inside) for child in _children(node)][::-1]


def _children(node: ast.AST) -> list[ast.AST]:
    """What may be changed inside a node other than a function."""
    if isinstance(node, NOT_INSIDE):
        return []
    if isinstance(node, ast.AnnAssign):
        return [node.value] if node.value else []
    if isinstance(node, ast.Call) and _called(node) in CALLS_LEFT_ALONE:
        return []
    return [child for child in ast.iter_child_nodes(node) if _is_worth(child)]


def _worth(nodes: list[ast.stmt]) -> list[ast.AST]:
    return [node for node in nodes if _is_worth(node)]


def _is_worth(node: ast.AST) -> bool:
    """Whether a node may be changed: no docstring, no annotation, nothing for type checkers or people."""
    match node:
        case ast.Expr(ast.Constant()) | ast.arguments():
            return False
        case ast.If(ast.Name("TYPE_CHECKING")) | ast.Assign([ast.Name("__all__" | "__slots__")]):
            return False
        case ast.keyword(arg=word):
            return word not in WORDS_LEFT_ALONE
        case ast.Call():
            return _called(node) not in CALLS_LEFT_ALONE
        case ast.Expr(ast.Call() as call):
            return _called(call) not in CALLS_LEFT_ALONE
    return True


def _called(node: ast.Call) -> str:
    """The last name of what is called."""
    match node.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _defaults(node: ast.FunctionDef) -> list[ast.expr]:
    return [default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None]


def _speaks(node: ast.FunctionDef, returned: str) -> bool:
    """Whether a function is there for people, or for type checkers alone: it makes a text or an error."""
    overload = any(isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list)
    return overload or returned == "str" or returned.endswith(("Error", "Exception"))
