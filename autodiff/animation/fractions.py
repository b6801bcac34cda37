"""Derivatives as fractions: text in which the page sets ∂R over ∂w, and that is flat everywhere else.

The signs around a fraction are of the private use area, which no name can contain: `visible` writes
such letters as escapes.
"""

from __future__ import annotations

from ..derivations.typesetting import Text
from ..text.notation import visible

OPEN, BAR, CLOSE = "\ue000", "\ue001", "\ue002"
FLAT = str.maketrans({OPEN: "", BAR: "/", CLOSE: ""})


class Stacked(Text):
    """Text with the signs around derivatives."""

    def derivative(self, sign: str, upper: str, lower: str) -> str:
        return f"{OPEN}{sign}{visible(upper)}{BAR}{sign}{visible(lower)}{CLOSE}"


def flat(text: str) -> str:
    """The same on one line.

    >>> flat(Stacked().derivative("∂", "R", "w"))
    '∂R/∂w'
    """
    return text.translate(FLAT)
