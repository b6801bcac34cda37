"""What unknowns are called: a name for each number that a method changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autodiff import Value
from autodiff.differentiation.signatures import parameters_of
from autodiff.values.data import shape_of

from .unknowns import Parameters, Unknowns


def names(f: Callable[..., Any], x0: Any, over: Unknowns) -> tuple[str, ...]:
    """One name for each entry of the vector."""
    if isinstance(over, Parameters):
        return tuple(name for label, value in _parameters(x0, over) for name in _entries(label, value.data))
    like = over.tree(over.start)
    if isinstance(like, dict):
        return tuple(_entries("", like))
    if over.spread:
        pairs = zip(_arguments(f, len(like)), like, strict=False)
        return tuple(name for pair in pairs for name in _entries(*pair))
    return tuple(_entries(next(_arguments(f, 0), "x").removesuffix("[0]"), like))


def _arguments(f: Callable[..., Any], count: int) -> Iterator[str]:
    """The names of f's arguments by position; those of *x are x[0], x[1] … up to the count."""
    for k, parameter in enumerate(parameters_of(f) or ()):
        if parameter.kind is parameter.VAR_POSITIONAL:
            yield from (f"{parameter.name}[{i}]" for i in range(max(count - k, 1)))
        else:
            yield parameter.name


def _parameters(x0: Any, over: Parameters) -> Iterator[tuple[str, Value]]:
    """Parameters with their names in a module, their own, or their position.

    Where each is a number with a name of its own, as w₁₁⁽¹⁾ in the lecture's network, it goes by that.
    """
    named = x0.named_parameters() if hasattr(x0, "named_parameters") else ()
    known = {id(value): name for name, value in named}
    own = [value.name for value in over.values]
    tell = all(own) and len(set(own)) == len(own) and not any(value.shape for value in over.values)
    for i, (value, name) in enumerate(zip(over.values, own, strict=True)):
        yield (name if tell else known.get(id(value)) or name) or f"parameter {i}", value


def _entries(label: str, tree: Any) -> Iterator[str]:
    """One name for each number in a structure:   a, a[0], a[1, 2], a.key"""
    if isinstance(tree, dict):
        for key, entry in tree.items():
            yield from _entries(f"{label}.{key}" if label else str(key), entry)
    elif isinstance(tree, tuple):
        fields = [f".{field}" for field in getattr(tree, "_fields", ())]
        for i, entry in enumerate(tree):
            yield from _entries(label + (fields[i] if fields else f"[{i}]"), entry)
    else:
        for index in np.ndindex(shape_of(tree)):
            yield f"{label}[{', '.join(map(str, index))}]" if index else label
