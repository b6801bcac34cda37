"""Storyboards: one picture, seen step by step, with what happens at each step in words and numbers."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ..files.folders import write_folder
from ..files.writing import format_of, write
from ..pictures.fitting import in_column
from ..pictures.formats import Formatted, saved_as
from ..settings import any_number
from .caption import captioned, on_slide, rows_of
from .document import embedded
from .page import page
from .slides import OURS, names_of, slides
from .steps import Detail, Sign, Step
from .steps import Row as Row  # pickled storyboards of earlier versions find it here
from .svg import Element, markup

FOLDER = ""
FORMATS = (".html", ".gif", ".png", ".apng", ".md", ".txt")

SHORTEST, LONGEST = 0.01, 600.0
"""Seconds for a frame: GIF counts hundredths, at most 65,535."""


class Frame(Formatted):
    """The picture at one step: `title`, `text`, `svg`, `png` and `slide`; `.save("step.svg")` writes it."""

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

    @saved_as(".txt")
    def text(self) -> str:
        """What happens here, in words and numbers."""
        return self.step.text

    @saved_as(".svg")
    def svg(self) -> str:
        """The picture as an SVG file of its own, with the text below it."""
        return markup(self._captioned)

    @property
    def slide(self) -> str:
        """The same in the shape of a slide, 16:9."""
        return markup(on_slide(self._captioned))

    @property
    def _captioned(self) -> Element:
        return captioned(self._story.seen(self._number), self.step, self._story.caption_rows)

    @saved_as(".png")
    def png(self) -> bytes:
        """The same as the bytes of a PNG file; needs Pillow and resvg."""
        from .moving import still

        return still(self.svg)

    def _repr_svg_(self) -> str:
        return in_column(self.svg)

    def __repr__(self) -> str:
        return self.text


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
    def frames(self) -> tuple[Frame, ...]:
        """The picture at each step; it is drawn when its `svg` is asked for."""
        return tuple(Frame(self, number) for number in range(len(self.steps)))

    @property
    def text(self) -> str:
        """The text of all frames."""
        return "\n\n".join([self.title, *(step.text for step in self.steps)]) + "\n"

    @cached_property
    def html(self) -> str:
        """One page: it needs no network, and works from a file."""
        return page(self.title, self.picture, self.steps, self.details, self.legend)

    def seen(self, number: int) -> Element:
        """A copy of the picture, as it is at a step."""
        drawn = copy.deepcopy(self.picture)
        marks: dict[str, str] = {}
        texts: dict[str, str] = {}
        for step in self.steps[: number + 1]:
            marks |= step.marks
            texts |= step.texts
        now = self.steps[number].now
        for part in drawn.iter():
            id = part.get("id", "")
            classes = (part.get("class", ""), marks.get(id, ""), now.get(id, ""))
            if any(classes):
                part.set("class", " ".join(filter(None, classes)))
            part.text = texts.get(id, part.text)
        return drawn

    def save(self, path: str | os.PathLike[str], seconds: float = 1.5) -> Path:
        """Write a file of the format that its suffix names, and return its path.

            .html         the page
            .gif          a moving picture, each frame shown for some seconds
            .png, .apng   the same in full colour
            .txt          the text of all frames
            .md           slides in Markdown, a frame on each, with their pictures in a folder of that name
            no suffix     that folder alone, of pictures in the shape of slides: frame-01.svg, …

        Moving pictures need Pillow and resvg: pip install 'autodiff-lecture[animate]'. Each file
        appears complete or not at all. Raises ValueError for an unknown suffix, and a time below 0.01
        or above 600 seconds, ImportError where a package is missing.
        """
        path = Path(path)
        kind = format_of(path, FORMATS) if path.suffix else FOLDER
        if not SHORTEST <= any_number("save: seconds", seconds) <= LONGEST:
            raise ValueError(
                f"save: a frame is shown for {SHORTEST:g} to {LONGEST:g} seconds, got {seconds!r}"
            )
        if kind in (".md", FOLDER):
            self._save_frames(path.with_suffix(""))
        if kind != FOLDER:
            write(path, self._content(kind, path.stem, seconds))
        return path

    def _save_frames(self, folder: Path) -> None:
        pictures = [frame.slide.encode() for frame in self.frames]
        write_folder(folder, dict(zip(names_of(len(pictures)), pictures, strict=True)), OURS)

    def _content(self, kind: str, name: str, seconds: float) -> bytes:
        if kind in (".html", ".txt"):
            return (self.html if kind == ".html" else self.text).encode()
        if kind == ".md":
            return slides(self.steps, name).encode()
        from .moving import gif, png  # they need Pillow and resvg, which the other formats do not

        return (gif if kind == ".gif" else png)([frame.svg for frame in self.frames], seconds)

    def _repr_html_(self) -> str:
        return embedded(self.title, self.html)

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self.steps)} steps, .save('name.html'), .frames, .html>"
