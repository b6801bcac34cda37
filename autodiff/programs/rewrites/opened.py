"""Operations made of others, as these: each part can then be shared, and computed in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Graph
from ...ops import divide, exp, log, log_softmax, sigmoid, softmax, subtract
from ...ops.gaussian import _by_tanh, _tanh_slope
from ...ops.normalization import _layer_norm as layer_norm
from ...values.modes import differentiating
from ...values.value import Value
from ..listing import Line
from .draft import Draft, rule


@rule(
    "softmax, its logarithm, σ, layer_norm and gelu by tanh are what they are made of, to the last digits",
    softmax,
    log_softmax,
    sigmoid,
    layer_norm,
    _by_tanh,
    _tanh_slope,
    exact=False,
)
def opened(draft: Draft, line: Line) -> int | None:
    if not line.shape or line.operation is None:
        return None
    inputs = [_operand(draft.lines[i]) for i in line.inputs]
    try:
        with np.errstate(all="ignore"), differentiating():
            result = line.operation.forward(*inputs, **line.metadata)
    except (TypeError, ValueError, AttributeError):
        return None
    if not isinstance(result, Value):
        return None
    graph = Graph(result)
    operations = [node.operation for node in graph if node.operation is not None]
    if len(operations) < 2 or line.operation in operations:
        return None
    positions = {id(x): i for x, i in zip(inputs, line.inputs, strict=True)}
    return _written(draft, graph, positions)


def _operand(line: Line) -> Any:
    """A constant as it is, so that a body sees plain numbers; anything else as a Value."""
    return line.data if line.kind == "constant" else Value(line.data)


def _written(draft: Draft, graph: Graph, positions: dict[int, int]) -> int:
    """The recorded body, line by line."""
    at: list[int] = []
    for node in graph:
        if node.operation is not None:
            at.append(draft.apply(node.operation, [at[i] for i in node.inputs], node.metadata))
        else:
            known = positions.get(id(node.source))
            at.append(draft.constant(node.data) if known is None else known)
    return at[-1]


@rule("exp(x − log t) is exp(x)/t where exp(x) is there already, to the last digits", exp, exact=False)
def share(draft: Draft, line: Line) -> int | None:
    """A softmax from the logarithm of one."""
    difference = draft.made_by(line.inputs[0], subtract)
    if difference is None:
        return None
    x, y = difference.inputs
    logarithm, e = draft.made_by(y, log), draft.known(exp, x)
    return draft.add(divide, e, logarithm.inputs[0]) if logarithm and e is not None else None
