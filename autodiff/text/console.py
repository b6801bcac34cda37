"""Standard output in whatever encoding it has."""

from __future__ import annotations

import io
import sys


def print_anything() -> None:
    """From now on a console, or a file that takes its place, without ∂ gets a ?, and printing cannot fail."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
