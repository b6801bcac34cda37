"""Sums of products of one sequence with another that slides along it.

The two operations below are bilinear, and each is the adjoint of the other in its first operand: so they are
their derivatives of any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.data import Data, Operand, shape_of
from ..values.declaration import composed, primitive
from .indexing import getitem
from .shaping import atleast_1d, flip

__all__ = ["convolve", "correlate"]


@primitive(
    linear=True,
    typeset="{} ∗ {}",
    da=lambda g, y, a, v: _sliding(g, v),
    dv=lambda g, y, a, v: _sliding(g, a),
)
def _convolve(a: Data, v: Data, /) -> Data:
    """All of a convolution.   yₖ = Σᵢ aᵢ·vₖ₋ᵢ;   ā = _sliding(ȳ, v),  v̄ = _sliding(ȳ, a)."""
    return np.convolve(a, v)


@primitive(
    linear=True,
    typeset="{} ⋆ {}",
    da=lambda g, y, a, v: _convolve(g, v),
    dv=lambda g, y, a, v: _sliding(a, g),
)
def _sliding(a: Data, v: Data, /) -> Data:
    """A correlation with the longer first, where they overlap as a whole.   yₖ = Σᵢ aₖ₊ᵢ·vᵢ."""
    return np.correlate(a, v)


def _sequences(name: str, mode: str, *given: Operand) -> list[Any]:
    """The two sequences. Raises ValueError for others, and for an unknown mode."""
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"{name}: mode must be full, same or valid, got {mode!r}")
    several = [atleast_1d(x) for x in given]
    shapes = [shape_of(x) for x in several]
    if any(len(shape) > 1 or 0 in shape for shape in shapes):
        raise ValueError(
            f"{name}: expected two sequences with entries, got shapes {shapes[0]} and {shapes[1]}"
        )
    return several


@composed
def convolve(a: Operand, v: Operand, /, mode: str = "full") -> Any:
    """Convolution of two sequences.   yₖ = Σᵢ aᵢ·vₖ₋ᵢ.

        āᵢ = Σₖ ȳₖ·vₖ₋ᵢ,  v̄ⱼ = Σₖ ȳₖ·aₖ₋ⱼ

    Of n and m entries, "full" gives all n + m − 1 sums; "same" the max(n, m) in the middle; "valid" those of
    min(n, m) products, where they overlap as a whole.

    Raises ValueError for an unknown mode, and for anything but two sequences with entries.

    >>> convolve([1.0, 2.0, 3.0], [0.0, 1.0, 0.5])
    array([0. , 1. , 2.5, 4. , 1.5])
    """
    a, v = _sequences("convolve", mode, a, v)
    (n,), (m,) = shape_of(a), shape_of(v)
    if n < m:
        a, v, n, m = v, a, m, n
    if mode == "valid":
        return _sliding(a, flip(v))
    start = (m - 1) // 2
    return _convolve(a, v) if mode == "full" else getitem(_convolve(a, v), slice(start, start + n))


@composed
def correlate(a: Operand, v: Operand, /, mode: str = "valid") -> Any:
    """Correlation of two sequences.   yₖ = Σᵢ aₖ₊ᵢ·vᵢ: convolution with v from back to front.

    The modes are those of `convolve`. Where v is the longer one, the result is that of the exchanged
    sequences from back to front. Raises ValueError as `convolve` does.

    >>> correlate([1.0, 2.0, 3.0], [0.0, 1.0, 0.5])
    array([3.5])
    """
    a, v = _sequences("correlate", mode, a, v)
    if shape_of(a) < shape_of(v):
        return flip(correlate(v, a, mode))
    return _sliding(a, v) if mode == "valid" else convolve(a, flip(v), mode)
