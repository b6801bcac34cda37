"""A chain of a million scalar nodes: what a node costs, against a chain of ten thousand."""

from __future__ import annotations

from collections.abc import Iterator

from autodiff import Value

from .harness import Row, seconds

LONG, SHORT, PAIRS = 1_000_000, 10_000, 3


def chain(n: int) -> None:
    """Build x·wⁿ one product at a time, differentiate it, and free it."""
    x, w = Value(1.0), Value(1.0)
    y = x
    for _ in range(n):
        y = y * w
    y.backward()
    assert w.grad == n


def rows() -> Iterator[Row]:
    """Cost of a node in the long chain over that in the short one."""
    chain(SHORT)
    ratios = [
        seconds(lambda: chain(LONG)) / LONG / (seconds(lambda: chain(SHORT), repeats=20) / SHORT)
        for _ in range(PAIRS)
    ]
    yield Row("a chain of 1,000,000 nodes", "one of 10,000", ratios, "times a node", at_most=1.5)
