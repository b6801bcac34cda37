"""What the lines of a program are called: what f computes as everywhere, in pictures and derivations.

What derivatives are computed by has its names from what it is the derivative of, ∂u₁; a result that f
does not name has none.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...graph import Graph, Node
from ...naming import Names
from ...values.operation import inputs_of
from ...values.value import Value
from .origins import Origins


def names_of(origins: Origins, nodes: Sequence[Value]) -> dict[int, str]:
    """The names of recorded nodes, by birth; names of the user's stay as they were typed."""
    results = _results(origins, nodes)
    if not results:
        return {}
    graph = Graph(results)
    names = Names(graph, as_typed=True)
    told: dict[int, str] = {}
    for node in graph:
        name = node.name if _is_copy(graph, node) else names[node.id]
        if name and isinstance(node.source, Value) and (node.name or node not in graph.outputs):
            told[node.source._birth] = name
    return told


def _is_copy(graph: Graph, node: Node) -> bool:
    """Whether it is called as what it is a copy of: an argument of a function that is differentiated."""
    operation = node.operation
    return operation is not None and operation.formula == "x" and graph[node.inputs[0]].name == node.name


def _results(origins: Origins, nodes: Sequence[Value]) -> list[Value]:
    """What f computes and uses for nothing but derivatives, which are left out."""
    derived: set[int] = set()
    used: set[int] = set()
    for node in nodes:
        inputs = {x._birth for x in inputs_of(node) if isinstance(x, Value)}
        if origins.is_derived(node) or not inputs.isdisjoint(derived):
            derived.add(node._birth)
        else:
            used |= inputs
    inner = used | derived
    return [node for node in nodes if node._birth not in inner]
