"""x"""
from __future__ import annotations
import numpy as np
from ..data import Data, Shape, shape_of
from ..primitive import primitive

@primitive(dx=lambda g, y, x, shape: sum_to(g, shape_of(x)))
def broadcast_to(x: Data, /, shape: Shape) -> Data:
    return np.broadcast_to(x, shape)


@primitive(dx=lambda g, y, x, shape: broadcast_to(g, shape_of(x)))
def sum_to(x: Data, /, shape: Shape) -> Data:
    """Sum over the axes along which `shape` broadcasts to the shape of x: the adjoint of broadcast_to."""
    extra = x.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(shape) if n == 1 and x.shape[i + extra] != 1)
    return np.sum(x, axis=axes, keepdims=True).reshape(shape) 
