"""Aligned equations as a picture, typeset by matplotlib."""

from __future__ import annotations

import io
import re
from typing import Any

COLUMNS = (0.95, 1.0, 3.2)
"""Where, in inches, left sides end, right sides begin, and reasons do."""
WIDTH, MARGIN, LINE, FRACTION = 5.2, 0.12, 0.36, 0.56
"""Inches: of the whole, around it, and of a line without and with fractions."""
SPELLINGS = {r"\text{": r"\mathrm{", "Put }": r"Put\ }", r"\frac": r"\dfrac", r"\left": "", r"\right": ""}
STYLE: Any = {"mathtext.fontset": "cm", "svg.hashsalt": "derivation", "font.size": 15}


def typeset(latex: str) -> bytes:
    r"""An SVG of \begin{aligned} … \end{aligned}."""
    from matplotlib import rc_context, rcParams
    from matplotlib.figure import Figure

    lines = re.sub(r"\\(begin|end)\{aligned\}", "", latex).strip().split(r"\\")
    heights = [FRACTION if r"\frac" in line else LINE for line in lines]
    height = sum(heights) + 2 * MARGIN
    with rc_context():
        rcParams.update(STYLE)
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        for number, line in enumerate(lines):
            below = sum(heights[number + 1 :]) + heights[number] / 2 + MARGIN
            left, right = line.strip().split("&")
            right, _, reason = right.partition(r"\qquad")
            for x, part, side in zip(COLUMNS, (left, right, reason), ("right", "left", "left"), strict=True):
                if part.strip():
                    colour = "#57606a" if part is reason else "black"
                    place = x / WIDTH, below / height
                    figure.text(*place, f"${_sized(part)}$", ha=side, va="center", color=colour)
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return b"\n".join(line.rstrip() for line in written.getvalue().split(b"\n"))


def _sized(part: str) -> str:
    """In the commands that matplotlib knows, and with brackets of the size of letters."""
    for ours, theirs in SPELLINGS.items():
        part = part.replace(ours, theirs)
    return part.strip()
