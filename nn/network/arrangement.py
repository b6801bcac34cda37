"""Where everything of a diagram is: columns of nodes, the labels of their lines, each clear of the others.

Every place is computed here, in points; Graphviz only draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from autodiff.pictures.fitting import width_of

# Lengths are in points, 1/72 inch.
RADIUS = 28.0
SMALL, LARGE = 10.0, 12.0  # of text: on labels, in nodes
LEADING = 1.2  # the height of a line, as a part of the size of its text: Graphviz' own
GAP, BARE = 240.0, 170.0  # from a column to the next one, with labels and without
STUB = 27.0  # the line of a bias that has no label
MARGIN = 10.0  # around a label
ROOM = 1.18  # how much wider than in Helvetica text is in the fonts that Graphviz may find
LANDSCAPE = 1.6

Slots = list[int | None]
"""The nodes of a column from the top, None where some are left out."""


def slots(size: int, most: int) -> Slots:
    """The nodes of a column of so many, of which at most so many are drawn.

    >>> slots(64, 6)
    [1, 2, 3, 4, None, 64]
    """
    return list(range(1, size + 1)) if size <= most else [*range(1, most - 1), None, size]


def box_of(lines: Sequence[str], size: float = SMALL) -> tuple[float, float]:
    """The width and height of a box around lines of text."""
    widest = max(width_of(line, size) for line in lines)
    return ROOM * widest + size, len(lines) * LEADING * size + 6.0


def circle_of(lines: Sequence[str]) -> float:
    """The diameter of a circle around lines of text."""
    diameter = 2.0 * RADIUS
    for k, line in enumerate(lines):
        end = max(abs(k - len(lines) / 2), abs(k + 1 - len(lines) / 2)) * LEADING * LARGE
        diameter = max(diameter, 2.0 * math.hypot(end, ROOM * width_of(line, LARGE) / 2 + 1.0))
    return diameter


class Arrangement:
    """The places of columns, of nodes, and of the labels between them.

    `widths` are those of the widest label before each column, 0 where there are none, `label` is the height
    of a label, `radius` that of the largest node.
    """

    def __init__(
        self, columns: Sequence[Slots], widths: Sequence[float], radius: float, label: float
    ) -> None:
        self.columns, self.radius, self.label = columns, radius, label
        labelled = any(widths)
        self.rise = radius + 18.0 + label / 2 if labelled else radius + STUB  # from a node to its bias
        self.pitch = self.rise + (label / 2 if labelled else 0.0) + radius + MARGIN / 2
        gaps = []
        for layer in range(1, len(columns)):
            gap = (GAP if labelled else BARE) + 2.0 * (radius - RADIUS)
            if labelled:
                part, fewer = self.part(layer), min(map(len, columns[layer - 1 : layer + 1]))
                near = layer if part > 0.5 else layer - 1  # the column beside whose biases the labels are
                clear = max(radius, widths[near] / 2) + MARGIN + widths[layer] / 2
                gap = max(gap, clear / min(part, 1.0 - part))
                self.pitch = max(self.pitch, (label + MARGIN / 2) * (fewer + 1))
            gaps.append(gap)
        height = max(map(len, columns)) * self.pitch
        wider = max(1.0, LANDSCAPE * height / sum(gaps)) if labelled else 1.0
        self.x = [0.0]
        for gap in gaps:
            self.x.append(self.x[-1] + wider * gap)

    @property
    def head(self) -> float:
        """The middle of the titles."""
        top = max(self.place(column, nodes[0])[1] for column, nodes in enumerate(self.columns))
        return top + self.rise + self.label / 2 + 26.0

    @property
    def foot(self) -> float:
        """Where the lowest node ends."""
        lowest = min(self.place(column, nodes[-1])[1] for column, nodes in enumerate(self.columns))
        return lowest - self.radius

    def part(self, layer: int) -> float:
        """Which part of their way the labels of the lines to a layer stand at.

        At 1/(n + 1) of the way to n nodes, lines from nodes that are as far apart are spread evenly;
        likewise at m/(m + 1) of the way from m nodes. Elsewhere they meet.
        """
        m, n = map(len, self.columns[layer - 1 : layer + 1])
        return 1.0 / (n + 1) if n <= m else m / (m + 1)

    def place(self, column: int, node: int | None) -> tuple[float, float]:
        """The middle of a node."""
        nodes = self.columns[column]
        return self.x[column], ((len(nodes) - 1) / 2 - nodes.index(node)) * self.pitch

    def between(self, layer: int, j: int, k: int) -> tuple[float, float]:
        """The middle of the label of the line from node k to node j of a layer."""
        part = self.part(layer)
        (x0, y0), (x1, y1) = self.place(layer - 1, k), self.place(layer, j)
        return x0 + part * (x1 - x0), y0 + part * (y1 - y0)
