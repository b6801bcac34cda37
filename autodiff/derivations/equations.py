"""Equations below each other, with their signs aligned, as Unicode and as LaTeX."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..text.table import aligned
from ..values.data import Data
from .expression import Number, Symbol, Term
from .typesetting import Latex, Text

WIDEST_LEFT = 24
"""Longer left sides do not push the others to the right."""

WIDEST = 90
"""Longer equations do not push the notes of the others to the right."""

MOST_TERMS = 24
"""Terms of a sum that are written; of more the first and the last."""


@dataclass(frozen=True)
class Equation:
    """left = right = result   note. Without a left side it goes on with the one above.

    On the right names are written as their `numbers`, if there are any. `lead` is a word before it all.
    """

    left: Symbol | None
    right: Term
    note: str = ""
    numbers: Mapping[str, Data] = field(default_factory=dict)
    result: Term | None = None
    sign: str = "="
    lead: str = ""

    def cells(self, write: Text, numbered: Text) -> tuple[str, str]:
        """Left side; sign, right side, and result."""
        left = write.write(self.left) if self.left else ""
        result = f" = {write.write(self.result)}" if self.result else ""
        return left, f"{self.sign} {numbered.write(self.right)}{result}"


@dataclass(frozen=True)
class NumberTable:
    """Numbers in columns below symbols; None is no number. Rows are left out at `cut`."""

    header: Sequence[Symbol]
    rows: Sequence[Sequence[float | None]]
    cut: int | None = None

    def cells(self, writer: Text) -> list[list[str]]:
        """What is written, row by row, each a list of texts as long as the header."""
        rows = [[writer.write(symbol) for symbol in self.header]]
        rows += [["" if x is None else writer.write(Number(float(x))) for x in row] for row in self.rows]
        if self.cut is not None:
            rows.insert(1 + self.cut, [writer.ellipsis] * len(self.header))
        return rows


def text_lines(equations: Sequence[Equation] | NumberTable) -> list[str]:
    r"""One line an equation, the signs and the notes below each other.

    >>> x, y = Symbol("x"), Symbol("y")
    >>> print(*text_lines([Equation(y, x, "a note"), Equation(None, x)]), sep="\n")
    y = x    a note
      = x
    """
    if isinstance(equations, NumberTable):
        return aligned(equations.cells(Text(number_format=".4g")))
    lead = max((len(equation.lead) for equation in equations), default=0)
    rows = [
        (f"{equation.lead:<{lead}}{left}", right)
        for equation in equations
        for left, right in [equation.cells(Text(), Text(equation.numbers, ".4g", MOST_TERMS))]
    ]
    width = max((_width(left) for left, _ in rows if _width(left) <= WIDEST_LEFT), default=0)
    lines = [f"{left}{' ' * (width - _width(left))} {right}" for left, right in rows]
    noted = [len(line) for line, equation in zip(lines, equations, strict=True) if equation.note]
    longest = max((length for length in noted if length <= WIDEST), default=0)
    return [
        f"{line:<{longest}}    {equation.note}" if equation.note else line
        for line, equation in zip(lines, equations, strict=True)
    ]


def _width(text: str) -> int:
    """The columns that a text takes: marks above a letter take none."""
    return sum(not unicodedata.combining(char) for char in text)


def latex_lines(equations: Sequence[Equation] | NumberTable) -> list[str]:
    """The lines of an `aligned` environment, each with one & before its sign."""
    if isinstance(equations, NumberTable):
        header, *rows = (" & ".join(row) for row in equations.cells(Latex(number_format=".4g")))
        body = " \\\\ ".join([rf"{header} \\ \hline {rows[0]}", *rows[1:]])
        return [rf"&\begin{{array}}{{{'r' * len(equations.header)}}} {body} \end{{array}}"]
    lines = []
    for equation in equations:
        left, right = equation.cells(Latex(), Latex(equation.numbers, ".4g", MOST_TERMS))
        note = rf" \qquad {Latex().plain(equation.note)}" if equation.note else ""
        lead = rf"\text{{{equation.lead}}}" if equation.lead else ""
        lines.append(f"{lead}{left} &{right}{note}")
    return lines
