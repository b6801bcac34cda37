"""The chain rule over named values: links with closed formulas, paths of links, and their sum.

For numbers a link is a partial derivative ∂z/∂x. For arrays it is what the gradient Z̄ = ∂R/∂Z
contributes to X̄, by the operation's own matrix rule: Ā = Ȳ·Bᵀ.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from ..differentiation.engine import slopes_anywhere
from ..text.lettering import ABOVE, BELOW, with_bar
from ..values.value import Value
from .expression import ONE, ZERO, Symbol, Term, walked
from .intermediates import Intermediates
from .simplification import grouped, product, substituted
from .transcription import transcribed

LONGEST = 60
"""Operations of a formula; the gradients in a longer one keep their names."""


class Link(NamedTuple):
    """From the named value `lower` to `upper`, both ids, and what the link multiplies by or contributes."""

    upper: int
    lower: int
    term: Term


class Chain:
    """All links from an output back to some of the values that it was computed from, `ends`.

    Paths, and the whole derivative, are those to the first of them, `wrt`; `defined` are the named values
    whose gradients have names in it.
    """

    def __init__(self, intermediates: Intermediates, ends: Sequence[int]) -> None:
        self.intermediates = intermediates
        self.output = intermediates.graph.output.id
        self.ends = ends
        self.wrt = ends[0]
        path = self._path()
        self.arrays = any(intermediates.graph[id].shape for id in path)
        on_path = set(path)
        self.defined: dict[Symbol, int] = {}
        self.users: dict[int, list[Link]] = defaultdict(list)
        found = {id: self._links(id, on_path) for id in path}
        self.links: dict[int, list[Link]] = {id: links for id, links in found.items() if links}
        for upper in sorted(self.links):
            for link in self.links[upper]:
                self.users[link.lower].append(link)

    def _path(self) -> list[int]:
        """The named values on a path from an end to the output, the last one first."""
        graph = self.intermediates.graph
        reached = set(self.ends)
        for node in graph:
            if not reached.isdisjoint(node.inputs):
                reached.add(node.id)
        found = {self.output} & reached
        for node in reversed(list(graph)):
            if node.id in found:
                found.update(reached.intersection(node.inputs))
        return [id for id in sorted(found, reverse=True) if id in self.intermediates.names]

    def _links(self, id: int, on_path: set[int]) -> list[Link]:
        """The links from a named value to those next to it, from the rules of the operations between."""
        if not self.arrays:
            known = self.intermediates.slopes
            if id not in known:
                known[id] = self._terms(id, set(self.intermediates.names))
            return [Link(id, i, term) for i, term in known[id].items() if i in on_path]
        return [Link(id, i, term) for i, term in self._terms(id, on_path).items()]

    def _terms(self, id: int, ends: Set[int]) -> dict[int, Term]:
        """What the links from a named value multiply by, or contribute, by their lower ends."""
        root, leaves = self.intermediates.segment(id)
        wanted = [i for i in sorted(leaves) if i in ends and not leaves[i].constant]
        if not wanted:
            return {}
        seed = None
        if self.arrays and id != self.output:
            seed = Value(root.data, self.gradient_of(id).text)
        found = slopes_anywhere(root, [leaves[i] for i in wanted], seed)
        name = Symbol(self.intermediates.names[id], root.shape)
        is_result = id == self.output and id in self.intermediates.coined
        own = [] if is_result else [(root, name)]
        return {i: transcribed(g, own) for i, g in zip(wanted, found, strict=True)}

    def gradient_of(self, id: int) -> Symbol:
        """How the gradient with respect to a named value is written: ∂R/∂a, for arrays Ȳ.

        Where ∂R/∂a is only one of the terms, that of the link from R to a itself, their sum is dR/da.
        """
        names, shape = self.intermediates.names, self.intermediates.graph[id].shape
        bar = with_bar(names[id]) if self.arrays else None
        if bar and bar not in names.values():
            return Symbol(bar, shape)
        direct = any(link.upper == self.output for link in self.users[id])
        sign = "d" if direct and len(self.users[id]) > 1 else "∂"
        return Symbol(names[self.output], shape, names[id], sign)

    # -- paths -------------------------------------------------------------------------------

    def count(self) -> int:
        """How many paths there are."""
        counts = {self.output: 1}
        for upper, links in self.links.items():
            for link in links:
                counts[link.lower] = counts.get(link.lower, 0) + counts.get(upper, 0)
        return counts.get(self.wrt, 0)

    def paths(self) -> Iterator[tuple[Link, ...]]:
        """All paths, each from the output down to the variable, in the order of the operands, depth first."""
        if not self.links:
            return
        stack: list[list[Link]] = [self.links[self.output][::-1]]
        taken: list[Link] = []
        while stack:
            if not stack[-1]:
                stack.pop()
                taken = taken[:-1]
                continue
            link = stack[-1].pop()
            if link.lower == self.wrt:
                yield (*taken, link)
            else:
                taken = [*taken, link]
                stack.append(self.links[link.lower][::-1])

    # -- the whole derivative ----------------------------------------------------------------

    def summed(self, by_layer: bool) -> tuple[Term, dict[Symbol, Term]]:
        """The derivative in one expression, sums over paths with their common factors in front.

        Where that becomes long, the gradient of a named value on the way keeps its name, and is defined in
        the dictionary; so the size does not grow with the number of paths. With `by_layer` it is called δ,
        and has a name wherever the paths divide: δ of one layer is written in those of the next.
        """
        known: dict[int, Term] = {self.output: ONE}
        definitions: dict[Symbol, Term] = {}
        for id in self._by_layer() if by_layer else sorted(self.users, reverse=True):
            known[id] = grouped([self._times(known[link.upper], link) for link in self.users[id]])
            is_long = len(list(walked(known[id]))) > LONGEST
            if id != self.wrt and (is_long or (by_layer and self._divides(id))):
                symbol = self._delta(id) if by_layer else self.gradient_of(id)
                definitions[symbol], known[id] = known[id], symbol
                self.defined[symbol] = id
        return known.get(self.wrt, ZERO), definitions

    def _by_layer(self) -> list[int]:
        """The values on the paths by their distance from the output, that is the longest way's."""
        layer = {self.output: 0}
        for id in sorted(self.users, reverse=True):
            layer[id] = 1 + max(layer[link.upper] for link in self.users[id])
        return sorted(self.users, key=lambda id: (layer[id], id))

    def _divides(self, id: int) -> bool:
        """Whether the paths divide below a named value, or just below what it is computed from."""
        links = self.links.get(id, [])
        return len(links) > 1 or any(len(self.users[link.lower]) > 1 for link in links)

    def _delta(self, id: int) -> Symbol:
        """δ with the indices of a named value, δ₁⁽²⁾ for z₁⁽²⁾; δ(z) where these would not tell."""
        name = self.intermediates.names[id]
        told = name[1:] and all(char in BELOW or char in ABOVE for char in name[1:])
        is_free = self._indices[name[1:]] == 1 and f"δ{name[1:]}" not in self.intermediates.names.values()
        return Symbol(f"δ{name[1:]}" if told and is_free else f"δ({name})")

    @cached_property
    def _indices(self) -> Counter[str]:
        """How many of those that are called δ have the same indices."""
        return Counter(self.intermediates.names[id][1:] for id in self.users if self._divides(id))

    def partial(self, link: Link) -> Term:
        """A link as ∂z/∂x."""
        names = self.intermediates.names
        return Symbol(names[link.upper], (), names[link.lower])

    def _times(self, gradient: Term, link: Link) -> Term:
        """The contribution of a link, given the gradient of its upper end."""
        if not self.arrays:
            return product([gradient, link.term])
        upper = Symbol(self.gradient_of(link.upper).text, self.intermediates.graph[link.upper].shape)
        return substituted(link.term, upper, gradient)
