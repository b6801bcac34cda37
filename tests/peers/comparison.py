"""One function of the table at one point: by this engine and by a peer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

import autodiff as ad
from tests.cases import Elementwise, Shaped, find

from . import ours
from .package import Derivatives, Package

__all__ = ["both", "here", "there", "through"]

Called = Callable[..., Any]
"""called(f, *xs), with f the operation here or the peer's."""


def through(case: Elementwise | Shaped) -> Called:
    """How a case of the table calls its operation."""
    if isinstance(case, Elementwise):
        return lambda f, *xs: f(*xs, **dict(case.metadata))
    return lambda f, *xs: case.call(f, *map(case.prepare, xs))


def here(name: str, called: Called, xs: Sequence[Any], seed: Any, along: Sequence[Any]) -> Derivatives:
    """By this engine."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return ours.derivatives(partial(called, find(ad, name)), xs, seed, along)


def there(
    peer: Package, name: str, called: Called, xs: Sequence[Any], seed: Any, along: Sequence[Any]
) -> Derivatives:
    """By a peer."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return peer.derivatives(partial(called, partial(peer.call, name)), xs, seed, along)


def both(peer: Package, name: str, called: Called, xs: Sequence[Any]) -> tuple[Derivatives, Derivatives]:
    """The same seed and directions for both."""
    rng = np.random.default_rng(1)
    along = [rng.normal(size=np.shape(x)).astype(np.asarray(x).dtype) for x in xs]
    shape = np.shape(here(name, called, xs, 1.0, along).value)
    seed = rng.normal(size=shape)
    return here(name, called, xs, seed, along), there(peer, name, called, xs, seed, along)
