"""A 784-256-128-10 network, batch 128, float64: relu hidden layers, softmax cross-entropy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from .harness import Row
from .peers import Arrays, Library, compared

SIZES = (784, 256, 128, 10)
BATCH = 128

_draw = np.random.default_rng(7)
X = _draw.random((BATCH, SIZES[0]))
LABELS = np.eye(SIZES[-1])[_draw.integers(SIZES[-1], size=BATCH)]
PARAMETERS = [
    array for n, m in pairwise(SIZES) for array in (_draw.normal(0.0, np.sqrt(2.0 / n), (n, m)), np.zeros(m))
]


def loss(library: Library) -> Callable[..., Any]:
    """Mean cross-entropy as a function of the weights and biases."""
    x, labels, relu = library.constant(X), library.constant(LABELS), library.relu

    def cross_entropy(w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
        hidden = relu(relu(x @ w1 + b1) @ w2 + b2)
        return library.cross_entropy(hidden @ w3 + b3, labels)

    return cross_entropy


def by_hand() -> Arrays:
    """The loss and its gradient by the closed-form formulas; every temporary is reused in place."""
    w1, b1, w2, b2, w3, b3 = PARAMETERS
    a1 = _affine(X, w1, b1)
    np.maximum(a1, 0.0, out=a1)
    a2 = _affine(a1, w2, b2)
    np.maximum(a2, 0.0, out=a2)
    g = _affine(a2, w3, b3)
    g -= g.max(axis=1, keepdims=True)
    chosen = np.vdot(LABELS, g)
    np.exp(g, out=g)
    total = g.sum(axis=1, keepdims=True)
    (np.log(total).sum() - chosen) / BATCH  # the loss itself
    g /= total
    g -= LABELS
    g /= BATCH
    dw3, db3 = a2.T @ g, g.sum(axis=0)
    g = g @ w3.T
    g *= a2 > 0.0
    dw2, db2 = a1.T @ g, g.sum(axis=0)
    g = g @ w2.T
    g *= a1 > 0.0
    return X.T @ g, g.sum(axis=0), dw2, db2, dw3, db3


def _affine(x: Any, w: Any, b: Any) -> Any:
    z = x @ w
    z += b
    return z


def rows() -> Iterator[Row]:
    """Beside PyTorch, HIPS autograd, MyGrad and NumPy by hand."""
    return compared("784-256-128-10, batch 128", loss, PARAMETERS, by_hand, by_hand_at_most=1.3)
