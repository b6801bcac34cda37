"""The parts of pages that the benchmark writes: what is between two markers, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["BEGIN", "END", "PAGES", "README", "SPEED", "between_markers", "rewrite"]

ROOT = Path(__file__).parents[2]
SPEED, README = ROOT / "docs" / "speed.md", ROOT / "README.md"
PAGES = SPEED, README
"""Where the whole table is, and where its telling lines are."""

BEGIN = "<!-- benchmark: written by `python -m tests.benchmarks --write` -->"
END = "<!-- end of benchmark -->"


def between_markers(document: str, text: str) -> str:
    """The document with this text between the markers, which stand on lines of their own.

    Raises ValueError where they are not there exactly once, in their order.
    """
    begins, ends = (list(re.finditer(rf"^{re.escape(mark)}\r?$", document, re.M)) for mark in (BEGIN, END))
    if (len(begins), len(ends)) != (1, 1) or begins[0].end() > ends[0].start():
        raise ValueError(
            f"the table stands between a line {BEGIN!r} and a line {END!r} below it; "
            f"found {len(begins)} of the first and {len(ends)} of the second"
        )
    before, after = document[: begins[0].end()], document[ends[0].start() :]
    return f"{before}\n\n{text.strip()}\n\n{after}"


def rewrite(path: Path, text: str) -> None:
    """Put the text between the markers of a file; the file is complete at any moment.

    Raises ValueError, and leaves the file alone, where the markers are missing.
    """
    document = between_markers(path.read_bytes().decode(), text)  # whatever its ends of lines
    from autodiff.files.writing import write  # it imports NumPy, which no module here does before it measures

    write(path, document.encode())
