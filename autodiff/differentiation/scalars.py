"""The pass of `reverse` written out for graphs of numbers alone, where it is what scalar code waits for.

Floats need no broadcasting, no casting and no copying, so what is left is walking the graph, sorting
it, and one product per operand. In `backward()` an inner node meanwhile keeps in its own `_grad` what has
arrived, which takes half the time of a dict; `gradients()` runs in many threads, and so it may not.

Where anything else turns up, an array, three operands, an overflow, a changed leaf, nan, these
functions give way, and the caller starts anew with the pass that knows what to do or say.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import numpy as np

from ..values import modes
from ..values.operation import ONE, first_operand, second_operand
from ..values.value import Value

by_birth = attrgetter("_birth")


def leaf_gradients(output: Value, seed: Any) -> dict[Value, float] | None:
    """Gradients of the leaves, with those of the inner nodes stored; None to give way, with none stored."""
    operation = output._operation
    if not (operation and operation.arity) or type(seed) is not float or modes.inspector() is not None:
        return None
    visited: list[Any] = []
    waiting: list[Any] = [output]
    before: dict[Value, Any] = {}
    found = None
    try:
        if _all_numbers(visited, waiting, before) and _pulled_back(visited, seed):
            found = _sound({leaf: leaf._grad for leaf in before})
    except (ArithmeticError, ValueError):
        pass
    finally:
        for leaf, g in before.items():
            leaf._grad = g
        if found is None:
            for node in visited + waiting:
                node._grad = None
    return found


def _all_numbers(visited: list[Any], waiting: list[Any], before: dict[Value, Any]) -> bool:
    """Visit the inner nodes: whether all are floats, and no leaf is younger than its use.

    A node that was reached bears in `_grad` what only this visit has: a new −0.0, which adds nothing.
    What leaves bore before is kept.
    """
    nothing = waiting[0]._grad = float("-0.0")
    pop, push, visit = waiting.pop, waiting.append, visited.append
    while waiting:
        node = pop()
        visit(node)
        if type(node._data) is not float:
            return False
        x, y = node._x, node._y
        if type(x) is Value:
            if x._operation is None:
                if x._birth > node._birth:
                    return False
                if x._grad is not nothing and x._tracked:
                    before[x] = x._grad
                    x._grad = nothing
            elif x._grad is not nothing and x._tracked:
                x._grad = nothing
                push(x)
        elif type(x) is tuple:  # operands of another form: an array may be among them
            return False
        if type(y) is Value:
            if y._operation is None:
                if y._birth > node._birth:
                    return False
                if y._grad is not nothing and y._tracked:
                    before[y] = y._grad
                    y._grad = nothing
            elif y._grad is not nothing and y._tracked:
                y._grad = nothing
                push(y)
    return True


def _pulled_back(nodes: list[Any], seed: float) -> bool:
    """The chain rule, newest node first: adds to what each operand bears in `_grad`. False to give way."""
    nodes[0]._grad = seed
    nodes.sort(key=by_birth, reverse=True)
    for node in nodes:
        operation, g, x, y = node._operation, node._grad, node._x, node._y
        if y is None:
            (dx,) = operation.rules
            c = g if dx is ONE else g * (dx if type(dx) is float else dx(node._data, x._data))
            x._grad += c if type(c) is float else _number(c)
        elif operation.elementwise:
            dx, dy = operation.rules
            if type(x) is Value and x._tracked:
                if dx is ONE:
                    c = g
                elif dx is second_operand:
                    c = g * (y._data if type(y) is Value else y)
                elif type(dx) is float:
                    c = g * dx
                else:
                    c = g * dx(node._data, x._data, y._data if type(y) is Value else y)
                x._grad += c if type(c) is float else _number(c)
            if type(y) is Value and y._tracked:
                if dy is ONE:
                    c = g
                elif dy is first_operand:
                    c = g * (x._data if type(x) is Value else x)
                elif type(dy) is float:
                    c = g * dy
                else:
                    c = g * dy(node._data, x._data if type(x) is Value else x, y._data)
                y._grad += c if type(c) is float else _number(c)
        else:
            return False
    return True


def gradients_by_birth(nodes: Mapping[int, Any], output: Value, seed: Any) -> dict[int, float] | None:
    """The same for `gradients()`, which stores nothing in nodes; None to give way.

    The nodes lie on paths from the output to what is differentiated, so that something arrives at each.
    """
    pending = dict.fromkeys(nodes, -0.0)  # which adds nothing
    pending[output._birth] = seed
    try:
        for birth in sorted(nodes, reverse=True):
            node = nodes[birth]
            operation, z = node._operation, node._data
            if type(z) is not float:
                return None
            if operation is None:
                continue
            if not operation.arity or not operation.elementwise:
                return None
            g, x, y = pending[birth], node._x, node._y
            if y is None:
                (dx,) = operation.rules
                if x._birth in pending:
                    c = g if dx is ONE else g * (dx if type(dx) is float else dx(z, x._data))
                    pending[x._birth] += c if type(c) is float else _number(c)
                continue
            dx, dy = operation.rules
            a, b = x._data if type(x) is Value else x, y._data if type(y) is Value else y
            if type(x) is Value and x._birth in pending:
                c = g if dx is ONE else g * (dx if type(dx) is float else dx(z, a, b))
                pending[x._birth] += c if type(c) is float else _number(c)
            if type(y) is Value and y._birth in pending:
                c = g if dy is ONE else g * (dy if type(dy) is float else dy(z, a, b))
                pending[y._birth] += c if type(c) is float else _number(c)
    except (ArithmeticError, ValueError):
        return None
    return pending


def _sound(leaves: dict[Value, float]) -> dict[Value, float] | None:
    """The gradients, if the leaves are floats, and none is nan."""
    total = 0.0
    for leaf, g in leaves.items():
        if type(leaf._data) is not float:
            return None
        total += g * g  # squares neither cancel nor make nan
    return leaves if total == total else None


def _number(c: Any) -> float:
    """What a rule made of numbers as a float. Raises ValueError where it left them."""
    if isinstance(c, np.float64):
        return float(c)
    raise ValueError(f"expected a float, got {c!r}")
