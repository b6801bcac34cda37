"""One run of tests in a process of its own, on a copy of the project that may be spoilt.

The process is forked from one that has imported NumPy, pytest and what else takes long, but nothing of the
project. A copy on disk, since programs read the source of the functions that they follow, and some tests
start Python anew.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest

SLOW_TO_IMPORT = (
    "numpy", "numpy.testing", "hypothesis.extra.numpy", "scipy.optimize", "scipy.special", "scipy.stats",
    "dask.array", "torch", "matplotlib.pyplot", "sklearn.datasets", "xml.etree.ElementTree", "graphviz",
)  # fmt: skip
PACKAGES = ("autodiff", "nn", "optim")
NOT_COPIED = (".*", "build", "dist", "__pycache__", "*.egg-info")
MEMORY = 16 << 30
"""Bytes of addresses: libraries map far more than they use."""

_stamps = count(1_000_000_000)
"""Times of change that no two mutants share: compiled files are told apart by them."""


def import_what_takes_long() -> None:
    """Once, for all processes to come. What is not installed is not needed."""
    for name in SLOW_TO_IMPORT:
        with suppress(ImportError):
            import_module(name)


def copy_of(root: Path, folder: Path) -> Path:
    """The project once more, where it may be spoilt."""
    return Path(shutil.copytree(root, folder, ignore=shutil.ignore_patterns(*NOT_COPIED)))


def write(path: Path, text: str) -> None:
    """Put a text in place of a file, so that nothing compiled earlier is taken for it."""
    path.write_text(text, "utf-8", newline="")
    stamp = next(_stamps)
    os.utime(path, (stamp, stamp))


class Started:
    """A forked process that runs tests in a folder, and what comes of it."""

    def __init__(self, folder: Path, work: Callable[[], Any], seconds: float, quiet: bool = True) -> None:
        self.folder = folder
        self._answer = folder / ".answer.json"
        self._answer.unlink(missing_ok=True)
        self._wall = time.monotonic() + 5 * seconds + 60
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            self._run(work, seconds, quiet)

    def end(self) -> None:
        """End the process, and what tests have started in it, and left."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def said(self) -> str:
        """The end of what it printed."""
        return (self.folder / ".said").read_text("utf-8", "replace")[-2000:]

    def _run(self, work: Callable[[], Any], seconds: float, quiet: bool) -> None:
        """What the child does. It never returns."""
        try:
            os.setsid()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            if quiet:
                said = os.open(self.folder / ".said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(said, 1)
                os.dup2(said, 2)
            _move_to(self.folder)
            self._answer.write_text(json.dumps(work()), "utf-8")
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(70)
        os._exit(0)

    def ended(self) -> bool:
        """Whether the process is gone; one that takes far too long is ended."""
        pid, self.status = os.waitpid(self.pid, os.WNOHANG)
        if not pid and time.monotonic() > self._wall:
            self.end()
            _, self.status = os.waitpid(self.pid, 0)
            return True
        return bool(pid)

    def answer(self) -> Any:
        """What the work returned; "timeout" or "crash" where it did not."""
        self.end()
        if self._answer.exists():
            return json.loads(self._answer.read_text("utf-8"))
        slow = os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) in (signal.SIGXCPU, signal.SIGKILL)
        return "timeout" if slow else "crash"


def _move_to(folder: Path) -> None:
    """Let this process, and those that it starts, see the copy alone."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", *PACKAGES)]:
        del sys.modules[name]
    here = Path(__file__).parents[2]
    sys.path[:] = [str(folder), *(p for p in sys.path if p and Path(p).resolve() != here)]
    os.chdir(folder)
    os.environ |= {"PYTHONPATH": str(folder), "CI": "1", "OMP_NUM_THREADS": "1"}


class SameExamples:
    """A plugin of pytest: hypothesis draws the same in every run, and makes nothing smaller."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """After `conftest.py`, before the tests are imported."""
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutation", settings(), derandomize=True, phases=[Phase.explicit, Phase.generate]
        )
        settings.load_profile("mutation")


class Chosen:
    """A plugin of pytest: the chosen tests alone, in their order, and the first that fails."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.failed = ""
        self._places = {test: i for i, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the others out."""
        chosen = [item for item in items if item.nodeid in self._places]
        items[:] = sorted(chosen, key=lambda item: self._places[item.nodeid])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported fails."""
        self._note(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """So does a test, its fixtures included."""
        self._note(report)

    def _note(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def pytest_in(folder: Path, files: Sequence[str], *plugins: object, options: Sequence[str] = ()) -> int:
    """Run pytest on files, as the project configures it."""
    words = ["-p", "no:cacheprovider", "--rootdir", str(folder), "-c", str(folder / "pyproject.toml")]
    words += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what was imported before the fork
    return int(pytest.main([*words, *options, *files], plugins=[SameExamples(), *plugins]))


def first_failure(folder: Path, tests: Sequence[str], *options: str) -> str:
    """The first of these tests that fails; empty if none does."""
    chosen = Chosen(tests)
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    code = pytest_in(folder, [*files], chosen, options=["-x", *options])
    return chosen.failed or ("" if code == pytest.ExitCode.OK else f"pytest ended with {code}")


def waited(started: Sequence[Started]) -> Iterator[Started]:
    """The processes that have ended; at least one if there are any."""
    while started:
        ended = [one for one in started if one.ended()]
        if ended:
            yield from ended
            return
        time.sleep(0.05)
