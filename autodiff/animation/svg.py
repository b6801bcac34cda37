"""Elements of SVG pictures, and the room that text takes in them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..text.notation import printable, printable_lines

__all__ = ["Element", "element", "markup", "picture", "polyline", "short", "text", "width_of", "wrapped"]

NAMESPACE = "http://www.w3.org/2000/svg"

NARROW, WIDE, RAISED = " .,:;'|!()[]ijlftr·−-", "mwMW@%—…😀", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"


def element(parent: Element | None, tag: str, content: str = "", /, **attributes: object) -> Element:
    """An element within another; `class_` is its class, and `stroke_width` its stroke-width.

    What it says is text, and its tree is written as such by `markup`.

    >>> markup(element(None, "circle", r=2.0, class_="dot"))
    '<circle r="2" class="dot" />'
    """
    written = {name.rstrip("_").replace("_", "-"): _written(value) for name, value in attributes.items()}
    made = Element(tag, written) if parent is None else ElementTree.SubElement(parent, tag, written)
    made.text = printable_lines(content) or None
    return made


def _written(value: object) -> str:
    return short(value) if isinstance(value, float) else printable(str(value))


def short(x: float) -> str:
    """A coordinate: to a tenth.

    >>> short(2.0), short(-0.04), short(1.25)
    ('2', '0', '1.2')
    """
    return format(round(x, 1) + 0.0, "g") if abs(x) < 1e5 else format(x, ".0f")


def picture(width: float, height: float, title: str) -> Element:
    """An empty picture, of which screen readers tell the title."""
    size = f"0 0 {short(width)} {short(height)}"
    drawn = element(None, "svg", xmlns=NAMESPACE, class_="storyboard", viewBox=size)
    drawn.attrib.update({"width": short(width), "height": short(height)})
    element(drawn, "title", title)
    return drawn


def text(parent: Element, content: str, x: float, y: float, class_: str, **attributes: object) -> Element:
    """Text that stands on y."""
    return element(parent, "text", content, x=x, y=y, class_=class_, **attributes)


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """The `d` of a path through points.

    >>> polyline([(0.0, 0.0), (3.0, 4.0)])
    'M0 0L3 4'
    """
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points)


def markup(tree: Element) -> str:
    """An element as text, everything in it escaped."""
    return ElementTree.tostring(tree, encoding="unicode")


def width_of(text: str, size: float) -> float:
    """About the width of text in a font of this size; rather more than less, since fonts differ."""
    return size * sum(map(_part, text))


def _part(char: str) -> float:
    """The width of a letter, as a part of the size of the font."""
    if char in NARROW:
        return 0.4
    if char in RAISED:
        return 0.47
    return 1.05 if char in WIDE or char > "\u2e80" else 0.64


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Text in lines that fit into a width."""
    count = max(12, int(width / (0.56 * size)))
    return textwrap.wrap(text, count, break_long_words=True, break_on_hyphens=False) or [""]
