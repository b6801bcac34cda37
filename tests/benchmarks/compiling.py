"""How long it takes to compile: the first call, for each line of the program that it writes.

Loops as people write them, unrolled: one of scalars over observations, and an LSTM over time. The time is
that of the processor, the collector as Python sets it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

import autodiff
from autodiff import sigmoid, tanh

from .harness import Row
from .moons import hinge, moons, network, objective
from .rosenbrock import X, rosenbrock

Work: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function, and the arguments for which it is compiled."""

TIMES = 3
"""Programs of each kind that are timed."""

UNIT = "ms per line of the program"


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
    doubled = [first_call(lstm(40))[0] / first_call(lstm(20))[0] for _ in range(TIMES)]
    yield Row("compile", "an LSTM of 40 steps beside one of 20", doubled, "times the time", at_most=2.2)
