"""What holds in any step of a loop: formulas with t for its number, from those of single steps.

The steps are alike node by node, so a formula of one step is that of all others, in other names. It is worked
out in three of them, and must come to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from ..naming.steps import Letter, NamedLoop
from ..text.lettering import with_bar
from .chain_rule import Chain
from .expression import Call, Given, Power, Product, Series, Sum, Symbol, Term, parts
from .simplification import grouped, rewritten, total

FEWEST = 3
"""Steps that one formula with t is written for."""

MOST_RUNS = 3
"""Formulas for what stands at one place: at the end, in the middle, and in the beginning."""

Run: TypeAlias = list[int]
"""Steps that go down one by one, by their positions."""


class UnlikeError(Exception):
    """What is to be written differs from step to step in other ways than by its index."""


class Stepping:
    """A loop on the way of a derivation. Steps are known by their positions; rows are at negative places."""

    def __init__(self, chain: Chain, loop: NamedLoop) -> None:
        self.chain, self.loop, self.steps, self.counter = chain, loop, loop.steps, loop.counter
        self.names, self.graph = chain.intermediates.names, chain.intermediates.graph
        rows = dict(enumerate(zip(loop.steps.rows, loop.rows, strict=True), -len(loop.rows)))
        self.letters = {place: letter for place, (_, letter) in rows.items()} | dict(
            sorted(loop.letters.items())
        )
        self._ids = {place: [ids[0] for ids in row] for place, (row, _) in rows.items()}
        self._ids |= {place: [step[place] for step in loop.steps.steps] for place in loop.letters}
        self.recorded = [
            place for place, ids in self._ids.items() if self.graph.operations[ids[0]] is not None
        ]
        self.of = {id: (k, place) for place in self.recorded for k, id in enumerate(self._ids[place])}

    def id(self, k: int, place: int) -> int:
        """What stands at a place in a step."""
        return self._ids[place][k]

    def __len__(self) -> int:
        return len(self.steps)

    # -- names ---------------------------------------------------------------------------------------

    def name(self, k: int, place: int) -> str:
        """What stands at a place in a step is called there, if the user does not call it otherwise."""
        return self.loop.name(self.letters[place], k)

    def symbol(self, place: int) -> Symbol:
        """What stands at a place, in any step."""
        shape = self.graph[self.id(0, place)].shape
        return Symbol(self.letters[place].at(self.counter), shape)

    def gradient(self, place: int) -> Symbol:
        """The gradient with respect to it."""
        return self._gradient(self.id(1, place), self.symbol(place).name)

    def _gradient(self, id: int, name: str) -> Symbol:
        """The gradient of a named value, where that has another name."""
        known = self.chain.gradient_of(id)
        if known.lower is not None:
            return replace(known, lower=name)
        bar = with_bar(name)
        return replace(known, name=bar) if bar else Symbol(self.names[self.chain.output], known.shape, name)

    def in_words(self, run: Run) -> str:
        """Which steps these are: t = 49 … 1."""
        first, last = (self.steps.first + k for k in (run[0], run[-1]))
        return f"{self.counter} = {first} … {last}"

    def _known(self, k: int) -> Iterator[tuple[int, Letter]]:
        """What has a name in a step, or what the first one began with where that has no other, by its id."""
        if 0 <= k < len(self):
            yield from ((ids[k], self.letters[place]) for place, ids in self._ids.items())
        if k == -1:
            for place, ids in self.steps.carried.items():
                if self.names.get(ids[0]) == self.name(-1, place):
                    yield ids[0], self.letters[place]

    def _renamed(self, term: Term, k: int) -> Term:
        """A term of a step in the names of any step."""
        new: dict[str, Symbol] = {}
        for shift in ("-1", "", "+1"):
            for id, letter in self._known(k + int(shift or 0)):
                if id in self.names:
                    name = letter.at(f"{self.counter}{shift}")
                    new[self.names[id]] = Symbol(name, self.graph[id].shape)
                    new[self.chain.gradient_of(id).text] = self._gradient(id, name)
        return rewritten(term, lambda part: new.get(part.text) if isinstance(part, Symbol) else None)

    # -- formulas ------------------------------------------------------------------------------------

    def general(self, place: int, write: Callable[[int], Term], run: Sequence[int]) -> Term:
        """What is written of a place in all these steps. Raises where that is not one formula."""
        return self._general(lambda k: write(self.id(k, place)), run)

    def _general(self, write: Callable[[int], Term], run: Sequence[int]) -> Term:
        model, *others = [(k, self._renamed(write(k), k)) for k in (run[0], run[1], run[-1])]
        found = [self._merged(model, other) for other in others]
        if found[0] != found[1]:
            raise UnlikeError
        return found[0]

    def _merged(self, one: tuple[int, Term], other: tuple[int, Term]) -> Term:
        """The formula that two steps have in common: indices that count the steps are in terms of t."""
        (k, x), (j, y) = one, other
        pieces = parts(x), parts(y)
        if type(x) is not type(y) or len(pieces[0]) != len(pieces[1]):
            raise UnlikeError
        inner = tuple(self._merged((k, p), (j, q)) for p, q in zip(*pieces, strict=True))
        match x:
            case Sum():
                return replace(x, terms=inner)
            case Product():
                return Product(inner)
            case Power():
                return Power(*inner)
            case Call() if isinstance(y, Call) and (x.name, x.shape) == (y.name, y.shape):
                options = {
                    name: self._counted((k, own), (j, y.metadata[name])) for name, own in x.metadata.items()
                }
                return replace(x, arguments=inner, metadata=options, told=repr(options))
            case Given() if isinstance(y, Given) and np.array_equal(x.data, y.data, equal_nan=True):
                return x
        if repr(x) != repr(y):
            raise UnlikeError
        return x

    def _counted(self, one: tuple[int, Any], other: tuple[int, Any]) -> Any:
        """An option that two steps have in common, or an index that counts them: t − 1, 50 − t."""
        (k, x), (j, y) = one, other
        if type(x) is type(y) is tuple and len(x) == len(y):
            return tuple(self._counted((k, p), (j, q)) for p, q in zip(x, y, strict=True))
        if repr(x) == repr(y):
            return x
        if type(x) is not int or type(y) is not int or abs(y - x) != abs(j - k):
            raise UnlikeError
        t, down = self.steps.first + k, (y - x) * (j - k) < 0
        rest, counter = (x + t if down else x - t), self.counter
        if down:
            return f"{rest} − {counter}"
        return counter if not rest else f"{counter} {'−' if rest < 0 else '+'} {abs(rest)}"

    # -- what a gradient is made of --------------------------------------------------------------------

    def gradients(self, place: int) -> Iterator[tuple[Run, bool]]:
        """The steps whose gradients at a place are written in one formula, from the last one back."""
        uppers, wrt = self.chain.uppers, self.chain.wrt
        known = {k: self._users(id, k) for k, id in enumerate(self._ids[place]) if id in uppers and id != wrt}
        return self._runs(known)

    def _users(self, id: int, k: int) -> Hashable:
        """What uses something in a step: by how many steps later, and at which place; or what is outside."""
        found = ((upper, *self.of.get(upper, (0, 0))) for upper in self.chain.uppers[id])
        return tuple((later - k, place) if self.sums_up(upper) else upper for upper, later, place in found)

    def sums_up(self, upper: int) -> bool:
        """Whether a value is one of those that the steps compute; the output is one by itself."""
        return upper in self.of and upper != self.chain.output

    def sums(self, id: int) -> Iterator[Term]:
        """What the steps contribute to the gradient of a value from outside: sums over them."""
        uppers: dict[int, list[int]] = {}
        for upper in filter(self.sums_up, self.chain.uppers[id]):
            uppers.setdefault(self.of[upper][0], []).append(upper)
        starts = {ids[0] for ids in self.steps.carried.values()}
        known = {k: (k == 0 and id in starts, *[self.of[u][1] for u in own]) for k, own in uppers.items()}

        def contributed(k: int) -> Term:
            return contributions(self.chain, id, uppers[k])

        for run, as_one in self._runs(known):
            if as_one:
                first, last = self.steps.first + run[-1], self.steps.first + run[0]
                yield Series(
                    self._general(contributed, run), self.counter, first, last, len(run) == len(self)
                )
            else:
                yield from map(contributed, run[::-1])

    def _runs(self, known: Mapping[int, Hashable]) -> Iterator[tuple[Run, bool]]:
        """Steps in a row for which the same is known, from the last one back, and whether they are many."""
        runs: list[Run] = []
        for k in sorted(known, reverse=True):
            if runs and runs[-1][-1] == k + 1 and known[k + 1] == known[k]:
                runs[-1].append(k)
            else:
                runs.append([k])
        if len(runs) > MOST_RUNS:
            raise UnlikeError
        return ((run, len(run) >= FEWEST) for run in runs)


def contributions(chain: Chain, id: int, uppers: Sequence[int]) -> Term:
    """What some users of a named value contribute to its gradient."""
    links = [next(link for link in chain.links_from(upper) if link.lower == id) for upper in uppers]
    as_it_is = (chain.arrays or link.upper == chain.output for link in links)
    terms = zip(links, as_it_is, strict=True)
    return added(
        chain, [x.term if whole else chain.times(chain.gradient_of(x.upper), x) for x, whole in terms]
    )


def added(chain: Chain, terms: Sequence[Term]) -> Term:
    """Contributions to a gradient, added up."""
    return total(terms) if chain.arrays else grouped(terms)
