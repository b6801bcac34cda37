"""The order in which lines are written that are brought together in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from ...listing import Line

__all__ = ["in_order"]


def in_order(lines: Sequence[Line], units: Sequence[int]) -> Iterator[int]:
    """Units, each after those that it needs, else in the order of their first lines.

    `units` has the unit of each line.
    """
    first: dict[int, int] = {}
    sorter = TopologicalSorter[int]()
    for position, (line, unit) in enumerate(zip(lines, units, strict=True)):
        first.setdefault(unit, position)
        sorter.add(unit, *[units[i] for i in line.inputs])
    sorter.prepare()
    ready: list[tuple[int, int]] = []
    while sorter.is_active():
        for unit in sorter.get_ready():
            heappush(ready, (first[unit], unit))
        _, unit = heappop(ready)
        yield unit
        sorter.done(unit)
