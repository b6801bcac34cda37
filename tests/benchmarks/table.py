"""The table of ratios: in columns for a terminal, and in Markdown for the documentation."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby

from .harness import Row
from .works import WORKS

__all__ = ["TELLING", "in_columns", "in_markdown", "in_short", "machine"]

PACKAGES = {
    "numpy": "NumPy", "jax": "JAX", "torch": "PyTorch", "autograd": "HIPS autograd", "mygrad": "MyGrad",
    "micrograd": "micrograd", "scipy": "scipy", "dask": "Dask",
}  # fmt: skip

TELLING = (
    ("moons, 2-16-16-1 of scalars, 100 points, eager", "micrograd 0.1.0"),
    ("the same code on columns, compiled", "micrograd 0.1.0"),
    ("the lecture's 2-2-1 on arrays, compiled", "jax.jit"),
    ("64-128-10, batch 64, eager", "PyTorch, eager"),
    ("64-128-10, batch 64, compiled", "NumPy by hand"),
    ("64-128-10, batch 64, compiled", "PyTorch, eager"),
    ("784-256-128-10, batch 128, compiled", "jax.jit"),
    ("digits, 64-128-10, an epoch", "PyTorch"),
)
"""The lines of the table that the README has, by work and peer."""


def in_columns(rows: Iterable[Row]) -> str:
    """Aligned, with the smallest and largest figure of each row."""
    head = ("work", "against", "autodiff", "spread", "by hand", "target", "reached")
    lines: list[tuple[str, ...]] = [head]
    lines += [(r.work, r.against, r.result, r.spread, r.floor, r.target, r.reached) for r in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("─" * width for width in widths))
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def in_markdown(rows: Sequence[Row]) -> str:
    """A Markdown table of medians for each section; a work on several lines is named on the first."""
    head = ("work", "with", "against", "by hand", "target", "measured", "reached", "code")
    parts = []
    for section, found in groupby(rows, key=lambda row: WORKS.get(row.code, "")):
        group = list(found)
        lines = [
            (work, r.conditions, r.against, r.floor, r.target, r.result, r.reached, _linked(r.code))
            for work, r in zip(_named_once(group), group, strict=True)
        ]
        parts.append(f"## {section}\n\n{_table([head, *lines])}")
    return "\n\n".join(parts)


def in_short(rows: Sequence[Row]) -> str:
    """The telling rows of the same table, for the README."""
    head = ("work", "against", "measured")
    known = {(row.work, row.against): row for row in rows if row.dtype == "float64"}
    return _table([head, *((*key, known[key].result) for key in TELLING if key in known)])


def _table(lines: Iterable[Sequence[str]]) -> str:
    head, *others = (f"| {' | '.join(map(_cell, cells))} |" for cells in lines)
    return "\n".join([head, "|---" * (head.count(" | ") + 1) + "|", *others])


def _linked(code: str) -> str:
    """The module of a work, as a link from the folder of the page."""
    return f"[{code}](../tests/benchmarks/{code}.py)" if code else ""


def _named_once(rows: Iterable[Row]) -> Iterator[str]:
    last = None
    for row in rows:
        yield "" if row.work == last else row.work
        last = row.work


def _cell(text: str) -> str:
    """Text as one cell: a bar would end it, and so would a line."""
    return " ".join(text.split()).replace("|", r"\|")


def machine() -> str:
    """What the figures were measured with, in one line; nothing of the machine but its kind."""
    return (
        f"Medians of ratios, taken by turns in one run on one thread of an {platform.machine()} processor, "
        f"with Python {platform.python_version()}, {', '.join(_versions())}."
    )


def _versions() -> Iterator[str]:
    for package, name in PACKAGES.items():
        try:
            yield f"{name} {version(package).partition('+')[0]}"
        except PackageNotFoundError:
            yield f"no {name}"
