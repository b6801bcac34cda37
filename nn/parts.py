"""What an object holds, found by looking at its attributes; and the same in another precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from autodiff import Value

from .sizes import floating

Kind = TypeVar("Kind")
Array: TypeAlias = np.ndarray[Any, Any]


class Owner:
    """Its parts are its attributes, the entries of lists, tuples and dicts among them, and what these own."""

    def named_parts(self, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
        """All objects of a type with their dotted names, the module's own name being empty.

        Parameters, buffers and modules have methods of their own; this finds random generators, too.
        """
        return ((name, part) for name, part in _walked(self, "", set()) if isinstance(part, kind))

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Parameters with their dotted names, `layers.0.weight`; frozen ones included."""
        return ((name, part) for name, part in self.named_parts(Value) if part._operation is None)

    def named_buffers(self) -> Iterator[tuple[str, Array]]:
        """Arrays that are state without being trained, such as the running mean of `BatchNorm`."""
        return self.named_parts(np.ndarray)

    def parameters(self) -> list[Value]:
        """Parameters in order, frozen ones included: optimisers leave out those that are `constant`."""
        return [parameter for _, parameter in self.named_parameters()]

    @property
    def n_parameters(self) -> int:
        """How many numbers all parameters have together, frozen ones included."""
        return sum(parameter.size for parameter in self.parameters())


def members(owner: Owner) -> Iterator[tuple[str, Any]]:
    """What an owner holds itself: its attributes, and the entries of lists, tuples and dicts."""
    for name, attribute in vars(owner).items():
        yield from _entries(name, attribute)


def _entries(name: str, tree: Any, within: tuple[int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The entries of a tree of lists, tuples and dicts; one that contains itself is not entered again."""
    if not isinstance(tree, (dict, list, tuple)):
        yield name, tree
    elif id(tree) not in within:
        for key, entry in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _entries(f"{name}.{key}", entry, (*within, id(tree)))


def _walked(owner: Owner, name: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """An owner and all it holds, depth first, each object once."""
    if id(owner) in seen:
        return
    seen.add(id(owner))
    yield name, owner
    for own, part in members(owner):
        full = f"{name}.{own}" if name else own
        if isinstance(part, Owner):
            yield from _walked(part, full, seen)
        elif id(part) not in seen:
            seen.add(id(part))
            yield full, part


# -- another precision ---------------------------------------------------------------------------


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
