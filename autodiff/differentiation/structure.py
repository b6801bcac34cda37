"""Arguments and results as nested tuples, lists, dicts and dataclasses of numbers and arrays.

A field of a dataclass that only chooses what is computed stays as it is, as None does: a setting, and
whatever is declared by `field(metadata={"static": True})`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import fields, is_dataclass
from types import BuiltinFunctionType, EllipsisType, FunctionType, MethodType
from typing import Any

import numpy as np

SETTINGS = (
    bool, str, bytes, type(None), EllipsisType, slice, range, type, np.dtype, np.ufunc, enum.Enum,
    FunctionType, BuiltinFunctionType, MethodType,
)  # fmt: skip
"""What chooses, and is not computed with."""


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
    if is_record(tree):
        new = {name: mapped(function, entry) for name, entry in variable_fields(tree).items()}
        return with_fields(tree, new)
    return function(tree)


def is_record(tree: Any) -> bool:
    """Whether it is a dataclass that holds numbers and arrays, rather than being an array or a module."""
    kind = type(tree)
    return is_dataclass(kind) and not hasattr(kind, "__array__") and not hasattr(kind, "named_parameters")


def is_structure(tree: Any) -> bool:
    """Whether it holds numbers and arrays rather than being one."""
    return isinstance(tree, (dict, tuple, list)) or is_record(tree)


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


def leaves(tree: Any) -> list[Any]:
    """The numbers and arrays, in order."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found


def named_leaves(tree: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The numbers and arrays in order, each with where it is: p, p['w'], p[0], p.w."""
    if isinstance(tree, dict):
        for key, entry in tree.items():
            yield from named_leaves(entry, f"{name}[{key!r}]")
    elif isinstance(tree, (tuple, list)):
        for i, entry in enumerate(tree):
            yield from named_leaves(entry, f"{name}[{i}]")
    elif is_record(tree):
        for field, entry in variable_fields(tree).items():
            yield from named_leaves(entry, f"{name}.{field}")
    elif tree is not None:
        yield name, tree


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
    if is_record(like):
        if type(tree) is not type(like):
            raise ValueError(f"expected a {what} of type {type(like).__name__}, got {_kind(tree)}")
        ours, theirs = variable_fields(like), variable_fields(tree)
        if ours.keys() != theirs.keys():
            raise ValueError(f"expected a {what} with numbers in the fields {[*ours]}, got {[*theirs]}")
        return [leaf for name in ours for leaf in leaves_like(theirs[name], ours[name], what)]
    if is_structure(tree) or tree is None:
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
    if is_record(tree):
        return f"a {type(tree).__name__}"
    return "nothing" if tree is None else "a number or an array"
