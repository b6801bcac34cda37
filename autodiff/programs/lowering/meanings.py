"""What an expression stands for while a function is followed: a value known now, or one of the program's."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from .steps import Slot

__all__ = ["Group", "Known", "Meaning", "Scope", "example", "is_known", "value"]


class Known(NamedTuple):
    """What is known already: an option, a shape, a function."""

    value: Any


class Group(NamedTuple):
    """Several operands, such as those of *arrays."""

    parts: tuple[Any, ...]


Meaning: TypeAlias = Known | Slot | Group


class Scope(NamedTuple):
    """What the names of a function stand for: its own, and those from outside."""

    local: dict[str, Meaning]
    outside: dict[str, Any]

    def known(self) -> dict[str, Any]:
        """All names of what is known."""
        local = {name: value(meaning) for name, meaning in self.local.items() if is_known(meaning)}
        return {**self.outside, **local}


def is_known(meaning: Meaning) -> bool:
    """Whether nothing in it depends on data."""
    return all(map(is_known, meaning.parts)) if isinstance(meaning, Group) else isinstance(meaning, Known)


def value(meaning: Meaning) -> Any:
    """What is known."""
    if isinstance(meaning, Group):
        return tuple(map(value, meaning.parts))
    assert isinstance(meaning, Known)
    return meaning.value


def example(meaning: Meaning) -> Any:
    """What is known, or an example of what a program will meet."""
    if isinstance(meaning, Group):
        return tuple(map(example, meaning.parts))
    return meaning.value if isinstance(meaning, Known) else meaning.example
