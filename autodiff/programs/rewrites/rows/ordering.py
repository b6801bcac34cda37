"""The order in which lines are written that are brought together in groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from ...listing import Line

__all__ = ["in_order"]


def in_order(lines: Sequence[Line], units: Sequence[int]) -> Iterator[int]:
    """Units, each after those that it needs, else in the order of their first lines.

    `units` has the unit of each line.
    """
    first: dict[int, int] = {}
    needs: dict[int, set[int]] = defaultdict(set)
    users: dict[int, list[int]] = defaultdict(list)
    for position, (line, unit) in enumerate(zip(lines, units, strict=True)):
        first.setdefault(unit, position)
        needs[unit].update(units[i] for i in line.inputs)
    for unit, needed in needs.items():
        for other in needed:
            users[other].append(unit)
    missing = {unit: len(needed) for unit, needed in needs.items()}
    ready = [(position, unit) for unit, position in first.items() if not missing[unit]]
    heapify(ready)
    while ready:
        _, unit = heappop(ready)
        yield unit
        for user in users[unit]:
            missing[user] -= 1
            if not missing[user]:
                heappush(ready, (first[user], user))
