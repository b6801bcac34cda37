"""How the lines of a diagram look: thick for what is large, dashed for what is negative.

    positive    solid       negative    dashed      zero    dotted      not computed    thin and grey

So the sign is seen also without colour. Lines are of middle tones, readable on any page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from .snapshot import Parameter

THIN, THICK = 0.8, 4.0
BLUE, ORANGE, GREY = "#2f7fd1", "#d9661f", "#808080"
SIGNS = {
    1.0: {"color": BLUE, "style": "solid"},
    -1.0: {"color": ORANGE, "style": "dashed"},
    0.0: {"color": GREY, "style": "dotted"},
}
WORDS = {1.0: "positive", -1.0: "negative", 0.0: "zero"}
UNKNOWN = {"color": GREY, "style": "solid", "penwidth": f"{THIN:.2f}"}


class Strokes:
    """Lines by the numbers of their parameters, or by their gradients; the largest is the thickest."""

    def __init__(self, parameters: Iterable[Parameter], by_gradient: bool) -> None:
        self.by_gradient = by_gradient
        numbers = [self.number(parameter) for parameter in parameters]
        known = [number for number in numbers if number is not None]
        self.largest = max((abs(x) for x in known if math.isfinite(x)), default=0.0)
        self.signs = [sign for sign in SIGNS if sign or sign in set(map(_sign, known))]
        self.some_unknown = len(known) < len(numbers)

    def number(self, parameter: Parameter) -> float | None:
        """What the line shows."""
        return parameter.grad if self.by_gradient else parameter.number

    def of(self, parameter: Parameter) -> dict[str, str]:
        """The attributes of a line."""
        number = self.number(parameter)
        if number is None:
            return UNKNOWN
        part = abs(number) / self.largest if self.largest else 0.0
        part = min(part, 1.0) if math.isfinite(number) else 1.0
        return {**SIGNS[_sign(number)], "penwidth": f"{THIN + part * (THICK - THIN):.2f}"}


def _sign(number: float) -> float:
    return math.copysign(1.0, number) if number else 0.0
