"""What f finds around itself: what the names in its closure and among its globals mean.

That is part of a program as it was when it was recorded: numbers, arrays, models, functions. Where a name
means something else by now, the program is recorded anew; likewise where a model's `training` does, which
`train()` and `eval()` set. Entries of a dict, other attributes, and the contents of arrays are not looked at.
"""

from __future__ import annotations

import dis
import functools
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from .origins import is_own

__all__ = ["Surrounding", "surroundings"]

PLAIN = (bool, int, float, str, np.generic)
"""What is the same where it is equal."""

FIXED = (ModuleType, type, type(None))
"""What is not watched: names of modules and classes keep their meaning; None may stand for no meaning yet."""


class Surrounding(NamedTuple):
    """One name, the closure's cell or the globals in which it stands, and what it meant."""

    name: str
    place: Any
    meaning: Any

    def is_current(self) -> bool:
        """Whether the name means the same: that very object, an equal number, a list of the same objects."""
        now, then = self.now(), self.meaning
        if now is then:
            return True
        if type(now) is not type(then):
            return False
        if isinstance(now, (list, tuple)):
            return len(now) == len(then) and all(a is b for a, b in zip(now, then, strict=True))
        return isinstance(now, PLAIN) and bool(now == then)

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
        if isinstance(getattr(thing, "training", None), bool) and not isinstance(thing, type):
            own = vars(thing)
            found[id(own), "training"] = Surrounding("training", own, own.get("training"))
        if isinstance(thing, functools.partial):
            waiting.append(thing.func)
        elif isinstance(thing, MethodType):
            waiting += thing.__func__, thing.__self__
        elif isinstance(thing, FunctionType):
            for entry in _names(thing):
                if not isinstance(entry.meaning, FIXED):
                    found[id(entry.place), entry.name] = entry
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
    """All global names in a function's code, and in that of functions inside it, without attributes."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _mentioned(constant)
    return names


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None
