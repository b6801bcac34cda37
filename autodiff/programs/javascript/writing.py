"""Listings as JavaScript: one line per operation, one function per listing.

    javascript({"main": listing}, "play")   an expression: an object with a function of that name

The function takes an array with the numbers of all inputs, in order, and returns one with those of the
results; arrays are entry by entry, in C order. Of a program for one observation, `descent.js` makes sums over
data, Hessians and steps. The text contains no data but numbers, and of names only letters, digits and
underscores.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..listing import Line, Listing
from ..rewrites.draft import living
from ..spelling.identifiers import Identifiers, identifier
from .entries import SPACE, TooLongError, of_numbers, unspelled
from .spellings import FUNCTIONS, MASKS, spelling_of

MOST_LINES = 10_000
"""Operations of a page; more take it too long."""

FEWER = "take a Value nearer to the leaves, or fewer observations"

WIDTH = 110

RESERVED = (
    "Infinity", "Math", "NaN", "Number", "arguments", "await", "break", "case", "catch", "class",
    "const", "continue", "debugger", "default", "delete", "do", "else", "enum", "eval", "export",
    "extends", "false", "finally", "for", "function", "given", "if", "implements", "import", "in",
    "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public",
    "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var",
    "void", "while", "with", "yield",
)  # fmt: skip
"""What stands for something else in JavaScript."""


class Operand(NamedTuple):
    """A name or a number in a spelling; `is_mask` says that it is a truth value."""

    text: str
    is_mask: bool

    def __format__(self, kind: str) -> str:
        return f"({self.text} != 0)" if kind == "?" and not self.is_mask else self.text


def javascript(listings: Mapping[str, Listing], what: str, remedy: str = FEWER) -> str:
    """Listings as JavaScript: an expression, which is an object with a function for each.

    Raises TypeError for other dtypes than float64 and for operations that have no spelling, and ValueError
    for more than 10,000 operations on numbers, in the name of `what` was called and with the remedy.
    """
    bodies = {name: _Body(listing, what, remedy) for name, listing in listings.items()}
    methods = [
        textwrap.indent(f"{name}(given) {{\n{body.text}\n}},", "    ") for name, body in bodies.items()
    ]
    called = _called("\n".join(methods))
    functions = [textwrap.indent(FUNCTIONS[name].strip(), "  ") for name in FUNCTIONS if name in called]
    return "\n".join(["(() => {", '  "use strict";', *functions, "  return {", *methods, "  };", "})()"])


def _called(text: str) -> set[str]:
    """The functions that a text calls, and those that these call."""
    found: set[str] = set()
    for name in reversed(FUNCTIONS):
        if re.search(rf"\b{name}\(", text):
            found.add(name)
            text += FUNCTIONS[name]
    return found


class _Body:
    """The statements of one function."""

    def __init__(self, listing: Listing, what: str, remedy: str) -> None:
        self.what = what
        self.names = Identifiers([*RESERVED, *FUNCTIONS])
        self.listing = _of_numbers(living(listing), what, remedy)
        self.operands: list[Operand] = []
        self.text = textwrap.indent("\n".join(self._statements()), "  ")

    def _statements(self) -> Iterator[str]:
        lines, inputs, computed = self.listing.lines, [], []
        for line in lines:
            if line.kind == "constant":
                self.operands.append(Operand(_number(line), line.dtype.kind == "b"))
                continue
            spelling = self._spelling(line)
            text = self._filled(spelling, line)
            is_mask = line.dtype.kind == "b" or spelling in MASKS.values()
            self.operands.append(Operand(self._name(line), is_mask))
            if line.kind == "input":
                inputs.append(self.operands[-1].text)
            else:
                computed.append(f"const {self.operands[-1].text} = {text};")
        # By index: of many numbers, browsers are several times faster than by destructuring.
        if inputs:
            yield from _wrapped("const ", [f"{x} = given[{i}]" for i, x in enumerate(inputs)], ";")
        yield from computed
        results = [self.operands[i] for i in self.listing.outputs]
        yield from _wrapped("return [", [f"+{x.text}" if x.is_mask else x.text for x in results], "];")

    def _spelling(self, line: Line) -> str:
        if line.operation is None:
            return ""
        spelling = spelling_of(line.operation, all(self.operands[i].is_mask for i in line.inputs))
        if spelling is None:
            raise unspelled(line.operation, self.what)
        return spelling

    def _filled(self, spelling: str, line: Line) -> str:
        options = {name: _option(x) for name, x in line.metadata.items()}
        return spelling.format(*[self.operands[i] for i in line.inputs], **options)

    def _name(self, line: Line) -> str:
        return self.names.take(identifier(line.name)) if line.name else self.names.number("t")


def _of_numbers(listing: Listing, what: str, remedy: str) -> Listing:
    """The listing in numbers, if a page can compute it."""
    for line in listing.lines:
        if line.dtype not in (np.float64, np.bool_):
            raise TypeError(
                f"{what}: a page computes in double precision, got {_described(line)} of dtype {line.dtype}"
            )
    try:
        short = living(of_numbers(listing, what))
        count = sum(line.kind == "computed" for line in short.lines)
    except TooLongError:
        count = SPACE
    if count > MOST_LINES:
        got = "more than " * (count == SPACE) + f"{count:,}"
        raise ValueError(
            f"{what}: at most {MOST_LINES:,} operations on numbers are computed in a page, got {got}; "
            f"{remedy}"
        )
    return short


def _described(line: Line) -> str:
    """A line in an error: its name, or what it is."""
    if line.name:
        return repr(line.name)
    return f"a result of {line.operation.name}" if line.operation else f"an {line.kind}"


def _number(line: Line) -> str:
    """A constant; a negative one in brackets."""
    if line.dtype.kind == "b":
        return "true" if line.data else "false"
    return _option(float(np.asarray(line.data)))


def _option(x: object) -> str:
    """A number, or nothing, as JavaScript writes it."""
    if x is None:
        return "null"
    if not isinstance(x, (int, float)):
        return "undefined"  # an option that no spelling names
    text = "NaN" if math.isnan(x) else repr(float(x)).removesuffix(".0").replace("inf", "Infinity")
    return f"({text})" if text.startswith("-") else text


def _wrapped(before: str, parts: Sequence[str], after: str) -> list[str]:
    """A list on one line, or on several."""
    text = f"{before}{', '.join(parts)}{after}"
    if len(text) <= WIDTH:
        return [text]
    rows = textwrap.wrap(", ".join(parts), WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [before, *(f"  {row}" for row in rows), after]
