"""What is written of an operation beside its operands: the signs of its template, and its options.

How an operation declares both is in `values.declaration`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter
from typing import NamedTuple

import numpy as np

from ..text.lettering import ABOVE
from ..text.notation import printable, text_of
from ..values.axes import axes_in
from .expression import Call, Term, shape_of_term

UNSAID = re.compile(r"\{\w+:unsaid\}")
OPTION = re.compile(r"\{(\w+)(:\w+)?\}")

AXES = "ijklmnopqrst"
"""The letters of the axes: X is Xᵢⱼ."""


class Place(NamedTuple):
    """A place of a template: the signs before it, and what it is for, None after the last one."""

    before: str
    name: str | None
    style: str


def places(template: str) -> Iterator[Place]:
    """The places of a template, without those of options that are not written."""
    for before, name, style, _ in Formatter().parse(UNSAID.sub("", template)):
        yield Place(before, name, style or "")


def exponent_in(template: str) -> str:
    """What a template writes above its operand, as {}⁻¹ does; nothing if it is another."""
    signs = UNSAID.sub("", template)
    above = signs.removeprefix("{}")
    return "".join(ABOVE[char] for char in above) if above != signs and all(c in ABOVE for c in above) else ""


def function_name(call: Call) -> str:
    """What an operation is called as a function: its symbol, unless that comes behind or between operands."""
    symbol, template = call.operation.symbol, call.operation.typeset or ""
    return symbol if symbol.rstrip("′₀₁₂₃₄₅").isidentifier() and not template.startswith("{") else call.name


def operands_of(call: Call) -> tuple[Term, ...]:
    """The operands that are written: of a rule that looks at them all but the result."""
    if "′" not in call.name:
        return call.arguments
    output = 0 if call.operation.elementwise else 1
    return (*call.arguments[:output], *call.arguments[output + 1 :])


def options_left(call: Call) -> str:
    """The options as f(x; these), those that are not the usual ones; nothing if the template writes all."""
    operation = call.operation
    template, usual = operation.typeset, operation.defaults
    own = {x: y for x, y in call.metadata.items() if x not in usual or repr(y) != repr(usual[x])}
    written = {name for name, _ in OPTION.findall(template or "")}
    if template and not own.keys() & usual.keys() - written:
        return ""
    return ", ".join(filter(None, map(option_text, own.values())))


def option_text(option: object) -> str:
    """An option by itself; nothing for None."""
    if option is None:
        return ""
    if isinstance(option, (tuple, list)):
        return f"({', '.join(map(option_text, option))})"
    if isinstance(option, slice) or option is ...:
        return index_text(option)
    if type(option) is int or isinstance(option, str):
        return str(option)
    return text_of(option) if isinstance(option, (float, np.ndarray)) else printable(str(option))


def below(call: Call, place: Place) -> str:
    """What is written below the line for an option: nothing where it is the usual one."""
    assert place.name is not None
    option, usual = call.metadata[place.name], call.operation.defaults
    if place.name in usual and repr(option) == repr(usual[place.name]):
        return ""
    if place.style == "axes":
        ndim = max(len(shape_of_term(call.arguments[-1])), len(call.shape))  # stack adds one
        return "".join(
            AXES[i % len(AXES)] for i in axes_in(() if option is None else option, ndim, call.name)
        )
    return option_text(option).replace("inf", "∞")


def index_text(index: object) -> str:
    """An index as it is written in Python."""
    entries = index if isinstance(index, tuple) else (index,)
    return ", ".join("…" if entry is ... else _range(entry) for entry in entries)


def _range(entry: object) -> str:
    if not isinstance(entry, slice):
        return printable(str(entry))
    ends = (entry.start, entry.stop) if entry.step is None else (entry.start, entry.stop, entry.step)
    return ":".join("" if end is None else str(end) for end in ends)
