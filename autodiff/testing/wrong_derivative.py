"""What a test says of a wrong derivative: first what is wrong with it, then where, and the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..checking.mistakes import Attempt, likely_mistakes
from ..checking.mistakes.surroundings import attempts_around
from ..checking.mistakes.witness import engine_is_wrong, formula_is_right, wrong_rules_in
from ..derivations.closed_form import formula_as_typed
from ..differentiation.engine import gradients
from ..text.digits import with_minus
from ..text.notation import visible
from ..values.data import Data, canonical, shape_of
from ..values.value import data_of

WIDEST = 96
"""Letters of f's formula."""

MANY = 36
"""Entries of a gradient that is written out."""

AROUND = 8
"""Points around the failure at which an explanation must hold, beside those that were drawn."""

PLAINER = 2.0
"""How many times larger a relative error must be for its point to be worth naming."""


class WrongDerivativeError(AssertionError):
    """A formula that is not the derivative; what is wrong with it is found out when the message is read."""

    def __init__(self, attempt: Attempt, others: Sequence[Attempt] = (), rtol: float | None = None) -> None:
        super().__init__()
        self.attempt, self.others, self.rtol = attempt, list(others), rtol

    def __str__(self) -> str:
        return self._message

    @cached_property
    def _message(self) -> str:
        with np.errstate(all="ignore"):
            return "\n".join([self.headline, *self._details()])

    @cached_property
    def headline(self) -> str:
        """What is wrong, in one line."""
        attempt = self.attempt
        if self._misfits:
            return "; ".join(self._misfit(k) for k in self._misfits)
        if engine_is_wrong(self._around):
            return self._engine()
        found = likely_mistakes([*self.others, attempt, *self._around])
        return "; ".join(self._derivative(k) + found.get(k, self._numbers(k)) for k in self._wrong)

    @cached_property
    def _misfits(self) -> list[int]:
        """The variables whose derivatives have wrong shapes."""
        pairs = zip(self.attempt.returned, self.attempt.variables, strict=True)
        return [k for k, (g, x) in enumerate(pairs) if not self.attempt.fits(g, x)]

    @cached_property
    def _around(self) -> list[Attempt]:
        return list(attempts_around(self.attempt.question, self.attempt.point, AROUND))

    @cached_property
    def _wrong(self) -> list[int]:
        return self.attempt.wrong(self.rtol)

    def _name(self, k: int) -> str:
        return f"∂{output_name(self.attempt)}/∂{self.attempt.names[k]}"

    def _derivative(self, k: int) -> str:
        return f"{self._name(k)} is wrong: "

    # -- headlines -----------------------------------------------------------------------------

    def _misfit(self, k: int) -> str:
        given, x = self.attempt.returned[k], self.attempt.variables[k]
        words = f"{self._derivative(k)}it has shape {shape_of(given)}, expected {self.attempt.expected(x)}"
        tried = [list(_misshapen(one.returned[k], _full(one, k))) for one in (self.attempt, *self._around)]
        reason = next((one for one in tried[0] if all(one in others for others in tried)), None)
        return f"{words}: {reason}" if reason else words

    def _engine(self) -> str:
        """Where differences contradict the engine: whose fault it is."""
        reason = "; ".join(wrong_rules_in(self._around)) or "the rule of an operation in f is wrong"
        if not self._wrong:
            return f"formula and engine agree, but finite differences contradict both; {reason}"
        if formula_is_right(self._around):
            return f"the formula is right, as finite differences say; {reason}"
        return f"formula, engine and finite differences all differ; {reason}"

    def _numbers(self, k: int) -> str:
        """Where no mistake is known: the worst entry."""
        index, claimed, right = worst(self.attempt, k)
        return f"{_number(claimed)} in place of {_number(right)}{_entry(index)}"

    # -- details -------------------------------------------------------------------------------

    def _details(self) -> Iterator[str]:
        attempt = self.attempt
        text = formula_as_typed(attempt.root, expand=True).text
        if len(text) <= WIDEST:
            yield f"  {output_name(attempt)} = {text}"
        yield f"  at {described(attempt)}"
        if not self._misfits:
            for k in self._wrong:
                yield from _compared(attempt, k, self._name(k))
            yield from self._plainest()

    def _plainest(self) -> Iterator[str]:
        """The point at which the error is largest, if it is much larger there."""
        k = next(iter(self._wrong), None)
        seen = [other for other in (*self.others, *self._around) if k in other.wrong(self.rtol)]
        if k is None or not seen:
            return
        best = max(seen, key=lambda other: _error(other, k))
        if _error(best, k) > PLAINER * _error(self.attempt, k):
            index, claimed, right = worst(best, k)
            yield (
                f"  plainest at {described(best)}: "
                f"formula {_number(claimed)}, gradient {_number(right)}{_entry(index)}"
            )


def output_name(attempt: Attempt) -> str:
    """What f returns is called: by its own name, or by that of f."""
    own = str(getattr(attempt.question.f, "__name__", "f"))
    return visible(attempt.root.name or (own if own.isidentifier() else "f"))


# -- what is shown -----------------------------------------------------------------------------------


def _full(attempt: Attempt, k: int) -> Data:
    """The whole derivative with respect to a variable, by the engine."""
    x, root = attempt.variables[k], attempt.root
    if not attempt.question.jacobian:
        return attempt.right[k]
    seeds = np.eye(root.size).reshape(root.size, *root.shape)
    rows = [gradients(root, x, canonical(seed.astype(root.dtype))) for seed in seeds]
    return canonical(np.reshape(rows, attempt.expected(x)))


def _both(attempt: Attempt, k: int) -> tuple[Any, Any]:
    """The derivatives by formula and engine, as arrays."""
    right = np.asarray(_full(attempt, k))
    return np.broadcast_to(attempt.returned[k], right.shape), right


def worst(attempt: Attempt, k: int) -> tuple[tuple[int, ...], float, float]:
    """The entry of the largest error, and both numbers there."""
    claimed, right = _both(attempt, k)
    error = np.nan_to_num(np.abs(claimed - right), nan=np.inf)
    index = tuple(map(int, np.unravel_index(np.argmax(error), error.shape)))
    return index, float(claimed[index]), float(right[index])


def _error(attempt: Attempt, k: int) -> float:
    """The relative error of the worst entry."""
    _, claimed, right = worst(attempt, k)
    return abs(claimed - right) / max(abs(claimed), abs(right), 1e-300) if np.isfinite(claimed) else np.inf


def _compared(attempt: Attempt, k: int, name: str) -> Iterator[str]:
    """Both derivatives, with wrong entries marked; of large ones the worst entry."""
    claimed, right = _both(attempt, k)
    wrong = ~np.broadcast_to(attempt.same(k, claimed, right), right.shape)
    if right.size > MANY or right.ndim > 2:
        index, *numbers = worst(attempt, k)
        both = ", ".join(
            f"{who} {_number(x)}" for who, x in zip(("formula", "gradient"), numbers, strict=True)
        )
        yield f"  {name}: {wrong.sum()} of {right.size} entries are wrong, the worst{_entry(index)}: {both}"
        return
    for who, array in (("formula ", claimed), ("gradient", right)):
        lines = _rows(np.atleast_2d(array), np.atleast_2d(wrong & (array is claimed)))
        yield f"  {who}  {lines[0]}"
        yield from (f"  {' ' * len(who)}  {line}" for line in lines[1:])


def _rows(array: Any, marked: Any) -> list[str]:
    if array.size == 1:
        return [_number(float(array.flat[0]))]
    cells = [
        [_number(float(x)) + ("*" if mark else " ") for x, mark in zip(row, marks, strict=True)]
        for row, marks in zip(array, marked, strict=True)
    ]
    width = max(len(cell) for row in cells for cell in row)
    return [f"[{' '.join(cell.rjust(width) for cell in row)}]" for row in cells]


def _misshapen(given: Data, right: Data) -> Iterator[str]:
    """What makes a derivative of a wrong shape the right one."""
    given, right = np.asarray(given), np.asarray(right)
    if given.T.shape == right.shape and np.allclose(given.T, right):
        yield "it is the transpose of what it must be"
    for axis in range(given.ndim):
        for keepdims in (False, True):
            total = given.sum(axis, keepdims=keepdims)
            if total.shape == right.shape and np.allclose(total, right):
                yield f"the sum over axis {axis} is missing"


def described(attempt: Attempt) -> str:
    """The point, an argument after the other, as Python reads it; only large arrays are shortened."""
    names = attempt.question.names(len(attempt.point))
    return ", ".join(f"{name} = {_typed(data_of(x))}" for name, x in zip(names, attempt.point, strict=True))


def _typed(x: Any) -> str:
    """Data that can be pasted: the shortest digits that are the number, and lists in place of arrays."""
    if isinstance(x, float):
        return f"{x:g}" if float(f"{x:g}") == x else repr(float(x))
    if not isinstance(x, np.ndarray):
        return visible(repr(x))
    if x.size <= MANY:
        return str(x.tolist())
    return " ".join(np.array2string(x, precision=6, threshold=8, edgeitems=2, separator=", ").split())


def _number(x: float) -> str:
    return with_minus(f"{x + 0.0:.6g}")


def _entry(index: tuple[int, ...]) -> str:
    return f" at entry {index}" if index else ""
