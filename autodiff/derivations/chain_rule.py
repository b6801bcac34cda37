"""The chain rule over named values: links with closed formulas, paths of links, and their sum.

For numbers a link is a partial derivative ∂z/∂x. For arrays it is what the gradient Z̄ = ∂R/∂Z
contributes to X̄, by the operation's own matrix rule: Ā = Ȳ·Bᵀ.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from ..differentiation.engine import slopes_anywhere
from ..text.lettering import ABOVE, BELOW, with_bar
from ..values.value import Value
from .expression import ONE, ZERO, Symbol, Term, walked
from .intermediates import Intermediates
from .local_derivatives import is_tracked
from .simplification import grouped, product, substituted, total
from .transcription import transcribed

LONGEST = 60
"""Operations of a formula; the gradients in a longer one keep their names."""


class Link(NamedTuple):
    """From the named value `lower` to `upper`, both ids, and what the link multiplies by or contributes."""

    upper: int
    lower: int
    term: Term


MOST_COUNTED = 10**18
"""Paths that are counted; their number may have more digits than anybody reads."""

LONG = 1_000
"""Named values on paths; of a derivation with more, and of one of so many operations, an excerpt is shown."""

MOST_OPERATIONS = 10_000


class Chain:
    """All links from an output back to some of the values that it was computed from, `ends`.

    Paths, and the whole derivative, are those to the first of them, `wrt`; `defined` are the named values
    whose gradients have names in it. `lowers` and `uppers` are what links lead from and to, by the ids of
    their other ends; the formula of a link is worked out when it is first asked for.
    """

    def __init__(self, intermediates: Intermediates, ends: Sequence[int]) -> None:
        self.intermediates = intermediates
        self.output = intermediates.graph.output.id
        self.ends = ends
        self.wrt = ends[0]
        self.path = self._path()
        graph = intermediates.graph
        self.arrays = any(type(graph.sources[id]._data) is not float and graph[id].shape for id in self.path)
        self.is_long = len(self.path) > LONG or len(graph) > MOST_OPERATIONS
        self._names = frozenset(intermediates.names.values())
        self.defined: dict[Symbol, int] = {}
        self.uppers: dict[int, list[int]] = defaultdict(list)
        varying = {id for id in self.path if is_tracked(graph.sources[id])}
        found = ((id, sorted(varying.intersection(intermediates.view.inputs(id)))) for id in self.path)
        self.lowers: dict[int, list[int]] = {id: lowers for id, lowers in found if lowers}
        for upper in reversed(self.lowers):
            for lower in self.lowers[upper]:
                self.uppers[lower].append(upper)
        self.twice = self._twice()
        self._known: dict[int, list[Link]] = {}

    def _path(self) -> list[int]:
        """The named values on a path from an end to the output, the last one first."""
        view = self.intermediates.view
        reached = set(self.ends)
        for id in view.ids:
            if not reached.isdisjoint(view.inputs(id)):
                reached.add(id)
        found, path = {self.output}, []
        for id in reversed(view.ids):
            if id in found and id in reached:
                path.append(id)
                found.update(view.inputs(id))
        return path

    def _twice(self) -> set[int]:
        """What the output depends on directly and through others; with one step of a loop all the others."""
        found = {id for id in self.lowers.get(self.output, ()) if len(self.uppers[id]) > 1}
        return found.union(*(loop.alike(found) for loop in self.intermediates.all_names.loops))

    def _varying(self, id: int) -> list[int]:
        """The named values next to one that is computed from them, of those that vary."""
        view = self.intermediates.view
        return [i for i in sorted(view.inputs(id)) if is_tracked(view.graph.sources[i])]

    @cached_property
    def links(self) -> dict[int, list[Link]]:
        """The links from each named value on a path, the last one first."""
        return {id: self.links_from(id) for id in self.lowers}

    @cached_property
    def users(self) -> dict[int, list[Link]]:
        """The links to each named value on a path."""
        users: dict[int, list[Link]] = defaultdict(list)
        for upper in sorted(self.links):
            for link in self.links[upper]:
                users[link.lower].append(link)
        return users

    def links_from(self, id: int) -> list[Link]:
        """The links from one named value."""
        if id not in self._known:
            self._known[id] = self._links(id)
        return self._known[id]

    def _links(self, id: int) -> list[Link]:
        """The links from a named value to those next to it, from the rules of the operations between."""
        if self.arrays:
            terms = self._terms(id, self.lowers[id])
        elif id in self.intermediates.slopes:
            terms = self.intermediates.slopes[id]
        else:
            terms = self.intermediates.slopes[id] = self._terms(id, self._varying(id))
        return [Link(id, i, terms[i]) for i in self.lowers[id]]

    def _terms(self, id: int, wanted: Sequence[int]) -> dict[int, Term]:
        """What the links from a named value multiply by, or contribute, by their lower ends."""
        root, leaves = self.intermediates.segment(id)
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

        Where ∂R/∂a is only one of the terms, that of the link from R to a itself, their sum is dR/da. In the
        steps of a loop one letter has one sign.
        """
        names, shape = self.intermediates.names, self.intermediates.graph[id].shape
        bar = with_bar(names[id]) if self.arrays else None
        if bar and bar not in self._names:
            return Symbol(bar, shape)
        return Symbol(names[self.output], shape, names[id], "d" if id in self.twice else "∂")

    # -- paths -------------------------------------------------------------------------------

    def count(self) -> int:
        """How many paths there are, and one more than are counted where there are more."""
        counts = {self.output: 1}
        for upper, lowers in self.lowers.items():
            for lower in lowers:
                sum_of = counts.get(lower, 0) + counts.get(upper, 0)
                counts[lower] = min(sum_of, MOST_COUNTED + 1)
        return counts.get(self.wrt, 0)

    def paths(self) -> Iterator[tuple[Link, ...]]:
        """All paths, each from the output down to the variable, in the order of the operands, depth first."""
        if not self.lowers:
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
        for id in self.by_layer() if by_layer else sorted(self.users, reverse=True):
            known[id] = grouped([self.times(known[link.upper], link) for link in self.users[id]])
            is_long = len(list(walked(known[id]))) > LONGEST
            if id != self.wrt and (is_long or (by_layer and self._divides(id))):
                symbol = self.delta(id) if by_layer else self.gradient_of(id)
                definitions[symbol], known[id] = known[id], symbol
                self.defined[symbol] = id
        return known.get(self.wrt, ZERO), definitions

    def by_layer(self) -> list[int]:
        """The values on the paths by their distance from the output, that is the longest way's."""
        layer = {self.output: 0}
        for id in sorted(self.uppers, reverse=True):
            layer[id] = 1 + max(layer[upper] for upper in self.uppers[id])
        return sorted(self.uppers, key=lambda id: (layer[id], id))

    def _divides(self, id: int) -> bool:
        """Whether δ of a named value has a name: where paths divide below it, or next to it."""
        lowers = self.lowers.get(id, [])
        return self.is_long or len(lowers) > 1 or any(len(self.uppers[lower]) > 1 for lower in lowers)

    def delta(self, id: int) -> Symbol:
        """δ with the indices of a named value, δ₁⁽²⁾ for z₁⁽²⁾; δ(z) where these would not tell."""
        name = self.intermediates.names[id]
        told = name[1:] and all(char in BELOW or char in ABOVE for char in name[1:])
        is_free = self._indices[name[1:]] == 1 and f"δ{name[1:]}" not in self._names
        return Symbol(f"δ{name[1:]}" if told and is_free else f"δ({name})")

    @cached_property
    def _indices(self) -> Counter[str]:
        """How many of those that are called δ have the same indices."""
        return Counter(
            self.intermediates.names[id][1:] for id in self.uppers if id != self.wrt and self._divides(id)
        )

    def contributions(
        self, id: int, uppers: Sequence[int], gradient: Callable[[int], Symbol] | None = None
    ) -> list[Term]:
        """What some users of a named value contribute to its gradient, theirs being called `gradient`."""
        named = gradient or self.gradient_of
        links = [next(link for link in self.links_from(upper) if link.lower == id) for upper in uppers]
        return [
            link.term if self.arrays or link.upper == self.output else self.times(named(link.upper), link)
            for link in links
        ]

    def added(self, terms: Sequence[Term]) -> Term:
        """Contributions to a gradient, added up."""
        return total(terms) if self.arrays else grouped(terms)

    def partial(self, link: Link) -> Term:
        """A link as ∂z/∂x."""
        names = self.intermediates.names
        return Symbol(names[link.upper], (), names[link.lower])

    def times(self, gradient: Term, link: Link) -> Term:
        """The contribution of a link, given the gradient of its upper end."""
        if not self.arrays:
            return product([gradient, link.term])
        upper = Symbol(self.gradient_of(link.upper).text, self.intermediates.graph[link.upper].shape)
        return substituted(link.term, upper, gradient)
