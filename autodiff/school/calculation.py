"""What a text says to compute: steps on a stack, evaluated for numbers, arrays or Values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..settings import hint
from ..text.letters import alike
from ..values.value import Value
from .misreading import misread
from .vocabulary import CONSTANTS, Apply, functions

Step: TypeAlias = float | str | Apply


@dataclass(frozen=True)
class Calculation:
    """What a text says to compute: steps for each part; `names` are the unknowns, and their places."""

    text: str
    parts: tuple[tuple[str | None, tuple[Step, ...]], ...]
    names: Mapping[str, int]

    def evaluate(self, numbers: Mapping[str, Any]) -> Any:
        """The result for these numbers, arrays or Values; parts that are Values are given their names.

        >>> from autodiff.school import read
        >>> read("u = 1 − x; 3u²").evaluate({"x": 3.0})
        12.0

        Raises SyntaxError, with the place, where a number is missing.
        """
        known, result = dict(numbers), None
        for name in self.names:
            given = alike(name, numbers)
            if given is None:
                raise self.missing(name, numbers)
            known[name] = numbers[given]
        for part, steps in self.parts:
            result = _computed(steps, known)
            if part:
                known[part] = result
                if isinstance(result, Value) and not result.name:
                    result.name = part
        return result

    def missing(self, name: str, numbers: Collection[str], lacking: str = "") -> SyntaxError:
        """The error about a name without a number, which says what is `lacking` if it is not misspelled."""
        called = len(name) > 1 and self.text[self.names[name] + len(name) :].startswith("(")
        near = hint(name, functions() if called else [*numbers, *CONSTANTS]).partition("? (")
        if called:
            message = f"there is no function {name}"
        elif len(name) > 1 and all(letter in numbers for letter in name):
            told = f"{name} is one name; for a product write {'*'.join(name)}"
            return misread(told, self.text, self.names[name])
        else:
            message = lacking or f"{name} has no number: give {name}=…"
        message += f"; {near[0]}?" if near[1] else ""
        return misread(message, self.text, self.names[name])


def _computed(steps: tuple[Step, ...], known: Mapping[str, Any]) -> Any:
    stack: list[Any] = []
    for step in steps:
        if isinstance(step, Apply):
            arguments = stack[-step.arguments :]
            del stack[-step.arguments :]
            stack.append(step.function(*arguments))
        else:
            stack.append(known[step] if isinstance(step, str) else step)
    return stack.pop()
