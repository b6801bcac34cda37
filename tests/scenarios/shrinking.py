"""What fails in a block, made as small as hypothesis can.

Each mode that failed is run alone on the seed of the block. Failures that have all operations of a smaller
one, in whatever mode, are counted to it; what is left is shrunk in turn.
"""

from __future__ import annotations

import contextlib
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import Phase

from .block import Block
from .case import Case
from .modes import LeftOut, Mode

PATIENCE = 60.0
"""Seconds that a mode may take for one case."""

EFFORT = 20.0
"""Seconds that are spent on one failure: then the smallest so far is it."""

MOST = 5
"""Faults that are shrunk in one mode of a block; of more the text is given as it was drawn."""


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


class Shrinking:
    """The failures of a block, each as small as hypothesis makes it."""

    def __init__(self, block: Block, announce: Callable[[str, str], None]) -> None:
        self.block, self.announce = block, announce
        self.failures: list[Failure] = []
        self._cases: list[Case] = []
        self._shrunk: Counter[str] = Counter()

    def add(self, mode: Mode, case: Case) -> None:
        """Shrink a failure, unless a smaller one explains it."""
        for known in self.failures:
            if known.explains(case) and (mode.name in known.modes or self._fails_too(mode, known)):
                return
        self._shrunk[mode.name] += 1
        smallest = None if self._shrunk[mode.name] > MOST else self._smallest(mode)
        shrunk = smallest is not None
        case, error = smallest or (case, failure_of(mode, case))
        self.failures.append(
            Failure(
                self.block.number, [mode.name], said(error), case.text, case.code, case.operations, shrunk
            )
        )
        self._cases.append(case)

    def _fails_too(self, mode: Mode, known: Failure) -> bool:
        """Whether a smaller failure of another mode is one of this mode as well: then it is noted there."""
        if failure_of(mode, self._cases[self.failures.index(known)]) is None:
            return False
        known.modes.append(mode.name)
        return True

    def _smallest(self, mode: Mode) -> tuple[Case, Exception] | None:
        """The smallest case that fails in a mode and is not explained; None if none does again."""
        found: list[tuple[Case, Exception]] = []
        end = time.process_time() + EFFORT
        explained = [known for known in self.failures if mode.name in known.modes]

        def each(case: Case) -> None:
            if time.process_time() > end or any(known.explains(case) for known in explained):
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
