"""By which ways a function reaches what it reads: a program notices what has changed behind each of them."""

import argparse
import array
import contextlib
import functools
import sys
import threading
import types
from typing import Any

import numpy as np
import pytest

from autodiff.programs import compile as compiled

X = np.arange(1.0, 4.0)

not_yet_there: float
"""A name without a meaning."""


class Above:
    factor = 2.0

    def __init__(self):
        self.shift = 1.0

    def scaled(self, x):
        return x * self.factor

    def shifted(self, x):
        return x + self.shift


class Below(Above):
    def scaled(self, x):
        return super().scaled(x) + 1.0

    def other(self, x):
        return super().shifted(x)

    def attribute(self, x):
        return x * super().factor


class Made:
    factor = 2.0

    def __new__(cls, x):
        return x * cls.factor


class Making(type):
    def __call__(cls, x):
        return x * cls.factor


class MadeOtherwise(metaclass=Making):
    factor = 2.0


class Callable:
    def __init__(self):
        self.factor = 2.0

    def __call__(self, x):
        return x


class Masked(np.ndarray):
    """An array of a class of its own."""


def scaled_by(thing, x):
    return x * thing.factor


@contextlib.contextmanager
def entered(cfg):
    yield cfg["a"]


IMPORTING = """
def imported(x):
    import settings_of_a_test
    return x * settings_of_a_test.factor

def imported_from(x):
    from settings_of_a_test import factor, listed as entries
    return x * factor + entries[0]

def imported_as(x):
    import settings_of_a_test.inner as inside
    return x * inside.factor
"""
importing: dict[str, Any] = {}
exec(IMPORTING, importing)


def with_a_name_to_come(x):
    try:
        return x * not_yet_there
    except NameError:
        return x


def with_pythons_own(x):
    return sum([x, x])


def ways():
    """A function of x, and what changes something behind it."""
    below, cfg = Below(), {"a": 2.0}
    yield "super: the method", below.scaled, lambda: setattr(Above, "scaled", lambda self, x: x)
    yield "super: what it reads", below.scaled, lambda: setattr(Above, "factor", 5.0)
    yield "super: another method", below.other, lambda: setattr(below, "shift", 5.0)
    yield "super: an attribute", below.attribute, lambda: setattr(Above, "factor", 5.0)

    def in_a_context(x):
        with entered(cfg) as a:
            return x * a

    yield "a context", in_a_context, lambda: cfg.update(a=5.0)
    dispatched = functools.singledispatch(lambda x: x * cfg["a"])
    yield "a dispatch", lambda x: dispatched(x), lambda: cfg.update(a=5.0)
    module = sys.modules["settings_of_a_test"]
    yield "an import", importing["imported"], lambda: setattr(module, "factor", 5.0)
    yield "a name imported", importing["imported_from"], lambda: setattr(module, "factor", 5.0)
    yield "a list imported", importing["imported_from"], lambda: module.listed.__setitem__(0, 5.0)
    yield (
        "an import under another name",
        importing["imported_as"],
        lambda: setattr(module.inner, "factor", 5.0),
    )
    yield "__new__", lambda x: Made(x), lambda: setattr(Made, "factor", 5.0)
    yield "a metaclass", lambda x: MadeOtherwise(x), lambda: setattr(MadeOtherwise, "factor", 5.0)
    called = Callable()
    yield "what can be called", lambda x: scaled_by(called, x), lambda: setattr(called, "factor", 5.0)
    given = argparse.Namespace(rate=2.0, more=argparse.Namespace(rate=3.0))
    yield "options of a command", lambda x: x * given.more.rate, lambda: setattr(given.more, "rate", 5.0)
    local = threading.local()
    local.rate = 2.0
    yield "of a thread", lambda x: x * local.rate, lambda: setattr(local, "rate", 5.0)
    one = Above()
    yield (
        "the class of an object",
        lambda x: x * isinstance(one, Below),
        lambda: setattr(one, "__class__", Below),
    )
    own, masked = np.ones(3).view(Masked), np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0])
    yield "an array of another class", lambda x: x * np.asarray(own), lambda: own.fill(5.0)
    yield "a mask", lambda x: x * masked.filled(0.0), lambda: setattr(masked, "mask", [0, 0, 0])
    numbers, letters = array.array("d", [1.0]), bytearray(b"a")
    yield "an array of Python's", lambda x: x * numbers[0], lambda: numbers.__setitem__(0, 5.0)
    yield "bytes", lambda x: x * letters[0], lambda: letters.__setitem__(0, 5)
    names = globals()
    yield "a name that comes", with_a_name_to_come, lambda: names.update(not_yet_there=5.0)
    yield "a name of Python's that is hidden", with_pythons_own, lambda: names.update(sum=lambda xs: xs[0])


@pytest.fixture
def world(monkeypatch):
    """What the functions reach, as it is at first."""
    module, inner = types.ModuleType("settings_of_a_test"), types.ModuleType("settings_of_a_test.inner")
    module.factor, module.listed, module.inner, module.__path__ = 2.0, [1.0], inner, []
    inner.factor = 2.0
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(sys.modules, inner.__name__, inner)
    for owner, name in [(Above, "scaled"), (Above, "factor"), (Made, "factor"), (MadeOtherwise, "factor")]:
        monkeypatch.setattr(owner, name, vars(owner)[name])
    for name in ("not_yet_there", "sum"):
        monkeypatch.setitem(globals(), name, None)
        del globals()[name]


NAMES = """super: the method|super: what it reads|super: another method|
super: an attribute|a context|a dispatch|an import|a name imported|a list imported|
an import under another name|__new__|a metaclass|what can be called|options of a command|of a thread|
the class of an object|an array of another class|a mask|an array of Python's|bytes|a name that comes|
a name of Python's that is hidden""".replace("\n", "").split("|")


def test_all_ways_are_tried(world):
    assert [name for name, *_ in ways()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_changed_behind_a_way_is_noticed(name, world):
    f, change = next((f, change) for found, f, change in ways() if found == name)
    program = compiled(f)
    before = f(X)
    for _ in range(2):
        np.testing.assert_array_equal(program(X), before)
    (version,) = program.versions
    change()
    assert not np.array_equal(f(X), before)
    for _ in range(2):
        np.testing.assert_array_equal(program(X), f(X))
    again = program.versions
    assert again != (version,)
    program(X)
    assert program.versions == again  # no version is recorded twice
