"""Names of what the steps of a loop compute: h₁, h₂ … hₜ, the same letter for the same place in every step.

What is handed on is called as the parameter, the key or the field of the step that it is; rows are x₁, x₂ …;
and other parts that a reader would put have letters of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..graph import Graph
from ..text.digits import subscript, superscript
from ..values.scopes import label_of
from ..values.value import Value
from .recurrences import Recurrence

LETTERS = "zasrqpbdgkmnlyjo"
"""What parts are called that nobody named, in this order."""

COUNTERS = "tkns"
"""What the number of a step is called."""

BELOW = str.maketrans("-+0123456789tkns", "₋₊₀₁₂₃₄₅₆₇₈₉ₜₖₙₛ")


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

    def in_any_step(self, letter: Letter) -> tuple[str, ...]:
        """What a letter is in any step, and in the one before and after it."""
        return tuple(letter.at(f"{self.counter}{shift}") for shift in ("-1", "", "+1"))

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


class Letters:
    """The letters of all loops of a graph. `taken` are the names that are given, and those given here."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self._layers: Counter[str] = Counter()

    def free(self, wished: Iterable[str], names: Callable[[Letter], set[str]]) -> Letter:
        """The first letter whose `names` nobody has, then the first with a layer; each is tried once."""
        letters = [*wished]
        while True:
            letter = min(letters, key=self._layers.__getitem__)
            found = Letter(letter, self._layers[letter])
            self._layers[letter] += 1
            if self.taken.isdisjoint(names(found)):
                self.taken |= names(found)
                return found


class StepNaming:
    """Chooses the letters of a loop: `named` are the names that were given, as they are shown."""

    def __init__(
        self,
        graph: Graph,
        steps: Recurrence,
        put: Collection[int],
        named: Mapping[int, str],
        letters: Letters,
    ) -> None:
        self.graph, self.steps, self.named, self.letters = graph, steps, named, letters
        self.collected = {place for places in steps.collected.values() for place in places}
        self.places = sorted(
            {*steps.carried, *steps.entries, *self.collected}
            | {place for step in steps.steps[1:] for place, id in enumerate(step) if id in put or id in named}
        )
        self.called = {place: self._called(place) for place in steps.carried}

    def chosen(self) -> NamedLoop | None:
        """The loop with its letters; None where what stands at a place has any names, or t is not free."""
        taken = {*self.letters.taken, *self.called.values()}
        counter = next((letter for letter in COUNTERS if letter not in taken), None)
        if counter is None:
            return None
        loop = NamedLoop(self.steps, {}, (), counter)
        given = {place: self._as_given(loop, place) for place in self.places if len(self._given(place)) > 1}
        if None in given.values():
            return None
        letters = {
            place: given.get(place) or self._free(loop, self._wished(place), place) for place in self.places
        }
        arrays = [self.graph.inputs[row[0][0]] for row in self.steps.rows]
        return loop._replace(
            letters=letters, rows=[self._free(loop, self._of_rows(inputs)) for inputs in arrays]
        )

    def _given(self, place: int) -> Mapping[int, str]:
        """The names that were given to what stands at a place, by the step."""
        ids = [step[place] for step in self.steps.steps]
        return {k: self.named[id] for k, id in enumerate(ids) if id in self.named}

    def _as_given(self, loop: NamedLoop, place: int) -> Letter | None:
        """The letter that names consist of which were given in all steps: h[1], h[2] …, or h₁, h₂ …"""
        given, first = self._given(place), self.steps.first
        for ending, is_below in ((subscript(first), True), (f"[{first}]", False)):
            found = Letter(given.get(0, "").removesuffix(ending), is_below=is_below)
            if [*given.values()] == [*loop.names(found)]:
                return found if self.letters.taken.isdisjoint(loop.in_any_step(found)) else None
        return None

    def _wished(self, place: int) -> Iterable[str]:
        """Letters for a place, the best first."""
        if place in self.steps.entries:
            return self._of_rows(self.graph.inputs[self.steps.steps[0][place]])
        if place not in self.steps.carried:
            return ("y" if place in self.collected else "") + LETTERS
        return *filter(None, [self.called[place]]), "h", *LETTERS

    def _called(self, place: int) -> str | None:
        """What the step of a scan calls what it hands on from a place."""
        names = {label_of(self.graph.sources[step[place]]).carry for step in self.steps.steps}
        return names.pop() if len(names) == 1 else None

    def _of_rows(self, arrays: Sequence[int]) -> Iterable[str]:
        """Letters for the rows of an array, or for numbers and arrays."""
        name = self.named.get(arrays[0], "") if arrays else ""
        return *(name.lower() if len(name) == 1 else ""), "x", *LETTERS

    def _free(self, loop: NamedLoop, wished: Iterable[str], place: int | None = None) -> Letter:
        """A letter for a place or a row; what the first step begins with may have its own name."""
        start = None if place is None else self.steps.carried.get(place)

        def names(letter: Letter) -> set[str]:
            before = {loop.name(letter, -1)} - {self.named.get(start[0])} if start else {letter.at("")}
            return {*loop.names(letter), *loop.in_any_step(letter), *before}

        return self.letters.free(wished, names)
