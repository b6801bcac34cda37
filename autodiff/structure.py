"""Arguments and results as nested tuples, lists and dicts of numbers and arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["leaves", "mapped", "rebuilt"]


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with each number or array replaced; None stays."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return type(tree)((key, mapped(function, tree[key])) for key in tree)
    if isinstance(tree, (tuple, list)):
        entries = [mapped(function, entry) for entry in tree]
        return _make(tree)(entries)
    return function(tree)


def _make(tree: Any) -> Callable[[list[Any]], Any]:
    """How to build a sequence of that type: a named tuple has its own way."""
    return getattr(type(tree), "_make", type(tree))


def leaves(tree: Any) -> list[Any]:
    """The numbers and arrays, in order."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found


def rebuilt(tree: Any, new: Iterator[Any]) -> Any:
    """The same structure with other leaves, taken in order."""
    return mapped(lambda _: next(new), tree)
