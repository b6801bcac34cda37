"""What is wrong with a derivative: mistakes are made on purpose, and compared with the formula.

A mistake is named only where it gives what the formula gives at all points. Simple mistakes are tried
first, and what explains the formula as simply as another does is named beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from .factors import interchanged, wrong_factors
from .links import missing_links, wrong_rules, wrong_values
from .mistake import Mistake
from .paths import wrong_paths
from .question import Attempt

KINDS: Sequence[Callable[[Sequence[Attempt], int], Iterator[Mistake]]] = (
    wrong_factors,
    interchanged,
    missing_links,
    wrong_rules,
    wrong_paths,
    wrong_values,
)
"""The kinds of mistakes, the likeliest first."""

ENOUGH = 6
"""Points at which a mistake must give what the formula gives."""

MOST_NODES, EFFORT = 2000, 40_000
"""Larger graphs are not searched, and of each kind as many mistakes are tried as are so many nodes to visit."""

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
    known = [attempt for attempt in attempts if attempt.is_sound]
    comparable = _alike(known)
    if len(comparable) < ENOUGH or len(comparable[0].recording.graph) > MOST_NODES:
        return None
    wrong = [k for k in range(len(known[0].variables)) if any(k in attempt.wrong() for attempt in known)]
    found = {k: words for k in wrong if (words := _explained(comparable, k))}
    names = known[0].names
    if len(names) == 1:
        return found.get(0)
    return "; ".join(
        f"{', '.join(str(names[k]) for k in wrong if found.get(k) == words)}: {words}"
        for words in dict.fromkeys(found.values())
    ) or None


def _alike(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The attempts at points where f does the same; the most that do."""
    if not attempts:
        return []
    patterns = [attempt.recording.pattern for attempt in attempts]
    most = max(patterns, key=patterns.count)
    return [attempt for attempt, pattern in zip(attempts, patterns, strict=True) if pattern == most]


def _explained(attempts: Sequence[Attempt], k: int) -> str | None:
    """What explains the derivative with respect to one variable."""
    if not all(np.isfinite(attempt.claimed[k]).all() for attempt in attempts):
        return None
    tried = 1 + EFFORT // len(attempts[0].recording.graph)
    for kind in KINDS:
        fitting = [mistake for mistake in islice(kind(attempts, k), tried) if _fits(mistake, attempts, k)]
        words = list(dict.fromkeys(mistake.words() for mistake in fitting))
        if 0 < len(words) <= AT_MOST:
            return ", or ".join(words)
    return None


def _fits(mistake: Mistake, attempts: Sequence[Attempt], k: int) -> bool:
    """Whether a mistake gives the formula's derivative everywhere."""
    for attempt in attempts:
        found = mistake.gradients(attempt.recording)
        if found is None or np.shape(found[k]) != np.shape(attempt.claimed[k]):
            return False
        if not np.all(attempt.same(k, found[k], attempt.claimed[k])):
            return False
    return True
