"""One thing that f reads around itself: how it is read, what it meant, and whether it does so still."""

from __future__ import annotations

import functools
import keyword
from array import array
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from .chains import Step

PLAIN = (bool, int, float, complex, str, bytes, np.generic)
"""What is the same where it is equal."""

ARRAYS = (np.ndarray, array, bytearray, memoryview)
"""What holds numbers that may be written into."""


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
                if how == "entry" and isinstance(thing, dict) and key not in thing:
                    return ABSENT  # a defaultdict would make it
                thing = getattr(thing, key) if how == "attribute" else thing[key]
        except Exception:  # whatever code of the user's raises, a descriptor's, say
            return ABSENT
        return thing

    def then(self, step: Step) -> Reading:
        """One step further."""
        how, key = step
        if how == "attribute":
            told = f".{key}" if key.isidentifier() else f".{key!a}"
        else:
            told = f"[{key!a}]" if isinstance(key, (str, int, float)) else f"[a {type(key).__name__}]"
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


class Guard(NamedTuple):
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

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def changed(self, named: Callable[[Any], str]) -> str:
        """The condition that it means something else; it raises where nothing is read."""
        match self.meaning, self.reading:
            case _Absent(), Reading(_, dict() as names, [("entry", name)]):
                return f"{named(name)} in {named(names)}"
            case _Absent(), reading:
                return f"{named(reading.now)}() is not {named(ABSENT)}"
        text = self.reading.text(named)
        if self.measure is contents and _is_plain(self.meaning):
            return _rewritten(text, *map(named, self.meaning))
        meaning = named(self.meaning)
        if self.measure:
            return f"{named(self.measure)}({text}) != {meaning}"
        if isinstance(self.meaning, PLAIN):
            return f"(now := {text}) is not {meaning} and not same(now, {meaning})"
        return f"{text} is not {meaning}"


def checks(guards: Sequence[Guard], named: Callable[[Any], str], answer: str) -> list[str]:
    """The lines that return an answer where anything has changed, or is not read.

    The names `same` and `ndarray` must be known.
    """
    tests = [f"    if {guard.changed(named)}: return {answer}" for guard in guards]
    return ["try:", *tests, f"except Exception: return {answer}"] if tests else []


def changes(guards: Sequence[Guard]) -> Callable[[], bool]:
    """A function that tells whether anything has changed: a tenth of a microsecond for each."""
    names: dict[str, Any] = {"same": same, "ndarray": np.ndarray}

    def named(thing: Any) -> str:
        name = f"c{len(names)}"
        names[name] = thing
        return name

    lines = [*checks(guards, named, "True"), "return False"]
    exec("\n    ".join(["def changed():", *lines]), names)  # our own text: of names that we chose
    return names["changed"]  # type: ignore[no-any-return]


# -- what is compared --------------------------------------------------------------------------


def same(now: Any, then: Any) -> bool:
    """The very object, or an equal one of its type; nan is nan, −0 is not 0."""
    if now is then:
        return True
    if type(now) is not type(then) or not isinstance(now, PLAIN):
        return False
    if isinstance(now, (float, complex)):
        written = float.__repr__ if isinstance(now, float) else complex.__repr__
        return written(now) == written(then)
    return now.tobytes() == then.tobytes() if isinstance(now, np.generic) else bool(now == then)


def contents(x: Any) -> Any:
    """An array by its numbers."""
    if type(x) is np.ndarray and not x.dtype.hasobject:
        return x.dtype, x.shape, x.tobytes()
    if isinstance(x, np.ndarray):
        return type(x), x.dtype, x.shape, x.tolist(), np.asarray(getattr(x, "mask", None)).tobytes()
    return (type(x), bytes(x)) if isinstance(x, ARRAYS) else x


def _is_plain(meaning: Any) -> bool:
    """Whether contents are those of NumPy's own array."""
    return type(meaning) is tuple and len(meaning) == 3 and isinstance(meaning[0], np.dtype)


def _rewritten(text: str, dtype: str, shape: str, numbers: str) -> str:
    """The condition that an array is another, or was written into; it raises where there is none."""
    return (
        f"(now := {text}).tobytes() != {numbers} or now.shape != {shape} or type(now) is not ndarray or "
        f"(now.dtype is not {dtype} and now.dtype != {dtype})"
    )


def frame(x: Any) -> Any:
    """A container without what it contains."""
    keys: Any = tuple(x) if isinstance(x, (dict, MappingProxyType)) else frozenset(x) if is_set(x) else len(x)
    return type(x), keys


def members(x: Any) -> Any:
    """A list or tuple by its entries, each as the object that it is."""
    return type(x), tuple(map(id, x))


def attributes(x: Any) -> tuple[str, ...]:
    """The names of an object's own attributes."""
    kind: Any = type(x)
    return (*getattr(x, "__dict__", ()), *[slot for slot in _slots(kind) if hasattr(x, slot)])


def make(x: Any) -> tuple[Any, ...]:
    """An object's class and attributes, without what they mean."""
    return type(x), attributes(x)


@functools.lru_cache(maxsize=256)
def _slots(kind: type) -> tuple[str, ...]:
    """The names for which objects of a class have a place outside of their `__dict__`."""
    declared = [vars(base).get("__slots__", ()) for base in kind.__mro__]
    names = [name for slots in declared for name in ([slots] if isinstance(slots, str) else slots)]
    return tuple([name for name in names if name not in ("__dict__", "__weakref__")])


def is_set(x: Any) -> bool:
    return isinstance(x, (set, frozenset))
