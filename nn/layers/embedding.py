"""Embedding: numbers in place of words or categories."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Value, primitive, scatter_add, take
from autodiff.differentiation.engine import traced
from autodiff.ops.plain import raw
from autodiff.values.data import Data, Operand, shape_of
from autodiff.values.lazy import holds_tasks

from ..initialize import Initializer, Seed, started
from ..module import Module
from ..sizes import floating, whole


def _places(x: Any, n: int) -> np.ndarray[Any, Any]:
    """Indices of n rows, as integers. Raises TypeError for anything else, IndexError outside."""
    given = np.asarray(x)
    if given.dtype.kind not in "iuf":
        raise TypeError(f"Embedding: expected integers, got dtype {given.dtype}")
    if (broken := given[given != np.floor(given)]).size:
        raise TypeError(f"Embedding: expected integers, got {broken[0]}")
    if (outside := given[(given < 0) | (given >= n)]).size:
        raise IndexError(f"Embedding: indices must be from 0 to {n - 1}, got {outside[0]}")
    return given.astype(np.intp)


# -- where the indices are arguments of a program, which come anew with each call ----------------


def _of_rows(g: Operand, y: Operand, weight: Operand, x: Operand) -> Any:
    return _added_to_rows(g, x, shape_of(weight)[0])


@primitive(symbol="[ ]", typeset="{}[{}]", dweight=_of_rows, dx=None)
def _embedded(weight: Data, x: Data, /) -> Data:
    """Row x of W for each x.   y[…, j] = W[x[…], j];   W̄ᵢ = Σ ȳ over all places where x = i."""
    return np.asarray(weight)[_places(x, len(weight))]


@primitive(typeset="({} at [{}])", dg=lambda h, y, g, x, n: _embedded(h, x), dx=None)
def _added_to_rows(g: Data, x: Data, /, n: int) -> Data:
    """Rows of zeros, with g added at row x: the adjoint of taking them there."""
    return scatter_add(g, _places(x, n), (n, *shape_of(g)[len(shape_of(x)) :]))


# -- the layer ---------------------------------------------------------------------------------


class Embedding(Module):
    """A vector for each category: row i of `weight` in place of the integer i.

        y[…, j] = W[x[…], j];   W̄ᵢ = Σ ȳ over all places where x = i

    x holds integers from 0 to n_embeddings − 1 in any shape (…), whole floats included; y is (…, size).
    `weight` W is (n_embeddings, size), of that dtype, and starts as `initialize` says, by default from the
    standard normal distribution.

    Raises ValueError for sizes that are not positive whole numbers and for an unknown initialiser; at the
    call TypeError for a variable, a Dask array and numbers that are not whole, IndexError for those out of
    range.

    >>> words = Embedding(3, 2)
    >>> words.weight.data = [[0.0, 0.0], [1.0, 10.0], [2.0, 20.0]]
    >>> words([2, 1, 1]).data
    array([[ 2., 20.],
           [ 1., 10.],
           [ 1., 10.]])
    """

    def __init__(
        self,
        n_embeddings: int,
        size: int,
        initialize: str | Initializer = "normal",
        seed: Seed = None,
        dtype: Any = np.float64,
    ) -> None:
        self.n_embeddings, self.size = whole(n_embeddings, "n_embeddings"), whole(size, "size")
        shape = self.n_embeddings, self.size
        self.weight = Value(started(initialize, shape, seed, floating(dtype)), "W")

    def forward(self, x: Any) -> Any:
        """The vectors of the categories."""
        if isinstance(x, Value) and not x.constant:
            raise TypeError(f"Embedding: indices have no derivative, got {x.described()}; detach() it")
        if traced(x):
            return _embedded(self.weight, x)
        if holds_tasks(raw(x)):
            raise TypeError(
                "Embedding: the indices are a dask array, and rows of W have no lazy form; compute() them, "
                "or give Linear one column per category, of zeros and ones"
            )
        return take(self.weight, _places(raw(x), self.n_embeddings), axis=0)
