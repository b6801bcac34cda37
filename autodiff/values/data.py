"""What a Value may hold: a Python float, or an array of any library that follows NumPy's protocols.

A 0-d float64 is a Python `float`: its arithmetic is three times as fast as a NumPy scalar's.
Arrays keep their dtype; 0-d data of another dtype are NumPy scalars. Integers become float64.
So float32 stays float32 beside np.float64(2), np.array(2.0) and whole numbers, as beside 2.0, where NumPy
gives float64; and an array of small integers makes it float64, where NumPy keeps float32.
"""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


Data: TypeAlias = Any
"""A float, a NumPy scalar, or an array that follows NumPy's protocols (NumPy, Dask, CuPy)."""

Operand: TypeAlias = Any
"""A Value, or anything that `as_data` takes: what an operation accepts."""

Shape: TypeAlias = tuple[int, ...]

FLOAT64 = np.dtype(np.float64)

NATIVE = (float, np.ndarray, np.generic, tuple)
"""Types of data that are Python's or NumPy's own."""

NUMBERS = (np.float64, int, np.integer, np.bool_)
"""Types of numbers that become floats."""


def shape_of(x: Data) -> Shape:
    """Shape of raw data; () for a number."""
    if type(x) is float:
        return ()
    if type(x) is np.ndarray or hasattr(x, "shape"):
        shape: Shape = x.shape
        return shape
    if isinstance(x, (list, tuple)):  # of Values, too
        return (len(x), *shape_of(x[0])) if x else (0,)
    return np.shape(x)


def dtype_of(x: Data) -> np.dtype[Any]:
    """Dtype of raw data; float64 for a Python number."""
    dtype: np.dtype[Any] = getattr(x, "dtype", FLOAT64)
    return dtype


def is_lazy(x: Data) -> bool:
    """Whether data belong to another library, so that looking at them may be costly (Dask, CuPy)."""
    return not isinstance(x, NATIVE)


def holds_nan(x: Data) -> bool:
    """Whether data are nan somewhere; lazy data are not looked at."""
    return x != x if type(x) is float else not is_lazy(x) and bool(np.isnan(x).any())


def zeros_for(x: Data, shape: Shape | None = None) -> Data:
    """Zeros of a shape, if not given that of x, of the dtype and the library of x."""
    if type(x) is float or type(x) is np.ndarray:
        return np.zeros(shape_of(x) if shape is None else shape, dtype_of(x))
    return np.zeros_like(x, shape=shape)


def compact(x: Data) -> Data:
    """An array in which one entry is repeated along all axes, as that entry; any other as it is."""
    return x[(slice(1),) * x.ndim] if x.size > 1 and not any(x.strides) else x


def canonical(x: Data) -> Data:
    """A result as a Value keeps it: 0-d float64 as a float, other 0-d arrays as NumPy scalars.

    Integers and booleans become float64.
    """
    kind = type(x)
    if kind is float:
        return x
    if kind is np.ndarray:
        if x.ndim:
            return x if x.dtype.kind not in "iub" else x.astype(FLOAT64)
        x = x[()]
    if isinstance(x, NUMBERS):
        return float(x)
    if isinstance(x, (tuple, list)):
        return getattr(kind, "_make", tuple)(map(canonical, x))
    return x


def cast(x: Data, dtype: DTypeLike) -> Data:
    """Data in another precision."""
    return canonical((np.float64(x) if type(x) is float else x).astype(dtype))


def changes_digits(x: Any, dtype: np.dtype[Any]) -> bool:
    """Whether a cast of x to a dtype loses digits, or gives a narrower float digits that it did not have.

    What has no dtype, such as a list, has no digits to lose.
    """
    given = getattr(x, "dtype", dtype).newbyteorder("=")
    if given == dtype or given.kind not in "fiu" or is_lazy(x):
        return bool(given != dtype and given.kind == "f")
    if given.kind == "f" and np.can_cast(given, dtype):
        return True
    with np.errstate(all="ignore"):
        return not np.array_equal(x.astype(dtype).astype(given), x, equal_nan=given.kind == "f")


def as_data(x: Any, *, copy: bool = True, masks: bool = False, what: str = "data") -> Data:
    """Convert anything that stands for numbers to data.

    Arrays are copied, unless `copy` is false. With `masks`, boolean arrays stay boolean, so that a
    product with one keeps the dtype of the other factor. Raises TypeError naming the dtype for
    complex, object and string data, ValueError for numbers beyond float64; errors call the data `what`.

    >>> as_data([1, 2])
    array([1., 2.])
    """
    kind = type(x)
    if kind is float:
        return x
    if kind is np.ndarray and x.dtype == FLOAT64 and x.ndim:
        return x.copy() if copy else x
    if kind is int or kind is bool:
        return as_float(x, what)
    if kind is not np.ndarray and hasattr(kind, "__array_function__") and is_lazy(x):
        return _converted(_measured(x), copy, masks, what)
    data = _converted(_as_array(x, what), copy and isinstance(x, np.ndarray), masks, what)
    return data if data.dtype.kind == "b" else canonical(data)


def _measured(x: Data) -> Data:
    """A lazy array, if its shape is known."""
    if any(n != n for n in x.shape):
        raise ValueError(f"the shape {x.shape} is not known: call compute_chunk_sizes() of the dask array")
    return x


def as_float(x: Any, what: str = "data") -> float:
    """A real number as a float. Raises ValueError where it is beyond them.

    >>> as_float(10**400)
    Traceback (most recent call last):
    ValueError: data must be in the range of float64, up to 1.8e308; got a number beyond it
    """
    try:
        return float(x)
    except OverflowError:
        raise beyond(what) from None


def beyond(what: str) -> ValueError:
    """The error of a number that no float can hold."""
    return ValueError(f"{what} must be in the range of float64, up to 1.8e308; got a number beyond it")


def _as_array(x: object, what: str) -> Data:
    if isinstance(x, np.ndarray) and isinstance(x, np.ma.MaskedArray):  # np.ma is loaded when asked for
        raise TypeError("masked arrays are not supported: a mask would be lost; fill it first")
    if isinstance(x, (np.ndarray, np.generic)):
        return np.asarray(x)
    try:
        array = np.array(x)
    except ValueError as error:
        raise ValueError(f"{what} must be a number or a regular array: {error}") from None
    except OverflowError:
        raise beyond(what) from None
    return _without_objects(array, what)


def _without_objects(x: Data, what: str) -> Data:
    """Numbers that NumPy keeps as Python's, such as 10**20 and ½, as floats."""
    if x.dtype.kind != "O" or not all(isinstance(entry, numbers.Real) for entry in x.flat):
        return x
    return np.array([as_float(entry, what) for entry in x.flat]).reshape(x.shape)


def _converted(x: Data, copy: bool, masks: bool, what: str) -> Data:
    dtype = x.dtype
    if dtype.kind == "f" or (masks and dtype.kind == "b" and x.ndim):
        return x.copy() if copy else x
    if dtype.kind in "iub":
        return x.astype(FLOAT64)
    raise TypeError(f"{what} must be real numbers, got dtype {dtype}")


def summary(data: Data) -> str:
    """Data in few characters: large arrays are shortened, lazy ones not computed."""
    if isinstance(data, np.ndarray):
        return np.array2string(data, separator=", ", threshold=20, prefix="Value(")
    return str(data) if isinstance(data, np.generic) else repr(data)
