"""Expressions as LaTeX: how a fraction, a power, a root, a name is set in it."""

from __future__ import annotations

from ..text.lettering import ESCAPES, latex_of
from ..text.notation import printable
from ..values.data import Data, Shape
from .expression import StepSum, Term
from .writing import POWER, Piece, Text

__all__ = ["Latex", "Text"]


class Latex(Text):
    r"""LaTeX for display.

    >>> from autodiff.expression import Number, Symbol
    >>> from autodiff.simplification import power, product, total
    >>> x = Symbol("x₁")
    >>> print(Latex().write(product([Number(-2.0), total([Number(1.0), x]), power(x, Number(-3.0))])))
    -\frac{2\left(1 + x_{1}\right)}{x_{1}^{3}}
    """

    times, circle, minus, open, close, transposed, ellipsis = (
        r" \cdot ", r" \circ ", "-", r"\left(", r"\right)", r"\mathrm{T}", r"\vdots",
    )  # fmt: skip

    @property
    def dot(self) -> str:
        """Names stand side by side, numbers with a dot between them."""
        return self.times if self.numbers else r" \, "

    def plain(self, text: str) -> str:
        if len(text) == 1 or not text.isascii():
            return latex_of(text)
        return f"\\mathrm{{{''.join(ESCAPES.get(char, char) for char in printable(text))}}}"

    def left_out(self, told: str) -> str:
        return rf"\ldots {self.plain(f'({told})')} \ldots"

    def array(self, data: Data) -> str:
        return latex_of(self.entries(data))

    def number(self, value: float) -> Piece:
        text, strength = super().number(value)
        return text.replace("∞", r"\infty "), strength

    def name(self, name: str) -> str:
        return latex_of(name)

    def derivative(self, sign: str, upper: str, lower: str) -> str:
        sign = r"\partial" if sign == "∂" else r"\mathrm{d}"
        return rf"\frac{{{sign} {latex_of(upper)}}}{{{sign} {latex_of(lower)}}}"

    def superscript(self, base: str, exponent: str) -> str:
        if exponent == self.transposed and "^" in base:
            base = f"{{{base}}}"  # a name with an index above
        return f"{base}^{{{exponent}}}"

    def subscript(self, text: str) -> str:
        return f"_{{{latex_of(text)}}}"

    def series(self, series: StepSum) -> str:
        return rf"\sum_{{{series.counter}={series.first}}}^{{{series.last}}} "

    def ones(self, shape: Shape) -> str:
        sizes = r" \times ".join(map(str, shape))
        return rf"\mathbf{{1}}_{{{sizes}}}"

    def root(self, base: Term) -> str:
        return rf"\sqrt{{{self.write(base)}}}"

    def exponential(self, exponent: Term) -> str:
        return f"e^{{{self.write(exponent)}}}"

    def fraction(self, over: Term, under: Term) -> Piece:
        return rf"\frac{{{self.write(over)}}}{{{self.write(under)}}}", POWER
