"""What may be asked for an animation, or for a live page: a number, and what it is differentiated by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import settings
from ..derivations.intermediates import Intermediates
from ..values.value import Value
from .propagation import Propagation, intermediates_of


def asked(
    function: str,
    value: Value,
    wrt: Value | Sequence[Value] | None,
    each_operation: bool | None,
    most: int,
    limit: str,
    remedy: str,
) -> Propagation:
    """The propagation through a graph of at most so many named values.

    Raises TypeError for anything but a Value; ValueError for an output that is not a number, depends on
    no variable or not on `wrt`, and for a larger graph.
    """
    if each_operation is not None:
        each_operation = settings.flag(f"{function}: each_operation", each_operation)
    targets = _targets(function, value, wrt)
    intermediates = intermediates_of(value, targets, each_operation)
    if len(intermediates.names) > most:
        raise ValueError(
            f"{function}: there are {len(intermediates.names):,} nodes, more than {limit}; take a "
            f"Value nearer to the leaves, name only the results that matter, or {remedy}"
        )
    _check_reached(function, value, targets, intermediates)
    return Propagation(intermediates, targets)


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
    nodes = {node.source._birth: node.id for node in intermediates.graph if isinstance(node.source, Value)}
    for target in targets:
        if target._birth not in nodes:
            raise ValueError(f"{function}: {value.described()} does not depend on {target.described()}")
        if nodes[target._birth] not in intermediates.names:
            raise ValueError(
                f"{function}: {target.described()} is not a step of its own; name it, "
                "or say each_operation=True"
            )
