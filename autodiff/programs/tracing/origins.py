"""Where a recorded node comes from: the line of the user's code, and what is being differentiated."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from ...differentiation import reverse
from ...values.user_code import is_own, line_of
from ...values.value import Value
from ..listing import Origin

__all__ = ["Origins", "is_own"]

PASS = (reverse.sweep.__code__,)
"""What differentiates one node after another, each of which it calls `node`."""


class Origins:
    """The origin of each node, by birth."""

    def __init__(self) -> None:
        self.told: Origin | None = None
        """What is said of all nodes from now on, if anything."""
        self.differentiated: dict[int, Value] = {}
        """What a gradient, by its birth, is the gradient of."""
        self._known: dict[int, Origin] = {}
        self._places: dict[tuple[Any, int], tuple[str, str]] = {}

    def note(self, node: Value) -> None:
        """Find where a node that has just been recorded comes from."""
        if self.told is not None:
            self._known[node._birth] = self.told
            return
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and is_own(frame.f_code):
            if frame.f_code in PASS:
                self._known[node._birth] = self._derived(frame.f_locals["node"], frame)
                return
            frame = frame.f_back
        if frame is not None:
            self._known[node._birth] = Origin(*self._place(frame))

    def note_gradient(self, g: Any, of: Value) -> None:
        """Note that what a pass recorded is the gradient of a node."""
        if type(g) is Value and (origin := self._known.get(g._birth)) is not None and origin.of is not None:
            self.differentiated.setdefault(g._birth, of)

    def get(self, node: Value) -> Origin | None:
        """The origin of a node, if it was recorded under these eyes."""
        return self._known.get(node._birth)

    def _derived(self, of: Value, frame: FrameType) -> Origin:
        """That of a part of a derivative: the line of what is being differentiated."""
        self.note_gradient(frame.f_locals.get("g"), of)
        origin = self._known.get(of._birth)
        told = of.name or (of._operation.symbol if of._operation else None)
        return Origin("", "", told) if origin is None else origin._replace(of=told)

    def _place(self, frame: FrameType) -> tuple[str, str]:
        """File, number and text of a line."""
        key = frame.f_code, frame.f_lineno
        if key not in self._places:
            self._places[key] = line_of(frame)
        return self._places[key]
