"""An array of another package as NumPy's functions see it: the package's functions of their names answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

__all__ = ["ForeignArray"]


class ForeignArray(NDArrayOperatorsMixin):
    """A tensor of PyTorch or an array of JAX: `np.sin(x)`, `x @ y`, `x[0]` are its own."""

    def __init__(self, array: Any, package: Any) -> None:
        self.array, self.package = array, package

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its axes."""
        return tuple(self.array.shape)

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its numbers."""
        dtype: np.dtype[Any] = self.package.dtype(self.array)
        return dtype

    def __getitem__(self, index: Any) -> Any:
        return self.package.call("getitem", self, index)

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        return self.package.call(ufunc.__name__, *args, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        room = function.__module__.removeprefix("numpy").removeprefix(".")
        return self.package.call(f"{room}.{function.__name__}".lstrip("."), *args, **kwargs)
