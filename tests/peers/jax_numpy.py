"""JAX: jax.numpy has NumPy's names; derivatives by reverse mode, and forward over reverse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.scipy.linalg
import numpy as np
from jax import numpy as jnp

from .package import Derivatives, Package

__all__ = ["JAX"]


def _repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """The length of the result has to be known while tracing."""
    if isinstance(repeats, list):
        return jnp.repeat(x, np.array(repeats), axis, total_repeat_length=sum(repeats))
    return jnp.repeat(x, repeats, axis)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "norm": jnp.linalg.norm,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "getitem": lambda x, index: x[jnp.asarray(index) if isinstance(index, list) else _index(index)],
    "pad": lambda x, pad_width, **options: jnp.pad(x, pad_width, **options),
    "bincount": lambda x, weights, n: jnp.bincount(jnp.array(x), weights, length=n),
    "histogram": lambda x, *args, **more: jnp.histogram(jnp.array(x), *args, **more),
    "take": lambda x, indices, axis=None: jnp.take(x, jnp.array(indices), axis),
    "repeat": _repeat,
    "linalg.expm": jax.scipy.linalg.expm,
    "linalg.solve_triangular": jax.scipy.linalg.solve_triangular,
}
"""Where its function of that name is called otherwise."""


def _index(index: Any) -> Any:
    """Lists as arrays: JAX refuses them as they are."""
    if isinstance(index, tuple):
        return tuple(jnp.array(i) if isinstance(i, list) else i for i in index)
    return index


QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""What is compiled here runs once."""


class JAX(Package):
    """JAX in float64."""

    name = "JAX"
    kind = jax.Array
    functions = FUNCTIONS
    modules = (jnp, jax.nn, jax.scipy.special)
    absent = frozenset({
        "sum_to", "scatter_add", "on_diagonal", "unique", "gradient", "compress", "delete", "extract",
        "insert", "layer_norm", "cov", "nanpercentile", "nanquantile", "quantile", "apply_along_axis",
        "choose", "real_if_close",
    })  # fmt: skip

    def array(self, x: Any) -> Any:
        """Arrays of NumPy are taken as they are: masks and indices stay known while tracing."""
        return x

    def dtype(self, array: Any) -> np.dtype[Any]:
        """JAX has NumPy's."""
        dtype: np.dtype[Any] = array.dtype
        return dtype

    def differentiate(
        self, f: Callable[..., Any], xs: Sequence[Any], seed: Any, along: Sequence[Any]
    ) -> Derivatives:
        """By reverse mode, and forward over reverse."""
        with jax.enable_x64(True):
            inputs = tuple(jnp.asarray(x) for x in xs)

            def first(*ys: Any) -> Any:
                value, pull = jax.vjp(f, *ys)
                return pull(jnp.broadcast_to(jnp.asarray(seed, value.dtype), value.shape)), value

            directions = tuple(jnp.asarray(d) for d in along)
            compiled = jax.jit(  # once, not per operation
                lambda ys, vs: jax.jvp(first, ys, vs, has_aux=True), compiler_options=QUICKLY
            )
            gradient, second, value = compiled(inputs, directions)
            return Derivatives(np.asarray(value), [*map(np.asarray, gradient)], [*map(np.asarray, second)])
