"""Operations of programs alone: what rewrites put in place of others. Nothing differentiates them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any

import numpy as np

from ..ops.products import first_of_products
from ..values.data import Data, Shape, canonical
from ..values.operation import Operation, Rule
from .loop_step import LoopStep, run

Axes = int | tuple[int, ...] | None


class Forward(Operation):
    """An operation without derivatives, whose results keep their dtype: a mask stays one."""

    __slots__ = ()

    def computed(self, data: Any, inputs: Any, metadata: dict[str, Any]) -> Data:
        """The forward computation."""
        result = self.forward(*data, **metadata)
        return result if getattr(result, "dtype", None) == np.bool_ else canonical(result)


def _declared(
    symbol: str | None = None, example: Callable[..., Data] | None = None
) -> Callable[[Callable[..., Data]], Any]:
    """Declare an operation by its forward computation, which remains a function of raw data."""

    def declare(body: Any) -> Any:
        parameters = signature(body).parameters.values()
        rules: dict[str, Rule] = {
            f"d{x.name}": None for x in parameters if x.kind in (x.POSITIONAL_ONLY, x.VAR_POSITIONAL)
        }
        body.operation = Forward(body, rules, elementwise=False, symbol=symbol, example=example)
        return body

    return declare


def _multiplied(a: Data, b: Data) -> Data:
    """By `dot`, which would take one entry for a number, and 0·∞ for 0."""
    return np.dot(a, b) if a.size > 1 and b.size > 1 else np.matmul(a, b)


@_declared("@", first_of_products)
def product(a: Data, b: Data, /) -> Data:
    """A·B of matrices and vectors, as np.matmul, in less time where they are small."""
    return _multiplied(a, b)


@_declared("ᵀ@", lambda a, b: first_of_products(a.T, b))
def product_of_transposed(a: Data, b: Data, /) -> Data:
    """Aᵀ·B, without a copy of A."""
    return _multiplied(a.T, b)


@_declared("@ᵀ", lambda a, b: first_of_products(a, b.T))
def product_with_transposed(a: Data, b: Data, /) -> Data:
    """A·Bᵀ, without a copy of B."""
    return _multiplied(a, b.T)


def in_order(shape: Shape, dtype: Any, order: Sequence[int]) -> Data:
    """Memory for an array whose axes lie in an order, from the outermost to the innermost."""
    memory: Data = np.empty([shape[axis] for axis in order], dtype).transpose(np.argsort(order))
    return memory


@_declared("@", lambda a, b, order: first_of_products(a, b))
def products(a: Data, b: Data, /, order: Sequence[int]) -> Data:
    """A·B of many matrices, whose axes lie in memory in an order."""
    return np.matmul(a, b, out=in_order(first_of_products(a, b).shape, a.dtype, order))


@_declared("·", lambda a, b: a[(0,) * a.ndim] * b[(0,) * b.ndim])
def sum_of_product(a: Data, b: Data, /) -> Data:
    """Σ aᵢ·bᵢ over all entries of two arrays of one shape."""
    return a.dot(b) if a.ndim == 1 and a.dtype.kind == "f" else np.vdot(a, b)


def _of_first(x: Data, axis: Axes) -> Data:
    """A sum over axes of the first entries along them."""
    summed = range(x.ndim) if axis is None else {i % x.ndim for i in np.atleast_1d(axis)}
    return np.add.reduce(x[tuple([slice(1 if i in summed else None) for i in range(x.ndim)])], axis)


@_declared("Σ", _of_first)
def reduced(x: Data, /, axis: Axes) -> Data:
    """Sum over axes."""
    return np.add.reduce(x, axis)


@_declared("Σ")
def reduced_in_place(x: Data, /, axis: Axes) -> Data:
    """Sum over axes, which stay with size 1."""
    return np.add.reduce(x, axis, keepdims=True)


@_declared("max")
def largest(x: Data, /, axis: Axes, keepdims: Any = False) -> Data:
    """Largest entry along axes."""
    return np.maximum.reduce(x, axis, keepdims=keepdims)


@_declared("min")
def smallest(x: Data, /, axis: Axes, keepdims: Any = False) -> Data:
    """Smallest entry along axes."""
    return np.minimum.reduce(x, axis, keepdims=keepdims)


# -- many at once --------------------------------------------------------------------------------


@_declared()
def vector(*xs: Data) -> Data:
    """Numbers as the entries of one array."""
    return np.stack(xs)


@_declared()
def rows(*xs: Data) -> Data:
    """Arrays of one shape as the rows of one array."""
    return np.concatenate(xs).reshape(len(xs), *xs[0].shape)


@_declared()
def numbers(x: Data, /) -> Data:
    """The entries of an array as numbers, all at once."""
    return x.tolist()


@_declared("[ ]")
def entry(parts: Data, /, index: int) -> Data:
    """One of several numbers."""
    return parts[index]


@_declared("[ ]")
def taken(x: Data, /, index: Any) -> Data:
    """Some rows of an array, or one."""
    return x[index]


@_declared()
def reshaped(x: Data, /, shape: Shape) -> Data:
    """The entries in another shape."""
    return x.reshape(shape)


@_declared("Σ")
def weighted_sum(*xs: Data) -> Data:
    """Σₖ wₖ·xₖ of numbers w, given first, and as many arrays x of one shape."""
    return np.dot(np.array(xs[: len(xs) // 2]), np.array(xs[len(xs) // 2 :]))


@_declared("Σ")
def total(*xs: Data) -> Data:
    """Sum of numbers."""
    return np.add.reduce(np.stack(xs))


@_declared(example=lambda *parts, indices, shape: np.broadcast_to(np.ravel(parts[0])[:1], shape))
def laid(*parts: Data, indices: tuple[Any, ...], shape: Shape) -> Data:
    """Zeros of a shape, with parts added at their indices, none of which names an entry twice."""
    result = np.zeros_like(parts[0], shape=shape)
    result[indices[0]] = parts[0]
    for index, part in zip(indices[1:], parts[1:], strict=True):
        result[index] += part
    return result


# -- loops ---------------------------------------------------------------------------------------


@_declared("scan")
def cycle(*inputs: Data, step: LoopStep, length: int, reverse: bool) -> Data:
    """A whole loop, of all that it is given."""
    return run(inputs, step, length, reverse)
