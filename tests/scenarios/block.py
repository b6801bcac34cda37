"""A block: some hundred cases from one seed, and the modes that they are put through."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import hypothesis
from hypothesis import HealthCheck, Phase

from .case import Case
from .drawing import KINDS, TURNS
from .modes import MODES

SIZE = 100
"""Cases per block."""

SILENT = hypothesis.settings(
    database=None, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck),
    verbosity=hypothesis.Verbosity.quiet, report_multiple_bugs=True, print_blob=False,
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """Which block of which seed, of how many cases, and in which modes."""

    seed: int
    number: int
    size: int = SIZE
    modes: tuple[str, ...] = tuple(MODES)
    kind: str | None = None

    @property
    def drawn_from(self) -> str:
        """The kind of its cases: they take turns."""
        return self.kind or TURNS[self.number % len(TURNS)]

    def run(self, phases: Collection[Phase], each: Callable[[Case], None]) -> None:
        """Call a function with each case, as hypothesis draws them."""
        drawn = hypothesis.given(KINDS[self.drawn_from])(each)
        options = hypothesis.settings(SILENT, max_examples=self.size, phases=tuple(phases))
        hypothesis.seed(f"{self.seed}/{self.number}")(options(drawn))()
