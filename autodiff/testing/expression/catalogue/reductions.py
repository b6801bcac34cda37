"""Reductions and accumulations: along which axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from ....values.data import Data, Shape
from ...domains import Domain
from .drawable import ROWS, Drawable, fitting
from .elementwise import calls

MODERATE = Domain(-2.0, 2.0)
"""Where products of several factors are of moderate size."""


def ties(x: Data) -> Data:
    """The differences of entries that are neighbours in size."""
    return np.diff(np.sort(x, axis=None))


def each(name: str, options: Sequence[str]) -> list[str]:
    """The ways to call an operation, with each of some options."""
    return [spelling for option in options for spelling in calls(name, f"x, {option}" if option else "x")]


@cache
def _axes(shape: Shape, least: int) -> list[str]:
    """What may be given as axes, so that at least so many entries become one."""
    n = len(shape)
    choices: list[Any] = [None, *range(n), -1] + [(0, 1), (-1, 0)] * (n > 1)
    found = []
    for axes in choices if n else []:
        chosen = range(n) if axes is None else axes if isinstance(axes, tuple) else (axes,)
        if math.prod(shape[axis] for axis in chosen) >= least:
            text = "" if axes is None else f"axis={axes}"
            found += [text, f"{text}, keepdims=True" if text else "keepdims=True"]
    return found


def _reduction(name: str, least: int = 1, **traits: Any) -> Drawable:
    """An operation with NumPy's axis and keepdims."""

    @cache
    def spellings(shape: Shape) -> list[str]:
        return each(name, _axes(shape, least))

    return Drawable(name, spellings, family="reductions", shapes=ROWS, **traits)


def _along(name: str, *options: str, **traits: Any) -> Drawable:
    """An operation along an axis."""
    return Drawable(name, fitting(len, each(name, options)), family="reductions", shapes=ROWS, **traits)


REDUCTIONS = [
    _reduction("sum", weight=3),
    _reduction("mean", weight=2),
    _reduction("max", gap=ties, unique=True),
    _reduction("min", gap=ties, unique=True),
    _reduction("prod"),
    _reduction("var", least=2),
    _reduction("std", least=2, gap=ties, unique=True),
    _reduction("logsumexp"),
    _along("softmax", "", "axis=0"),
    _along("log_softmax", "", "axis=0"),
    _along("layer_norm", "eps=0.1", "axis=0, eps=0.1"),
    _along("cumsum", "", "axis=0", "axis=-1"),
    _along("cumprod", "", "axis=0", "axis=-1", domains=(MODERATE,)),
]
