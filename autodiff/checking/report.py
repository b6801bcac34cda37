"""What a check of gradients found, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

__all__ = ["Comparison", "GradientReport"]


@dataclass(frozen=True)
class Comparison:
    """One derivative along a direction, from the rules and from finite differences."""

    argument: str
    order: int
    analytic: float
    numeric: float
    error: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether both agree; nan agrees with nothing."""
        return self.error <= self.tolerance


@dataclass(frozen=True, repr=False)
class GradientReport:
    """What `check_gradients` compared, a row for each argument and order. Prints as a table.

    `ignored` names the arguments that f does not depend on: their derivatives are 0, and nothing else was
    there to check.
    """

    rows: tuple[Comparison, ...]
    ignored: tuple[str, ...] = ()

    def __str__(self) -> str:
        header = tuple(field.name for field in fields(Comparison))
        table = [header, *(tuple(_cell(entry) for entry in astuple(row)) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        notes = [f"f does not depend on {', '.join(self.ignored)}"] if self.ignored else []
        return "\n".join([*(_aligned(row, widths) for row in table), *notes])

    __repr__ = __str__


def _cell(entry: str | float) -> str:
    return f"{entry:.6g}" if isinstance(entry, float) else str(entry)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    """A line of the table: the name to the left, numbers to the right."""
    name, *numbers = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([name.strip().ljust(widths[0]), *numbers])
