"""Files that are old or new at every moment: written beside their place, and moved into it when complete.

A reader finds the whole old file or the whole new one, whoever else writes; of several writers the last to
finish wins. A link stays a link to what is replaced, and the file keeps its mode; another hard link to it
keeps the old content.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import IO

from .unfinished import new_name, remove_abandoned


def format_of(path: Path, formats: Collection[str]) -> str:
    """The suffix of a name, in small letters. Raises ValueError where it is not among the formats."""
    kind = path.suffix.lower()
    if kind not in formats:
        raise ValueError(f"save: the name must end in one of {', '.join(formats)}, got {str(path)!r}")
    return kind


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Put the content into a file, in one moment. Raises OSError as `replacing` does."""
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write to; at the end of the block it takes the place of what is at the path.

    Where the block is left by an exception, nothing has changed and nothing is left. A device or a pipe is
    written to as it is.

    Raises OSError, with the path that was asked for, where the file system refuses: FileNotFoundError for a
    missing directory, IsADirectoryError for a path that is one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/numbers.txt") as file:
    ...         _ = file.write(b"1 2 3")
    ...         before = Path(folder, "numbers.txt").exists()
    ...     before, Path(folder, "numbers.txt").read_bytes()
    (False, b'1 2 3')
    """
    asked = os.fspath(path)
    try:
        place = Path(os.path.realpath(asked))
        old = _status(place, asked)
        with place.open("wb") if old and not S_ISREG(old.st_mode) else _beside(place, old) as file:
            yield file
    except OSError as error:
        if error.errno is None or error.filename == asked:
            raise
        raise OSError(error.errno, error.strerror, asked) from error


def _status(place: Path, asked: str) -> os.stat_result | None:
    """What is known of the file that will be replaced; None where there is none."""
    name = Path(asked).name or asked
    if not place.parent.is_dir():
        told = f"cannot save {name!r}: there is no directory {str(place.parent)!r}; make it first"
        raise FileNotFoundError(errno.ENOENT, told, asked)
    try:
        status = place.stat()
    except FileNotFoundError:
        return None
    if S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, f"cannot save {name!r}: it is a directory", asked)
    return status


@contextmanager
def _beside(place: Path, old: os.stat_result | None) -> Iterator[IO[bytes]]:
    """A new file in the same directory, moved into its place when it is complete and on the disk."""
    unfinished = place.with_name(new_name())
    try:
        # What replaces a private file is private from the first moment; a new file has the usual mode.
        with open(unfinished, "xb", opener=partial(os.open, mode=0o600) if old else None) as file:
            if old:
                _take_over(unfinished, old)
            remove_abandoned(place.parent, now=os.fstat(file.fileno()).st_mtime)
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(place)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    _flush_names(place.parent)


def _take_over(path: Path, old: os.stat_result) -> None:
    """Group, owner and mode, as far as user and file system may set them."""
    for owner, group in ((-1, old.st_gid), (old.st_uid, -1)):
        with suppress(OSError, AttributeError):  # Windows has no chown
            os.chown(path, owner, group)
    with suppress(OSError):
        path.chmod(S_IMODE(old.st_mode))


def _flush_names(folder: Path) -> None:
    """Make the new name last as the content does, where the platform can flush a directory."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
