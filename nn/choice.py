"""Things chosen by name: activations, reductions, ways to start."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

__all__ = ["chosen"]

Offered = TypeVar("Offered")


def chosen(what: str, name: object, offered: Mapping[str, Offered]) -> Offered:
    """The thing of a name. Raises ValueError with the nearest names, TypeError for what is no string.

    >>> chosen("side", "left", {"left": -1, "right": 1})
    -1
    >>> chosen("side", "write", {"left": -1, "right": 1})
    Traceback (most recent call last):
        ...
    ValueError: unknown side 'write'; did you mean 'right'? There are left, right
    """
    if not isinstance(name, str):
        raise TypeError(f"the {what} must be a name, got {name!r}; there are {', '.join(offered)}")
    if name not in offered:
        near = " or ".join(map(repr, get_close_matches(name.lower(), offered)))
        guess = f"did you mean {near}? " if near else ""
        raise ValueError(f"unknown {what} {name!r}; {guess}There are {', '.join(offered)}")
    return offered[name]
