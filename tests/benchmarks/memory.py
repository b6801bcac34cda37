"""Bytes that one recorded scalar node takes: the node, its number and its birth."""

from __future__ import annotations

import operator
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from autodiff import Value

from .harness import Row

COUNT = 20_000


def bytes_a_node(operation: Callable[[Any, Any], Any]) -> float:
    """Memory of many nodes, divided."""
    x, y = Value(0.1), Value(0.2)
    kept: list[Value | None] = [None] * COUNT
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for i in range(COUNT):
            kept[i] = operation(x, y)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / COUNT


def rows() -> Iterator[Row]:
    """Bytes of a sum and of a product."""
    for symbol, operation in (("+", operator.add), ("·", operator.mul)):
        yield Row(f"a scalar node of {symbol}", "", [bytes_a_node(operation)], "bytes", at_most=150)
