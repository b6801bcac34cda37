"""Numbers and arrays of the kind that breaks code: the edges of floating point, and of memory layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.strategies import DrawFn, SearchStrategy

from ..settings import chosen
from ..values.data import Shape
from .dtypes import of_dtype
from .strategies import MAX_AXES, MAX_SIDE

Array = np.ndarray[Any, np.dtype[Any]]


def edge_numbers(
    dtype: Any = np.float64, allow_nan: bool = True, allow_infinity: bool = True
) -> SearchStrategy[float]:
    """Floats at the edges of a dtype, and a few ordinary ones.

    ±0, ±1, ±½, ±2 and ±3; 1 and its neighbours; the smallest and largest subnormal and normal numbers;
    ±1e±300, whose squares overflow or vanish (1e±30 in float32, 1e±4 in float16); ±1000, whose exponentials
    do, and the last whole number of which one does not; the whole number above which odd ones are missing;
    infinities and nan unless they are not allowed. `dtype` may be a strategy.

    >>> from hypothesis import find
    >>> find(edge_numbers(), lambda x: x < 0.0)
    -1.0
    """
    return of_dtype(
        dtype, lambda held: st.sampled_from(edges(held, allow_nan, allow_infinity)), "edge_numbers"
    )


def edges(dtype: np.dtype[Any], allow_nan: bool = True, allow_infinity: bool = True) -> list[float]:
    """All of them, in the order in which they shrink, positive ones first."""
    kind = np.finfo(dtype)
    large = {8: 1e300, 4: 1e30, 2: 1e4}[dtype.itemsize]
    zero, one, two = np.arange(3.0, dtype=dtype)
    written = [
        0.0, 1.0, 2.0, 3.0, 0.5, 1000.0, np.floor(np.log(kind.max)), large, 1.0 / large,
        kind.max, kind.smallest_normal, kind.smallest_subnormal, np.nextafter(kind.smallest_normal, zero),
        np.nextafter(one, two), np.nextafter(one, zero), 2.0 / kind.eps, *[np.inf] * allow_infinity,
    ]  # fmt: skip
    sizes = np.array(written, dtype).tolist()
    return [*sizes, *(-size for size in sizes), *[np.nan] * allow_nan]


# -- memory ----------------------------------------------------------------------------------------


def _reversed(x: Array) -> Array:
    return np.asarray(np.flip(np.ascontiguousarray(np.flip(x)).reshape(x.shape)))


def _spaced(x: Array) -> Array:
    every_second: tuple[Any, ...] = (..., *[slice(None, None, 2)] * x.ndim)
    apart: Array = np.zeros([2 * side for side in x.shape], x.dtype)[every_second]
    apart[...] = x
    return apart


def _repeated(x: Array) -> Array:
    return np.broadcast_to(x[:1], x.shape) if x.ndim else x


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "contiguous": np.array,
    "Fortran": lambda x: np.array(x, order="F"),
    "negative strides": _reversed,
    "spaced": _spaced,
    "zero strides": _repeated,
}
"""How an array may lie in memory: each gives one of the same shape, whose first row zero strides repeat."""


@st.composite
def edge_arrays(
    draw: DrawFn,
    shape: Shape | SearchStrategy[Shape] | None = None,
    dtype: Any = np.float64,
    elements: SearchStrategy[float] | None = None,
    allow_nan: bool = True,
    allow_infinity: bool = True,
    layouts: tuple[str, ...] = tuple(LAYOUTS),
) -> Array:
    """Arrays of what breaks code: edge numbers, empty axes and axes of one, odd layouts, read-only memory.

    Layouts are "contiguous", "Fortran", "negative strides", "spaced" (every second entry of a larger array)
    and "zero strides" (one row broadcast). Shape () gives an array without axes. `elements` are
    `edge_numbers` of the dtype, which may be a strategy; with `numbers(POSITIVE)` only memory is odd.
    A failing test notes the layout, which the array does not show.

    Raises ValueError for an unknown layout.

    >>> from hypothesis import find
    >>> find(edge_arrays(), lambda x: x.size == 0).shape
    (0,)
    >>> find(edge_arrays((2, 1)), lambda x: x.strides[0] < 0)
    array([[0.],
           [0.]])
    """
    held = draw(of_dtype(dtype, st.just, "edge_arrays"))
    if shape is None:
        shape = hnp.array_shapes(min_dims=0, max_dims=MAX_AXES, min_side=0, max_side=MAX_SIDE)
    if elements is None:
        elements = edge_numbers(held, allow_nan, allow_infinity)
    x = draw(hnp.arrays(held, shape, elements=elements, fill=st.nothing()))
    layout = draw(st.sampled_from(layouts))
    x = chosen("layout", layout, LAYOUTS)(x)
    if draw(st.booleans()):
        x.flags.writeable = False
    if currently_in_test_context() and (layout != "contiguous" or not x.flags.writeable):
        note(f"edge_arrays: {layout}{'' if x.flags.writeable else ', read-only'}")
    return x
