"""Mistakes in what was typed: errors that know their place, and how the place is pointed at."""

from __future__ import annotations

import unicodedata

WIDTH = 72
"""Characters of a text that are shown around the place of a mistake."""


def misread(message: str, text: str, column: int) -> SyntaxError:
    """The error about a place in a text; `offset` counts from 1, as Python's own."""
    return SyntaxError(message, (None, 1, column + 1, text))


def pointed(error: SyntaxError) -> str:
    """The message, the text, and a caret below the place; of a long text what is around it.

    >>> from autodiff.school import read
    >>> try:
    ...     read("3x + * 2")
    ... except SyntaxError as error:
    ...     print(pointed(error))
    expected a number, a name or a bracket
        3x + * 2
             ^
    """
    text, place = error.text or "", (error.offset or 1) - 1
    start = max(0, min(place - WIDTH // 2, len(text) - WIDTH))
    before = ("…" if start else "") + _on_one_line(text[start:place])
    behind = _on_one_line(text[place : start + WIDTH]) + ("…" if start + WIDTH < len(text) else "")
    return f"{error.msg}\n    {before}{behind}\n    {' ' * sum(map(_columns, before))}^"


def _on_one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " if char.isspace() else "�" for char in text)


def _columns(char: str) -> int:
    """How many columns of a terminal a character fills."""
    return 0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
