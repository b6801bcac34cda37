"""What a check of gradients found, as a table."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

from ..text.table import aligned


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
        notes = [f"f does not depend on {', '.join(self.ignored)}"] if self.ignored else []
        return "\n".join([*aligned(table, "l"), *notes])

    __repr__ = __str__


def _cell(entry: str | float) -> str:
    return f"{entry:.6g}" if isinstance(entry, float) else str(entry)
