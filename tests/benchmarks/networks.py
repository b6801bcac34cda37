"""Networks of relu layers on arrays, in both precisions: a demo, a first project, and a real one.

Compiled, the demo misses 1.05 of the time by hand in float64: 1.07 to 1.09. Its lines take 0.96; memory
from the pool, checks of six arrays and Python's calls add 2.8 µs to 24. See `lecture` for what was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from .harness import Row
from .learning import Task
from .libraries import Library
from .moons import moons
from .perceptron import Array, by_hand, cross_entropy, hinge, initial


def scores(relu: Callable[[Any], Any], x: Any, θ: tuple[Any, ...]) -> Any:
    """Output of the last, linear layer."""
    for w, b in zip(θ[:-2:2], θ[1:-2:2], strict=True):
        x = relu(x @ w + b)
    return x @ θ[-2] + θ[-1]


def demo(dtype: Any = np.float64) -> Task:
    """Micrograd's network and points, on arrays: hinge loss."""
    points, labels = moons()
    X, y, θ = np.array(points, dtype), np.array(labels, dtype)[:, None], initial(2, 16, 16, 1, dtype=dtype)

    def loss(library: Library) -> Callable[..., Any]:
        x, minus_y, relu, share = library.constant(X), library.constant(-y), library.relu, 1.0 / len(y)
        return lambda *θ: relu(minus_y * scores(relu, x, θ) + 1.0).sum() * share

    head = partial(by_hand, X, θ, hinge(y))
    return Task("2-16-16-1 on arrays, 100 points", loss, θ, head, **targets(dtype, 1.44, 1.0))


def classifier(batch: int, *sizes: int, pytorch_at_least: float, dtype: Any = np.float64) -> Task:
    """Softmax cross-entropy on random observations."""
    draw = np.random.default_rng(7)
    X, θ = draw.random((batch, sizes[0])).astype(dtype), initial(*sizes, dtype=dtype)
    labels: Array = np.eye(sizes[-1], dtype=dtype)[draw.integers(sizes[-1], size=batch)]

    def loss(library: Library) -> Callable[..., Any]:
        x, y, relu = library.constant(X), library.constant(labels), library.relu
        return lambda *θ: library.cross_entropy(scores(relu, x, θ), y)

    name = f"{'-'.join(map(str, sizes))}, batch {batch}"
    head = partial(by_hand, X, θ, cross_entropy(labels))
    return Task(name, loss, θ, head, **targets(dtype, pytorch_at_least, 1.2))


def targets(dtype: Any, pytorch_at_least: float, jax_at_most: float) -> dict[str, float]:
    """What is to be reached, in double precision: eager beside PyTorch, compiled beside JAX and by hand."""
    if dtype != np.float64:
        return {}
    return {"pytorch_at_least": pytorch_at_least, "jax_at_most": jax_at_most, "compiled_at_most": 1.05}


def rows() -> Iterator[Row]:
    """Each beside NumPy by hand and the other libraries."""
    for dtype in (np.float64, np.float32):
        yield from demo(dtype).rows()
        yield from classifier(64, 64, 128, 10, pytorch_at_least=1.31, dtype=dtype).rows()
        yield from classifier(128, 784, 256, 128, 10, pytorch_at_least=0.77, dtype=dtype).rows()
