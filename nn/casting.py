"""Another precision for a whole model: its parameters, and the arrays that are its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .parts import Owner
from .sizes import floating

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

__all__ = ["recast"]

Array = np.ndarray[Any, Any]


def recast(module: Owner, dtype: DTypeLike) -> None:
    """Cast all parameters, their gradients, and all buffers of floating-point numbers, in place."""
    dtype = floating(dtype)
    for parameter in module.parameters():
        parameter._recast(dtype)
    cast: dict[int, tuple[Array, Array]] = {}  # each old array beside its new one: none is freed meanwhile

    def replaced(buffer: Array) -> Array:
        if buffer.dtype.kind != "f":
            return buffer
        return cast.setdefault(id(buffer), (buffer, buffer.astype(dtype)))[1]

    seen: set[int] = set()
    for _, part in list(module.named_parts(Owner)):
        for name, attribute in list(vars(part).items()):
            new = _entries_replaced(attribute, replaced, seen)
            if new is not attribute:
                setattr(part, name, new)


def _entries_replaced(tree: Any, replaced: Callable[[Array], Array], seen: set[int]) -> Any:
    """The same tree of lists, tuples and dicts with other arrays; lists and dicts stay the same objects."""
    if isinstance(tree, np.ndarray):
        return replaced(tree)
    if isinstance(tree, tuple):
        entries = [_entries_replaced(entry, replaced, seen) for entry in tree]
        same = all(new is old for new, old in zip(entries, tree, strict=True))
        return tree if same else getattr(type(tree), "_make", type(tree))(entries)
    if not isinstance(tree, (list, dict)) or id(tree) in seen:
        return tree
    seen.add(id(tree))
    for key in tree if isinstance(tree, dict) else range(len(tree)):
        tree[key] = _entries_replaced(tree[key], replaced, seen)
    return tree
