"""What happens in the two passes over a graph, in order and in numbers; nothing of the graph is changed.

The graph is seen as a derivation sees it: named values, and links between them. Formulas come
from the operations' rules, numbers from the engine.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..derivations.chain_rule import Chain, Link
from ..derivations.intermediates import Intermediates, Segment
from ..derivations.parts import DOZEN
from ..differentiation.engine import gradients
from ..values.data import Data, holds_nan
from ..values.value import Value


class Pull(NamedTuple):
    """A gradient pulled back along one link: a term of the gradient of its lower end, one of `terms`.

    `local` is the partial derivative, None for arrays; `term` what is added to the sum `before`, which
    gives `so_far`.
    """

    link: Link
    number: int
    terms: int
    local: Data | None
    before: Data
    term: Data
    so_far: Data

    @property
    def last(self) -> bool:
        """Whether the gradient is complete."""
        return self.number == self.terms


class Propagation:
    """The two passes of an output: `forward` are the ids of named values, `backward` the pulls, in order.

    `data` and `gradients` are what the engine computes for each named value. Of more than `most` named values
    those nearest to the output are gone through; what the last of these are computed from is left out, and
    `left_out` says how many that are.
    """

    def __init__(self, intermediates: Intermediates, wrt: Sequence[Value], most: float = math.inf) -> None:
        self.intermediates = intermediates
        graph = intermediates.graph
        self.output = graph.output.id
        shown, computed = _nearest(intermediates, wrt, most)
        self.names = {id: intermediates.names[id] for id in shown}
        self.left_out = len(intermediates.names) - len(shown)
        self.segments: dict[int, Segment] = {id: intermediates.segment(id) for id in computed}
        self.forward = tuple(self.segments)
        self.data: dict[int, Data] = {id: graph[id].data for id in self.names}
        self.ends = self._ends(wrt)
        self.chain = Chain(intermediates, sorted(self.ends))
        ids = [self.output, *sorted(self.chain.uppers.keys() & self.names.keys(), reverse=True)]
        found = gradients(self.source(self.output), [self.source(id) for id in ids])
        self.gradients: dict[int, Data] = dict(zip(ids, found, strict=True))
        self.backward = tuple(self._pulls())

    def _ends(self, wrt: Sequence[Value]) -> frozenset[int]:
        """The named values whose gradients are wanted: those chosen, or all variables."""
        chosen = {value._birth for value in wrt}
        if chosen:
            return frozenset(id for id in self.names if self.source(id)._birth in chosen)
        return frozenset(id for id in self.names if self.varies(id) and id not in self.segments)

    def source(self, id: int) -> Value:
        """The Value with this id."""
        source = self.intermediates.graph[id].source
        assert isinstance(source, Value)
        return source

    def varies(self, id: int) -> bool:
        """Whether a named value has a gradient."""
        return not self.source(id).constant

    def operands(self, id: int) -> tuple[int, ...]:
        """The named values that one is computed from, next to it."""
        return tuple(sorted(self.intermediates.view.inputs(id)))

    def _pulls(self) -> Iterator[Pull]:
        """One link after the other, from the output back."""
        sums: dict[int, Data] = {}
        counts: dict[int, int] = {}
        for upper in (id for id in self.chain.lowers if id in self.segments):
            links = self.chain.links_from(upper)
            lowers = [link.lower for link in links]
            for link, local, term in zip(
                links, self._locals(upper, lowers), self._terms(upper, lowers), strict=True
            ):
                id = link.lower
                count = len(self.chain.uppers[id])
                counts[id] = counts.get(id, 0) + 1
                before = sums.get(id, 0.0)
                sums[id] = self.gradients[id] if counts[id] == count else before + term
                yield Pull(link, counts[id], count, local, before, term, sums[id])

    def _terms(self, upper: int, lowers: Sequence[int]) -> list[Data]:
        """What a named value hands down to each of these, given its own gradient, by the engine.

        Where a sum is nan, its terms are those of a gradient that was computed: its 0·∞ is nan, too.
        """
        root, leaves = self.segments[upper]
        wanted, g = [leaves[id] for id in lowers], self.gradients[upper]
        if not any(holds_nan(self.gradients[id]) for id in lowers):
            return gradients(root, wanted, g)
        return [term.data for term in gradients(root, wanted, Value(g), create_graph=True)]

    def _locals(self, upper: int, lowers: Sequence[int]) -> Sequence[Data | None]:
        """The partial derivatives of a named value, where numbers are all that there is."""
        if self.chain.arrays:
            return [None] * len(lowers)
        root, leaves = self.segments[upper]
        return gradients(root, [leaves[id] for id in lowers])

    def alone(self, id: int) -> list[Link] | None:
        """The links from the output to a named value, where there is only one path."""
        path: list[Link] = []
        while id != self.output:
            if len(self.chain.uppers[id]) != 1:
                return None
            (upper,) = self.chain.uppers[id]
            path.insert(0, next(link for link in self.chain.links_from(upper) if link.lower == id))
            id = upper
        return path


def _nearest(intermediates: Intermediates, wrt: Sequence[Value], most: float) -> tuple[list[int], list[int]]:
    """The named values that are gone through, and those of them whose computation is, in order.

    All, or those nearest to the output, and what is differentiated with respect to.
    """
    names, graph, view = intermediates.names, intermediates.graph, intermediates.view
    if len(names) <= most:
        return [*names], [id for id in names if graph[id].operation]
    shown = {graph.output.id, *(id for value in wrt if (id := graph.id_of(value)) is not None)}
    computed: list[int] = []
    waiting = deque([graph.output.id])
    while waiting:
        id = waiting.popleft()
        inputs = view.inputs(id)
        if inputs and (len(shown.union(inputs)) <= most or not computed):
            computed.append(id)
            waiting.extend(i for i in inputs if i not in shown)
            shown.update(inputs)
    return sorted(shown), sorted(computed)


def intermediates_of(output: Value, wrt: Sequence[Value], each_operation: bool | None) -> Intermediates:
    """The named values of a graph: those that a reader would speak of, or one for each operation.

    By default each operation of a graph that is small, or that has no such parts.
    """
    parts = Intermediates(output, wrt[0] if len(wrt) == 1 else None)
    if each_operation is None:
        graph = parts.graph
        unspoken = any(graph.id_of(value) not in parts.names for value in wrt)
        named = any(graph.operations[id] and id not in graph.output_ids for id in graph.named)
        few = len(graph) <= DOZEN or len(parts.all_names.put) <= 1
        each_operation = unspoken or (few and not named)
    return Intermediates(output, each_operation=True, like=parts) if each_operation else parts
