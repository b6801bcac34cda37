"""The local derivative on each edge between parts: by one rule, or through several operations at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..differentiation.engine import gradients, slopes_anywhere
from ..graph import Node
from ..values.modes import mode
from ..values.value import Value
from .expression import Symbol
from .local_derivatives import (
    LocalDerivative,
    LocalDerivatives,
    gradient_name,
    is_plain,
    is_tracked,
    operand_of,
    provisional_name,
    slopes,
)
from .parts import Parts
from .transcription import transcribed


class PartDerivatives(LocalDerivatives):
    """The local derivatives of parts of a graph, by the positions of their `inputs`."""

    def __init__(self, parts: Parts, ids: Sequence[int]) -> None:
        self._parts = parts
        super().__init__(parts.graph, ids, parts.names)

    def _slopes(self, id: int) -> Sequence[tuple[int, LocalDerivative]]:
        parts, node = self._parts, self.graph[id]
        if parts.each_operation:
            return super()._slopes(id)
        inputs, shown = parts.inputs(id), [i for i in node.inputs if i in parts]
        folded = any(i not in parts and self.graph[i].inputs for i in node.inputs)
        if not node.inputs or folded or len(set(shown)) < len(shown):
            return _through(parts, node)
        return [
            (inputs.index(node.inputs[i]), slope) for i, slope in slopes(self.graph, node, provisional_name)
        ]


def _through(parts: Parts, node: Node) -> list[tuple[int, LocalDerivative]]:
    """The derivatives of a part that several operations make."""
    inside = parts.inside(node.id) if node.inputs else []
    wanted = [(n, i) for n, i in enumerate(parts.inputs(node.id)) if is_tracked(parts[i].source)]
    if not wanted or not all(map(is_plain, inside)):
        return []
    with mode(keep=lambda mode: False):  # as where a single rule is applied
        try:
            return list(_found(parts, node, inside, wanted))
        except Exception:  # of whatever kind: what cannot be recorded again here has no formula
            return []


def _found(
    parts: Parts, node: Node, inside: Sequence[Node], wanted: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, LocalDerivative]]:
    copies = parts.again(node.id, lambda x: operand_of(x, provisional_name(x)))
    root = copies[node.id]
    numbers = not any(x.shape for x in inside)
    seed = None if numbers else Value(root._data, gradient_name(node.id))
    ends = [copies[i] for _, i in wanted]
    here = [*map(float, gradients(root, ends))] if numbers else [None] * len(ends)
    own = [(root, Symbol(provisional_name(node), root.shape))]
    found = zip(wanted, slopes_anywhere(root, ends, seed), here, strict=True)
    for (position, _), slope, number in found:
        yield position, LocalDerivative(transcribed(slope, own), number)
