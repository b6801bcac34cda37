"""How pictures look: the borders of the kinds of cards, and the colours of each theme.

The kinds differ in their borders, so that they can be told apart without colour:

    leaf        rounded corners          recorded    square corners, with the operation
    constant    dashed                   output      a thick border
    raw number  dotted                   alike       a double border, for nodes that share a card
    collapsed   a folder, for a box
                                         left out    dashed, without a ground
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ALIKE", "ARROW", "BOX", "CARD", "LOOKS", "OUTPUT", "PAGE", "THEMES", "Colours"]

PAGE = {"nodesep": "0.18", "ranksep": "0.4"}
FONT = "Helvetica,Arial,sans-serif"
CARD = {
    "fontname": FONT,
    "fontsize": "11",
    "shape": "record",
    "style": "filled",
    "height": "0.3",
    "margin": "0.08,0.035",
}
ARROW = {"fontname": FONT, "fontsize": "9", "arrowsize": "0.6"}
BOX = {"fontname": FONT, "fontsize": "10", "style": "rounded,filled", "margin": "10", "labeljust": "l"}
LOOKS: dict[str, dict[str, str]] = {
    "leaf": {"shape": "Mrecord", "style": "filled,rounded"},
    "constant": {"style": "filled,dashed"},
    "recorded": {},
    "number": {"style": "filled,dotted", "width": "0.2", "height": "0.2"},
    "box": {"shape": "folder"},
    "rest": {"shape": "box", "style": "dashed,rounded"},
}
OUTPUT = {"penwidth": "2"}
ALIKE = {"shape": "box", "peripheries": "2"}


class Colours(NamedTuple):
    """The colours of a theme: of the page, of what is drawn on it, and the ground of each kind of card."""

    page: str
    line: str  # of edges, boxes, and what is written on the page itself
    border: str
    text: str
    card: str
    leaf: str
    constant: str
    output: str
    shade: str  # of boxes, darker where one is inside the other


LIGHT = ("white", "#e3effb", "#f0f0f0", "#fff3cd", "#80808012")

THEMES = {
    # Light cards on no ground, lines of a grey equally far from white and from black: for any page.
    "auto": Colours("transparent", "#808080", "#404040", "#1a1a1a", *LIGHT),
    "light": Colours("white", "#606060", "#404040", "#1a1a1a", *LIGHT),
    "dark": Colours(
        "#15181c", "#a0a6ad", "#c4c9cf", "#eceff2", "#23272d", "#17344f", "#30343a", "#4d3f10", "#8080801c"
    ),
    "mono": Colours("white", "black", "black", "black", "white", "white", "white", "white", "#00000000"),
}
