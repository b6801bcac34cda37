"""Things chosen by name: a name that is not there is refused with those that are near."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

__all__ = ["chosen", "hint", "one_of"]

Offered = TypeVar("Offered")
Name = TypeVar("Name", bound=str)


def hint(name: str, names: Collection[str]) -> str:
    """How an error about a name goes on: the names that are near, and all there are."""
    near = " or ".join(map(repr, get_close_matches(name.lower(), names, cutoff=0.5)))
    return f"did you mean {near}? (there are {', '.join(names)})" if near else f"there are {', '.join(names)}"


def chosen(what: str, name: object, offered: Mapping[str, Offered]) -> Offered:
    """The thing of a name; capitals, hyphens, underscores and blanks do not matter.

    Raises ValueError with the nearest names, TypeError for what is no string.

    >>> chosen("method", "newtn", {"newton": 1, "bfgs": 2})
    Traceback (most recent call last):
    ValueError: unknown method 'newtn'; did you mean 'newton'? (there are newton, bfgs)
    """
    if not isinstance(name, str):
        raise TypeError(f"the {what} must be a name, got {name!r}; there are {', '.join(offered)}")
    spelt = {_spelling(known): known for known in offered}
    if _spelling(name) not in spelt:
        raise ValueError(f"unknown {what} {name!r}; {hint(name, offered)}")
    return offered[spelt[_spelling(name)]]


def one_of(what: str, name: object, names: Iterable[Name]) -> Name:
    """The name itself, as it is spelt among these. Raises as `chosen` does."""
    return chosen(what, name, {known: known for known in names})


def _spelling(name: str) -> str:
    """Without capitals, hyphens, underscores and blanks."""
    return name.lower().translate({ord(char): None for char in "-_ "})
