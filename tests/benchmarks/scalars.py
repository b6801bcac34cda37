"""The lecture's 2-2-1 network in scalars, one number a parameter: both observations, value and gradient.

Compiled, beside jax.jit of the same formulas. Each is called as its users would: with floats, and with
JAX's own numbers, whose results are waited for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import autodiff

from .harness import AS_FAST, Row, missing, times_as_fast
from .libraries import jax_modules

WORK = "the lecture's 2-2-1 in scalars, compiled"
PEER = "jax.jit of the same formulas"
OBSERVATIONS = ((3.0, -2.0, 1.2), (-1.0, 1.0, 0.7))  # x₁, x₂, y
THETA = (0.2, 0.4, 0.1, 0.3, 0.5, 0.6, 0.6, 0.2, 0.4)
WANTED = tuple(range(len(THETA)))


def loss(sigmoid: Callable[[Any], Any]) -> Callable[..., Any]:
    """R(θ) = Σ (y − a₁⁽²⁾)² as a function of the nine parameters."""

    def r(
        w11: Any, w12: Any, b1: Any, w21: Any, w22: Any, b2: Any, v1: Any, v2: Any, b: Any
    ) -> Any:  # fmt: skip
        total = 0.0
        for x1, x2, y in OBSERVATIONS:
            a1 = sigmoid(w11 * x1 + w12 * x2 + b1)
            a2 = sigmoid(w21 * x1 + w22 * x2 + b2)
            residual = y - (v1 * a1 + v2 * a2 + b)
            total = total + residual * residual
        return total

    return r


def rows() -> Iterator[Row]:
    """How many times as fast as JAX."""
    program = autodiff.compile(autodiff.value_and_grad(loss(autodiff.sigmoid), WANTED))
    try:
        jax, jnp = jax_modules()
    except ImportError:
        yield missing(WORK, PEER)
        return
    theirs, θ = jax.jit(jax.value_and_grad(loss(jax.nn.sigmoid), WANTED)), [jnp.asarray(p) for p in THETA]
    _, found = program(*THETA)
    _, expected = theirs(*θ)
    for a, b in zip(found, expected, strict=True):
        assert math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-15), f"gradients differ: {a} and {b}"
    ratios = times_as_fast(lambda: program(*THETA), lambda: jax.block_until_ready(theirs(*θ)))
    yield Row(WORK, PEER, ratios, AS_FAST, at_least=3)
