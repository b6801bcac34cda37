"""What an expression stands for while a function is followed: a value known now, or one of the program's."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from .steps import Slot

__all__ = ["Group", "Known", "Scope", "Symbol", "example", "is_known", "value"]


class Known(NamedTuple):
    """What is known already: an option, a shape, a function."""

    value: Any


class Group(NamedTuple):
    """Several operands, such as those of *arrays."""

    parts: tuple[Any, ...]


Symbol: TypeAlias = Known | Slot | Group


class Scope(NamedTuple):
    """What the names of a function stand for: its own, and those from outside."""

    local: dict[str, Symbol]
    outside: dict[str, Any]

    def known(self) -> dict[str, Any]:
        """All names of what is known."""
        local = {name: value(symbol) for name, symbol in self.local.items() if is_known(symbol)}
        return {**self.outside, **local}


def is_known(symbol: Symbol) -> bool:
    """Whether nothing in it depends on data."""
    return all(map(is_known, symbol.parts)) if isinstance(symbol, Group) else isinstance(symbol, Known)


def value(symbol: Symbol) -> Any:
    """What is known."""
    if isinstance(symbol, Group):
        return tuple(map(value, symbol.parts))
    assert isinstance(symbol, Known)
    return symbol.value


def example(symbol: Symbol) -> Any:
    """What is known, or an example of what a program will meet."""
    if isinstance(symbol, Group):
        return tuple(map(example, symbol.parts))
    return symbol.value if isinstance(symbol, Known) else symbol.example
