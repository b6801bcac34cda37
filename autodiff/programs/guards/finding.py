"""What f finds around itself: what it reads in its closure, among its globals, and of `self`.

That is part of a program as it was when it was recorded: numbers, arrays, models, functions, and what stands
behind constant attributes and keys, as in `cfg.layers[0].scale`. Where one of them is another by now, the
program is recorded anew. What is handed on whole, or looped over, is looked at entry by entry.

Not looked at are the contents of arrays of more than `BYTES`, of Values (inputs of the program), and of
what has more than `ENTRIES` entries; they are `unwatched`. Nor is what f finds otherwise: by attributes
and keys that it computes, in objects that it makes or is given by functions, in files.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.util import resolve_name
from types import BuiltinMethodType, CodeType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from ...values.operation import Operation
from ...values.user_code import is_own
from .chains import ENTRIES as LOOPED
from .chains import SUPER, Chain, Step, chains, inner
from .contents import CONTAINERS, asked, is_closed, is_library, is_looked_into, is_object, member
from .guard import (
    ABSENT,
    ARRAYS,
    Reading,
    Surrounding,
    attributes,
    contents,
    frame,
    is_set,
    make,
    members,
    same,
)

__all__ = ["Surroundings", "surroundings"]

BYTES = 1000
"""Size up to which the contents of an array are compared."""

ENTRIES = 64
"""Entries of a container, and of all inside it together, up to which they are compared."""

MEMBERS = 1000
"""Entries up to which a list is known by them, without a look into each."""

TRAINING: Step = ("attribute", "training")


class Surroundings(NamedTuple):
    """All that f reads, and the names of what is not looked at again."""

    watched: list[Surrounding]
    unwatched: list[str]

    def told(self) -> list[str]:
        """What a reader of the program must know: what it takes to stay as it was."""
        if not self.unwatched:
            return []
        return [f"Recorded once, and not noticed where changed in place: {', '.join(self.unwatched)}."]


def surroundings(f: Callable[..., Any], given: Mapping[int | str, Any] | None = None) -> Surroundings:
    """What f reads, and the user's functions that it calls.

    `given` are arguments that are the same at each call, by place or name.
    """
    walk = _Walk()
    walk.start(f, given or {})
    return Surroundings(list(walk.found.values()), sorted(walk.unwatched))


# -- what f reads ------------------------------------------------------------------------------

Known = dict[Any, list[Reading]]
"""What the local names of a function stand for."""


class _Walk:
    """Follows f, and the functions that it calls."""

    def __init__(self) -> None:
        self.found: dict[Any, Surrounding] = {}
        self.unwatched: set[str] = set()
        self._seen: set[Any] = set()
        self._kept: list[Any] = []  # an id stands for one object as long as that lives
        self._inside: list[int] = []
        self._room = ENTRIES
        self._own = False

    def start(self, f: Any, given: Mapping[int | str, Any]) -> None:
        """The function itself, with arguments that stay."""
        readings = {key: Reading(f"argument {key}", x) for key, x in given.items()}
        if not isinstance(f, FunctionType) or is_own(f.__code__):
            for reading in readings.values():
                self.whole(reading)
        self.callable(f, readings)

    def watch(self, reading: Reading, meaning: Any, measure: Callable[[Any], Any] | None = None) -> None:
        """Note what something means; of the project's own objects, only the mode that `train` sets."""
        if self._own and reading.path[-1:] != (TRAINING,):
            return
        key = id(reading.origin), reading.path, measure
        told = measure(meaning) if measure else meaning
        kept = list(meaning) if measure is members else None
        self.found.setdefault(key, Surrounding(reading, told, measure, kept))

    def _skip(self, reading: Reading) -> None:
        """Note what is not looked at again."""
        if not self._own:
            self.unwatched.add(reading.name)

    # -- functions -----------------------------------------------------------------------------

    def callable(self, thing: Any, given: Mapping[int | str, Reading] | None = None) -> None:
        """What is called."""
        given = dict(given or {})
        key = id(thing), tuple(id(x.origin) for x in given.values())
        if key in self._seen:
            return
        self._seen.add(key)
        self._kept += thing, given
        if not self._own and isinstance(asked(thing, "training"), bool):
            self.watch(Reading("training", thing, (TRAINING,)), thing.training)
        if isinstance(thing, functools.partial):
            self._partial(thing, given)
        elif isinstance(thing, MethodType):
            owner = Reading("self", thing.__self__)
            self.callable(thing.__func__, _behind([owner], given))
        elif isinstance(operation := asked(thing, "operation"), Operation):
            self.callable(operation.forward)
        elif isinstance(thing, FunctionType):
            self._function(thing, given)
        elif (wrapped := asked(thing, "__wrapped__")) is not None:
            self.callable(wrapped, given)
        elif isinstance(thing, type):
            self._class(thing)
        elif isinstance(call := inspect.getattr_static(type(thing), "__call__", None), FunctionType):
            self.callable(call, _behind([Reading("self", thing)], given))

    def _partial(self, thing: functools.partial[Any], given: Mapping[int | str, Reading]) -> None:
        """A function with arguments of its own."""
        first = Reading("partial", thing)
        args = [first.then(("attribute", "args")).then(("entry", i)) for i in range(len(thing.args))]
        keywords = first.then(("attribute", "keywords"))
        self.watch(keywords, thing.keywords, frame)
        named: dict[int | str, Reading] = {name: keywords.then(("entry", name)) for name in thing.keywords}
        for reading in (*args, *named.values()):
            self.whole(reading)
        self.callable(thing.func, {**named, **_behind(args, given)})

    def _class(self, thing: type) -> None:
        """A class of the user's, whose methods its objects may call; they find its attributes."""
        methods = [x for kind in (*thing.__mro__, type(thing)) for x in vars(kind).values()]
        for method in methods:
            if isinstance(method, (staticmethod, classmethod, property)):
                method = method.fget if isinstance(method, property) else method.__func__
            if isinstance(method, FunctionType) and not is_library(method.__code__):
                self.callable(method, {0: Reading(thing.__name__, thing)})

    def _function(self, f: FunctionType, given: Mapping[int | str, Reading]) -> None:
        code = f.__code__
        known: Known = {}
        for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
            known[name] = [Reading(name, cell, (("attribute", "cell_contents"),))]
        outer, self._own = self._own, is_library(code)
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        for i, name in enumerate(parameters):
            found = given.get(name) or given.get(i) or (None if self._own else _default(f, i, name))
            if found is not None:
                known[name] = [found]
        self._code(code, known, {} if self._own else f.__globals__)
        self._own = outer

    def _code(self, code: CodeType, known: Known, names: dict[str, Any]) -> None:
        """The chains of a function, and of those inside it."""
        for chain in chains(code):
            roots = _above(code, known) if chain.root == SUPER else self._roots(chain, known, names)
            ends = [end for root in roots for end in self._end(root, chain)]
            if chain.stored is not None:
                known[chain.stored] = ends
        for part in inner(code):
            mine = {LOOPED, *part.co_varnames, *part.co_cellvars}
            inherited = {name: found for name, found in known.items() if name not in mine}
            self._code(part, {**inherited, LOOPED: known.get(part, [])}, names)

    def _roots(self, chain: Chain, known: Known, names: dict[str, Any]) -> list[Reading]:
        if not chain.is_global:
            return known.get(chain.root, [])
        if chain.is_module:
            return [Reading(chain.root, sys.modules, (("entry", _absolute(chain.root, names)),))]
        reading = Reading(chain.root, names, (("entry", chain.root),))
        if chain.root in names:
            return [reading]
        self.watch(reading, ABSENT)  # a name of Python's own, as long as no other hides it
        return []

    # -- chains --------------------------------------------------------------------------------

    def _end(self, root: Reading, chain: Chain) -> list[Reading]:
        """What a chain leads to, or its entries; watched where it is used, not only named."""
        end = self._followed(root, chain.path)
        if end is None:
            return []
        if chain.stored is None:
            self.whole(end)
            return []
        if not chain.each:
            return [end]
        self._room = ENTRIES
        if (entries := self._opened(end)) is None:
            self.whole(end)
        return entries or []

    def _followed(self, reading: Reading, path: Sequence[Step]) -> Reading | None:
        """The steps of a chain, as far as they are the user's and stay as they are."""
        for step in path:
            owner = reading.now()
            if is_closed(owner):
                return None if owner is ABSENT or isinstance(owner, ModuleType) else reading
            further = reading.then(step)
            if isinstance(found := member(owner, step), property):
                self._identity(reading, owner)
                self.callable(found.fget, {0: Reading(reading.name, owner)})
                further = Reading(further.name, further.now())
            elif isinstance(bound := further.now(), MethodType):
                self._method(reading, owner, further, bound)
                return None
            elif isinstance(bound, BuiltinMethodType) and bound.__self__ is owner:
                return reading
            reading = further
            if not same(reading.now(), reading.now()):  # made anew each time
                self._skip(reading)
                return None
        return reading

    def _method(self, reading: Reading, owner: Any, method: Reading, bound: MethodType) -> None:
        """A method that is read, in order to be called."""
        function = bound.__func__
        self._identity(reading, owner)
        if isinstance(function, FunctionType) and not is_library(function.__code__):
            self.watch(method.then(("attribute", "__func__")), function)
        self.callable(function, {0: Reading(reading.name, bound.__self__)})

    def _identity(self, reading: Reading, thing: Any) -> None:
        if reading.path and not isinstance(thing, (type, ModuleType)):
            self.watch(reading, thing)

    # -- what is used whole --------------------------------------------------------------------

    def whole(self, reading: Reading) -> None:
        """What is handed on, called, or computed with."""
        self._room = ENTRIES
        self._whole(reading)

    def _whole(self, reading: Reading) -> None:
        thing = reading.now()
        if isinstance(thing, ModuleType) or (thing is ABSENT and len(reading.path) < 2):
            return
        if isinstance(thing, type):
            self.callable(thing)
        elif isinstance(thing, ARRAYS):
            self._array(reading, thing)
        elif isinstance(thing, CONTAINERS) or is_object(thing):
            if id(thing) not in self._inside:
                self._container(reading, thing)
        else:
            self._identity(reading, thing)
        if callable(thing):
            self.callable(thing)

    def _array(self, reading: Reading, x: Any) -> None:
        view = np.asarray(x)
        if is_small := view.nbytes <= BYTES:
            self.watch(reading, x, contents)
        else:
            self._identity(reading, x)
        if not is_small or view.dtype.hasobject:
            self._skip(reading)

    def _container(self, reading: Reading, thing: Any) -> None:
        """Entry by entry, if there is room for them."""
        entries = self._opened(reading)
        if entries is None:
            self._skip(reading)
            is_list = isinstance(thing, (list, tuple, deque)) and len(thing) <= MEMBERS
            self.watch(reading, thing, members if is_list else None)
            return
        self._inside.append(id(thing))
        for entry in entries:
            self._whole(entry)
        self._inside.pop()

    def _opened(self, reading: Reading) -> list[Reading] | None:
        """The entries of a container, which is watched as such; None where they are too many, or none."""
        thing, entries = reading.now(), self._entries(reading)
        if entries is None or len(entries) > self._room:
            return None
        self._room -= len(entries)
        if isinstance(thing, (list, tuple, deque)) and not any(map(is_looked_into, thing)):
            self.watch(reading, thing, members)
            return [Reading(entry.name, x) for entry, x in zip(entries, thing, strict=True)]
        if isinstance(thing, CONTAINERS):
            self.watch(reading, thing, frame)
            return entries
        self._identity(reading, thing)
        self.watch(Reading(reading.name, thing), thing, make)
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


def _absolute(module: str, names: Mapping[str, Any]) -> str:
    """The full name of a module that is imported."""
    try:
        return resolve_name(module, names.get("__package__"))
    except ImportError:  # beyond the package: f raises it, too
        return module


def _above(code: CodeType, known: Known) -> list[Reading]:
    """What `super()` is in a method."""
    found = []
    objects = [x for name in code.co_varnames[:1] for x in known.get(name, ())]
    for kind, own in itertools.product(known.get("__class__", ()), objects):
        with suppress(TypeError):  # these are not the class and an object of it
            found.append(Reading("super()", super(kind.now(), own.now())))
    return found


def _behind(first: Sequence[Reading], given: Mapping[int | str, Reading]) -> dict[int | str, Reading]:
    """Arguments by place or name, behind others by place."""
    moved = {key + len(first) if isinstance(key, int) else key: x for key, x in given.items()}
    return {**moved, **dict(enumerate(first))}


def _default(f: FunctionType, i: int, name: str) -> Reading | None:
    """How a parameter's default is read."""
    if f.__kwdefaults__ and name in f.__kwdefaults__:
        return Reading(name, f, (("attribute", "__kwdefaults__"), ("entry", name)))
    place = i - f.__code__.co_argcount + len(f.__defaults__ or ())
    if i >= f.__code__.co_argcount or place < 0:
        return None
    return Reading(name, f, (("attribute", "__defaults__"), ("entry", place)))
