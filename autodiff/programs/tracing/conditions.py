"""Operations without derivative that a program decides by: comparisons, tests, positions.

Eager code asks NumPy, and gets plain results. While a program is recorded, these take NumPy's place:
the result is a Value of truth values or whole numbers, which depends on no variable, and which the
program computes anew at each call.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ...ops.plain import FAMILIES, UFUNCS
from ...values.data import Data
from ...values.operation import ERRORS, Operation
from ...values.recording import recorded
from ...values.value import Value, data_of

Body: TypeAlias = Callable[..., Data]


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


BODIES: dict[str, Callable[[Body], Body]] = {
    "x": lambda f: lambda x, /: f(x),
    "x, y": lambda f: lambda x, y, /: f(x, y),
    "x, y, rtol, atol, equal_nan": lambda f: (
        lambda x, y, /, rtol=1e-5, atol=1e-8, equal_nan=False: f(x, y, rtol, atol, equal_nan)
    ),
    "x, y, equal_nan": lambda f: lambda x, y, /, equal_nan=False: f(x, y, equal_nan),
    "x, axis, keepdims": lambda f: (
        lambda x, /, axis=None, *, keepdims=False: f(x, axis=axis, keepdims=keepdims)
    ),
    "x, axis, stable": lambda f: lambda x, /, axis=-1, *, stable=None: f(x, axis=axis, stable=stable),
}
"""The forward computation by a function of NumPy, for each list of parameters."""

SYMBOLS = {
    "equal": "==", "not_equal": "≠", "less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥",
    "logical_and": "∧", "logical_or": "∨", "logical_xor": "⊻", "logical_not": "¬",
}  # fmt: skip

OF_FLOATS = {
    "logical_not": operator.not_,
    **{name: getattr(operator, python) for python, name in UFUNCS.items()},
}
"""The same for Python's floats, faster."""

ENTRYWISE = {"isclose", "isneginf", "isposinf"}
"""What works entry by entry, besides NumPy's ufuncs."""


def _recording(name: str, body: Body) -> Callable[..., Value]:
    """What records the function of that name."""
    function = getattr(np, name)
    forward = body(function)
    forward.__name__ = name
    count = forward.__code__.co_posonlyargcount
    operation = Condition(
        forward,
        {f"d{argument}": 0.0 for argument in forward.__code__.co_varnames[:count]},
        elementwise=isinstance(function, np.ufunc) or name in ENTRYWISE,
        symbol=SYMBOLS.get(name),
        scalar=OF_FLOATS.get(name),
    )

    def apply(*given: Any, **named: Any) -> Value:
        inputs, metadata = operation.bind(given, named)
        operands = tuple(x if isinstance(x, Value) else operation.operand(x) for x in inputs)
        data = [*map(data_of, operands)]
        return recorded(operation, operation.computed(data, operands, metadata), operands, metadata, False)

    return apply


CONDITIONS = {
    name: _recording(name, BODIES[family.recorded])
    for family in FAMILIES
    if family.recorded in BODIES
    for name in family.names
}
"""What records each of them, by the name of NumPy's function."""
