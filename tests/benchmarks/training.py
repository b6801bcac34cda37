"""Training and minimising by a program, beside the same by the engine: with all that each does besides.

A network with batch normalisation and dropout, 16-64-1, batches of 32; the Rosenbrock function of 100
unknowns by BFGS and L-BFGS; a network's loss on 512 observations by L-BFGS, its residuals by
Levenberg-Marquardt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import nn
from optim import bfgs, l_bfgs

from .harness import AS_FAST, Row, times_as_fast
from .rosenbrock import rosenbrock

ENGINE = "the engine"
_draw = np.random.default_rng(0)
X = _draw.normal(size=(512, 16))
Y = np.tanh(X[:, 0]) * X[:, 1]
START = np.tile([-1.2, 1.0], 50)

Train = Callable[[bool], Any]


def _normalised(compiled: bool) -> Any:
    model = nn.Sequential(
        nn.Linear(16, 64, seed=0),
        nn.BatchNorm(64),
        nn.relu,
        nn.Dropout(0.2, seed=1),
        nn.Linear(64, 1, seed=2),
    )
    return nn.fit(model, X, Y, epochs=20, seed=0, progress=False, compiled=compiled)


def _second_order(optimizer: str, epochs: int) -> Train:
    def train(compiled: bool) -> Any:
        model = nn.MLP(16, [8, 1], activation="tanh", seed=0)
        options: dict[str, Any] = {"optimizer": optimizer, "epochs": epochs, "compiled": compiled}
        return nn.fit(model, X, Y, progress=False, **options)

    return train


WORKS: dict[str, Train] = {
    "fit with BatchNorm and Dropout, 320 steps": _normalised,
    "fit by l-bfgs, 300 steps": _second_order("l-bfgs", 300),
    "fit by levenberg-marquardt, 60 steps": _second_order("levenberg-marquardt", 60),
    "Rosenbrock, 100 unknowns, BFGS": lambda compiled: bfgs(rosenbrock, START, compiled=compiled),
    "Rosenbrock, 100 unknowns, L-BFGS": lambda compiled: l_bfgs(rosenbrock, START, compiled=compiled),
}


def rows() -> Iterator[Row]:
    """From the first step to the last, compiling included."""
    for name, train in WORKS.items():
        assert train(True).engine.startswith("compiled")
        ratios = times_as_fast(lambda t=train: t(True), lambda t=train: t(False), 5, (1, 1))  # type: ignore[misc]
        yield Row(f"{name}, by a program", ENGINE, ratios, AS_FAST, at_least=1.0)
