"""A derivative as an exercise: what is asked, hints, the solution, and marks for what is typed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..derivations import Derivation, explain, formula
from ..text.notation import visible
from ..values.data import shape_of
from ..values.value import Value
from .mark import Mark
from .marking import Marking
from .recomputation import Recomputation


class Exercise:
    """Find a derivative as a formula: made by `exercise`."""

    def __init__(self, output: Value, wrt: Value) -> None:
        self._derivation = explain(output, wrt)
        self.output, self.wrt = output, wrt
        self._function = Recomputation(output, wrt)
        self.left = self._derivation.left.text
        self._marking = Marking(self._function, self.left)
        self._shown = 0

    @property
    def task(self) -> str:
        return f"Find {self.left}."

    def mark(self, answer: str) -> Mark:
        return self._marking.mark(answer)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        return tuple(link.text for link in self._derivation.links)

    def hint(self) -> str:
        self._shown += 1
        return self.hints[min(self._shown, len(self.hints)) - 1]

    def solution(self) -> Derivation:
        return self._derivation


def exercise(output: Value, wrt: Value) -> Exercise:
    return Exercise(output, wrt)
