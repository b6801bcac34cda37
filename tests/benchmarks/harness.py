"""Timing side by side, and the table.

A machine that is shared runs at half its speed now and then. So two works are timed by turns,
A B A B …, each pair gives one ratio, and the median of the ratios is the result. Everything runs on
one thread, and its time is that of the processor: what other programs take does not count.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Row", "missing", "progress", "seconds", "table", "times_as_fast", "times_the_time"]

Work: TypeAlias = Callable[[], Any]

AS_FAST = "times as fast"
THE_TIME = "times the time"
LEAST = 0.02  # seconds: a shorter work is repeated until it takes as long


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured against what, in which unit, and the target if any.

    There is one figure a pair; none where the peer is missing, and then `unit` says so.
    """

    work: str
    against: str
    figures: Sequence[float]
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        """The figure that counts."""
        return statistics.median(self.figures)

    @property
    def result(self) -> str:
        """The median, in words."""
        return f"{self.median:.4g} {self.unit}" if self.figures else self.unit

    @property
    def spread(self) -> str:
        """The smallest and the largest figure."""
        return f"{min(self.figures):.4g} to {max(self.figures):.4g}" if len(self.figures) > 1 else ""

    @property
    def target(self) -> str:
        """The target in words, empty where there is none."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"

    @property
    def reached(self) -> str:
        """Yes or no; empty without target or figures."""
        if not self.figures or not self.target:
            return ""
        low, high = self.at_least, self.at_most
        good = (low is None or self.median >= low) and (high is None or self.median <= high)
        return "yes" if good else "no"


def missing(work: str, against: str) -> Row:
    """The row of a peer that is not installed."""
    return Row(work, against, (), "missing: install the extra `bench`")


def progress(line: str) -> None:
    """Say on stderr what is being done."""
    print(line, file=sys.stderr, flush=True)


def seconds(work: Work, repeats: int = 1) -> float:
    """Processor time of one call, as in training: beside what the call before it left.

    The garbage of other works is collected first; the collector stays on. One call is not timed; each
    result is held until the next.
    """
    gc.collect()
    result = work()
    start = time.process_time()
    for _ in range(repeats):
        result = work()
    elapsed = time.process_time() - start
    del result
    return elapsed / repeats


def by_turns(ours: Work, theirs: Work, pairs: int, repeats: int | None) -> Iterator[tuple[float, float]]:
    """Times of both, pair by pair; each work is called `repeats` times in a row, or long enough."""
    counts = [repeats or _long_enough(work) for work in (ours, theirs)]
    for _ in range(pairs):
        yield seconds(ours, counts[0]), seconds(theirs, counts[1])


def _long_enough(work: Work) -> int:
    return max(1, round(LEAST / seconds(work)))


def times_as_fast(ours: Work, theirs: Work, pairs: int = 15, repeats: int | None = None) -> list[float]:
    """Their time over ours."""
    return [b / a for a, b in by_turns(ours, theirs, pairs, repeats)]


def times_the_time(ours: Work, theirs: Work, pairs: int = 15, repeats: int | None = None) -> list[float]:
    """Our time over theirs."""
    return [a / b for a, b in by_turns(ours, theirs, pairs, repeats)]


def table(rows: Iterable[Row]) -> str:
    """Rows in columns."""
    head = ("work", "against", "autodiff", "spread", "target", "reached")
    lines: list[tuple[str, ...]] = [head]
    lines += [(r.work, r.against, r.result, r.spread, r.target, r.reached) for r in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("─" * width for width in widths))
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
