"""What may be asked for an animation, or for a live page: a number, and what it is differentiated by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import settings
from ..derivations.intermediates import Intermediates
from ..values.value import Value
from .propagation import Propagation, intermediates_of

EXCERPT = 60
"""Named values of a graph with too many that are gone through: Graphviz lays out more in minutes."""


def asked(
    function: str,
    value: Value,
    wrt: Value | Sequence[Value] | None,
    each_operation: bool | None,
    most: float = math.inf,
) -> Propagation:
    """The propagation through a graph, of more than so many named values through those nearest to the output.

    Raises TypeError for anything but a Value; ValueError for an output that is not a number, depends on
    no variable or not on `wrt`.
    """
    if each_operation is not None:
        each_operation = settings.flag(f"{function}: each_operation", each_operation)
    targets = _targets(function, value, wrt)
    intermediates = intermediates_of(value, targets, each_operation)
    _check_reached(function, value, targets, intermediates)
    output = intermediates.graph.output.id
    if min(len(intermediates.names), len(intermediates.view.inputs(output))) > most:
        intermediates = Intermediates(value, each_operation=True, like=intermediates)
    is_large = len(intermediates.names) > most
    return Propagation(intermediates, targets, min(most, EXCERPT) if is_large else most)


def _targets(function: str, value: Value, wrt: Value | Sequence[Value] | None) -> list[Value]:
    """What to differentiate with respect to; nothing stands for all variables."""
    targets: list[Any] = list(wrt) if isinstance(wrt, (list, tuple)) else [] if wrt is None else [wrt]
    for given in (value, *targets):
        if not isinstance(given, Value):
            raise TypeError(f"{function}: expected a Value, got {type(given).__name__}")
        if given.constant:
            what = "depends on no variable" if given is value else "is a constant"
            raise ValueError(f"{function}: {given.described()} {what}, so there is no gradient to it")
    settings.output_is_number(function, value)
    return targets


def _check_reached(
    function: str, value: Value, targets: Sequence[Value], intermediates: Intermediates
) -> None:
    if not targets:
        return
    for target in targets:
        id = intermediates.graph.id_of(target)
        if id is None:
            raise ValueError(f"{function}: {value.described()} does not depend on {target.described()}")
        if id not in intermediates.names:
            raise ValueError(
                f"{function}: {target.described()} is not a step of its own; name it, "
                "or say each_operation=True"
            )
