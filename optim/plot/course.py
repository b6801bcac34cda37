"""What is said of each step of a minimisation, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from autodiff.animation import Step
from autodiff.text.digits import counted, subscript, superscript

from ..result import Result
from ..unknowns import Vector, joined
from .canvas import number, place
from .legs import against_slope
from .window import shown

MOST = 200
"""Steps that are shown; of more, the first quarter and then some on the rest of the way."""


def chosen_steps(count: int) -> list[int]:
    """Which of the iterates 0 … count are shown."""
    if count <= MOST:
        return list(range(count + 1))
    first = MOST // 4
    return [*range(first), *np.linspace(first, count, MOST - first + 1).round().astype(int).tolist()]


class Course:
    """The iterates of a result, and what is told of each."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.points, self.values = result.path.points, result.path.values
        self.norms, self.sizes = result.path.gradient_norms, result.path.step_sizes
        self.count = len(self.points) - 1
        self.chosen = chosen_steps(self.count)
        self.flat = self.points.shape[1] == 1
        self.inside: NDArray[np.bool_] = shown(self.points, joined(result.x))
        self.title = f"{result.method[0].upper()}{result.method[1:]}, step by step"

    # -- steps -------------------------------------------------------------------------------

    def steps(self) -> Iterator[Step]:
        """The start, and each step that is shown."""
        start = (self._value(0), *self._gradient(0))
        yield self._frame(0, f"The start of {self.result.method}", start, self._outlook())
        for before, i in pairwise(self.chosen):
            formulas = (*self._rule(i), self._value(i), *self._gradient(i))
            yield self._frame(i, f"Step {i:,} of {self.count:,}", formulas, self._words(before, i))

    def _frame(self, i: int, title: str, formulas: tuple[tuple[str, str], ...], words: str) -> Step:
        now = {f"p{i}": "here", f"l{i}": "walked", f"d{i}": "walked", f"t{i}": "here", f"k{i}": "here"}
        marks = {f"p{i}": "gone", f"l{i}": "gone", f"d{i}": "gone"}
        roles, texts = self.seen(i)
        return Step(title, formulas, words, now={**now, **roles}, marks=marks, texts=texts)

    def seen(self, i: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What else is seen at a step: roles of elements, and texts."""
        return {}, {}

    def _outlook(self) -> str:
        """What comes."""
        whole = counted(self.count, "step")
        if self.count > MOST:
            whole += (
                f", of which {len(self.chosen) - 1} are shown: the first {MOST // 4 - 1}, then every so often"
            )
        return f"{whole}. The outcome: {self.result.reason}."

    def _words(self, before: int, i: int) -> str:
        """What a step leaves out, and how the last one ends."""
        told = []
        if i > before + 1:
            told.append(
                f"Steps {before + 1:,} to {i - 1:,} are passed over."
                if i > before + 2
                else f"Step {i - 1:,} is passed over."
            )
        if not self.inside[i]:
            told.append("The point is outside of the picture.")
        if i == self.count:
            told.append(f"The end: {self.result.reason}.")
        return " ".join(told)

    def name(self, i: int) -> str:
        """x₃; in two dimensions, where x₁ and x₂ are coordinates, x⁽³⁾."""
        return f"x{subscript(i)}" if self.flat else f"x⁽{superscript(i)}⁾"

    def _value(self, i: int) -> tuple[str, str]:
        told = f"f({self.name(i)}) = {number(self.values[i])}"
        if i:
            change = self.values[i] - self.values[i - 1]
            told += f", {'up' if change > 0.0 else 'down'} by {number(abs(change))}"
        return "value", told

    def _gradient(self, i: int) -> tuple[tuple[str, str], ...]:
        """The largest entry of the gradient, where it is known."""
        if np.isnan(self.norms[i]):
            return ()
        name = self.name(i)
        told = f"|f′({name})|" if self.flat else f"max|∇f({name})|"
        return (("slope" if self.flat else "gradient", f"{told} = {number(self.norms[i])}"),)

    def _rule(self, i: int) -> tuple[tuple[str, str], ...]:
        """The step: against the gradient where the method goes so, else along its own direction."""
        new, old, s = self.name(i), self.name(i - 1), self.sizes[i]
        change = self.points[i] - self.points[i - 1]
        if not np.isfinite(s) or s == 0.0:
            return self.jump(i)
        if against_slope(self.result, i):
            sign, d, along = "−", f"f′({old})" if self.flat else f"∇f({old})", -change / s
        else:
            sign, d, along = "+", "d", change / s
        rule = f"{new} = {old} {sign} s·{d}"
        return ("rule", rule), ("step size", f"s = {number(s)}"), *self.in_numbers(i, sign, along)

    def jump(self, i: int) -> tuple[tuple[str, str], ...]:
        """A step that has no size."""
        change = self.points[i] - self.points[i - 1]
        return ("step", f"{self.name(i)} = {place(self.points[i])}"), ("change", place(change))

    def in_numbers(self, i: int, sign: str, along: Vector) -> tuple[tuple[str, str], ...]:
        """The step with its numbers."""
        start, end = place(self.points[i - 1]), place(self.points[i])
        return (
            (
                "in numbers",
                f"{start} {sign} {_factor(number(self.sizes[i]))}·{_factor(place(along))} = {end}",
            ),
        )


def _factor(told: str) -> str:
    """A number or a point, already written, as it is in a product."""
    return f"({told})" if told.startswith("−") else told
