"""SVG pictures, and the room that text takes in them."""

from __future__ import annotations

import textwrap

from ..pictures import fitting
from ..text.elements import NAMESPACE, Element, element, markup, polyline, short

__all__ = [
    "Element", "element", "fixed", "markup", "picture", "polyline", "short", "text", "width_of", "wrapped",
]  # fmt: skip

WIDER, BOLDER = 1.14, 1.1
"""How much wider than Helvetica is DejaVu Sans, the widest font of pictures; and than that, bold text."""

USUAL = 0.95
"""The part of that width that text is set to: between the fonts, so that in none it looks drawn out."""


def picture(width: float, height: float, title: str) -> Element:
    """An empty picture, of which screen readers tell the title."""
    size = f"0 0 {short(width)} {short(height)}"
    drawn = element(None, "svg", xmlns=NAMESPACE, class_="storyboard", viewBox=size)
    drawn.attrib.update({"width": short(width), "height": short(height)})
    element(drawn, "title", title)
    return drawn


def text(
    parent: Element,
    content: str,
    x: float,
    y: float,
    class_: str,
    room: float | None = None,
    size: float | None = None,
    bold: bool = False,
    **attributes: object,
) -> Element:
    """Text that stands on y. It gets no wider than its room, whatever it will say and in any font.

    Pages see to that when they know the font, files by `fixed`; both need the size.
    """
    font = {"font_size": size, "font_weight": "bold" if bold else None, "data_room": room}
    known = {name: value for name, value in font.items() if value is not None}
    return element(parent, "text", content, x=x, y=y, class_=class_, **known, **attributes)


def fixed(tree: Element) -> Element:
    """A picture for a file: text that has a room has the same length in every font."""
    for part in tree.iter("text"):
        room = part.attrib.pop("data-room", None)
        if room and part.text:
            width = width_of(part.text, float(part.attrib["font-size"]), part.get("font-weight") == "bold")
            part.set("textLength", short(min(float(room), USUAL * width)))
            part.set("lengthAdjust", "spacingAndGlyphs")
    return tree


def width_of(text: str, size: float, bold: bool = False) -> float:
    """About the width of text in a wide font of this size."""
    return WIDER * (BOLDER if bold else 1.0) * fitting.width_of(text, size)


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Text in lines that fit into a width."""
    letter = width_of(text, size, bold) / max(1, len(text))
    count = max(12, int(width / letter)) if text else 12
    return textwrap.wrap(text, count, break_long_words=True, break_on_hyphens=False) or [""]
