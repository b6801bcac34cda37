"""What happens to a process that writes a file: the disk is full, or it is killed."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from .formats import FORMATS, Format, Outcome

__all__ = ["INTERRUPTIONS", "write_for_ever"]

STEPS = ["fsync", "replace"]
"""What the disk refuses: the bytes, or the name."""


def full(form: Format, folder: Path, rng: Random) -> Outcome:
    """The disk is full: an error, and the old file."""
    path = folder / form.file
    form.save(path, 1)
    form.save(path, 0)
    before = path.read_bytes()
    no_space = OSError(errno.ENOSPC, "no space left on device")
    try:
        with mock.patch.object(os, rng.choice(STEPS), side_effect=no_space):
            form.save(path, 1)
    except OSError as error:
        whole = [*folder.iterdir()] == [path] and path.read_bytes() == before
        return Outcome.REFUSED if whole and str(path) in str(error) else Outcome.HALF
    return Outcome.WRONG


def killed(form: Format, folder: Path, rng: Random) -> Outcome:
    """A writer is killed at any moment: the file is one of the two, and what is left over goes."""
    path = folder / form.file
    whole = set(contents(form))
    form.save(path, 0)
    command = [sys.executable, "-m", "tests.faults", "--write-for-ever", str(path), form.name]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    time.sleep(rng.uniform(0.0, 0.05))
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    if path.read_bytes() not in whole and not _is_readable(form, path):
        return Outcome.HALF
    form.save(path, 1)
    return Outcome.UNAFFECTED if [*folder.iterdir()] == [path] else Outcome.HALF


def _is_readable(form: Format, path: Path) -> bool:
    """The bytes of a checkpoint are another process's own: the seconds are in them."""
    return form.attempt is not None and form.attempt(path) is Outcome.UNAFFECTED


def contents(form: Format) -> list[bytes]:
    """The bytes of both files."""
    with TemporaryDirectory() as other:
        path = Path(other) / form.file
        return [_saved(form, path, k) for k in (0, 1)]


def _saved(form: Format, path: Path, k: int) -> bytes:
    form.save(path, k)
    return path.read_bytes()


def write_for_ever(path: Path, name: str) -> None:
    """What is killed."""
    (form,) = (f for f in FORMATS if f.name == name)
    save: Callable[[int], Any] = partial(form.save, path)
    save(1)
    print("writing", flush=True)
    while True:
        save(0)
        save(1)


INTERRUPTIONS = {"disk full": full, "killed": killed}
