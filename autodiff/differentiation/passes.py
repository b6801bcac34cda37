"""The passes of one differentiation: one, and where it gives nan, a second that knows structural zeros."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import Any

from ..ops.totals import squares
from ..values import modes
from ..values.data import Data, is_lazy
from ..values.operation import Operation
from ..values.value import Value, data_of
from .reverse import Mend, Nodes, Pending, ancestors, on_a_path, sweep
from .scalars import gradients_by_birth
from .structural_zeros import StructuralZeros
from .unwritten import refuse_written


def pulled_back(
    output: Value,
    targets: set[int] | None,
    seed: Data | Value,
    record: bool,
    create_graph: bool,
    here_alone: bool = True,
    linear: bool = False,
) -> tuple[Nodes, Pending]:
    """The nodes on a path to the targets, and the gradients of these; of all nodes without targets.

    `record` says that the pass itself is recorded, for a program or to be differentiated again, and
    `create_graph` that it is for the latter. A pass whose result holds nan is repeated with 0·∞ = 0 for
    structural zeros, unless what it records is to hold at other points, too, where these zeros are others.
    `linear` says that the output is a derivative, linear in the targets; zeros of other variables are none
    that are structural.
    Where data are costly to look at, where a program is to absorb, and where somebody looks at each
    contribution, the first pass knows structural zeros already.
    """
    how = record, create_graph, here_alone, linear
    if targets is None or (tracer := modes.tracer()) is None:
        return _pulled_back(output, targets, seed, *how)
    compute = partial(_of_columns, output, targets, seed, *how)
    return {}, tracer.pulled(output, seed, how, compute)


def _of_columns(output: Value, targets: set[int], *given: Any) -> Pending:
    """The gradients, while a program is recorded, where what is alike is computed side by side."""
    tracer: Any = modes.tracer()
    (output,) = tracer.side_by_side([output], targets)
    return _pulled_back(output, targets, *given)[1]


def _pulled_back(
    output: Value,
    targets: set[int] | None,
    seed: Data | Value,
    record: bool,
    create_graph: bool,
    here_alone: bool,
    linear: bool,
) -> tuple[Nodes, Pending]:
    tracer, look = modes.tracer(), modes.inspector()
    nodes = ancestors(output)
    leaves = [node for node in nodes.values() if node._operation is None]
    births = {leaf._birth for leaf in leaves}
    if targets is not None:
        nodes = on_a_path(nodes, births, targets)
    if output._birth not in nodes:
        return {}, {}
    kept = nodes.keys() if targets is None else targets
    given_away = [leaf for leaf in leaves if leaf._x is not None]
    if given_away and tracer is None:
        refuse_written(nodes, given_away)
    at_once = look is not None or (is_lazy(output._data) if tracer is None else tracer.absorbs)
    mend = _absorbing(nodes, output, seed, record, create_graph or linear) if at_once else None
    if look is not None and mend is not None:
        mend = _shown(mend, look)
    of_numbers = not record and mend is None and all(type(leaf._data) is float for leaf in leaves)
    found: Pending | None = gradients_by_birth(nodes, output, seed) if of_numbers else None
    if found is None:
        found = sweep(nodes, output, seed, kept, record, mend)
    if tracer is not None:
        tracer.passed([(nodes[birth], found.get(birth)) for birth in sorted(kept & nodes.keys())])
    elif mend is None and here_alone and _spoilt(map(found.get, births if targets is None else targets)):
        mend = _absorbing(nodes, output, seed, record, create_graph or linear)
        found = sweep(nodes, output, seed, kept, record, mend)
    return nodes, found


def _absorbing(nodes: Nodes, output: Value, seed: Any, record: bool, all_vary: bool) -> Mend:
    """What puts 0 for 0·∞ of structural zeros; `all_vary` says that no variable is one."""

    def depends(x: Value) -> bool:
        return (x._tracked if all_vary else x._birth in nodes) and not _is_flat(x._operation)

    return StructuralZeros(output, seed, record, depends).absorb


def _is_flat(operation: Operation | None) -> bool:
    """Whether an operation is constant between jumps, as a sign, so that nothing depends on its operands."""
    return operation is not None and all(rule == 0.0 for rule in operation.rules)


def _shown(mend: Mend, look: modes.Inspector) -> Mend:
    """What mends contributions, and shows what they were and are."""

    def shown(node: Value, g: Any, i: int, c: Any) -> Any:
        mended = mend(node, g, i, c)
        look(node, i, c, mended)
        return mended

    return shown


def _spoilt(gradients: Iterable[Any]) -> bool:
    """Whether a gradient holds nan."""
    return math.isnan(squares(map(data_of, gradients)))
