"""The names of files that are being written, and the removal of those that nobody finishes any more.

    .autodiff-HOST-PID-START-UNIQUE.tmp

A process that is killed leaves its file behind. The name says which process that was: the next one that
writes into the directory removes the file if it runs on the same host and sees that the process is gone.
Files of other hosts, whose processes it cannot see, are left alone for a day. The name is short and does
not contain that of the file it will become, which may be as long as the file system allows.
"""

from __future__ import annotations

import os
import re
import zlib
from contextlib import suppress
from pathlib import Path

NAME = re.compile(r"\.autodiff-(?P<host>.+)-(?P<pid>[1-9]\d{0,8})-(?P<start>\d+)-[0-9a-f]{16}\.tmp", re.ASCII)

DAY = 86400.0
"""Seconds after which a file is removed whose process cannot be seen from here."""

UNKNOWN = "0"
"""The start of a process where the platform does not tell it."""

ENDED = "ended"
"""The start of a process that was killed and that its parent has not yet waited for."""


def new_name() -> str:
    """The name of a file that this process begins to write; no other has it."""
    pid = os.getpid()
    return f".autodiff-{_host()}-{pid}-{_start(pid)}-{os.urandom(8).hex()}.tmp"


def remove_abandoned(folder: Path, now: float) -> None:
    """Remove what dead processes left; `now` is the time by the clock that dates the files.

    What cannot be removed stays: no saving depends on it.
    """
    here = _host()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if name := NAME.fullmatch(entry.name):
                with suppress(OSError):
                    if _abandoned(name, here, now - entry.stat(follow_symlinks=False).st_mtime):
                        Path(entry.path).unlink(missing_ok=True)


def _abandoned(name: re.Match[str], here: str, age: float) -> bool:
    lives = _lives(int(name["pid"]), name["start"]) if name["host"] == here else None
    return age > DAY if lives is None else not lives


def _lives(pid: int, start: str) -> bool | None:
    """Whether a process of this host still runs; None where that cannot be seen."""
    if os.name != "posix":  # there os.kill would end it
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's
        pass
    found = _start(pid)
    return found == start or UNKNOWN in (found, start)


def _host() -> str:
    """The machine since it was started, and what process numbers count in: containers have their own."""
    import socket

    name = socket.gethostname()
    known = [name, _read("/proc/sys/kernel/random/boot_id")]
    with suppress(OSError):
        known.append(str(Path("/proc/self/ns/pid").readlink()))
    digest = zlib.crc32("\n".join(known).encode(errors="replace"))
    return f"{re.sub('[^0-9A-Za-z.]', '_', name)[:32]}-{digest:08x}"


def _start(pid: int) -> str:
    """When a process began, in the kernel's ticks since the machine was started."""
    after_the_name = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    if not after_the_name:
        return UNKNOWN
    return ENDED if after_the_name[0] in "ZX" else after_the_name[19]


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""
