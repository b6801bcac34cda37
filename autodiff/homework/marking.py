"""An answer is read, compared at all points, and what is wrong with it is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..checking.mistakes import Attempt, Question, likely_mistakes
from ..checking.mistakes.surroundings import Point
from ..differentiation.engine import gradients
from ..school.calculation import Calculation
from ..school.vocabulary import Vocabulary
from ..text.digits import with_minus
from ..text.notation import visible
from ..values.data import shape_of
from .mark import Mark, unreadable
from .points import is_telling, telling_points
from .reading import is_a_name, own_functions, read_answer, sides
from .recomputation import Recomputation

RTOL = 1e-5
"""The relative error of numbers that were typed with six digits, as formulas are written."""

NEARLY = 0.02
"""The relative error of what was computed by hand, with few digits."""

EULER = "e"


class Marking:
    """Marks formulas for the derivative of a function with respect to one of its leaves.

    `known_by_name` says that it has no other formula than its name, as relu′.
    """

    def __init__(self, function: Recomputation, asked: str, known_by_name: bool = False) -> None:
        self.function, self.asked, self.known_by_name = function, asked, known_by_name
        self.points = telling_points(function)
        if not self.points:
            raise ValueError(f"exercise: {asked} is 0, or is not a number, at all points that were tried")
        self.names = list(function.names.values())
        self.own = own_functions(function.graph)

    def mark(self, answer: str) -> Mark:
        """The mark for an answer; of formulas with = between them for the first that is not right."""
        marks: list[Mark] = []
        for side in sides(answer):
            marks.append(self._mark(answer, side, is_first=not marks))
            if not marks[-1]:
                return marks[-1]
        return marks[0]

    def _mark(self, answer: str, side: str, is_first: bool) -> Mark:
        try:
            words = [Vocabulary(names, self.own) for names in self._meanings()]
            readings = [read_answer(side, meant, self.names) for meant in words]
        except SyntaxError as error:
            return unreadable(error, answer)
        marks = [self._marked(answer, calculation, is_first) for calculation in readings]
        return next(filter(None, marks), marks[0])

    def _meanings(self) -> Iterator[list[str]]:
        """What names may mean: where a value is called e, so may be Euler's number."""
        yield self.names
        if EULER in self.names:
            yield [name for name in self.names if name != EULER]

    def _marked(self, answer: str, calculation: Calculation, is_first: bool) -> Mark:
        if not calculation.names and not self._is_constant:
            return self._number(answer, calculation, is_first)
        if not self.known_by_name and is_a_name(calculation, self.own):
            return Mark("unreadable", f"that is another name of {self.asked}: write it out", answer)
        compared = Compared(self, calculation)
        try:
            verdict, reason = compared.result()
        except (TypeError, ValueError) as error:  # shapes that do not fit each other
            return Mark("unreadable", f"it cannot be computed: {error}", answer)
        return Mark(verdict, reason, answer)

    def _number(self, answer: str, calculation: Calculation, is_first: bool) -> Mark:
        """A number: by itself it is no answer, but a formula may be said to come to it."""
        if is_first:
            return Mark("unreadable", f"a number, not a formula: write {self.asked} in names", answer)
        here = self._question().at(*self.function.point)
        found, right = float(calculation.evaluate({})), float(here.right[0])
        if np.isclose(found, right, NEARLY):
            return Mark("right", f"it is {self.asked}", answer)
        told = f"the formula is right, but at the numbers given it comes to {number_of(right)}"
        return Mark("wrong", told, answer)

    def _question(self) -> Question:
        return Question(self.function, lambda *point: 0.0, self.function.position)

    @cached_property
    def _is_constant(self) -> bool:
        """Whether the derivative is the same number everywhere, but for rounding."""
        question = self._question()
        slopes = [question.at(*point).right[0] for point in self.points]
        return all(np.allclose(slope, slopes[0], RTOL, 0.0) for slope in slopes)


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
        free = self._attempts(lambda point: point)
        wrong = _wrong(held if any(map(is_telling, held)) else free)
        if not wrong:
            return "right", self._right(free)
        named = likely_mistakes(free).get(0) or likely_mistakes(held).get(0) or self._of_another(free)
        return "wrong", named or self._numbers(wrong)

    def _attempts(self, moved: Any) -> list[Attempt]:
        found = (self.question.at(*moved(point)) for point in self.marking.points)
        return [attempt for attempt in found if attempt.is_sound]

    def _held(self, point: Point) -> Point:
        """A point in which the data that the answer does not name have the numbers that were given."""
        names = self.calculation.names
        pairs = zip(point, self.function.point, strict=True)
        return tuple(own if own.constant and own.name not in names else x for x, own in pairs)

    def _right(self, free: Sequence[Attempt]) -> str:
        """Where it holds: for all data, or for these."""
        asked = self.marking.asked
        if not _wrong(free):
            return f"it is {asked}"
        names = self.calculation.names
        data = [x for x in self.function.point if x.constant and x.name not in names and not x.shape]
        numbers = ", ".join(f"{x.name} = {number_of(x.item())}" for x in data)
        return f"it is {asked} for these data ({numbers}); for others write their names in place of numbers"

    def _of_another(self, attempts: Sequence[Attempt]) -> str | None:
        """Which derivative it is, if it is the one with respect to another parameter."""
        for k, leaf in enumerate(self.function.point):
            others = [one.point[k] for one in attempts]
            if k == self.function.position or leaf.constant or not others:
                continue
            pairs = zip(attempts, others, strict=True)
            if all(np.all(one.same(0, one.claimed[0], gradients(one.root, x))) for one, x in pairs):
                return f"it is the derivative with respect to {visible(str(leaf.name))}"
        return None

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
        written = (tuple(number_of(x, digits) for x in both) for digits in (4, 7, 17))
        claimed, right = next(pair for pair in written if pair[0] != pair[1])
        return f"it comes to {claimed} where {self.marking.asked} is {right},"


def _wrong(attempts: Iterable[Attempt]) -> list[Attempt]:
    return [attempt for attempt in attempts if attempt.wrong(RTOL)]


def number_of(x: float, digits: int = 4) -> str:
    """A number in a sentence."""
    return with_minus(f"{x + 0.0:.{digits}g}")


def _described(attempt: Attempt) -> str:
    numbers = [f"{visible(str(x.name))} = {number_of(x.item())}" for x in attempt.point if not x.shape]
    return ", ".join(numbers[:4]) + (", …" if len(numbers) > 4 else "")
