"""Why a printed number is wrong: mistakes are made on purpose, and compared with the digits printed.

A cause is told only where it gives these digits. What many mistakes can give is tried last, and only
on digits enough to make a coincidence rare.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from ..graph import Graph, Node
from ..text.digits import with_minus
from ..text.notation import text_of, visible
from ..values.value import Value
from .printed import Printed
from .replay import Replay

__all__ = ["Case", "likely_cause"]

FEW, ENOUGH = 2, 3
"""Digits that are needed to tell a copied number, and one that many mistakes could give."""

MOST_NODES, MOST_INPUTS = 2000, 24
"""Graphs beyond are not searched for inputs misread."""


class Case:
    """A claim, and what was computed for it: a Value with its graph, or a number."""

    def __init__(self, name: str, where: str, printed: Printed, value: Value | float) -> None:
        self.name, self.printed, self.value = name, printed, value
        self.label = f"{name} ({where})" if where else name
        self.computed = value.item() if isinstance(value, Value) else float(value)
        self.right = printed.fits(self.computed)

    @cached_property
    def replay(self) -> Replay | None:
        """Its graph, unless it has none or is large."""
        if not isinstance(self.value, Value):
            return None
        try:
            Graph(self.value, MOST_NODES)
        except ValueError:
            return None
        return Replay(self.value)

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


class Carried(NamedTuple):
    """What a claim comes to when it is computed on from the digits printed for another."""

    number: float
    source: str


def likely_cause(case: Case, before: Sequence[Case], after: Sequence[Case]) -> str | None:
    """The first mistake that gives the printed digits; None where none does."""
    if not math.isfinite(case.computed):
        return None
    carried = list(_carried(case, before))
    searches: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _sign(case),
        lambda: _continued(case, carried),
        lambda: _copied(case, before, after),
        lambda: _factors(case),
        lambda: _digits(case, carried),
        lambda: _misread(case),
    )
    return next((cause for search in searches for cause in search()), None)


def _sign(case: Case) -> Iterator[str]:
    if case.printed.value and case.printed.fits(-case.computed):
        yield "the minus sign is missing" if case.computed < 0.0 else "a minus sign too many"


# -- rounded on the way ----------------------------------------------------------------------------


def _carried(case: Case, before: Sequence[Case]) -> Iterator[Carried]:
    """The claim computed from printed digits in place of the numbers that they stand for."""
    for node in case.numbers:
        for other in before:
            digits = float(other.printed.value)
            if node.kind == "recorded" and node.data == other.computed != digits:
                yield Carried(case.replayed((node, digits)), _told(other))
                break


def _continued(case: Case, carried: Sequence[Carried]) -> Iterator[str]:
    for number, source in carried:
        if case.printed.fits(number):
            yield f"computed with {source}"


# -- taken from elsewhere --------------------------------------------------------------------------


def _copied(case: Case, before: Sequence[Case], after: Sequence[Case]) -> Iterator[str]:
    """Another claim has these digits. A wrong one can be copied only after it was printed."""
    if case.printed.significant < FEW:
        return
    for other in (*reversed(before), *after):
        known = other.right or any(other is earlier for earlier in before)
        same = other.printed.value == case.printed.value and other.printed.unit == case.printed.unit
        if known and same and not math.isclose(other.computed, case.computed, rel_tol=1e-9):
            yield f"copied from {other.label}"


# -- factors ---------------------------------------------------------------------------------------


def _factors(case: Case) -> Iterator[str]:
    yield from _factor(case, 2.0, "2")
    yield from _factor(case, -2.0, "−2")
    for places in (1, -1, 2, -2, 3, -3):
        if case.printed.value and case.printed.fits(case.computed * 10.0**places):
            yield f"the decimal point is {abs(places)} too far to the {'right' if places > 0 else 'left'}"
    if case.printed.significant >= ENOUGH:
        for node in case.inputs:
            yield from _factor(case, node.data, _named(node))


def _factor(case: Case, factor: float, name: str) -> Iterator[str]:
    if not case.printed.value or factor in (0.0, 1.0):
        return
    if case.printed.fits(case.computed / factor):
        yield f"the factor {name} is missing"
    if case.printed.fits(case.computed * factor):
        yield f"a factor {name} too many"


# -- digits ----------------------------------------------------------------------------------------


def _digits(case: Case, carried: Sequence[Carried]) -> Iterator[str]:
    """Two neighbouring digits changed places, or one digit is another."""
    sources = [Carried(case.computed, ""), *carried]
    for slip, least, what in ((_swapped, FEW, "two digits swapped"), (_changed, ENOUGH, "one digit changed")):
        for number, source in sources if case.printed.length >= least else ():
            for digits in dict.fromkeys((case.printed.rounded(number), case.printed.cut(number))):
                if slip(digits, case.printed.digits):
                    told = f", computed with {source}" if source else ""
                    yield f"{what}, from {with_minus(digits)}{told}"


def _swapped(right: str, printed: str) -> bool:
    wrong = _places(right, printed)
    if len(wrong) != 2:
        return False
    (i, j), between = wrong, right[wrong[0] + 1 : wrong[1]]
    return between in ("", ".") and right[i] == printed[j] and right[j] == printed[i]


def _changed(right: str, printed: str) -> bool:
    wrong = _places(right, printed)
    return len(wrong) == 1 and right[wrong[0]].isdigit() and printed[wrong[0]].isdigit()


def _places(right: str, printed: str) -> list[int]:
    """Where two texts of one length differ; nowhere, if they have not."""
    if len(right) != len(printed):
        return []
    return [k for k, (a, b) in enumerate(zip(right, printed, strict=True)) if a != b]


# -- inputs ----------------------------------------------------------------------------------------


def _misread(case: Case) -> Iterator[str]:
    """One input with the wrong sign or the number of another, or two that changed places.

    There are many ways to misread inputs, so what two of them give is not told.
    """
    if case.printed.significant < ENOUGH:
        return
    found = {cause: number for cause, number in _readings(case) if case.printed.fits(number)}
    if len(set(found.values())) == 1:
        yield next(iter(found))


def _readings(case: Case) -> Iterator[tuple[str, float]]:
    for node in case.inputs:
        yield f"{_named(node)} read as {_number(-node.data)}", case.replayed((node, -node.data))
    for a, b in combinations(case.inputs, 2):
        if a.data != b.data:
            yield f"{_named(a)} and {_named(b)} interchanged", case.replayed((a, b.data), (b, a.data))
            yield f"{_named(a)} read as {_number(b.data)}", case.replayed((a, b.data))
            yield f"{_named(b)} read as {_number(a.data)}", case.replayed((b, a.data))


# -- words -----------------------------------------------------------------------------------------


def _number(x: float) -> str:
    return with_minus(text_of(x))


def _named(node: Node) -> str:
    return f"{visible(node.name)} = {_number(node.data)}" if node.name else _number(node.data)


def _told(case: Case) -> str:
    return f"{case.name} = {with_minus(case.printed.text)} as printed"
