"""An answer is read, compared at all points, and what is wrong with it is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..checking.mistakes import Attempt, Question, likely_mistakes
from ..checking.mistakes.surroundings import Point
from ..school.misreading import misread
from ..school.reading import Calculation, read
from ..school.vocabulary import Vocabulary, slopes
from ..text.digits import with_minus
from ..text.letters import lettered
from ..text.notation import visible
from ..values.data import shape_of
from .mark import Mark, unreadable
from .points import telling_points
from .recomputation import Recomputation

LONGEST = 10_000
"""Characters of an answer that are read."""

DERIVATIVE = re.compile(r"[∂∇′″']|\\partial|\\nabla|\\mathrm\{d\}|\\d?frac\s*\{\s*d|\bd\w*\s*/\s*d")
"""What is asked for, in front of the answer: ∂R/∂w = …"""

MOST = 4
"""Names that are suggested."""

RTOL = 1e-5
"""The relative error of numbers that were typed with six digits, as formulas are written."""

NEARLY = 0.02
"""The relative error of what was computed by hand, with few digits."""

EULER = "e"


class Marking:
    """Marks formulas for the derivative of a function with respect to one of its leaves."""

    def __init__(self, function: Recomputation, asked: str) -> None:
        self.function, self.asked = function, asked
        self.points = telling_points(function)
        if not self.points:
            raise ValueError(f"exercise: {asked} is 0, or is not a number, at all points that were tried")
        self.names = [
            name for name in function.names.values() if name != function.names[function.graph.output.id]
        ]

    def mark(self, answer: str) -> Mark:
        """The mark for an answer."""
        try:
            readings = [self._read(answer, names) for names in self._meanings(answer)]
        except SyntaxError as error:
            return unreadable(error, answer)
        marks = [self._marked(answer, calculation) for calculation in readings]
        return next(filter(None, marks), marks[0])

    def _meanings(self, answer: str) -> Iterator[list[str]]:
        """What names may mean: where a value is called e, so may be Euler's number."""
        yield self.names
        if EULER in self.names:
            yield [name for name in self.names if name != EULER]

    def _read(self, answer: str, names: Sequence[str]) -> Calculation:
        words = Vocabulary(tuple(names))
        return read_answer(answer, words, self.names)

    def _marked(self, answer: str, calculation: Calculation) -> Mark:
        if not calculation.names and not self._is_constant:
            return Mark("unreadable", f"a number, not a formula: write {self.asked} in names", answer)
        if _is_a_name(calculation):
            return Mark("unreadable", f"that is another name of {self.asked}: write it out", answer)
        compared = Compared(self, calculation)
        try:
            verdict, reason = compared.result()
        except (TypeError, ValueError) as error:  # shapes that do not fit each other
            return Mark("unreadable", f"it cannot be computed: {error}", answer)
        return Mark(verdict, reason, answer)

    @cached_property
    def _is_constant(self) -> bool:
        """Whether the derivative is the same number everywhere."""
        question = Question(self.function, lambda *point: 0.0, self.function.position)
        slopes = [question.at(*point).right[0] for point in self.points]
        return all(np.array_equal(slope, slopes[0]) for slope in slopes)


def _is_a_name(calculation: Calculation) -> bool:
    """Whether it is nothing but the derivative of a function by its name, σ′(v)."""
    (_, steps), *others = calculation.parts
    return not others and len(steps) == 2 and steps[1] in slopes().values()


def read_answer(answer: str, words: Vocabulary, names: Sequence[str]) -> Calculation:
    """An answer, which may be an equation. Raises SyntaxError, with its place, for what cannot be read."""
    if not answer.strip():
        raise misread("nothing was typed", answer, 0)
    if len(answer) > LONGEST:
        raise misread(f"it is longer than {LONGEST:,} characters", answer, LONGEST)
    formula = without_left_side(answer, DERIVATIVE)
    try:
        calculation = read(formula, words)
    except SyntaxError as error:
        raise misread(str(error.msg), answer, (error.offset or 1) - 1) from None
    for name, column in calculation.names.items():
        if name not in words.values:
            there_are = ", ".join(map(visible, names))
            lacking = f"{visible(name)} is not known here{_longer(name, names)}; the names are {there_are}"
            message = calculation.missing(name, names, lacking).msg
            raise misread(message, answer, column)
    return calculation


def without_left_side(answer: str, is_left: re.Pattern[str]) -> str:
    """An answer with blanks in the place of what is on the left of it, so that places stay."""
    left, equals, right = answer.partition("=")
    return " " * (len(left) + 1) + right if equals and is_left.search(left) else answer


def _longer(name: str, names: Iterable[str]) -> str:
    """The names that have more indices than one that was typed: a₁⁽¹⁾ or a₁⁽²⁾ for a1."""
    found = [visible(known) for known in names if known.startswith(lettered(name))]
    return f" ({' or '.join(found[:MOST])}?)" if 0 < len(found) <= MOST else ""


class Compared:
    """A formula compared with the derivative at all points."""

    def __init__(self, marking: Marking, calculation: Calculation) -> None:
        self.marking, self.calculation = marking, calculation
        self.function = marking.function
        self.question = Question(self.function, self._evaluated, self.function.position)

    def _evaluated(self, *point: Any) -> Any:
        return self.calculation.evaluate(self.function.numbers(point))

    @np.errstate(all="ignore")
    def result(self) -> tuple[Any, str]:
        """Verdict and reason."""
        held = self._attempts(self._held)
        if held and not _wrong(held):
            return "right", self._right()
        free = self._attempts(lambda point: point)
        named = likely_mistakes(free).get(0) or likely_mistakes(held).get(0)
        return "wrong", named or self._numbers(_wrong(held) or held)

    def _attempts(self, moved: Any) -> list[Attempt]:
        found = (self.question.at(*moved(point)) for point in self.marking.points)
        return [attempt for attempt in found if attempt.is_sound]

    def _held(self, point: Point) -> Point:
        """A point in which the data that the answer does not name have the numbers that were given."""
        names = self.calculation.names
        pairs = zip(point, self.function.point, strict=True)
        return tuple(own if own.constant and own.name not in names else x for x, own in pairs)

    def _right(self) -> str:
        """Where it holds: for all data, or for these."""
        asked = self.marking.asked
        free = self._attempts(lambda point: point)
        if not _wrong(free):
            return f"it is {asked}"
        names = self.calculation.names
        data = [x for x in self.function.point if x.constant and x.name not in names and not x.shape]
        numbers = ", ".join(f"{x.name} = {_number(x.item())}" for x in data)
        return f"it is {asked} for these data ({numbers}); for others write their names in place of numbers"

    def _numbers(self, wrong: Sequence[Attempt]) -> str:
        """Where no mistake is known: both numbers at a point."""
        asked, here = self.marking.asked, self.question.at(*self.function.point)
        claimed = wrong[0].returned[0]
        if shape_of(claimed):
            return f"it has shape {shape_of(claimed)}, and {asked} is a number"
        if here.is_sound and not np.allclose(here.returned[0], here.right[0], NEARLY):
            return f"{self._both(here)} at the numbers given"
        told = f"{self._both(wrong[0])} at {_described(wrong[0])}"
        if not here.is_sound:
            return told
        return f"it is right at the numbers given, at least nearly, but must be everywhere: {told}"

    def _both(self, attempt: Attempt) -> str:
        both = float(attempt.returned[0]), float(attempt.right[0])
        written = (tuple(_number(x, digits) for x in both) for digits in (4, 7, 17))
        claimed, right = next(pair for pair in written if pair[0] != pair[1])
        return f"it comes to {claimed} where {self.marking.asked} is {right},"


def _wrong(attempts: Iterable[Attempt]) -> list[Attempt]:
    return [attempt for attempt in attempts if attempt.wrong(RTOL)]


def _number(x: float, digits: int = 4) -> str:
    return with_minus(f"{x + 0.0:.{digits}g}")


def _described(attempt: Attempt) -> str:
    numbers = [f"{visible(str(x.name))} = {_number(x.item())}" for x in attempt.point if not x.shape]
    return ", ".join(numbers[:4]) + (", …" if len(numbers) > 4 else "")
