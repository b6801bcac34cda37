"""What is wrong with a derivative: mistakes are made on purpose, and compared with the formula.

A mistake is named only where it gives what the formula gives at all points. Simple mistakes are tried
first, and what explains the formula as simply as another does is named beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from .factors import interchanged, other_factors, with_factors, wrong_factors
from .links import missing_links, wrong_definitions, wrong_multipliers, wrong_rules, wrong_values
from .mistake import Mistake
from .paths import wrong_paths
from .question import Attempt

KINDS: Sequence[Callable[[Sequence[Attempt], int], Iterator[Mistake]]] = (
    wrong_factors,
    interchanged,
    missing_links,
    wrong_rules,
    wrong_definitions,
    wrong_paths,
    wrong_multipliers,
    wrong_values,
    other_factors,
)
"""The kinds of mistakes, the likeliest first."""

ENOUGH = 6
"""Points at which a mistake must give what the formula gives."""

MOST_NODES, EFFORT = 2000, 40_000
"""Larger graphs are not searched; of each kind so many mistakes are tried, times the nodes of the graph."""

AT_MOST = 3
"""Explanations that are given beside each other; where more of them fit, none is worth naming."""


def likely_mistake(attempts: Iterable[Attempt]) -> str | None:
    """What is wrong with a formula in words, verified at all these points; None where nothing explains it.

    Needs six points or more. With several variables it is said which of them are meant.

    >>> from autodiff.checking.mistakes import Question
    >>> ask = Question(lambda x: x**3, lambda x: x**2)
    >>> likely_mistake(ask.at(float(x)) for x in range(1, 7))
    'the factor 3 is missing'
    """
    known = list(attempts)
    found = likely_mistakes(known)
    if len(found) == 1 == len(known[0].variables):
        return found[0]
    alike: dict[str, list[str]] = defaultdict(list)
    for k, words in found.items():
        alike[words].append(known[0].names[k])
    return "; ".join(f"{', '.join(names)}: {words}" for words, names in alike.items()) or None


def likely_mistakes(attempts: Iterable[Attempt]) -> dict[int, str]:
    """The same for each variable whose derivative is wrong and explained, by its position."""
    known = _alike([attempt for attempt in attempts if attempt.is_sound])
    if len(known) < ENOUGH or len(known[0].tape.graph) > MOST_NODES:
        return {}
    wrong = sorted({k for attempt in known for k in attempt.wrong()})
    return {k: words for k in wrong if (words := _explained(known, k))}


def _alike(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The attempts at points where f does the same; the most that do."""
    if not attempts:
        return []
    patterns = [attempt.tape.pattern for attempt in attempts]
    most = max(patterns, key=patterns.count)
    return [attempt for attempt, pattern in zip(attempts, patterns, strict=True) if pattern == most]


def _explained(attempts: Sequence[Attempt], k: int) -> str | None:
    """What explains the derivative with respect to one variable."""
    attempts = sorted(attempts, key=lambda attempt: not _is_telling(attempt, k))
    for tried in _tried(attempts, k):
        words = dict.fromkeys(mistake.words() for mistake in _fitting(tried, attempts, k))
        if 0 < len(words) <= AT_MOST:
            return ", or ".join(words)
    return None


def _tried(attempts: Sequence[Attempt], k: int) -> Iterator[Iterator[Mistake]]:
    """Kinds of mistakes, the simplest first: one mistake, then one beside a wrong factor."""
    most = 1 + EFFORT // len(attempts[0].tape.graph)
    for kind in KINDS:
        yield islice(kind(attempts, k), most)
    for kind in KINDS[1:]:
        yield with_factors(islice(kind(attempts, k), most), attempts[0], k)


def _is_telling(attempt: Attempt, k: int) -> bool:
    """Whether a derivative is wrong at a point, and a number."""
    return k in attempt.wrong() and bool(np.isfinite(attempt.claimed[k]).all())


def _fitting(mistakes: Iterable[Mistake], attempts: Sequence[Attempt], k: int) -> list[Mistake]:
    """The mistakes that give the formula's derivative at all points, one of each family."""
    found: dict[Hashable, Mistake] = {}
    for mistake in mistakes:
        family = mistake if mistake.family is None else mistake.family
        if family not in found and _fits(mistake, attempts, k):
            found[family] = mistake
    return list(found.values())


def _fits(mistake: Mistake, attempts: Sequence[Attempt], k: int) -> bool:
    """Whether a mistake gives the formula's derivative at all points."""
    for attempt in attempts:
        found = mistake.gradients(attempt.tape)
        if found is None or np.shape(found[k]) != np.shape(attempt.claimed[k]):
            return False
        if not np.all(attempt.same(k, found[k], attempt.claimed[k])):
            return False
    return True
