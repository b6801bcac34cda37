"""Where a Value becomes a number, an array or text: what is allowed, and what would cut the chain rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import modes
from .data import Data, Shape, is_lazy, summary
from .leaving import cut


class Conversions:
    """How a Value leaves the graph, or refuses to.

    Reading is free; what computes on, as `float()` in a function of `math`, is refused to variables.
    """

    __slots__ = ()

    __array_priority__ = __pandas_priority__ = 1_000_000
    """A Series and a DataFrame leave to a Value what their operators and NumPy's functions do with one."""

    asking: Callable[[], tuple[str, str]]
    """Which function of a library asks for an array, and what to write instead; `operators` attaches it."""

    if TYPE_CHECKING:  # what Value has
        _data: Data
        _operation: Any
        _tracked: bool

        @property
        def name(self) -> str | None: ...
        @property
        def data(self) -> Data: ...
        @property
        def shape(self) -> Shape: ...
        @property
        def dtype(self) -> np.dtype[Any]: ...
        def described(self) -> str: ...

    def _check_readable(self, how: str) -> None:
        """Raise TypeError while a program is recorded that would have the numbers of today in it."""
        if modes.switch.on and (tracer := modes.tracer()) is not None:
            tracer.check_read(self, how)

    def item(self) -> float:
        """The only entry, as a Python number. Raises ValueError if there are several."""
        self._check_readable(".item()")
        return float(self._data) if not self.shape else self._data.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers; a number for a 0-d value."""
        self._check_readable(".tolist()")
        return self._data if type(self._data) is float else self._data.tolist()

    def _number(self, how: str, cuts: bool) -> float:
        """The number, for Python and for NumPy's elements; `cuts` where a slope other than 0 would be lost.

        Raises TypeError for an array, for what a program computes anew, and for a variable whose slope
        would be lost: in a derivative, where it is wanted, any other than `.item()` counts as a slip.
        """
        self._check_readable(how)
        if self.shape:
            raise TypeError(
                f"{how} takes a number, got {self.described()}; index it, or use .item() or .tolist(), or "
                "autodiff.exp and its like in place of the functions of math"
            )
        if self._tracked and (cuts or modes.inside_derivative()) and not modes.forgetting():
            raise cut(how, self.described())
        return float(self._data)

    def __float__(self) -> float:
        """The number of a constant, or inside `no_grad`; else TypeError, since its slope would be lost.

        The functions of `math` and NumPy's `array[i] = v` ask for it.
        """
        return self._number("float()", cuts=True)

    def __complex__(self) -> complex:
        """As `float()`."""
        return complex(self._number("complex()", cuts=True))

    def __int__(self) -> int:
        """The whole part, whose slope is 0. Raises TypeError for a variable inside a derivative."""
        return int(self._number("int()", cuts=False))

    def __trunc__(self) -> int:
        """As `int()`."""
        return math.trunc(self._number("math.trunc()", cuts=False))

    def __floor__(self) -> int:
        """The whole number below. Raises TypeError as `int()`; autodiff.floor is an operation."""
        return math.floor(self._number("math.floor()", cuts=False))

    def __ceil__(self) -> int:
        """The whole number above. Raises TypeError as `int()`; autodiff.ceil is an operation."""
        return math.ceil(self._number("math.ceil()", cuts=False))

    def __bool__(self) -> bool:
        self._check_readable("bool()")
        if self.shape:
            raise ValueError(f"the truth of {self.described()} is ambiguous; use .any() or .all()")
        return bool(self._data)

    def __round__(self, digits: int | None = None) -> Any:
        self._check_readable("round()")
        if type(self._data) is float:
            return round(self._data, digits)
        return np.round(self._data, digits or 0)

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        if self.shape:
            raise TypeError(f"format {spec!r} takes a number, got {self.described()}; index it first")
        return format(float(self._data), spec)

    def __repr__(self) -> str:
        parts = [summary(self._data)]
        if self.dtype != np.float64:
            parts.append(f"dtype={self.dtype}")
        if self.name:
            parts.append(f"name={self.name!r}")
        if self._operation is not None:
            parts.append(f"operation={self._operation.symbol!r}")
        elif not self._tracked:
            parts.append("constant=True")
        return f"Value({', '.join(parts)})"

    def _repr_html_(self) -> str:
        from .display import html  # where a notebook asks

        return html(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """A copy of the data of a constant, or inside `no_grad`; else TypeError: the graph would be lost."""
        kept = self._tracked and not modes.forgetting()
        if kept or modes.tracer() is not None or is_lazy(self._data):
            function, instead = self.asking()
            raise TypeError(
                f"{self.described()} does not become an array{f' for {function}' if function else ''}: its "
                f"graph would be lost; {f'{instead}; ' if instead else ''}use .data for the numbers, or "
                "autodiff.stack and where to build an array of Values; .item() for one number"
            )
        return np.array(self.data, dtype=dtype, copy=copy is not False)
