"""How long it takes to compile: the first call, for each line of the program that it writes.

Loops as people write them, unrolled: one of scalars over observations, and an LSTM over time. The time is
that of the processor, the collector as Python sets it.

The loop over 20 observations takes three times 0.16 ms per line of its program. That program is short, 389
lines, because the loop became columns: 13,557 operations are recorded for it, at 0.012 ms each, which a
second row tells. Where the time goes, in milliseconds out of 175:

    f, traced                                               21, of which 6 are f without a tracer
    f once more, to find out whether it does the same       16
    both held together, operation by operation              17
    what is alike found and put side by side                39
    the derivative, names, lines, what tells of nan         22
    rewriting, lowering, buffers, text, Python's compile    45, or 0.12 per line
    the call itself, its arguments, what it closes over     15

What depends on lines is below the target, then; what depends on operations is the rest, and takes 0.2 ms per
line even if no column were looked for. Tried, and in place: the second call of f gets the gradients of the
first, so that no derivative and no column is recorded twice (it was a third of the time); the user's line of
each node is found by code and place, not by counting lines; one entry for kind and place of a Value; members
of a kind that no column changes are not touched. Less would be had without the second call, which finds
random numbers and counters in f; they would be silently wrong.

An unrolled LSTM takes 0.11 ms per line: tracing 20 %, columns, which only x·W becomes, 15 %, rewriting 25 %,
lowering and buffers 17 %, Python's own compile 9 %; the collector takes 5 %. Its time is linear in the steps
since no array of all steps is filled for each of them only to learn its shape.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, TypeAlias

import numpy as np

import autodiff
from autodiff import sigmoid, tanh
from autodiff.values import modes

from .harness import Row
from .moons import hinge, moons, network, objective
from .rosenbrock import X, rosenbrock

Work: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function, and the arguments for which it is compiled."""

TIMES = 5
"""Programs of each kind that are timed."""

UNIT = "ms per line of the program"

OF_THE_LOOP = "ms per operation of the loop"
"""Operations of f itself, counted as they are recorded in one call: the derivative is not among them."""


def observations(n: int = 20) -> Work:
    """Micrograd's demo, its loop over so many rows."""
    (points, labels), layers = moons(n), network(float)

    def loss(layers: Any) -> Any:
        losses = [hinge(layers, x, y) for x, y in zip(points, labels, strict=True)]
        return objective(layers, sum(losses), n)

    return autodiff.value_and_grad(loss), (layers,)


def lstm(steps: int, batch: int = 32, features: int = 16, hidden: int = 64) -> Work:
    """An LSTM over so many steps, in a loop; Σh² of its last state."""
    draw = np.random.default_rng(0)
    xs, start = draw.normal(size=(steps, batch, features)), np.zeros((batch, hidden))
    W = draw.normal(0.0, 0.1, (features, 4 * hidden))
    U = draw.normal(0.0, 0.1, (hidden, 4 * hidden))

    def loss(W: Any, U: Any, b: Any) -> Any:
        h = c = start
        for x in xs:
            z = x @ W + h @ U + b
            i, f, g, o = (z[:, k * hidden : (k + 1) * hidden] for k in range(4))
            c = sigmoid(f) * c + sigmoid(i) * tanh(g)
            h = sigmoid(o) * tanh(c)
        return (h * h).sum()

    return autodiff.value_and_grad(loss, (0, 1, 2)), (W, U, np.zeros(4 * hidden))


def first_call(work: Work) -> tuple[float, int]:
    """Seconds of the first call, and the lines of the program."""
    f, arguments = work
    program = autodiff.compile(f)
    gc.collect()
    start = time.process_time()
    program(*arguments)
    return time.process_time() - start, program.source.count("\n")


def operations(work: Work) -> int:
    """How many operations one call records."""
    f, arguments = work
    born = count()
    with modes.mode(lambda node: (next(born), node)[1]):
        f(*arguments)
    return next(born)


def rows() -> Iterator[Row]:
    """Milliseconds per line; and whether a loop of twice the length takes twice the time."""
    works: dict[str, Work] = {
        "a loop over 20 observations": observations(),
        "an LSTM of 20 steps, unrolled": lstm(20),
        "the Hessian of Rosenbrock's function": (autodiff.hessian(rosenbrock), (X,)),
    }
    for name, work in works.items():
        figures = [1e3 * elapsed / lines for elapsed, lines in (first_call(work) for _ in range(TIMES))]
        yield Row("compile", name, figures, UNIT, at_most=None if "Hessian" in name else 0.16)
    loop = works["a loop over 20 observations"]
    figures = [1e3 * first_call(loop)[0] / operations(loop) for _ in range(TIMES)]
    yield Row("compile", "the same loop, before it becomes columns", figures, OF_THE_LOOP)
    doubled = [first_call(lstm(40))[0] / first_call(lstm(20))[0] for _ in range(TIMES)]
    yield Row("compile", "an LSTM of 40 steps beside one of 20", doubled, "times the time", at_most=2.2)
