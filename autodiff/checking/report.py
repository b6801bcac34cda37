"""What a check of gradients found, as a table, and what it complains of."""

from __future__ import annotations

import textwrap
from dataclasses import astuple, dataclass, field, fields
from typing import TYPE_CHECKING

from ..text import notebook
from ..text.table import aligned

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .linearization import Linearization


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


WIDTH = 100
"""Letters of a line in a notebook."""

HEADER = tuple(field.name for field in fields(Comparison))


@dataclass(frozen=True, repr=False)
class GradientReport:
    """What `check_gradients` compared, a row for each argument and order. Prints as a table.

    `ignored` names the arguments that f does not depend on: their derivatives are 0, and nothing else was
    there to check. `notes` say where the point is on a kink, and what was not compared there; `message` is
    what is wrong, empty if all is right.
    """

    rows: tuple[Comparison, ...]
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    message: str = ""
    first: Linearization | None = field(default=None, compare=False)

    @property
    def passed(self) -> bool:
        """Whether all derivatives are right."""
        return not self.message

    def plot(self) -> Figure:
        """Draw both Jacobians with respect to each argument, and their difference, wrong entries framed.

        A row of images for each argument: analytic, numeric, analytic − numeric. Up to 200 outputs, and 200
        entries per argument. Returns the figure: a notebook shows it, `.savefig("jacobians.png")` writes it.
        Raises ValueError for a larger function, and ImportError where matplotlib is missing.

        >>> from autodiff import check_gradients
        >>> figure = check_gradients(lambda x: x * x, [1.0, 2.0]).plot()  # doctest: +SKIP
        """
        from .jacobian_plot import plotted

        return plotted(self.first)

    def __str__(self) -> str:
        complaint = [self.message] if self.message else []
        return "\n".join([*aligned([HEADER, *self._cells()], "l"), *self._remarks(), *complaint])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        wrong = [number for number, row in enumerate(self.rows) if not row.passed]
        verdict = ("right", notebook.RIGHT) if self.passed else ("wrong", notebook.WRONG)
        return notebook.block(
            notebook.table(HEADER, self._cells(), "l", "Derivatives by rules and by differences", wrong),
            *map(notebook.note, self._remarks()),
            notebook.note(*verdict),
            notebook.verbatim(_wrapped(self.message)) if self.message else "",
        )

    def _cells(self) -> list[tuple[str, ...]]:
        return [tuple(_cell(entry) for entry in astuple(row)) for row in self.rows]

    def _remarks(self) -> list[str]:
        ignored = [f"f does not depend on {', '.join(self.ignored)}"] if self.ignored else []
        return [*ignored, *self.notes]


def _wrapped(message: str) -> str:
    rows = (textwrap.wrap(line, WIDTH) or [""] for line in message.split("\n"))
    return "\n".join(row for line in rows for row in line)


def _cell(entry: str | float) -> str:
    return f"{entry:.6g}" if isinstance(entry, float) else str(entry)
