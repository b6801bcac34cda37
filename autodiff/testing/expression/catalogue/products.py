"""Products of arrays, and linear algebra."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from ....values.data import Data, Shape
from .drawable import ROWS, Drawable, alike, fitting
from .elementwise import in_both
from .reductions import MODERATE, ties

MATRICES: tuple[Shape, ...] = ((2, 2), (3, 3), (2, 2, 2))


def _product(
    name: str,
    fits: Callable[[Shape, Shape], bool],
    spellings: Sequence[str],
    others: Any = alike,
    **more: Any,
) -> Drawable:
    """A product of two arrays whose shapes fit."""
    domains = MODERATE, MODERATE
    return Drawable(name, fitting(fits, spellings), domains, "products", shapes=ROWS, others=others, **more)


def _factors(shape: Shape) -> tuple[Shape, ...]:
    """Shapes of a second factor of a matrix product."""
    n = shape[-1] if shape else 1
    return ((n,), (n, 2), (n, 1), (2, n, 1))


def _multiplied(x: Shape, y: Shape) -> bool:
    return bool(x and y) and x[-1] == y[-2:][0] and _together(x[:-2], y[:-2])


def _together(x: Shape, y: Shape) -> bool:
    """Whether batches broadcast."""
    return not (x and y) or x == y


def _of_matrices(x: Shape, y: Shape) -> bool:
    return _multiplied(x, y) and max(len(x), len(y)) < 3


def _chained(x: Shape, y: Shape) -> bool:
    return len(x) == len(y) == 2 and x[1] == y[0]


def _alike(x: Shape, y: Shape) -> bool:
    return x == y and len(x) == 2


def _flat(x: Shape, y: Shape) -> bool:
    return len(x) == len(y) == 1


PRODUCTS = [
    _product("matmul", _multiplied, ["x @ y", *in_both("matmul", "x, y")], _factors, weight=4),
    _product("dot", _of_matrices, [*in_both("dot", "x, y"), "x.dot(y)"], _factors),
    _product("inner", lambda x, y: x == y and 0 < len(x) < 3, in_both("inner", "x, y")),
    _product("vdot", lambda x, y: x == y != (), in_both("vdot", "x, y")),
    _product("outer", _flat, in_both("outer", "x, y"), lambda shape: ((2,), (3,))),
    _product("kron", _flat, in_both("kron", "x, y"), lambda shape: ((2,), (3,))),
    _product("cross", lambda x, y: x == y and x[-1:] == (3,), in_both("cross", "x, y")),
    _product("tensordot", _alike, in_both("tensordot", "x, y", "x, y, axes=([0], [0])", "x, y, axes=0")),
    _product("einsum", lambda x, y: _flat(x, y) and x == y, in_both("einsum", "'i,i', x, y", "'i,j', x, y")),
    _product("einsum", _chained, in_both("einsum", "'ij,jk->ik', x, y", "'ij,jk->i', x, y"), _factors),
    Drawable(
        "einsum", fitting(lambda x: len(x) == 2, in_both("einsum", "'ij->j', x", "'ij->ji', x")),
        (MODERATE,), "products", shapes=((2, 3), (2, 2)),
    ),
]  # fmt: skip


# -- linear algebra ----------------------------------------------------------------------------


def _square(x: Shape) -> bool:
    return len(x) > 1 and x[-1] == x[-2]


def _matrix(name: str, arguments: str = "x", part: str = "", **traits: Any) -> Drawable:
    """A function of a regular matrix."""
    name = f"linalg.{name}"
    spelled = fitting(_square, [call + part for call in in_both(name, arguments)])
    return Drawable(name, spelled, (MODERATE,), "linear_algebra", regular=True, shapes=MATRICES, **traits)


def _eigenvalues_apart(x: Data) -> Data:
    """The differences of neighbouring eigenvalues of symmetric matrices."""
    return np.diff(np.linalg.eigvalsh(x))


def _singular_values_apart(x: Data) -> Data:
    """The differences of neighbouring singular values, and the smallest of them."""
    found = np.linalg.svd(x, compute_uv=False)
    return np.append(-np.diff(found), found[..., -1])


def _solvable(x: Shape, y: Shape) -> bool:
    return _square(x) and len(x) == 2 and len(y) in (1, 2) and y[0] == x[0]


def _norm(name: str, *options: str, **traits: Any) -> Drawable:
    @cache
    def spelled(x: Shape) -> list[str]:
        chosen = [option for option in options if "2" not in option or len(x) == 2]
        found = [f"{name}(x, {option})" if option else f"{name}(x)" for option in chosen]
        return found if x and len(x) < 3 else []

    return Drawable(name.partition(".")[2], spelled, family="linear_algebra", shapes=ROWS, **traits)


def _lengths(x: Data) -> Data:
    """The lengths of rows and columns: at 0 a norm has a kink."""
    return np.concatenate([np.ravel(np.hypot.reduce(x, axis=axis)) for axis in (0, -1)])


def _ordered(x: Data) -> Data:
    """How far entries are from 0, and their sizes from ties."""
    return np.append(np.abs(x), ties(np.abs(x)))


LINEAR_ALGEBRA = [
    _matrix("inv"),
    _matrix("det"),
    _matrix("slogdet", part="[1]"),
    _matrix("cholesky"),
    _matrix("pinv"),
    _matrix("eigh", part="[0]", gap=_eigenvalues_apart),
    _matrix("svd", "x, compute_uv=False", gap=_singular_values_apart),
    Drawable(
        "linalg.solve", fitting(_solvable, in_both("linalg.solve", "x, y")), (MODERATE, MODERATE),
        "linear_algebra", regular=True, shapes=MATRICES[:2], others=lambda shape: (shape[-1:], shape),
    ),
    _norm("np.linalg.norm", "", "axis=0", "axis=-1", "axis=-1, keepdims=True", gap=_lengths),
    _norm("ad.norm", "", "axis=0", "ord=3, axis=-1", gap=_lengths),
    _norm("ad.linalg.norm", "ord=1, axis=0", "ord=np.inf, axis=-1", gap=_ordered, unique=True),
]  # fmt: skip
