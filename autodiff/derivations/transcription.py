"""Recorded graphs as symbolic expressions, and graphs of rules as the closed formulas of slopes.

A derivative is never written down twice: a rule is run on Values that are named after its operands,
and the graph that it records is the formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

import numpy as np

from ..graph import Graph, Node
from ..values.data import Data, is_lazy, shape_of
from ..values.declaration import elementwise, primitive
from ..values.operation import Operation, first_operand, ieee, second_operand
from ..values.value import Value, data_of
from .expression import Given, Number, Symbol, Term, evaluated
from .forms import operated, spread
from .templates import OPTION

PROBES = ((0.37, 1.41, 0.83, 2.9), (-0.7, -1.3, 2.3, -0.4), (1.9, -0.6, -3.1, 0.2), (-2.2, 0.9, 0.5, 1.7))
"""Points at which a closed formula is compared with the rule that it was written down from."""


def transcribed(value: Value | Data, known: Iterable[tuple[Value, Term]] = ()) -> Term:
    """The expression of a graph in the names of its leaves; raw data are numbers.

    What is `known` of some values stands for them.

    >>> x = Value(3.0, "x")
    >>> transcribed(+x)
    Symbol(name='x', shape=(), lower=None, sign='∂')
    """
    if not isinstance(value, Value):
        return _given(value)
    terms: list[Term] = []
    meant = {known_value._birth: term for known_value, term in known}
    for node in Graph(value):
        found = meant.get(node.source._birth) if isinstance(node.source, Value) else None
        terms.append(found or _term(node, [terms[i] for i in node.inputs]))
    return terms[-1]


def _term(node: Node, inputs: list[Term]) -> Term:
    operation = node.operation
    if operation is None:
        return Symbol(node.name, node.shape) if node.name else _given(node.data)
    return operated(operation, inputs, node.metadata, node.shape)


def _given(data: Data) -> Term:
    """Raw data: a number, an array of one number throughout, or an array."""
    if is_lazy(data):
        return Given(data)
    if not shape_of(data):
        return Number(float(data))
    if not isinstance(data, np.ndarray) or not data.size or np.any(data != data.flat[0]):
        return Given(data)
    return spread(Number(float(data.flat[0])), data.shape)


# -- rules that look at their operands -----------------------------------------------------------


def differentiable(operation: Operation, operands: tuple[Any, ...], metadata: dict[str, Any]) -> Operation:
    """The operation, with rules that have a closed formula.

    A rule that compares its operands, as those of relu and max do, leaves no trace of the comparison in
    its graph: the formula would hold on one side only. Such a rule becomes an operation itself, relu′.
    """
    picks = any(
        type(x) is Value and isinstance(x._data, tuple) for x in operands
    )  # a part of several results
    if picks or operation.many or all(map(_transparent, operation.rules)):
        return operation
    rules = []
    for i, rule in enumerate(operation.rules):
        if _transparent(rule) or _is_closed(rule, operation, operands, metadata):
            rules.append(rule)
        else:
            index = "₁₂₃₄₅"[i] if len(operands) > 1 else ""
            declare = elementwise if operation.elementwise else primitive
            word = operation.symbol if operation.symbol.isalpha() else operation.name
            rules.append(_opaque(f"{word}′{index}", rule, operation, declare))
    changed = copy(operation)
    changed.rules, changed.together = tuple(rules), None
    return changed


def _transparent(rule: Any) -> bool:
    """Whether a rule is a number, nothing, or an operand."""
    return rule is None or isinstance(rule, float) or rule in (first_operand, second_operand)


def _is_closed(rule: Any, operation: Operation, operands: tuple[Any, ...], metadata: dict[str, Any]) -> bool:
    """Whether what the rule records at these operands is right at other points, too."""
    if operation.elementwise and not _is_closed_for_numbers(rule, operation, operands, metadata):
        return False
    of_numbers = operation.elementwise and not any(map(shape_of, operands))
    return of_numbers or _holds_elsewhere(rule, operation, operands, metadata)


def _is_closed_for_numbers(
    rule: Any, operation: Operation, operands: tuple[Any, ...], metadata: dict[str, Any]
) -> bool:
    """The same for an elementwise rule, tried at one number for each operand."""
    here = [_trial_number(x, p) for x, p in zip(operands, PROBES[0], strict=False)]
    output = Value(ieee(operation.forward, *here, **metadata), "1")
    slope = rule(output, *_named(operands, here), **metadata)
    operations = [node.operation for node in Graph(slope)] if isinstance(slope, Value) else []
    if operations and not any(operation and operation.selecting for operation in operations):
        return True
    formula = transcribed(slope)
    points = [
        [np.float64(p if type(x) is Value else h) for x, h, p in zip(operands, here, probe, strict=False)]
        for probe in PROBES
    ]
    return all(_holds_at(point, formula, rule, operation, metadata, 1e-9) for point in points)


def _trial_number(x: Any, otherwise: float) -> float:
    """A number to try a rule at: the operand itself, or another for an array of variables, lazy or empty."""
    data = data_of(x)
    if is_lazy(data) or (shape_of(x) and type(x) is Value) or not np.size(data):
        return otherwise
    return float(np.ravel(data)[0])


def _named(operands: Sequence[Any], here: Sequence[Data]) -> list[Any]:
    """The operands with these data: variables by the names 2, 3 …, all others as they are."""
    pairs = enumerate(zip(operands, here, strict=True), 2)
    return [Value(data, f"{i}") if type(x) is Value else data for i, (x, data) in pairs]


@np.errstate(all="ignore")
def _holds_elsewhere(
    rule: Any, operation: Operation, operands: tuple[Any, ...], metadata: dict[str, Any]
) -> bool:
    """The same for a rule of whole arrays: only arrays that it brings in can make it wrong elsewhere."""
    here = [*map(data_of, operands)]
    found = operation.forward(*here, **metadata)
    if isinstance(found, tuple) or any(map(is_lazy, (found, *here))):
        return True
    given = [Value(np.ones(shape_of(found)), "0"), Value(found, "1"), *_named(operands, here)]
    slope = rule(*given[operation.elementwise :], **metadata)
    if not isinstance(slope, Value):
        return True
    graph = Graph(slope)
    if not (_rearranges(operation) or "index" in metadata) and any(
        _is_machinery(node, graph) for node in graph
    ):
        return False
    brought = (node.data for node in graph if node.kind == "number" and node.shape)
    if all(any(data is own for own in here) for data in brought):
        return True
    there = [_moved(data) if type(x) is Value else data for x, data in zip(operands, here, strict=True)]
    return _holds_at(there, transcribed(slope), rule, operation, metadata, 1e-5)


def _is_machinery(node: Node, graph: Graph) -> bool:
    """Whether a node of a rule moves entries about, as reshape does: a program's way, not a formula's.

    A vector as a column or a row is none.
    """
    if node.operation is None:
        return False
    index = node.metadata.get("index", ())
    sliced = any(entry is None or entry is ... for entry in (index if isinstance(index, tuple) else (index,)))
    is_vector = len(graph[node.inputs[0]].shape) == 1 and len(node.shape) == 2
    return _rearranges(node.operation) or (sliced and not is_vector)


def _rearranges(operation: Operation) -> bool:
    return operation.linear and not (operation.elementwise or operation.typeset or operation.conforming)


def _moved(data: Data) -> Data:
    """Data for which comparisons come out otherwise: each is in the next place, and no two are equal."""
    return np.roll(data, 1) + np.linspace(0.05, 0.15, np.size(data)).reshape(np.shape(data))


@np.errstate(all="ignore")
def _holds_at(
    there: Sequence[Data],
    formula: Term,
    rule: Any,
    operation: Operation,
    metadata: dict[str, Any],
    tolerance: float,
) -> bool:
    """Whether a formula is what the rule makes of other operands; its names are 0 for g, 1 for the output."""
    try:
        found = operation.forward(*there, **metadata)
        data = [np.ones(np.shape(found)), found, *there]
        slope = rule(*data[operation.elementwise :], **metadata)
    except ValueError:  # as of a matrix that has no inverse
        return True
    expected = evaluated(formula, {f"{i}": x for i, x in enumerate(data)})
    return bool(np.allclose(expected, slope, tolerance, 0.0, True))


def _opaque(name: str, rule: Any, of: Operation, declare: Any) -> Any:
    """A rule as an operation of all that it is given, with the options of the one whose slope it is."""

    def slope(*operands: Data, **metadata: Any) -> Data:
        return np.multiply(rule(*operands, **metadata), 1.0)

    slope.__name__ = name
    declared = declare(doperands=0.0)(slope)
    declared.operation.metadata, declared.operation.defaults = of.metadata, of.defaults
    options = "".join(f"{{{option}{style}}}" for option, style in OPTION.findall(of.typeset or ""))
    declared.operation.typeset = f"{name}{options}({{*}})" if options else None
    return declared
