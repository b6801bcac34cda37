"""The strategy of random expressions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..values.data import Data, Shape
from .assembly import finished
from .bench import Bench, Plan, Wish
from .catalogue.drawable import SHAPES
from .expression import Expression
from .offers import Operations, offered
from .strategies import arrays as arrays_of

MANY = 59
"""Choices are numbers up to this, which many counts divide."""

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
    """Random expressions: functions of Values, each with a point inside all domains.

    >>> from hypothesis import find
    >>> find(expressions(["tanh"]), lambda e: True).text
    'tanh(x)'
    """
    families = {
        "elementwise": True,
        "reductions": reductions,
        "shaping": shaping,
        "indexing": indexing,
        "selection": selection,
        "products": products,
        "linear_algebra": linear_algebra,
    }
    drawables = offered(operations, {family for family, wanted in families.items() if wanted}, arrays, kinks)
    dtypes = dtype if isinstance(dtype, SearchStrategy) else st.just(dtype)
    given = not isinstance(inputs, int)
    wishes = st.lists(_wishes(len(drawables)), min_size=1, max_size=max_operations)

    @cache
    def planned(chosen: Any) -> tuple[Plan, SearchStrategy[Sequence[Data]]]:
        plan = Plan(drawables, np.dtype(chosen), depth, not arrays, broadcasting, kinks, given)
        return plan, _numbers(inputs, plan)

    @st.composite
    def expression(draw: DrawFn) -> Expression:
        plan, pool = planned(draw(dtypes))
        bench = Bench(plan, [*draw(pool)])
        while bench.left and given:
            bench.input(bench.left[0])
        for wish in draw(wishes):
            bench.try_line(Wish(*wish))
        return finished(bench, output == "number") or reject()

    return expression()


def _wishes(operations: int) -> SearchStrategy[tuple[int, ...]]:
    """What lines are chosen by."""
    choice = st.integers(0, MANY)
    return st.tuples(st.integers(0, operations - 1), choice, choice, choice)


def _numbers(inputs: Inputs, plan: Plan) -> SearchStrategy[Sequence[Data]]:
    """Numbers for inputs."""
    if not isinstance(inputs, int):
        return st.tuples(*(x if isinstance(x, SearchStrategy) else arrays_of(x, plan.dtype) for x in inputs))
    shapes = ((),) if plan.only_numbers else SHAPES
    return st.lists(arrays_of(st.sampled_from(shapes), plan.dtype), min_size=1, max_size=inputs)
