"""Docstrings of this house as Markdown: examples, aligned lists and formulas keep their form."""

from __future__ import annotations

import re
from collections.abc import Collection
from inspect import cleandoc

from .formulas import pieces

NAMED = re.compile(r"^(?P<name>\S[^.:=]{0,28}?)\s{2,}(?P<what>\S.*)$")
"""A line of an aligned list: a name, a gap, and what it is."""

GAP = " \N{EM SPACE}"
"""Between formulas on a line."""


def as_markdown(text: str, words: Collection[str] = ()) -> str:
    """A docstring in Markdown, paragraph by paragraph; `words` are variables in its formulas."""
    return "\n\n".join(_paragraph(part, words) for part in re.split(r"\n\s*\n", cleandoc(text)))


def _paragraph(text: str, words: Collection[str]) -> str:
    lines = text.split("\n")
    prose = next((i for i, line in enumerate(lines) if line.startswith(">>> ")), len(lines))
    if prose == 0:
        return "\n".join(["```pycon", *lines, "```"])
    if prose < len(lines):
        before, examples = "\n".join(lines[:prose]), "\n".join(lines[prose:])
        return _paragraph(before, words) + "\n\n" + _paragraph(examples, words)
    if all(line.startswith("    ") for line in lines):
        return _indented([line[4:] for line in lines], words)
    if NAMED.match(lines[0]) and all(NAMED.match(line) or line.startswith("  ") for line in lines):
        return _list(lines)
    return "\n".join(_line(line, words) for line in lines)


def _indented(lines: list[str], words: Collection[str]) -> str:
    """Lines of formulas; anything else as it is."""
    if all(any(is_formula for is_formula, _ in pieces(line, words)) for line in lines):
        return "<br>".join(_typeset(line, words) for line in lines) + "\n{: .formulas }"
    return "\n".join(["```text", *lines, "```"])


def _line(line: str, words: Collection[str]) -> str:
    """Prose; behind a gap come formulas, and a formula may be in place of prose."""
    first, *further = re.split(r"(?<=\S) {3,}(?=\S)", line)
    start = [*pieces(first, words, anywhere=False)]
    is_formula = start and start[0][0] and (further or len(start) == 1 or start[1][1] in (".", ";"))
    told = _typeset(first, words) if is_formula else _escaped(first)
    return "<br>".join([told, *(_typeset(part, words) for part in further)])


def _typeset(text: str, words: Collection[str]) -> str:
    """Formulas and prose; gaps between them stay."""
    parts = (pieces(part, words) for part in re.split(" {2,}", text))
    return GAP.join(
        "".join(f"${said}$" if is_formula else _escaped(said) for is_formula, said in part) for part in parts
    )


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
