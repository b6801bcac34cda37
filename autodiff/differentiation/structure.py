"""Arguments and results as nested tuples, lists and dicts of numbers and arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with each number or array replaced; None stays."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        result = copy(tree)  # a defaultdict keeps its factory
        result.update({key: mapped(function, tree[key]) for key in tree})
        return result
    if isinstance(tree, (tuple, list)):
        make = getattr(type(tree), "_make", type(tree))  # a named tuple has its own way
        return make([mapped(function, entry) for entry in tree])
    return function(tree)


def leaves(tree: Any) -> list[Any]:
    """The numbers and arrays, in order."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found


def rebuilt(tree: Any, new: Iterator[Any]) -> Any:
    """The same structure with other leaves, taken in order."""
    return mapped(lambda _: next(new), tree)


def leaves_like(tree: Any, like: Any, what: str) -> list[Any]:
    """The numbers and arrays of a tree in the order of another of the same structure.

    Raises ValueError where the structures differ.
    """
    if like is None and tree is None:
        return []
    if isinstance(like, dict):
        if not isinstance(tree, dict) or tree.keys() != like.keys():
            raise ValueError(f"expected a {what} with the keys {sorted(like, key=str)}, got {_kind(tree)}")
        return [leaf for key in like for leaf in leaves_like(tree[key], like[key], what)]
    if isinstance(like, (tuple, list)):
        if not isinstance(tree, (tuple, list)) or len(tree) != len(like):
            raise ValueError(f"expected a {what} of {len(like)} entries, got {_kind(tree)}")
        return [leaf for pair in zip(tree, like, strict=True) for leaf in leaves_like(*pair, what)]
    if isinstance(tree, (dict, tuple, list)) or tree is None:
        raise ValueError(
            f"expected a number or an array as {what}, got {_kind(tree)}; a list counts as a structure, "
            "np.array(…) makes it an array"
        )
    return [tree]


def _kind(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"the keys {sorted(tree, key=str)}"
    if isinstance(tree, (tuple, list)):
        return f"a {type(tree).__name__} of {len(tree)}"
    return "nothing" if tree is None else "a number or an array"
