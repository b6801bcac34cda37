"""backward() on a graph of numbers alone: the pass of `reverse`, for scalar code.

Floats need no broadcasting, no casting and no copying, so what is left is walking the graph, sorting
it, and one product a node. Meanwhile an inner node keeps in its own `_grad` what has arrived.

Where anything else turns up, an array, three operands, an overflow, a changed leaf, nan, these
functions give way, and the caller starts anew with the pass that knows what to do or say.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from . import modes
from .operation import ONE, first_operand, second_operand
from .value import Value

__all__ = ["leaf_gradients"]

by_birth = attrgetter("_birth")


@np.errstate(all="ignore")  # a rule may return NumPy's numbers
def leaf_gradients(output: Value, seed: Any) -> dict[Value, float] | None:
    """Gradients of the leaves, with those of the inner nodes stored; None to give way, with none stored."""
    if output._operation is None or type(seed) is not float or modes.inspector() is not None:
        return None
    visited: list[Any] = []
    waiting: list[Any] = [output]
    found = None
    try:
        if _all_numbers(visited, waiting):
            found = _pulled_back(visited, seed)
    except (ArithmeticError, ValueError):
        pass
    finally:
        if found is None:
            for node in visited + waiting:
                node._grad = None
    return found


def _all_numbers(visited: list[Any], waiting: list[Any]) -> bool:
    """Visit the inner nodes: whether all are floats, and no leaf is younger than its use.

    A node that was reached bears in `_grad` what only this visit has: a new −0.0, which adds nothing.
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
            elif x._grad is not nothing and x._tracked:
                x._grad = nothing
                push(x)
        elif type(x) is tuple:  # operands of another form: an array may be among them
            return False
        if type(y) is Value:
            if y._operation is None:
                if y._birth > node._birth:
                    return False
            elif y._grad is not nothing and y._tracked:
                y._grad = nothing
                push(y)
    return True


def _pulled_back(nodes: list[Any], seed: float) -> dict[Value, float] | None:
    """The chain rule, newest node first: gradients of the leaves, or None to give way."""
    leaves: dict[Value, float] = {}
    arrived, nothing = leaves.get, nodes[0]._grad
    nodes[0]._grad = seed
    nodes.sort(key=by_birth, reverse=True)
    for node in nodes:
        operation, g, x, y = node._operation, node._grad, node._x, node._y
        if operation.arity == 2 and operation.elementwise:
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
                if type(c) is not float:
                    c = _number(c)
                if x._operation is None:
                    leaves[x] = arrived(x, nothing) + c
                else:
                    x._grad += c
            if type(y) is Value and y._tracked:
                if dy is ONE:
                    c = g
                elif dy is first_operand:
                    c = g * (x._data if type(x) is Value else x)
                elif type(dy) is float:
                    c = g * dy
                else:
                    c = g * dy(node._data, x._data if type(x) is Value else x, y._data)
                if type(c) is not float:
                    c = _number(c)
                if y._operation is None:
                    leaves[y] = arrived(y, nothing) + c
                else:
                    y._grad += c
        elif operation.arity == 1:
            (dx,) = operation.rules
            c = g if dx is ONE else g * (dx if type(dx) is float else dx(node._data, x._data))
            if type(c) is not float:
                c = _number(c)
            if x._operation is None:
                leaves[x] = arrived(x, nothing) + c
            else:
                x._grad += c
        else:
            return None
    return leaves if _sound(leaves) else None


def _sound(leaves: dict[Value, float]) -> bool:
    """Whether the leaves are floats, and their gradients hold no nan."""
    total = 0.0
    for leaf, g in leaves.items():
        if type(leaf._data) is not float:
            return False
        total += g * g  # squares neither cancel nor make nan
    return total == total


def _number(c: Any) -> float:
    """What a rule made of numbers as a float. Raises ValueError where it left them."""
    if isinstance(c, np.float64):
        return float(c)
    raise ValueError(f"expected a float, got {c!r}")
