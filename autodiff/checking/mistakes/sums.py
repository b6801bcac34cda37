"""Sums of several terms in a graph: additions of additions, seen as one."""

from __future__ import annotations

from collections.abc import Iterator

from ...graph import Node
from .tape import Place, Tape


def sums(tape: Tape) -> Iterator[tuple[int, list[Place]]]:
    """The sums on the way, by the id of the last addition, with the edges from their terms in order."""
    for id in sorted({place[0] for place in tape.places}, reverse=True):
        if _is_addition(tape.graph[id]) and not _is_inner(tape, id):
            yield id, list(_terms(tape, id))


def alike_terms(tape: Tape) -> Iterator[tuple[int, list[Place]]]:
    """The sums whose terms were all made by one operation, as those of several observations are."""
    for id, terms in sums(tape):
        if len({tape.operand(place).operation for place in terms}) == 1 < len(terms):
            yield id, terms


def is_difference(node: Node) -> bool:
    """Whether a node is one operand minus another."""
    return node.operation is not None and node.operation.rules == (1.0, -1.0)


def _is_addition(node: Node) -> bool:
    """Whether a node only adds and subtracts two operands."""
    operation = node.operation
    return (
        operation is not None
        and operation.arity == 2
        and all(rule in (1.0, -1.0) for rule in operation.rules)
    )


def _is_inner(tape: Tape, id: int) -> bool:
    """Whether a sum is only a part of another sum."""
    node, uses = tape.graph[id], tape.graph.uses.get(id, [])
    return not node.name and len(uses) == 1 and _is_addition(tape.graph[uses[0].target])


def _terms(tape: Tape, id: int) -> Iterator[Place]:
    places, stack = set(tape.places), [id]
    while stack:
        node = tape.graph[stack.pop()]
        inner = []
        for i, x in enumerate(node.inputs):
            if _is_addition(tape.graph[x]) and _is_inner(tape, x):
                inner.append(x)
            elif (node.id, i) in places:
                yield node.id, i
        stack += inner
