"""Where a recorded node comes from: the line of the user's code, and what is being differentiated."""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Any

from ...values.user_code import users_frame, users_line
from ...values.value import Value
from ..listing import Origin

CHECK = Origin("", "nan where a gradient met 0·∞")
"""Where the number comes from that tells whether the other form is needed."""


NOWHERE = Origin("", "")


class Origins:
    """The origin of each node, by birth."""

    def __init__(self, within: CodeType | None = None) -> None:
        self.within = within
        """The code that calls f: what called that is no line of f's."""
        self.told: Origin | None = None
        """What is said of all nodes from now on, if anything."""
        self.aside: Origin | None = None
        """What is said of columns."""
        self.pulled: tuple[Value, Any] | None = None
        """The node that a reverse pass has come to, with its gradient: what is recorded belongs to it."""
        self.differentiated: dict[int, Value] = {}
        """What a gradient, by its birth, is the gradient of."""
        self._known: dict[int, Origin] = {}
        self._places: dict[tuple[int, int], tuple[Origin, CodeType]] = {}
        """Those of the user's code, by its identity and the place in it; the code is kept."""

    def note(self, node: Value) -> Value:
        """Find where a node that has just been recorded comes from: a mode."""
        if self.told is not None:
            self._known[node._birth] = self.told
        elif self.aside is not None:
            self._known[node._birth] = self.aside
        elif self.pulled is not None:
            self._known[node._birth] = self._derived(*self.pulled)
        else:
            frame = users_frame(self.within)
            self._known[node._birth] = NOWHERE if frame is None else self._at(frame)
        return node

    def _at(self, frame: FrameType) -> Origin:
        """The line of the user's that is running; its text is looked up once."""
        code = frame.f_code
        place = id(code), frame.f_lasti
        known = self._places.get(place)
        if known is None:
            known = self._places[place] = Origin(*users_line(frame)), code
        return known[0]

    def is_from(self, node: Value, origin: Origin | None) -> None:
        """Note that a node comes from where another came from."""
        if origin is not None:
            self._known[node._birth] = origin

    def note_gradient(self, g: Any, of: Value) -> None:
        """Note that what a pass recorded is the gradient of a node."""
        if type(g) is Value and (origin := self._known.get(g._birth)) is not None and origin.of is not None:
            self.differentiated.setdefault(g._birth, of)

    def get(self, node: Value) -> Origin | None:
        """The origin of a node, if it was recorded under these eyes."""
        return self._known.get(node._birth)

    def of_columns(self, sample: Value, times: tuple[int, ...]) -> Origin | None:
        """That of a column, by one of those side by side in it."""
        origin = self._known.get(sample._birth)
        return None if origin is None else origin._replace(times=times)

    def is_derived(self, node: Value) -> bool:
        """Whether a pass recorded it, or it looks at what passes gave."""
        origin = self.get(node)
        return origin is not None and (origin.of is not None or origin is CHECK)

    def _derived(self, of: Value, g: Any) -> Origin:
        """That of a part of a derivative: the line of what is being differentiated."""
        self.note_gradient(g, of)
        origin = self._known.get(of._birth)
        told = of.name or (of._operation.symbol if of._operation else None)
        return Origin("", "", told) if origin is None else Origin(origin.place, origin.code, told)
