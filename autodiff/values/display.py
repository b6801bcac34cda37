"""A Value as notebooks show it: name and origin, and as tables data and gradient, large ones cut short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..text import notebook
from ..text.notation import NOTHING, text_of
from .data import Data, is_lazy

MOST = 8
"""Rows and columns of a table; of more, those at both ends."""

LEFT_OUT = "…"


def html(value: Any) -> str:
    """The tables of a Value: numbers and vectors in a row each, matrices beside each other."""
    parts = {"data": value._data}
    if value._tracked:
        parts["gradient"] = value._grad
    if any(x is not None and is_lazy(x) for x in parts.values()):
        return _table(value, (), [[label, text_of(x)] for label, x in parts.items()])
    if value.ndim > 1:
        return _matrices(value, parts)
    header = ["", *_labels(value.size)] if value.shape else ()
    return _table(value, header, [[label, *_row(x, value.size)] for label, x in parts.items()])


def _table(value: Any, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    title = value.name or "Value"
    return notebook.block(notebook.table(header, rows, "l", title, about=_about(value)))


def _matrices(value: Any, parts: dict[str, Data]) -> str:
    """Of an array of more than two axes, the first matrix."""
    if not value.size:
        return _table(value, (), [["no entries"]])
    first = (0,) * (value.ndim - 2)
    header = ["", *_labels(value.shape[-1])]
    titles = {"data": (value.name or "Value", _about(value)), "gradient": ("gradient", "")}
    tables = (
        notebook.table(header, _rows(x[first]), "l", titles[part][0], about=titles[part][1])
        for part, x in parts.items()
        if x is not None
    )
    notes = [f"the first matrix, [{', '.join(map(str, first))}]"] if first else []
    if value._tracked and value._grad is None:
        notes.append(f"gradient {NOTHING}")
    return notebook.block(notebook.beside(*tables), *map(notebook.note, notes))


def _about(value: Any) -> str:
    """Shape, dtype and origin."""
    operation = value._operation
    told = [
        f"shape {value.shape}" if value.shape else "",
        str(value.dtype) if value.dtype != np.float64 else "",
        f"by {operation.symbol}" if operation is not None else "constant" if not value._tracked else "",
    ]
    return ", ".join(filter(None, told))


def _labels(size: int) -> list[str]:
    return [LEFT_OUT if place is None else str(place) for place in _places(size)]


def _row(x: Data | None, size: int) -> list[str]:
    """A number, or a row of numbers; a gradient that was not computed is a dash."""
    places = _places(size)
    if x is None:
        return [NOTHING, *[""] * (len(places) - 1)]
    entries: Any = np.reshape(x, -1)
    digits = ".6g" if size == 1 else ".4g"
    return [LEFT_OUT if place is None else text_of(entries[place], digits) for place in places]


def _rows(matrix: Data) -> Iterator[list[str]]:
    height, width = matrix.shape
    for place in _places(height):
        if place is None:
            yield [LEFT_OUT] * (1 + len(_labels(width)))
        else:
            yield [str(place), *_row(matrix[place], width)]


def _places(size: int) -> list[int | None]:
    """All places, or those at both ends with None between them."""
    if size <= MOST:
        return [*range(size)]
    ends = MOST // 2
    return [*range(ends), None, *range(size - ends + 1, size)]
