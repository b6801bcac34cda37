"""Choices by name: what is not there is refused with the names that are nearest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import TypeVar

__all__ = ["chosen", "hint"]

T = TypeVar("T")


def hint(name: object, names: Collection[str]) -> str:
    """How an error about a name goes on: those that are near, and all there are."""
    near = get_close_matches(str(name).lower(), names, n=2, cutoff=0.5)
    question = f"; did you mean {' or '.join(map(repr, near))}?" if near else "; there are:"
    return f"{question} {'There are: ' if near else ''}{', '.join(names)}"


def chosen(what: str, name: str, table: Mapping[str, T]) -> T:
    """The entry of that name.

    Raises ValueError for a name that is not there.

    >>> chosen("method", "newtn", {"newton": 1, "bfgs": 2})
    Traceback (most recent call last):
    ValueError: unknown method 'newtn'; did you mean 'newton'? There are: newton, bfgs
    """
    if name in table:
        return table[name]
    raise ValueError(f"unknown {what} {name!r}{hint(name, table)}")
