"""Value: a number or an array that remembers the operation it came from.

This file holds what a Value is: its data, its gradient, and where it came from; `conversions` has how it
becomes a plain number or text. The operations are declared in `ops` and attached to the class by
`operators`, which also attaches `backward`; their types are in `methods`.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from itertools import count, repeat, starmap
from typing import Any, Never, NoReturn, final

import numpy as np

from ..elsewhere import ARGUMENTS, NamesElsewhere, refuse_arguments
from ..text.notation import printable
from . import modes
from .conversions import Conversions
from .data import Data, Shape, as_data, cast, changes_digits, dtype_of, shape_of
from .labels import Label
from .methods import Index, Methods

births = count()

SMALL = 32_768
"""Entries up to which it costs little to remember what an array was."""

recasts = modes.Switch()
"""Counts how often the dtype of a leaf was changed: programs were recorded for a dtype."""


@final
class Value(Conversions, Methods, NamesElsewhere):
    """A number or an array that remembers the operation it came from.

    `data` is a number, a nested list or an array; it is copied. `name` labels the value in
    pictures, trees and errors. A `constant` is shown there, too, but never differentiated.

    Raises TypeError for complex, object and string data, and for Values.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.backward()
    >>> y.data, x.grad
    (9.0, 6.0)
    """

    # A scalar node is this one object, its float and its birth number: 148 bytes. Where the
    # operation's arity is 1 or 2, the operands are _x and _y; where it is 0, all operands are a
    # tuple in _x and the metadata a dict in _y. A leaf has no operation; its _x says when its array
    # was handed out, if it was, and what it was then, since anybody may write into that.
    __slots__ = ("_birth", "_data", "_grad", "_label", "_operation", "_tracked", "_x", "_y")

    _data: Data
    _grad: Data  # None until computed
    _birth: int
    _operation: Any  # typed here it would need a module that needs this one
    _x: Any
    _y: Any
    _label: Any  # its name, a Label, or None
    _tracked: bool

    def __init__(
        self, data: object, name: str | None = None, constant: bool = False, **elsewhere: Never
    ) -> None:
        if elsewhere:
            refuse_arguments("Value", elsewhere, ARGUMENTS["Value"])
        _refuse_values(data)
        self._label = _checked_name(name)
        self._data = as_data(data)
        self._grad = None
        self._birth = next(births)
        self._operation = None
        self._x = self._y = None
        self._tracked = not _checked_constant(constant)

    # -- data, gradient, name ------------------------------------------------------------------

    @property
    def data(self) -> Data:
        """The number or array. Assign to a leaf only: same shape, copied, cast to its dtype.

        A UserWarning says when an array or NumPy number of another precision is cast.

        A variable's array may be written to before it is used. After `leaf.data[0] = 5.0` later on, the next
        gradient raises, as after an assignment; for a constant, and through an array that was kept from
        before an assignment, only `detect_anomaly` notices. The array of a recorded node is read-only,
        since it may be a view of a leaf's.
        """
        self._check_readable(".data")
        data = self._data
        if isinstance(data, np.ndarray):
            if self._operation is None:
                if self._x is None:
                    self._x = next(births), data.tobytes() if data.size <= SMALL else None
                return data
            data = data.view()
            data.flags.writeable = False
        return data

    @data.setter
    def data(self, new: object) -> None:
        self._refuse_recorded("its data follow", "assign to a leaf")
        self._check_readable("assigning .data")
        if new is not self._data:
            data = self._fitted(new, "data")
            if changes_digits(new, self.dtype):
                self._tell_cast(new)
            self._data = data
        self._x = None  # also by `leaf.data -= step`, which has changed it in place
        self._birth = next(births)

    @property
    def grad(self) -> Data | None:
        """Gradient of the last `backward()` with respect to this value; None until computed."""
        self._check_readable(".grad")
        return self._grad

    @grad.setter
    def grad(self, new: object) -> None:
        self._grad = None if new is None else self._fitted(new, "grad")

    @property
    def name(self) -> str | None:
        """Label in pictures, trees and errors."""
        label = self._label
        name: str | None = label.name if type(label) is Label else label
        return name

    @name.setter
    def name(self, new: str | None) -> None:
        label, new = self._label, _checked_name(new)
        self._label = label._replace(name=new) if type(label) is Label else new

    @property
    def constant(self) -> bool:
        """Whether the value depends on no variable, so that nothing differentiates it.

        Assign to a leaf to freeze a parameter, or to unfreeze it: a frozen one has no gradient.
        """
        return not self._tracked

    @constant.setter
    def constant(self, new: bool) -> None:
        self._refuse_recorded("whether it is constant follows", "freeze a leaf")
        if self._tracked is not _checked_constant(new):
            return
        self._tracked = not new
        self._grad = None
        self._birth = next(births)

    @property
    def operation(self) -> Any:
        """The operation that recorded this value, with its `.name` and `.symbol`; None for a leaf.

        >>> (Value(3.0) * 2.0).operation.name
        'multiply'
        """
        return self._operation

    @property
    def shape(self) -> Shape:
        """Sizes of the axes; () for a number."""
        return shape_of(self._data)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(math.prod(self.shape))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the data; float64 for a Python float."""
        return dtype_of(self._data)

    def _refuse_recorded(self, why: str, remedy: str) -> None:
        if self._operation is not None:
            raise AttributeError(
                f"{self.described()} was recorded by {self._operation.name!r}: {why} from its inputs; "
                f"{remedy}, or detach() it"
            )

    def _fitted(self, new: object, what: str) -> Data:
        """Data of this value's shape and dtype, copied."""
        if isinstance(new, Value):
            raise TypeError(f"{what} of {self.described()} must be plain numbers; assign value.data")
        data = as_data(new, what=f"{what} of {self.described()}")
        if shape_of(data) != self.shape:
            raise ValueError(
                f"{what} of {self.described()} must have shape {self.shape}, got {shape_of(data)}; "
                "make a new Value for data of another shape"
            )
        return data if dtype_of(data) == self.dtype else cast(data, self.dtype)

    def _recast(self, dtype: np.dtype[Any]) -> None:
        """Give a leaf and its gradient another precision; what used it is outdated."""
        self._data = cast(self._data, dtype)
        self._grad = None if self._grad is None else cast(self._grad, dtype)
        self._x = None
        self._birth = next(births)
        recasts.turn(+1)

    def _tell_cast(self, new: Any) -> None:
        warnings.warn(
            f"data of {self.described()} are {self.dtype} and stay so: the {new.dtype} numbers that were "
            f"assigned are cast; make a new Value for another dtype (model.astype(np.{new.dtype}) casts a "
            f"whole model), or assign new.astype(np.{self.dtype}) if this is meant",
            stacklevel=3,
        )

    def described(self) -> str:
        """Name or kind, and shape: how errors speak of this value."""
        what = f"'{printable(self.name)}'" if self.name else "a value"
        return f"{what} of shape {self.shape}" if self.shape else what

    # -- gradients -----------------------------------------------------------------------------

    def zero_grad(self) -> None:
        """Forget the gradient: `grad` is None again."""
        self._grad = None

    def detach(self) -> Value:
        """The same data and name as a constant without history."""
        if modes.tracer() is None:
            return Value(self._data, self.name, constant=True)
        node = +self  # a program computes the data anew
        node._label, node._tracked = self.name, False
        return node

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError(f"len() takes an array, got the number {self!r}")
        return self.shape[0]

    def __iter__(self) -> Iterator[Value]:
        if not self.shape:
            raise TypeError(f"cannot iterate over the number {self!r}")
        return (self[i] for i in range(len(self)))

    def __setitem__(self, index: Index, new: object) -> NoReturn:
        raise TypeError(
            "a Value is not changed in place: the graph would be wrong; build the array with "
            "where, stack or concatenate, or assign a leaf's .data"
        )

    # -- identity, copies ----------------------------------------------------------------------

    __hash__ = object.__hash__

    def __reduce__(self) -> tuple[Any, tuple[Data, str | None, bool]]:
        if self._operation is not None:
            raise TypeError(
                f"{self.described()} was recorded by {self._operation.name!r}: a graph is not copied "
                "or pickled; copy detach(), take .data for the numbers, or rebuild it from its leaves"
            )
        return _restored, (self._data, self.name, not self._tracked)


def _restored(data: Data, name: str | None, constant: bool) -> Value:
    """A leaf from its pickle, which names this function as `autodiff._restored`, wherever it is defined."""
    return Value(data, name, constant)


_restored.__module__ = __name__.partition(".")[0]

blanks: Iterator[Value] = starmap(object.__new__, repeat((Value,)))
"""Values with nothing set, for nodes to be recorded: two thirds of the time of `object.__new__(Value)`."""


def data_of(x: Any) -> Data:
    """The data of a Value; anything else as it is."""
    return x._data if type(x) is Value else x


def _checked_name(name: object) -> str | None:
    if name is not None and not isinstance(name, str):
        raise TypeError(f"the name of a Value must be a string, got {name!r}")
    return name


def _checked_constant(constant: object) -> bool:
    if type(constant) is not bool:
        raise TypeError(f"a Value's constant must be True or False, got {constant!r}")
    return constant


def _refuse_values(data: object) -> None:
    if isinstance(data, Value):
        raise TypeError("Value(value): it is one already; use value.detach(), or value.data")
    if holds_values(data):
        raise TypeError("Value([value, …]) would lose their graphs; use autodiff.array, or autodiff.stack")


def holds_values(x: object) -> bool:
    """Whether a list or tuple has a Value in it, at any depth."""
    return isinstance(x, (list, tuple)) and any(type(e) is Value or holds_values(e) for e in x)
