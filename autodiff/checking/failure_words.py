"""What messages of wrong derivatives share: a function, a point and an entry, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, SupportsInt

import numpy as np

from ..derivations.closed_form import formula_as_typed
from ..differentiation.reverse import ancestors
from ..text.notation import visible
from ..values.data import Data
from ..values.value import Value

WIDEST = 96
"""Letters of a formula that is shown."""

MOST_NODES = 200
"""Nodes of a graph whose formula is looked for."""

MANY = 36
"""Entries of an array that is written out."""

SHOWN = 8
"""Arguments of a point that are shown."""

PLAINER = 2.0
"""How many times larger a relative error must be for its point to be worth naming."""


def failed_where(name: str, root: Value, names: Sequence[str], point: Sequence[Data]) -> Iterator[str]:
    """Two lines: the formula, if it is short, and the point at which it was computed."""
    if len(ancestors(root)) <= MOST_NODES and len(text := formula_as_typed(root, expand=True).text) <= WIDEST:
        yield f"  {name} = {text}"
    yield f"  at {described(names, point)}"


def described(names: Sequence[str], point: Sequence[Data]) -> str:
    """A point, one argument after the other, as Python reads it; large arrays are shortened."""
    return first_few([f"{name} = {_typed(x)}" for name, x in zip(names, point, strict=True)])


def _typed(x: Any) -> str:
    """Data that can be pasted: the shortest digits that are the number, and lists in place of arrays."""
    if isinstance(x, float):
        return f"{x:g}" if float(f"{x:g}") == x else repr(float(x))
    if not isinstance(x, np.ndarray):
        return visible(repr(x))
    if x.size <= MANY:
        return str(x.tolist())
    return " ".join(np.array2string(x, precision=6, threshold=8, edgeitems=2, separator=", ").split())


def first_few(texts: list[str]) -> str:
    """The first few, in one line."""
    return ", ".join(texts[:SHOWN] + ["…"] * (len(texts) > SHOWN))


def entry(index: Iterable[SupportsInt]) -> str:
    """Which entry of an argument; nothing for a number."""
    return f" at entry {place}" if (place := tuple(map(int, index))) else ""
