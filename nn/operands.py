"""What layers, losses and metrics are given: Values, arrays, numbers, and lists of them."""

from __future__ import annotations

from typing import Any

from autodiff import Value, stack
from autodiff.values.data import Operand, as_data
from autodiff.values.value import holds_values


def entries(x: Operand) -> Any:
    """One Value, array or number; several Values in a list, as a `Network` gives them, side by side.

    Raises TypeError for anything but real numbers, ValueError for lists that are not a regular array.

    >>> entries([Value([1.0, 2.0, 3.0]), Value([4.0, 5.0, 6.0])]).shape
    (3, 2)
    """
    if isinstance(x, Value):
        return x
    if not holds_values(x):
        return as_data(x, copy=False)
    nested = any(isinstance(entry, (list, tuple)) for entry in x)
    return stack([entries(entry) for entry in x], axis=0 if nested else -1)
