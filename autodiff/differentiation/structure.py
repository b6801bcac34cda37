"""Arguments and results as nested tuples, lists, dicts, dataclasses and containers of one's own.

A field of a dataclass that only chooses what is computed stays as it is, as None does: a setting, and
whatever is declared by `field(metadata={"static": True})`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import fields, is_dataclass
from numbers import Number
from types import BuiltinFunctionType, EllipsisType, FunctionType, MethodType
from typing import Any, NamedTuple, TypeVar

import numpy as np

Container = TypeVar("Container")

SETTINGS = (
    bool, str, bytes, type(None), EllipsisType, slice, range, type, np.dtype, np.ufunc, enum.Enum,
    FunctionType, BuiltinFunctionType, MethodType,
)  # fmt: skip
"""What chooses, and is not computed with."""


class StructureKind(NamedTuple):
    """How a kind of container is taken apart and put together."""

    entries: Callable[[Any], Mapping[Any, Any]]
    """The numbers, arrays and structures in it, by name or index."""
    rebuilt: Callable[[Any, dict[Any, Any]], Any]
    """The same container with other entries."""
    place: str
    """How the place of an entry is written."""


def kind_of(tree: Any) -> StructureKind | None:
    """How a structure is taken apart; None for a number, an array, and what is not looked into."""
    if REGISTERED and (kind := _registered(type(tree))) is not None:
        return kind
    if isinstance(tree, dict):
        return DICT
    if isinstance(tree, (tuple, list)):
        return SEQUENCE
    return RECORD if is_record(tree) else None


def is_structure(tree: Any) -> bool:
    """Whether it holds numbers and arrays rather than being one."""
    return kind_of(tree) is not None


def is_record(tree: Any) -> bool:
    """Whether it is a dataclass that holds numbers and arrays, rather than being an array or a module."""
    kind = type(tree)
    return is_dataclass(kind) and not hasattr(kind, "__array__") and not is_module(tree)


def is_module(x: Any) -> bool:
    """Whether it has parameters, as a module of `nn` has: it is not looked into."""
    return hasattr(type(x), "named_parameters")


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with each number or array replaced; None stays."""
    if tree is None:
        return None
    kind = kind_of(tree)
    if kind is None:
        return function(tree)
    return kind.rebuilt(tree, {key: mapped(function, entry) for key, entry in kind.entries(tree).items()})


def leaves(tree: Any) -> list[Any]:
    """The numbers and arrays, in order."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found


def named_leaves(tree: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The numbers and arrays in order, each with where it is: p, p['w'], p[0], p.w."""
    if tree is None:
        return
    kind = kind_of(tree)
    if kind is None:
        yield name, tree
        return
    for key, entry in kind.entries(tree).items():
        yield from named_leaves(entry, name + kind.place.format(key))


def rebuilt(tree: Any, new: Iterator[Any]) -> Any:
    """The same structure with other leaves, taken in order."""
    return mapped(lambda _: next(new), tree)


def leaves_like(tree: Any, like: Any, what: str) -> list[Any]:
    """The numbers and arrays of a tree in the order of another of the same structure.

    Raises ValueError where the structures differ.
    """
    if like is None and tree is None:
        return []
    kind = kind_of(like)
    if kind is None:
        if is_structure(tree) or tree is None:
            raise ValueError(
                f"expected a number or an array as {what}, got {_described(tree)}; a list counts as a "
                "structure, np.array(…) makes it an array"
            )
        return [tree]
    ours, theirs = kind.entries(like), _entries_as(kind, tree, like)
    if theirs is None or (kind is not RECORD and theirs.keys() != ours.keys()):
        raise ValueError(f"expected a {what} {_expected(like)}, got {_described(tree)}")
    if theirs.keys() != ours.keys():
        raise ValueError(f"expected a {what} with numbers in the fields {[*ours]}, got {[*theirs]}")
    return [leaf for key in ours for leaf in leaves_like(theirs[key], ours[key], what)]


def _entries_as(kind: StructureKind, tree: Any, like: Any) -> Mapping[Any, Any] | None:
    """The entries of a tree where it is of the same kind as another: a list may stand for a tuple."""
    alike = kind_of(tree) is kind and (kind is DICT or kind is SEQUENCE or type(tree) is type(like))
    return kind.entries(tree) if alike else None


def _expected(like: Any) -> str:
    if isinstance(like, dict):
        return f"with the keys {sorted(like, key=str)}"
    return f"of {len(like)} entries" if isinstance(like, (tuple, list)) else f"of type {type(like).__name__}"


def _described(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"the keys {sorted(tree, key=str)}"
    if isinstance(tree, (tuple, list)):
        return f"a {type(tree).__name__} of {len(tree)}"
    if is_structure(tree):
        return f"a {type(tree).__name__}"
    return "nothing" if tree is None else "a number or an array"


# -- kinds -------------------------------------------------------------------------------------


def register_structure(
    container: type[Container],
    entries: Callable[[Container], Mapping[str, Any]],
    rebuilt: Callable[[Container, dict[str, Any]], Container],
) -> None:
    """Let derivatives look into a container of your own, as into a dict: `grad` then returns one.

    `entries(tree)` are the numbers, arrays and structures in it, by name; `rebuilt(tree, new)` makes a
    container with others in their place. Subclasses are taken apart in the same way. It is JAX's
    `register_pytree_node`.

    Raises TypeError for anything but a class, and for that of a number, an array or a Value.

    >>> from autodiff import grad
    >>> class Circle:
    ...     def __init__(self, radius, name):
    ...         self.radius, self.name = radius, name
    >>> register_structure(Circle, lambda c: {"radius": c.radius}, lambda c, new: Circle(**new, name=c.name))
    >>> slope = grad(lambda circle: 3.0 * circle.radius**2)(Circle(2.0, "disc"))
    >>> slope.radius, slope.name
    (12.0, 'disc')
    """
    if not isinstance(container, type):
        raise TypeError(f"register_structure: expected a class, got {container!r}")
    if container is object or hasattr(container, "__array__") or issubclass(container, (*SETTINGS, Number)):
        raise TypeError(f"register_structure: {container.__name__} is not a container of numbers and arrays")
    REGISTERED[container] = StructureKind(entries, rebuilt, ".{}")


def _registered(kind: type) -> StructureKind | None:
    return next((REGISTERED[base] for base in kind.__mro__ if base in REGISTERED), None)


def _dict_rebuilt(tree: dict[Any, Any], new: dict[Any, Any]) -> dict[Any, Any]:
    result = copy(tree)  # a defaultdict keeps its factory
    result.update(new)
    return result


def _sequence_rebuilt(tree: Sequence[Any], new: dict[Any, Any]) -> Any:
    make: Callable[[list[Any]], Any] = getattr(type(tree), "_make", type(tree))  # a named tuple's own way
    return make([*new.values()])


def variable_fields(tree: Any) -> dict[str, Any]:
    """The fields of a dataclass that hold numbers, arrays and structures, by name.

    Raises TypeError for one that `__init__` does not take: it is computed from others as a rule, and would
    no longer depend on them.
    """
    found = {}
    for field in fields(tree):
        entry = getattr(tree, field.name)
        if field.metadata.get("static") or isinstance(entry, SETTINGS):
            continue
        if not field.init:
            raise TypeError(
                f"the field {field.name!r} of {type(tree).__name__} has init=False: computed from others, it "
                "would not follow them; make it a property, or declare it "
                'field(init=False, metadata={"static": True}) if it is not to be differentiated'
            )
        found[field.name] = entry
    return found


def with_fields(tree: Any, new: dict[str, Any]) -> Any:
    """A dataclass with other entries in some fields, neither checked nor converted by its `__init__`.

    Nothing else that the instance keeps is taken over: what it cached belongs to the old numbers.
    """
    result = object.__new__(type(tree))
    for field in fields(tree):
        entry = new[field.name] if field.name in new else getattr(tree, field.name)
        object.__setattr__(result, field.name, entry)  # also where it is frozen
    return result


REGISTERED: dict[type, StructureKind] = {}
"""By `register_structure`."""

DICT = StructureKind(dict, _dict_rebuilt, "[{!r}]")
SEQUENCE = StructureKind(lambda tree: dict(enumerate(tree)), _sequence_rebuilt, "[{}]")
RECORD = StructureKind(variable_fields, with_fields, ".{}")
