"""How numbers, arrays and names are written in pictures and trees: on one short line each."""

from __future__ import annotations

from typing import Any

import numpy as np

NOTHING = "–"
"""A gradient that was not computed: never written as 0, which is a gradient."""

FEW = 4
"""Arrays of at most so many entries are written out; of larger ones the range."""

ZERO_WIDTH_JOINER = "\u200d"  # unprintable by itself, but it holds an emoji together


def text_of(data: Any, number_format: str = ".4g") -> str:
    """A number; a small array; the range of a large one. Lazy data are not computed.

    >>> text_of(0.4750208), text_of(None), text_of(np.arange(10.0))
    ('0.475', '–', '0 … 9')
    """
    if type(data) is float:
        return format(data, number_format)
    if data is None:
        return NOTHING
    if isinstance(data, tuple):
        return f"({', '.join(text_of(part, number_format) for part in data)})"
    if isinstance(data, (float, np.generic)):
        return format(float(data), number_format)
    if not isinstance(data, np.ndarray):
        return f"{type(data).__module__.partition('.')[0]} array"
    if data.size <= FEW:
        return _entries(data.tolist(), number_format)
    return _range(data, number_format)


def _entries(nested: object, number_format: str) -> str:
    """A small array in brackets; the depth is the number of axes, at most NumPy's 64."""
    if isinstance(nested, list):
        return f"[{', '.join(_entries(entry, number_format) for entry in nested)}]"
    return format(nested, number_format) if isinstance(nested, float) else str(nested)


def _range(data: np.ndarray[Any, Any], number_format: str) -> str:
    if data.dtype.kind == "b":
        return f"{int(data.sum())} of {data.size} true"
    missing = np.isnan(data)
    count = int(missing.sum())
    if count == data.size:
        return f"{count} nan"
    known = data[~missing] if count else data
    low, high = (format(float(x) + 0.0, number_format) for x in (known.min(), known.max()))
    return (f"all {low}" if low == high else f"{low} … {high}") + (f", {count} nan" if count else "")


def visible(text: str, longest: int = 40) -> str:
    r"""Text on one line: control characters as their escapes, and the end of a long text left out.

    >>> visible("two\nlines")
    'two\\nlines'
    """
    if text.isprintable() and len(text) <= longest:
        return text
    shown = printable(text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def printable(text: str) -> str:
    r"""Text without what ends a line, turns its direction, or no file can hold: each as its escape.

    >>> print(printable("a\x0cb\u2028c\ud800"))
    a\x0cb\u2028c\ud800
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == ZERO_WIDTH_JOINER else char.encode("unicode_escape").decode()
        for char in text
    )


def printable_lines(text: str) -> str:
    """The same of text whose line breaks are meant."""
    return text if text.isprintable() else "\n".join(map(printable, text.split("\n")))
