"""Micrograd's demo: a 2-16-16-1 network of scalars on 100 points of two half moons.

Hinge loss plus 10⁻⁴ Σθ², forward and backward, the same code for both engines. As in the demo the
points are wrapped as Values, and several passes follow each other. The cyclic garbage collector is on,
as Python sets it: micrograd's graphs are reference cycles, so each pass works beside the remains of
the last until the collector comes by. What remains of the peer is collected before our time starts.

The loss of one point is written once. Called with columns, one array a coordinate, it is the loss of all.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

import autodiff
from autodiff import Value

from .harness import AS_FAST, THE_TIME, Row, Work, missing, times_as_fast, times_the_time

WORK = "moons, 2-16-16-1 of scalars, 100 points"
PEER = "micrograd 0.1.0"
SIZES = (2, 16, 16, 1)
PASSES = 3
PAIRS = 5

Neuron: TypeAlias = tuple[list[Any], Any]
Layers: TypeAlias = list[list[Neuron]]


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


def network(number: Callable[[float], Any], seed: int = 1337) -> Layers:
    """Layers of neurons, each its weights and its bias, as micrograd draws them."""
    draw = random.Random(seed)
    return [
        [([number(draw.uniform(-1.0, 1.0)) for _ in range(n)], number(0.0)) for _ in range(m)]
        for n, m in pairwise(SIZES)
    ]


def parameters(layers: Layers) -> list[Any]:
    """All weights and biases, in order."""
    return [p for layer in layers for weights, bias in layer for p in (*weights, bias)]


def score(layers: Layers, x: Sequence[Any]) -> Any:
    """Output of the network: relu layers, the last one linear."""
    for layer in layers:
        sums = [sum((w * xi for w, xi in zip(weights, x, strict=True)), bias) for weights, bias in layer]
        x = sums if layer is layers[-1] else [z.relu() for z in sums]
    return x[0]


def hinge(layers: Layers, x: Sequence[Any], label: Any) -> Any:
    """Loss of one point, or of each point of two columns."""
    return (1.0 + -label * score(layers, x)).relu()


def objective(layers: Layers, total: Any, n: int) -> Any:
    """Mean loss of the points, and a price on large parameters."""
    return total * (1.0 / n) + 1e-4 * sum(p * p for p in parameters(layers))


# -- the ways to run it ----------------------------------------------------------------------------


def by_points(number: Callable[[float], Any], ungraded: float | None) -> Callable[[], list[float]]:
    """One forward and backward pass, as a function that returns the gradient of the loss."""
    (points, labels), layers = moons(), network(number)
    θ = parameters(layers)

    def step() -> list[float]:
        for p in θ:
            p.grad = ungraded
        losses = [
            hinge(layers, [number(x) for x in point], label)
            for point, label in zip(points, labels, strict=True)
        ]
        objective(layers, sum(losses), len(losses)).backward()
        return [p.grad for p in θ]

    return step


def columns() -> tuple[list[np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
    """The points as one array a coordinate, and the labels."""
    points, labels = moons()
    return list(np.array(points).T.copy()), np.array(labels)


def by_columns() -> Callable[[], list[float]]:
    """The same in one evaluation of the network, on columns."""
    (x, labels), layers = columns(), network(Value)
    θ = parameters(layers)

    def step() -> list[float]:
        for p in θ:
            p.grad = None
        objective(layers, hinge(layers, x, labels).sum(), len(labels)).backward()
        return [p.grad for p in θ]

    return step


def compiled() -> Callable[[], list[float]]:
    """The same as a program of the parameters, floats in the network's own structure."""
    (x, labels), layers = columns(), network(float)

    def loss(layers: Layers) -> Any:
        return objective(layers, hinge(layers, x, labels).sum(), len(labels))

    program = autodiff.compile(autodiff.value_and_grad(loss))
    return lambda: parameters(program(layers)[1])


def compiled_loop() -> Callable[[], list[float]]:
    """The loop over the points as a program, as it stands: the parameters are Values that it closes over."""
    (points, labels), layers = moons(), network(Value)
    θ = parameters(layers)

    def step() -> list[float]:
        losses = [
            hinge(layers, [Value(x) for x in point], label)
            for point, label in zip(points, labels, strict=True)
        ]
        slopes: list[float] = autodiff.gradients(objective(layers, sum(losses), len(losses)), θ)
        return slopes

    return autodiff.compile(step)


def compiled_loop_of_points() -> Callable[[], list[float]]:
    """The loop as a program of the parameters and of the points."""
    (points, labels), layers = moons(), network(float)

    def loss(layers: Layers, points: list[list[float]], labels: list[float]) -> Any:
        losses = [hinge(layers, point, label) for point, label in zip(points, labels, strict=True)]
        return objective(layers, sum(losses), len(losses))

    program = autodiff.compile(autodiff.value_and_grad(loss))
    return lambda: parameters(program(layers, points, labels)[1])


def first_call(way: str, make: Callable[[], Work], theirs: Work) -> Row:
    """The first call of a program, which is compiled in it, in steps of micrograd."""
    ratios = times_the_time(lambda: make()(), theirs, PAIRS, (1, 1))
    return Row(way, PEER, ratios, THE_TIME, at_most=1)


LOOPS = {
    "the loop over points, compiled": compiled_loop,
    "the same, points as arguments": compiled_loop_of_points,
}


# -- beside micrograd ------------------------------------------------------------------------------


def compared(way: str, ours: Work, theirs: Work, at_least: float, repeats: tuple[int | None, int]) -> Row:
    """How many times as fast, after the gradients were compared."""
    for a, b in zip(ours(), theirs(), strict=True):
        assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12), f"gradients differ: {a} and {b}"
    return Row(way, PEER, times_as_fast(ours, theirs, PAIRS, repeats), AS_FAST, at_least=at_least)


def rows() -> Iterator[Row]:
    """Eager, eager on columns, and compiled on columns."""
    try:
        from micrograd import engine
    except ImportError:
        yield missing(WORK, PEER)
        return
    theirs = by_points(engine.Value, 0.0)
    yield compared(f"{WORK}, eager", by_points(Value, None), theirs, 10, (PASSES, PASSES))
    yield compared("the same code on columns, eager", by_columns(), theirs, 200, (None, PASSES))
    yield compared("the same code on columns, compiled", compiled(), theirs, 1000, (None, PASSES))
    for way, make in LOOPS.items():
        yield first_call(f"{way}, first call", make, theirs)
        yield compared(f"{way}, from then on", make(), theirs, 5000, (None, PASSES))
