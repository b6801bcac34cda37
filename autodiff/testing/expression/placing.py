"""Numbers brought into the shape and domain that an operation needs, with few changes to whole numbers."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from ...values.data import Data, Shape, canonical, dtype_of
from ..domains import REAL, Domain
from ..strategies import multiples, reachable


def brought(data: Data, domain: Domain) -> Data:
    """The numbers, those outside a domain moved into it."""
    entries = [_nearby(x, domain) for x in np.ravel(data).tolist()]
    dtype = dtype_of(data)
    moved = np.array(entries, dtype).reshape(np.shape(data))
    if not all(x in domain for x in np.ravel(moved).tolist()):  # rounded across an end
        moved = np.array([_nearest(x, domain) for x in entries], dtype).reshape(np.shape(data))
    return canonical(moved)


def _nearby(x: float, domain: Domain) -> float:
    """A number in a domain that is like x: x, −x, a whole number near, or its like between the ends."""
    if x in domain:
        return x
    if -x in domain:
        return -x
    if 2.0 * x == round(2.0 * x):
        return _nearest(x, domain)
    piece = min(domain.pieces(), key=lambda piece: max(piece[0] - x, x - piece[1]))
    low, high = reachable(piece, domain, np.dtype(np.float64), REAL.high)
    return low + (high - low) * (0.5 + math.atan(x) / math.pi)


@cache
def _simple(domain: Domain) -> tuple[float, ...]:
    """The simplest numbers of a domain: whole ones, or multiples of ½, ¼ …"""
    spacing, found = 1.0, list[float]()
    while len(found) < 2 and spacing > 1e-3:
        found += multiples(spacing, domain.pieces())
        spacing /= 2.0
    return tuple(sorted(found, key=lambda x: (abs(x), x < 0.0))) or (domain.pieces()[0][0],)


def _nearest(x: float, domain: Domain) -> float:
    return min(_simple(domain), key=lambda simple: abs(simple - x))


def spread(data: Data, shape: Shape) -> Data:
    """The numbers in another shape, raised by 1 each time that they are repeated."""
    flat, size = np.ravel(data), math.prod(shape)
    rounds = np.arange(size) // flat.size
    return canonical((np.resize(flat, size) + rounds).astype(dtype_of(data)).reshape(shape))


def raised(data: Data) -> Data:
    """The first number raised by 1, the next by 2, and so on."""
    steps = (1.0 + np.arange(np.size(data))).reshape(np.shape(data))
    return canonical(np.add(data, steps).astype(dtype_of(data)))
