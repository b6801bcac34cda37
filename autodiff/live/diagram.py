"""A diagram of a model with places for its numbers, which the page fills at each frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree.ElementTree import Element

from ..values.value import Value

Source = Literal["leaf", "slope", "input", "target", "node", "risk"]


@dataclass(frozen=True)
class LiveText:
    """A number in a line of text of a part: which one, after what words.

    `place` counts the parameters for a "leaf" and its "slope", the features for an "input", the entries of
    a "target", and the results of `Diagram.nodes` for a "node". `shown` counts the observations of which
    numbers are shown.
    """

    part: str
    line: int
    before: str
    source: Source
    place: int = 0
    shown: int = 0


@dataclass(frozen=True)
class Diagram:
    """A picture with places: `ways` are the lines by the parameters that they are of.

    `nodes` computes what is shown of an observation and its target; `most` is of how many.
    """

    picture: Element
    slots: Sequence[LiveText]
    ways: Mapping[str, int]
    nodes: Callable[[Value, Value], list[Value]]
    most: int
    room: int

    @property
    def data(self) -> dict[str, Any]:
        """What the page knows of it."""
        slots = [vars(slot) for slot in self.slots]
        return {"slots": slots, "ways": dict(self.ways), "most": self.most, "room": self.room}
