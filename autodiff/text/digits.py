"""How numbers are written: in columns that compare, as indices, with what they count."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

BELOW = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")
ABOVE = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def with_minus(text: str) -> str:
    """A number in text with the sign of mathematics, U+2212."""
    return text.replace("-", "−")


def subscript(number: int) -> str:
    """A whole number, below the line.

    >>> subscript(12), superscript(-12)
    ('₁₂', '⁻¹²')
    """
    return str(number).translate(BELOW)


def subscripts(letter: str, names: Iterable[str]) -> Iterator[int]:
    """The numbers below the line of those names that are this letter with one.

    >>> [*subscripts("t", ["t₁₂", "t", "u₁", "t₁′"])]
    [12]
    """
    for name in names:
        digits = name[1:].translate({below: digit for digit, below in BELOW.items()})
        if name[:1] == letter and digits.isdecimal() and name[1:] == subscript(int(digits)):
            yield int(digits)


def superscript(number: int) -> str:
    """A whole number, above the line."""
    return str(number).translate(ABOVE)


def counted(count: int, what: str) -> str:
    """How many there are of what.

    >>> counted(1, "step"), counted(1000, "step")
    ('1 step', '1,000 steps')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def column(numbers: Sequence[float], significant: int = 4) -> tuple[str, ...]:
    """Numbers that stand below each other: all with the decimals that the largest needs for so many digits.

    Large and small columns are in powers of ten. A number that these decimals would show as 0 is, too.

    >>> column([1.0, 0.4750208, -0.299251, 0.0, 2e-7])
    ('1.000', '0.475', '−0.299', '0', '2.0e−07')
    >>> column([5.611e-06, -1.2e-05])
    ('5.61e−06', '−1.20e−05')
    """
    largest = max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)
    if not 1e-3 <= largest < 1e6:
        return tuple(with_minus(f"{x:.2e}") if x else "0" for x in numbers)
    decimals = max(0, significant - 1 - math.floor(math.log10(largest)))
    return tuple(_fixed(x, decimals) for x in numbers)


def _fixed(x: float, decimals: int) -> str:
    if not x:
        return "0"
    text = f"{x:.{decimals}f}"
    return with_minus(f"{x:.1e}" if not float(text) else text)
