"""Names of what the steps of a loop compute: h₁, h₂ … hₜ, the same letter for the same place in every step.

What is handed on is called as the parameter, the key or the field of the step that it is; rows are x₁, x₂ …;
and other parts that a reader would put have letters of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import NamedTuple

from ..graph import Graph
from ..text.digits import subscript, superscript
from ..values.scopes import label_of
from ..values.value import Value
from .recurrences import Recurrence

LETTERS = "zasrqpbdgkmnlyjo"
"""What parts are called that nobody named, in this order."""

COUNTERS = "tknsijmp"
"""What the number of a step is called."""

BELOW = str.maketrans(f"-+0123456789{COUNTERS}", "₋₊₀₁₂₃₄₅₆₇₈₉ₜₖₙₛᵢⱼₘₚ")


class Letter(NamedTuple):
    """What stands at one place is called in all steps: hₜ, or h[t] where the user named it h each time.

    >>> Letter("h").at("t-1"), Letter("h", is_below=False).at("3"), Letter("z", 2).at("t")
    ('hₜ₋₁', 'h[3]', 'zₜ⁽²⁾')
    """

    letter: str
    layer: int = 0
    is_below: bool = True

    def at(self, step: str) -> str:
        """Its name in a step, a number or t."""
        if not self.is_below:
            return f"{self.letter}[{step.replace('-', ' − ').replace('+', ' + ')}]"
        above = f"⁽{superscript(self.layer)}⁾" if self.layer else ""
        return f"{self.letter}{step.translate(BELOW)}{above}"


class NamedLoop(NamedTuple):
    """A loop with the letters of its places and of its rows; `counter` stands for the number of a step."""

    steps: Recurrence
    letters: Mapping[int, Letter]
    rows: Sequence[Letter]
    counter: str

    def name(self, letter: Letter, k: int) -> str:
        """What a letter is in the step at position k; of the start where k is −1."""
        return letter.at(str(self.steps.first + k))

    def names(self, letter: Letter) -> Iterator[str]:
        """What a letter is in each step."""
        return (self.name(letter, k) for k in range(len(self.steps)))

    def alike(self, ids: Collection[int]) -> set[int]:
        """What has the letters of these in all steps."""
        places = {place for place in self.letters for step in self.steps.steps if step[place] in ids}
        return {step[place] for step in self.steps.steps for place in places}

    def computed(self, graph: Graph) -> Iterator[tuple[int, str]]:
        """The names of what was recorded, by id: in the steps, and what they begin with, rows of an array."""
        for place, (start, *_) in self.steps.carried.items():
            if graph.operations[start] is not None:
                yield start, self.name(self.letters[place], -1)
        for place, letter in self.letters.items():
            yield from zip([step[place] for step in self.steps.steps], self.names(letter), strict=True)
        yield from ((id, name) for id, name in self._of_rows() if graph.operations[id] is not None)

    def given(self, graph: Graph) -> Iterator[tuple[int, str]]:
        """The names of numbers and arrays, by id: rows, and what the first step begins with."""
        yield from ((id, name) for id, name in self._of_rows() if graph.operations[id] is None)
        for place, ids in self.steps.carried.items():
            if type(graph.sources[ids[0]]) is not Value:
                yield from ((id, self.name(self.letters[place], -1)) for id in ids)

    def _of_rows(self) -> Iterator[tuple[int, str]]:
        for row, letter in zip(self.steps.rows, self.rows, strict=True):
            for ids, name in zip(row, self.names(letter), strict=True):
                yield from ((id, name) for id in ids)


class Taken(NamedTuple):
    """Names that somebody or another loop has, and by letter in how many layers it was chosen."""

    names: set[str]
    layers: Counter[str]


class StepNaming:
    """Chooses the letters of a loop: `named` are the names that were given, as they are shown."""

    def __init__(
        self, graph: Graph, loop: Recurrence, put: Collection[int], named: Mapping[int, str], taken: Taken
    ) -> None:
        rows = [row for row in loop.rows if any(graph.operations[i] is None or i in put for [i, *_] in row)]
        self.loop = loop = replace(loop, rows=rows)  # an entry of an array that is used once is X[t − 1]
        self.graph, self.named, self.taken = graph, named, taken
        self.collected = {place for places in loop.collected.values() for place in places}
        places = sorted(
            {*loop.carried, *self.collected}
            | {place for step in loop.steps[1:] for place, id in enumerate(step) if id in put or id in named}
        )
        of_rows = enumerate(([ids[0] for ids in row] for row in rows), -len(rows))
        self.ids = {place: [step[place] for step in loop.steps] for place in places} | dict(of_rows)

    def chosen(self) -> NamedLoop | None:
        """The loop with letters, which are taken then; None where what stands at a place has any names."""
        loop, letters = NamedLoop(self.loop, {}, (), ""), dict[int, Letter]()
        for place, given in self._given().items():
            found = self._as_given(loop, given, place)
            if found is None:
                return None
            letters[place] = found
        for place in self.ids:
            letters[place] = letters.get(place) or self._free(loop, place)
            self._take(loop, letters[place], place)
        counter = self._counter([*letters.values()])
        if counter is None:
            return None
        rows = [letters.pop(row) for row in range(-len(self.loop.rows), 0)]
        return loop._replace(letters=letters, rows=rows, counter=counter)

    def _take(self, loop: NamedLoop, letter: Letter, place: int) -> None:
        """Keep the names of a letter from all that is named later."""
        self.taken.names.update([letter.at(""), *loop.names(letter), *self._before(loop, letter, place)])
        self.taken.layers[letter.letter] = max(self.taken.layers[letter.letter], letter.layer + 1)

    def _before(self, loop: NamedLoop, letter: Letter, place: int) -> set[str]:
        """What the first step begins with is called by a letter, unless that is its own name."""
        start = self.loop.carried.get(place)
        return {loop.name(letter, -1)} - {self.named.get(start[0])} if start else set()

    def _counter(self, letters: Sequence[Letter]) -> str | None:
        """What the number of a step may be called, so that hₜ₋₁, hₜ and hₜ₊₁ are nothing else."""
        for counter in COUNTERS:
            names = {letter.at(f"{counter}{shift}") for letter in letters for shift in ("-1", "", "+1")}
            if self.taken.names.isdisjoint({counter, *names}):
                return counter
        return None

    def _given(self) -> dict[int, dict[int, str]]:
        """The names that were given, by the step, at places where those of all steps must be one letter."""
        found = {
            place: {k: self.named[id] for k, id in enumerate(ids) if id in self.named}
            for place, ids in self.ids.items()
        }
        return {place: names for place, names in found.items() if len(names) > (place >= 0)}

    def _as_given(self, loop: NamedLoop, given: Mapping[int, str], place: int) -> Letter | None:
        """The letter that names consist of which were given in all steps: h[1], h[2] …, or h₁, h₂ …"""
        if len(given) < len(self.loop):
            return None
        for is_below in (True, False):
            ending = subscript(self.loop.first) if is_below else f"[{self.loop.first}]"
            found = Letter(given[0].removesuffix(ending), is_below=is_below)
            if [*given.values()] == [*loop.names(found)]:
                is_free = self.taken.names.isdisjoint(self._before(loop, found, place))
                return found if is_free else None
        return None

    def _wished(self, place: int) -> Iterator[str]:
        """Letters for a place, the best first."""
        if place < 0:
            return self._of_rows(self.graph.inputs[self.ids[place][0]])
        if place in self.loop.entries:
            return self._of_rows(self.graph.inputs[self.loop.steps[0][place]])
        if place not in self.loop.carried:
            return chain("y" if place in self.collected else "", LETTERS)
        labels = {label_of(self.graph.sources[step[place]]).carry for step in self.loop.steps}
        own = labels.pop() if len(labels) == 1 else None
        return chain([own] if own else [], "h", LETTERS)

    def _of_rows(self, arrays: Sequence[int]) -> Iterator[str]:
        """Letters for the rows of an array, or for numbers and arrays."""
        name = self.named.get(arrays[0], "") if arrays else ""
        return chain([name.lower()] if len(name) == 1 else [], "x", LETTERS)

    def _free(self, loop: NamedLoop, place: int) -> Letter:
        """The first letter whose names nobody gave; what the first step begins with may have its own."""
        wished, layers = [*self._wished(place)], self.taken.layers
        fewest = min(map(layers.__getitem__, wished))
        for found in (Letter(letter, layer) for layer in count(fewest) for letter in wished):
            before = self._before(loop, found, place) if place in self.loop.carried else {found.at("")}
            if found.layer >= layers[found.letter] and self.taken.names.isdisjoint(
                {*before, *loop.names(found)}
            ):
                return found
        raise AssertionError("there are more letters than names")
