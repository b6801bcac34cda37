"""Elements of SVG: a tree, in which text and attributes are escaped when it is written."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Element

from .notation import printable, printable_lines

NAMESPACE = "http://www.w3.org/2000/svg"


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


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """The `d` of a path through points.

    >>> polyline([(0.0, 0.0), (3.0, 4.0)])
    'M0 0L3 4'
    """
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points)


def markup(tree: Element) -> str:
    """An element as text, everything in it escaped."""
    return ElementTree.tostring(tree, encoding="unicode")
