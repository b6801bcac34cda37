"""Mistakes in the sum over paths: one is missing, or has the wrong sign; only one observation is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from ...values.data import Data
from .mistake import Mistake
from .question import Attempt
from .recording import Place, Recording
from .sums import alike_terms, sums
from .wording import name_of


def wrong_paths(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """The paths and terms that are left out, alone kept, or have the wrong sign."""
    recording = attempts[0].recording
    yield from _single_entries(recording)
    for id, terms in alike_terms(recording):
        yield from _single_terms(recording, id, terms)
    for node in recording.graph:
        uses = [place for place in recording.places if recording.operand(place) is node]
        if len(uses) > 1:
            yield from _single_uses(recording, node.id, uses)
    for id, terms in sums(recording):
        if len(terms) > 1:
            yield from _left_out_terms(recording, id, terms)


def _without(places: Sequence[Place], recording: Recording) -> list[Data] | None:
    return recording.changed(dict.fromkeys(places, _nothing))


def _turned(places: Sequence[Place], recording: Recording) -> list[Data] | None:
    return recording.changed(dict.fromkeys(places, _negated))


def _nothing(g: Data, c: Data) -> Data:
    return c * 0.0


def _negated(g: Data, c: Data) -> Data:
    return -c


# -- observations ------------------------------------------------------------------------------------


def _single_entries(recording: Recording) -> Iterator[Mistake]:
    """Only the first or the last entry along an axis is counted: a sum over it is missing."""
    for place in sorted(recording.places, key=lambda place: not recording.operand(place).name):
        node = recording.operand(place)
        for axis, size in enumerate(node.shape):
            for index, which in ((0, "first"), (-1, "last")) if size > 1 else ():
                words = "the sum over axis {} of {} is missing: only the {} entry is counted"
                yield Mistake(
                    lambda words=words, told=(axis, node, which): words.format(
                        told[0], name_of(told[1]), told[2]
                    ),
                    partial(_with_one_entry, place, axis, index),
                    ("entries", index),
                )


def _with_one_entry(place: Place, axis: int, index: int, recording: Recording) -> list[Data] | None:
    def one(g: Data, c: Data) -> Data:
        c = np.broadcast_to(c, recording.operand(place).shape)
        kept = np.zeros(c.shape[axis])
        kept[index] = 1.0
        return c * np.expand_dims(kept, [i for i in range(c.ndim) if i != axis])

    return recording.changed({place: one})


def _single_terms(recording: Recording, id: int, terms: list[Place]) -> Iterator[Mistake]:
    """The same of a sum of terms."""
    for kept, which in ((terms[0], "first"), (terms[-1], "last")):
        words = f"the sum over the {len(terms)} terms of {{}} is missing: only the {which} is counted"
        yield Mistake(
            lambda words=words: words.format(name_of(recording.graph[id])),
            partial(_without, [term for term in terms if term != kept]),
            "missing",
        )


# -- paths -------------------------------------------------------------------------------------------


def _single_uses(recording: Recording, id: int, uses: list[Place]) -> Iterator[Mistake]:
    """Of a value that is used several times."""
    for use in uses:
        name = partial(_use_in_words, recording, id, use, len(uses))
        yield Mistake(partial(name, "the path through {} is missing"), partial(_without, [use]), "missing")
        yield Mistake(
            partial(name, "the path through {} has the wrong sign"), partial(_turned, [use]), "turned"
        )
        if len(uses) > 2:
            others = [other for other in uses if other != use]
            yield Mistake(
                partial(name, "only the path through {} is counted"), partial(_without, others), "alone"
            )


def _use_in_words(recording: Recording, id: int, use: Place, count: int, words: str) -> str:
    through = words.format(name_of(recording.graph[use[0]]))
    return f"{name_of(recording.graph[id])} is used {count} times, and {through}"


def _left_out_terms(recording: Recording, id: int, terms: list[Place]) -> Iterator[Mistake]:
    for term in terms:
        name = partial(_term_in_words, recording, id, term)
        yield Mistake(partial(name, "is missing"), partial(_without, [term]), "missing")
        yield Mistake(partial(name, "has the wrong sign"), partial(_turned, [term]), "turned")


def _term_in_words(recording: Recording, id: int, term: Place, what: str) -> str:
    return f"the term of {name_of(recording.operand(term))} in {name_of(recording.graph[id])} {what}"
