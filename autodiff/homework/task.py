"""What all exercises have in common: they ask, give hints one by one, know the solution, and mark answers."""

from __future__ import annotations

from typing import Any, Protocol

from .mark import Mark

LONGEST = 10_000
"""Characters of an answer that are read."""


class Solution(Protocol):
    """How an answer is derived, as text, LaTeX and Markdown."""

    @property
    def text(self) -> str:
        """In Unicode."""

    @property
    def latex(self) -> str:
        """As one environment of LaTeX."""

    @property
    def markdown(self) -> str:
        """Markdown with LaTeX between double dollars."""


class Task:
    """An exercise.

    `question` is a sentence, `given` what it speaks of, a line each; `context` is the whole computation,
    which sheets show once for several exercises, and `numbers` what was put in, by name. `hints` are all of
    them in order, and `answer` is the formula, in LaTeX `answer_latex`.
    """

    question: str
    question_latex: str
    given: tuple[str, ...] = ()
    given_latex: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    context_latex: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    answer: str
    answer_latex: str
    _revealed = 0

    @property
    def hints(self) -> tuple[str, ...]:
        """All hints, in the order in which `hint` gives them."""
        raise NotImplementedError

    def solution(self) -> Any:
        """The derivation, printed as text and shown as LaTeX in notebooks."""
        raise NotImplementedError

    def mark(self, answer: str) -> Mark:
        """The mark for an answer: whether it is right, wrong or unreadable, and why.

        A derivative is right if it is the engine's at 20 seeded points or more, on both sides of each kink.
        It is typed as on the slides, in Python or in LaTeX, in the names of the values of the graph; a number
        alone is not a formula. Of what is wrong it is said what is missing, where that can be known.

        Raises TypeError for anything but text.
        """
        if not isinstance(answer, str):
            raise TypeError(f"mark: expected what was typed, as text, got {type(answer).__name__}")
        if len(answer) > LONGEST:
            return Mark("unreadable", f"it is longer than {LONGEST:,} characters", answer, LONGEST)
        return self._marked(answer)

    def _marked(self, answer: str) -> Mark:
        raise NotImplementedError

    def hint(self) -> str:
        """The next hint; when all were given, that there are no more."""
        if self._revealed == len(self.hints):
            return "That was the last hint; solution() shows how it is done."
        self._revealed += 1
        return self.hints[self._revealed - 1]

    @property
    def text(self) -> str:
        """The question, and what is given."""
        return "\n".join([self.question, *(f"  {line}" for line in self.given)])

    @property
    def markdown(self) -> str:
        """The same as Markdown with LaTeX."""
        return "\n\n".join([self.question_latex, *displayed(self.given_latex)])

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return self.markdown


def displayed(lines: tuple[str, ...]) -> list[str]:
    """Lines of LaTeX as one display, aligned at their first equality sign."""
    if not lines:
        return []
    aligned = " \\\\\n".join(line.replace(" = ", " &= ", 1) for line in lines)
    return [f"$$\n\\begin{{aligned}}\n{aligned}\n\\end{{aligned}}\n$$"]
