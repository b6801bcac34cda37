"""Run the works named on the command line, or all, and print the table of ratios."""

from __future__ import annotations

import argparse
import os
from importlib import import_module

from .harness import progress, table

WORKS = ("moons", "memory", "importing", "chain", "lecture", "dense", "digits", "minimisation")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="work", help=f"of {', '.join(WORKS)}; all if none")
    chosen = parser.parse_args().works
    if unknown := set(chosen).difference(WORKS):
        parser.error(f"no work {', '.join(sorted(unknown))}; choose of {', '.join(WORKS)}")
    # NumPy reads these when it is imported, which no module here does before this line.
    os.environ.update(dict.fromkeys(THREADS, "1"))
    rows = []
    for name in chosen or WORKS:
        progress(name)
        for row in import_module(f".{name}", __package__).rows():
            progress(f"  {row.against or row.work}: {row.result}")
            rows.append(row)
    print(table(rows))


main()
