"""Derivatives of the Rosenbrock function of 100 unknowns at one point, compiled, beside two libraries.

Each library in its own idiom: JAX differentiates forward over backward, HIPS autograd backward twice. NumPy
by hand has 0.94 of the speed of jax.jit in the product of the Hessian with a vector: what JAX fuses into one
loop over 100 entries is a dozen calls there, and the calls are most of the time. Ours are the same calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

import autodiff

from .harness import AS_FAST, Row, Work, missing, times_as_fast
from .libraries import jax_modules

__all__ = ["rosenbrock"]

NAME = "Rosenbrock, 100 unknowns"
X = np.linspace(-1.0, 1.0, 100)
V = np.cos(np.arange(100.0))

Derivatives: TypeAlias = Mapping[str, Work]


def rosenbrock(x: Any) -> Any:
    """A curved valley with its minimum at (1, …, 1)."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def ours() -> Derivatives:
    """The project's programs."""
    gradient = autodiff.compile(autodiff.grad(rosenbrock))
    product = autodiff.compile(lambda x, v: autodiff.hvp(rosenbrock, x, v))
    hessian = autodiff.compile(autodiff.hessian(rosenbrock))
    return {
        "gradient": lambda: gradient(X),
        "Hessian-vector product": lambda: product(X, V),
        "Hessian": lambda: hessian(X),
    }


def jax() -> Derivatives:
    """JAX's, waited for."""
    jax, jnp = jax_modules()
    x, v = jnp.asarray(X), jnp.asarray(V)
    gradient = jax.jit(jax.grad(rosenbrock))
    product = jax.jit(lambda x, v: jax.jvp(jax.grad(rosenbrock), (x,), (v,))[1])
    hessian = jax.jit(jax.hessian(rosenbrock))
    return {
        "gradient": lambda: jax.block_until_ready(gradient(x)),
        "Hessian-vector product": lambda: jax.block_until_ready(product(x, v)),
        "Hessian": lambda: jax.block_until_ready(hessian(x)),
    }


def hips_autograd() -> Derivatives:
    """HIPS autograd's."""
    autograd: Any = import_module("autograd")
    np: Any = import_module("autograd.numpy")

    def valley(x: Any) -> Any:
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    gradient = autograd.grad(valley)
    product, hessian = autograd.hessian_vector_product(valley), autograd.hessian(valley)
    return {
        "gradient": lambda: gradient(X),
        "Hessian-vector product": lambda: product(X, V),
        "Hessian": lambda: hessian(X),
    }


AT_LEAST = {"gradient": 1.0, "Hessian-vector product": 0.9, "Hessian": 1.5}
"""The Hessian has three diagonals, which by hand is 2.6 times as fast as jax.jit."""

PEERS: Mapping[str, Callable[[], Derivatives]] = {"jax.jit": jax, "HIPS autograd": hips_autograd}


def rows() -> Iterator[Row]:
    """How many times as fast as each."""
    programs = ours()
    for peer, derivatives in PEERS.items():
        try:
            theirs = derivatives()
        except ImportError:
            yield missing(f"{NAME}, compiled", peer)
            continue
        for what, program in programs.items():
            np.testing.assert_allclose(program(), theirs[what](), rtol=1e-9, atol=1e-9)
            ratios = times_as_fast(program, theirs[what])
            yield Row(f"{NAME}: {what}, compiled", peer, ratios, AS_FAST, at_least=AT_LEAST[what])
