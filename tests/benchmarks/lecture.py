"""The lecture's 2-2-1 network on arrays: both observations at once, R = Σ (a⁽²⁾ − y)².

Compiled, 1.05 of the time by hand is missed: about 1.2. The lines alone take as long as by hand (8.5 µs),
with a minus sign more in the sigmoid. Memory from the pool adds 0.1 µs, checks 1.4, and `Program.__call__`
0.4. The checks are of four arrays for type, shape and dtype (0.34 timed alone), of the x and y that the loss
reads for what was written into them (0.13 each), and of nan. They stay: without them a program would be
wrong in silence. Tried without gain: the pool written into the function that checks (9.91 µs against 9.93),
and all shapes compared at once (0.33 against 0.34).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy import add, dot, exp, multiply, negative, reciprocal, subtract, vdot

from .harness import Row
from .learning import Task
from .libraries import Arrays, Library

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


def by_hand() -> Callable[..., tuple[Any, Arrays]]:
    """R and its gradient by the closed-form formulas, all in place.

    `dot` costs less than `matmul` at this size, and a product with ones less than a sum.
    """
    a, slope, back = np.empty((3, 2, 2))
    e, ones = np.empty((2, 1)), np.ones(2)
    dw1, db1, dw2, db2 = gradient = [np.empty_like(p) for p in PARAMETERS]
    xt, at = X.T, a.T

    def step(w1: Any, b1: Any, w2: Any, b2: Any) -> tuple[Any, Arrays]:
        dot(X, w1, out=a)
        add(a, b1, out=a)
        negative(a, out=a)
        exp(a, out=a)
        add(a, 1.0, out=a)
        reciprocal(a, out=a)
        dot(a, w2, out=e)
        add(e, b2, out=e)
        subtract(e, Y, out=e)
        r = vdot(e, e)
        add(e, e, out=e)  # ∂R/∂a⁽²⁾
        dot(at, e, out=dw2)
        dot(ones, e, out=db2)
        multiply(a, a, out=slope)
        subtract(a, slope, out=slope)  # a·(1 − a)
        multiply(e, w2.T, out=back)
        multiply(slope, back, out=slope)
        dot(xt, slope, out=dw1)
        dot(ones, slope, out=db1)
        return r, gradient

    return step


def rows() -> Iterator[Row]:
    """Beside NumPy by hand and the other libraries."""
    return Task(
        "the lecture's 2-2-1 on arrays", loss, PARAMETERS, by_hand,
        pytorch_at_least=1.35, jax_at_most=1, compiled_at_most=1.05,
    ).rows()  # fmt: skip
