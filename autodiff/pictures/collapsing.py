"""Which cards a picture has: one for each part of a graph, or collapsed box, or for parts that are alike.

A graph with more parts than a picture may have cards is collapsed as little as needed: first the steps of
loops but the last, or else the innermost boxes, then those around them; then what is alike shares cards; at
last only what is nearest to the outputs is drawn, with a card that says how much is missing. Inputs and
parameters have cards of their own beside a collapsed box.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

import numpy as np

from ..derivations.parts import Parts
from ..graph import Node
from ..naming.boxes import NOWHERE, Boxes
from ..settings import hint, whole
from .equivalence import Equivalence
from .steps import chains_of, gathered

Collapse: TypeAlias = bool | int | str | Collection[str]

REST = -1
"""In place of a card, for what is left out."""

CLOSED = -2
"""Keys from here downwards stand for boxes, from 0 upwards for nodes that share a card."""

MARKED_LESS = 2
"""Where no way to collapse is enough, one must leave so many times fewer cards to be preferred."""


class _Way(NamedTuple):
    """A way to draw a graph: a key for each node, the boxes, which are closed, how many each stands for."""

    keys: Sequence[int]
    boxes: Boxes
    closed: set[int]
    counts: Sequence[int]
    size: int
    """How many cards it needs."""


class Collapsed:
    """The cards of a picture, in order.

    `cards` are the ids of the nodes on each, `stands_for` the box that a card stands for, NOWHERE if none.
    `of` says for each node which card it is on if it is a part, REST where it is left out; `left_out` how
    many parts are. `counts` says how many boxes each one of `boxes` stands for.
    """

    def __init__(self, parts: Parts, way: _Way, max_cards: int) -> None:
        self._parts, self._leaves_out = parts, not parts.each_operation
        self.boxes, self.counts, self._closed = way.boxes, way.counts, way.closed
        members: dict[int, list[int]] = defaultdict(list)
        for id in parts.ids:
            members[way.keys[id]].append(id)
        kept = (
            _nearest(parts, way.keys, members, max_cards - 1) if len(members) > max_cards else members.keys()
        )
        shown = sorted((ids[-1], key) for key, ids in members.items() if key in kept)
        self.cards = [members[key] for _, key in shown]
        self.stands_for = [CLOSED - key if key <= CLOSED else NOWHERE for _, key in shown]
        self.of = [REST] * len(parts.graph)
        for card, ids in enumerate(self.cards):
            for id in ids:
                self.of[id] = card
        self.left_out = len(parts.ids) - sum(map(len, self.cards))

    def place(self, card: int) -> int:
        """The open box that a card stands in."""
        own, ids = self.stands_for[card], self.cards[card]
        if own != NOWHERE:
            return self.boxes.parents[own]
        if self._leaves_out and not self._parts[ids[0]].inputs:
            return NOWHERE
        box = self.boxes.of[ids[0]] if len(ids) == 1 else self.boxes.shared([self.boxes.of[id] for id in ids])
        if not self._closed:
            return box
        closed = [self.boxes.parents[around] for around in self.boxes.around(box) if around in self._closed]
        return closed[-1] if closed else box


def collapsed(parts: Parts, max_cards: int, collapse: Collapse | None = None) -> Collapsed:
    """The cards of a graph, at most `max_cards` unless there are more outputs.

    Collapsed as asked, by default as little as needed. Raises ValueError where `collapse` names a box that
    is not there, and TypeError for anything but a name.
    """
    boxes = parts.names.boxes
    closed = None if collapse is None else _closed(boxes, collapse)
    plain = _Ways(parts, range(len(parts.graph)), boxes, [1] * len(boxes), closed)
    chains = chains_of(parts.graph, boxes) if closed is None and plain[0].size > max_cards else []
    way = None if chains else plain.first_within(max_cards)
    if way is None:
        alike = Equivalence(parts.graph, boxes)
        closed = closed and {alike.place[box] for box in closed}
        merged = _Ways(parts, alike.of, alike.boxes, alike.counts, closed)
        if chains and merged[0].size > max_cards:  # steps that only add something up share cards
            steps = gathered(parts.graph, boxes, chains)
            last = _Ways(parts, plain.groups, steps.boxes, [1] * len(steps.boxes), steps.early)
            way = last.first_within(max_cards)
        way = way or plain.first_within(max_cards) or merged.first_within(max_cards)
        way = way or _least([plain[0], plain[-1], merged[0], merged[-1]])
    return Collapsed(parts, way, max_cards)


class _Ways:
    """The ways to collapse boxes, as asked, or from the innermost out: each leaves fewer cards."""

    def __init__(
        self,
        parts: Parts,
        groups: Sequence[int],
        boxes: Boxes,
        counts: Sequence[int],
        closed: set[int] | None,
    ) -> None:
        self.parts, self.groups, self.boxes, self.counts = parts, groups, boxes, counts
        depths = range(max(boxes.depths, default=0) + 1, 0, -1)
        self.closed = [_at_depth(boxes, depth) for depth in depths] if closed is None else [closed]

    def __getitem__(self, k: int) -> _Way:
        closed = self.closed[k]
        keys = _keys(self.parts, self.boxes, self.groups, closed)
        size = len(self.parts.ids) if isinstance(keys, range) else len({keys[id] for id in self.parts.ids})
        return _Way(keys, self.boxes, closed, self.counts, size)

    def first_within(self, most: int) -> _Way | None:
        """The way that shows most with so many cards."""
        k = bisect_left(range(len(self.closed)), True, key=lambda k: self[k].size <= most)
        return self[k] if k < len(self.closed) else None


def _least(ways: Sequence[_Way]) -> _Way:
    """The way with few cards that collapses least."""
    fewest = min(way.size for way in ways)
    return next(way for way in ways if way.size <= MARKED_LESS * fewest)


def _closed(boxes: Boxes, collapse: Collapse) -> set[int]:
    """The boxes that are asked for: True for all, a depth, or names with or without their numbers."""
    if isinstance(collapse, (int, np.integer, np.bool_)):
        return _at_depth(boxes, whole("draw: collapse", int(collapse)))
    names = boxes.numbered()
    closed = set()
    for wanted in _names(collapse):
        found = {f for f, name in enumerate(names) if wanted in (name, boxes.titles[f])}
        if not found:
            known = list(dict.fromkeys(names))
            what = hint(str(wanted), known) if known else "the graph has no boxes; use scope(), or modules"
            raise ValueError(f"draw: no box is called {wanted!r}; {what}")
        closed |= found
    return closed


def _names(collapse: str | Collection[str]) -> Collection[str]:
    if isinstance(collapse, str):
        return [collapse]
    if isinstance(collapse, Collection) and all(isinstance(name, str) for name in collapse):
        return collapse
    raise TypeError(f"draw: collapse must be True or False, a depth, or names of boxes, got {collapse!r}")


def _at_depth(boxes: Boxes, depth: int) -> set[int]:
    return {box for box, own in enumerate(boxes.depths) if own == depth}


def _keys(parts: Parts, boxes: Boxes, groups: Sequence[int], closed: set[int]) -> Sequence[int]:
    """For each part the outermost collapsed box around it, or else its group.

    What was not recorded, and is more than a number in a formula, stays beside its box.
    """
    if not closed:
        return groups
    outermost = {NOWHERE: NOWHERE}
    for box, parent in enumerate(boxes.parents):
        around = outermost[parent]
        outermost[box] = box if around == NOWHERE and box in closed else around
    keys = [*groups]
    for id in parts.ids:
        top = outermost[boxes.of[id]]
        if top != NOWHERE and (parts.graph.operations[id] is not None or _is_number(parts[id])):
            keys[id] = CLOSED - top
    return keys


def _is_number(node: Node) -> bool:
    return node.kind == "number" and not node.shape


def _nearest(parts: Parts, keys: Sequence[int], members: Mapping[int, list[int]], most: int) -> set[int]:
    """The cards that are the fewest steps away from an output."""
    found = dict.fromkeys(keys[node.id] for node in parts.graph.outputs)
    waiting = deque(found)
    while waiting and len(found) < most:
        ids = reversed(members[waiting.popleft()])
        for source in chain.from_iterable(reversed(parts.inputs(id)) for id in ids):
            key = keys[source]
            if key not in found and len(found) < most:
                found[key] = None
                waiting.append(key)
    return set(found)
