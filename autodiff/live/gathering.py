"""Pictures of many cards: leaves that are used alike share one; in the list each has a row of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..animation.propagation import Propagation

MOST_CARDS = 300
"""Cards that a page can follow at each frame."""


class Gathering(NamedTuple):
    """The groups of leaves that have one card, by an id that no node has; none in a small graph."""

    groups: Mapping[int, tuple[int, ...]]
    cards: int

    @property
    def card_of(self) -> dict[int, int]:
        """The id of the card on which a gathered leaf is."""
        return {id: card for card, ids in self.groups.items() for id in ids}


def gathering(passes: Propagation) -> Gathering:
    """How a propagation is shown: each named value on a card, if there are not too many."""
    groups = {} if len(passes.names) <= MOST_CARDS else dict(_groups(passes))
    return Gathering(groups, len(passes.names) - sum(len(ids) - 1 for ids in groups.values()))


def _groups(passes: Propagation) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Variables, and constants, that the same named values are computed from."""
    users = defaultdict[int, list[int]](list)
    for upper in passes.forward:
        for lower in passes.operands(upper):
            users[lower].append(upper)
    alike = defaultdict[tuple[bool, tuple[int, ...]], list[int]](list)
    for id in passes.names:
        if id not in passes.segments:
            alike[passes.varies(id), tuple(users[id])].append(id)
    several = (tuple(ids) for ids in alike.values() if len(ids) > 1)
    yield from enumerate(several, len(passes.intermediates.graph))
