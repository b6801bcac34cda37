"""A link of the chain rule, with its formula and its number."""

from __future__ import annotations

from ..values.data import Data
from .closed_form import Formula
from .equations import Equation, text_lines
from .expression import Symbol


class NamedLink:
    """A link of the chain rule as a reader sees it: from the value named `lower` to the one named `upper`.

    `formula` is the partial derivative ∂upper/∂lower, `value` its number. Where arrays are on the path
    it is what the gradient of `upper` contributes to that of `lower`, and `value` is None.
    """

    def __init__(self, upper: str, lower: str, left: Symbol, formula: Formula, value: Data | None) -> None:
        self.upper, self.lower = upper, lower
        self.left = left
        self.formula = formula
        self.value = value

    @property
    def text(self) -> str:
        """The link as an equation."""
        return text_lines([Equation(self.left, self.formula.term)])[0]

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__
