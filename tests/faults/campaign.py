"""Many faults, each by its own seed, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from .damage import DAMAGES
from .formats import FORMATS, Format, Outcome
from .interruption import INTERRUPTIONS

__all__ = ["BAD", "HEAD", "Campaign", "Fault", "faults"]

BAD = (Outcome.WRONG, Outcome.HALF)
HEAD = f"{'file':24} {'fault':12} {'tried':>7}" + "".join(f"{o.value:>16}" for o in Outcome)


@dataclass(frozen=True)
class Fault:
    """One fault, which comes out the same again."""

    form: Format
    kind: str
    seed: int

    def outcome(self) -> Outcome:
        """What became of the file."""
        rng = Random(f"{self.form.name} {self.kind} {self.seed}")
        with TemporaryDirectory() as folder:
            if self.kind in INTERRUPTIONS:
                return INTERRUPTIONS[self.kind](self.form, Path(folder), rng)
            return self._damaged(Path(folder) / self.form.file, rng)

    def _damaged(self, path: Path, rng: Random) -> Outcome:
        assert self.form.attempt is not None
        path.write_bytes(DAMAGES[self.kind](self.form.whole, rng))
        return self.form.attempt(path)


def faults(tries: int, kills: int, seed: int, like: str = "") -> Iterator[Fault]:
    """So many of each kind for each format, and fewer kills, which take a process each."""
    for form in FORMATS:
        for kind in form.kinds(DAMAGES, INTERRUPTIONS):
            if like in f"{form.name}: {kind}":
                n = {"killed": kills, "disk full": kills}.get(kind, tries)
                yield from (Fault(form, kind, seed + i) for i in range(n))


@dataclass
class Campaign:
    """The counts."""

    counts: dict[tuple[str, str], Counter[Outcome]] = field(default_factory=dict)
    bad: list[tuple[Fault, Outcome]] = field(default_factory=list)

    def run(self, fault: Fault) -> None:
        """Count one."""
        outcome = fault.outcome()
        self.counts.setdefault((fault.form.name, fault.kind), Counter())[outcome] += 1
        if outcome in BAD:
            self.bad.append((fault, outcome))

    def line(self, form: str, kind: str) -> str:
        """The counts of one kind of fault."""
        return _line(form, kind, self.counts.get((form, kind), Counter()))

    def total(self) -> str:
        """The sum of all."""
        return _line("all", "", sum(self.counts.values(), Counter[Outcome]()))

    def table(self) -> str:
        """One line per format and kind, and their sum."""
        return "\n".join([HEAD, *(self.line(*names) for names in self.counts), self.total()])


def _line(form: str, kind: str, counts: Counter[Outcome]) -> str:
    return f"{form:24} {kind:12} {counts.total():7}" + "".join(f"{counts[o]:16}" for o in Outcome)
