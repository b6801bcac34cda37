"""Entries at places that are computed: the places are data, so a program finds them anew at each call."""

from __future__ import annotations

import numpy as np

from ..values.data import Data, shape_of
from ..values.declaration import primitive


@primitive(
    selecting=True,
    typeset="{}[{}]",
    dx=lambda g, y, x, places: scattered(g, places, shape_of(x)[0]),
    dplaces=0.0,
)
def gathered(x: Data, places: Data, /) -> Data:
    """Along the first axis, the entries at places.   y[i, j] = x[places[i, j], j];   x̄ = ȳ, laid back.

    The places are whole numbers; the other axes broadcast. They have slope 0.

    >>> gathered([1.0, 2.0, 4.0], [2.0, 0.0])
    array([4., 1.])
    """
    return np.take_along_axis(x, places.astype(np.intp), 0)


@primitive(
    selecting=True,
    typeset="({} at [{}]){size:unsaid}",
    dx=lambda g, y, x, places, size: gathered(g, places),
    dplaces=0.0,
)
def scattered(x: Data, places: Data, /, size: int) -> Data:
    """Zeros, with x added at places along the first axis: the adjoint of `gathered`.   x̄ = ȳ[places].

    >>> scattered([1.0, 2.0, 4.0], [0.0, 2.0, 0.0], 3)
    array([5., 0., 2.])
    """
    result = np.zeros_like(x, shape=(size, *x.shape[1:]))
    others = np.ogrid[tuple([slice(n) for n in x.shape])][1:]
    np.add.at(result, (places.astype(np.intp), *others), x)
    return result
