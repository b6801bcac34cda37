"""Value: a number or an array that remembers the operation it came from.

This file holds what a Value is: its data, its gradient, where it came from, and how it converts
and prints. The operations are declared in `ops` and attached to the class by `operators`, which
also attaches `backward`; their types stand here, at the end of the class.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import count, repeat, starmap
from types import EllipsisType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeAlias, final

import numpy as np

from ..text.notation import printable
from . import modes
from .data import Data, Operand, Shape, as_data, cast, changes_digits, dtype_of, is_lazy, shape_of
from .leaving import cut

if TYPE_CHECKING:
    from .operation import Operation

__all__ = ["Label", "Scope", "Value", "data_of", "holds_values", "label_of"]

Axis: TypeAlias = int | tuple[int, ...] | None
Index: TypeAlias = "int | slice | EllipsisType | np.ndarray[Any, Any] | Sequence[Any] | None"

births = count()

SMALL = 32_768
"""Entries up to which it costs little to remember what an array was."""

recasts = modes.Switch()
"""Counts how often the dtype of a leaf was changed: programs were recorded for a dtype."""


class Scope(NamedTuple):
    """A part of a program: its title, the birth number at which it began, and the scope around it."""

    title: str
    since: int
    around: Scope | None = None


class Label(NamedTuple):
    """What is known of a node besides its mathematics.

    Its name, the line that recorded it, the scope that it was recorded in, and the calls of modules that
    returned it, the innermost first: title, and birth number at which the call began.
    """

    name: str | None = None
    line: str | None = None
    scope: Scope | None = None
    calls: tuple[tuple[str, int], ...] = ()


@final
class Value:
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
    _operation: Operation | None
    _x: Any
    _y: Any
    _label: str | Label | None
    _tracked: bool

    def __init__(self, data: object, name: str | None = None, constant: bool = False) -> None:
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

        A UserWarning tells where an array or NumPy number of another precision is cast.

        A variable's array may be written into before it is used. `leaf.data[0] = 5.0` afterwards is refused
        by the next gradient, as an assignment is; of a constant, and through an array that was kept from
        before an assignment, only `detect_anomaly` finds it. The array of a recorded node is read-only,
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
        return label.name if type(label) is Label else label  # type: ignore[return-value]

    @name.setter
    def name(self, new: str | None) -> None:
        label, new = self._label, _checked_name(new)
        self._label = label._replace(name=new) if type(label) is Label else new

    @property
    def constant(self) -> bool:
        """Whether the value depends on no variable, so that nothing differentiates it.

        Assign to a leaf, to freeze a parameter or to free it: a frozen one has no gradient.
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
        return int(np.prod(self.shape))

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

    # -- leaving the graph ---------------------------------------------------------------------

    def _check_readable(self, how: str) -> None:
        """Raise TypeError while a program is recorded that would have the numbers of today in it."""
        if modes.switch.on and (tracer := modes.tracer()) is not None:
            tracer.check_read(self, how)

    def item(self) -> float:
        """The only entry, as a Python number. Raises ValueError when there are several."""
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

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """A copy of the data of a constant, or inside `no_grad`; else TypeError: the graph would be lost."""
        kept = self._tracked and not modes.forgetting()
        if kept or modes.tracer() is not None or is_lazy(self._data):
            raise TypeError(
                f"{self.described()} does not become an array: its graph would be lost; use .data for the "
                "numbers, or autodiff.stack and where to build an array of Values; .item() for one number"
            )
        return np.array(self.data, dtype=dtype, copy=copy is not False)

    # -- identity, copies ----------------------------------------------------------------------

    __hash__ = object.__hash__

    def __reduce__(self) -> tuple[type[Value], tuple[Data, str | None, bool]]:
        if self._operation is not None:
            raise TypeError(
                f"{self.described()} was recorded by {self._operation.name!r}: a graph is not copied "
                "or pickled; copy detach(), take .data for the numbers, or rebuild it from its leaves"
            )
        return Value, (self._data, self.name, not self._tracked)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        kind, arguments = self.__reduce__()
        return kind(*arguments)

    if TYPE_CHECKING:
        # Attached by `operators`; a test compares this list with what is attached.
        def backward(self, seed: Operand | None = None) -> None: ...
        def __add__(self, other: Operand) -> Value: ...
        def __radd__(self, other: Operand) -> Value: ...
        def __sub__(self, other: Operand) -> Value: ...
        def __rsub__(self, other: Operand) -> Value: ...
        def __mul__(self, other: Operand) -> Value: ...
        def __rmul__(self, other: Operand) -> Value: ...
        def __truediv__(self, other: Operand) -> Value: ...
        def __rtruediv__(self, other: Operand) -> Value: ...
        def __floordiv__(self, other: Operand) -> Value: ...
        def __rfloordiv__(self, other: Operand) -> Value: ...
        def __mod__(self, other: Operand) -> Value: ...
        def __rmod__(self, other: Operand) -> Value: ...
        def __pow__(self, other: Operand) -> Value: ...
        def __rpow__(self, other: Operand) -> Value: ...
        def __matmul__(self, other: Operand) -> Value: ...
        def __rmatmul__(self, other: Operand) -> Value: ...
        def __neg__(self) -> Value: ...
        def __pos__(self) -> Value: ...
        def __abs__(self) -> Value: ...
        def __getitem__(self, index: Index | tuple[Index, ...]) -> Value: ...
        def __eq__(self, other: object) -> Any: ...
        def __ne__(self, other: object) -> Any: ...
        def __lt__(self, other: Operand) -> Any: ...
        def __le__(self, other: Operand) -> Any: ...
        def __gt__(self, other: Operand) -> Any: ...
        def __ge__(self, other: Operand) -> Any: ...
        def __and__(self, other: Operand) -> Any: ...
        def __rand__(self, other: Operand) -> Any: ...
        def __or__(self, other: Operand) -> Any: ...
        def __ror__(self, other: Operand) -> Any: ...
        def __xor__(self, other: Operand) -> Any: ...
        def __rxor__(self, other: Operand) -> Any: ...
        def __invert__(self) -> Any: ...
        def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any: ...
        def __array_function__(
            self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any
        ) -> Any: ...
        @property
        def T(self) -> Value: ...  # noqa: N802, RUF100 (NumPy's name)
        def sum(self, axis: Axis = None, keepdims: bool = False) -> Value: ...
        def mean(self, axis: Axis = None, keepdims: bool = False) -> Value: ...
        def prod(self, axis: Axis = None, keepdims: bool = False) -> Value: ...
        def max(self, axis: Axis = None, keepdims: bool = False) -> Value: ...
        def min(self, axis: Axis = None, keepdims: bool = False) -> Value: ...
        def var(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Value: ...
        def std(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Value: ...
        def cumsum(self, axis: int | None = None) -> Value: ...
        def cumprod(self, axis: int | None = None) -> Value: ...
        def reshape(self, *shape: int | Sequence[int], order: str = "C") -> Value: ...
        def ravel(self) -> Value: ...
        def flatten(self, order: str = "C") -> Value: ...
        def transpose(self, *axes: int | Sequence[int] | None) -> Value: ...
        def swapaxes(self, axis1: int, axis2: int) -> Value: ...
        def squeeze(self, axis: Axis = None) -> Value: ...
        def clip(
            self, min: Operand = None, max: Operand = None, *, a_min: Operand = None, a_max: Operand = None
        ) -> Value: ...
        def repeat(self, repeats: int | Sequence[int], axis: int | None = None) -> Value: ...
        def take(self, indices: Any, axis: int | None = None) -> Value: ...
        def dot(self, other: Operand) -> Value: ...
        def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value: ...
        def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value: ...
        def astype(self, dtype: Any) -> Value: ...
        def exp(self) -> Value: ...
        def log(self) -> Value: ...
        def tanh(self) -> Value: ...
        def relu(self) -> Value: ...
        def sigmoid(self) -> Value: ...
        def argmax(self, axis: int | None = None, *, keepdims: bool = False) -> Any: ...
        def argmin(self, axis: int | None = None, *, keepdims: bool = False) -> Any: ...
        def argsort(self, axis: int | None = -1, *, stable: bool | None = None) -> Any: ...
        def any(self, axis: Axis = None, *, keepdims: bool = False) -> Any: ...
        def all(self, axis: Axis = None, *, keepdims: bool = False) -> Any: ...
        def nonzero(self) -> Any: ...


blanks: Iterator[Value] = starmap(object.__new__, repeat((Value,)))
"""Values with nothing set, for nodes to be recorded: two thirds of the time of `object.__new__(Value)`."""


def data_of(x: Any) -> Data:
    """The data of a Value; anything else as it is."""
    return x._data if type(x) is Value else x


def label_of(value: Value) -> Label:
    """All that is known of a value besides its mathematics."""
    label = value._label
    return label if type(label) is Label else Label(label)  # type: ignore[arg-type]


def summary(data: Data) -> str:
    """Data in few characters: large arrays are shortened, lazy ones not computed."""
    if isinstance(data, np.ndarray):
        return np.array2string(data, separator=", ", threshold=20, prefix="Value(")
    return str(data) if isinstance(data, np.generic) else repr(data)


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
