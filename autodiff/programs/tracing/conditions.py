"""Operations without derivative that a program decides by: comparisons, tests, positions.

Eager code asks NumPy, and gets plain results. While a program is recorded, these take NumPy's place:
the result is a Value of truth values or whole numbers, which depends on no variable, and which the
program computes anew at each call.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ...values.data import Data
from ...values.operation import ERRORS, Operation
from ...values.recording import recorded
from ...values.value import Value, data_of

__all__ = ["CONDITIONS", "Condition"]


class Condition(Operation):
    """An operation whose results are truth values or whole numbers, and stay so."""

    __slots__ = ()

    def computed(self, data: Any, inputs: Any, metadata: dict[str, Any]) -> Data:
        """The forward computation, its dtype unchanged; errors are told with the names of the inputs."""
        try:
            with np.errstate(all="ignore"):
                result = self.forward(*data, **metadata)
        except ERRORS as error:
            raise self.failed(error, inputs, metadata) from error
        return result if isinstance(result, np.ndarray) and result.ndim else np.asarray(result)[()]


CONDITIONS: dict[str, Callable[..., Value]] = {}
"""What records each of them, by the name of NumPy's function."""


def _recording(operation: Operation) -> Callable[..., Value]:
    def apply(*given: Any, **named: Any) -> Value:
        inputs, metadata = operation.bind(given, named)
        operands = tuple(x if isinstance(x, Value) else operation.operand(x) for x in inputs)
        data = [*map(data_of, operands)]
        return recorded(operation, operation.computed(data, operands, metadata), operands, metadata, False)

    return apply


Body = Callable[..., Data]


def _declared(
    elementwise: bool, symbol: str | None = None, scalar: Callable[..., Any] | None = None
) -> Callable[[Body], Body]:
    """Declare one: the decorated function is the forward computation."""

    def declare(body: Body) -> Body:
        code = body.__code__
        rules: dict[str, Any] = dict.fromkeys(
            (f"d{name}" for name in code.co_varnames[: code.co_posonlyargcount]), 0.0
        )
        operation = Condition(body, rules, elementwise=elementwise, symbol=symbol, scalar=scalar)
        CONDITIONS[operation.name] = _recording(operation)
        return body

    return declare


# -- comparisons -------------------------------------------------------------------------------


@_declared(True, "==", operator.eq)
def equal(x: Data, y: Data, /) -> Data:
    """Whether x = y."""
    return np.equal(x, y)


@_declared(True, "≠", operator.ne)
def not_equal(x: Data, y: Data, /) -> Data:
    """Whether x ≠ y."""
    return np.not_equal(x, y)


@_declared(True, "<", operator.lt)
def less(x: Data, y: Data, /) -> Data:
    """Whether x < y."""
    return np.less(x, y)


@_declared(True, "≤", operator.le)
def less_equal(x: Data, y: Data, /) -> Data:
    """Whether x ≤ y."""
    return np.less_equal(x, y)


@_declared(True, ">", operator.gt)
def greater(x: Data, y: Data, /) -> Data:
    """Whether x > y."""
    return np.greater(x, y)


@_declared(True, "≥", operator.ge)
def greater_equal(x: Data, y: Data, /) -> Data:
    """Whether x ≥ y."""
    return np.greater_equal(x, y)


@_declared(True)
def isclose(x: Data, y: Data, /, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Data:
    """Whether |x − y| ≤ atol + rtol·|y|."""
    return np.isclose(x, y, rtol, atol, equal_nan)


@_declared(False)
def allclose(x: Data, y: Data, /, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Data:
    """Whether |x − y| ≤ atol + rtol·|y| everywhere."""
    return np.allclose(x, y, rtol, atol, equal_nan)


@_declared(False)
def array_equal(x: Data, y: Data, /, equal_nan: bool = False) -> Data:
    """Whether two arrays have one shape and the same entries."""
    return np.array_equal(x, y, equal_nan)


@_declared(False)
def array_equiv(x: Data, y: Data, /) -> Data:
    """Whether two arrays, broadcast, have the same entries."""
    return np.array_equiv(x, y)


# -- of conditions -----------------------------------------------------------------------------


@_declared(True, "∧")
def logical_and(x: Data, y: Data, /) -> Data:
    """Whether both hold."""
    return np.logical_and(x, y)


@_declared(True, "∨")
def logical_or(x: Data, y: Data, /) -> Data:
    """Whether one holds, or both."""
    return np.logical_or(x, y)


@_declared(True, "⊻")
def logical_xor(x: Data, y: Data, /) -> Data:
    """Whether one holds, and not the other."""
    return np.logical_xor(x, y)


@_declared(True, "¬", operator.not_)
def logical_not(x: Data, /) -> Data:
    """Whether it does not hold."""
    return np.logical_not(x)


@_declared(False)
def any(x: Data, /, axis: Any = None, *, keepdims: bool = False) -> Data:
    """Whether one entry holds."""
    return np.any(x, axis=axis, keepdims=keepdims)


@_declared(False)
def all(x: Data, /, axis: Any = None, *, keepdims: bool = False) -> Data:
    """Whether all entries hold."""
    return np.all(x, axis=axis, keepdims=keepdims)


@_declared(False)
def count_nonzero(x: Data, /, axis: Any = None, *, keepdims: bool = False) -> Data:
    """How many entries are not 0."""
    return np.count_nonzero(x, axis=axis, keepdims=keepdims)


# -- kinds of numbers --------------------------------------------------------------------------


@_declared(True)
def isnan(x: Data, /) -> Data:
    """Whether it is nan."""
    return np.isnan(x)


@_declared(True)
def isfinite(x: Data, /) -> Data:
    """Whether it is neither nan nor infinite."""
    return np.isfinite(x)


@_declared(True)
def isinf(x: Data, /) -> Data:
    """Whether it is infinite."""
    return np.isinf(x)


@_declared(True)
def isposinf(x: Data, /) -> Data:
    """Whether it is ∞."""
    return np.isposinf(x)


@_declared(True)
def isneginf(x: Data, /) -> Data:
    """Whether it is −∞."""
    return np.isneginf(x)


@_declared(True)
def signbit(x: Data, /) -> Data:
    """Whether the sign is minus, of zeros, too."""
    return np.signbit(x)


# -- positions ---------------------------------------------------------------------------------


@_declared(False)
def argmax(x: Data, /, axis: int | None = None, *, keepdims: bool = False) -> Data:
    """Where the largest entry is."""
    return np.argmax(x, axis=axis, keepdims=keepdims)


@_declared(False)
def argmin(x: Data, /, axis: int | None = None, *, keepdims: bool = False) -> Data:
    """Where the smallest entry is."""
    return np.argmin(x, axis=axis, keepdims=keepdims)


@_declared(False)
def argsort(x: Data, /, axis: int | None = -1, *, stable: bool | None = None) -> Data:
    """The positions of the entries in ascending order."""
    return np.argsort(x, axis=axis, stable=stable)
