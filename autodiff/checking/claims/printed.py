"""A number as printed on a page: what it says, and how exactly it says it."""

from __future__ import annotations

import math
import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cached_property

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

SLACK = 4
"""Units in the last place by which a computed number may miss the end of an interval."""


class Printed:
    """Digits on a page. They mean all numbers that round to them, both ends of that interval included.

    >>> printed = Printed("−0.150")
    >>> printed.fits(-0.1496), printed.fits(-0.15), printed.fits(0.15), printed.unit
    (True, True, False, Decimal('0.001'))

    Raises TypeError for anything but a string, and ValueError for text that is not a number.
    """

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"printed digits must be a string, got {text!r}: 0.15 and '0.150' differ")
        plain = text.strip().replace("−", "-")
        if not NUMBER.fullmatch(plain):
            raise ValueError(f"printed digits must be a number such as '0.809' or '−1.5e-3', got {text!r}")
        self.text, self.value = text.strip(), Decimal(plain)

    @cached_property
    def unit(self) -> Decimal:
        """One in the last digit."""
        return Decimal((0, (1,), int(self.value.as_tuple().exponent)))

    @property
    def significant(self) -> int:
        """How many digits are significant: leading zeros are not."""
        return len(self.value.as_tuple().digits) if self.value else 0

    @property
    def length(self) -> int:
        """How many digits were printed, without a zero before the point."""
        return sum(map(str.isdigit, self.digits.lstrip("-").removeprefix("0")))

    def fits(self, x: float) -> bool:
        """Whether a number rounds to these digits, one halfway in either direction."""
        if not math.isfinite(x):
            return False
        return abs(Decimal(x) - self.value) <= self.unit / 2 + SLACK * Decimal(math.ulp(x))

    def truncates(self, x: float) -> bool:
        """Whether these are the digits of a number with the rest cut off."""
        if not math.isfinite(x) or (self.value and (self.value > 0) != (x > 0)):
            return False
        return abs(self.value) <= abs(Decimal(x)) < abs(self.value) + self.unit

    def rounded(self, x: float) -> str:
        """A finite number printed with as many decimals."""
        return self._with_unit(x, ROUND_HALF_UP)

    def cut(self, x: float) -> str:
        """The same, the rest cut off."""
        return self._with_unit(x, ROUND_DOWN)

    def _with_unit(self, x: float, rounding: str) -> str:
        counted = (Decimal(x) / self.unit).to_integral_value(rounding)
        return f"{counted * self.unit + 0:f}"

    @property
    def digits(self) -> str:
        """The number written out, without a plus or an exponent."""
        return f"{self.value:f}"
