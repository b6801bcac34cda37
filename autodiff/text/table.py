"""Tables that print as text, and are Markdown and HTML as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from . import escaping, notebook
from .notation import visible
from .notebook import LONGEST


def aligned(rows: Iterable[Sequence[str]], align: str = "", gap: str = "  ") -> list[str]:
    """Rows as lines with their cells under each other, those of the columns with an l set to the left.

    >>> aligned([("x", "9"), ("x²", "81")], "l")
    ['x    9', 'x²  81']
    """
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    sides = [str.ljust if side == "l" else str.rjust for side in align.ljust(len(widths))]
    lines = (zip(sides, row, widths, strict=False) for row in rows)
    return [gap.join(side(cell, width) for side, cell, width in line).rstrip() for line in lines]


@dataclass(frozen=True)
class Table:
    """Cells as strings. Columns at a place where `align` has an l are set to the left, others right.

    Rows whose numbers are in `strong` are emphasised. `title` stands above, `notes` below.

    >>> print(Table("Squares", ("x", "x²"), (("3", "9"), ("10", "100"))).text)
    Squares
    <BLANKLINE>
     x   x²
    ───────
     3    9
    10  100
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str = ""
    notes: tuple[str, ...] = ()
    strong: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """Columns under each other; to be seen in a font of one width."""
        cells = [[visible(cell, LONGEST) for cell in row] for row in (self.header, *self.rows)]
        lines = aligned(cells, self.align)
        lines.insert(1, "─" * max(map(len, lines)))
        below = ["", *(visible(note, LONGEST) for note in self.notes)] if self.notes else []
        return "\n".join([visible(self.title, LONGEST), "", *lines, *below])

    @property
    def markdown(self) -> str:
        """A table as GitHub and notebooks show it."""
        rules = [":--" if side == "left" else "--:" for side in self._sides()]
        rows = [[_plain(cell) for cell in self.header], rules, *map(self._emphasised, range(len(self.rows)))]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        below = [line for note in self.notes for line in ("", _plain(note))]
        return "\n".join([f"**{_plain(self.title)}**", "", *lines, *below])

    @property
    def html(self) -> str:
        """A table in the colours of the page around it."""
        rows = notebook.table(self.header, self.rows, self.align, self.title, self.strong)
        return notebook.block(rows, *map(notebook.note, self.notes))

    def _sides(self) -> list[str]:
        return ["left" if side == "l" else "right" for side in self.align.ljust(len(self.header))]

    def _emphasised(self, row: int) -> list[str]:
        cells = [_plain(cell) for cell in self.rows[row]]
        return [f"**{cell}**" if cell else "" for cell in cells] if row in self.strong else cells


class Tabular:
    """What prints as its table, in consoles and in notebooks."""

    @property
    def table(self) -> Table:
        """The cells as they are shown."""
        raise NotImplementedError

    @property
    def markdown(self) -> str:
        """The table in Markdown."""
        return self.table.markdown

    def __str__(self) -> str:
        return self.table.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table.html


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return escaping.markdown(visible(text, LONGEST))
