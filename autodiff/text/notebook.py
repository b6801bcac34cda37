"""What notebooks show: tables, notes and listings, in the fonts and colours of the page around it.

Everything given is text, and is escaped here. Colours of one's own are of middle tones, to be read on white
pages and on black ones: no page says reliably which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import escaping
from .digits import counted
from .highlighting import highlighted
from .notation import printable_lines, visible

LONGEST = 400
"""Characters of a cell or line that are shown; of a longer one the end is left out."""

MOST, LAST = 300, 20
"""Rows and lines that are shown; of more, the first and so many of the last."""

RIGHT, WRONG, UNSURE = "#2a9147", "#d8442f", "#b07800"

COLOURS = {
    "keyword": "#3a7bd5",
    "function": "#8d66d8",
    "string": "#2a9147",
    "number": "#bd6018",
    "comment": "#757d86",
    "prompt": "#757d86",
}
"""Of Python, by the kind of a word."""

RULE = "1px solid rgba(128,128,128,.45)"  # grey is seen on white pages and on black ones
MONOSPACE = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
HEADING = "caption-side:top;text-align:left;font-weight:600;color:inherit;white-space:nowrap;padding:0 0 .5em"
PLAIN = "border:0;background:none"  # Jupyter's own stripes left out
SUBDUED = "opacity:.75"


def block(*parts: str) -> str:
    """Tables, notes, listings and pictures below each other; what is wider than the page is scrolled."""
    return f'<div style="font-size:14px;overflow-x:auto">{"".join(parts)}</div>'


def beside(*parts: str) -> str:
    """Tables beside each other, and on a narrow page below."""
    return (
        f'<div style="display:flex;flex-wrap:wrap;align-items:flex-start;gap:0 2.5em">{"".join(parts)}</div>'
    )


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    align: str = "",
    title: str = "",
    strong: Iterable[int] = (),
    about: str = "",
) -> str:
    """Cells in rows. Columns at a place where `align` has an l are set to the left, others right.

    Rows whose numbers are in `strong` are emphasised. Header and title may be empty; what is said `about` the
    table follows its title.
    """
    told = f' <span style="{SUBDUED};font-weight:400">{shown(about)}</span>' if about else ""
    heading = f'<caption style="{HEADING}">{shown(title)}{told}</caption>' if title else ""
    head = f"<thead>{_row(header, align, True, 'th')}</thead>" if header else ""
    strong, numbered = frozenset(strong), [*enumerate(rows)]
    if len(numbered) > MOST:
        left_out = [(-1, ["…"] * len(numbered[0][1]))]
        numbered = [*numbered[: MOST - LAST], *left_out, *numbered[-LAST:]]
    body = "".join(_row(row, align, number in strong) for number, row in numbered)
    style = "border-collapse:collapse;border:0;margin:0 0 .5em;font-variant-numeric:tabular-nums"
    return f'<table style="{style}">{heading}{head}<tbody>{body}</tbody></table>'


def _row(cells: Sequence[str], align: str, strong: bool, tag: str = "td") -> str:
    weight = "font-weight:600;" if strong else ""
    style = f"padding:.3em .9em;{PLAIN};border-bottom:{RULE};white-space:nowrap;{weight}"
    sides = ["left" if side == "l" else "right" for side in align.ljust(len(cells))]
    written = (
        f'<{tag} style="{style}text-align:{side}">{shown(cell)}</{tag}>'
        for side, cell in zip(sides, cells, strict=False)
    )
    return f'<tr style="{PLAIN}">{"".join(written)}</tr>'


def heading(text: str) -> str:
    """The title of what has no table."""
    return f'<div style="font-weight:600;margin:0 0 .5em">{shown(text)}</div>'


def note(text: str, colour: str = "") -> str:
    """A line below a table: subdued, or in a colour."""
    style = f"color:{colour}" if colour else SUBDUED
    return f'<div style="{style};margin:.3em 0">{shown(text)}</div>'


def verbatim(text: str) -> str:
    """Lines of letters of one width, so close that lines drawn with letters are lines."""
    return _preformatted(_written(_shortened(text, "… {} …")), 1.2)


def listing(code: str) -> str:
    """Python in colours; a long one is scrolled."""
    words = highlighted(_shortened(code, "# … {} …"))
    return _preformatted("".join(_word(kind, word) for kind, word in words), 1.35)


def _shortened(text: str, left_out: str) -> str:
    """A text without the lines between its ends, where there are many."""
    lines = text.split("\n")
    if len(lines) <= MOST:
        return text
    between = left_out.format(counted(len(lines) - MOST, "line"))
    return "\n".join([*lines[: MOST - LAST], between, *lines[-LAST:]])


def _word(kind: str, word: str) -> str:
    return f'<span style="color:{COLOURS[kind]}">{_written(word)}</span>' if kind else _written(word)


def _preformatted(markup: str, line: float) -> str:
    style = f"margin:.3em 0 0;{PLAIN};color:inherit;font-size:13px;line-height:{line};{MONOSPACE}"
    return f'<pre style="{style};white-space:pre;max-height:50em;overflow:auto">{markup}</pre>'


def shown(text: str) -> str:
    """Text on one line that HTML shows as it is."""
    return escaping.html(visible(text, LONGEST))


def _written(text: str) -> str:
    return "\n".join(map(escaping.html, printable_lines(text).split("\n")))
