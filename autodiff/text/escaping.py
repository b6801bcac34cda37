r"""Text that is not the project's own, in each language that the project writes.

Names, keys, reprs, comments and paths may hold anything: quotes, brackets, the ends of lines, half a
character. Here each language gets them so that it shows them, and takes nothing in them for its own:

    comment, docstring    Python
    html, script          HTML, and data for the script of a page
    dot, record           the DOT language of Graphviz: labels of lines, and of fields
    mermaid, markdown     flowcharts; prose and the cells of tables
    mathtext              labels of matplotlib

All begin with `printable`: no line ends, no direction turns, and every file can hold what is written.
SVG is built as a tree, by `elements.element`; LaTeX sets a name rather than shows it, in `lettering`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from .notation import printable, printable_lines

# -- Python ----------------------------------------------------------------------------------------

QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})


def comment(text: str) -> str:
    r"""A comment, on one line.

    >>> print(comment("half\nand half"))
    # half\nand half
    """
    return f"# {printable(text)}"


def docstring(text: str) -> str:
    r"""A string between three quotes, with the line breaks of the text; what cannot be printed is an escape.

    >>> print(docstring('p["x"]').strip('"'))
    p[\"x\"]
    """
    return f'"""{printable_lines(text).translate(QUOTED)}"""'


# -- HTML ------------------------------------------------------------------------------------------

INERT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
"""What could end a script, or a line of one, and what no file can hold."""


def html(text: str) -> str:
    """Text in an element, or in an attribute between quotes.

    >>> html("<b> & more")
    '&lt;b&gt; &amp; more'
    """
    return escape(printable(text))


def script(data: Any) -> str:
    r"""Data as JSON that may stand in a script.

    >>> print(script({"x": "</script>"}))
    {"x":"\u003c/script\u003e"}
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return INERT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


# -- graphs ----------------------------------------------------------------------------------------

ENTITY = {"\n": "\\n", "\\": "\\\\", '"': '\\"', "&": "&amp;"}
LABEL = str.maketrans(ENTITY)
"""What keeps Graphviz from taking letters for its own: neither an escape, nor an entity."""

FIELD = str.maketrans(ENTITY | {char: f"\\{char}" for char in "{}|<>"})
"""The same within a record, where brackets and bars make fields."""

FIELDS = re.compile(r'[\\"&{}|<>]')  # to look takes a third of the time

FLOWCHART = re.compile(r"""["#%<>&`\\*_~|{}\[\]$;^]|\.(?=\s|$)|^\s*[-+]""")
"""What Mermaid, or the Markdown in its labels, may take for its own."""


def dot(text: str) -> str:
    r"""Lines of a label, between quotes.

    >>> print(dot("a\nb\\c"))
    a\nb\\c
    """
    return printable_lines(text).translate(LABEL)


def record(fields: Sequence[str]) -> str:
    r"""Fields of a record side by side, between quotes.

    >>> print(record(["{x}", "1"]))
    \{x\}|1
    """
    together = "".join(fields)
    if together.isprintable() and not FIELDS.search(together):
        return "|".join(fields)
    return "|".join([printable_lines(field).translate(FIELD) for field in fields])


def mermaid(text: str) -> str:
    """Lines of a label, between quotes: each letter that may have a meaning is written as its number.

    >>> mermaid('"x"')
    '#34;x#34;'
    """
    lines = printable_lines(text).split("\n")
    return "<br>".join([FLOWCHART.sub(_numbered, line) for line in lines])


def _numbered(found: re.Match[str]) -> str:
    return "".join([f"#{ord(char)};" for char in found[0]])


# -- prose -----------------------------------------------------------------------------------------

MARKUP = re.compile(r"[\\`*_\[\]<>|~$&]|^[#+=-]|(?<=^\d)[.)](?=\s)|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What Markdown would take for markup, and forges for the start of an address."""


def markdown(text: str) -> str:
    r"""Text in a line, or in a cell of a table.

    >>> print(markdown("[x](https://a.b)"))
    \[x\](https\://a.b)
    """
    return MARKUP.sub(r"\\\g<0>", printable(text).lstrip())


def mathtext(text: str) -> str:
    r"""A label in which matplotlib finds no formula.

    >>> print(mathtext("$x$"))
    \$x\$
    """
    return printable(text).replace("$", r"\$")
