"""Many blocks on several processes, resumable; a process that ends or hangs is a failure, too."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from . import derivatives, elsewhere, peers, programs, readings  # noqa: F401 (declare modes)
from .block import SIZE, Block
from .modes import MODES
from .report import line, table
from .searching import Result, run
from .shrinking import Failure

HANGING = 180.0
"""Seconds without a word after which a process is ended."""


def main(words: Sequence[str] | None = None) -> int:
    """Run what the command line asks for: 1 where anything failed."""
    asked = arguments(words)
    if asked.block is not None:
        return _one(asked)
    blocks = -(-asked.expressions // asked.size)
    state = State(asked.state or Path(f".scenarios/{asked.seed}.jsonl"), asked.seed, asked.size)
    todo = [n for n in range(blocks) if n not in state.results]
    total = Result(-1)
    for result in state.results.values():
        add(total, result)
    print(f"{len(state.results)} blocks of {asked.size} done before, {len(todo)} to do", flush=True)
    start = time.monotonic()
    crew = Crew(asked.workers, [_block(asked, n) for n in todo])
    for done, result in enumerate(crew.results(), 1):
        state.keep(result)
        add(total, result)
        for failure in result.failures:
            print(failure, flush=True)
        if done % 10 == 0 or done == len(todo):
            print(line(total, time.monotonic() - start, done, len(todo)), flush=True)
    print(table(total))
    return 1 if total.failures else 0


def _block(asked: argparse.Namespace, number: int) -> Block:
    return Block(asked.seed, number, asked.size, tuple(asked.modes or MODES), asked.kind)


def _one(asked: argparse.Namespace) -> int:
    """One block again, in this process."""
    result = run(_block(asked, asked.block))
    for failure in result.failures:
        print(f"{failure}\n\n{failure.code}\n")
    print(table(result))
    return 1 if result.failures else 0


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios", description=__doc__)
    parser.add_argument("--expressions", type=int, default=1500, help="how many cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count(), help="processes; all cores if not given"
    )
    parser.add_argument("--size", type=int, default=SIZE, help="cases per block")
    parser.add_argument("--block", type=int, help="run this block alone, and print the code of failures")
    parser.add_argument("--kind", help="draw all cases from this kind")
    parser.add_argument(
        "--modes", nargs="+", choices=list(MODES), metavar="MODE", help=f"of {', '.join(MODES)}"
    )
    parser.add_argument("--state", type=Path, help="file of finished blocks: .scenarios/SEED.jsonl")
    return parser.parse_args(words)


def add(total: Result, result: Result) -> None:
    """Add a block's counts to those of all."""
    for entry in fields(Result):
        if entry.name != "block":
            ours = getattr(total, entry.name)
            theirs = getattr(result, entry.name)
            setattr(total, entry.name, ours + theirs)


# -- what is done ------------------------------------------------------------------------------


class State:
    """A file with a line per finished block."""

    def __init__(self, path: Path, seed: int, size: int) -> None:
        self.path, self.results = path, dict[int, Result]()
        head = {"seed": seed, "size": size}
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            if json.loads(lines[0]) != head:
                raise SystemExit(f"{path} is of {lines[0]}, not {json.dumps(head)}: name another by --state")
            for text in lines[1:]:
                if text.endswith("}"):  # the last may have been cut off
                    result = _result(json.loads(text))
                    self.results[result.block] = result
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(head) + "\n", encoding="utf-8")

    def keep(self, result: Result) -> None:
        """Note a finished block."""
        self.results[result.block] = result
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(vars(result), default=vars) + "\n")


def _result(entries: dict[str, Any]) -> Result:
    counters = {name: Counter(x) for name, x in entries.items() if isinstance(x, dict)}
    failures = [Failure(**{**x, "operations": tuple(x["operations"])}) for x in entries["failures"]]
    return Result(**{**entries, **counters, "failures": failures})


# -- processes ---------------------------------------------------------------------------------


class Crew:
    """Processes that take blocks, one after the other. One that ends or hangs is replaced."""

    def __init__(self, workers: int, blocks: list[Block]) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._todo = blocks[::-1]
        self._workers = [Worker(self._context) for _ in range(min(workers, len(blocks)))]

    def results(self) -> Iterator[Result]:
        """What comes of each block, in the order in which they are finished."""
        for worker in self._workers:
            worker.give(self._todo)
        try:
            while any(worker.block for worker in self._workers):
                busy = {worker.pipe: worker for worker in self._workers if worker.block}
                ready = wait(list(busy), timeout=1.0)
                for worker in busy.values():
                    if worker.pipe in ready or worker.hangs():
                        yield from self._heard(worker)
        finally:
            for worker in self._workers:
                worker.process.kill()

    def _heard(self, worker: Worker) -> Iterator[Result]:
        block = worker.block
        assert block
        try:
            result = worker.pipe.recv() if not worker.hangs() else None
        except EOFError:
            result = None
        if result is None:
            worker.end()
            failure = worker.last_words()
            self._workers[self._workers.index(worker)] = worker = Worker(self._context)
            rest = tuple(mode for mode in block.modes if mode not in failure.modes)
            if failure.modes and rest:  # the block once more, without the mode that ended it
                worker.hand(replace(block, modes=rest))
                worker.ended.append(failure)
                return
            result = Result(block.number, failures=[failure])
        result.failures += worker.ended
        worker.ended = []
        yield result
        worker.give(self._todo)


class Worker:
    """A process, the block that it is at, and what it is about to do."""

    def __init__(self, context: Any) -> None:
        self.pipe, theirs = context.Pipe()
        self._said = context.Array("c", 2000, lock=False)
        self.process = context.Process(target=_work, args=(theirs, self._said), daemon=True)
        self.process.start()
        theirs.close()
        self.block: Block | None = None
        self.ended: list[Failure] = []
        self._since, self._heard = time.monotonic(), b""

    def give(self, todo: list[Block]) -> None:
        """Hand over the next block, if there is one."""
        self.block = None
        if todo:
            self.hand(todo.pop())

    def hand(self, block: Block) -> None:
        """Hand over a block."""
        self.block, self._since = block, time.monotonic()
        self.pipe.send(block)

    def hangs(self) -> bool:
        """Whether it has said nothing new for long."""
        if (said := self._said.value) != self._heard:
            self._heard, self._since = said, time.monotonic()
        return time.monotonic() - self._since > HANGING

    def end(self) -> None:
        """End the process."""
        self.process.join(1.0)
        self.process.kill()
        self.process.join()

    def last_words(self) -> Failure:
        """What it was about to do when it ended."""
        mode, _, text = self._said.value.decode(errors="ignore").partition("\t")
        code = self.process.exitcode
        why = f"the process ended with {code}" if code != -9 else f"nothing for {HANGING:g} s"
        assert self.block
        return Failure(self.block.number, [mode] if mode else [], why, text, text, (), shrunk=False)


def _work(pipe: Connection, said: Any) -> None:
    """Take blocks and send results, until nobody listens."""

    def announce(mode: str, text: str) -> None:
        said.value = f"{mode}\t{text}".encode()[:1999]

    sys.setswitchinterval(1e-4)  # threads take turns often
    warnings.simplefilter("ignore")
    while True:
        try:
            pipe.send(run(pipe.recv(), announce))
        except (EOFError, BrokenPipeError, KeyboardInterrupt):
            return
