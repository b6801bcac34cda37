"""An expression as typed, with a number for each unknown, such as `x=2`."""

from __future__ import annotations

from collections.abc import Sequence

from ..school.misreading import misread
from ..school.reading import free_name, read
from ..school.tokens import tokens
from ..text.letters import alike
from ..values.value import Value


class Misuse(Exception):  # noqa: N818 (its message is shown to the user, and ends the command)
    """A command was called in a way that has no meaning."""


class Problem:
    """The question: the `calculation`, and the `numbers` of its unknowns in the order given.

    A question with a `purpose`, such as to minimise over them, needs at least one unknown.
    """

    def __init__(self, text: str, givens: Sequence[str], purpose: str = "") -> None:
        self.calculation = read(text)
        names = self.calculation.names
        assigned = map(_assignment, givens)
        self.numbers = {alike(name, names) or name: number for name, number in assigned}
        if len(self.numbers) < len(givens):
            raise Misuse("a name was given two numbers")
        for name in names:
            if name not in self.numbers:
                raise self.calculation.missing(name, self.numbers)
        for name in self.numbers:
            if name not in names:
                raise Misuse(f"{name} is given a number, but is no unknown of the expression")
        if purpose and not self.numbers:
            raise Misuse(f"there is no unknown to {purpose}")

    @property
    def output(self) -> str:
        """The name of the result: that of the last part, else a letter that is not taken."""
        taken = {*self.numbers, *(name for name, _ in self.calculation.parts)}
        free = (letter for letter in ("f", "F", "result", "the result") if letter not in taken)
        return self.calculation.parts[-1][0] or next(free)

    def recorded(self) -> tuple[Value, dict[str, Value]]:
        """The result as a Value with its graph, and the leaves."""
        leaves = {name: Value(number, name) for name, number in self.numbers.items()}
        result = self.calculation.evaluate(leaves)
        if not isinstance(result, Value):
            result = Value(result, constant=True)
        if not result.name:
            result.name = self.output
        return result, leaves


def _assignment(text: str) -> tuple[str, float]:
    """`x=2` as a name and a number, which may be calculated: `x=pi/2`."""
    name, equals, number = text.partition("=")
    if not equals:
        raise Misuse(f"expected name=number, as x=2, got {text!r}")
    try:
        return _unknown(name), _calculated(number)
    except SyntaxError as error:
        before = len(name) + 1 if error.text == number else 0
        raise misread(error.msg, text, before + (error.offset or 1) - 1) from None


def _unknown(text: str) -> str:
    first, *others = tokens(text)
    if first.kind != "name" or others[0].kind != "end":
        raise misread("expected a name before =", text, first.column)
    return free_name(first, text)


def _calculated(text: str) -> float:
    calculation = read(text)
    for column in calculation.names.values():
        raise misread("expected a number", text, column)
    return float(calculation.evaluate({}))
