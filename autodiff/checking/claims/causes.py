"""Why a printed number is wrong: mistakes are made on purpose, and compared with the digits printed.

A cause is named only where it gives exactly these digits. Mistakes that could give almost any digits are
tried last, and only on enough digits to make a coincidence rare.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from numbers import Real
from typing import Any, TypeAlias

import numpy as np

from ...graph import Node
from ...text.digits import with_minus
from ...text.notation import text_of, visible
from ...values.data import shape_of
from ...values.value import Value
from ..replay import Replay
from .printed import Printed

FEW, ENOUGH = 2, 3
"""Digits needed to recognise a copied number, and a mistake that many numbers could have come from."""

MOST_NODES, MOST_INPUTS = 2000, 24
"""Larger graphs are not searched for misread inputs."""

Mistake: TypeAlias = tuple[str, float]
"""A mistake in words, and the number that it gives."""


class Case:
    """A claim, and what was computed for it: a Value with its graph, or a number."""

    def __init__(self, name: str, where: str, printed: str, source: Any) -> None:
        self.name, self.printed = name, Printed(printed)
        self.label = f"{name} ({where})" if where else name
        self.value = source() if callable(source) else source
        self.computed = _number_in(self.value)
        self.right = self.printed.fits(self.computed)

    @cached_property
    def replay(self) -> Replay | None:
        """Its graph, unless it has none or is large."""
        if not isinstance(self.value, Value):
            return None
        try:
            return Replay(self.value, MOST_NODES)
        except ValueError:
            return None

    @cached_property
    def numbers(self) -> list[Node]:
        """The Values of its graph that are numbers, the newest first, without itself."""
        nodes = [] if self.replay is None else list(self.replay.graph)[-2::-1]
        return [node for node in nodes if isinstance(node.source, Value) and type(node.data) is float]

    @property
    def inputs(self) -> list[Node]:
        """Leaves and constants of its graph; none where there are too many to try."""
        found = [node for node in self.numbers if node.kind in ("leaf", "constant")]
        return found if len(found) <= MOST_INPUTS else []

    def replayed(self, *changes: tuple[Node, float]) -> float:
        """What is computed with other numbers at some nodes."""
        assert self.replay is not None
        data = self.replay([(node.source, number) for node, number in changes])
        return float(data) if isinstance(data, float) else float(data.item())

    def explained_by(self, mistakes: Iterable[Mistake]) -> Iterator[str]:
        """The mistakes that give the printed digits."""
        return (words for words, number in mistakes if self.printed.fits(number))


def _number_in(value: Any) -> float:
    """A number, or the one entry of an array or a Value."""
    if math.prod(shape_of(value.data if isinstance(value, Value) else value)) != 1:
        got = value.described() if isinstance(value, Value) else f"shape {shape_of(value)}"
        raise TypeError(f"a claim is about one number, got {got}")
    number = value.item() if isinstance(value, (Value, np.ndarray)) else value
    if not isinstance(number, Real):
        raise TypeError(f"a claim is about a number, got {type(number).__name__}")
    return float(number)


def likely_cause(case: Case, before: Sequence[Case], after: Sequence[Case]) -> str | None:
    """The first mistake that gives the printed digits; None where none does."""
    return next(_causes(case, before, after), None) if math.isfinite(case.computed) else None


def _causes(case: Case, before: Sequence[Case], after: Sequence[Case]) -> Iterator[str]:
    """What explains the digits, the likeliest first; each is looked for only when it is asked for."""
    yield from case.explained_by(_wrong_sign(case))
    carried = list(_carried(case, before))
    yield from case.explained_by(carried)
    yield from _copied(case, before, after)
    yield from case.explained_by(_wrong_factors(case))
    yield from _wrong_digits(case, carried)
    yield from _misread(case)


def _carried(case: Case, before: Sequence[Case]) -> Iterator[Mistake]:
    """The claim computed from printed digits in place of the numbers that were rounded to them."""
    for node in case.numbers:
        for other in before:
            digits = float(other.printed.value)
            if node.kind == "recorded" and node.data == other.computed != digits:
                source = f"{other.name} = {with_minus(other.printed.text)} as printed"
                yield f"computed with {source}", case.replayed((node, digits))
                break


def _copied(case: Case, before: Sequence[Case], after: Sequence[Case]) -> Iterator[str]:
    """Another claim has these digits. A wrong one can be copied only after it was printed."""
    if case.printed.significant < FEW:
        return
    for other in (*reversed(before), *(claim for claim in after if claim.right)):
        same = other.printed.value == case.printed.value and other.printed.unit == case.printed.unit
        if same and not math.isclose(other.computed, case.computed, rel_tol=1e-9):
            yield f"copied from {other.label}"


# -- signs and factors -----------------------------------------------------------------------------


def _wrong_sign(case: Case) -> Iterator[Mistake]:
    if case.printed.value:
        yield "the minus sign is missing" if case.computed < 0.0 else "a minus sign too many", -case.computed


def _wrong_factors(case: Case) -> Iterator[Mistake]:
    if not case.printed.value:  # a 0 has any factor
        return
    yield from _wrong_factor(case, 2.0, "2")
    yield from _wrong_factor(case, -2.0, "−2")
    for places in (1, -1, 2, -2, 3, -3):
        side = "right" if places > 0 else "left"
        yield f"the decimal point is {abs(places)} too far to the {side}", case.computed * 10.0**places
    for node in case.inputs if case.printed.significant >= ENOUGH else ():
        if node.data not in (0.0, 1.0):
            yield from _wrong_factor(case, node.data, _named(node))


def _wrong_factor(case: Case, factor: float, name: str) -> Iterator[Mistake]:
    yield f"the factor {name} is missing", case.computed / factor
    yield f"a factor {name} too many", case.computed * factor


# -- digits ----------------------------------------------------------------------------------------


def _wrong_digits(case: Case, carried: Sequence[Mistake]) -> Iterator[str]:
    """Two neighbouring digits changed places, or one digit is another."""
    for slip, least in (("two digits swapped", FEW), ("one digit changed", ENOUGH)):
        for source, number in (("", case.computed), *carried) if case.printed.length >= least else ():
            for digits in dict.fromkeys((case.printed.rounded(number), case.printed.cut(number))):
                if _slip(digits, case.printed.digits) == slip:
                    yield ", ".join(filter(None, (slip, f"from {with_minus(digits)}", source)))


def _slip(right: str, printed: str) -> str | None:
    """How digits became others; None where more than a slip makes the difference."""
    if len(right) != len(printed):
        return None
    wrong = [k for k, (a, b) in enumerate(zip(right, printed, strict=True)) if a != b]
    before, after = [right[k] for k in wrong], [printed[k] for k in wrong]
    if len(wrong) == 1 and before[0].isdigit() and after[0].isdigit():
        return "one digit changed"
    between = right[wrong[0] + 1 : wrong[-1]] if len(wrong) == 2 else None
    return "two digits swapped" if between in ("", ".") and before == after[::-1] else None


# -- inputs ----------------------------------------------------------------------------------------


def _misread(case: Case) -> Iterator[str]:
    """One input with the wrong sign or the number of another, or two that changed places.

    There are many ways to misread inputs, so nothing is said where two of them explain the digits
    differently.
    """
    readings = dict(_misreadings(case)) if case.printed.significant >= ENOUGH else {}
    found = list(case.explained_by(readings.items()))
    if len({readings[words] for words in found}) == 1:
        yield found[0]


def _misreadings(case: Case) -> Iterator[Mistake]:
    for node in case.inputs:
        yield f"{_named(node)} read as {_short(-node.data)}", case.replayed((node, -node.data))
    for a, b in combinations(case.inputs, 2):
        if a.data != b.data:
            yield f"{_named(a)} and {_named(b)} interchanged", case.replayed((a, b.data), (b, a.data))
            yield f"{_named(a)} read as {_short(b.data)}", case.replayed((a, b.data))
            yield f"{_named(b)} read as {_short(a.data)}", case.replayed((b, a.data))


def _named(node: Node) -> str:
    return f"{visible(node.name)} = {_short(node.data)}" if node.name else _short(node.data)


def _short(number: float) -> str:
    return with_minus(text_of(number))
