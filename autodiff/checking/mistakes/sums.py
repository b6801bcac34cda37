"""Sums of several terms in a graph: additions of additions, seen as one."""

from __future__ import annotations

from collections.abc import Iterator

from .recording import Place, Recording


def sums(recording: Recording) -> Iterator[tuple[int, list[Place]]]:
    """The sums on the way, by the id of the last addition, with the edges from their terms in order."""
    inner = {recording.operand(place).id for place in recording.places if _is_addition(recording, place[0])}
    for id in sorted({place[0] for place in recording.places}, reverse=True):
        if _is_addition(recording, id) and not (id in inner and _is_inner(recording, id)):
            yield id, list(_terms(recording, id))


def alike_terms(recording: Recording) -> Iterator[tuple[int, list[Place]]]:
    """The sums whose terms were all made by one operation, as those of several observations are."""
    for id, terms in sums(recording):
        if len({recording.operand(place).operation for place in terms}) == 1 < len(terms):
            yield id, terms


def _is_addition(recording: Recording, id: int) -> bool:
    """Whether a node only adds and subtracts."""
    operation = recording.graph[id].operation
    return (
        operation is not None
        and operation.arity == 2
        and all(rule in (1.0, -1.0) for rule in operation.rules)
    )


def _is_inner(recording: Recording, id: int) -> bool:
    """Whether a sum is only a part of another sum."""
    node, uses = recording.graph[id], recording.graph.uses.get(id, [])
    return not node.name and len(uses) == 1 and _is_addition(recording, uses[0].target)


def _terms(recording: Recording, id: int) -> Iterator[Place]:
    stack = [id]
    while stack:
        node = recording.graph[stack.pop()]
        inner = []
        for i, x in enumerate(node.inputs):
            if _is_addition(recording, x) and _is_inner(recording, x):
                inner.append(x)
            elif (node.id, i) in set(recording.places):
                yield node.id, i
        stack += inner
