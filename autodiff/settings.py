"""What settings may be, such as hyperparameters: checks that return the setting, or say what it must be.

A check takes what the setting is called in errors, and the setting; NumPy's numbers come back as Python's,
so that float32 parameters stay float32.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .data import as_float

__all__ = [
    "Check",
    "any_number",
    "flag",
    "fraction",
    "increasing",
    "not_negative",
    "number_format",
    "pair",
    "positive",
    "probability",
    "whole",
]

Check: TypeAlias = Callable[[str, Any], Any]


def any_number(what: str, setting: Any) -> float:
    """A finite number. Raises TypeError for anything else, ValueError for nan and infinity."""
    if type(setting) is float and math.isfinite(setting):
        return setting
    if isinstance(setting, np.ndarray) and not setting.shape:
        setting = setting[()]
    if isinstance(setting, (bool, np.bool_)) or not isinstance(setting, (numbers.Real, np.floating)):
        raise TypeError(f"{what} must be a number, got {setting!r}")
    number = as_float(setting, what)
    return float(_required(math.isfinite(number), what, "finite", setting))


def positive(what: str, setting: Any) -> float:
    """A number above 0."""
    number = any_number(what, setting)
    return float(_required(number > 0.0, what, "above 0", number))


def not_negative(what: str, setting: Any) -> float:
    """A number that is 0 or above.

    >>> not_negative("SGD: momentum", -0.9)
    Traceback (most recent call last):
    ValueError: SGD: momentum must be 0 or above, got -0.9
    """
    number = any_number(what, setting)
    return float(_required(number >= 0.0, what, "0 or above", number))


def fraction(what: str, setting: Any) -> float:
    """A number from 0 to below 1, such as the weight of the past in a running mean."""
    number = any_number(what, setting)
    return float(_required(0.0 <= number < 1.0, what, "from 0 to below 1", number))


def probability(what: str, setting: Any) -> float:
    """A number from 0 to 1."""
    number = any_number(what, setting)
    return float(_required(0.0 <= number <= 1.0, what, "from 0 to 1", number))


def whole(what: str, setting: Any, least: int = 0) -> int:
    """An integer that is not below the least."""
    if isinstance(setting, bool) or not isinstance(setting, (int, np.integer)):
        raise TypeError(f"{what} must be an integer, got {setting!r}")
    return int(_required(bool(setting >= least), what, f"{least} or above", setting))


def number_format(what: str, setting: Any) -> str:
    """How numbers are written, as in `format(number, ".4g")`."""
    try:
        format(1.0, setting)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{what} must be one as '.4g', got {setting!r}") from None
    return str(setting)


def flag(what: str, setting: Any) -> bool:
    """True or False."""
    if not isinstance(setting, (bool, np.bool_)):
        raise TypeError(f"{what} must be True or False, got {setting!r}")
    return bool(setting)


def pair(check: Check) -> Check:
    """Two settings of a kind."""

    def both(what: str, setting: Any) -> tuple[Any, Any]:
        if not isinstance(setting, (tuple, list, np.ndarray)) or len(setting) != 2:
            raise TypeError(f"{what} must be two numbers, got {setting!r}")
        return check(f"{what}[0]", setting[0]), check(f"{what}[1]", setting[1])

    return both


def increasing(what: str, setting: Any) -> tuple[float, float]:
    """Two numbers, 0 < first ≤ second: the ends of a range of sizes."""
    low, high = pair(positive)(what, setting)
    _required(low <= high, what, "(smallest, largest)", (low, high))
    return low, high


def _required(holds: bool, what: str, expected: str, setting: Any) -> Any:
    if not holds:
        raise ValueError(f"{what} must be {expected}, got {setting!r}")
    return setting
