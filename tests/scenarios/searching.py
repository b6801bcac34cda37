"""A block is searched for failures: none stops it, so none hides another."""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from hypothesis import Phase

from .block import Block
from .case import Case
from .modes import MODES, LeftOut, Mode
from .shrinking import Failure, Shrinking, patience


@dataclass
class Result:
    """What came of a block: cases, how often each mode ran, what it left out and why, and failures."""

    block: int
    cases: int = 0
    distinct: int = 0
    ran: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    microseconds: Counter[str] = field(default_factory=Counter)
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
    """The time that a mode takes, of this process."""
    start = time.process_time()
    yield
    result.microseconds[name] += round(1e6 * (time.process_time() - start))


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
