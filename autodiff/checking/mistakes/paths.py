"""Mistakes in the sum over paths: one is missing, or has the wrong sign; only one observation is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from ...graph import Node
from ...values.data import Data
from .mistake import Mistake
from .question import Attempt
from .sums import alike_terms, sums
from .tape import Place, Tape
from .wording import name_of


def wrong_paths(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """The paths and terms that are left out, alone kept, or have the wrong sign."""
    tape = attempts[0].tape
    yield from _single_entries(tape)
    for id, terms in alike_terms(tape):
        yield from _single_terms(tape, id, terms)
    for node in tape.graph:
        uses = [place for place in tape.places if tape.operand(place) == node]
        if len(uses) > 1:
            yield from _single_uses(tape, node.id, uses)
    for id, terms in sums(tape):
        if len(terms) > 1:
            yield from _left_out_terms(tape, id, terms)


def _without(places: Sequence[Place], tape: Tape) -> list[Data] | None:
    return tape.changed(dict.fromkeys(places, _nothing))


def _turned(places: Sequence[Place], tape: Tape) -> list[Data] | None:
    return tape.changed(dict.fromkeys(places, _negated))


def _nothing(g: Data, c: Data) -> Data:
    return c * 0.0


def _negated(g: Data, c: Data) -> Data:
    return -c


# -- observations ------------------------------------------------------------------------------------


def _single_entries(tape: Tape) -> Iterator[Mistake]:
    """Only the first or the last entry along an axis is counted: a sum over it is missing."""
    for place in sorted(tape.places, key=lambda place: not tape.operand(place).name):
        node = tape.operand(place)
        for axis, size in enumerate(node.shape):
            for index, which in ((0, "first"), (-1, "last")) if size > 1 else ():
                yield Mistake(
                    partial(_entry_in_words, node, axis, which),
                    partial(_with_one_entry, place, axis, index),
                    ("entries", index),
                )


def _entry_in_words(node: Node, axis: int, which: str) -> str:
    return f"the sum over axis {axis} of {name_of(node)} is missing: only the {which} entry is counted"


def _with_one_entry(place: Place, axis: int, index: int, tape: Tape) -> list[Data] | None:
    def one(g: Data, c: Data) -> Data:
        c = np.broadcast_to(c, tape.operand(place).shape)
        kept = np.zeros(c.shape[axis])
        kept[index] = 1.0
        return c * np.expand_dims(kept, [i for i in range(c.ndim) if i != axis])

    return tape.changed({place: one})


def _single_terms(tape: Tape, id: int, terms: list[Place]) -> Iterator[Mistake]:
    """The same of a sum of terms."""
    for kept, which in ((terms[0], "first"), (terms[-1], "last")):
        others = [term for term in terms if term != kept]
        words = partial(_term_alone, tape, id, len(terms), which)
        yield Mistake(words, partial(_without, others), "missing")


def _term_alone(tape: Tape, id: int, count: int, which: str) -> str:
    name = name_of(tape.graph[id])
    of = "" if name.endswith("(…)") else f" of {name}"
    return f"the sum over the {count} terms{of} is missing: only the {which} is counted"


# -- paths -------------------------------------------------------------------------------------------


def _single_uses(tape: Tape, id: int, uses: list[Place]) -> Iterator[Mistake]:
    """Of a value that is used several times."""
    for use in uses:
        name = partial(_use_in_words, tape, id, use, len(uses))
        yield Mistake(partial(name, "the path through {} is missing"), partial(_without, [use]), "missing")
        yield Mistake(
            partial(name, "the path through {} has the wrong sign"), partial(_turned, [use]), "turned"
        )
        if len(uses) > 2:
            others = [other for other in uses if other != use]
            yield Mistake(
                partial(name, "only the path through {} is counted"), partial(_without, others), "alone"
            )


def _use_in_words(tape: Tape, id: int, use: Place, count: int, words: str) -> str:
    through = words.format(name_of(tape.graph[use[0]]))
    often = "twice" if count == 2 else f"{count} times"
    return f"{name_of(tape.graph[id])} is used {often}, and {through}"


def _left_out_terms(tape: Tape, id: int, terms: list[Place]) -> Iterator[Mistake]:
    for term in terms:
        name = partial(_term_in_words, tape, id, term)
        yield Mistake(partial(name, "is missing"), partial(_without, [term]), "missing")
        yield Mistake(partial(name, "has the wrong sign"), partial(_turned, [term]), "turned")


def _term_in_words(tape: Tape, id: int, term: Place, what: str) -> str:
    return f"the term of {name_of(tape.operand(term))} in {name_of(tape.graph[id])} {what}"
