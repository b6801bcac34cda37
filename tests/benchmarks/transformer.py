"""A transformer's block: attention of four heads, then two layers with a gelu, each after a LayerNorm.

A batch of 4 sequences of 16 vectors of 32 features, loss and gradient, in the same code for all: x is added
to what each half makes of it, and the loss is the mean of the squares.

Compiled, float64 misses 0.8 of jax.jit's time (0.84 to 0.90 on a busy machine), and so does NumPy by hand
there (0.79 to 0.86); float32 reaches it. A profile by lines gives 214 µs for the program, 210 for the hand.
Products of matrices are over four tenths of it, and gelu with its slope 17 passes over 64×128 numbers.
Beyond the lines, a call checks twelve arrays and returns new ones. Not done: gelu's slope from y, which is
a pass less, since its rule is that of eager code, too. Tried: turning weights of 32×32 before A·Bᵀ, which
gains nothing (4.3 against 3.7 µs), while those of 32×128 gain a tenth to a fifth. One product for the three
projections saves 3 µs, and to copy their weights side by side costs 4.6.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

import autodiff

from . import transformer_by_hand
from .harness import THE_TIME, Row, missing, times_the_time
from .libraries import Arrays, Library, Loss, Step, compiled, eager, jax, pytorch

__all__ = ["rows"]

BATCH, STEPS, FEATURES, HEADS = 4, 16, 32, 4
HIDDEN = 4 * FEATURES
WORK = f"transformer block, B{BATCH} T{STEPS} D{FEATURES} H{HEADS}"
PAIRS = 25


@dataclass(frozen=True)
class Parts:
    """What the block needs of a library, besides products and shapes."""

    layer_norm: Callable[[Any, Any, Any], Any]
    """Of rows, their scale, and their shift."""
    softmax: Callable[[Any], Any]
    """Along the last axis."""
    gelu: Callable[[Any], Any]
    """By tanh."""


def heads(z: Any) -> Any:
    """(batch, steps, features) as (batch, heads, steps, features of a head)."""
    return z.reshape(BATCH, STEPS, HEADS, FEATURES // HEADS).swapaxes(1, 2)


def block(of: Parts, x: Any, θ: Sequence[Any]) -> Any:
    """The output for x."""
    γ1, β1, queries, keys, values, out, γ2, β2, w1, b1, w2, b2 = θ
    h = of.layer_norm(x, γ1, β1)
    q, k, v = heads(h @ queries), heads(h @ keys), heads(h @ values)
    shares = of.softmax(q @ k.swapaxes(-1, -2) * (1.0 / math.sqrt(FEATURES // HEADS)))
    x = x + (shares @ v).swapaxes(1, 2).reshape(BATCH, STEPS, FEATURES) @ out
    h = of.layer_norm(x, γ2, β2)
    return x + of.gelu(h @ w1 + b1) @ w2 + b2


def parameters(dtype: Any) -> Arrays:
    """Weights and biases as the block takes them, and scales and shifts that are not quite 1 and 0."""
    draw, d = np.random.default_rng(5), FEATURES
    shapes = [(d,), (d,), *[(d, d)] * 4, (d,), (d,), (d, HIDDEN), (HIDDEN,), (HIDDEN, d), (d,)]
    θ = [draw.normal(scale=shape[0] ** -0.5, size=shape) for shape in shapes]
    θ[0], θ[6] = 1.0 + θ[0], 1.0 + θ[6]
    return [p.astype(dtype) for p in θ]


def observations(dtype: Any) -> Any:
    """The sequences."""
    return np.random.default_rng(6).normal(size=(BATCH, STEPS, FEATURES)).astype(dtype)


def loss(library: Library, of: Parts, dtype: Any) -> Loss:
    """The mean of the squares of the output, as a function of the parameters."""
    x = library.constant(observations(dtype))

    def squares(*θ: Any) -> Any:
        y = block(of, x, θ)
        return (y * y).mean()

    return squares


def step(library: Library, of: Parts, dtype: Any) -> Step:
    """Loss and gradient."""
    return library.learning(loss(library, of, dtype), parameters(dtype))


def in_numpy(dtype: Any) -> Step:
    """The same by hand."""
    by_hand, θ = transformer_by_hand.by_hand(observations(dtype), HEADS, HIDDEN), parameters(dtype)
    return lambda: by_hand(*θ)


# -- the libraries ---------------------------------------------------------------------------------


def here() -> Parts:
    """The project's."""
    return Parts(autodiff.layer_norm, autodiff.softmax, lambda x: autodiff.gelu(x, approximate="tanh"))


def of_torch() -> Parts:
    """PyTorch's."""
    f: Any = import_module("torch.nn.functional")
    return Parts(
        lambda x, γ, β: f.layer_norm(x, (FEATURES,), γ, β),
        lambda x: f.softmax(x, dim=-1),
        lambda x: f.gelu(x, approximate="tanh"),
    )


def of_jax() -> Parts:
    """JAX's; it has no layer_norm of its own."""
    module: Any = import_module("jax")

    def layer_norm(x: Any, γ: Any, β: Any) -> Any:
        centred = x - x.mean(axis=-1, keepdims=True)
        return γ * centred / module.numpy.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-5) + β

    return Parts(layer_norm, module.nn.softmax, module.nn.gelu)


def compared(
    name: str,
    way: Callable[[], Library],
    peer: str,
    theirs: tuple[Callable[[], Library], Callable[[], Parts]],
    dtype: Any,
    at_most: float | None,
) -> Row:
    """Times of the peer's time, after the gradients were compared."""
    library, parts = theirs
    ours = step(way(), here(), dtype)
    try:
        beside = step(library(), parts(), dtype)
    except ImportError:
        return missing(name, peer)
    hand = in_numpy(dtype)
    for found, expected, wanted in zip(ours()[1], beside()[1], hand()[1], strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    ratios, floor = (times_the_time(work, beside, PAIRS) for work in (ours, hand))
    return Row(name, peer, ratios, THE_TIME, at_most=at_most, by_hand=floor, dtype=dtype.__name__)


def rows() -> Iterator[Row]:
    """Eager beside PyTorch, compiled beside jax.jit; the targets are those of float64."""
    for dtype, eager_at_most, compiled_at_most in ((np.float64, 1.0, 0.8), (np.float32, None, None)):
        yield compared(f"{WORK}, eager", eager, "PyTorch, eager", (pytorch, of_torch), dtype, eager_at_most)
        yield compared(f"{WORK}, compiled", compiled, "jax.jit", (jax, of_jax), dtype, compiled_at_most)
