"""Networks of relu layers on arrays by hand: back propagation in place, for any sizes and two losses.

A head takes the scores of all observations, gives the loss, and leaves ∂loss/∂scores in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy import add, copyto, dot, exp, greater, log, maximum, multiply, subtract, vdot

from .libraries import Arrays

__all__ = ["Array", "by_hand", "cross_entropy", "hinge", "initial"]

Array: TypeAlias = np.ndarray[Any, Any]
Head: TypeAlias = Callable[[Array], Any]


def by_hand(X: Array, parameters: Arrays, head: Head) -> Callable[..., tuple[Any, Arrays]]:
    """Loss and gradient as a function of weights and biases by turns, with buffers made once.

        Aₗ = max(Aₗ₋₁·Wₗ + bₗ, 0),   ∂Wₗ = Aₗ₋₁ᵀ·G,   ∂bₗ = 1ᵀ·G,   G ← (G·Wₗᵀ)·[Aₗ₋₁ > 0]

    A layer's activations make room for their gradient when the last of them was read. Where a unit is
    alive is copied into floats, which costs less than a product of floats and booleans.
    """
    n, gradient, dtype = len(X), [np.empty_like(p) for p in parameters], X.dtype
    ones, scores = np.ones(n, dtype), np.empty((n, len(parameters[-1])), dtype)
    hidden = [np.empty((n, len(b)), dtype) for b in parameters[1:-2:2]]
    alive = [(np.empty(a.shape, bool), np.empty_like(a)) for a in hidden]
    inputs = [X, *hidden]
    transposed = [x.T for x in inputs]
    last = len(hidden)

    def step(*θ: Array) -> tuple[Any, Arrays]:
        for i, z in enumerate(hidden):
            dot(inputs[i], θ[2 * i], out=z)
            add(z, θ[2 * i + 1], out=z)
            maximum(z, 0.0, out=z)
        dot(inputs[last], θ[-2], out=scores)
        add(scores, θ[-1], out=scores)
        loss = head(scores)
        g = scores
        for i in range(last, 0, -1):
            dot(transposed[i], g, out=gradient[2 * i])
            dot(ones, g, out=gradient[2 * i + 1])
            a, (live, factor) = inputs[i], alive[i - 1]
            greater(a, 0.0, out=live)
            copyto(factor, live)
            dot(g, θ[2 * i].T, out=a)
            multiply(a, factor, out=a)
            g = a
        dot(transposed[0], g, out=gradient[0])
        dot(ones, g, out=gradient[1])
        return loss, gradient

    return step


def cross_entropy(labels: Array) -> Head:
    """Mean cross-entropy of the softmax, for one-hot labels.   ∂ = (softmax − labels) / n"""
    n, classes = labels.shape
    share, ones = labels / n, np.ones(classes, labels.dtype)
    largest, total, logs = (np.empty(shape, labels.dtype) for shape in ((n, 1), n, n))
    column = total[:, None]

    def head(g: Array) -> Any:
        maximum.reduce(g, axis=1, keepdims=True, out=largest)
        subtract(g, largest, out=g)
        chosen = vdot(share, g)
        exp(g, out=g)
        dot(g, ones, out=total)
        log(total, out=logs)
        multiply(total, n, out=total)
        g /= column
        subtract(g, share, out=g)
        return add.reduce(logs) / n - chosen

    return head


def hinge(y: Array) -> Head:
    """Mean of max(1 − y·score, 0), for labels ±1 in a column."""
    n, opposite, slope = len(y), -y, -y / len(y)
    ones, live, margin = np.ones_like(y), np.empty(y.shape, bool), np.empty_like(y)

    def head(g: Array) -> Any:
        multiply(g, opposite, out=margin)
        add(margin, 1.0, out=margin)
        maximum(margin, 0.0, out=margin)
        greater(margin, 0.0, out=live)
        copyto(g, live)
        multiply(g, slope, out=g)
        return vdot(ones, margin) / n

    return head


def initial(*sizes: int, seed: int = 7, dtype: Any = np.float64) -> list[Array]:
    """Weights and biases by turns, with He's deviation."""
    draw = np.random.default_rng(seed)
    layers = [(draw.normal(0.0, np.sqrt(2.0 / n), (n, m)), np.zeros(m)) for n, m in pairwise(sizes)]
    return [array.astype(dtype) for layer in layers for array in layer]
