"""A graph of a million nodes, seen: the seconds and the memory that each way of looking at it takes.

Micrograd's network of scalars on 1,525 points, and a recurrence that is as deep as it is long. Each look is
taken in a process of its own: the graph is recorded and frozen, then looked at once.

Nothing is made for each node: to make and keep a million small objects takes 1.2 s, to make and drop them
0.13, and a pass over lists of numbers 0.1. Of the 8 to 10 s of drawing or explaining, about 1 s goes into
finding the nodes and numbering them; 2 s into deciding which parts a reader would put, a rule for each node
in the order of the graph; up to 1 s into names; and 3 s into what is alike, or into the links of the chain
rule. A million nodes take 9 to 11 times the time of 100,000.
"""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import nn
from autodiff import Value, animate, draw, explain, formula, nudges, tanh, tree

from .harness import Row
from .peak import peak_megabytes, reset_peak

FEW, MANY = 100_000, 1_000_000
SECONDS, GROWTH, MEGABYTES = 10, 12, 1000
FROZEN = "collector frozen"

Graph = tuple[Value, Value]


def moons(n: int) -> Graph:
    """A loss of about n nodes over points, and a weight."""
    draw_from, network, losses = random.Random(0), nn.Network(2, [16, 16, 1], "relu", seed=0), []
    for _ in range(n // 656):
        label = draw_from.choice((-1.0, 1.0))
        losses.append((1.0 - label * network(draw_from.gauss(0.0, 1.0), draw_from.gauss(0.0, 1.0))).relu())
    return sum(losses[1:], losses[0]) * (1.0 / len(losses)), network.parameters()[0]


def recurrence(n: int) -> Graph:
    """h ← tanh(w·h + u·x) until there are about n nodes, and w."""
    draw_from, w, u, h = random.Random(0), Value(0.9, "w"), Value(0.1, "u"), Value(0.0, "h")
    for _ in range(n // 5):
        h = tanh(w * h + u * draw_from.random())
    return h, w


GRAPHS: Mapping[str, Callable[[int], Graph]] = {"moons": moons, "a recurrence": recurrence}
LOOKS: Mapping[str, Callable[[Value, Value], Any]] = {
    "draw": lambda f, _: draw(f).dot,
    "explain": lambda f, w: str(explain(f, w)),
    "formula": lambda f, _: str(formula(f)),
    "animate": lambda f, _: repr(animate(f)),
    "tree": lambda f, _: str(tree(f)),
    "nudges": lambda f, w: str(nudges(f, w)),
}


def looked(graph: str, look: str, n: int) -> tuple[float, float]:
    """Processor time and megabytes that a look takes, in a process of its own."""
    code = f"from tests.benchmarks.million import here; here({graph!r}, {look!r}, {n})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def here(graph: str, look: str, n: int) -> None:
    """Take a look in this process, and print what it took."""
    f, w = GRAPHS[graph](n)
    f.backward()
    gc.collect()
    gc.freeze()
    reset_peak()
    before, start = peak_megabytes(), time.process_time()
    LOOKS[look](f, w)
    print(time.process_time() - start, peak_megabytes() - before)


def rows() -> Iterator[Row]:
    """Seconds, growth and memory of each look at each graph."""
    for graph in GRAPHS:
        for look in LOOKS:
            work = f"{look} of {MANY:,} nodes, {graph}"
            seconds, megabytes = looked(graph, look, MANY)
            ratio = seconds / looked(graph, look, FEW)[0]
            yield Row(work, "", [seconds], "s", at_most=SECONDS, collector=FROZEN)
            yield Row(work, f"{FEW:,} nodes", [ratio], "times the time", at_most=GROWTH, collector=FROZEN)
            yield Row(work, "", [megabytes], "MB more", at_most=MEGABYTES, collector=FROZEN)
