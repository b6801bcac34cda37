"""What is said of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..school.misreading import misread, pointed
from ..text import escaping, notebook

Verdict: TypeAlias = Literal["right", "wrong", "unreadable"]

COLOURS = {"right": notebook.RIGHT, "wrong": notebook.WRONG, "unreadable": notebook.UNSURE}


@dataclass(frozen=True)
class Mark:
    """The verdict on an answer, and the reason in a sentence. True where it is right.

    `place` counts from 0: where in `answer` it could not be read; None elsewhere.
    """

    verdict: Verdict
    reason: str
    answer: str
    place: int | None = None

    @property
    def text(self) -> str:
        """Verdict and reason; below an answer that could not be read, the place."""
        told = self.reason
        if self.place is not None:
            told = pointed(misread(told, self.answer, self.place))
        return f"{self.verdict}: {told}"

    def __bool__(self) -> bool:
        return self.verdict == "right"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = COLOURS[self.verdict]
        first, *place = self.text.partition(": ")[2].split("\n")
        below = notebook.verbatim("\n".join(place)) if place else ""
        return f'<div><b style="color:{colour}">{self.verdict}</b>: {escaping.html(first)}{below}</div>'


def unreadable(error: SyntaxError, answer: str) -> Mark:
    """The mark for what could not be read."""
    return Mark("unreadable", str(error.msg), answer, (error.offset or 1) - 1 if answer.strip() else None)
