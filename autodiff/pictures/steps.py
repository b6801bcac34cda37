"""Boxes that follow one another, as the steps of a loop: the last is drawn, those before it are one box."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ..graph import Graph
from ..naming.boxes import NOWHERE, Boxes

MANY = 3
"""Steps of which those before the last are one box."""


class Steps(NamedTuple):
    """The boxes of a graph where steps before the last are one, and which these are."""

    boxes: Boxes
    early: set[int]


def chains_of(graph: Graph, boxes: Boxes) -> list[list[int]]:
    """Boxes with the same title that follow one another, as the steps of a loop."""
    siblings: dict[tuple[int, str], list[int]] = defaultdict(list)
    for box, title in enumerate(boxes.titles):
        siblings[boxes.parents[box], title].append(box)
    chains = [steps for steps in siblings.values() if len(steps) >= MANY]
    linked = _linked(graph, boxes) if chains else set()
    return [steps for steps in chains if all(pair in linked for pair in itertools.pairwise(steps))]


def gathered(graph: Graph, boxes: Boxes, chains: Sequence[Sequence[int]]) -> Steps:
    """The boxes with the steps before the last of each chain as one, which rows for these alone stand in."""
    steps = _merged(boxes, chains)
    _put_rows_beside(graph, steps)
    return steps


def _linked(graph: Graph, boxes: Boxes) -> set[tuple[int, int]]:
    """Pairs of boxes, side by side in one, of which the second uses what the first gives."""
    found, pairs = set[tuple[int, int]](), set[tuple[int, int]]()
    of = boxes.of
    for id, inputs in enumerate(graph.inputs):
        pairs.update([(of[i], of[id]) for i in inputs])
    for start, end in pairs:
        around = {boxes.parents[box]: box for box in boxes.around(start)}
        found |= {
            (around[boxes.parents[box]], box) for box in boxes.around(end) if boxes.parents[box] in around
        }
    return found


def _merged(boxes: Boxes, chains: Sequence[Sequence[int]]) -> Steps:
    """The boxes with those before the last of each chain as one."""
    first = {box: steps[0] for steps in chains for box in steps[:-1]}
    titles = {steps[0]: f"{boxes.titles[steps[0]]} 1 to {len(steps) - 1}" for steps in chains}
    titles |= {steps[-1]: f"{boxes.titles[steps[-1]]} {len(steps)}" for steps in chains}
    place, early = {NOWHERE: NOWHERE}, set[int]()
    kept: list[str] = []
    parents: list[int] = []
    for box, title in enumerate(boxes.titles):
        parent = place[boxes.parents[box]]
        if parent in early:
            place[box] = parent
        elif first.get(box, box) != box:
            place[box] = place[first[box]]
        else:
            place[box] = len(kept)
            early |= {len(kept)} if box in first else set()
            kept.append(titles.get(box, title))
            parents.append(parent)
    return Steps(Boxes(kept, parents, [place[box] for box in boxes.of]), early)


def _put_rows_beside(graph: Graph, steps: Steps) -> None:
    """Put what is computed around a loop for its first steps alone, as their rows, into their box."""
    boxes, users = steps.boxes, list[int | None]([None]) * len(graph)
    for id in graph.output_ids:
        users[id] = NOWHERE
    for id in range(len(graph) - 1, -1, -1):
        box, inside = users[id], boxes.of[id]
        if box in steps.early and boxes.parents[box] == inside and graph.operations[id] is not None:
            boxes.of[id] = inside = box
        for i in graph.inputs[id]:
            users[i] = inside if users[i] in (None, inside) else NOWHERE
