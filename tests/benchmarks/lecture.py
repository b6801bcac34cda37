"""The lecture's 2-2-1 network on arrays: both observations at once, R = Σ (a⁽²⁾ − y)²."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .harness import Row
from .peers import Arrays, Library, compared

X = np.array([[3.0, -2.0], [-1.0, 1.0]])
Y = np.array([[1.2], [0.7]])
PARAMETERS = (
    np.array([[0.2, 0.3], [0.4, 0.5]]),  # W⁽¹⁾: a row an input, a column a node
    np.array([0.1, 0.6]),
    np.array([[0.6], [0.2]]),
    np.array([0.4]),
)


def loss(library: Library) -> Callable[..., Any]:
    """R as a function of the weights and biases: sigmoid hidden layer, identity output."""
    x, y, sigmoid = library.constant(X), library.constant(Y), library.sigmoid

    def r(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        residual = sigmoid(x @ w1 + b1) @ w2 + b2 - y
        return (residual * residual).sum()

    return r


def by_hand() -> Arrays:
    """R and its gradient by the closed-form formulas; every temporary is reused in place."""
    w1, b1, w2, b2 = PARAMETERS
    a = X @ w1
    a += b1
    np.negative(a, out=a)
    np.exp(a, out=a)
    a += 1.0
    np.reciprocal(a, out=a)
    g = a @ w2
    g += b2
    g -= Y
    np.vdot(g, g)  # R itself
    g *= 2.0
    dw2, db2 = a.T @ g, g.sum(axis=0)
    slope = 1.0 - a
    slope *= a
    slope *= g @ w2.T
    return X.T @ slope, slope.sum(axis=0), dw2, db2


def rows() -> Iterator[Row]:
    """Beside PyTorch, HIPS autograd, MyGrad and NumPy by hand."""
    return compared("the lecture's 2-2-1 on arrays", loss, PARAMETERS, by_hand, pytorch_at_least=2)
