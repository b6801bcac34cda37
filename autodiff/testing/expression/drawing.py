"""The strategy of random expressions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ...settings import chosen, whole
from ...values.data import Data, Shape, canonical, dtype_of
from ..domains import REAL
from ..dtypes import of_dtype
from ..strategies import arrays as arrays_of
from .assembly import finished
from .builder import Builder, Offer, Wish
from .catalogue.drawable import SHAPES
from .expression import Expression
from .offers import Operations, offered

MANY = 59
"""Choices are numbers up to this, which many counts divide."""

OUTPUTS = {"number": True, "any": False}
"""What may be asked of the value, and whether that is a number."""

Inputs: TypeAlias = int | Sequence[Shape | SearchStrategy[Data]]


def expressions(
    operations: Operations = None,
    *,
    depth: int | None = None,
    max_operations: int = 8,
    inputs: Inputs = 3,
    dtype: Any = np.float64,
    output: Literal["number", "any"] = "number",
    arrays: bool = True,
    kinks: bool = False,
    broadcasting: bool = True,
    reductions: bool = True,
    shaping: bool = True,
    indexing: bool = True,
    selection: bool = True,
    products: bool = True,
    linear_algebra: bool = True,
) -> SearchStrategy[Expression]:
    """Random expressions: functions of Values, each with a point that is inside all domains.

    What is drawn is well-conditioned for finite differences: values and slopes are of moderate size, and no
    part is near a pole or a kink. It shrinks towards few operations, few inputs, and the numbers 1, 2 and 3:
    at 0, or where inputs are equal, a wrong derivative may look right. An operation that needs a regular
    matrix is given A·Aᵀ + diag(1, 2, …).

    operations       names (of operations, or of families: see `Drawable`), functions, or `Drawable`s; or a
                     dict from these to the Domain of the operand, or to those of all operands. A function of
                     your own, declared or not, takes real numbers if nothing is said. All by default
    depth            operations on the longest way from an input to the value; no bound by default
    max_operations   lines that are tried; a sum that makes the value a number, and what makes a matrix
                     regular, are not counted
    inputs           at most so many; or the shape of each, or a strategy of its data
    dtype            of the inputs; or a strategy of dtypes
    output           "number", for functions that have a gradient, or "any" shape
    arrays           whether there are arrays, or numbers alone
    kinks            whether the point may lie on a kink: ties, and bounds of clip; `Expression.kinks` tells
    broadcasting     whether operands of different shapes meet
    (the others)     families that are left out where they are false, if no operations are given

    Raises ValueError for a name, an output or a dtype that is not known, and where no operation is left.

    >>> from hypothesis import find
    >>> find(expressions(["tanh"]), lambda e: True).text
    'tanh(x)'
    """
    number = chosen("output", output, OUTPUTS)
    whole("expressions: max_operations", max_operations, 1)
    all_inputs = not isinstance(inputs, int)
    if not all_inputs:
        whole("expressions: inputs", inputs, 1)
    families = {
        "elementwise": True, "reductions": reductions, "shaping": shaping, "indexing": indexing,
        "selection": selection, "products": products, "linear_algebra": linear_algebra,
    }  # fmt: skip
    drawables = offered(operations, {family for family, wanted in families.items() if wanted}, arrays, kinks)
    wishes = _wishes(len(drawables), max_operations)

    @cache
    def of_one(dtype: np.dtype[Any]) -> SearchStrategy[Expression]:
        offer = Offer(drawables, dtype, depth, arrays, broadcasting, kinks, all_inputs)
        return _built(offer, _numbers(inputs, offer), wishes, number)

    return of_dtype(dtype, of_one, "expressions")


def _built(
    offer: Offer, pool: SearchStrategy[list[Data]], wishes: SearchStrategy[list[Wish]], number: bool
) -> SearchStrategy[Expression]:
    """Expressions of what is offered, from numbers for inputs and wishes for lines."""

    @st.composite
    def expression(draw: DrawFn) -> Expression:
        builder = Builder(offer, draw(pool))
        for wish in draw(wishes):
            builder.try_line(wish)
        return finished(builder, number) or reject()

    return expression()


def _wishes(operations: int, most: int) -> SearchStrategy[list[Wish]]:
    """What lines are chosen by; how many at least is drawn first, since hypothesis draws short lists."""
    choice = st.integers(0, MANY)
    wish = st.builds(Wish, st.integers(0, operations - 1), choice, choice, choice)

    @cache
    def at_least(least: int) -> SearchStrategy[list[Wish]]:
        return st.lists(wish, min_size=least, max_size=most)

    return st.integers(1, (most + 1) // 2).flatmap(at_least)


def _numbers(inputs: Inputs, offer: Offer) -> SearchStrategy[list[Data]]:
    """Numbers for inputs."""
    if not isinstance(inputs, int):
        given = (x if isinstance(x, SearchStrategy) else arrays_of(x, offer.dtype) for x in inputs)
        counted = [not isinstance(x, SearchStrategy) for x in inputs]
        return st.tuples(*given).map(lambda pool: _counted(pool, counted))
    shapes = SHAPES if offer.arrays else ((),)
    drawn = st.lists(arrays_of(st.sampled_from(shapes), offer.dtype), min_size=1, max_size=inputs)
    return drawn.map(lambda pool: _counted(pool, [True] * inputs))


def _counted(pool: Sequence[Data], which: Sequence[bool]) -> list[Data]:
    """The numbers, to each of those in question added 1, 2 or 3 in turn: what 0 shrinks to.

    What leaves the range from −5 to 5 comes in again at its other end.
    """
    start, found = 0, list[Data]()
    for data, is_counted in zip(pool, which, strict=False):
        steps = 1.0 + (start + np.arange(np.size(data))).reshape(np.shape(data)) % 3
        raised = np.add(data, steps).astype(dtype_of(data))
        raised = np.where(raised > REAL.high, raised - (REAL.high - REAL.low), raised)
        found.append(canonical(raised.astype(dtype_of(data))) if is_counted else data)
        start += np.size(data)
    return found
