"""A page of the lecture: prose, blocks of code with what they show, and the pictures that they make.

A block is a cell of the notebook, so only its last statement shows something. Where the last statement
names a picture, a link below the block shows it: `![what it is](name.svg)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from doctest import DocTestParser, Example
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "docs" / "lecture"

BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n!\[[^\]\n]*\]\((?P<picture>[^)\n/]+)\)\n)?", re.DOTALL)


def pages() -> list[Path]:
    """The introduction, and the pages in order."""
    return [FOLDER / "README.md", *sorted(FOLDER.glob("[0-9]*.md"))]


class Block(NamedTuple):
    """Code, what its last statement shows, and the file of the picture below it."""

    code: str
    shown: str
    picture: str

    @classmethod
    def read(cls, found: re.Match[str]) -> Block:
        """From a page. Raises ValueError where more than the last statement shows something."""
        examples = DocTestParser().get_examples(found["code"])
        if any(example.want for example in examples[:-1]):
            raise ValueError(
                f"a block is one cell: only its last statement may show something\n{found['code']}"
            )
        code = "".join(example.source for example in examples)
        return cls(code, "".join(map(_wanted, examples[-1:])), found["picture"] or "")

    @property
    def cell(self) -> str:
        """The code as a cell of a notebook, which ends with the picture that it names."""
        return self.code.rstrip("\n") + (f"\n{_named(self.code)}" if self.picture else "")

    def written(self, shown: str) -> str:
        """The code as an interactive session that shows this."""
        lines = []
        for statement in ast.parse(self.code).body:
            first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
            rows = self.code.splitlines()[first - 1 : statement.end_lineno]
            lines += [f">>> {rows[0]}", *(f"... {row}".rstrip() for row in rows[1:])]
        shown = "\n".join(line or "<BLANKLINE>" for line in shown.split("\n")) if shown else ""
        return "\n".join(["```python", *lines, *([shown] if shown else []), "", "```", ""])


def _wanted(example: Example) -> str:
    return re.sub(r"^<BLANKLINE>$", "", example.want, flags=re.MULTILINE).removesuffix("\n")


def _named(code: str) -> str:
    """The name that the last statement gives to something."""
    last = ast.parse(code).body[-1]
    if not isinstance(last, ast.Assign) or not isinstance(last.targets[0], ast.Name):
        raise ValueError(f"above a picture, the last statement names it: picture = …\n{code}")
    return last.targets[0].id


def parts(text: str) -> Iterator[str | Block]:
    """Prose and blocks in order."""
    end = 0
    for found in BLOCK.finditer(text):
        if prose := text[end : found.start()].strip():
            yield prose
        yield Block.read(found)
        end = found.end()
    if prose := text[end:].strip():
        yield prose


def rewritten(text: str, shown: Mapping[int, str]) -> str:
    """The page, in which the blocks show this, by their numbers on the page."""
    numbers = iter(range(len(text)))

    def block(found: re.Match[str]) -> str:
        link = found[0][found[0].index("```\n") + 4 :] if found["picture"] else ""
        return Block.read(found).written(shown[next(numbers)]) + link

    return BLOCK.sub(block, text)
