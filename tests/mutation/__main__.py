"""Change the source in many small ways, and see whether the tests notice.

    python -m tests.mutation --mutants 600 --seed 0 --workers 2

takes up where it stopped, and ends with the figures per room. Each survivor is printed as a change:
it gets a test, or a place in `equivalent.txt` with the reason why nothing can notice it, or the
code that it shows to be needless goes. Results are kept in `build/mutation`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import trial
from .mutants import Mutant
from .notes import always, equivalent
from .reach import Reach
from .results import Result, figures, record, recorded
from .rooms import ROOMS, every_mutant, room_of, sample
from .run import measure, test_files, try_all

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "mutation"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main(words: Sequence[str] | None = None) -> int:
    """Try mutants; 1 where one survived that nobody has explained."""
    asked = arguments(words)
    if asked.only and asked.diff:
        print(*(mutant.diff() for mutant in _named(asked.only)), sep="\n\n")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that copies and processes go, too
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    trial.import_what_takes_long()
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copies = [trial.copy_of(ROOT, Path(folder) / str(i)) for i in range(asked.workers)]
        reach = _reach(copies[0], asked.measure)
        known = {} if asked.only else recorded(KEPT / "results.jsonl")
        mutants = _named(asked.only) if asked.only else _chosen(asked.mutants, asked.seed, asked.room)
        left = [m for m in mutants if m.diff() not in known or (asked.again and not known[m.diff()].killed)]
        for number, result in enumerate(try_all(left, reach, ROOT, copies, asked.seconds, asked.quick), 1):
            record(KEPT / "results.jsonl", result)
            known[result.diff] = result
            print(f"{number} of {len(left)}: {_line(result)}", flush=True)
    return _told([known[mutant.diff()] for mutant in mutants])


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--mutants", type=int, default=600, help="how many, about")
    parser.add_argument("--seed", type=int, default=0, help="which")
    parser.add_argument("--room", action="append", choices=ROOMS, help="of these rooms alone")
    parser.add_argument("--workers", type=int, default=1, help="how many at once")
    parser.add_argument("--seconds", type=float, default=60.0, help="of tests per mutant, at most")
    parser.add_argument("--again", action="store_true", help="try those that survived once more")
    parser.add_argument("--quick", action="store_true", help="ask few tests; --again asks survivors all")
    parser.add_argument("--measure", nargs="*", metavar="FILE", help="anew what tests reach")
    parser.add_argument("--only", action="append", metavar="ID", help="these mutants alone")
    parser.add_argument("--diff", action="store_true", help="with --only: print the change, and try nothing")
    return parser.parse_args(words)


def _reach(folder: Path, again: Sequence[str] | None) -> Reach:
    """What tests reach: as measured before, but for the files that are measured anew."""
    kept = KEPT / "reach.json"
    reach = Reach.load(kept) if kept.exists() else Reach()
    if again is None and kept.exists():
        return reach
    files = list(again or test_files(ROOT))
    found, failed = measure(folder, files, 3600.0)
    print(*(f"not asked, since it fails as things are: {test}" for test in failed), sep="\n", file=sys.stderr)
    reach.update(found, files)
    reach.save(kept)
    return reach


def _chosen(size: int, seed: int, rooms: Sequence[str] | None) -> list[Mutant]:
    """The sample, after those that are tried every time."""
    found = every_mutant(ROOT)
    where = room_of(ROOT)
    mutants = [*always(ROOT), *sample(found, size, seed)]
    unique = {mutant.diff(): mutant for mutant in mutants}
    return [mutant for mutant in unique.values() if not rooms or where[mutant.source.path] in rooms]


def _named(ids: Sequence[str]) -> list[Mutant]:
    """The mutants of these ids. Raises SystemExit for one that there is none of."""
    found = {m.id: m for those in every_mutant(ROOT).values() for m in those}
    found |= {mutant.id: mutant for mutant in always(ROOT)}
    if unknown := [one for one in ids if one not in found]:
        raise SystemExit(f"no such mutants, as the source is now: {', '.join(unknown)}")
    return [found[one] for one in ids]


def _line(result: Result) -> str:
    return f"{result.outcome:8} {result.seconds:5.1f} s  {result.id}  {result.by}"


def _told(results: Sequence[Result]) -> int:
    """Print survivors and figures."""
    reasons = equivalent()
    unexplained = [one for one in results if not one.killed and one.diff not in reasons]
    for result in unexplained:
        print(f"\n{result.id}, of {result.tests} tests\n{result.diff}")
    print(f"\n{figures(results, reasons)}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
