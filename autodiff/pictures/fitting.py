"""Text that stays where it belongs in an SVG picture, whatever font its reader has.

Graphviz makes room for text as wide as it is in the fonts of this machine. So that a wider font does not
leave its card, each text has the length that it has in Helvetica, or that there is room for if that is less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape

WIDTHS = {
    222: "ijl'ʲˡ",
    278: " .,:;!ft/\\[]|Iˈ",
    333: "()r-`⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₙᵀ·",
    500: "ckszJvxy",
    584: "+−=<>~×",
    667: "ABEKPSVXY&∂∇",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    1000: "%@W—…",
}
"""Letters by their widths in Helvetica, in thousandths of the size; all others are 556, if not East Asian."""

WIDTH = {letter: width / 1000.0 for width, letters in WIDTHS.items() for letter in letters}

PADDING = 3.0
"""Left free at each side."""

GROUP = re.compile(r'<g id="([^"]*)" class="(?:node|cluster|graph)"')
TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
FONT_SIZE = re.compile(r'font-size="([.\d]+)"')
ROOT = re.compile(r"<svg ")

WIDTH_OF_ROOT, HEIGHT_OF_ROOT = re.compile(r' width="(([.\d]+)(pt)?)"'), re.compile(r' height="[^"]*"')

COLUMN, PIXELS = 800.0, 4.0 / 3.0
"""The width in pixels that every cell of a notebook has; and of a point."""

SCALED = "max-width:100%;height:auto"
"""A picture becomes as narrow as the column that it is in."""


def width_of(text: str, size: float) -> float:
    """How wide text is in Helvetica of a size.

    >>> round(width_of("grad −0.5", 10.0), 2)
    42.53
    """
    return size * sum(WIDTH.get(letter, 0.556 if letter < "\u2e80" else 1.0) for letter in text)


def scaled(svg: str) -> str:
    """A picture that is as wide as it was laid out, or as its column, if that is narrower."""
    return ROOT.sub(f'<svg style="{SCALED}" ', svg, count=1)


def in_column(svg: str) -> str:
    """A picture for a notebook: a wide one is as wide as its cell, also where that shows it as an image.

    >>> in_column('<svg style="max-width:100%;height:auto" width="900pt" height="99pt" viewBox="0 0 900 99">')
    '<svg style="max-width:900pt;height:auto" width="100%" viewBox="0 0 900 99">'
    """
    root = svg[: svg.index(">", svg.index("<svg"))]
    size = WIDTH_OF_ROOT.search(root)
    if size is None or float(size[2]) * (PIXELS if size[3] else 1.0) <= COLUMN:
        return svg
    free = HEIGHT_OF_ROOT.sub("", root).replace(size[0], ' width="100%"')
    return svg.replace(root, free.replace("max-width:100%", f"max-width:{size[1]}"), 1)


def fitted(svg: str, rooms: Mapping[str, Sequence[float]]) -> str:
    """A picture by Graphviz whose texts have lengths; `rooms` has the widths for the lines of a group."""
    return "\n".join(_lines(svg, rooms))


def _lines(svg: str, rooms: Mapping[str, Sequence[float]]) -> Iterator[str]:
    room: Iterator[float] = iter(())
    for line in svg.split("\n"):
        if group := GROUP.match(line):
            room = iter(rooms.get(group[1], ()))
        found = TEXT.fullmatch(line)
        yield _with_length(found, next(room, None)) if found else line


def _with_length(found: re.Match[str], room: float | None) -> str:
    size = FONT_SIZE.search(found[1])
    assert size  # Graphviz always says it
    length = width_of(unescape(found[2]), float(size[1]))
    if room is not None:
        length = min(length, room - 2.0 * PADDING)
    return f'<text {found[1]} textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs">{found[2]}</text>'
