"""A loop that hands something on, as the engine records it, step by step: its rows, carry, and results."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..ops import getitem, stack
from ..ops.joining import _split
from ..values import modes
from ..values.data import as_data, canonical, dtype_of, shape_of
from ..values.scopes import mark_call, mark_carry
from ..values.value import Value, births
from .carry_names import carry_names
from .engine import in_numbers
from .structure import leaves, leaves_like, mapped, named_leaves, rebuilt

Step: TypeAlias = Callable[[Any, Any], tuple[Any, Any]]

FEW = 16
"""Rows that are taken out of an array one by one."""


class Loop(NamedTuple):
    """A scan whose arguments were checked. In `carry` and `xs` are Values and raw data."""

    step: Step
    carry: Any
    xs: Any
    length: int
    reverse: bool
    checkpoint: int | None

    @property
    def title(self) -> str:
        """What one step is called."""
        name = getattr(self.step, "__name__", "step").strip("<>_")
        return "step" if name == "lambda" else name

    @property
    def order(self) -> range:
        """The places in the order in which they are come to."""
        return range(self.length)[::-1] if self.reverse else range(self.length)

    def stepped(self, carry: Any, x: Any) -> tuple[Any, Any]:
        """One step; its carry is like the one before. Raises TypeError and ValueError where it is not."""
        result = self.step(carry, x)
        if not isinstance(result, tuple) or len(result) != 2:
            told = f"a tuple of {len(result)}" if isinstance(result, tuple) else f"a {type(result).__name__}"
            raise TypeError(
                f"scan: {self.title} must return (carry, y), got {told}; return (carry, None) if there is "
                "nothing to collect"
            )
        new, y = result
        return _as_before(new, carry, self.title), entered(y, "y")

    def unrolled(self) -> tuple[Any, Any]:
        """The loop, recorded step by step."""
        carry, found, names = self.carry, dict[int, Any](), carry_names(self.step, self.carry)
        row = rows_of(self.xs, self.length)
        for t in self.order:
            since = next(births)
            carry, found[t] = self.stepped(carry, row(t))
            mark_call(leaves((carry, found[t])), self.title, since)
            for name, x in zip(names, leaves(carry), strict=True):
                mark_carry(x, name, since)
        return carry, collected([found[t] for t in range(self.length)] or [self.imagined()], self.length)

    def imagined(self) -> Any:
        """What one step would collect."""
        with modes.no_grad():
            rows = mapped(lambda x: np.zeros(shape_of(x)[1:], dtype_of(x)), self.xs)
            return self.stepped(self.carry, entered(rows, "x"))[1]


# -- arguments ---------------------------------------------------------------------------------


def entered(tree: Any, name: str) -> Any:
    """Values, and numbers and arrays as data. Raises TypeError for what is neither, naming its place."""
    try:
        return mapped(lambda x: in_numbers(x) if type(x) is Value else as_data(x, copy=False), tree)
    except (TypeError, ValueError):
        for place, x in named_leaves(tree, name):
            _check_data(x, place)
        raise


def _check_data(x: Any, place: str) -> None:
    try:
        x if type(x) is Value else as_data(x, copy=False, what=f"scan: {place}")
    except TypeError:
        raise TypeError(
            f"scan: {place} must be numbers and arrays, alone or in tuples, lists and dicts, got a "
            f"{type(x).__name__}; what only chooses what is computed belongs into the closure of step"
        ) from None


def _as_before(new: Any, old: Any, title: str) -> Any:
    """A carry that is like the one before, as data."""
    new = entered(new, "carry")
    try:
        found = leaves_like(new, old, "carry")
    except ValueError as error:
        raise ValueError(f"scan: {title} must keep the structure of its carry: {error}") from None
    for x, y in zip(found, leaves(old), strict=True):
        if x is not y and (shape_of(x), dtype_of(x)) != (shape_of(y), dtype_of(y)):
            names = (name for name, entry in named_leaves(old, "carry") if entry is y)
            raise _changed(next(names), y, x, title)
    return new


def _changed(name: str, old: Any, new: Any, title: str) -> ValueError:
    """The error of a carry that has become another shape or dtype."""
    what, of = ("shape", shape_of) if shape_of(old) != shape_of(new) else ("dtype", dtype_of)
    return ValueError(
        f"scan: {title} must keep the {what} of its carry: {name} was {of(old)}, and is {of(new)} after a "
        "step; start with what the steps return"
    )


# -- rows --------------------------------------------------------------------------------------


def rows_of(xs: Any, length: int) -> Callable[[int], Any]:
    """What a step is given, by its place."""
    if type(xs) is list:
        return xs.__getitem__
    rows = [_rows(x, length) for x in leaves(xs)]
    return lambda t: rebuilt(xs, iter([row(t) for row in rows]))


def _rows(x: Any, length: int) -> Callable[[int], Any]:
    if type(x) is not Value:
        return lambda t: canonical(x[t])
    if length <= FEW:
        return partial(getitem, x)
    return _split(x, indices=tuple(range(length))).__getitem__  # one by one, the gradient would be n of them


def collected(ys: list[Any], length: int, name: str = "y") -> Any:
    """What the steps gave, stacked."""
    first = ys[0]
    if not length:
        return mapped(lambda y: np.zeros((0, *shape_of(y)), dtype_of(y)), first)
    columns = [leaves_like(y, first, f"{name} of one step") for y in ys]
    places = [place for place, _ in named_leaves(first, name)]
    return rebuilt(
        first, iter([_stacked(list(c), p) for c, p in zip(zip(*columns, strict=True), places, strict=True)])
    )


def _stacked(rows: list[Any], name: str) -> Any:
    shapes = [*map(shape_of, rows)]
    if len({*shapes}) > 1:
        other = next(shape for shape in shapes if shape != shapes[0])
        raise ValueError(f"scan: all steps must give {name} of one shape, got {shapes[0]} and {other}")
    return stack(rows)
