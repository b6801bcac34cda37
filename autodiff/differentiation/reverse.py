"""One reverse pass over a recorded graph: which nodes, in which order, and the chain rule.

Every node has a birth number, and inputs are born before outputs. So the ancestors of an output,
sorted by birth, newest first, are in reverse topological order: no recursion, no counting.

    g[x] = Σ over the nodes z computed from x of   g[z] · ∂z/∂x
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any, TypeAlias

from numpy import ndarray

from ..ops.shaping import sum_to
from ..ops.totals import row_total
from ..values import modes
from ..values.data import Data, canonical, shape_of
from ..values.operation import ONE, ZERO, ieee, inputs_of
from ..values.recording import picked
from ..values.value import Value

Nodes: TypeAlias = dict[int, Value]
Pending: TypeAlias = dict[int, Any]
"""Gradients by birth: None where nothing has arrived."""

Mend: TypeAlias = Callable[[Value, Any, int, Any], Any]
"""(node, its gradient g, i, g · partial) → the contribution to operand i to use instead."""

NO_OPTIONS: dict[str, Any] = {}

RAISED = (ArithmeticError, ValueError, TypeError)

summed: Callable[..., Data] = vars(sum_to)["operation"].forward
"""`sum_to` of raw data, without the cost of an operation's call."""


# -- which nodes -------------------------------------------------------------------------------


def ancestors(output: Value) -> Nodes:
    """Every variable that the output was computed from, itself included, by birth number.

    Raises ValueError where a leaf was changed after it was used: it is younger than its result.
    """
    nodes = {output._birth: output} if output._tracked else {}
    stack = [node for node in nodes.values() if node._operation is not None]
    pop, push = stack.pop, stack.append
    while stack:
        node = pop()
        birth = node._birth
        for x in (node._x, node._y) if node._operation.arity else node._x:
            if type(x) is Value:
                born = x._birth
                if born > birth:
                    raise _changed(x, node)
                if x._tracked and born not in nodes:
                    nodes[born] = x
                    if x._operation is not None:
                        push(x)
    return nodes


def _changed(x: Value, node: Value) -> ValueError:
    """The error of a leaf that is younger than a node computed from it."""
    operation = node._operation
    return ValueError(
        f"{x.described()} was assigned new data after {operation.name!r} had used it, so the "
        "recorded gradient would be wrong; compute the expression again after assigning"
    )


def on_a_path(nodes: Nodes, leaves: set[int], targets: set[int]) -> Nodes:
    """Of the ancestors of an output, those that were computed from a target."""
    if leaves <= targets:
        return nodes
    path: Nodes = {}
    for birth in sorted(nodes):
        node = nodes[birth]
        if birth in targets:
            path[birth] = node
            continue
        for x in inputs_of(node):
            if type(x) is Value and x._birth in path:
                path[birth] = node
                break
    return path


# -- the chain rule ----------------------------------------------------------------------------


def sweep(nodes: Nodes, output: Value, seed: Any, kept: Any, record: bool, mend: Mend | None) -> Pending:
    """The pass itself: gradients by birth.

    Rules see raw data, or Values where the pass itself is to be recorded.
    """
    pending: Pending = {**dict.fromkeys(nodes), output._birth: seed}
    tracer = modes.tracer()
    for birth in sorted(nodes, reverse=True):  # whatever used a node is younger, so that its g is complete
        node, g = nodes[birth], pending[birth]
        operation = node._operation
        if operation is None or g is None:
            continue
        if birth not in kept:
            pending[birth] = None  # nobody asks for it again: its memory is free while the pass goes on
        if tracer is not None:
            tracer.pulling(node, g)
        x, y, arity = node._x, node._y, operation.arity
        if record or arity == 0:
            inputs, seen = opened(node, record)
        elif arity == 2:  # `opened` written out, as is `pulled` below: small arrays wait for Python
            inputs = x, y
            seen = node._data, x._data if type(x) is Value else x, y._data if type(y) is Value else y
        else:
            inputs, seen = (x,), (node._data, x._data)
        options = NO_OPTIONS if arity else y if record else getattr(y, "for_rules", y)
        parts = None if operation.together is None else operation.together(g, *seen, **options)
        for i, operand in enumerate(inputs):
            rule = operation.rules[0 if operation.many else i]
            if type(operand) is not Value or (born := operand._birth) not in pending or rule is ZERO:
                continue
            if rule is ONE:
                c = g
            elif parts is None and (record or operation.many or type(rule) is float):
                c = pulled(node, i, g, seen)
            else:
                try:
                    if parts is not None:
                        c = parts[i]()
                    elif operation.elementwise:
                        c = g * rule(*seen, **options)
                    else:
                        c = rule(g, *seen, **options)
                except RAISED:  # floats refuse, or the rule is at fault: `pulled` finds out
                    c = pulled(node, i, g, seen)
                if type(c) is complex:
                    c = pulled(node, i, g, seen)
            if mend is not None:
                c = mend(node, g, i, c)
            data, old = operand._data, pending[born]
            if type(c) is not ndarray or type(data) is not ndarray or c.shape != data.shape:
                c = _fitted(c, operand, node)
            pending[born] = c if old is None else _joined(old, c)
    return pending


def opened(node: Value, record: bool) -> tuple[Sequence[Any], Sequence[Any]]:
    """The operands; and output and operands as rules see them: data, or Values in a recorded pass."""
    inputs = inputs_of(node)
    if record:
        return inputs, (picked(node) if isinstance(node._data, tuple) else node, *inputs)
    return inputs, (node._data, *[x._data if type(x) is Value else x for x in inputs])


def pulled(node: Value, i: int, g: Any, seen: Sequence[Any]) -> Any:
    """What a node of gradient g contributes to its operand i: g · ∂z/∂xᵢ.

    `seen` are the output and the operands as the rule is to see them. Once more by NumPy's numbers where
    Python's floats overflow, divide by zero or leave the domain.
    """
    operation = node._operation
    rule = operation.rules[0 if operation.many else i]
    if type(rule) is float:
        return g * rule
    if rule is None:
        raise _underived(node, i)
    try:
        c = _applied(node, i, rule, g, *seen)
        if type(c) is not complex:
            return c
    except (ArithmeticError, ValueError):
        pass
    except TypeError as error:
        raise TypeError(f"the gradient of {operation.name}: {error}") from error
    return ieee(partial(_applied, node, i, rule), g, *seen)


def _applied(node: Value, i: int, rule: Any, g: Any, z: Any, *data: Any) -> Any:
    """The chain rule for operand i: g times a partial derivative, or what a primitive's rule makes of g."""
    operation = node._operation
    metadata = {} if operation.arity else node._y
    operands = (data, i) if operation.many else data
    if operation.elementwise:
        return g * rule(z, *operands, **metadata)
    return rule(g, z, *operands, **metadata)


def _underived(node: Value, i: int) -> ValueError:
    """The error of an operand that has no rule."""
    operation = node._operation
    return ValueError(
        f"{operation.name} has no derivative with respect to {inputs_of(node)[i].described()}; "
        "make it a constant, or declare the rule"
    )


def _joined(old: Any, new: Any) -> Any:
    """The sum of two contributions; of two tuples, part by part. None is nothing."""
    if old is None or new is None:
        return new if old is None else old
    return tuple(map(_joined, old, new)) if type(old) is tuple else old + new


def _fitted(c: Any, x: Value, node: Value) -> Any:
    """A contribution in the shape of its input: summed over the axes that broadcasting made.

    Raises ValueError where a rule returned a shape that the input does not broadcast to.
    """
    data, own = x._data, c._data if type(c) is Value else c
    if type(own) is float is type(data):
        return c
    if type(own) is ndarray and own.ndim:
        wanted, given = data.shape if type(data) is ndarray else shape_of(data), own.shape
        if given == wanted:
            return c
        before = len(given) - len(wanted)
        if given[before:] == wanted and own is c:  # a bias: what follows takes three times the time
            return canonical(row_total(c if before == 1 else c.reshape(prod(given[:before]), *wanted)))
    if c is None:
        raise _misfit(c, x, node)
    if type(c) is tuple:
        return c
    shape = shape_of(data)
    try:
        if type(c) is Value:
            return c if c.shape == shape else sum_to(c, shape)
        c = canonical(c)
        return c if shape_of(c) == shape else canonical(summed(c, shape))
    except ValueError:
        raise _misfit(c, x, node) from None


def _misfit(c: Any, x: Value, node: Value) -> Exception:
    """The error of a rule that returned something else than a gradient of its input."""
    operation = node._operation
    told = f"the rule of {operation.name}"
    if c is None:
        return TypeError(f"{told} returned None with respect to {x.described()}; is a return missing?")
    return ValueError(
        f"{told} with respect to {x.described()} returned shape {shape_of(c)}; make it that of x"
    )
