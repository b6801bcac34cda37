"""Writing into the array of a leaf after it was used: noticed before a gradient would be wrong.

`leaf.data[:] = 5.0` and `np.copyto(leaf.data, …)` are no assignments, so they renew no birth number. But the
array must first be handed out by `leaf.data`, which keeps what it was then: nodes that are older used that.
Younger ones may have used anything, and so may all where the array was too large to keep: they are computed
again, and must come out the same. `leaf.data -= step` is an assignment, after which all begins anew.

Only the arrays of variables are looked at; `detect_anomaly` also looks at those of constants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..values.data import is_lazy
from ..values.operation import inputs_of, metadata_of
from ..values.user_code import recorded_at
from ..values.value import Value, data_of

Array = np.ndarray[Any, Any]


class Doubt(NamedTuple):
    """Nodes born before `spoilt` used other numbers than the leaf holds; those from `opened` on may have."""

    leaf: Value
    spoilt: int
    opened: int


def refuse_written(path: Mapping[int, Value], given_away: Iterable[Value]) -> None:
    """Raise ValueError where a node on a path to be differentiated no longer follows from its inputs.

    `given_away` are the leaves whose arrays were handed out.
    """
    _follow(path, {leaf._birth: _doubt(leaf) for leaf in given_away})


def _doubt(leaf: Value) -> Doubt:
    since, content = leaf._x
    if content is None:
        return Doubt(leaf, 0, 0)
    return Doubt(leaf, 0 if content == leaf._data.tobytes() else since, since)


def _follow(path: Mapping[int, Value], doubts: dict[int, Doubt]) -> None:
    """Look at what used the arrays of leaves in doubt, oldest node first. Views of an array share it."""
    for birth in sorted(path):
        node = path[birth]
        for x in inputs_of(node):
            if type(x) is not Value or (doubt := doubts.get(x._birth)) is None:
                continue
            if birth < doubt.spoilt:
                raise written(doubt.leaf, node)
            if birth >= doubt.opened:
                if _is_view(node._data, doubt.leaf._data):
                    doubts[birth] = doubt
                elif _differs(node):
                    raise written(doubt.leaf, node)


def written(leaf: Value, node: Value) -> ValueError:
    """The error of a leaf whose array is no longer what a node computed from."""
    operation = node._operation
    return ValueError(
        f"elements of {leaf.described()} were written into after {operation.name} had used it"
        f"{recorded_at(node)}, so the recorded gradient would be wrong; "
        "compute the expression again after writing"
    )


def _is_view(data: Any, of: Array) -> bool:
    if isinstance(data, tuple):
        return any(_is_view(part, of) for part in data)
    return isinstance(data, np.ndarray) and np.may_share_memory(data, of)


def _differs(node: Value) -> bool:
    """Whether a node comes out otherwise, twice in the same way: what is drawn at random proves nothing.

    Lazy data are not looked at.
    """
    if any(map(is_lazy, node._data if isinstance(node._data, tuple) else (node._data,))):
        return False
    try:
        again = _again(node)
        return not _alike(again, node._data) and _alike(again, _again(node))
    except (ArithmeticError, ValueError):  # such as a matrix that has become singular
        return True


def _again(node: Value) -> Any:
    operation = node._operation
    inputs = inputs_of(node)
    return operation.computed([*map(data_of, inputs)], inputs, metadata_of(node))


def _alike(new: Any, old: Any) -> bool:
    """Whether results agree but for rounding, which may depend on where in memory an array begins."""
    if isinstance(old, tuple):
        return all(_alike(x, y) for x, y in zip(new, old, strict=True))
    if np.array_equal(new, old, equal_nan=True):
        return True
    largest = np.max(np.abs(old), initial=0.0, where=np.isfinite(old))
    error = np.sqrt(np.finfo(getattr(old, "dtype", float)).eps)
    return bool(np.allclose(new, old, rtol=0.0, atol=error * largest, equal_nan=True))
