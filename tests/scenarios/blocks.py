"""Blocks: some hundred cases from one seed, put through the modes; what fails is shrunk.

A block is searched first: nothing fails there, failures are noted, and so none hides another. Then each mode
that failed is run alone on the same seed, and hypothesis shrinks what fails; failures of operations that
a smaller one explains, in whatever mode, are counted to it.
"""

from __future__ import annotations

import contextlib
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase

from .case import Case
from .drawing import KINDS
from .modes import MODES, LeftOut, Mode

SIZE = 100
"""Cases per block."""

PATIENCE = 60.0
"""Seconds that a mode may take for one case."""

MOST = 5
"""Faults that are shrunk in one mode of a block; of more the text is given as it was drawn."""

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
        return self.kind or list(KINDS)[self.number % len(KINDS)]

    def run(self, phases: Collection[Phase], each: Callable[[Case], None]) -> None:
        """Call a function with each case, as hypothesis draws them."""
        drawn = hypothesis.given(KINDS[self.drawn_from])(each)
        options = hypothesis.settings(SILENT, max_examples=self.size, phases=tuple(phases))
        hypothesis.seed(f"{self.seed}/{self.number}")(options(drawn))()


@dataclass
class Failure:
    """A smallest case that fails, in which modes, and what the first of them says."""

    block: int
    modes: list[str]
    message: str
    text: str
    code: str
    operations: tuple[str, ...]
    shrunk: bool = True

    def __str__(self) -> str:
        return f"block {self.block}  {', '.join(self.modes)}:  {self.text}  —  {self.message}"

    def explains(self, case: Case) -> bool:
        """Whether a case has all operations of this one."""
        return not Counter(self.operations) - Counter(case.operations)


@dataclass
class Result:
    """What came of a block: cases, how often each mode ran, what it left out and why, and failures."""

    block: int
    cases: int = 0
    distinct: int = 0
    ran: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)


def run(block: Block, announce: Callable[[str, str], None] = lambda mode, text: None) -> Result:
    """Search a block, and shrink what fails; `announce` is told what is about to be done."""
    result, failing = search(block, announce)
    shrunk = Shrinking(block, announce)
    for name, cases in failing.items():
        for case in cases:
            shrunk.add(MODES[name], case)
    result.failures = shrunk.failures
    return result


# -- searching ---------------------------------------------------------------------------------


def search(block: Block, announce: Callable[[str, str], None]) -> tuple[Result, dict[str, list[Case]]]:
    """All cases of a block through its modes: the counts, and the cases that fail in each mode."""
    result = Result(block.number)
    failing: dict[str, list[Case]] = {}
    waiting: dict[str, list[Case]] = {}
    seen: set[str] = set()
    picks = random.Random(f"{block.seed}/{block.number}/modes")
    chosen = [MODES[name] for name in block.modes]
    together = [mode for mode in chosen if mode.together and picks.random() < mode.share]

    def each(case: Case) -> None:
        lots = [picks.random() for _ in chosen]
        result.cases += 1
        if case.code in seen:
            return
        seen.add(case.code)
        for mode, lot in zip(chosen, lots, strict=True):
            if mode in together:
                waiting.setdefault(mode.name, []).append(case)
            elif lot < mode.share and not mode.together:
                announce(mode.name, case.text)
                with counted(result, mode.name):
                    if attempt(mode, case, result):
                        failing.setdefault(mode.name, []).append(case)

    block.run([Phase.generate], each)
    result.distinct = len(seen)
    for mode in together:
        announce(mode.name, f"{len(waiting.get(mode.name, ()))} cases together")
        with counted(result, mode.name):
            for case, error in _together(mode, waiting.get(mode.name, []), result):
                if isinstance(error, LeftOut):
                    result.ran[mode.name] -= 1
                    _leave_out(result, mode, error)
                elif error is not None:
                    result.failed[mode.name] += 1
                    failing.setdefault(mode.name, []).append(case)
    return result, failing


@contextlib.contextmanager
def counted(result: Result, name: str) -> Iterator[None]:
    """The seconds that a mode takes."""
    start = time.process_time()
    yield
    result.seconds[name] += time.process_time() - start


def attempt(mode: Mode, case: Case, result: Result) -> bool:
    """Run a mode on a case and count what comes of it; whether it failed."""
    try:
        with patience():
            mode(case)
    except LeftOut as reason:
        _leave_out(result, mode, reason)
        return False
    except Exception:
        result.failed[mode.name] += 1
        result.ran[mode.name] += 1
        return True
    result.ran[mode.name] += 1
    return False


def _leave_out(result: Result, mode: Mode, reason: LeftOut) -> None:
    result.left_out[mode.name] += 1
    result.reasons[f"{mode.name}: {reason}"] += 1


def _together(mode: Mode, cases: Sequence[Case], result: Result) -> Iterator[tuple[Case, Exception | None]]:
    fitting = []
    for case in cases:
        try:
            case.must_be_conditioned(mode.order)
            fitting.append(case)
        except LeftOut as reason:
            _leave_out(result, mode, reason)
    result.ran[mode.name] += len(fitting)
    assert mode.together
    if fitting:
        yield from zip(fitting, mode.together(fitting), strict=True)


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """Raise TimeoutError inside where it takes too long; only the main thread of a process can."""

    def ring(*_: Any) -> None:
        raise TimeoutError(f"took more than {PATIENCE:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


# -- shrinking ---------------------------------------------------------------------------------


class Shrinking:
    """The failures of a block, each as small as hypothesis makes it."""

    def __init__(self, block: Block, announce: Callable[[str, str], None]) -> None:
        self.block, self.announce = block, announce
        self.failures: list[Failure] = []
        self._cases: dict[int, Case] = {}
        self._shrunk: Counter[str] = Counter()

    def add(self, mode: Mode, case: Case) -> None:
        """Shrink a failure, unless a smaller one explains it."""
        for known in self.failures:
            if known.explains(case) and (mode.name in known.modes or self._fails_too(mode, known)):
                return
        self._shrunk[mode.name] += 1
        error = None if self._shrunk[mode.name] > MOST else self._smallest(mode)
        shrunk = error is not None
        smallest, error = error or (case, failure_of(mode, case))
        failure = Failure(
            self.block.number,
            [mode.name],
            said(error),
            smallest.text,
            smallest.code,
            smallest.operations,
            shrunk,
        )
        self._cases[len(self.failures)] = smallest
        self.failures.append(failure)

    def _fails_too(self, mode: Mode, known: Failure) -> bool:
        """Whether a smaller failure of another mode is one of this mode as well: then it is noted there."""
        if failure_of(mode, self._cases[self.failures.index(known)]) is None:
            return False
        known.modes.append(mode.name)
        return True

    def _smallest(self, mode: Mode) -> tuple[Case, Exception] | None:
        """The smallest case of the block that fails in a mode and is not explained; None if none does again."""
        found: list[tuple[Case, Exception]] = []
        explained = [known for known in self.failures if mode.name in known.modes]

        def each(case: Case) -> None:
            if any(known.explains(case) for known in explained):
                return
            self.announce(mode.name, case.text)
            error = failure_of(mode, case)
            if error is not None:
                found.append((case, error))
                raise error

        with contextlib.suppress(Exception, BaseExceptionGroup):
            self.block.run([Phase.generate, Phase.shrink], each)
        return min(found, key=lambda pair: len(pair[0].code), default=None)


def failure_of(mode: Mode, case: Case) -> Exception | None:
    """What a mode fails with on a case; None where it does not."""
    try:
        with patience():
            mode(case)
    except LeftOut:
        return None
    except Exception as error:
        return error
    return None


def said(error: Exception | None) -> str:
    """An error in one line, with its place unless a mode raised it itself."""
    if error is None:
        return "did not fail again"
    text = " ".join(str(error).split())
    if isinstance(error, AssertionError) and text:
        return text
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {text} ({place.filename.rpartition('/')[2]}:{place.lineno})"
