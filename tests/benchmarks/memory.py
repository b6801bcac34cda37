"""Bytes that one recorded scalar node takes: the node, its number and its birth."""

from __future__ import annotations

import operator
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from autodiff import Value

from .harness import Row

COUNT = 20_000

Number = Callable[[float], Any]


def bytes_a_node(number: Number, operation: Callable[[Any, Any], Any]) -> float:
    """Memory of many nodes, divided."""
    x, y = number(0.1), number(0.2)
    kept: list[Any] = [None] * COUNT
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for i in range(COUNT):
            kept[i] = operation(x, y)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / COUNT


def peer(operation: Callable[[Any, Any], Any]) -> str:
    """Micrograd's figure, where it is installed."""
    try:
        from micrograd import engine
    except ImportError:
        return "micrograd is missing: install the extra `bench`"
    return f"micrograd 0.1.0: {bytes_a_node(engine.Value, operation):.0f} bytes"


def rows() -> Iterator[Row]:
    """Bytes of a sum and of a product."""
    for symbol, operation in (("+", operator.add), ("·", operator.mul)):
        work, figure = f"a scalar node of {symbol}", bytes_a_node(Value, operation)
        yield Row(work, peer(operation), [figure], "bytes", at_most=150)
