"""How pictures look: the borders and grounds of the kinds of cards, and the colours of each theme.

The kinds differ in their borders, so that they can be told apart without colour:

    leaf        rounded corners          recorded    square corners, with the operation
    constant    dashed                   output      a thick border
    raw number  dotted                   alike       a double border, for nodes that share a card
    collapsed   a folder, for a box        left out    dashed, without a ground
    nan         a border thick and dashed, for what is nan or has a gradient that is
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class CardLook(NamedTuple):
    """What tells a kind of card from the others, in every format."""

    ground: str  # the name of its colour in `Colours`
    border: Literal["solid", "dashed", "dotted"] = "solid"
    is_rounded: bool = False
    is_thick: bool = False
    is_faint: bool = False  # without a ground, in the colour of lines


LOOKS = {
    "leaf": CardLook("leaf", is_rounded=True),
    "constant": CardLook("constant", "dashed"),
    "recorded": CardLook("card"),
    "number": CardLook("constant", "dotted"),
    "output": CardLook("output", is_thick=True),
    "box": CardLook("card"),
    "rest": CardLook("card", "dashed", is_rounded=True, is_faint=True),
}
"""How each kind of card looks; an output also has the border of its kind, where a format can join the two."""


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
    nan: str  # the ground where something is nan
    alarm: str  # the border there


LIGHT = ("white", "#e3effb", "#f0f0f0", "#fff3cd", "#80808012", "#fde2e0", "#b3261e")

THEMES = {
    # Light cards on no ground, lines of a grey equally far from white and from black: for any page.
    "auto": Colours("transparent", "#808080", "#404040", "#1a1a1a", *LIGHT),
    "light": Colours("white", "#606060", "#404040", "#1a1a1a", *LIGHT),
    "dark": Colours(
        "#15181c",
        "#a0a6ad",
        "#c4c9cf",
        "#eceff2",
        "#23272d",
        "#17344f",
        "#30343a",
        "#4d3f10",
        "#8080801c",
        "#52201d",
        "#ff9a90",
    ),
    "mono": Colours(
        "white", "black", "black", "black", "white", "white", "white", "white", "#00000000", "white", "black"
    ),
}
