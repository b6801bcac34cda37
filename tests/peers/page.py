"""docs/conventions.md: the table of conventions with the numbers that were computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .conventions import AGREEMENTS, CONVENTIONS, Convention
from .package import Package

__all__ = ["PAGE", "text"]

PAGE = Path(__file__).parents[2] / "docs" / "conventions.md"
ORDERS = ("value", "slope", "curvature")
INTRODUCTION = """\
# Conventions beside those of PyTorch and JAX

Written by `python -m tests.peers --write` (extra `peers`); the numbers are computed, and a test compares this
page with them. Everywhere else values, gradients and second order of the shared operations agree to rounding:
`tests/peers` runs them over the table of operations, over special numbers, and over samples of PyTorch's own
tests. The slope is the gradient of the sum of the result, the curvature its derivative along ones. Which of
NumPy's functions are differentiated at all, here and by others, is in [a table of its own](parity.md).
"""


def text() -> str:
    """The whole page."""
    from .jax_numpy import JAX
    from .pytorch import PyTorch

    both: list[Package] = [PyTorch(), JAX()]
    head = ["what", "at", "", "here", "PyTorch", "JAX", "why"]
    apart = [_row(c, both) for c in CONVENTIONS]
    alike = [_alike(c) for c in AGREEMENTS]
    return "\n".join(
        [
            INTRODUCTION,
            *_table(head, apart),
            "",
            "## Edges at which all three agree",
            "",
            *_table(["what", "at", "", "all three", "why"], alike),
            "",
        ]
    )


def _row(c: Convention, both: Sequence[Package]) -> list[str]:
    found = [c.here(), *(c.there(peer) for peer in both)]
    return [*_asked(c), *(_numbers(xs) if xs else "–" for xs in found), c.why]


def _alike(c: Convention) -> list[str]:
    return [*_asked(c), _numbers(c.here()), c.why]


def _asked(c: Convention) -> list[str]:
    return [f"`{c.expression}`", _numbers(c.point), ORDERS[c.order]]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _line(head)
    yield _line(["---"] * len(head))
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _numbers(xs: Sequence[Any]) -> str:
    return ", ".join(_number(np.asarray(x).tolist()) for x in xs)


def _number(x: Any) -> str:
    """With four digits: the last ones of a processor are another's."""
    if isinstance(x, list):
        return f"[{', '.join(map(_number, x))}]"
    if np.isinf(x):
        return "∞" if x > 0 else "−∞"
    return f"{x + 0.0:.4g}".replace("-", "−")
