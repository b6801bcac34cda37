"""The short way into a version: one function written for it, which checks and unpacks what it is given.

Sorting arguments, whatever they may be, takes longer than a small program. So a version whose results
are plain gets a function in which its structure, types, shapes and captured Values are written out:

    def call(args):
        if len(args) != 2 or depth(): return MISS
        a_0, a_1, = args
        if type(a_0) is not float: return MISS
        if type(a_1) is not float: return MISS
        r0, r1, r2, = function(a_0, a_1)
        return (r0, (r1, r2))

MISS says that the call is another version's, or needs more thought. Long sequences of numbers are checked
and passed on as a whole, `*a_0`, and so are the results where they are many, `[*r[0:16]]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from typing import Any

import numpy as np

from ..differentiation.structure import is_structure
from ..values import modes
from ..values.value import Value, recasts
from .arguments import Arguments, Static, is_setting
from .guards.guard import checks, same
from .loading import MANY
from .results import OUTPUT
from .version import Version

MISS = object()

NUMBERS = frozenset({int, np.float64, np.int64})
"""Types that stand for a float."""

FLOATS, FLOATS_TOO = frozenset({float}), NUMBERS | {float}

FEW = 3
"""Numbers that are checked one by one faster than together."""

Direct = Callable[[tuple[Any, ...]], Any]


def direct(version: Version, arguments: Arguments) -> Direct | None:
    """The function of a version, or None where it needs the long way."""
    args, kwargs = arguments.tree
    if kwargs or version.records or version.inside_derivative:
        return None
    text = _Text(arguments.operands)
    try:
        text.function(version, args)
    except _UnusualError:
        return None
    names: dict[str, Any] = {}
    exec("\n".join(text.lines), text.names, names)  # our own text, of names that we chose
    return names["call"]  # type: ignore[no-any-return]


class _UnusualError(Exception):
    """A structure that is not written out: a subclass, a Value, kept for the long way."""


class _Text:
    """The lines of the function, and the objects that they name."""

    def __init__(self, given: Sequence[Any]) -> None:
        self.lines = ["def call(args):"]
        self.names: dict[str, Any] = {
            "MISS": MISS,
            "NUMBERS": NUMBERS,
            "FLOATS": FLOATS,
            "FLOATS_TOO": FLOATS_TOO,
            "depth": modes.depth,
            "same": same,
            "ndarray": np.ndarray,
        }
        self.given = iter(given)
        self.operands: list[str] = []

    def function(self, version: Version, args: list[Any]) -> None:
        """All of it."""
        self.check(f"len(args) != {len(args)} or depth()")
        for line in checks(version.guarded.guards, self.named, "MISS"):
            self.line(line)
        self.unpack("args", "a", args)
        self.names |= {"version": version, "recasts": recasts}
        inputs = self.operands + self.captured(version.captured)
        self.names["function"] = version.main.function
        self.results(version, f"function({', '.join(inputs)})")

    def line(self, code: str) -> None:
        self.lines.append(f"    {code}")

    def check(self, miss: str) -> None:
        self.line(f"if {miss}: return MISS")

    def named(self, thing: Any) -> str:
        """A name for an object."""
        name = f"c{len(self.names)}"
        self.names[name] = thing
        return name

    # -- the way in ----------------------------------------------------------------------------

    def unpack(self, whole: str, prefix: str, entries: Sequence[Any]) -> None:
        """Take a sequence apart, and look into each entry."""
        parts = [f"{prefix}_{i}" for i in range(len(entries))]
        if parts:
            self.line(f"{', '.join(parts)}, = {whole}")
        for part, x in zip(parts, entries, strict=True):
            self.enter(part, x)

    def enter(self, part: str, x: Any) -> None:
        """Check one argument, or entry of one."""
        if type(x) is list or type(x) is tuple:
            self.check(f"type({part}) is not {type(x).__name__} or len({part}) != {len(x)}")
            if len(x) > FEW and FLOATS_TOO.issuperset(map(type, x)):
                self.numbers(part, len(x))
            else:
                self.unpack(part, part, x)
        elif type(x) is dict:
            self.check(f"type({part}) is not dict or tuple({part}) != {self.named(tuple(x))}")
            self.unpack(f"{part}.values()", part, list(x.values()))
        elif is_setting(x):
            self.check(f"{part} is not {self.named(x.value if isinstance(x, Static) else x)}")
        elif is_structure(x):
            raise _UnusualError
        else:
            self.operands.append(part)
            self.operand(part, next(self.given))

    def numbers(self, part: str, n: int) -> None:
        """Check a sequence of n numbers as a whole."""
        self.line(f"if {{*map(type, {part})}} != FLOATS:")
        self.line(f"    if not FLOATS_TOO.issuperset(map(type, {part})): return MISS")
        self.line(f"    {part} = [*map(float, {part})]")
        self.operands.append(f"*{part}")
        next(islice(self.given, n - 1, None))

    def operand(self, part: str, x: Any) -> None:
        """Check for a number or an array like x; whole numbers and NumPy's become floats."""
        if type(x) is float:
            self.line(f"if type({part}) is not float:")
            self.line(f"    if type({part}) not in NUMBERS: return MISS")
            self.line(f"    {part} = float({part})")
        elif type(x) is np.ndarray:
            shape, dtype = self.named(x.shape), self.named(x.dtype)
            self.check(
                f"type({part}) is not ndarray or {part}.shape != {shape} or {part}.dtype is not {dtype}"
            )
        elif isinstance(x, np.generic):
            self.check(f"type({part}) is not {self.named(type(x))}")
        else:
            raise _UnusualError

    def captured(self, values: Sequence[Value]) -> list[str]:
        """The data of the Values that f closes over, variables or not as they were."""
        names = list(map(self.named, values))
        changed = [f"{name}._tracked is not {x._tracked}" for name, x in zip(names, values, strict=True)]
        if changed:
            self.check(" or ".join(changed))
            self.check("version.recasts != recasts.on")
        return [f"{name}._data" for name in names]

    # -- the way out ---------------------------------------------------------------------------

    def results(self, version: Version, call: str) -> None:
        """Call, and return the results in their structure."""
        n = len(version.tracked) + version.checks_nan
        self.whole = n > MANY
        names = "".join([f"{self.result(i)}, " for i in range(n)]) or "()"
        self.line(f"{'r' if self.whole else names} = {call}")
        if version.checks_nan:
            self.check(f"{self.result(n - 1)} != {self.result(n - 1)}")
        self.line(f"return {self.built(version.result, count())}")

    def result(self, i: int) -> str:
        """Result i: a name, or a place in all of them."""
        return f"r[{i}]" if self.whole else f"r{i}"

    def built(self, tree: Any, results: Iterator[int]) -> str:
        """The expression that puts results into their structure."""
        if tree is OUTPUT:
            return self.result(next(results))
        if type(tree) is tuple or type(tree) is list:
            parts = self.entries(tree, results)
            return f"[{parts}]" if type(tree) is list else f"({parts}{',' if tree else ''})"
        if type(tree) is dict:
            parts = ", ".join([f"{self.named(key)}: {self.built(tree[key], results)}" for key in tree])
            return f"{{{parts}}}"
        if is_structure(tree):
            raise _UnusualError
        return self.named(tree) + (".copy()" if isinstance(tree, np.ndarray) else "")

    def entries(self, tree: Sequence[Any], results: Iterator[int]) -> str:
        """The entries of a sequence, results in a row at once."""
        if self.whole and len(tree) > FEW and all(entry is OUTPUT for entry in tree):
            first, *_, last = islice(results, len(tree))
            return f"*r[{first}:{last + 1}]"
        return ", ".join([self.built(entry, results) for entry in tree])
