"""Run the works named on the command line, or all, and print the table of ratios."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from .page import PAGES, between_markers, rewrite
from .works import WORKS

if TYPE_CHECKING:
    from .harness import Row

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
JAX = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, and write the tables of the documentation if asked; 1 where something failed."""
    chosen = arguments(words)
    # NumPy and XLA read these when they are imported, which no module here does before this line.
    os.environ.update(dict.fromkeys(THREADS, "1") | JAX)
    from autodiff.text.console import print_anything

    from .table import in_columns, in_markdown, in_short, machine

    rows = list(measured(chosen.works or list(WORKS)))
    print_anything()
    print(in_columns(rows))
    if not all(row.figures for row in rows):
        print("not all could be measured; the pages are as they were", file=sys.stderr)
        return 1
    if chosen.write:
        for page, table in zip(PAGES, (in_markdown(rows), in_short(rows)), strict=True):
            rewrite(page, f"{machine()}\n\n{table}")
    return 0


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line, refused before anything is measured where it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="work", help=f"of {', '.join(WORKS)}; all if none")
    parser.add_argument(
        "--write",
        action="store_true",
        help="put the table into docs/speed.md, its telling lines into README.md",
    )
    chosen = parser.parse_args(words)
    if unknown := set(chosen.works).difference(WORKS):
        parser.error(f"no work {', '.join(sorted(unknown))}; choose of {', '.join(WORKS)}")
    if chosen.write and chosen.works:
        parser.error("--write takes the table of all works; leave their names out")
    for page in PAGES if chosen.write else ():
        between_markers(page.read_text(encoding="utf-8"), "")
    return chosen


def measured(works: Sequence[str]) -> Iterator[Row]:
    """The rows of all works; one that fails gives a row that says so, and the next goes on."""
    from .harness import failed, progress

    for number, name in enumerate(works, 1):
        start = time.monotonic()
        progress(f"{name} ({number} of {len(works)})")
        try:
            for row in import_module(f".{name}", __package__).rows():
                progress(f"  {row.work}, {row.against}: {row.result}")
                yield replace(row, code=name)
        except Exception as error:
            progress(f"  failed: {error!r}")
            yield replace(failed(name, error), code=name)
        progress(f"  {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
