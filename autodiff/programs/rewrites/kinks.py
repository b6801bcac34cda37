"""Questions about the operand of a rectifier, asked of its result: the operand need not be kept."""

from __future__ import annotations

from ...ops import relu
from ...values.operation import Operation
from ..listing import Line
from ..tracing.conditions import Condition
from .draft import Draft, rule

__all__ = ["RULES"]


def _asks_for_more(operation: Operation) -> bool:
    return isinstance(operation, Condition) and operation.name == "greater"


@rule("x > 0 is relu(x) > 0, where relu(x) is there already", suits=_asks_for_more)
def more_than_nothing(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    rectified = draft.known(relu, x)
    if rectified is None or line.operation is None or draft.number(y) != 0.0:
        return None
    return draft.apply(line.operation, (rectified, y), line.metadata)


RULES = [more_than_nothing]
