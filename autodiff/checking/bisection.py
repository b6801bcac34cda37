"""Finding the worst of many entries by halves, where only sums over entries can be measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

KEPT = 3
"""Halves that are followed: one alone would lose an entry whose error another one cancels."""

FEW = 16
"""Entries that are measured one by one."""


def suspects(n: int, error: Callable[[range], float]) -> list[int]:
    """The numbers, of 0 … n − 1, that are wrong: all of a few, some of the worst of many.

    `error` measures some of them together: 0 where their sum is right. Each time the wrong parts are halved,
    and the worst of the halves kept, which takes about 2·log₂ n measurements where one number is wrong, and
    three times as many where most are.

    >>> suspects(1000, lambda part: 7.0 * (321 in part) + 2.0 * (320 in part))
    [320, 321]
    """
    parts = [range(k, k + 1) for k in range(n)] if n <= FEW else [range(n)]
    kept = max(KEPT, len(parts))
    while True:
        errors = {half: error(half) for part in parts for half in _halves(part)}
        parts = sorted(filter(errors.__getitem__, errors), key=errors.__getitem__, reverse=True)[:kept]
        if all(len(part) == 1 for part in parts):
            return sorted(part[0] for part in parts)


def _halves(part: range) -> Iterator[range]:
    """Both halves of a part; a single number stays."""
    middle = (len(part) + 1) // 2
    yield part[:middle]
    if len(part) > 1:
        yield part[middle:]
