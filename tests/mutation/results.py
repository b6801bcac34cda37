"""What became of each mutant, one line of JSON each, and the figures per room."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

KILLED = ("failed", "timeout", "crash")


@dataclass(frozen=True)
class Result:
    """One mutant, and what became of it."""

    id: str
    room: str
    mutator: str
    diff: str
    outcome: str
    """"failed", "timeout" or "crash": killed; "survived"."""
    by: str
    """The test that failed."""
    tests: int
    """How many tests there were to ask."""
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether the tests noticed."""
        return self.outcome in KILLED


def recorded(path: Path) -> dict[str, Result]:
    """The results of earlier runs, by the change; the last one of each."""
    if not path.exists():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return {result.diff: result for result in (Result(**json.loads(line)) for line in lines)}


def record(path: Path, result: Result) -> None:
    """Add one result."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


HEAD = ("room", "mutants", "killed", "equivalent", "survived", "killed of the rest", "s per mutant")


def figures(results: Iterable[Result], equivalent: Iterable[str]) -> str:
    """A table of the figures, a room per line and their sum."""
    rooms: dict[str, list[Result]] = {}
    everything = list(results)
    for result in everything:
        rooms.setdefault(result.room, []).append(result)
    known = set(equivalent)
    rows = [HEAD, *(_row(room, those, known) for room, those in [*rooms.items(), ("all", everything)])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not i else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _row(room: str, those: list[Result], equivalent: set[str]) -> tuple[str, ...]:
    killed = sum(result.killed for result in those)
    same = sum(not result.killed and result.diff in equivalent for result in those)
    rest = len(those) - same
    share = f"{100 * killed / rest:.1f} %" if rest else "–"
    seconds = f"{fmean(result.seconds for result in those):.1f}" if those else "–"
    return room, str(len(those)), str(killed), str(same), str(rest - killed), share, seconds
