"""What is said of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..school.misreading import misread, pointed
from ..text import escaping

Verdict: TypeAlias = Literal["right", "wrong", "unreadable"]

COLOURS = {"right": "#2a9147", "wrong": "#d8442f", "unreadable": "#b07800"}
"""Of middle tones, to be read on white pages and on black ones."""


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
        shown = "\n".join(map(escaping.html, place))
        below = f'<pre style="margin:.3em 0 0;color:inherit">{shown}</pre>' if place else ""
        return f'<div><b style="color:{colour}">{self.verdict}</b>: {escaping.html(first)}{below}</div>'


def unreadable(error: SyntaxError, answer: str) -> Mark:
    """The mark for what could not be read."""
    return Mark("unreadable", str(error.msg), answer, (error.offset or 1) - 1 if answer.strip() else None)
