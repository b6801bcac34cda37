"""Aligned equations as a picture, typeset by matplotlib."""

from __future__ import annotations

import io
import re
from typing import Any

LEFT, RIGHT = 0.95, 1.0
"""Where, in inches, left sides end, and right sides begin."""
MARGIN, LINE, FRACTION = 0.12, 0.36, 0.56
"""Inches: around the whole, and of a line without and with fractions."""
SPELLINGS = {r"\text{": r"\mathrm{", "Put }": r"Put\ }", r"\frac": r"\dfrac", r"\left": "", r"\right": ""}
STYLE: Any = {"mathtext.fontset": "cm", "svg.hashsalt": "derivation", "font.size": 15}


def typeset(latex: str, reasons: float = 3.2, width: float = 5.2) -> bytes:
    r"""An SVG of \begin{aligned} … \end{aligned}, so many inches wide; a table in it is left out."""
    from matplotlib import rc_context, rcParams
    from matplotlib.figure import Figure

    equations = re.sub(r"\\\\\n&\\begin{array}.*", "", latex)
    lines = re.sub(r"\\(begin|end)\{aligned\}", "", equations).strip().split(r"\\")
    heights = [FRACTION if r"\frac" in line else LINE for line in lines]
    height = sum(heights) + 2 * MARGIN
    with rc_context():
        rcParams.update(STYLE)
        figure = Figure(figsize=(width, height), facecolor="white")
        for number, line in enumerate(lines):
            below = sum(heights[number + 1 :]) + heights[number] / 2 + MARGIN
            left, right = line.strip().split("&")
            right, _, reason = right.partition(r"\qquad")
            for x, part, side in zip(
                (LEFT, RIGHT, reasons), (left, right, reason), ("right", "left", "left"), strict=True
            ):
                if part.strip():
                    colour = "#57606a" if part is reason else "black"
                    place = x / width, below / height
                    figure.text(*place, f"${_sized(part)}$", ha=side, va="center", color=colour)
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return b"\n".join(line.rstrip() for line in written.getvalue().split(b"\n"))


def _sized(part: str) -> str:
    """In the commands that matplotlib knows, and with brackets of the size of letters."""
    for ours, theirs in SPELLINGS.items():
        part = part.replace(ours, theirs)
    return part.strip()
