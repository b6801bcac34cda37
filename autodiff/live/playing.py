"""play: a graph as a page in which every leaf can be moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, overload

from .. import settings
from ..animation.asked import asked
from ..graph import Graph, Node
from ..pictures.picture import DIRECTIONS, Direction
from ..programs.javascript.writing import MOST_LINES, javascript
from ..programs.listing import Listing
from ..settings import one_of
from ..values.value import Value
from .computation import MOST_CURVED, Computation
from .functions import Function, FunctionPage, Limits, played
from .gathering import MOST_CARDS, gathering
from .page import LivePage


@overload
def play(
    value: Value,
    wrt: Value | Sequence[Value] | None = None,
    *,
    each_operation: bool | None = None,
    direction: Direction = "LR",
    number_format: str = ".4g",
) -> LivePage: ...
@overload
def play(
    value: Function,
    start: float | Sequence[float],
    /,
    *,
    xlim: Limits | None = None,
    ylim: Limits | None = None,
) -> FunctionPage: ...
def play(
    value: Any,
    wrt: Any = None,
    *,
    each_operation: bool | None = None,
    direction: Direction = "LR",
    number_format: str = ".4g",
    xlim: Limits | None = None,
    ylim: Limits | None = None,
) -> Any:
    """Show a graph in which every leaf can be moved: drag a number or type it, and all others follow.

    wrt             the parameters, which steps downhill change: a Value or several; by default all variables
    each_operation  whether each operation has a card, or each value with a name, as in `animate`
    direction       where the edges point: "LR", "TB", "RL" or "BT" (left to right, top to bottom …)
    number_format   how numbers are written: ".4g" with four digits, ".1g" to ".15g" with others

    The page shows what a move was predicted to change and what it did change,

        predicted = η·∂R/∂θ,   actual = R(θ + η) − R(θ)

    bars of −∇R, and steps θ − s·∇R or, for at most 50 parameters, Newton's. A click on a card opens
    its derivation, in the numbers of the moment. Of a graph of at most 60 cards it asks for derivatives,
    with the hints of `exercise`, and marks formulas that are typed. It needs no network; what was moved is
    in its address, and behind *Copy state*.

    The page computes with a program of this graph, so what Python decided while it was recorded stays:
    branches, and conditions of `where`. Nothing in the graph is changed, not even `.grad`.

    Of a function of one or two variables, the curve or the contours are shown, from `xlim` and `ylim`: click
    a start, and step or run steepest descent and Newton side by side.

    >>> w, x = Value(0.5, "w"), Value(2.0, "x", constant=True)
    >>> R = (1.0 - w * x) ** 2; R.name = "R"
    >>> play(R)
    <R, live: 2 numbers to move, .save('name.html'), .html>
    >>> play(lambda x: x**4 - 2.0 * x, 1.5)
    <f, live: click a start, .save('name.html'), .html>

    Raises TypeError for anything but a Value, and for an operation that JavaScript has no spelling for;
    ValueError for an output that is not a number, depends on no variable or not on `wrt`, for arrays, for
    more than 300 cards, of which leaves that are used alike share one if need be, or 10,000 operations,
    and for a leaf that was changed after it was used. The page raises RuntimeError without Graphviz.
    """
    if callable(value) and not isinstance(value, Value):
        return played(value, wrt, xlim, ylim)
    if xlim is not None or ylim is not None:
        raise TypeError("play: xlim and ylim are of functions of one or two variables, not of a Value")
    direction = one_of("direction", direction, DIRECTIONS)
    digits = digits_of(number_format)
    if isinstance(value, Value):
        _check_size(Graph(value))
    passes = asked("play", value, wrt, each_operation)
    _check_numbers(passes.intermediates.graph)
    _check_cards(gathering(passes).cards)
    computation = Computation(passes)
    return LivePage(computation, javascript(_listings(computation), "play"), digits, direction)


def digits_of(number_format: str) -> int:
    """The digits that a format keeps. Raises ValueError for one that pages cannot write."""
    checked = settings.number_format("play: number_format", number_format)
    found = re.fullmatch(r"\.([1-9]|1[0-5])g", checked)
    if found is None:
        raise ValueError(
            "play: number_format must be one of '.1g' to '.15g', which the page can write, "
            f"got {number_format!r}"
        )
    return int(found[1])


def _check_size(graph: Graph) -> None:
    count = sum(node.operation is not None for node in graph)
    if count > MOST_LINES:
        raise ValueError(
            f"play: the graph has {count:,} operations, and a page computes at most {MOST_LINES:,}; take a "
            "Value nearer to the leaves, or fewer observations"
        )


def _check_numbers(graph: Graph) -> None:
    for node in graph:
        if node.shape:
            raise ValueError(
                f"play: only numbers can be moved, and {_described(node)} is an array of shape {node.shape}; "
                "write the graph with numbers, as nn.Network computes a single observation, or animate it"
            )


def _check_cards(count: int) -> None:
    if count > MOST_CARDS:
        raise ValueError(
            f"play: there are {count:,} cards, more than the {MOST_CARDS} that a page can follow, though "
            "leaves that are used alike share one; name only the results that matter and say "
            "each_operation=False, or take a Value nearer to the leaves, or fewer observations"
        )


def _described(node: Node) -> str:
    return repr(node.name) if node.name else f"a result of {node.symbol}" if node.symbol else "a constant"


def _listings(computation: Computation) -> dict[str, Listing]:
    """What the page computes, by name."""
    listings = {"main": computation.main.listing}
    if computation.main.checks_nan:
        listings["absorbing"] = computation.absorbing
    if len(computation.wrt) <= MOST_CURVED and len(computation.curvature.lines) <= MOST_LINES:
        listings["curvature"] = computation.curvature
    return listings
