"""Places for numbers in text: the page fills them, again and again, with brackets where these are needed.

The signs around a place are of the private use area, as those of fractions: no name can contain them.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..animation.fractions import Stacked
from ..derivations.expression import Symbol, Term
from ..derivations.writing import SUM, Piece

BEGIN, END, DOT = "\ue003", "\ue004", "\ue005"
"""Around a place; and a dot before it, which a bracket makes needless."""


def slot(place: int, least: int = SUM) -> str:
    """Where result number `place` is written, in brackets if it binds less than `least`."""
    return f"{BEGIN}{place},{least}{END}"


class Slots(Stacked):
    """Text in which names are places for their numbers.

    >>> from autodiff.derivations.expression import Number, Product
    >>> Slots({"x": 7}).write(Product((Number(-2.0), Symbol("x")))) == "−2" + DOT + slot(7, 2)
    True
    """

    def __init__(self, places: Mapping[str, int]) -> None:
        super().__init__(dict.fromkeys(places, 0.0))
        self.places = places

    def part(self, term: Term, least: int) -> str:
        """A term in a place that takes what binds at least so strongly without brackets."""
        if isinstance(term, Symbol) and term.text in self.places:
            return slot(self.places[term.text], least)
        return super().part(term, least)

    def symbol(self, symbol: Symbol) -> Piece:
        """A name, or the place of its number."""
        if symbol.text in self.places:
            return slot(self.places[symbol.text]), SUM
        return super().symbol(symbol)

    def between(self, text: str, previous: Term, factor: Term, written: str) -> str:
        """What stands between two factors."""
        return DOT if text and written.startswith(BEGIN) else super().between(text, previous, factor, written)
