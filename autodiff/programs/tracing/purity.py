"""Whether f does the same each time: a program does, so f must, or it is refused.

f is traced twice. What it draws at random, and what it changes itself, differs from one time to the
next, as a constant or as an operation of the listing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..listing import Line, Listing

__all__ = ["check_same"]


def check_same(first: Listing, second: Listing) -> None:
    """Raise ValueError where two traces of f on the same arguments differ, naming the line of code."""
    if (where := _difference(first, second)) is None:
        return
    line, what = where
    origin = line.origin if line else None
    told = f" at {origin.place}, `{origin.code}`" if origin else ""
    raise ValueError(
        "a compiled function must do the same each time, but when it was called twice with the same "
        f"arguments it {what}{told}; a program would repeat the first for ever. Random numbers, and what "
        "changes from call to call, are given as arguments; eval() switches the dropout of a model off"
    )


def _difference(first: Listing, second: Listing) -> tuple[Line | None, str] | None:
    """The first line that differs, and how."""
    for place, (a, b) in enumerate(zip(first.lines, second.lines, strict=False)):
        if (
            a.kind != b.kind
            or a.inputs != b.inputs
            or _name(a) != _name(b)
            or not _same(a.metadata, b.metadata)
        ):
            return a, "computed otherwise"
        if a.kind == "constant" and not _same(a.data, b.data):
            return next(
                (line for line in first.lines if place in line.inputs), None
            ), "computed with other numbers"
    if len(first.lines) != len(second.lines) or first.outputs != second.outputs:
        return None, "computed otherwise"
    return None


def _name(line: Line) -> str | None:
    return line.operation.name if line.operation else None


def _same(x: Any, y: Any) -> bool:
    """Whether constants, or settings of an operation, are the same; nan is nan."""
    if isinstance(x, (np.ndarray, np.generic, float)) and isinstance(y, (np.ndarray, np.generic, float)):
        return np.array_equal(x, y, equal_nan=True)
    if type(x) is not type(y):
        return False
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(_same(x[key], y[key]) for key in x)
    if isinstance(x, (list, tuple)):
        return len(x) == len(y) and all(map(_same, x, y))
    return bool(x == y)
