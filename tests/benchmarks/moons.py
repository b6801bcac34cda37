"""Micrograd's demo: a 2-16-16-1 network of scalars on 100 points of two half moons.

Hinge loss plus 10⁻⁴ Σθ², forward and backward, the same code for both engines. As in the demo the
points are wrapped as Values, and several passes follow each other. The cyclic garbage collector is on,
as Python sets it: micrograd's graphs are reference cycles, so each pass works beside the remains of
the last until the collector comes by. What remains of the peer is collected before our time starts.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from autodiff import Value

from .harness import AS_FAST, Row, missing, times_as_fast

WORK = "moons, 2-16-16-1 of scalars"
PEER = "micrograd 0.1.0"
SIZES = (2, 16, 16, 1)
PASSES = 3

Neuron = tuple[list[Any], Any]


def moons(n: int = 100, noise: float = 0.1, seed: int = 1) -> tuple[list[list[float]], list[float]]:
    """Points of two interleaved half circles, and their labels ±1."""
    draw = random.Random(seed)
    points, labels = [], []
    for i in range(n):
        angle, upper = draw.uniform(0.0, math.pi), i % 2 == 0
        x, y = math.cos(angle), math.sin(angle)
        point = (x, y) if upper else (1.0 - x, 0.5 - y)
        points.append([coordinate + draw.gauss(0.0, noise) for coordinate in point])
        labels.append(1.0 if upper else -1.0)
    return points, labels


def network(number: Callable[[float], Any], seed: int = 1337) -> list[list[Neuron]]:
    """Layers of neurons, each its weights and its bias, as micrograd draws them."""
    draw = random.Random(seed)
    return [
        [([number(draw.uniform(-1.0, 1.0)) for _ in range(n)], number(0.0)) for _ in range(m)]
        for n, m in pairwise(SIZES)
    ]


def score(layers: list[list[Neuron]], x: Sequence[Any]) -> Any:
    """Output of the network: relu layers, the last one linear."""
    for layer in layers:
        sums = [sum((w * xi for w, xi in zip(weights, x, strict=True)), bias) for weights, bias in layer]
        x = sums if layer is layers[-1] else [z.relu() for z in sums]
    return x[0]


def learning(number: Callable[[float], Any], ungraded: float | None) -> Callable[[], list[float]]:
    """One forward and backward pass, as a function that returns the gradient of the loss."""
    points, labels = moons()
    layers = network(number)
    parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]

    def step() -> list[float]:
        for p in parameters:
            p.grad = ungraded
        scores = [score(layers, [number(x) for x in point]) for point in points]
        losses = [(1.0 + -label * s).relu() for label, s in zip(labels, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        loss.backward()
        return [p.grad for p in parameters]

    return step


def rows() -> Iterator[Row]:
    """How many times as fast as micrograd."""
    try:
        from micrograd import engine
    except ImportError:
        yield missing(WORK, PEER)
        return
    ours, theirs = learning(Value, None), learning(engine.Value, 0.0)
    for a, b in zip(ours(), theirs(), strict=True):
        assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12), f"gradients differ: {a} and {b}"
    yield Row(WORK, PEER, times_as_fast(ours, theirs, pairs=7, repeats=PASSES), AS_FAST, at_least=8)
