"""One reverse pass over a recorded graph: which nodes, in which order, and the chain rule.

Every node has a birth number, and inputs are born before outputs. So the ancestors of an output,
sorted by birth, newest first, are in reverse topological order: no recursion, no counting.

    g[x] = Σ over the nodes z computed from x of   g[z] · ∂z/∂x
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from ..ops.shaping import sum_to
from ..ops.totals import row_total
from ..values import modes
from ..values.data import Data, canonical, shape_of
from ..values.operation import ONE, Operation, ieee, inputs_of
from ..values.recording import picked
from ..values.value import Value

__all__ = ["Mend", "Nodes", "Pending", "ancestors", "on_a_path", "parts", "pulled", "sweep"]

Nodes: TypeAlias = dict[int, Value]
Pending: TypeAlias = dict[int, Any]
"""Gradients by birth: None where nothing has arrived."""

Mend: TypeAlias = Callable[[Value, Any, int, Any], Any]
"""(node, its gradient g, i, g · partial) → the contribution to operand i to use instead."""

OUTSIDE = object()
"""In place of a gradient, for what is not on the path."""

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
        if node._operation.arity == 0:  # type: ignore[union-attr]
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
    operation: Any = node._operation
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

    Rules see raw data, or Values where the pass itself is to be recorded. Operations of two operands,
    and elementwise ones of one, are written out, since scalar code spends its time here; `_pull` does
    the same for operations of any form.
    """
    pending: Pending = dict.fromkeys(nodes)
    pending[output._birth] = seed
    get = pending.get
    keep_all = len(kept) == len(nodes)
    tracer = modes.tracer()
    for birth in sorted(nodes, reverse=True):
        node = nodes[birth]
        operation = node._operation
        g = pending[birth]
        if operation is None or g is None:
            continue
        if not (keep_all or birth in kept):
            pending[birth] = None
        if tracer is not None:
            tracer.pulling(node, g)
        arity, elementwise = operation.arity, operation.elementwise
        if arity == 2:
            x, y = node._x, node._y
            dx, dy = operation.rules
            if record:
                z, a, b = node, x, y
            else:
                z = node._data
                a = x._data if type(x) is Value else x
                b = y._data if type(y) is Value else y
            if type(x) is Value and (old := get(x._birth, OUTSIDE)) is not OUTSIDE:
                try:
                    if elementwise:
                        c = g if dx is ONE else g * (dx if type(dx) is float else dx(z, a, b))
                    else:
                        c = dx(g, z, a, b)
                except (ArithmeticError, ValueError):
                    c = _once_more(operation, dx, g, z, a, b)
                if type(c) is complex:
                    c = _once_more(operation, dx, g, z, a, b)
                if mend is not None:
                    c = mend(node, g, 0, c)
                if type(c) is not float or not elementwise:
                    c = _fitted(c, x, node)
                pending[x._birth] = c if old is None else old + c
            if type(y) is Value and (old := get(y._birth, OUTSIDE)) is not OUTSIDE:
                try:
                    if elementwise:
                        c = g if dy is ONE else g * (dy if type(dy) is float else dy(z, a, b))
                    else:
                        c = dy(g, z, a, b)
                except (ArithmeticError, ValueError):
                    c = _once_more(operation, dy, g, z, a, b)
                if type(c) is complex:
                    c = _once_more(operation, dy, g, z, a, b)
                if mend is not None:
                    c = mend(node, g, 1, c)
                if type(c) is not float or not elementwise:
                    c = _fitted(c, y, node)
                pending[y._birth] = c if old is None else old + c
        elif arity == 1:
            x = node._x
            (dx,) = operation.rules
            if (old := get(x._birth, OUTSIDE)) is not OUTSIDE:
                z, a = (node, x) if record else (node._data, x._data)
                try:
                    c = g if dx is ONE else g * (dx if type(dx) is float else dx(z, a))
                except (ArithmeticError, ValueError):
                    c = _once_more(operation, dx, g, z, a)
                if type(c) is complex:
                    c = _once_more(operation, dx, g, z, a)
                if mend is not None:
                    c = mend(node, g, 0, c)
                if type(c) is not float:
                    c = _fitted(c, x, node)
                pending[x._birth] = c if old is None else old + c
        else:
            _pull(node, g, pending, record, mend)
    return pending


def _pull(node: Value, g: Any, pending: Pending, record: bool, mend: Mend | None) -> None:
    """The contribution to each input on the path, for operations of any form."""
    operation: Any = node._operation
    inputs, metadata = node._x, node._y
    z, data = node._data, inputs
    if record:
        z = parts(node)
    elif len(inputs) == 1:  # a tracked one
        data = (inputs[0]._data,)
    else:
        data = [x._data if type(x) is Value else x for x in inputs]
    for i, x in enumerate(inputs):
        if type(x) is not Value or x._birth not in pending:
            continue
        rule = operation.rules[0 if operation.many else i]
        if rule is None:
            raise ValueError(
                f"{operation.name} has no derivative with respect to {x.described()}; "
                "make it a constant, or declare the rule"
            )
        if rule == 0.0:
            continue
        operands = (z, data, i) if operation.many else (z, *data)
        try:
            c = pulled(operation, rule, g, *operands, **metadata)
        except TypeError as error:
            raise TypeError(f"the gradient of {operation.name}: {error}") from error
        if mend is not None:
            c = mend(node, g, i, c)
        c = _fitted(c, x, node)
        old = pending[x._birth]
        pending[x._birth] = c if old is None else _joined(old, c)


def pulled(operation: Operation, rule: Any, g: Any, *operands: Any, **metadata: Any) -> Any:
    """The contribution of one operand, once more by NumPy's numbers where Python's floats give none."""
    try:
        c = _applied(operation, rule, g, *operands, **metadata)
    except (ArithmeticError, ValueError):
        return _once_more(operation, rule, g, *operands, **metadata)
    return _once_more(operation, rule, g, *operands, **metadata) if type(c) is complex else c


def _applied(operation: Operation, rule: Any, g: Any, *operands: Any, **metadata: Any) -> Any:
    """The chain rule for one operand: g · ∂z/∂x, or what the rule of a primitive makes of g."""
    if not operation.elementwise:
        return rule(g, *operands, **metadata)
    return g * (rule if type(rule) is float else rule(*operands, **metadata))


def _once_more(operation: Operation, rule: Any, g: Any, *operands: Any, **metadata: Any) -> Any:
    """The same where Python's floats overflow, divide by zero or leave the domain: as NumPy has it."""
    return ieee(partial(_applied, operation, rule), g, *operands, **metadata)


def parts(node: Value) -> Any:
    """A node as rules see it while a pass is recorded: a tuple of results as Values each."""
    return picked(node) if isinstance(node._data, tuple) else node


def _joined(old: Any, new: Any) -> Any:
    """The sum of two contributions; of two tuples, part by part, where None is nothing."""
    if type(old) is not tuple:
        return old + new
    return tuple(b if a is None else a if b is None else a + b for a, b in zip(old, new, strict=True))


def _fitted(c: Any, x: Value, node: Value) -> Any:
    """A contribution in the shape of its input: summed over the axes that broadcasting made.

    Raises ValueError where a rule returned a shape that the input does not broadcast to.
    """
    data = x._data
    if type(c) is np.ndarray and c.ndim:
        wanted, given = data.shape if type(data) is np.ndarray else shape_of(data), c.shape
        if given == wanted:
            return c
        if given[1:] == wanted:  # a bias: what follows takes three times the time
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
    operation: Any = node._operation
    told = f"the rule of {operation.name}"
    if c is None:
        return TypeError(f"{told} returned None with respect to {x.described()}; is a return missing?")
    return ValueError(
        f"{told} with respect to {x.described()} returned shape {shape_of(c)}; make it that of x"
    )
