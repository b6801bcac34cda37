"""The words that an expression may use: constants, the engine's functions, and values that have names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

from .. import ops
from ..text.letters import alike, lettered
from ..values.operation import Operation
from .spelling import NAME

CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
OTHER_NAMES = {
    "abs": "absolute",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "ln": "log",
    "max": "maximum",
    "min": "minimum",
    "σ": "sigmoid",
    "√": "sqrt",
}


class Apply(NamedTuple):
    """A step that replaces the last results, as many as its arguments, by one."""

    function: Callable[..., Any]
    arguments: int


@cache
def functions() -> dict[str, Apply]:
    """What may be called, by name: the operations that make one number of one or two."""
    found = {}
    for name in ops.NAMES:
        operation = vars(getattr(ops, name)).get("operation")
        if operation and operation.elementwise and operation.usual:
            found[name] = Apply(getattr(ops, name), operation.usual)
    found |= {name: Apply(getattr(ops, name), 2) for name in ("maximum", "minimum")}  # each is two operations
    return found | {name: found[known] for name, known in OTHER_NAMES.items()}


@cache
def slopes() -> dict[str, Apply]:
    """The derivatives of functions of one number, σ′, by the rules of the operations."""
    return {
        f"{name}′": slope(vars(function)["operation"], function)
        for name, (function, arguments) in functions().items()
        if arguments == 1
    }


def slope(operation: Operation, function: Callable[..., Any]) -> Apply:
    """The derivative of a function of one number, by the rule of its operation."""

    def at(x: Any) -> Any:
        rule: Any = operation.rules[0]
        return 1.0 * (rule(function(x), x, **operation.defaults) if callable(rule) else rule)

    return Apply(at, 1)


@dataclass(frozen=True)
class Vocabulary:
    """What names mean: `values` are names of values, and come before constants and functions of that name.

    `own` are functions beside the engine's.
    """

    values: Collection[str] = ()
    own: Mapping[str, Apply] = field(default_factory=dict)

    def value(self, name: str) -> str | None:
        """The value that a name denotes, also in another spelling; None if it is none, or may be several."""
        return alike(name, self.values)

    @cached_property
    def verbatim(self) -> re.Pattern[str]:
        """Finds names of values that are not read as one name: R(θ)."""
        odd = [name for name in self.values if name[:1].isalpha() and not re.fullmatch(NAME, name)]
        odd.sort(key=len, reverse=True)
        return re.compile(
            "|".join(f"{re.escape(name)}" + (r"(?!\w)" if name[-1:].isalnum() else "") for name in odd)
            or "(?!)"
        )

    def function(self, name: str) -> Apply | None:
        """What may be called under a name; f′ is the derivative of f."""
        if name in self.own:
            return self.own[name]
        known = functions() | slopes()
        return known.get(name) or known.get(lettered(name))

    def constant(self, name: str) -> float | None:
        """The number that a name stands for."""
        return CONSTANTS.get(name)


USUAL = Vocabulary()
