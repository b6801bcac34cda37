"""Pictures of large graphs: what writing them as DOT costs, how that grows, and how many boxes they have.

When each operation had a card, and no part a name, writing took 17 times the time of recording. Since then a
third of the time goes into what a reader would put and call by which name, and into the parts next to each;
a third into the words on cards and arrows; the rest into the graph, the boxes and the text of DOT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import nn
from autodiff import Value, draw

from .harness import THE_TIME, Row, seconds, times_the_time
from .moons import SIZES, moons

NODES, FEW, MANY = 10_000, 5_000, 20_000
ANY_SIZE = 1_000_000
PAIRS = 7
BOX = re.compile(r'^\s*(?!(?:node|edge|graph)\b)"?[\w.:-]+"? \[', re.MULTILINE)


def recorded(n: int) -> Value:
    """A chain of n scalar nodes: sums and products by turns."""
    x, w, b = Value(0.1, "x"), Value(0.5, "w"), Value(0.2, "b")
    for _ in range(n // 2):
        x = x * w + b
    return x


def writing(n: int) -> float:
    """Seconds that a node takes to be written."""
    graph = recorded(n)
    return seconds(lambda: draw(graph, max_nodes=ANY_SIZE).dot) / n


def collapsed() -> str:
    """The picture of a network of scalars on 100 points, as the reader gets it who asks for no more."""
    (points, labels), network = moons(), nn.Network(SIZES[0], SIZES[1:], "relu", seed=0)
    losses = [(1.0 - y * network(*point)).relu() for point, y in zip(points, labels, strict=True)]
    return draw(sum(losses[1:], losses[0])).dot


def rows() -> Iterator[Row]:
    """Cost against recording, growth, and boxes."""
    graph = recorded(NODES)
    ratios = times_the_time(lambda: draw(graph, max_nodes=ANY_SIZE).dot, lambda: recorded(NODES), PAIRS)
    yield Row(f"a graph of {NODES:,} nodes as DOT", "recording it", ratios, THE_TIME, at_most=30)
    growth = [writing(MANY) / writing(FEW) for _ in range(PAIRS)]
    yield Row(f"{MANY:,} nodes as DOT", f"{FEW:,}", growth, "times a node", at_most=1.3)
    boxes = [float(len(BOX.findall(collapsed())))]
    yield Row("picture of the 2-16-16-1 of scalars, 100 points", "", boxes, "boxes", at_most=36)
