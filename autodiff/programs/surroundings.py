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
import keyword
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from ..operation import Operation
from .chains import ENTRIES as LOOPED
from .chains import Chain, Step, chains, inner
from .origins import is_own

__all__ = ["Surrounding", "Surroundings", "changes", "surroundings"]

BYTES = 1000
"""Size up to which the contents of an array are compared."""

ENTRIES = 64
"""Entries of a container, and of all inside it together, up to which they are compared."""

MEMBERS = 1000
"""Entries up to which a list is known by them, without a look into each."""

PLAIN = (bool, int, float, complex, str, bytes, np.generic)
"""What is the same where it is equal."""

CONTAINERS = (list, tuple, dict, set, frozenset)

OPAQUE = ("autodiff", "nn", "numpy", "optim", "builtins", *sys.stdlib_module_names)
"""Modules that are taken to stay as they are."""

TRAINING: Step = ("attribute", "training")

LIBRARY = str(Path(sysconfig.get_path("stdlib")) / "_")[:-1]


class _Absent:
    """Stands for what cannot be read: an attribute that is missing, a name without meaning."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()


class Reading(NamedTuple):
    """How something is read: an object, and the steps from there; `name` as in the user's code."""

    name: str
    origin: Any
    path: tuple[Step, ...] = ()

    def now(self) -> Any:
        """What is read by now; ABSENT where that raises."""
        thing = self.origin
        try:
            for how, key in self.path:
                thing = getattr(thing, key) if how == "attribute" else thing[key]
        except Exception:  # whatever code of the user's raises, a descriptor's, say
            return ABSENT
        return thing

    def then(self, step: Step) -> Reading:
        """One step further."""
        how, key = step
        told = f".{key}" if how == "attribute" else f"[{key!r}]"
        return Reading(f"{self.name}{told}", self.origin, (*self.path, step))

    def text(self, named: Callable[[Any], str]) -> str:
        """The expression that reads; `named` gives names to objects."""
        text = named(self.origin)
        for how, key in self.path:
            if how == "entry":
                text = f"{text}[{named(key)}]"
            elif key.isascii() and key.isidentifier() and not keyword.iskeyword(key):
                text = f"{text}.{key}"
            else:
                text = f"getattr({text}, {named(key)})"
        return text


class Surrounding(NamedTuple):
    """Something that f reads, and what it meant: itself, or what a `measure` tells of it."""

    reading: Reading
    meaning: Any
    measure: Callable[[Any], Any] | None = None
    kept: Any = None
    """What was measured lives on: an id stands for one object as long as that does."""

    @property
    def name(self) -> str:
        """What it is called in the user's code."""
        return self.reading.name

    def is_current(self) -> bool:
        """Whether it means the same: that very object, or an equal number."""
        now = self.reading.now()
        if self.measure is None:
            return _same(now, self.meaning)
        return now is not ABSENT and not self.measure(now) != self.meaning

    def changed(self, named: Callable[[Any], str]) -> str:
        """The condition that it means something else; it raises where nothing is read."""
        text, meaning = self.reading.text(named), named(self.meaning)
        if self.meaning is ABSENT:
            return f"not {named(self)}.is_current()"
        if self.measure:
            return f"{named(self.measure)}({text}) != {meaning}"
        if isinstance(self.meaning, PLAIN):
            return f"(now := {text}) is not {meaning} and not same(now, {meaning})"
        return f"{text} is not {meaning}"


class Surroundings(NamedTuple):
    """All that f reads, and the names of what is not looked at again."""

    watched: list[Surrounding]
    unwatched: list[str]


def changes(watched: Sequence[Surrounding]) -> Callable[[], bool]:
    """A function that tells whether anything has changed: a tenth of a microsecond for each."""
    names: dict[str, Any] = {"same": _same}

    def named(thing: Any) -> str:
        name = f"c{len(names)}"
        names[name] = thing
        return name

    tests = "".join(f"        if {entry.changed(named)}: return True\n" for entry in watched)
    text = f"def changed():\n    try:\n{tests}        return False\n    except Exception: return True\n"
    exec(text, names)  # our own text: of names that we chose, and plain attributes
    return names["changed"]  # type: ignore[no-any-return]


def surroundings(f: Callable[..., Any], given: Mapping[int | str, Any] | None = None) -> Surroundings:
    """What f reads, and the user's functions that it calls.

    `given` are arguments that are the same at each call, by place or name.
    """
    walk = _Walk()
    walk.start(f, given or {})
    return Surroundings(list(walk.found.values()), sorted(walk.unwatched))


# -- what is compared --------------------------------------------------------------------------


def _same(now: Any, then: Any) -> bool:
    """The very object, or an equal one of its type; nan is nan, −0 is not 0."""
    if now is then:
        return True
    if type(now) is not type(then) or not isinstance(now, PLAIN):
        return False
    if isinstance(now, (float, complex)):
        return repr(now) == repr(then)
    return now.tobytes() == then.tobytes() if isinstance(now, np.generic) else bool(now == then)


def _contents(x: Any) -> Any:
    """An array by its numbers."""
    return (x.dtype, x.shape, x.tobytes()) if type(x) is np.ndarray else x


def _frame(x: Any) -> Any:
    """A container without what it contains."""
    keys: Any = tuple(x) if isinstance(x, dict) else frozenset(x) if _is_set(x) else len(x)
    return type(x), keys


def _members(x: Any) -> Any:
    """A list or tuple by its entries, each as the object that it is."""
    return type(x), tuple(map(id, x))


def _attributes(x: Any) -> tuple[str, ...]:
    """The names of an object's own attributes."""
    slots = [slot for kind in type(x).__mro__ for slot in _slots(kind) if hasattr(x, slot)]
    return (*getattr(x, "__dict__", ()), *slots)


def _slots(kind: type) -> Sequence[str]:
    slots = vars(kind).get("__slots__", ())
    return [slots] if isinstance(slots, str) else [x for x in slots if x not in ("__dict__", "__weakref__")]


def _is_set(x: Any) -> bool:
    return isinstance(x, (set, frozenset))


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
        kept = list(meaning) if measure is _members else None
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
        if not self._own and isinstance(getattr(thing, "training", None), bool):
            self.watch(Reading("training", thing, (TRAINING,)), thing.training)
        if isinstance(thing, functools.partial):
            self._partial(thing, given)
        elif isinstance(thing, MethodType):
            owner = Reading("self", thing.__self__)
            self.callable(thing.__func__, _behind([owner], given))
        elif isinstance(operation := getattr(thing, "operation", None), Operation):
            self.callable(operation.forward)
        elif isinstance(thing, FunctionType):
            self._function(thing, given)
        elif hasattr(thing, "__wrapped__"):
            self.callable(thing.__wrapped__, given)
        elif isinstance(thing, type):
            self._class(thing)
        elif isinstance(call := getattr(type(thing), "__call__", None), FunctionType):
            self.callable(call, _behind([Reading("self", thing)], given))

    def _partial(self, thing: functools.partial[Any], given: Mapping[int | str, Reading]) -> None:
        """A function with arguments of its own."""
        first = Reading("partial", thing)
        args = [first.then(("attribute", "args")).then(("entry", i)) for i in range(len(thing.args))]
        keywords = first.then(("attribute", "keywords"))
        self.watch(keywords, thing.keywords, _frame)
        named = {name: keywords.then(("entry", name)) for name in thing.keywords}
        for reading in (*args, *named.values()):
            self.whole(reading)
        self.callable(thing.func, {**named, **_behind(args, given)})

    def _class(self, thing: type) -> None:
        """A class of the user's, whose methods its objects may call; they find its attributes."""
        for method in vars(thing).values():
            if isinstance(method, FunctionType) and not _is_library(method.__code__):
                self.callable(method, {0: Reading(thing.__name__, thing)})

    def _function(self, f: FunctionType, given: Mapping[int | str, Reading]) -> None:
        code = f.__code__
        if _is_library(code) and not is_own(code):
            return
        known: Known = {}
        for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
            known[name] = [Reading(name, cell, (("attribute", "cell_contents"),))]
        outer, self._own = self._own, is_own(code)
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        for i, name in enumerate(parameters):
            found = given.get(name) or given.get(i) or (None if is_own(code) else _default(f, i, name))
            if found is not None:
                known[name] = [found]
        self._code(code, known, {} if is_own(code) else f.__globals__)
        self._own = outer

    def _code(self, code: CodeType, known: Known, names: dict[str, Any]) -> None:
        """The chains of a function, and of those inside it."""
        for chain in chains(code):
            ends = [end for root in self._roots(chain, known, names) for end in self._end(root, chain)]
            if chain.stored is not None:
                known[chain.stored] = ends
            if chain.root == "super" and chain.is_global:
                self._overridden(code.co_name, known)
        for part in inner(code):
            mine = {LOOPED, *part.co_varnames, *part.co_cellvars}
            inherited = {name: found for name, found in known.items() if name not in mine}
            self._code(part, {**inherited, LOOPED: known.get(part, [])}, names)

    def _overridden(self, name: str, known: Known) -> None:
        """The methods that `super()` stands for."""
        for owner in known.get("self", ()):
            for kind in type(owner.now()).__mro__:
                if isinstance(method := vars(kind).get(name), FunctionType):
                    self.callable(method, {0: owner})

    def _roots(self, chain: Chain, known: Known, names: dict[str, Any]) -> list[Reading]:
        if not chain.is_global:
            return known.get(chain.root, [])
        return [Reading(chain.root, names, (("entry", chain.root),))] if chain.root in names else []

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
            if _is_closed(owner):
                return None if owner is ABSENT or isinstance(owner, ModuleType) else reading
            further = reading.then(step)
            if isinstance(member := _member(owner, step), property):
                self._identity(reading, owner)
                self.callable(member.fget, {0: Reading(reading.name, owner)})
                further = Reading(further.name, further.now())
            elif isinstance(bound := further.now(), MethodType):
                self._method(reading, owner, further, bound)
                return None
            elif isinstance(bound, BuiltinMethodType) and bound.__self__ is owner:
                return reading
            reading = further
            if not _same(reading.now(), reading.now()):  # made anew each time
                self._skip(reading)
                return None
        return reading

    def _method(self, reading: Reading, owner: Any, method: Reading, bound: MethodType) -> None:
        """A method that is read, in order to be called."""
        function = bound.__func__
        self._identity(reading, owner)
        if isinstance(function, FunctionType) and not _is_library(function.__code__):
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
        elif type(thing) is np.ndarray:
            self._array(reading, thing)
        elif isinstance(thing, CONTAINERS) or _is_object(thing):
            if id(thing) not in self._inside:
                self._container(reading, thing)
        else:
            self._identity(reading, thing)
            if callable(thing):
                self.callable(thing)

    def _array(self, reading: Reading, x: np.ndarray[Any, Any]) -> None:
        if x.nbytes <= BYTES:
            self.watch(reading, x, _contents)
        else:
            self._identity(reading, x)
            self._skip(reading)

    def _container(self, reading: Reading, thing: Any) -> None:
        """Entry by entry, if there is room for them."""
        entries = self._opened(reading)
        if entries is None:
            self._skip(reading)
            is_list = isinstance(thing, (list, tuple)) and len(thing) <= MEMBERS
            self.watch(reading, thing, _members if is_list else None)
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
        if isinstance(thing, (list, tuple)) and not any(map(_is_looked_into, thing)):
            self.watch(reading, thing, _members)
            return [Reading(entry.name, x) for entry, x in zip(entries, thing, strict=True)]
        if isinstance(thing, CONTAINERS):
            self.watch(reading, thing, _frame)
            return entries
        self._identity(reading, thing)
        self.watch(Reading(reading.name, thing), thing, _attributes)
        return entries

    def _entries(self, reading: Reading) -> list[Reading] | None:
        """The entries of a container, the attributes of an object; None for what is looked at as it is."""
        thing = reading.now()
        if isinstance(thing, (list, tuple)):
            return [reading.then(("entry", i)) for i in range(len(thing))]
        if isinstance(thing, dict):
            return [reading.then(("entry", key)) for key in thing]
        if _is_set(thing):
            return []
        if not _is_object(thing):
            return None
        own = Reading(reading.name, thing)
        return [own.then(("attribute", name)) for name in _attributes(thing)]


def _is_object(thing: Any) -> bool:
    """Whether the attributes of an object matter, as it is the user's, and not called."""
    if isinstance(thing, SimpleNamespace):
        return True
    known = thing is ABSENT or callable(thing) or isinstance(thing, PLAIN)
    return not known and not _is_opaque(type(thing).__module__)


def _is_looked_into(thing: Any) -> bool:
    """Whether more than an object's identity matters: a number, an array, a container, a user's object."""
    return isinstance(thing, (np.ndarray, *PLAIN, *CONTAINERS)) or _is_object(thing)


def _is_closed(owner: Any) -> bool:
    """Whether what stands behind an object is not looked at: Values, arrays, and what is no user's."""
    if isinstance(owner, (SimpleNamespace, *CONTAINERS)) or hasattr(owner, "training"):
        return False
    if isinstance(owner, ModuleType):
        return _is_opaque(owner.__name__)
    if isinstance(owner, (type, FunctionType)):
        return _is_opaque(owner.__module__)
    return owner is ABSENT or isinstance(owner, (np.ndarray, *PLAIN)) or _is_opaque(type(owner).__module__)


def _member(owner: Any, step: Step) -> Any:
    """What a class says of an attribute."""
    how, key = step
    return inspect.getattr_static(type(owner), key, None) if how == "attribute" else None


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


def _is_opaque(module: str) -> bool:
    return module.partition(".")[0] in OPAQUE


def _is_library(code: CodeType) -> bool:
    """Whether code is the project's, NumPy's or Python's."""
    name = code.co_filename
    installed = "site-packages" in name or "dist-packages" in name
    return is_own(code) or name.startswith("<frozen") or (name.startswith(LIBRARY) and not installed)
