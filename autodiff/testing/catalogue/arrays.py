"""Operations of arrays: what can be asked of which shapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from ...values.data import Data, Shape
from ..strategies import REAL, Domain
from .drawable import Drawable
from .elementwise import apart

VECTORS: tuple[Shape, ...] = ((2,), (3,), (2, 3), (2, 2), (3, 1), (2, 1, 2))
"""Shapes with an axis."""

MATRICES: tuple[Shape, ...] = ((2, 2), (3, 3), (2, 2, 2))
"""Square ones."""

SHORT = Domain(-2.0, 2.0)


def ties(x: Data, *_: Data) -> float:
    """The least difference of two entries."""
    return float(np.min(np.diff(np.sort(x, axis=None)), initial=math.inf))


def _axes(shape: Shape) -> list[str]:
    """What may be given as an axis: none, each, the last, two."""
    n = len(shape)
    found = ["", *(f"axis={axis}" for axis in range(n)), *["axis=-1"] * bool(n)]
    found += ["axis=0, keepdims=True", "axis=-1, keepdims=True"] * bool(n)
    return found + ["axis=(0, 1)", "axis=(-1, 0), keepdims=True"] * (n > 1)


def _called(name: str, options: Sequence[str], numpy: bool = True, method: bool = True) -> list[str]:
    """A call by each of an operation's names, with each of some options."""
    found = []
    for option in options:
        if numpy:
            found.append(f"np.{name}(x{', ' * bool(option)}{option})")
        if method:
            found.append(f"x.{name}({option})")
        found.append(f"ad.{name}(x{', ' * bool(option)}{option})")
    return found


def _reduction(name: str, numpy: bool = True, method: bool = True, least: int = 1, **more: Any) -> Drawable:
    @cache
    def spellings(shape: Shape) -> list[str]:
        if math.prod(shape) < least or not shape:
            return []
        options = [option for option in _axes(shape) if least == 1 or _counted(shape, option) >= least]
        return _called(name, options, numpy, method)

    return Drawable(name, spellings, family="reduction", shapes=VECTORS, **more)


def _counted(shape: Shape, option: str) -> int:
    """How many entries are reduced to one."""
    x = np.zeros(shape)
    return x.size // max(
        np.size(eval(f"np.sum(x, {option})" if option else "np.sum(x)", {"np": np, "x": x})), 1
    )


def _per_axis(name: str, options: Callable[[int], Sequence[str]], **more: Any) -> Drawable:
    @cache
    def spellings(shape: Shape) -> list[str]:
        return (
            _called(name, options(len(shape)), more.get("numpy", True), more.get("method", True))
            if shape
            else []
        )

    rest = {key: option for key, option in more.items() if key not in ("numpy", "method")}
    return Drawable(name, spellings, shapes=VECTORS, **{"family": "reduction", **rest})


REDUCTIONS = [
    _reduction("sum"),
    _reduction("mean"),
    _reduction("max", gap=ties, unique=True),
    _reduction("min", gap=ties, unique=True),
    _reduction("prod"),
    _reduction("var", least=2),
    _reduction("std", least=2, gap=ties, unique=True),
    _reduction("logsumexp", numpy=False, method=False),
    _per_axis("softmax", lambda n: ["", "axis=0"], numpy=False, method=False),
    _per_axis("log_softmax", lambda n: ["", "axis=0"], numpy=False, method=False),
    _per_axis("cumsum", lambda n: ["", "axis=0", "axis=-1"]),
    _per_axis("cumprod", lambda n: ["", "axis=0", "axis=-1"], domains=(SHORT,)),
]


def _length(x: Data) -> float:
    return float(np.min(np.abs(x)))


@cache
def _indices(shape: Shape) -> list[str]:
    """Ways to index an array of a shape, each of which leaves something."""
    if not shape:
        return ["x[None]", "x[...]"]
    last = shape[0] - 1
    found = ["x[0]", "x[-1]", "x[1:]" if last else "x[:1]", "x[::-1]", "x[None]", "x[..., 0]", "x[..., None]"]
    found += [
        f"x[[{last}, 0]]",
        f"x[np.array([0, {last}, 0])]",
        "x[:, 0]" if len(shape) > 1 else "x[:-1]" if last else "x[:]",
    ]
    if len(shape) > 1:
        found += [
            "x[0, -1]",
            "x[:, ::-1]",
            f"x[:, [0, {shape[1] - 1}, 0]]",
            f"x[[0, {last}], [0, {shape[1] - 1}]]",
        ]
        found += ["x[..., :1]", "x[:, None]"]
    mask = [k % 2 == 0 for k in range(shape[0])]
    return [*found, f"x[np.array({mask})]"]


@cache
def _shaped(shape: Shape) -> list[str]:
    size = math.prod(shape)
    found = ["x.reshape(-1)", f"np.reshape(x, ({size}, 1))", "ad.ravel(x)", "x.flatten()"]
    found += [f"np.reshape(x, ({size // 2}, 2))"] if size % 2 == 0 else []
    return found


def _when(condition: Callable[[Shape], bool], *spellings: str) -> Callable[[Shape], Sequence[str]]:
    return lambda shape: spellings if condition(shape) else ()


def _shaping(name: str, condition: Callable[[Shape], bool], *spellings: str, **more: Any) -> Drawable:
    return Drawable(name, _when(condition, *spellings), **{"family": "shaping", **more})


def _has(n: int) -> Callable[[Shape], bool]:
    return lambda shape: len(shape) >= n


SHAPING = [
    Drawable("getitem", _indices, family="indexing", shapes=VECTORS),
    Drawable("reshape", _shaped, family="shaping"),
    _shaping("transpose", _has(1), "x.T", "np.transpose(x)", "x.transpose()", shapes=VECTORS),
    _shaping("swapaxes", _has(2), "np.swapaxes(x, 0, -1)", "x.swapaxes(0, 1)", shapes=((2, 3), (2, 1, 2))),
    _shaping("moveaxis", _has(2), "np.moveaxis(x, 0, -1)", shapes=((2, 3), (2, 1, 2))),
    _shaping("expand_dims", lambda s: len(s) < 3, "np.expand_dims(x, 0)", "np.expand_dims(x, -1)"),
    _shaping("squeeze", lambda s: 1 in s, "np.squeeze(x)", "x.squeeze()", shapes=((1, 2), (3, 1), (2, 1, 2))),
    _shaping("broadcast_to", lambda s: len(s) < 3, "np.broadcast_to(x, (2, *np.shape(x)))"),
    _shaping("flip", _has(1), "np.flip(x)", "np.flip(x, axis=0)", "ad.flip(x, -1)", shapes=VECTORS),
    _shaping("roll", _has(1), "np.roll(x, 1)", "np.roll(x, -1, axis=0)", shapes=VECTORS),
    _shaping("repeat", _has(1), "np.repeat(x, 2)", "x.repeat(2, axis=0)", shapes=VECTORS),
    _shaping("tile", _has(1), "np.tile(x, 2)", shapes=VECTORS),
    _shaping("pad", _has(1), "np.pad(x, 1)", "np.pad(x, 1, mode='edge')", shapes=VECTORS),
    _shaping("diff", lambda s: s[-1:] > (1,), "np.diff(x)", shapes=VECTORS),
    _shaping("diag", lambda s: len(s) == 1, "np.diag(x)", shapes=((2,), (3,))),
    _shaping("diagonal", lambda s: len(s) == 2, "np.diagonal(x)", "x.diagonal()", shapes=((2, 2), (2, 3))),
    _shaping("trace", lambda s: len(s) == 2, "np.trace(x)", "x.trace()", shapes=((2, 2), (2, 3))),
    _shaping("tril", _has(2), "np.tril(x)", "ad.tril(x, -1)", shapes=((2, 2), (2, 3))),
    _shaping("triu", _has(2), "np.triu(x)", "ad.triu(x, 1)", shapes=((2, 2), (2, 3))),
    _shaping(
        "take",
        _has(1),
        "np.take(x, [1, 0, 1], mode='wrap')" if False else "np.take(x, [0, -1, 0])",
        family="indexing",
        shapes=VECTORS,
    ),
    _shaping(
        "sort",
        _has(1),
        "np.sort(x)",
        "ad.sort(x, axis=0)",
        "np.sort(x, axis=None)",
        family="selection",
        gap=ties,
        unique=True,
        shapes=VECTORS,
    ),
]


def _joined(name: str, *spellings: str, least: int = 1) -> Drawable:
    def spelled(x: Shape, y: Shape) -> Sequence[str]:
        return spellings if x == y and len(x) >= least else ()

    return Drawable(name, spelled, (REAL, REAL), "shaping", shapes=VECTORS, others=lambda shape: [shape])


def _condition(x: Shape, *_: Shape) -> Sequence[str]:
    return ("np.where(x > y, x, z)", "ad.where(y < x, z, y)") if len(_) else ()


SELECTION = [
    Drawable(
        "where",
        ["np.where(x > 0.5, x, y)", "ad.where(x < 0.5, y, x * y)"],
        (REAL.without(0.5), REAL),
        "selection",
    ),
    Drawable(
        "where",
        ["np.where(x > y, x * x, y)", "ad.where(x <= y, y, x * y)"],
        (REAL, REAL),
        "selection",
        jump=True,
        gap=apart,
    ),
    _joined("concatenate", "np.concatenate([x, y])", "ad.concatenate([x, y, x], axis=-1)"),
    _joined("stack", "np.stack([x, y])", "ad.stack([x, y], axis=-1)"),
]


def _products(x: Shape) -> list[Shape]:
    """Shapes of a second factor of x @ y."""
    if not x:
        return []
    return [(x[-1],), (x[-1], 2), (x[-1], 1), (2, x[-1], 2)]


def _product(x: Shape, y: Shape) -> Sequence[str]:
    return ("x @ y", "np.matmul(x, y)", "ad.matmul(x, y)") if x and y and x[-1] == y[-2:][0] else ()


def _dot(x: Shape, y: Shape) -> Sequence[str]:
    fits = x and y and len(x) < 3 and len(y) < 3 and x[-1] == y[-2:][0]
    return ("np.dot(x, y)", "x.dot(y)" if False else "ad.dot(x, y)") if fits else ()


def _outer(x: Shape, y: Shape) -> Sequence[str]:
    return ("np.outer(x, y)", "ad.outer(x, y)") if len(x) == len(y) == 1 else ()


def _inner(x: Shape, y: Shape) -> Sequence[str]:
    return ("np.inner(x, y)", "ad.inner(x, y)") if x and y and x[-1] == y[-1] else ()


def _einsum(x: Shape, y: Shape) -> Sequence[str]:
    if len(x) == len(y) == 2 and x[1] == y[0]:
        return ("np.einsum('ij,jk->ik', x, y)", "ad.einsum('ij,jk->i', x, y)")
    return (
        ("ad.einsum('i,i', x, y)", "np.einsum('i,j->ij', x, y)") if len(x) == len(y) == 1 and x == y else ()
    )


PRODUCTS = [
    Drawable("matmul", _product, (SHORT, SHORT), "product", shapes=VECTORS, others=_products),
    Drawable("dot", _dot, (SHORT, SHORT), "product", shapes=VECTORS, others=_products),
    Drawable(
        "inner", _inner, (SHORT, SHORT), "product", shapes=((2,), (3,), (2, 3)), others=lambda s: [s, s[-1:]]
    ),
    Drawable(
        "outer", _outer, (SHORT, SHORT), "product", shapes=((2,), (3,)), others=lambda s: [s, (2,), (3,)]
    ),
    Drawable("einsum", _einsum, (SHORT, SHORT), "product", shapes=((2,), (2, 3)), others=_products),
]


def _regular(*spellings: str) -> Callable[[Shape], Sequence[str]]:
    """Of a matrix that is made well-conditioned: AᵀA and a diagonal."""

    @cache
    def spelled(x: Shape, *_: Shape) -> Sequence[str]:
        if len(x) < 2 or x[-1] != x[-2]:
            return ()
        diagonal = f"np.diag({[float(k + 1) for k in range(x[-1])]})"
        transposed = "x.T" if len(x) == 2 else "np.swapaxes(x, -1, -2)"
        return [text.replace("A", f"x @ {transposed} + {diagonal}") for text in spellings]

    return spelled


def _matrix(name: str, *spellings: str) -> Drawable:
    return Drawable(f"linalg.{name}", _regular(*spellings), (SHORT,), "linear algebra", shapes=MATRICES)


def _solved(x: Shape, y: Shape) -> Sequence[str]:
    fits = len(x) == 2 and x[0] == x[1] == y[:1][0] if y else False
    return _regular("np.linalg.solve(A, y)", "ad.linalg.solve(A, y)")(x) if fits and len(y) < 3 else ()


LINEAR_ALGEBRA = [
    _matrix("inv", "np.linalg.inv(A)", "ad.linalg.inv(A)"),
    _matrix("det", "np.linalg.det(A)"),
    _matrix("slogdet", "np.linalg.slogdet(A)[1]"),
    _matrix("cholesky", "np.linalg.cholesky(A)"),
    Drawable(
        "linalg.solve",
        _solved,
        (SHORT, SHORT),
        "linear algebra",
        shapes=MATRICES[:2],
        others=lambda s: [s[:1], s],
    ),
    Drawable(
        "norm",
        lambda s: _called("linalg.norm", ["", "axis=0", "axis=-1"], method=False) if s else [],
        (REAL,),
        "linear algebra",
        gap=_length,
        shapes=VECTORS,
    ),
]

ARRAYS = [*REDUCTIONS, *SHAPING, *SELECTION, *PRODUCTS, *LINEAR_ALGEBRA]
