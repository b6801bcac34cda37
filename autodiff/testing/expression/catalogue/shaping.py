"""Operations that place, choose and join entries: which shapes they take."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

from ....values.data import Shape
from ...domains import ANY
from .drawable import ROWS, SHAPES, Drawable, alike, fitting
from .elementwise import apart, in_both
from .reductions import ties

FEW_AXES = 3
"""More axes are not made."""


def _where(condition: Callable[[Shape], bool], name: str, *spellings: str, **traits: Any) -> Drawable:
    """An operation of one array, for the shapes that fulfil a condition."""
    shapes = tuple(filter(condition, SHAPES))
    return Drawable(name, fitting(condition, spellings), shapes=shapes, **{"family": "shaping", **traits})


def _has_axes(least: int, most: int = FEW_AXES) -> Callable[[Shape], bool]:
    return lambda shape: least <= len(shape) <= most


@cache
def _indices(shape: Shape) -> list[str]:
    """Ways to index an array, each of which leaves something."""
    if not shape:
        return ["x[None]", "x[...]"]
    n, m, last = shape[0], shape[-1], shape[0] - 1
    found = ["x[0]", "x[-1]", f"x[{min(1, last)}:]", "x[::-1]", "x[..., 0]", "x[:1]", "x[::2]", "x[...]"]
    found += [f"x[[{last}, 0, 0]]", f"x[{[k % 2 == 0 for k in range(n)]}]"]
    found += ["x[None]", "x[..., None]"] * (len(shape) < FEW_AXES)
    if len(shape) > 1:
        found += ["x[0, -1]", "x[:, ::-1]", "x[..., :1]", f"x[..., [0, {m - 1}, 0]]"]
        found += [f"x[[0, {last}], [0, {shape[1] - 1}]]", f"x[::-1, [{shape[1] - 1}]]"]
    return found


@cache
def _reshapings(shape: Shape) -> list[str]:
    size = math.prod(shape)
    found = ["x.reshape(-1)", f"np.reshape(x, ({size}, 1))", f"ad.reshape(x, (1, {size}))"]
    return found + [f"np.reshape(x, ({size // 2}, 2))"] * (size % 2 == 0)


@cache
def _taken(shape: Shape) -> list[str]:
    if not shape:
        return []
    last = shape[0] - 1
    return [f"np.take(x, [{last}, 0, 0], axis=0)", "ad.take(x, 0)", f"x.take([0, {math.prod(shape) - 1}])"]


@cache
def _taken_along(shape: Shape) -> list[str]:
    if not shape:
        return []
    rows: Any = shape[-1] - 1
    for _ in shape:
        rows = [rows]
    return [f"np.take_along_axis(x, {rows}, axis=-1)", f"ad.take_along_axis(x, {rows})"]


SHAPING = [
    Drawable("getitem", _indices, family="indexing", shapes=ROWS, weight=4),
    Drawable("take", _taken, family="indexing", shapes=ROWS),
    Drawable("take_along_axis", _taken_along, family="indexing", shapes=ROWS),
    Drawable("reshape", _reshapings, family="shaping", shapes=ROWS),
    _where(_has_axes(1), "ravel", "np.ravel(x)", "ad.ravel(x)", "x.ravel()", "x.flatten()"),
    _where(_has_axes(2), "transpose", "x.T", "np.transpose(x)", "ad.transpose(x)", "x.transpose()"),
    _where(_has_axes(2), "swapaxes", "np.swapaxes(x, 0, -1)", "ad.swapaxes(x, 0, 1)", "x.swapaxes(-1, -2)"),
    _where(_has_axes(2), "moveaxis", "np.moveaxis(x, 0, -1)", "ad.moveaxis(x, (0, 1), (1, 0))"),
    _where(_has_axes(2), "rollaxis", "np.rollaxis(x, 1)", "ad.rollaxis(x, -1)"),
    _where(_has_axes(0, 2), "expand_dims", "np.expand_dims(x, 0)", "ad.expand_dims(x, -1)"),
    _where(lambda s: 1 in s, "squeeze", "np.squeeze(x)", "ad.squeeze(x)", "x.squeeze()"),
    _where(_has_axes(0, 0), "broadcast_to", "np.broadcast_to(x, (2, 3))", "ad.broadcast_to(x, (2,))"),
    _where(_has_axes(0, 2), "atleast_1d", "np.atleast_1d(x)", "ad.atleast_1d(x)"),
    _where(_has_axes(0, 2), "atleast_2d", "np.atleast_2d(x)", "ad.atleast_2d(x)"),
    _where(_has_axes(0, 2), "atleast_3d", "np.atleast_3d(x)", "ad.atleast_3d(x)"),
    _where(_has_axes(1), "flip", "np.flip(x)", "np.flip(x, axis=0)", "ad.flip(x, -1)"),
    _where(_has_axes(1), "flipud", "np.flipud(x)", "ad.flipud(x)"),
    _where(_has_axes(2), "fliplr", "np.fliplr(x)", "ad.fliplr(x)"),
    _where(_has_axes(2), "rot90", "np.rot90(x)", "ad.rot90(x, 3)"),
    _where(_has_axes(1), "roll", "np.roll(x, 1)", "ad.roll(x, -1, axis=0)", "np.roll(x, 2, axis=-1)"),
    _where(_has_axes(1, 2), "repeat", "np.repeat(x, 2)", "ad.repeat(x, 2, axis=0)", "x.repeat(2, axis=-1)"),
    _where(_has_axes(1, 2), "tile", "np.tile(x, 2)", "ad.tile(x, (2, 1))"),
    _where(_has_axes(1, 2), "pad", "np.pad(x, 1)", "ad.pad(x, 1, mode='edge')", "np.pad(x, (1, 0))"),
    _where(lambda s: s[-1:] > (1,), "diff", "np.diff(x)", "ad.diff(x, axis=-1)"),
    _where(lambda s: len(s) == 1 and s > (1,), "gradient", "np.gradient(x)", "ad.gradient(x, 0.5)"),
    _where(_has_axes(1, 1), "diag", "np.diag(x)", "ad.diag(x, 1)", "ad.diag(x, -1)"),
    _where(_has_axes(2, 2), "diagonal", "np.diagonal(x)", "ad.diagonal(x)", "x.diagonal()"),
    _where(_has_axes(2, 2), "trace", "np.trace(x)", "ad.trace(x)", "x.trace()"),
    _where(_has_axes(2), "tril", "np.tril(x)", "ad.tril(x, -1)"),
    _where(_has_axes(2), "triu", "np.triu(x)", "ad.triu(x, 1)"),
    _where(lambda s: s[:1] == (2,), "split", "np.split(x, 2)[1]", "ad.split(x, [1])[0]"),
    _where(_has_axes(1), "array_split", "np.array_split(x, 2)[0]", "ad.array_split(x, 1)[-1]"),
    _where(lambda s: len(s) > 1 and s[0] == 2, "vsplit", "np.vsplit(x, 2)[0]", "ad.vsplit(x, 2)[1]"),
    _where(lambda s: len(s) > 1 and s[1] == 2, "hsplit", "np.hsplit(x, 2)[0]", "ad.hsplit(x, 2)[1]"),
    _where(lambda s: s[2:] == (2,), "dsplit", "np.dsplit(x, 2)[0]", "ad.dsplit(x, 2)[1]"),
    _where(
        _has_axes(1), "sort", "np.sort(x)", "ad.sort(x, axis=0)", "np.sort(x, axis=None)",
        family="selection", gap=ties, unique=True,
    ),
    _where(
        _has_axes(1), "partition", "np.partition(x, 0)", "ad.partition(x, 0, axis=None)",
        family="selection", gap=ties, unique=True,
    ),
]  # fmt: skip


def _joining(condition: Callable[[Shape], bool], name: str, *arguments: str) -> Drawable:
    """An operation that joins arrays of one shape."""
    spelled = fitting(lambda x, y: x == y and condition(x), in_both(name, *arguments))
    shapes = tuple(filter(condition, SHAPES))
    return Drawable(name, spelled, (ANY, ANY), "shaping", shapes=shapes, others=alike)


JOINING = [
    _joining(_has_axes(1), "concatenate", "[x, y]", "[x, y, x], axis=-1", "[x, y], axis=None"),
    _joining(_has_axes(0, 2), "stack", "[x, y]", "[x, y, x], axis=-1"),
    _joining(_has_axes(0), "vstack", "[x, y]"),
    _joining(_has_axes(0), "hstack", "[x, y]"),
    _joining(_has_axes(0), "dstack", "[x, y]"),
    _joining(_has_axes(0, 2), "column_stack", "[x, y]"),
    _joining(_has_axes(0), "append", "x, y"),
    Drawable("array", ["ad.array([x, y, x])"], (ANY, ANY), "shaping", shapes=((),), others=alike),
]

SELECTION = [
    Drawable(
        "where",
        ["np.where(x > 0.5, x, y)", "ad.where(x < 0.5, y, x)", "ad.where((x > -1.0) & (x < 0.5), x, y)"],
        (ANY.without(0.5, -1.0), ANY),
        "selection",
        weight=3,
    ),
    Drawable(
        "where", ["np.where(x > y, x, 0.5)", "ad.where(x <= y, x, y)"], (ANY, ANY), "selection",
        gap=apart, jump=True,
    ),
    Drawable(
        "select", ["np.select([x > 0.5, x < -0.5], [x, y], 1.0)", "ad.select([x > 0.5], [y], x)"],
        (ANY.without(0.5, -0.5), ANY), "selection", others=alike,
    ),
]  # fmt: skip
