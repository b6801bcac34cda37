"""Which tests reach which functions, measured: a mutant is tried by those that enter the function around it.

Those named after the file are asked first, then the quickest, and of those as quick the ones that reach
little else: they are about it.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from .mutants import Mutant


@dataclass
class Reach:
    """What each test takes, in seconds, and enters: functions by file and name."""

    seconds: dict[str, float] = field(default_factory=dict)
    entered: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Reach:
        """What an earlier run measured."""
        kept = json.loads(path.read_text("utf-8"))
        names = kept["functions"]
        tests = kept["tests"].items()
        return cls(
            {test: seconds for test, (seconds, _) in tests},
            {test: frozenset(names[i] for i in entered) for test, (_, entered) in tests},
        )

    def save(self, path: Path) -> None:
        """Keep it for later runs."""
        names = sorted(set().union(*self.entered.values()))
        numbers = {name: i for i, name in enumerate(names)}
        tests = {
            test: (round(self.seconds[test], 4), sorted(numbers[name] for name in entered))
            for test, entered in self.entered.items()
        }
        path.write_text(json.dumps({"functions": names, "tests": tests}), "utf-8")

    def update(self, other: Reach, measured: Iterable[str]) -> None:
        """Put what was measured anew for some files of tests in place of what was known of them."""
        files = set(measured)
        for test in [test for test in self.seconds if test.partition("::")[0] in files]:
            del self.seconds[test], self.entered[test]
        self.seconds |= other.seconds
        self.entered |= other.entered

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that enter the function around a change; of its file, where that is none of them."""
        wanted = named(mutant.source.path, mutant.function)
        found = [test for test, entered in self.entered.items() if wanted in entered]
        if not found:
            anywhere = mutant.source.path + ":"
            found = [t for t, entered in self.entered.items() if any(f.startswith(anywhere) for f in entered)]
        return sorted(found, key=lambda test: (not _is_about(test, mutant), self._effort(test)))

    def _effort(self, test: str) -> float:
        return (self.seconds[test] + 0.002) * len(self.entered[test])


def _is_about(test: str, mutant: Mutant) -> bool:
    """Whether a test has its name from the file that is changed, or is a doctest there."""
    file = test.partition("::")[0]
    return file == mutant.source.path or f"test_{Path(mutant.source.path).stem}" in file


def named(path: str, function: str) -> str:
    """A function of a file: by its qualified name, or a lambda by the line in which it is written."""
    return f"{path}:{function}"


class Measuring:
    """A plugin of pytest that notes for each test that passes what it takes and enters."""

    def __init__(self, root: Path, packages: Iterable[str]) -> None:
        self.reach = Reach()
        self.failed: list[str] = []
        self._root = root
        self._folders = tuple(f"{root / package}/" for package in packages)
        self._passed = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        """Follow one test with its fixtures."""
        codes: dict[int, CodeType] = {}

        def enter(frame: FrameType, event: str, argument: Any) -> None:
            codes[id(frame.f_code)] = frame.f_code

        self._passed = True
        start = time.process_time()
        threading.settrace(enter)
        sys.settrace(enter)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            seconds = time.process_time() - start
            if self._passed:
                self.reach.seconds[item.nodeid] = seconds
                self.reach.entered[item.nodeid] = self._functions(codes.values())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tests that fail or are skipped find nothing."""
        if not report.passed:
            self._passed = False
        if report.failed:
            self.failed.append(report.nodeid)

    def _functions(self, codes: Iterable[CodeType]) -> frozenset[str]:
        return frozenset(
            named(str(Path(code.co_filename).relative_to(self._root)), self._name(code))
            for code in codes
            if code.co_filename.startswith(self._folders)
        )

    def _name(self, code: CodeType) -> str:
        if code.co_name != "<lambda>":
            return code.co_qualname
        return _line(code.co_filename, code.co_firstlineno)


def _line(path: str, number: int) -> str:
    if path not in _texts:
        _texts[path] = Path(path).read_text("utf-8").split("\n")
    return _texts[path][number - 1].strip()


_texts: dict[str, list[str]] = {}
