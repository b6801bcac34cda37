"""Frames for slides: the picture with its text below, in colours that do not depend on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from ..pictures.fitting import SCALED
from ..pictures.sheet import SLIDE
from ..pictures.theme import LOOKS
from .fractions import flat
from .steps import Step
from .svg import Element, element, fixed, picture, short, text, width_of, wrapped

PIXELS = 1280.0
"""The width of a slide."""

MARGIN, LINE, TITLE, NARROWEST = 20.0, 21.0, 17.0, 620.0
SIZE = 14.0

KINDS = ("leaf", "constant", "output")
"""The kinds of cards that do not look as most do."""


@cache
def resource(name: str, package: str = __package__) -> str:
    """A file of a package as text."""
    return (files(package) / name).read_text(encoding="utf-8")


@cache
def picture_style() -> str:
    """The style of pictures, in which the kinds of cards look as those that `draw` makes."""
    return resource("picture.css").replace("/* kinds of cards */", "\n".join(map(_rule, KINDS)))


def _rule(kind: str) -> str:
    look = LOOKS[kind]
    dashes = " stroke-dasharray: 5 3;" if look.border == "dashed" else ""
    width = " stroke-width: 2.6px;" if look.is_thick else ""
    return f".storyboard .node.{kind} .card {{ fill: var(--{look.ground});{dashes}{width} }}"


@cache
def _light() -> str:
    """The style of pictures with the colours of light pages in the places of their names."""
    colours = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", resource("colours.css").partition("}")[0]))
    return re.sub(r"var\((--[\w-]+)\)", lambda found: colours[found[1]], picture_style())


def rows_of(drawn: Element, steps: Sequence[Step]) -> int:
    """The lines that the longest caption takes."""
    width, _ = _size(drawn)
    return max(len(_lines(step, max(width, NARROWEST))) for step in steps)


def captioned(drawn: Element, step: Step, rows: int) -> Element:
    """A picture on white with the text of a step below it, for which there is room for so many lines."""
    width, height = _size(drawn)
    whole = max(width, NARROWEST)
    total = height + (rows + 1) * LINE + 2.0 * MARGIN
    made = picture(whole + 2.0 * MARGIN, total, step.title)
    element(made, "style", _light())
    element(made, "rect", class_="ground", width=whole + 2.0 * MARGIN, height=total)
    left = short(MARGIN + (whole - width) / 2.0)
    inner = element(made, "g", transform=f"translate({left} {short(MARGIN)})")
    inner.extend([part for part in drawn if part.tag != "title"])
    made.set("style", SCALED)
    for row, pieces in enumerate(_lines(step, whole)):
        for class_, x, line in pieces:
            place = MARGIN + x, height + MARGIN + (row + 1.4) * LINE
            is_title = class_ == "title"
            text(made, line, *place, f"caption {class_}", whole - x, TITLE if is_title else SIZE, is_title)
    return fixed(made)


def on_slide(made: Element) -> Element:
    """A captioned picture in the middle of a slide, of which it fills the width or the height."""
    width, height = _size(made)
    whole = max(width, height * SLIDE)
    left = (width - whole) / 2.0
    made.set("viewBox", " ".join(map(short, (left, 0.0, whole, whole / SLIDE))))
    made.attrib.update({"width": short(PIXELS), "height": short(PIXELS / SLIDE)})
    for ground in made.findall("rect"):
        ground.attrib.update({"x": short(left), "width": short(whole), "height": short(whole / SLIDE)})
    return made


def _size(drawn: Element) -> tuple[float, float]:
    _, _, width, height = map(float, drawn.attrib["viewBox"].split())
    return width, height


Piece = tuple[str, float, str]
"""A class, where the text begins, and the text."""


def _lines(step: Step, width: float) -> list[list[Piece]]:
    """The lines of a caption."""
    titles: list[list[Piece]] = [
        [("title", 0.0, line)] for line in wrapped(step.title, TITLE, width, bold=True)
    ]
    has_labels = any(label for label, _ in step.formulas)
    formulas = _labelled(step, width) if has_labels else _in_columns(step, width)
    return [
        *titles,
        *formulas,
        *([("words", 0.0, line)] for line in wrapped(step.words, SIZE, width) if line),
    ]


def _labelled(step: Step, width: float) -> Iterator[list[Piece]]:
    """Formulas below each other, each behind its label."""
    column = max(width_of(label, SIZE) for label, _ in step.formulas) + 12.0
    for label, formula in step.formulas:
        first, *others = wrapped(flat(formula), SIZE, width - column)
        yield [("label", 0.0, label), ("formula", column, first)]
        yield from ([("formula", column, line)] for line in others)


def _in_columns(step: Step, width: float) -> Iterator[list[Piece]]:
    """Short formulas without labels, such as the parts of a gradient, several on a line."""
    formulas = [flat(formula) for _, formula in step.formulas]
    column = max((width_of(formula, SIZE) for formula in formulas), default=0.0) + 28.0
    count = max(1, int(width / column))
    for first in range(0, len(formulas), count):
        row = formulas[first : first + count]
        if count > 1:
            yield [("formula", k * column, formula) for k, formula in enumerate(row)]
        else:
            yield from ([("formula", 0.0, line)] for line in wrapped(row[0], SIZE, width))
