"""Several arrays made into one, and one into several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from operator import index
from typing import Any

import numpy as np

from ..values.axes import axis_in
from ..values.data import Data, Operand, Shape, as_data, shape_of, zeros_for
from ..values.declaration import composed, primitive
from ..values.value import Value, holds_values
from .indexing import along
from .shaping import atleast_1d, atleast_2d, atleast_3d, ravel, reshape

__all__ = [
    "append",
    "array",
    "array_split",
    "column_stack",
    "concatenate",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "split",
    "stack",
    "vsplit",
    "vstack",
]

Sections = int | Sequence[int]


def _several(arrays: Iterable[Operand], name: str) -> tuple[Operand, ...]:
    several = tuple(arrays)
    if not several:
        raise ValueError(f"{name}: need at least one array")
    return several


# -- joining -----------------------------------------------------------------------------------


@primitive(
    linear=True,
    typeset="joined{axis:axes}({*}){bounds:unsaid}",
    darrays=lambda g, y, arrays, i, axis, bounds: g[along(axis, slice(bounds[i], bounds[i + 1]))],
)
def _concatenate(*arrays: Data, axis: int, bounds: tuple[int, ...]) -> Data:
    return np.concatenate(arrays, axis)


@composed
def concatenate(arrays: Iterable[Operand], /, axis: int | None = 0) -> Any:
    """Arrays one after the other along an existing axis; flattened if it is None.

        x̄ᵢ = the part of ȳ that came from xᵢ

    Shapes agree except along the axis. Raises ValueError where they do not, and for no arrays.

    >>> concatenate([[1, 2], [3]])
    array([1., 2., 3.])
    """
    several = _several(arrays, "concatenate")
    if axis is None:
        several, axis = tuple(map(ravel, several)), 0
    shapes = list(map(shape_of, several))
    if () in shapes:
        raise ValueError(
            "concatenate: numbers have no axis, zero-dimensional arrays cannot be concatenated; use stack"
        )
    axis = axis_in(axis, len(shapes[0]), "concatenate")
    bounds = tuple(accumulate((shape[axis] if axis < len(shape) else 0 for shape in shapes), initial=0))
    return _concatenate(*several, axis=axis, bounds=bounds)


@primitive(
    linear=True, typeset="stacked{axis:axes}({*})", darrays=lambda g, y, arrays, i, axis: g[along(axis, i)]
)
def _stack(*arrays: Data, axis: int) -> Data:
    # Floats come from scalar code, many at a time: np.stack would make an array of each.
    return np.array(arrays) if all(type(x) is float for x in arrays) else np.stack(arrays, axis)


@composed
def array(data: Operand, /) -> Any:
    """Nested lists of Values, arrays and numbers as one array.   x̄ = ȳ at the place of x.

    A Value stays as it is. Raises ValueError where parts of one list differ in shape.

    >>> array([[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """
    if isinstance(data, Value):
        return data
    if not holds_values(data):
        return as_data(data)
    parts = [array(part) for part in data]
    shapes = list(map(shape_of, parts))
    if len(set(shapes)) > 1:
        other = next(i for i, shape in enumerate(shapes) if shape != shapes[0])
        raise ValueError(
            "array: the parts of a list must have one shape, "
            f"got {shapes[0]} at place 0 and {shapes[other]} at place {other}"
        )
    return _stack(*parts, axis=0)


@composed
def stack(arrays: Iterable[Operand], /, axis: int = 0) -> Any:
    """Arrays of one shape along a new axis.   x̄ᵢ = ȳ at place i of that axis.

    Raises ValueError where shapes differ, and for no arrays.

    >>> stack([1, 2])
    array([1., 2.])
    """
    several = _several(arrays, "stack")
    return _stack(*several, axis=axis_in(axis, len(shape_of(several[0])) + 1, "stack"))


@composed
def vstack(tup: Iterable[Operand], /) -> Any:
    """Arrays one below the other along axis 0, each with two axes or more."""
    return concatenate([atleast_2d(x) for x in _several(tup, "vstack")], 0)


@composed
def hstack(tup: Iterable[Operand], /) -> Any:
    """Arrays side by side: along axis 1, vectors along their only axis."""
    several = [atleast_1d(x) for x in _several(tup, "hstack")]
    return concatenate(several, 0 if len(shape_of(several[0])) == 1 else 1)


@composed
def dstack(tup: Iterable[Operand], /) -> Any:
    """Arrays one behind the other along axis 2, each with three axes or more."""
    return concatenate([atleast_3d(x) for x in _several(tup, "dstack")], 2)


@composed
def column_stack(tup: Iterable[Operand], /) -> Any:
    """Vectors as the columns of a matrix, matrices side by side."""
    several = _several(tup, "column_stack")
    return concatenate([reshape(x, (-1, 1)) if len(shape_of(x)) < 2 else x for x in several], 1)


@composed
def append(arr: Operand, /, values: Operand, axis: int | None = None) -> Any:
    """Values appended to an array along an axis; both are flattened if it is None."""
    return concatenate([arr, values], axis)


# -- splitting ---------------------------------------------------------------------------------


@primitive(
    linear=True,
    dx=lambda g, y, x, indices: _unsplit(
        *[part for part in g if part is not None],
        indices=tuple(index for part, index in zip(g, indices, strict=True) if part is not None),
        shape=shape_of(x),
    ),
)
def _split(x: Data, /, indices: tuple[Any, ...]) -> Data:
    """The parts of x at several indices.   x̄ = zeros, with the ȳ of each part added in its place."""
    return tuple(x[index] for index in indices)


@primitive(linear=True, dparts=lambda g, y, parts, i, indices, shape: g[indices[i]])
def _unsplit(*parts: Data, indices: tuple[Any, ...], shape: Shape) -> Data:
    """Zeros of a shape, with parts added at their indices: the adjoint of `_split`."""
    result = zeros_for(parts[0], shape)
    for part, place in zip(parts, indices, strict=True):
        if 0 not in shape_of(part):  # Dask assigns nothing to no places
            result[place] = result[place] + part
    return result


def array_split(ary: Operand, /, indices_or_sections: Sections, axis: int = 0) -> list[Any]:
    """Parts of an array along an axis: that many, the first ones longer, or cut at given places.

        x̄ = the ȳ of the parts one after the other, 0 for parts that were not used

    Raises ValueError for fewer than one part.

    >>> array_split([1, 2, 3], 2)
    [array([1., 2.]), array([3.])]
    """
    axis = axis_in(axis, len(shape_of(ary)), "split")
    n = shape_of(ary)[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        sections = int(indices_or_sections)
        if not 0 < sections < 2**63:
            raise ValueError(
                f"split: expected one part or more within 64 bits, got {indices_or_sections!r:.20}"
            )
        size, longer = divmod(n, sections)
        cuts = [i * size + min(i, longer) for i in range(sections + 1)]
    else:
        cuts = [0, *map(index, indices_or_sections), n]
    return list(_split(ary, tuple(along(axis, slice(start, stop)) for start, stop in pairwise(cuts))))


def split(ary: Operand, /, indices_or_sections: Sections, axis: int = 0) -> list[Any]:
    """Parts of an array along an axis, like `array_split`, but a number of parts must be of equal size.

    Raises ValueError where they are not.
    """
    if isinstance(indices_or_sections, (int, np.integer)):
        n = shape_of(ary)[axis_in(axis, len(shape_of(ary)), "split")]
        if indices_or_sections > 0 and n % indices_or_sections:
            raise ValueError(
                f"split: {n} entries do not make {indices_or_sections} equal parts; use array_split"
            )
    return array_split(ary, indices_or_sections, axis)


def _with_axes(ary: Operand, least: int, name: str) -> Operand:
    if len(shape_of(ary)) < least:
        raise ValueError(f"{name}: expected ndim ≥ {least}, got shape {shape_of(ary)}")
    return ary


def vsplit(ary: Operand, /, indices_or_sections: Sections) -> list[Any]:
    """Parts of an array along axis 0, of two axes or more."""
    return split(_with_axes(ary, 2, "vsplit"), indices_or_sections, 0)


def hsplit(ary: Operand, /, indices_or_sections: Sections) -> list[Any]:
    """Parts of an array along axis 1; of a vector along its only axis."""
    axis = 0 if len(shape_of(_with_axes(ary, 1, "hsplit"))) == 1 else 1
    return split(ary, indices_or_sections, axis)


def dsplit(ary: Operand, /, indices_or_sections: Sections) -> list[Any]:
    """Parts of an array along axis 2, of three axes or more."""
    return split(_with_axes(ary, 3, "dsplit"), indices_or_sections, 2)
