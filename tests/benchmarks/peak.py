"""The most memory that a process had: all of it, also what libraries take without Python's knowledge."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["peak_megabytes", "reset_peak"]

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset_peak() -> None:
    """Begin to count anew, from what the process has now. Raises OSError where the system is not Linux."""
    CLEAR.write_text("5")


def peak_megabytes() -> float:
    """The most since then, in millions of bytes."""
    found = re.search(r"^VmHWM:\s*(\d+) kB$", STATUS.read_text(), re.MULTILINE)
    assert found, "no VmHWM in /proc/self/status"
    return int(found[1]) * 1024 / 1e6
