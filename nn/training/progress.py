"""How far a training has come: a bar of tqdm's, or one line on stderr where tqdm is missing."""

from __future__ import annotations

import sys
import time
from typing import Any

from .history import History

PAUSE = 0.1  # seconds between two changes of what is shown


class Progress:
    """Shows how far a training has come; as it is, nothing."""

    def show(self, history: History) -> None:
        """An epoch is over."""

    def close(self) -> None:
        """The training is over."""


def progress_of(shown: bool, epochs: int, done: int) -> Progress:
    """The progress of a training of so many epochs, some of them done already."""
    if not shown:
        return Progress()
    try:
        from tqdm.std import tqdm
    except ImportError:
        return ProgressLine(epochs)
    return Bar(tqdm(total=epochs, initial=done, unit="epoch", mininterval=PAUSE))


class Bar(Progress):
    """A bar of tqdm's, with the losses behind it."""

    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def show(self, history: History) -> None:
        """As many epochs as the history has."""
        self.bar.set_postfix_str(history.last(), refresh=False)
        self.bar.update(history.epochs - self.bar.n)

    def close(self) -> None:
        """Leave the bar as it is, with the last losses."""
        self.bar.refresh()
        self.bar.close()


class ProgressLine(Progress):
    """One line on stderr: a terminal sees it change, a log gets the last state."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.text = ""
        self.changed = 0.0

    def show(self, history: History) -> None:
        """One epoch further."""
        self.text = f"epoch {history.epochs}/{self.epochs}  {history.last()}"
        if sys.stderr.isatty() and time.monotonic() - self.changed > PAUSE:
            print(f"\r\x1b[K{self.text}", end="", file=sys.stderr, flush=True)
            self.changed = time.monotonic()

    def close(self) -> None:
        """The last state, and a new line."""
        if self.text:
            start = "\r\x1b[K" if sys.stderr.isatty() else ""
            print(f"{start}{self.text}", file=sys.stderr, flush=True)
