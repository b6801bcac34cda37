"""Writing into the array of a leaf after it was used: noticed before a gradient would be wrong.

`leaf.data[:] = 5.0` and `np.copyto(leaf.data, …)` are no assignments, so they leave no trace. But the array
must first be handed out by `leaf.data`, and that leaves one. An array that was handed out after a node
had used it, or that somebody still holds, may have been written into: the node is computed once more, and
must come out the same. Code that holds no arrays, such as `leaf.data -= step`, pays next to nothing.

Only the arrays of variables are looked at; `detect_anomaly` also looks at those of constants.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .operation import inputs_of
from .value import Value, label_of

__all__ = ["refuse_written"]

Array = np.ndarray[Any, Any]

HELD = float("inf")
"""In place of a birth number: younger than all nodes."""


def refuse_written(path: Mapping[int, Value], leaves: Iterable[Value]) -> None:
    """Raise ValueError where a node on a path to be differentiated no longer follows from its inputs."""
    if handed_out := [leaf for leaf in leaves if leaf._x is not None]:
        _follow(path, _in_doubt(path, handed_out))


def _in_doubt(path: Mapping[int, Value], handed_out: list[Value]) -> dict[int, tuple[Value, float]]:
    """Leaves by birth, each with the birth number up to which nodes may have used other data."""
    found = {}
    views: Counter[int] | None = None
    for leaf in handed_out:
        until = leaf._x
        if (holders := _holders(leaf)) > ALONE:
            views = _views(path.values()) if views is None else views
            if holders - views[id(leaf._data)] > ALONE:
                until = HELD
        if until > leaf._birth:
            found[leaf._birth] = leaf, until
    return found


def _holders(leaf: Value) -> int:
    """How many references there are to the array, those of views included."""
    return sys.getrefcount(leaf._data)


ALONE = _holders(Value([0.0]))
"""The count where only the leaf holds its array."""


def _views(nodes: Iterable[Value]) -> Counter[int]:
    """How many views the nodes hold of an array, by the identity of the array.

    `atleast_1d` may give the array itself, and an operation with several results shares them with its parts.
    """
    held: dict[int, Array] = {}
    whole: list[int] = []
    for node in nodes:
        for data in node._data if type(node._data) is tuple else (node._data,):
            if isinstance(data, np.ndarray) and node._operation is not None:
                held[id(data)] = data
                whole += [id(data)] if data.base is None else []
    return Counter([id(data.base) for data in held.values()] + whole)


def _follow(path: Mapping[int, Value], doubtful: dict[int, tuple[Value, float]]) -> None:
    """Compute again what used the arrays of leaves in doubt, oldest node first."""
    if not doubtful:
        return
    for birth in sorted(path):
        node = path[birth]
        for x in inputs_of(node):
            if type(x) is not Value or x._birth not in doubtful:
                continue
            leaf, until = doubtful[x._birth]
            if birth > until:
                continue
            if _is_view(node._data, leaf._data):  # whoever uses it used the leaf's data
                doubtful[birth] = leaf, until
            elif _differs(node):
                raise _written(leaf, node)


def _written(leaf: Value, node: Value) -> ValueError:
    """The error of a leaf whose array is no longer what a node computed from."""
    operation: Any = node._operation
    line = label_of(node).line  # noted by `detect_anomaly`
    return ValueError(
        f"elements of {leaf.described()} were written into after {operation.name} had used it"
        f"{f', recorded at {line}' if line else ''}, so the recorded gradient would be wrong; "
        "compute the expression again after writing"
    )


def _is_view(data: Any, of: Array) -> bool:
    if type(data) is tuple:
        return any(_is_view(part, of) for part in data)
    return isinstance(data, np.ndarray) and np.may_share_memory(data, of)


def _differs(node: Value) -> bool:
    """Whether a node comes out otherwise, twice in the same way: what is drawn at random proves nothing."""
    again = _again(node)
    return not _alike(again, node._data) and _alike(again, _again(node))


def _again(node: Value) -> Any:
    operation: Any = node._operation
    inputs = inputs_of(node)
    data = [x._data if type(x) is Value else x for x in inputs]
    return operation.computed(data, inputs, {} if operation.arity else node._y)


def _alike(new: Any, old: Any) -> bool:
    """Whether results agree but for rounding, which may depend on where in memory an array begins."""
    if type(old) is tuple:
        return all(_alike(x, y) for x, y in zip(new, old, strict=True))
    if np.array_equal(new, old, equal_nan=True):
        return True
    largest = np.max(np.abs(old), initial=0.0, where=np.isfinite(old))
    error = np.sqrt(np.finfo(getattr(old, "dtype", float)).eps)
    return bool(np.allclose(new, old, rtol=0.0, atol=error * largest, equal_nan=True))
