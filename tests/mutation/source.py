"""A file's text, its syntax tree, and where a node is in the text."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """The text of one file; `path` is seen from the root of the project."""

    path: str
    text: str

    @classmethod
    def of(cls, root: Path, path: str) -> Source:
        """What a file contains now."""
        return cls(path, (root / path).read_text("utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines as Python counts them: other characters that end a line may be inside strings."""
        return [line + "\n" for line in self.text.split("\n")]

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return starts

    def offset(self, line: int, column: int) -> int:
        """Where a place of the tree, whose columns count bytes, is in the text."""
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, function: str) -> range:
        """The lines of a function by its qualified name, from 0; all lines where none has that name."""
        nodes: list[ast.stmt] = self.tree.body
        lines = range(len(self.lines))
        for name in function.replace(".<locals>", "").split("."):
            named = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name]
            if not named:
                return range(len(self.lines))
            nodes = named[-1].body  # behind overloads
            lines = range(named[-1].lineno - 1, named[-1].end_lineno or 0)
        return lines

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Where a node begins in the text."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Where a node ends in the text."""
        return self.offset(node.end_lineno or 0, node.end_col_offset or 0)

    def of_node(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def line_of(self, offset: int) -> int:
        """The number of the line that holds a place of the text, from 1."""
        return self.text.count("\n", 0, offset) + 1
