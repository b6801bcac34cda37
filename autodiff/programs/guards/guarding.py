"""What is guarded of a thing: its numbers, its entries or attributes, or that it is this very object."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from .chains import Step
from .contents import CONTAINERS, is_looked_into, is_object
from .guard import ABSENT, ARRAYS, Guard, Reading, attributes, contents, frame, is_set, make, members

BYTES = 1000
"""Size up to which the contents of an array are compared."""

ENTRIES = 64
"""Entries of a container, and of all inside it together, up to which they are compared."""

MEMBERS = 1000
"""Entries up to which a list is known by them, without a look into each."""

TRAINING: Step = ("attribute", "training")


class Guarding:
    """Guards, and names of what is not looked at again; `follow` is given what is called."""

    def __init__(self, follow: Callable[[Any], object]) -> None:
        self.found: dict[Any, Guard] = {}
        self.unguarded: set[str] = set()
        self.is_own = False
        """Whether the project's own code is being followed."""
        self._follow = follow
        self._inside: list[int] = []
        self._room = ENTRIES

    def add(self, reading: Reading, meaning: Any, measure: Callable[[Any], Any] | None = None) -> None:
        """Note what something means; of the project's own objects, only the mode that `train` sets."""
        if self.is_own and reading.path[-1:] != (TRAINING,):
            return
        key = id(reading.origin), reading.path, measure
        told = measure(meaning) if measure else meaning
        kept = list(meaning) if measure is members else None
        self.found.setdefault(key, Guard(reading, told, measure, kept))

    def skip(self, reading: Reading) -> None:
        """Note what is not looked at again."""
        if not self.is_own:
            self.unguarded.add(reading.name)

    def identity(self, reading: Reading, thing: Any) -> None:
        """Note that something must be that very object, or number."""
        if reading.path and not isinstance(thing, (type, ModuleType)):
            self.add(reading, thing)

    def whole(self, reading: Reading) -> None:
        """What is handed on, called, or computed with."""
        self._room = ENTRIES
        self._whole(reading)

    def entries(self, reading: Reading) -> list[Reading] | None:
        """The entries of a container that is looped over; None where they are too many, or none."""
        self._room = ENTRIES
        return self._opened(reading)

    def _whole(self, reading: Reading) -> None:
        thing = reading.now()
        if isinstance(thing, ModuleType) or (thing is ABSENT and len(reading.path) < 2):
            return
        if isinstance(thing, ARRAYS):
            self._array(reading, thing)
        elif isinstance(thing, CONTAINERS) or is_object(thing):
            if id(thing) not in self._inside:
                self._container(reading, thing)
        elif not isinstance(thing, type):
            self.identity(reading, thing)
        if callable(thing):
            self._follow(thing)

    def _array(self, reading: Reading, x: Any) -> None:
        view = np.asarray(x)
        if is_small := view.nbytes <= BYTES:
            self.add(reading, x, contents)
        else:
            self.identity(reading, x)
        if not is_small or view.dtype.hasobject:
            self.skip(reading)

    def _container(self, reading: Reading, thing: Any) -> None:
        """Entry by entry, if there is room for them."""
        entries = self._opened(reading)
        if entries is None:
            self.skip(reading)
            is_list = isinstance(thing, (list, tuple, deque)) and len(thing) <= MEMBERS
            self.add(reading, thing, members if is_list else None)
            return
        self._inside.append(id(thing))
        for entry in entries:
            self._whole(entry)
        self._inside.pop()

    def _opened(self, reading: Reading) -> list[Reading] | None:
        """The entries of a container, which is guarded as such; None where they are too many, or none."""
        thing, entries = reading.now(), self._entries(reading)
        if entries is None or len(entries) > self._room:
            return None
        self._room -= len(entries)
        if isinstance(thing, (list, tuple, deque)) and not any(map(is_looked_into, thing)):
            self.add(reading, thing, members)
            return [Reading(entry.name, x) for entry, x in zip(entries, thing, strict=True)]
        if isinstance(thing, CONTAINERS):
            self.add(reading, thing, frame)
            return entries
        self.identity(reading, thing)
        self.add(Reading(reading.name, thing), thing, make)
        return entries

    def _entries(self, reading: Reading) -> list[Reading] | None:
        """The entries of a container, the attributes of an object; None for what is looked at as it is."""
        thing = reading.now()
        if isinstance(thing, (list, tuple, deque)):
            return [reading.then(("entry", i)) for i in range(len(thing))]
        if isinstance(thing, (dict, MappingProxyType)):
            return [reading.then(("entry", key)) for key in thing]
        if is_set(thing):
            return []
        if not is_object(thing):
            return None
        own = Reading(reading.name, thing)
        return [own.then(("attribute", name)) for name in attributes(thing)]
