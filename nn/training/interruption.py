"""Ctrl-C waits for the end of the step that is being done."""

from __future__ import annotations

import signal
import threading
from types import FrameType


class Interruption:
    """Inside `with`, Ctrl-C is noted and waits to be looked at; a second one raises KeyboardInterrupt.

    Only where Ctrl-C would have raised it: a handler of the user's own stays, and signals come to the
    main thread alone.
    """

    noted: bool = False

    def __enter__(self) -> Interruption:
        main = threading.current_thread() is threading.main_thread()
        self._handles = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._handles:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        if self._handles:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.noted:
            signal.default_int_handler(number, frame)
        self.noted = True
