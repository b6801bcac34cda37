"""A person's own derivative, as a function or as it is typed, made a function of f's arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..checking.mistakes.question import Question
from ..graph import Graph
from ..school.calculation import Calculation
from ..school.misreading import misread, pointed
from ..school.reading import read
from ..text.letters import alike
from ..text.notation import visible
from ..values.data import Data
from ..values.value import Value


class MisreadError(ValueError):
    """A text with a name that f does not have, which is found where the text is evaluated."""


def as_function(f: Callable[..., Any], formula: Any, argnums: int | tuple[int, ...]) -> Callable[..., Any]:
    """The formula as a function: itself, what a text says, or for several arguments one of each.

    A text speaks of f's parameters by their names, and of the values that f names on its way. x₁ is x1 where
    nothing is called x₁, as everywhere.
    """
    __tracebackhide__ = True
    if callable(formula):
        return formula  # type: ignore[no-any-return]
    if isinstance(formula, str):
        return partial(_typed, Question(f, f, argnums), _read(formula))
    if isinstance(formula, (tuple, list)) and not isinstance(argnums, int) and len(formula) == len(argnums):
        parts = [as_function(f, part, i) for part, i in zip(formula, argnums, strict=True)]
        return lambda *point: tuple(part(*point) for part in parts)
    raise TypeError(
        "assert_same_derivative: the formula must be a function of f's arguments, or a text such as "
        f"'2*(a - y)*x', or with argnums=(0, 1) one of them for each; got {formula!r}"
    )


def _read(text: str) -> Calculation:
    __tracebackhide__ = True
    try:
        return read(text)
    except SyntaxError as error:
        raise _misread(error) from None


def _misread(error: SyntaxError) -> ValueError:
    return ValueError(f"assert_same_derivative: {pointed(error)}")


def _typed(question: Question, calculation: Calculation, *point: Any) -> Any:
    """What a text comes to at a point."""
    known: dict[str, Any] = dict(zip(question.names(len(point)), point, strict=True))
    if missing := [name for name in calculation.names if name not in known]:
        meant = {name: known[other] for name in missing if (other := alike(name, known))}
        known = meant | _named_values(question.at(*point).root, missing) | known
    for name, column in calculation.names.items():
        if name not in known:
            names = ", ".join(map(visible, known))
            there_are = (
                f"{name} is not a parameter of f, nor the name of a Value in it ({names}); "
                f"a Value in f is named as by {name}.name = {name!r}"
            )
            raise MisreadError(*_misread(misread(there_are, calculation.text, column)).args)
    return calculation.evaluate(known)


def _named_values(output: Value, wanted: list[str]) -> dict[str, Data]:
    """The data of the values with names that an output was computed from; one of each name that is wanted."""
    found: dict[str, Data] = {}
    for node in Graph(output):
        if not isinstance(node.source, Value) or not node.name:
            continue
        name = alike(node.name, wanted) or node.name
        if name in wanted and name in found:
            raise ValueError(
                f"assert_same_derivative: several values of f are called {name}; give them names of "
                "their own, or write the formula as a function"
            )
        found[name] = node.data
    return found
