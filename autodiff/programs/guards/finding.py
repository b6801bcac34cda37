"""What f finds around itself: what it reads in its closure, among its globals, and of `self`.

That is part of a program as it was when it was recorded: numbers, arrays, models, functions, and what stands
behind constant attributes and keys, as in `cfg.layers[0].scale`. Where one of them is another by now, the
program is recorded anew. What is handed on whole, or looped over, is looked at entry by entry.

Not looked at are the contents of large arrays, of Values (inputs of the program), and of what has many
entries; they are `unguarded`, see `guarding`. Nor is what f finds otherwise: by attributes and keys that it
computes, in objects that it makes or is given by functions, in files.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.util import resolve_name
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

from ...values.operation import Operation
from ...values.user_code import is_own
from .chains import ITERATED, SUPER, AccessChain, Step, chains, inner
from .contents import asked, is_closed, is_library, member
from .guard import ABSENT, Guard, Reading, frame, same
from .guarding import TRAINING, Guarding


class Guarded(NamedTuple):
    """What is compared at each call, and the names of what is not looked at again."""

    guards: list[Guard]
    unguarded: list[str]

    def told(self) -> list[str]:
        """What a reader of the program must know: what it takes to stay as it was."""
        if not self.unguarded:
            return []
        return [f"Recorded once, and not noticed where changed in place: {', '.join(self.unguarded)}."]


def guards_of(f: Callable[..., Any], given: Mapping[int | str, Any] | None = None) -> Guarded:
    """Guards for what f reads, and what the user's functions read that it calls.

    `given` are arguments that are the same at each call, by place or name.
    """
    walk = _Walk()
    walk.start(f, given or {})
    return Guarded([*walk.guarding.found.values()], sorted(walk.guarding.unguarded))


# -- what f reads ------------------------------------------------------------------------------

Known = dict[Any, list[Reading]]
"""What the local names of a function stand for."""


class _Walk:
    """Follows f, and the functions that it calls."""

    def __init__(self) -> None:
        self.guarding = Guarding(self.callable)
        self._seen: set[Any] = set()
        self._kept: list[Any] = []  # an id stands for one object as long as that lives

    def start(self, f: Any, given: Mapping[int | str, Any]) -> None:
        """The function itself, with arguments that stay."""
        readings = {key: Reading(f"argument {key}", x) for key, x in given.items()}
        if not isinstance(f, FunctionType) or is_own(f.__code__):
            for reading in readings.values():
                self.guarding.whole(reading)
        self.callable(f, readings)

    # -- functions -----------------------------------------------------------------------------

    def callable(self, thing: Any, given: Mapping[int | str, Reading] | None = None) -> None:
        """What is called."""
        given = dict(given or {})
        key = id(thing), tuple(id(x.origin) for x in given.values())
        if key in self._seen:
            return
        self._seen.add(key)
        self._kept += thing, given
        if not self.guarding.is_own and isinstance(asked(thing, "training"), bool):
            self.guarding.add(Reading("training", thing, (TRAINING,)), thing.training)
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
        self.guarding.add(keywords, thing.keywords, frame)
        named: dict[int | str, Reading] = {name: keywords.then(("entry", name)) for name in thing.keywords}
        for reading in (*args, *named.values()):
            self.guarding.whole(reading)
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
        outer, self.guarding.is_own = self.guarding.is_own, is_library(code)
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        for i, name in enumerate(parameters):
            found = (
                given.get(name) or given.get(i) or (None if self.guarding.is_own else _default(f, i, name))
            )
            if found is not None:
                known[name] = [found]
        self._code(code, known, {} if self.guarding.is_own else f.__globals__)
        self.guarding.is_own = outer

    def _code(self, code: CodeType, known: Known, names: dict[str, Any]) -> None:
        """The chains of a function, and of those inside it."""
        for chain in chains(code):
            roots = _above(code, known) if chain.root == SUPER else self._roots(chain, known, names)
            ends = [end for root in roots for end in self._end(root, chain)]
            if chain.stored is not None:
                known[chain.stored] = ends
        for part in inner(code):
            mine = {ITERATED, *part.co_varnames, *part.co_cellvars}
            inherited = {name: found for name, found in known.items() if name not in mine}
            self._code(part, {**inherited, ITERATED: known.get(part, [])}, names)

    def _roots(self, chain: AccessChain, known: Known, names: dict[str, Any]) -> list[Reading]:
        if not chain.is_global:
            return known.get(chain.root, [])
        if chain.is_module:
            return [Reading(chain.root, sys.modules, (("entry", _absolute(chain.root, names)),))]
        reading = Reading(chain.root, names, (("entry", chain.root),))
        if chain.root in names:
            return [reading]
        self.guarding.add(reading, ABSENT)  # a name of Python's own, as long as no other hides it
        return []

    # -- chains --------------------------------------------------------------------------------

    def _end(self, root: Reading, chain: AccessChain) -> list[Reading]:
        """What a chain leads to, or its entries; guarded where it is used, not only named."""
        end = self._followed(root, chain.path)
        if end is None:
            return []
        if chain.stored is None:
            self.guarding.whole(end)
            return []
        if not chain.each:
            return [end]
        if (entries := self.guarding.entries(end)) is None:
            self.guarding.whole(end)
        return entries or []

    def _followed(self, reading: Reading, path: Sequence[Step]) -> Reading | None:
        """The steps of a chain, as far as they are the user's and stay as they are."""
        for step in path:
            owner = reading.now()
            if is_closed(owner):
                return None if owner is ABSENT or isinstance(owner, ModuleType) else reading
            further = reading.then(step)
            if isinstance(found := member(owner, step), property):
                self.guarding.identity(reading, owner)
                self.callable(found.fget, {0: Reading(reading.name, owner)})
                further = Reading(further.name, further.now())
            elif isinstance(bound := further.now(), MethodType):
                self._method(reading, owner, further, bound)
                return None
            elif isinstance(bound, BuiltinMethodType) and bound.__self__ is owner:
                return reading
            reading = further
            if not same(reading.now(), reading.now()):  # made anew each time
                self.guarding.skip(reading)
                return None
        return reading

    def _method(self, reading: Reading, owner: Any, method: Reading, bound: MethodType) -> None:
        """A method that is read, in order to be called."""
        function = bound.__func__
        self.guarding.identity(reading, owner)
        if isinstance(function, FunctionType) and not is_library(function.__code__):
            self.guarding.add(method.then(("attribute", "__func__")), function)
        self.callable(function, {0: Reading(reading.name, bound.__self__)})


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
