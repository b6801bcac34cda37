"""Lines that no result needs."""

from __future__ import annotations

from ..listing import Line, Listing
from .draft import Rewrite, placed

__all__ = ["REWRITES", "living"]

REWRITES = [Rewrite("what no result needs is not computed", True)]


def living(listing: Listing) -> Listing:
    """The inputs, and the lines that a result was computed from."""
    needed = [line.kind == "input" for line in listing.lines]
    for output in listing.outputs:
        needed[output] = True
    for position in range(len(needed) - 1, -1, -1):
        if needed[position]:
            for i in listing.lines[position].inputs:
                needed[i] = True
    lines: list[Line] = []
    at: dict[int, int] = {}
    for position, line in enumerate(listing.lines):
        if needed[position]:
            at[position] = len(lines)
            lines.append(placed(line, at))
    return Listing(lines, tuple(at[i] for i in listing.outputs))
