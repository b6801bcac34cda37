"""Tables that print as text, and are Markdown and HTML as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from . import escaping
from .notation import visible

LONGEST = 400
"""Characters of a cell or line that are shown; of a longer one the end is left out."""

RULE = "1px solid rgba(128,128,128,.45)"  # grey is seen on white pages and on black ones


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
        rows = "".join(self._html_row(row, k in self.strong) for k, row in enumerate(self.rows))
        notes = "".join(f'<div style="opacity:.75;margin:.3em 0">{_shown(note)}</div>' for note in self.notes)
        return (
            '<div style="font-size:14px;overflow-x:auto">'
            '<table style="border-collapse:collapse;border:0;font-variant-numeric:tabular-nums">'
            '<caption style="caption-side:top;text-align:left;font-weight:600;padding:0 0 .5em;'
            f'color:inherit;white-space:nowrap">{_shown(self.title)}</caption>'
            f"<thead>{self._html_row(self.header, False, 'th')}</thead>"
            f"<tbody>{rows}</tbody></table>{notes}</div>"
        )

    def _sides(self) -> list[str]:
        return ["left" if side == "l" else "right" for side in self.align.ljust(len(self.header))]

    def _emphasised(self, row: int) -> list[str]:
        cells = [_plain(cell) for cell in self.rows[row]]
        return [f"**{cell}**" if cell else "" for cell in cells] if row in self.strong else cells

    def _html_row(self, row: Sequence[str], strong: bool, tag: str = "td") -> str:
        weight = "font-weight:600;" if strong or tag == "th" else ""
        style = f"padding:.3em .9em;border:0;border-bottom:{RULE};background:none;white-space:nowrap;{weight}"
        cells = (
            f'<{tag} style="{style}text-align:{side}">{_shown(cell)}</{tag}>'
            for side, cell in zip(self._sides(), row, strict=False)
        )
        return f"<tr>{''.join(cells)}</tr>"


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


def _shown(text: str) -> str:
    """Text that HTML shows as it is."""
    return escaping.html(visible(text, LONGEST))
