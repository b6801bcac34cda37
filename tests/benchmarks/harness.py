"""Timing side by side.

A machine that is shared runs at half its speed now and then. So two works are timed by turns,
A B A B …, each pair gives one ratio, and the median of the ratios is the result. Everything runs on
one thread, and its time is that of the processor: what other programs take does not count.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Row", "Work", "failed", "missing", "progress", "seconds", "times_as_fast", "times_the_time"]

Work: TypeAlias = Callable[[], Any]
Repeats: TypeAlias = tuple[int | None, int | None]

AS_FAST = "times as fast"
THE_TIME = "times the time"
LEAST = 0.02  # seconds: a shorter work is repeated until it takes as long
LONG_ENOUGH: Repeats = (None, None)


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured against what, in which unit, and the target if any.

    There is one figure a pair; none where nothing could be measured, and then `unit` says why. `by_hand` are
    the figures of NumPy written by hand against the same peer, in the same unit and run: as far as one gets.
    `code` is the module that measures it.
    """

    work: str
    against: str
    figures: Sequence[float]
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    by_hand: Sequence[float] = ()
    dtype: str = "float64"
    collector: str = "collector on"
    code: str = ""

    @property
    def median(self) -> float:
        """The figure that counts."""
        return statistics.median(self.figures)

    @property
    def result(self) -> str:
        """The median, in words."""
        return f"{_three_digits(self.median)} {self.unit}" if self.figures else self.unit

    @property
    def floor(self) -> str:
        """What is reached by hand, empty where that was not measured."""
        return _three_digits(statistics.median(self.by_hand)) if self.by_hand else ""

    @property
    def conditions(self) -> str:
        """The numbers computed with, and the state of Python's garbage collector."""
        return f"{self.dtype}, {self.collector}"

    @property
    def spread(self) -> str:
        """The smallest and the largest figure."""
        if len(self.figures) < 2:
            return ""
        return f"{_three_digits(min(self.figures))} to {_three_digits(max(self.figures))}"

    @property
    def target(self) -> str:
        """The target in words, empty where there is none."""
        if self.at_least is not None:
            return f"at least {self.at_least:,g}"
        return "" if self.at_most is None else f"at most {self.at_most:,g}"

    @property
    def reached(self) -> str:
        """Yes or no; empty without target or figures."""
        if not self.figures or not self.target:
            return ""
        low, high = self.at_least, self.at_most
        good = (low is None or self.median >= low) and (high is None or self.median <= high)
        return "yes" if good else "no"


def _three_digits(figure: float) -> str:
    """Three significant digits, and all before the point."""
    return f"{figure:.3g}" if abs(figure) < 1000 else f"{figure:,.0f}"


def missing(work: str, against: str) -> Row:
    """The row of a peer that is not installed."""
    return Row(work, against, (), "missing: install the extra `bench`")


def failed(work: str, error: Exception) -> Row:
    """The row of a work that could not be measured to its end."""
    reason, *_ = [*str(error).splitlines(), ""]
    return Row(work, "", (), f"failed: {type(error).__name__}: {reason}")


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


def by_turns(ours: Work, theirs: Work, pairs: int, repeats: Repeats) -> Iterator[tuple[float, float]]:
    """Times of both, pair by pair; each work is called `repeats` times in a row, or long enough."""
    given = zip((ours, theirs), repeats, strict=True)
    counts = [count or _long_enough(work) for work, count in given]
    _set_aside_what_is_loaded()
    for _ in range(pairs):
        yield seconds(ours, counts[0]), seconds(theirs, counts[1])


def _long_enough(work: Work) -> int:
    return max(1, round(LEAST / seconds(work)))


def _set_aside_what_is_loaded() -> None:
    """Take the collector off the hundred thousands of objects that the libraries beside us hold."""
    gc.collect()
    gc.freeze()


def times_as_fast(ours: Work, theirs: Work, pairs: int = 15, repeats: Repeats = LONG_ENOUGH) -> list[float]:
    """Their time over ours."""
    return [b / a for a, b in by_turns(ours, theirs, pairs, repeats)]


def times_the_time(ours: Work, theirs: Work, pairs: int = 15, repeats: Repeats = LONG_ENOUGH) -> list[float]:
    """Our time over theirs."""
    return [a / b for a, b in by_turns(ours, theirs, pairs, repeats)]
