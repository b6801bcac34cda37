"""Mistakes that concern a gradient as a whole: a constant factor, a mean for a sum, a transpose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeAlias

import numpy as np

from ...derivations.local_derivatives import symbol_of
from ...graph import Node
from ...text.digits import with_minus
from ...values.data import Data
from .mistake import Mistake
from .question import Attempt
from .sums import alike_terms, is_difference
from .tape import Place, Tape
from .wording import name_of

MOST = 16
"""Numerator and denominator of a factor that is recognised as a fraction."""

SIMPLE = (-1.0, 0.5, -0.5, 2.0, -2.0)
"""Factors that may be wrong beside another mistake."""

AXES = 2
"""Axes of one size that are named."""

FACTOR = "factor"
"""The family of these mistakes: a count is a number, too."""

MISCOUNTED = (
    (-1.0, "the factor {} is missing, as by a mean over {} in place of a sum"),
    (1.0, "the factor {} is too many, as by a sum over {} in place of a mean"),
)
"""The power of a count that is the wrong factor, and what is said of it."""

Count: TypeAlias = Callable[[Tape], float]


def wrong_factors(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """The right gradient of a variable times a number, one that is a number of entries among them."""
    first = attempts[0]
    ratio = _ratio(first, k, first.right[k])
    if ratio is None:
        return
    for count, where in _counts(attempts):
        n = count(first.tape)
        for power, words in MISCOUNTED:
            if np.isclose(ratio, n**power):
                yield Mistake(partial(words.format, n, where), partial(_scaled, count, power), FACTOR)
    if _is_simple(ratio):
        yield _times(ratio, first)


def other_factors(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """The right gradient times any number, said last: it may be that of a link from data."""
    first = attempts[0]
    ratio = _ratio(first, k, first.right[k])
    if ratio is not None and not _is_simple(ratio):
        yield _times(ratio, first)


def _times(ratio: float, attempt: Attempt) -> Mistake:
    wrong = partial(_scaled, partial(_constant, ratio), 1.0)
    return Mistake(partial(_in_words, attempt.tape, ratio), wrong, FACTOR)


def _is_simple(ratio: float) -> bool:
    """Whether a factor is one that is forgotten, 2 or ½, rather than a number that comes from data."""
    fraction = _fraction(ratio)
    return fraction is not None and abs(fraction.numerator) <= MOST


def _fraction(ratio: float) -> Fraction | None:
    """The fraction with a small denominator that a number is."""
    nearest = Fraction(ratio).limit_denominator(MOST)
    return nearest if float(nearest) == ratio else None


def _scaled(factor: Count, power: float, tape: Tape) -> list[Data]:
    return [factor(tape) ** power * g for g in tape.right]


def _ratio(attempt: Attempt, k: int, found: Data) -> float | None:
    """The number that makes a gradient the formula's at its largest entry; a simple fraction if near one."""
    a, b = np.ravel(attempt.claimed[k]), np.ravel(found)
    largest = int(np.argmax(np.abs(b))) if b.size else 0
    if not (b.size and np.isfinite(a).all() and np.isfinite(b).all() and b[largest]):
        return None
    ratio = float(a[largest] / b[largest])
    if not np.isfinite(ratio):
        return None
    simple, rtol = Fraction(ratio).limit_denominator(MOST), attempt.tolerance(attempt.right[k])
    is_near = abs(simple.numerator) <= MOST and abs(float(simple) - ratio) <= rtol * abs(ratio)
    return float(simple) if is_near else ratio


def _in_words(tape: Tape, ratio: float) -> str:
    if ratio == 0.0:
        return "it is 0 everywhere"
    if ratio == -1.0:
        return ", ".join(["the sign is wrong", *_turned_differences(tape)])
    fraction = _fraction(ratio)
    if fraction is not None and abs(fraction.numerator) == 1:
        return f"the factor {with_minus(str(1 / fraction))} is missing"
    if fraction is not None and fraction.denominator == 1:
        return f"the factor {with_minus(str(fraction))} is too many"
    number = f"{ratio:.6g}" if fraction is None else str(fraction)
    return f"it is {with_minus(number)} times what it must be"


def with_factors(mistakes: Iterator[Mistake], attempt: Attempt, k: int) -> Iterator[Mistake]:
    """Mistakes each beside a wrong factor; of two with opposite signs that with a factor above 0."""
    known: list[Data] = []
    pairs = [(ratio, found, mistake) for mistake in mistakes for ratio, found in _ratios(mistake, attempt, k)]
    for ratio, found, mistake in sorted(pairs, key=lambda pair: pair[0] < 0.0):
        if not any(np.allclose(found, -other) for other in known):
            known.append(found)
            words = partial(_both_in_words, mistake, attempt.tape, ratio)
            yield Mistake(words, partial(_with_factor, mistake, ratio), mistake.family)


def _ratios(mistake: Mistake, attempt: Attempt, k: int) -> Iterator[tuple[float, Data]]:
    """The simple factor between what a mistake gives and the formula's derivative, and the former."""
    found = mistake.gradients(attempt.tape)
    if found is not None:
        ratio = _ratio(attempt, k, found[k])
        if ratio in SIMPLE:
            yield ratio, found[k]


def _both_in_words(mistake: Mistake, tape: Tape, ratio: float) -> str:
    return f"{mistake.words()}, and {_in_words(tape, ratio)}"


def _with_factor(mistake: Mistake, ratio: float, tape: Tape) -> list[Data] | None:
    found = mistake.gradients(tape)
    return None if found is None else [ratio * g for g in found]


# -- y − a for a − y -------------------------------------------------------------------------------


def _turned_differences(tape: Tape) -> Iterator[str]:
    """The first difference that, with its operands interchanged, turns the sign of the whole gradient."""
    for node in tape.graph:
        if is_difference(node) and _turns_all(tape, node):
            x, y = (name_of(tape.graph[i]) for i in node.inputs)
            yield f"as with {y} − {x} in place of {x} − {y}"
            return


def _turns_all(tape: Tape, node: Node) -> bool:
    """Whether the gradient changes its sign where all users of the difference see it turned."""
    turned = {symbol_of(node).name: np.negative(node.data)}

    def seen(place: Place, g: Data, c: Data) -> Data:
        rule = tape.rule(place)
        return c if rule is None else tape.contributed(place, rule.term, rule.whole, g, turned)

    users = [place for place in tape.places if tape.operand(place) == node]
    found = tape.changed({place: partial(seen, place) for place in users})
    return found is not None and all(
        np.allclose(now, np.negative(g)) for now, g in zip(found, tape.right, strict=True)
    )


# -- numbers of entries ----------------------------------------------------------------------------


def _counts(attempts: Sequence[Attempt]) -> Iterator[tuple[Count, str]]:
    """How many entries or terms may have been added up, and what they are the entries of.

    Those that are the same number at all points are one.
    """
    alike: dict[tuple[float, ...], list[tuple[Count, str]]] = defaultdict(list)
    for count, where in _possible_counts(attempts[0].tape):
        sizes = tuple(count(attempt.tape) for attempt in attempts)
        if sizes[0] > 1:
            alike[sizes].append((count, where))
    for found in alike.values():
        yield found[0][0], " or ".join(where for _, where in found[:AXES])


def _possible_counts(tape: Tape) -> Iterator[tuple[Count, str]]:
    for node in tape.graph:
        if node.operation is None and node.name and node.shape:
            for axis in range(len(node.shape)):
                yield partial(_size, node.id, axis), f"axis {axis} of {name_of(node)}"
            if len(node.shape) > 1:
                yield partial(_entries, node.id), f"the entries of {name_of(node)}"
    for id, terms in alike_terms(tape):
        yield partial(_constant, len(terms)), f"the terms of {name_of(tape.graph[id])}"


def _size(id: int, axis: int, tape: Tape) -> int:
    return tape.graph[id].shape[axis]


def _entries(id: int, tape: Tape) -> int:
    return int(np.prod(tape.graph[id].shape))


def _constant(number: float, tape: Tape) -> float:
    return number


# -- places interchanged -----------------------------------------------------------------------------


def interchanged(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """The gradient with its axes interchanged, or with respect to another variable."""
    variables, names = attempts[0].variables, attempts[0].names
    x = variables[k]
    for j, other in enumerate(variables):
        if j != k and other.shape == x.shape:
            yield Mistake(
                partial("it is that with respect to {}".format, names[j]), partial(_of_another, j, k)
            )
    if len(x.shape) > 1 and x.shape == x.shape[::-1]:
        yield Mistake(lambda: "it is the transpose of what it must be: its indices are swapped", _transposed)


def _of_another(j: int, k: int, tape: Tape) -> list[Data]:
    found = list(tape.right)
    found[k] = found[j]
    return found


def _transposed(tape: Tape) -> list[Data]:
    return [np.transpose(g) for g in tape.right]
