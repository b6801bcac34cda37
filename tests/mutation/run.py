"""The run: measure what tests reach, try each mutant in a copy, and write down what became of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import trial
from .mutants import Mutant
from .reach import Measuring, Reach
from .results import Result
from .rooms import room_of

TESTS = (
    "tests/autodiff/test_*.py", "tests/autodiff/programs/test_*.py", "tests/nn/test_*.py",
    "tests/optim/test_*.py", "autodiff/**/*.py", "nn/*.py", "optim/**/*.py",
)  # fmt: skip
"""Tests, and modules with doctests."""
NOT_ASKED = ("animation", "browser", "descent_page", "diagram", "picture", "plot", "__main__")
"""Parts of names of tests that look at pages and pictures: slow, and about nothing that is mutated."""

GRACE = 20.0
"""Seconds of a trial beyond three times what its tests take: importing them, and a slower machine."""


def test_files(root: Path) -> list[str]:
    """The files of the tests that may be asked."""
    found = (str(path.relative_to(root)) for pattern in TESTS for path in sorted(root.glob(pattern)))
    return [path for path in found if not any(part in path for part in NOT_ASKED)]


def measure(folder: Path, files: Sequence[str], seconds: float) -> tuple[Reach, list[str]]:
    """What the tests of these files reach, and those that fail as things are."""
    kept = folder / ".reach.json"

    def work() -> list[str]:
        measuring = Measuring(folder, trial.PACKAGES)
        trial.pytest_in(folder, files, measuring)
        measuring.reach.save(kept)
        return measuring.failed

    started = trial.Started(folder, work, seconds)
    (ended,) = trial.waited([started])
    failed = ended.answer()
    if not isinstance(failed, list):
        raise RuntimeError(f"measuring ended with a {failed}: {ended.said()}")
    return Reach.load(kept), failed


@dataclass(frozen=True)
class Rounds:
    """The tests to ask of a mutant: those of a few files first, since importing all of them takes longer."""

    first: list[str]
    rest: list[str]


def rounds(tests: Sequence[str], reach: Reach, limit: float, files: int = 5) -> Rounds:
    """The tests of the first files, and the others for as long as they may take."""
    chosen: list[str] = []
    total = 0.0
    for test in tests:
        total += reach.seconds[test]
        if total > limit:
            break
        chosen.append(test)
    near = list(dict.fromkeys(test.partition("::")[0] for test in chosen))[:files]
    first = [test for test in chosen if test.partition("::")[0] in near]
    return Rounds(first, [test for test in chosen if test not in set(first)])


def try_all(
    mutants: Sequence[Mutant],
    reach: Reach,
    root: Path,
    copies: Sequence[Path],
    limit: float,
    quick: bool = False,
) -> Iterator[Result]:
    """What becomes of each mutant, as soon as that is known; as many at once as there are copies.

    `quick` asks no tests but those of the first files.
    """
    rooms = room_of(root)
    waiting, free = list(reversed(mutants)), list(copies)
    running: dict[trial.Started, _Trial] = {}
    try:
        while waiting or running:
            while waiting and free:
                one = _Trial(waiting.pop(), free.pop(), reach, limit, quick)
                running[one.started] = one
            for ended in trial.waited([*running]):
                one = running.pop(ended)
                if one.goes_on(ended.answer()):
                    running[one.started] = one
                else:
                    free.append(one.folder)
                    yield one.result(rooms)
    finally:
        for started in running:
            started.end()


class _Trial:
    """A mutant in a copy, asked in two rounds."""

    def __init__(self, mutant: Mutant, folder: Path, reach: Reach, limit: float, quick: bool) -> None:
        self.mutant, self.folder = mutant, folder
        self._begun = time.monotonic()
        self._tests = reach.tests_of(mutant)
        asked = rounds(self._tests, reach, limit)
        self._left = [asked.rest] if asked.rest and not quick else []
        self._seconds = {test: reach.seconds[test] for test in self._tests}
        self._by = ""
        trial.write(folder / mutant.source.path, mutant.text)
        self.started = self._start(asked.first)

    def _start(self, tests: list[str]) -> trial.Started:
        seconds = GRACE + 3 * sum(self._seconds[test] for test in tests)
        return trial.Started(self.folder, lambda: trial.first_failure(self.folder, tests), seconds)

    def goes_on(self, answer: Any) -> bool:
        """Whether another round was begun; otherwise the file is put back."""
        self._by = answer
        if not answer and self._left:
            self.started = self._start(self._left.pop())
            return True
        trial.write(self.folder / self.mutant.source.path, self.mutant.source.text)
        return False

    def result(self, rooms: dict[str, str]) -> Result:
        """What became of the mutant."""
        mutant, by = self.mutant, self._by
        outcome = by if by in ("timeout", "crash") else "failed" if by else "survived"
        seconds = round(time.monotonic() - self._begun, 2)
        asked = len(self._tests)
        room = rooms[mutant.source.path]
        return Result(mutant.id, room, mutant.mutator, mutant.diff(), outcome, by, asked, seconds)
