"""Files that appear complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

__all__ = ["format_of", "write"]


def format_of(path: Path, formats: Collection[str]) -> str:
    """The suffix of a name, in small letters. Raises ValueError where it is not among the formats."""
    kind = path.suffix.lower()
    if kind not in formats:
        raise ValueError(f"save: the name must end in one of {', '.join(formats)}, got {str(path)!r}")
    return kind


def write(path: Path, content: bytes) -> None:
    """Write beside the file, then move into its place.

    Raises FileNotFoundError naming the directory where that is missing.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"cannot save {path.name!r}: there is no directory {str(path.parent)!r}; make it first"
        )
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
