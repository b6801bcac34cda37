"""Storyboards: one picture, seen step by step, with what happens at each step in words and numbers."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, overload

from ..files.writing import format_of, write
from ..settings import any_number
from .caption import captioned, rows_of
from .fractions import flat
from .page import embedded, page
from .svg import Element, markup

__all__ = ["Detail", "Frame", "Frames", "Row", "Sign", "Step", "Storyboard"]

FORMATS = (".html", ".gif", ".png", ".apng", ".txt")
SHORTEST, LONGEST = 0.01, 600.0
"""Seconds for a frame: GIF counts hundredths, at most 65,535."""


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
        """All that is told, below each other."""
        width = max((len(label) for label, _ in self.formulas), default=0)
        equations = [f"  {label:<{width}}  {flat(formula)}" for label, formula in self.formulas]
        return "\n".join([self.title, *equations, *([f"  {self.words}"] if self.words else [])])


class Row(NamedTuple):
    """A line of what is told: an equation, of which `right` begins with its sign, or a note; or both."""

    left: str = ""
    right: str = ""
    note: str = ""


@dataclass(frozen=True)
class Detail:
    """What is told about one element of the picture when it is asked for: paragraphs of rows."""

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


class Frame:
    """The picture at one step: `title`, `text` and `svg`."""

    def __init__(self, story: Storyboard, number: int) -> None:
        self._story = story
        self._number = number

    @property
    def step(self) -> Step:
        """What happens here."""
        return self._story.steps[self._number]

    @property
    def title(self) -> str:
        """What happens here, in few words."""
        return self.step.title

    @property
    def text(self) -> str:
        """What happens here, in words and numbers."""
        return self.step.text

    @property
    def svg(self) -> str:
        """The picture as an SVG file of its own, with the text below it."""
        return markup(captioned(self._story.seen(self._number), self.step, self._story.caption_rows))

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return self.text


class Frames(Sequence[Frame]):
    """All frames in order; each is drawn when it is asked for."""

    def __init__(self, story: Storyboard) -> None:
        self._story = story

    def __len__(self) -> int:
        return len(self._story.steps)

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> list[Frame]: ...
    def __getitem__(self, index: int | slice) -> Frame | list[Frame]:
        chosen = range(len(self))[index]
        return Frame(self._story, chosen) if isinstance(chosen, int) else [self[k] for k in chosen]

    def __iter__(self) -> Iterator[Frame]:
        return (self[k] for k in range(len(self)))

    def __repr__(self) -> str:
        return f"<{len(self)} frames>"


class Storyboard:
    """A picture and its steps: shows itself in a notebook, and is saved as a page or a moving picture.

    `frames` has a picture with its text for each step, `html` is one page that needs nothing else.
    """

    def __init__(
        self,
        title: str,
        draw: Callable[[], Element],
        steps: Sequence[Step],
        details: Mapping[str, Detail] | None = None,
        legend: Sequence[Sign] = (),
    ) -> None:
        self.title = title
        self._draw = draw
        self.steps = tuple(steps)
        self.details = dict(details or {})
        self.legend = tuple(legend)

    @cached_property
    def picture(self) -> Element:
        """The picture before anything happens."""
        return self._draw()

    @cached_property
    def caption_rows(self) -> int:
        """The lines below the picture that the longest text takes."""
        return rows_of(self.picture, self.steps)

    @property
    def frames(self) -> Frames:
        """The picture at each step."""
        return Frames(self)

    @property
    def text(self) -> str:
        """The text of all frames."""
        return "\n\n".join([self.title, *(step.text for step in self.steps)]) + "\n"

    @cached_property
    def html(self) -> str:
        """One page: it needs no network, and works from a file."""
        return page(self)

    def seen(self, number: int) -> Element:
        """A copy of the picture, as it is at a step."""
        drawn = copy.deepcopy(self.picture)
        marks, texts = self._settled(number)
        now = self.steps[number].now
        for part in drawn.iter():
            id = part.get("id", "")
            classes = (part.get("class", ""), marks.get(id, ""), now.get(id, ""))
            if any(classes):
                part.set("class", " ".join(filter(None, classes)))
            part.text = texts.get(id, part.text)
        return drawn

    def _settled(self, number: int) -> tuple[dict[str, str], dict[str, str]]:
        """The states and texts that the steps up to this one leave behind."""
        marks: dict[str, str] = {}
        texts: dict[str, str] = {}
        for step in self.steps[: number + 1]:
            marks |= step.marks
            texts |= step.texts
        return marks, texts

    def save(self, path: str | os.PathLike[str], seconds: float = 1.5) -> Path:
        """Write a file of the format that its suffix names, and return its path.

            .html         the page
            .gif          a moving picture, each frame shown for some seconds
            .png, .apng   the same in full colour
            .txt          the text of all frames

        Moving pictures need Pillow and resvg: pip install 'autodiff-lecture[animate]'. The file
        appears complete or not at all. Raises ValueError for an unknown suffix, and a time below 0.01
        or above 600 seconds, ImportError where a package is missing.
        """
        path = Path(path)
        kind = format_of(path, FORMATS)
        if not SHORTEST <= any_number("save: seconds", seconds) <= LONGEST:
            raise ValueError(
                f"save: a frame is shown for {SHORTEST:g} to {LONGEST:g} seconds, got {seconds!r}"
            )
        write(path, self._file(kind, seconds))
        return path

    def _file(self, kind: str, seconds: float) -> bytes:
        if kind in (".html", ".txt"):
            return (self.html if kind == ".html" else self.text).encode()
        from .moving import gif, png

        return (gif if kind == ".gif" else png)([frame.svg for frame in self.frames], seconds)

    def _repr_html_(self) -> str:
        return embedded(self.title, self.html)

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self.steps)} steps, .save('name.html'), .frames, .html>"
