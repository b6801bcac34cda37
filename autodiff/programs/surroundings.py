"""What f finds around itself: numbers, arrays and Values in its closure and among its globals.

These are part of a program as they were when it was recorded. Where a name means something else by
now, the program is recorded anew. Entries of lists, attributes, and the contents of arrays are not
looked at.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, NamedTuple

import numpy as np

from ..value import Value
from .origins import is_own

__all__ = ["Surrounding", "surroundings"]

WATCHED = (bool, int, float, str, np.generic, np.ndarray, Value)


class Surrounding(NamedTuple):
    """One name, the closure's cell or the globals in which it stands, and what it meant."""

    name: str
    place: Any
    meaning: Any

    def is_current(self) -> bool:
        """Whether the name means the same: that very array or Value, an equal number."""
        now = self.now()
        if now is self.meaning:
            return True
        return (
            type(now) is type(self.meaning)
            and not isinstance(now, (np.ndarray, Value))
            and now == self.meaning
        )

    def now(self) -> Any:
        """What the name means now."""
        if not isinstance(self.place, CellType):
            return self.place.get(self.name)
        return _content(self.place)


def surroundings(f: Callable[..., Any]) -> list[Surrounding]:
    """The names of f, and of the user's functions that it calls."""
    found: dict[tuple[int, str], Surrounding] = {}
    seen: set[int] = set()
    waiting: list[Any] = [f]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, functools.partial):
            waiting.append(thing.func)
        elif isinstance(thing, MethodType):
            waiting.append(thing.__func__)
        elif isinstance(thing, FunctionType):
            for entry in _names(thing):
                if isinstance(entry.meaning, WATCHED):
                    found[id(entry.place), entry.name] = entry
                else:
                    waiting.append(entry.meaning)
        elif hasattr(thing, "__wrapped__"):
            waiting.append(thing.__wrapped__)
    return list(found.values())


def _names(f: FunctionType) -> Iterator[Surrounding]:
    """What f's closure holds, and the globals that it names, if it is the user's."""
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        yield Surrounding(name, cell, _content(cell))
    if not is_own(f.__code__):
        for name in _mentioned(f.__code__):
            if name in f.__globals__:
                yield Surrounding(name, f.__globals__, f.__globals__[name])


def _mentioned(code: CodeType) -> set[str]:
    """All global names and attributes in a function's code, and in that of functions inside it."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _mentioned(constant)
    return names


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None
