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
from .assembly import assembled, leading_to
from .bench import Bench, Node, Plan, upto
from .catalogue import named
from .expression import Expression
from .offers import Operations, offered
from .strategies import arrays as arrays_of

Inputs: TypeAlias = int | Sequence[Shape | SearchStrategy[Data]]


@cache
def _more(lines: int) -> SearchStrategy[bool]:
    """Whether one more line is tried: so many, about as often as not."""
    return st.sampled_from([False, *[True] * lines])


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
    given = () if isinstance(inputs, int) else tuple(inputs)
    most = inputs if isinstance(inputs, int) else len(given)
    plan = Plan(drawables, most, max_operations, depth, not arrays, broadcasting, kinks)
    dtypes = dtype if isinstance(dtype, SearchStrategy) else st.just(np.dtype(dtype))
    return _expressions(plan, given, dtypes, output == "number")


@st.composite
def _expressions(
    draw: DrawFn,
    plan: Plan,
    given: tuple[Shape | SearchStrategy[Data], ...],
    dtypes: SearchStrategy[Any],
    number: bool,
) -> Expression:
    bench = Bench(draw, plan, np.dtype(draw(dtypes)))
    for one in given:
        bench.input(draw(one if isinstance(one, SearchStrategy) else arrays_of(one, bench.dtype)))
    for n in range(plan.most_operations):
        if n and not draw(_more(plan.most_operations)):
            break
        bench.line()
    result = _result(bench)
    for node in bench.inputs if given else ():
        if not node.uses:
            result = bench.add(named("add"), "x + y", result, _number(bench, node)) or reject()
    return assembled(_number(bench, result) if number else result, bench.inputs)


def _result(bench: Bench) -> Node:
    """The node with the most operations behind it."""
    lines = [node for node in bench.nodes if node.operands]
    return max(reversed(lines), key=lambda node: len(leading_to(node))) if lines else reject()


def _number(bench: Bench, node: Node) -> Node:
    """Its sum, or where that is too large, its mean."""
    if not node.shape:
        return node
    spellings = named("sum").spelled(node.shape)[:3]
    total = bench.add(named("sum"), spellings[bench.draw(upto(2))], node)
    return total or bench.add(named("mean"), "np.mean(x)", node) or reject()
