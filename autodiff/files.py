"""Files that appear complete or not at all."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["write"]


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
