"""Python, and what it says, as a picture that keeps its text."""

from __future__ import annotations

from html import escape

from autodiff.text.highlighting import highlighted

SIZE, WIDTH, LINE, MARGIN = 14, 8.43, 20, 16
"""In pixels: of letters, of one letter, of a line, and around them."""

COLOURS = {
    "keyword": "#0550ae",
    "function": "#6639ba",
    "string": "#0a5c2c",
    "number": "#953800",
    "comment": "#57606a",
    "prompt": "#57606a",
}
"""Of words, by their kind, on white paper."""


def as_svg(text: str) -> str:
    """A card with this text; where it begins with a prompt, what follows the first line is an answer."""
    lines = text.split("\n")
    width = round(WIDTH * max(map(len, lines))) + 2 * MARGIN
    height = LINE * len(lines) + 2 * MARGIN - 4
    rows = (
        f'<text x="{MARGIN}" y="{MARGIN + 12 + LINE * number}">{row}</text>'
        for number, row in enumerate(_coloured(text))
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"',
            f' viewBox="0 0 {width} {height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace"',
            f' font-size="{SIZE}" fill="#1f2328">',
            f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"',
            ' fill="#f6f8fa" stroke="#d0d7de"/>',
            *rows,
            "</svg>\n",
        ]
    )


def _coloured(text: str) -> list[str]:
    """Each line, its words in their colours; an answer is plain."""
    code, end, answer = text.partition("\n") if text.startswith(">>> ") else (text, "", "")
    words = [*highlighted(code), ("", end + answer)]
    spans = "".join("\n".join(_span(part, kind) for part in word.split("\n")) for kind, word in words)
    return spans.rstrip("\n").replace("  ", "\N{NO-BREAK SPACE}" * 2).split("\n")


def _span(word: str, kind: str) -> str:
    return f'<tspan fill="{COLOURS[kind]}">{escape(word)}</tspan>' if kind else escape(word)
