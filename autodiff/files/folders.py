"""Sets of files in a folder of their own."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from re import Pattern

from .writing import write


def write_folder(folder: Path, files: Mapping[str, bytes], ours: Pattern[str]) -> None:
    """Put files into a folder, which is made if need be, each of them in one moment.

    What an earlier, longer set has left is removed: files whose names are `ours`, and no others.

    Raises OSError where the file system refuses: FileNotFoundError where there is nowhere to make the folder,
    FileExistsError where a file has its name.
    """
    if not folder.parent.is_dir():
        told = f"cannot save {folder.name!r}: there is no directory {str(folder.parent)!r}; make it first"
        raise FileNotFoundError(errno.ENOENT, told, os.fspath(folder))
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        write(folder / name, content)
    for old in folder.iterdir():
        if ours.fullmatch(old.name) and old.name not in files:
            old.unlink()
