"""The same of this engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff import Value, gradients

from .package import Derivatives

__all__ = ["derivatives"]


def derivatives(f: Callable[..., Any], xs: Sequence[Any], seed: Any, along: Sequence[Any]) -> Derivatives:
    """Value, gradient, and second order by the same rules recorded."""
    inputs = [Value(x) for x in xs]
    value = f(*inputs)
    first = gradients(value, inputs, np.broadcast_to(seed, value.shape), create_graph=True)
    total = sum((np.sum(g * d) for g, d in zip(first, along, strict=True)), Value(0.0))
    second = gradients(total, inputs)
    return Derivatives(value.data, [np.asarray(g.data) for g in first], second)
