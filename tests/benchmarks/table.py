"""The table of ratios: in columns for a terminal, and in Markdown for the README."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

from .harness import Row

__all__ = ["in_columns", "in_markdown", "machine"]

PACKAGES = {
    "numpy": "NumPy", "jax": "JAX", "torch": "PyTorch", "autograd": "HIPS autograd", "mygrad": "MyGrad",
    "micrograd": "micrograd", "scipy": "scipy", "dask": "Dask",
}  # fmt: skip


def in_columns(rows: Iterable[Row]) -> str:
    """Aligned, with the smallest and largest figure of each row."""
    head = ("work", "against", "autodiff", "spread", "target", "reached")
    lines: list[tuple[str, ...]] = [head]
    lines += [(r.work, r.against, r.result, r.spread, r.target, r.reached) for r in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("─" * width for width in widths))
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def in_markdown(rows: Sequence[Row]) -> str:
    """A Markdown table of medians; a work that stands on several lines is named on the first."""
    lines = ["| work | against | target | measured | reached |", "|---|---|---|---|---|"]
    for work, row in zip(_named_once(rows), rows, strict=True):
        cells = (work, row.against, row.target, row.result, row.reached)
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines)


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
