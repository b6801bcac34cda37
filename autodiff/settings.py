"""What settings may be, such as hyperparameters: checks that return the setting, or say what it must be.

A check takes what the setting is called in errors, and the setting; NumPy's numbers come back as Python's,
so that float32 parameters stay float32.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeAlias, TypeVar

import numpy as np

from .values.data import as_float
from .values.value import Value

Check: TypeAlias = Callable[[str, Any], Any]
Offered = TypeVar("Offered")
Name = TypeVar("Name", bound=str)


def output_is_number(function: str, output: Value) -> None:
    """Raise ValueError for an output that is an array: what is derived is a number."""
    if output.shape:
        raise ValueError(
            f"{function}: the output must be a number, got {output.described()}; sum it, or index it"
        )


def any_number(what: str, setting: Any) -> float:
    """A finite number. Raises TypeError for anything else, ValueError for nan and infinity."""
    if type(setting) is float and math.isfinite(setting):
        return setting
    if isinstance(setting, np.ndarray) and not setting.shape:
        setting = setting[()]
    number = as_float(real(what, setting), what)
    return float(required(math.isfinite(number), what, "finite", setting))


def real(what: str, setting: Any) -> Any:
    """The setting, any real number. Raises TypeError for anything else, truth values among it."""
    if isinstance(setting, (bool, np.bool_)) or not isinstance(setting, numbers.Real):
        raise TypeError(f"{what} must be a number, got {setting!r}")
    return setting


def positive(what: str, setting: Any) -> float:
    """A number above 0."""
    number = any_number(what, setting)
    return float(required(number > 0.0, what, "above 0", number))


def not_negative(what: str, setting: Any) -> float:
    """A number that is 0 or above.

    >>> not_negative("SGD: momentum", -0.9)
    Traceback (most recent call last):
    ValueError: SGD: momentum must be 0 or above, got -0.9
    """
    number = any_number(what, setting)
    return float(required(number >= 0.0, what, "0 or above", number))


def fraction(what: str, setting: Any) -> float:
    """A number from 0 to below 1, such as the weight of the past in a running mean."""
    number = any_number(what, setting)
    return float(required(0.0 <= number < 1.0, what, "from 0 to below 1", number))


def probability(what: str, setting: Any) -> float:
    """A number from 0 to 1."""
    number = any_number(what, setting)
    return float(required(0.0 <= number <= 1.0, what, "from 0 to 1", number))


def whole(what: str, setting: Any, least: int = 0, expected: str = "{} or above") -> int:
    """An integer that is not below the least, of which errors speak as expected."""
    if isinstance(setting, bool) or not isinstance(setting, (int, np.integer)):
        raise TypeError(f"{what} must be an integer, got {setting!r}")
    return int(required(bool(setting >= least), what, expected.format(least), setting))


def number_format(what: str, setting: Any) -> str:
    """How numbers are written, as in `format(number, ".4g")`."""
    try:
        format(1.0, setting)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{what} must be a format such as '.4g', got {setting!r}") from None
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
    required(low <= high, what, "(smallest, largest)", (low, high))
    return low, high


def required(holds: bool, what: str, expected: str, setting: Any) -> Any:
    """The setting. Raises ValueError where what it must be does not hold."""
    if not holds:
        raise ValueError(f"{what} must be {expected}, got {setting!r}")
    return setting


# -- chosen by name ---------------------------------------------------------------------------


def hint(name: str, names: Collection[str]) -> str:
    """How an error about a name goes on: the names that are near, and all there are."""
    near = " or ".join(map(repr, get_close_matches(name.lower(), names, cutoff=0.5)))
    return f"did you mean {near}? (there are {', '.join(names)})" if near else f"there are {', '.join(names)}"


def chosen(what: str, name: object, offered: Mapping[str, Offered]) -> Offered:
    """The thing of that name; capitals, hyphens, underscores and blanks do not matter.

    Raises ValueError with the nearest names, TypeError for anything but a string.

    >>> chosen("method", "newtn", {"newton": 1, "bfgs": 2})
    Traceback (most recent call last):
    ValueError: unknown method 'newtn'; did you mean 'newton'? (there are newton, bfgs)
    """
    if not isinstance(name, str):
        raise TypeError(f"the {what} must be a name, got {name!r}; there are {', '.join(offered)}")
    if name in offered:  # losses and activations come by each step of a training
        return offered[name]
    spelt = {_spelling(known): known for known in offered}
    if _spelling(name) not in spelt:
        raise ValueError(f"unknown {what} {name!r}; {hint(name, offered)}")
    return offered[spelt[_spelling(name)]]


def one_of(what: str, name: object, names: Iterable[Name]) -> Name:
    """The name itself, as it is spelt among these. Raises as `chosen` does."""
    return chosen(what, name, {known: known for known in names})


def _spelling(name: str) -> str:
    """Without capitals, hyphens, underscores and blanks."""
    return name.lower().translate({ord(char): None for char in "-_ "})
