"""Recorded graphs as symbolic expressions, and graphs of rules as the closed formulas of slopes.

A derivative is never written down twice: a rule is run on Values that are named after its operands,
and the graph that it records is the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import partial
from typing import Any

import numpy as np

from ..graph import Graph, Node
from ..ops.elementary import log
from ..ops.shaping import broadcast_to
from ..values.data import Data, Shape, is_lazy, shape_of
from ..values.declaration import elementwise, primitive
from ..values.modes import differentiating
from ..values.operation import Operation, first_operand, ieee, second_operand
from ..values.value import Value, data_of
from .expression import Call, Given, Number, Sum, Symbol, Term, evaluated, shape_of_term
from .simplification import grouped, power, product, total

__all__ = ["differentiable", "transcribed"]

MINUS_ONE, TWO, HALF = Number(-1.0), Number(2.0), Number(0.5)

PROBES = ((0.37, 1.41, 0.83, 2.9), (-0.7, -1.3, 2.3, -0.4), (1.9, -0.6, -3.1, 0.2), (-2.2, 0.9, 0.5, 1.7))
"""Points at which a closed formula is compared with the rule that it was written down from."""


def _slope_of_power(x: Term, y: Term) -> Term:
    return product([y, power(x, total([y, MINUS_ONE]))])


def _log(x: Term) -> Term:
    return Call(vars(log)["operation"], (x,), shape_of_term(x), {}, "log")


def _quotient(x: Term, y: Term) -> Term:
    return product([x, power(y, MINUS_ONE)])


FORMS: Mapping[str, Callable[..., Term]] = {
    "add": lambda x, y: grouped([x, y], Sum),
    "subtract": lambda x, y: grouped([x, product([MINUS_ONE, y])], Sum),
    "multiply": lambda x, y: product([x, y]),
    "divide": _quotient,
    "ratio": _quotient,
    "xdivy": _quotient,
    "negative": lambda x: product([MINUS_ONE, x]),
    "positive": lambda x: x,
    "identity": lambda x: x,
    "power": power,
    "power_slope": _slope_of_power,
    "power_log": lambda x, y: product([power(x, y), _log(x)]),
    "square": lambda x: power(x, TWO),
    "reciprocal": lambda x: power(x, MINUS_ONE),
    "sqrt": lambda x: power(x, HALF),
}
"""How operations are written that have a notation of their own; all others are calls."""


def transcribed(value: Value | Data, known: Iterable[tuple[Value, Term]] = ()) -> Term:
    """The expression of a graph in the names of its leaves; raw data are numbers.

    What is `known` of some values stands for them.

    >>> x = Value(3.0, "x")
    >>> transcribed(x + x) == product([Number(2.0), Symbol("x")])
    True
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
    if operation.name in FORMS and not node.metadata:
        return FORMS[operation.name](*inputs)
    if operation.name == "where":
        return _branch(inputs, node.shape) or _call(operation, inputs, node)
    if operation.name in ("broadcast_to", "reshape") and shape_of_term(inputs[0]) == node.shape:
        return inputs[0]
    if " + " in operation.symbol:
        return _written_out(operation, inputs, node)
    if operation.name == "transpose" and node.metadata["axes"] is None:
        return _transposed(inputs[0], node) or _call(operation, inputs, node)
    return _call(operation, inputs, node)


def _branch(inputs: list[Term], shape: Shape) -> Term | None:
    """The branch that is taken everywhere, if one is."""
    condition, *branches = inputs
    if isinstance(condition, Call) and condition.name == "broadcast_to":
        (condition,) = condition.arguments
    if not isinstance(condition, Number):
        return None
    branch = branches[0 if condition.value else 1]
    return branch if shape_of_term(branch) == shape else _spread(branch, shape)


def _written_out(operation: Operation, inputs: list[Term], node: Node) -> Term:
    """An operation whose symbol is a formula, x·Wᵀ + b, by what its body does."""
    operands = [Value(np.ones(shape_of_term(x))) for x in inputs]
    with differentiating():
        body = operation.forward(*operands, **node.metadata)
    return transcribed(body, zip(operands, inputs, strict=True))


def _transposed(x: Term, node: Node) -> Term | None:
    """(Aᵀ)ᵀ = A,  (A·B)ᵀ = Bᵀ·Aᵀ."""
    if not isinstance(x, Call) or x.told or len(x.shape) != 2 or node.operation is None:
        return None
    if x.name == "transpose":
        return x.arguments[0]
    if x.name != "matmul" or any(len(shape_of_term(factor)) != 2 for factor in x.arguments):
        return None
    left, right = (
        _transposed(factor, node)
        or Call(node.operation, (factor,), shape_of_term(factor)[::-1], node.metadata, "transpose")
        for factor in reversed(x.arguments)
    )
    return Call(x.operation, (left, right), x.shape[::-1], x.metadata, x.name)


def _call(operation: Operation, inputs: list[Term], node: Node) -> Call:
    told = ", ".join(
        f"{name}={value!r}" for name, value in node.metadata.items() if not _usual(operation, name, value)
    )
    return Call(operation, tuple(inputs), node.shape, node.metadata, operation.name, told)


def _usual(operation: Operation, name: str, value: Any) -> bool:
    """Whether an option has its default value."""
    return name in operation.defaults and repr(operation.defaults[name]) == repr(value)


def _given(data: Data) -> Term:
    """Raw data: a number, an array of one number throughout, or an array."""
    if is_lazy(data):
        return Given(data)
    if not shape_of(data):
        return Number(float(data))
    if not isinstance(data, np.ndarray) or not data.size or np.any(data != data.flat[0]):
        return Given(data)
    return _spread(Number(float(data.flat[0])), data.shape)


def _spread(term: Term, shape: Shape) -> Term:
    """A term spread out to a shape."""
    operation: Operation = vars(broadcast_to)["operation"]
    return Call(operation, (term,), shape, {"shape": shape}, "broadcast_to")


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
    if isinstance(slope, Value) and all(node.symbol != "where" for node in Graph(slope)):
        return True
    formula = transcribed(slope)
    points = [
        [p if type(x) is Value else h for x, h, p in zip(operands, here, probe, strict=False)]
        for probe in PROBES
    ]
    forward, slopes = partial(operation.forward, **metadata), partial(rule, **metadata)
    return all(_agree(formula, forward, slopes, point) for point in points)


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
