"""One reverse pass over a recorded graph: which nodes, in which order, and the chain rule.

Every node has a birth number, and inputs are born before outputs. So the ancestors of an output,
sorted by birth, newest first, are in reverse topological order: no recursion, no counting.

    g[x] = Σ over the nodes z computed from x of   g[z] · ∂z/∂x
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from ..ops.shaping import sum_to
from ..ops.totals import row_total
from ..values import modes
from ..values.data import Data, canonical, shape_of
from ..values.operation import ONE, ieee, inputs_of, metadata_of
from ..values.recording import picked
from ..values.value import Value

__all__ = ["Mend", "Nodes", "Pending", "ancestors", "on_a_path", "parts", "pulled", "sweep"]

Nodes: TypeAlias = dict[int, Value]
Pending: TypeAlias = dict[int, Any]
"""Gradients by birth: None where nothing has arrived."""

Mend: TypeAlias = Callable[[Value, Any, int, Any], Any]
"""(node, its gradient g, i, g · partial) → the contribution to operand i to use instead."""

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
        birth, x, y = node._birth, node._x, node._y
        if node._operation.arity == 0:
            for operand in x:
                _reach(operand, node, nodes, stack)
            continue
        # `_reach`, written out for both operands, since scalar code spends its time here.
        if type(x) is Value:
            born = x._birth
            if born > birth:
                raise _changed(x, node)
            if x._tracked and born not in nodes:
                nodes[born] = x
                if x._operation is not None:
                    push(x)
        if type(y) is Value:
            born = y._birth
            if born > birth:
                raise _changed(y, node)
            if y._tracked and born not in nodes:
                nodes[born] = y
                if y._operation is not None:
                    push(y)
    return nodes


def _reach(x: Any, node: Value, nodes: Nodes, stack: list[Value]) -> None:
    """Note an operand of a node, and that its own operands are to be visited."""
    if type(x) is not Value:
        return
    if x._birth > node._birth:
        raise _changed(x, node)
    if x._tracked and x._birth not in nodes:
        nodes[x._birth] = x
        if x._operation is not None:
            stack.append(x)


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
    pending: Pending = dict.fromkeys(nodes)
    pending[output._birth] = seed
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
        inputs, z, data = _opened(node, record)
        rules = operation.rules * len(inputs) if operation.many else operation.rules  # many share the one
        for i, x in enumerate(inputs):
            if type(x) is Value and x._birth in pending and (rule := rules[i]) != 0.0:
                c = g if rule is ONE else pulled(node, i, rule, g, z, data)
                if mend is not None:
                    c = mend(node, g, i, c)
                old, c = pending[x._birth], _fitted(c, x, node)
                pending[x._birth] = c if old is None else _joined(old, c)
    return pending


def pulled(node: Value, i: int, rule: Any, g: Any, z: Any, data: Sequence[Any]) -> Any:
    """What a node of gradient g contributes to its operand i by a rule: g · ∂z/∂xᵢ.

    Once more by NumPy's numbers where Python's floats overflow, divide by zero or leave the domain.
    """
    operation = node._operation
    if type(rule) is float:
        return g * rule
    if rule is None:
        raise _underived(node, i)
    try:
        if operation.arity:  # written out, since most operations have neither metadata nor a place to know
            c = g * rule(z, *data) if operation.elementwise else rule(g, z, *data)
        else:
            c = _applied(node, rule, g, z, *data, i=i)
        if type(c) is not complex:
            return c
    except (ArithmeticError, ValueError):
        pass
    except TypeError as error:
        raise TypeError(f"the gradient of {operation.name}: {error}") from error
    return ieee(partial(_applied, node, rule), g, z, *data, i=i)


def _applied(node: Value, rule: Any, g: Any, z: Any, *data: Any, i: int) -> Any:
    """The chain rule for operand i: g times a partial derivative, or what a primitive's rule makes of g."""
    operation = node._operation
    operands = (data, i) if operation.many else data
    metadata = metadata_of(node)
    if operation.elementwise:
        return g * rule(z, *operands, **metadata)
    return rule(g, z, *operands, **metadata)


def _opened(node: Value, record: bool) -> tuple[Sequence[Any], Any, Sequence[Any]]:
    """The operands; and the output and the operands as rules see them: data, or Values in a recorded pass."""
    if record:
        inputs = inputs_of(node)
        return inputs, parts(node), inputs
    x, y = node._x, node._y
    if node._operation.arity == 2:  # as most nodes: what follows takes twice the time
        return (x, y), node._data, (x._data if type(x) is Value else x, y._data if type(y) is Value else y)
    inputs = inputs_of(node)
    return inputs, node._data, [x._data if type(x) is Value else x for x in inputs]


def parts(node: Value) -> Any:
    """A node as rules see it while a pass is recorded: a tuple of results as Values each."""
    return picked(node) if isinstance(node._data, tuple) else node


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
    if type(own) is np.ndarray and own.ndim:
        wanted, given = data.shape if type(data) is np.ndarray else shape_of(data), own.shape
        if given == wanted:
            return c
        if given[1:] == wanted and own is c:  # a bias: what follows takes three times the time
            return canonical(row_total(c))
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
