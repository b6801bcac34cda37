"""Docstrings of this house as Markdown: examples, aligned lists and formulas keep their form."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Any

from griffe import Extension

NAMED = re.compile(r"^(?P<name>\S[^.:=]{0,28}?)\s{2,}(?P<what>\S.*)$")
"""A line of an aligned list: a name, a gap, and what it is."""


class Docstrings(Extension):
    """Rewrites each docstring as it is loaded."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """A module, class, function or attribute."""
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value)


def as_markdown(text: str) -> str:
    """A docstring in Markdown, paragraph by paragraph."""
    return "\n\n".join(_paragraph(part) for part in re.split(r"\n\s*\n", cleandoc(text)))


def _paragraph(text: str) -> str:
    lines = text.split("\n")
    prose = next((i for i, line in enumerate(lines) if line.startswith(">>> ")), len(lines))
    if prose == 0:
        return "\n".join(["```pycon", *lines, "```"])
    if prose < len(lines):
        return _paragraph("\n".join(lines[:prose])) + "\n\n" + _paragraph("\n".join(lines[prose:]))
    if all(line.startswith("    ") for line in lines):
        return "\n".join(["```text", *(line[4:] for line in lines), "```"])
    if NAMED.match(lines[0]) and all(NAMED.match(line) or line.startswith("  ") for line in lines):
        return _list(lines)
    return _escaped(re.sub(r"(?<=\S) {3,}(?=\S)", "<br>", text))


def _list(lines: list[str]) -> str:
    """An aligned list as a table."""
    rows: list[list[str]] = []
    for line in lines:
        if found := NAMED.match(line):
            rows.append([found["name"], found["what"]])
        else:
            rows[-1][1] += " " + line.strip()
    cells = (f"| `{name}` | {_escaped(what).replace('|', chr(92) + '|')} |" for name, what in rows)
    return "\n".join(["| | |", "|---|---|", *cells])


def _escaped(text: str) -> str:
    """Prose in which * and _ are themselves, outside of code."""
    parts = re.split(r"(`[^`]*`)", text)
    parts[::2] = [re.sub(r"([*_\[\]])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)
