"""What a storyboard is made of: steps, what is said about an element of the picture, and a legend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .fractions import flat


@dataclass(frozen=True)
class Step:
    """What changes from one frame to the next.

    `formulas` are pairs of a label and an equation, in which fractions may be marked. Elements of the
    picture are named by their ids: `now` are roles that they have at this step alone, `marks` states
    that they have from here on, and `texts` what texts say from here on. A role or state is a class of
    the style sheet. The first that has a role is kept in view, and the others where there is room.
    """

    title: str
    formulas: tuple[tuple[str, str], ...] = ()
    words: str = ""
    now: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All that is said, below each other."""
        width = max((len(label) for label, _ in self.formulas), default=0)
        equations = [f"  {label:<{width}}  {flat(formula)}" for label, formula in self.formulas]
        return "\n".join([self.title, *equations, *([f"  {self.words}"] if self.words else [])])


class Row(NamedTuple):
    """A line of what is said: an equation, of which `right` begins with its sign, or a note; or both."""

    left: str = ""
    right: str = ""
    note: str = ""


@dataclass(frozen=True)
class Detail:
    """What is said about one element of the picture when a reader asks for it: paragraphs of rows."""

    title: str
    paragraphs: tuple[tuple[Row, ...], ...]

    @property
    def text(self) -> str:
        """All of it on plain lines."""
        lines = ["\n".join(" ".join(filter(None, row)) for row in rows) for rows in self.paragraphs]
        return flat("\n\n".join([self.title, *lines]))


@dataclass(frozen=True)
class Sign:
    """A line of the legend: a "card", a "line" or a "dot" of these classes, and what it means."""

    shape: str
    classes: str
    text: str
