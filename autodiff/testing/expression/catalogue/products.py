"""Products of arrays, and linear algebra."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from ....values.data import Data, Shape
from .drawable import ROWS, Drawable, alike
from .reductions import MODERATE, ties

MATRICES: tuple[Shape, ...] = ((2, 2), (3, 3), (2, 2, 2))


def _product(
    name: str, fits: Callable[[Shape, Shape], bool], spellings: Sequence[str], others: Any = alike
) -> Drawable:
    """A product of two arrays whose shapes fit."""

    def spelled(x: Shape, y: Shape) -> Sequence[str]:
        return spellings if fits(x, y) else ()

    return Drawable(name, spelled, (MODERATE, MODERATE), "products", shapes=ROWS, others=others)


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


def _calls(name: str, *operands: str) -> list[str]:
    return [f"{module}.{name}({given})" for given in operands for module in ("np", "ad")]


PRODUCTS = [
    Drawable(
        "matmul", lambda x, y: ["x @ y", *_calls("matmul", "x, y")] if _multiplied(x, y) else (),
        (MODERATE, MODERATE), "products", shapes=ROWS, others=_factors, weight=4,
    ),
    _product("dot", _of_matrices, [*_calls("dot", "x, y"), "x.dot(y)"], _factors),
    _product("inner", lambda x, y: x == y and 0 < len(x) < 3, _calls("inner", "x, y")),
    _product("vdot", lambda x, y: x == y != (), _calls("vdot", "x, y")),
    _product("outer", _flat, _calls("outer", "x, y"), lambda shape: ((2,), (3,))),
    _product("kron", _flat, _calls("kron", "x, y"), lambda shape: ((2,), (3,))),
    _product("cross", lambda x, y: x == y and x[-1:] == (3,), _calls("cross", "x, y")),
    _product("tensordot", _alike, _calls("tensordot", "x, y", "x, y, axes=([0], [0])", "x, y, axes=0")),
    _product("einsum", lambda x, y: _flat(x, y) and x == y, _calls("einsum", "'i,i', x, y", "'i,j', x, y")),
    _product("einsum", _chained, _calls("einsum", "'ij,jk->ik', x, y", "'ij,jk->i', x, y"), _factors),
    Drawable(
        "einsum", lambda x: _calls("einsum", "'ij->j', x", "'ij->ji', x") if len(x) == 2 else (),
        (MODERATE,), "products", shapes=((2, 3), (2, 2)),
    ),
]  # fmt: skip


# -- linear algebra ----------------------------------------------------------------------------


def _square(x: Shape, *_: Shape) -> bool:
    return len(x) > 1 and x[-1] == x[-2]


def _matrix(name: str, arguments: str = "x", part: str = "", **traits: Any) -> Drawable:
    """A function of a regular matrix."""
    spellings = [f"{module}.linalg.{name}({arguments}){part}" for module in ("np", "ad")]

    def spelled(x: Shape) -> Sequence[str]:
        return spellings if _square(x) else ()

    traits = {"regular": True, "shapes": MATRICES, **traits}
    return Drawable(f"linalg.{name}", spelled, (MODERATE,), "linear_algebra", **traits)


def _eigenvalues_apart(x: Data) -> Data:
    """The differences of neighbouring eigenvalues of symmetric matrices."""
    return np.diff(np.linalg.eigvalsh(x))


def _singular_values_apart(x: Data) -> Data:
    """The differences of neighbouring singular values, and the smallest of them."""
    found = np.linalg.svd(x, compute_uv=False)
    return np.append(-np.diff(found), found[..., -1])


def _solved(x: Shape, y: Shape) -> Sequence[str]:
    fits = _square(x) and len(x) == 2 and bool(y) and y[0] == x[0]
    return ("np.linalg.solve(x, y)", "ad.linalg.solve(x, y)") if fits and len(y) < 3 else ()


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
        "linalg.solve", _solved, (MODERATE, MODERATE), "linear_algebra", regular=True, shapes=MATRICES[:2],
        others=lambda shape: (shape[-1:], shape),
    ),
    _norm("np.linalg.norm", "", "axis=0", "axis=-1", "axis=-1, keepdims=True", gap=_lengths),
    _norm("ad.norm", "", "axis=0", "ord=3, axis=-1", gap=_lengths),
    _norm("ad.linalg.norm", "ord=1, axis=0", "ord=np.inf, axis=-1", gap=_ordered, unique=True),
]  # fmt: skip
