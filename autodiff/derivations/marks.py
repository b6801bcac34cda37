"""How signs, names and indices look in Unicode: all that another language says, as LaTeX does."""

from __future__ import annotations

import re

from ..text.lettering import ABOVE, BELOW, raised
from ..text.notation import printable, visible
from ..values.data import Shape
from .expression import StepSum

LOWERED = {char: low for low, char in BELOW.items()} | {"∞": "∞"}


class Marks:
    """Marks in Unicode."""

    times, circle, minus, open, close, transposed, ellipsis = "·", "∘", "−", "(", ")", "ᵀ", "…"

    @property
    def dot(self) -> str:
        """What stands between two factors."""
        return self.times

    def plain(self, text: str) -> str:
        """Text other than a name."""
        return re.sub("-(?!>)", "−", printable(text))

    def left_out(self, told: str) -> str:
        """What stands in the middle of a long sum."""
        return f"… ({told}) …"

    def name(self, name: str) -> str:
        """A name."""
        return visible(name)

    def derivative(self, sign: str, upper: str, lower: str) -> str:
        """A derivative in Leibniz' notation, with ∂ or with d."""
        return f"{sign}{visible(upper)}/{sign}{visible(lower)}"

    def subscript(self, text: str) -> str:
        """Something below the line."""
        low = [LOWERED.get(char) for char in text]
        return "".join(filter(None, low)) if all(low) else f"_({text})"

    def series(self, series: StepSum) -> str:
        """What stands before a term that is added up over steps: Σₜ, or Σₜ₌₂⁴⁹ where these are not all."""
        ends = "" if series.whole else f"{self.subscript(f'={series.first}')}{raised(str(series.last))}"
        return f"Σ{self.subscript(series.counter)}{ends} "

    def ones(self, shape: Shape) -> str:
        """The array of ones of a shape."""
        return "𝟏" + "ₓ".join(map(self.subscript, map(str, shape)))

    def superscript(self, base: str, exponent: str) -> str:
        """A base with something above."""
        if exponent == self.transposed:
            return f"{base}ᵀ"
        above = raised(exponent)
        single = exponent.isalnum() and (exponent.isdecimal() or not exponent[0].isdecimal())
        return f"{base}{above}" if above else f"{base}^{exponent if single else f'({exponent})'}"


def is_indexed(name: str) -> bool:
    """Whether a name needs brackets below an exponent: it has one already, or is no single word."""
    return name[-1:] in ABOVE or not all(char.isalnum() or char in "_′₊₋" for char in name)
