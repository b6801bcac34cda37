"""What the pictures and the live pages of the documentation show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from autodiff import Value, animate, exp, jit, play, scan, sigmoid, tree, value_and_grad
from optim import least_squares


def loss(w: Any, b: Any, x: Any, y: Any) -> Any:
    """The README's."""
    a = sigmoid(w * x + b)
    if isinstance(a, Value):
        a.name = "a"
    return (y - a) ** 2


def example() -> tuple[Value, Value]:
    """R and w of the README."""
    w, x, b = Value(0.5, "w"), Value(2.0, "x", constant=True), Value(0.1, "b")
    R = (Value(1.0, "y", constant=True) - sigmoid(w * x + b)) ** 2
    R.name = "R"
    return R, w


def recurrence() -> tuple[Value, Value]:
    """How far from 1 a recurrent network of one node ends, and its weight."""
    w, u = Value(0.5, "w"), Value(0.3, "u")
    h, _ = scan(lambda h, x: (np.tanh(w * h + u * x), None), 0.1, np.linspace(-1.0, 1.0, 50))
    return (h - 1.0) ** 2, w


def moons() -> Any:
    """The live page of a small network and two half moons."""
    rng = np.random.default_rng(0)
    angle = np.pi * rng.random(60)
    upper = np.arange(60) % 2 == 0
    X = np.where(
        upper[:, None],
        np.stack([np.cos(angle), np.sin(angle)], 1),
        np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1),
    )
    return nn.play(
        nn.MLP(2, [8, 1], activation="tanh", seed=0),
        X + 0.1 * rng.normal(size=X.shape),
        upper[:, None].astype(float),
        nn.binary_cross_entropy,
    )


def cells() -> dict[str, Any]:
    """What cells of a notebook end with, and what that is."""
    R, w = example()
    R.backward()
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2))
    model = nn.MLP(2, [8, 1], activation="tanh", seed=0)
    history = nn.fit(model, X, X[:, 0] * X[:, 1], epochs=60, lr=0.03, validation=0.25, seed=0, progress=False)
    t = np.linspace(0.0, 4.0, 9)
    y = np.array([5.1, 4.0, 3.3, 2.5, 2.1, 1.7, 1.4, 1.0, 0.9])
    program = jit(value_and_grad(loss))
    program(0.5, 0.1, 2.0, 1.0)
    source = program.source
    return {
        "w": w,
        "model.layers[0].weight": model.layers[0].weight,
        "tree(R)": tree(R),
        "least_squares(lambda a, b: y - a * exp(-b * t), (1.0, 1.0))": least_squares(
            lambda a, b: y - a * exp(-b * t), (1.0, 1.0)
        ),
        "nn.fit(model, X, y, validation=0.25, …)": history,
        "program": type(source)(source[source.index("def loss") :]),
    }


def propagation() -> Any:
    """The two passes through the lecture's network."""
    return animate(nn.lecture.loss(nn.lecture.network(), 1), each_operation=False)


LIVE: dict[str, Callable[[], Any]] = {
    "play": lambda: play(example()[0]),
    "network": moons,
    "backpropagation": propagation,
}
"""Pages by the names of the pictures that show them."""
