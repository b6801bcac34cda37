"""The parameters of a function: their names, and which of them only choose what is computed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any

__all__ = ["Parameters"]


class Parameters:
    """The names of f's parameters, and which of them are declared static.

    Raises ValueError for a name that f does not have, TypeError for what is neither name nor position.
    """

    def __init__(self, f: Callable[..., Any], static: str | int | Collection[str | int]) -> None:
        self._names, self._rest, named = _parameters(f)
        declared = [static] if isinstance(static, (str, int)) else list(static)
        if wrong := [x for x in declared if type(x) not in (str, int)]:
            raise TypeError(f"compile: static takes names of parameters, or positions, got {wrong[0]!r}")
        self._static = {self.position(x) if isinstance(x, int) else x for x in declared}
        unknown = self._static - set(self._names) - set(named)
        if unknown and named is not ANY:
            known = ", ".join([*self._names, *named]) or "none"
            raise ValueError(
                f"compile: static names {min(unknown)!r}, which is no parameter; they are {known}"
            )

    def position(self, i: int) -> str:
        """The name of the i-th positional argument."""
        if i < len(self._names):
            return self._names[i]
        return f"{self._rest}[{i - len(self._names)}]"

    def is_static(self, name: str) -> bool:
        """Whether an argument was declared static."""
        return name in self._static


ANY: tuple[str, ...] = ("**",)
"""Names by which anything may be given."""


def _parameters(f: Callable[..., Any]) -> tuple[list[str], str, tuple[str, ...]]:
    """The names of positional parameters, that of *args, and those given by name only."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return [], "arguments", ANY
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "arguments")
    named = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
    return positional, rest, ANY if any(p.kind is p.VAR_KEYWORD for p in parameters) else named
