"""Recorded graphs as symbolic expressions, and graphs of rules as the closed formulas of slopes.

A derivative is never written down twice: a rule is run on Values that are named after its operands,
and the graph that it records is the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from functools import partial
from typing import Any

import numpy as np

from ..graph import Graph, Node
from ..values.data import Data, is_lazy, shape_of
from ..values.declaration import elementwise, primitive
from ..values.operation import Operation, first_operand, ieee, second_operand
from ..values.value import Value, data_of
from .expression import Given, Number, Symbol, Term, evaluated
from .forms import operated, spread

__all__ = ["differentiable", "transcribed"]

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
    if operation.many or all(map(_transparent, operation.rules)) or any(map(_is_several, operands)):
        return operation
    rules = []
    for i, rule in enumerate(operation.rules):
        if _transparent(rule) or _is_closed(rule, operation, operands, metadata):
            rules.append(rule)
        else:
            index = "₁₂₃₄₅"[i] if len(operands) > 1 else ""
            declare = elementwise if operation.elementwise else primitive
            rules.append(_opaque(f"{operation.symbol}′{index}", rule, metadata, declare))
    changed = copy(operation)
    changed.rules = tuple(rules)
    return changed


def _transparent(rule: Any) -> bool:
    """Whether a rule is a number, nothing, or an operand."""
    return rule is None or isinstance(rule, float) or rule in (first_operand, second_operand)


def _is_several(x: Any) -> bool:
    """Whether an operand is several results in one, of which an operation only picks a part."""
    return type(x) is Value and isinstance(x._data, tuple)


def _is_closed(rule: Any, operation: Operation, operands: tuple[Any, ...], metadata: dict[str, Any]) -> bool:
    """Whether what the rule records at these operands is right at other points, too."""
    if operation.elementwise and not _is_closed_for_numbers(rule, operation, operands, metadata):
        return False
    return not any(map(shape_of, operands)) or _holds_elsewhere(rule, operation, operands, metadata)


def _is_closed_for_numbers(
    rule: Any, operation: Operation, operands: tuple[Any, ...], metadata: dict[str, Any]
) -> bool:
    """The same for an elementwise rule, tried at one number for each operand."""
    here = [_trial_number(x, p) for x, p in zip(operands, PROBES[0], strict=False)]
    pairs = enumerate(zip(operands, here, strict=True), 1)
    names = [Value(p, f"{i}") if type(x) is Value else p for i, (x, p) in pairs]
    slope = rule(Value(ieee(operation.forward, *here, **metadata), "0"), *names, **metadata)
    if isinstance(slope, Value) and not any(map(_selects, Graph(slope))):
        return True
    formula = transcribed(slope)
    points = [
        [p if type(x) is Value else h for x, h, p in zip(operands, here, probe, strict=False)]
        for probe in PROBES
    ]
    forward, slopes = partial(operation.forward, **metadata), partial(rule, **metadata)
    return all(_agree(formula, forward, slopes, point) for point in points)


def _selects(node: Node) -> bool:
    return node.operation is not None and node.operation.selecting


def _trial_number(x: Any, otherwise: float) -> float:
    """A number to try a rule at: the operand itself, or another for an array of variables or a lazy one."""
    data = data_of(x)
    if is_lazy(data) or (shape_of(x) and type(x) is Value):
        return otherwise
    return float(np.ravel(data)[0])


@np.errstate(all="ignore")
def _agree(
    formula: Term, forward: Callable[..., Data], rule: Callable[..., Data], point: list[float]
) -> bool:
    data = [forward(*map(np.float64, point)), *map(np.float64, point)]
    found = evaluated(formula, {f"{i}": x for i, x in enumerate(data)})
    return bool(np.allclose(found, rule(*data), 1e-9, 0.0, True))


@np.errstate(all="ignore")
def _holds_elsewhere(
    rule: Any, operation: Operation, operands: tuple[Any, ...], metadata: dict[str, Any]
) -> bool:
    """The same for a rule of whole arrays: only arrays that it brings in can make it wrong elsewhere."""
    here = [*map(data_of, operands)]
    found = operation.forward(*here, **metadata)
    if isinstance(found, tuple) or any(map(is_lazy, (found, *here))):
        return True
    pairs = enumerate(zip(operands, here, strict=True), 2)
    names = [Value(data, f"{i}") if type(x) is Value else data for i, (x, data) in pairs]
    given = [Value(np.ones(shape_of(found)), "0"), Value(found, "1"), *names]
    slope = rule(*given[operation.elementwise :], **metadata)
    if not isinstance(slope, Value):
        return True
    brought = (node.data for node in Graph(slope) if node.kind == "number" and node.shape)
    if all(any(data is own for own in here) for data in brought):
        return True
    there = [_moved(data) if type(x) is Value else data for x, data in zip(operands, here, strict=True)]
    return _same_elsewhere(transcribed(slope), rule, operation, there, metadata)


def _moved(data: Data) -> Data:
    """Data for which comparisons come out otherwise: each is in the next place, and no two are equal."""
    return np.roll(data, 1) + np.linspace(0.05, 0.15, np.size(data)).reshape(np.shape(data))


def _same_elsewhere(
    formula: Term, rule: Any, operation: Operation, there: list[Data], metadata: dict[str, Any]
) -> bool:
    try:
        found = operation.forward(*there, **metadata)
        data = [np.ones(np.shape(found)), found, *there]
        slope = rule(*data[operation.elementwise :], **metadata)
    except ValueError:  # as of a matrix that has no inverse
        return True
    return bool(
        np.allclose(evaluated(formula, {f"{i}": x for i, x in enumerate(data)}), slope, 1e-5, 0.0, True)
    )


def _opaque(name: str, rule: Any, metadata: dict[str, Any], declare: Any) -> Any:
    """A rule as an operation of all that it is given."""

    def slope(*operands: Data) -> Data:
        return np.multiply(rule(*operands, **metadata), 1.0)

    slope.__name__ = name
    declared = declare(doperands=0.0)(slope)
    return lambda *operands, **_: declared(*operands)
