"""Closed formulas: expressions that can be read, and evaluated at any point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from ..settings import hint
from ..text.letters import alike
from ..values.data import Data, Shape, as_data, canonical, shape_of
from ..values.value import Value
from .expression import Term, evaluated, shape_of_term
from .intermediates import Intermediates
from .symbolic import symbolic
from .transcription import transcribed
from .typesetting import Latex, Text

Scope: TypeAlias = Mapping[str, "Data | Term"]
"""What names stand for, in an order in which each needs only names before it: data, or an expression."""

WIDEST = 100
"""Operations that are written as one expression; parts of larger ones get names."""


MOST_DEFINITIONS = 16
"""Names whose formulas are printed below an expression; of more the first and the last."""


class Formula:
    """An expression in the names of values.

    `text` is Unicode, `latex` LaTeX; `definitions` are the formulas of the names u₁, u₂ … that parts of a
    long expression have, of which the first and the last are printed. `evaluate` computes it, here or at
    another point.
    """

    def __init__(
        self, term: Term, scope: Callable[[], Scope], coined: Mapping[str, Term], shape: Shape | None = None
    ) -> None:
        self.term = term
        self._known = scope
        self._coined = coined
        self._shape = shape_of_term(term) if shape is None else shape

    @property
    def text(self) -> str:
        """The expression on one line, without the definitions."""
        return Text().write(self.term)

    @property
    def latex(self) -> str:
        """The expression as LaTeX, without dollars."""
        return Latex().write(self.term)

    @property
    def definitions(self) -> dict[str, Formula]:
        """What the names given to parts of the expression stand for, in order."""
        return {name: Formula(term, self._known, {}) for name, term in self._coined.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names that `evaluate` takes numbers for."""
        return tuple(self._scope)

    def sympy(self, **assumptions: bool) -> Any:
        """The expression as one of SymPy: names are symbols of these assumptions, and parts are written out.

        Of arrays it is the expression of an entry. Needs the extra `sympy`. Raises TypeError naming an
        operation that SymPy has no form for, such as a sum over an axis.

        >>> x, y = Value(3.0, "x"), Value(2.0, "y")
        >>> formula(np.sin(x * y) / x).sympy().diff("y")
        cos(x*y)
        """
        known: dict[str, Any] = {}
        for name, term in self._coined.items():
            known[name] = symbolic(term, known, assumptions)
        return symbolic(self.term, known, assumptions)

    def evaluate(self, point: Mapping[str, Data] | None = None) -> Data:
        """The number, with these numbers for these names.

        Leaves that are not named keep their data, and what was computed from leaves is computed anew. A name
        may be spelled as it was given or as it is shown: "w1", "w₁".

        Raises ValueError for an unknown name, and for data of another shape; TypeError for a Value.

        >>> x, y = Value(3.0, "x"), Value(2.0, "y")
        >>> formula(x * y + 1.0).evaluate({"x": 10.0})
        21.0
        """
        given = {self._known_name(name): data for name, data in (point or {}).items()}
        numbers: dict[str, Data] = {}
        for name, meaning in self._scope.items():
            if name in given:
                numbers[name] = _fitted(name, given[name], meaning)
            else:
                numbers[name] = evaluated(meaning, numbers) if isinstance(meaning, Term) else meaning
        return canonical(np.broadcast_to(evaluated(self.term, numbers), self._shape).copy())

    def _known_name(self, name: str) -> str:
        """A name as it is written here: w₁ for w1, too."""
        if not isinstance(name, str):
            raise TypeError(f"evaluate: expected names, got {type(name).__name__}")
        found = alike(name, self.names)
        if found is None:
            raise ValueError(f"evaluate: there is no {name!r}; {hint(name, self.names)}")
        return found

    @cached_property
    def _scope(self) -> Scope:
        return self._known()

    def __str__(self) -> str:
        names = [*self._coined]
        half = MOST_DEFINITIONS // 2
        told = [f"… ({len(names) - 2 * half:,} more names) …"]
        ends = [names[:half], names[-half:]] if len(names) > MOST_DEFINITIONS else [names]
        written = [[f"{name} = {Text().write(self._coined[name])}" for name in end] for end in ends]
        lines = [
            self.text,
            *written[0],
            *(told if len(ends) > 1 else []),
            *(written[1] if len(ends) > 1 else []),
        ]
        return "\n  where ".join(lines[:2]) + "".join(f"\n        {line}" for line in lines[2:])

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


def _fitted(name: str, new: Data, meaning: Data | Term) -> Data:
    if isinstance(new, Value):
        raise TypeError(f"evaluate: {name!r} stands for raw data, got a Value; pass its .data")
    data = as_data(new)
    expected = shape_of_term(meaning) if isinstance(meaning, Term) else shape_of(meaning)
    if shape_of(data) != expected:
        raise ValueError(f"evaluate: {name!r} has shape {expected}, got {shape_of(data)}")
    return data


def formula(value: Value, *, expand: bool = False) -> Formula:
    r"""The expression that a Value was computed with, in the names of what it was computed from.

    Named values appear as their names; with `expand` only leaves and constants do. Parts of an expression
    of more than about 100 operations have names, u₁, u₂ … as everywhere, which `definitions` explains.

    >>> x, y = Value(3.0, "x"), Value(2.0, "y")
    >>> formula((x + 1.0) ** 2 / (2.0 * y))
    (x + 1)²/(2y)
    >>> print(formula((x + 1.0) ** 2 / (2.0 * y)).latex)
    \frac{\left(x + 1\right)^{2}}{2y}

    Raises TypeError for anything but a Value.
    """
    return _formula(Intermediates(value, put=False, widest=WIDEST, expand=expand))


def formula_as_typed(value: Value, *, expand: bool = False) -> Formula:
    """The same with names as they were typed, for messages that speak of the user's code."""
    return _formula(Intermediates(value, put=False, widest=WIDEST, expand=expand, as_typed=True))


def _formula(intermediates: Intermediates) -> Formula:
    root = intermediates.graph.output
    term = transcribed(intermediates.segment(root.id).root)
    return Formula(term, intermediates.scope, intermediates.parts(), root.shape)
