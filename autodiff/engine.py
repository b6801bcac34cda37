"""The chain rule in reverse: order of the nodes, `gradients` and `backward`.

Every node has a birth number, and inputs are born before outputs. So the ancestors of an output,
sorted by birth, newest first, are in reverse topological order: no recursion, no counting.

    g[x] = Σ over the nodes y computed from x of   g[y] · ∂y/∂x
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias, overload

import numpy as np

from . import modes
from .data import Data, as_data, canonical, dtype_of, is_lazy, shape_of
from .ops.selection import where
from .ops.shaping import sum_to
from .operation import ieee, picked
from .value import Value

__all__ = ["backward", "gradients"]

OUTSIDE = object()

Nodes: TypeAlias = dict[int, Value]
Pending: TypeAlias = dict[int, Any]
Mend: TypeAlias = Callable[[Value, Any, Value, Any], Any]
"""(node, its gradient g, one input, g · partial) → the contribution to that input to use instead."""


def backward(self: Value, seed: Data | None = None) -> None:
    """Compute the gradient of this value with respect to everything it was computed from.

    Stores it in `.grad`: leaves accumulate over several calls, inner nodes are set anew. An array
    needs a `seed` of its shape, the gradient to start from; for a number it is 1.

    Raises ValueError for an array without seed, a seed of another shape, and a leaf that was
    changed after it was used.

    >>> x = Value(3.0)
    >>> (x * x).backward()
    >>> x.grad
    6.0
    """
    nodes, found = _pulled_back(self, None, _seed(self, seed), create_graph=False)
    for birth, g in found.items():
        node = nodes[birth]
        if node._operation is not None:
            node._grad = g
        elif g is None:
            continue
        elif node._grad is None:
            node._grad = g if type(g) is float else owned(g, node)
        else:
            node._grad = canonical(node._grad + owned(g, node))


@overload
def gradients(output: Value, wrt: Value, seed: Data | None = None, create_graph: bool = False) -> Any: ...
@overload
def gradients(
    output: Value, wrt: Sequence[Value], seed: Data | None = None, create_graph: bool = False
) -> list[Any]: ...
def gradients(
    output: Value,
    wrt: Value | Sequence[Value],
    seed: Data | None = None,
    create_graph: bool = False,
) -> Any:
    """Gradient of `output` with respect to one Value, or a list of them; nothing is stored.

    Raw data, zero where the output does not depend on a value. With `create_graph` they are Values
    that can be differentiated again, and `seed` may be one. An array output needs a seed of its
    shape. Only nodes on a path to `wrt` are visited.

    Raises TypeError for what is no Value, ValueError for constants, for a missing or misshapen
    seed, and for a leaf that was changed after it was used.

    >>> x, y = Value(2.0), Value(5.0)
    >>> gradients(x * y, [x, y])
    [5.0, 2.0]
    """
    single = isinstance(wrt, Value)
    targets = [wrt] if isinstance(wrt, Value) else list(wrt)
    if not isinstance(output, Value):
        raise TypeError(f"gradients: the output must be a Value, got {type(output).__name__}")
    for target in targets:
        _check_target(target)
    _, found = _pulled_back(output, targets, _seed(output, seed), create_graph)
    result = [_delivered(found.get(target._birth), target, create_graph) for target in targets]
    return result[0] if single else result


def _check_target(target: Value) -> None:
    if not isinstance(target, Value):
        raise TypeError(f"gradients: differentiate with respect to Values, got {type(target).__name__}")
    if not target._tracked:
        raise ValueError(f"gradients: {target.described()} is a constant; make it without constant=True")


def _seed(output: Value, seed: Data | Value | None) -> Data | Value:
    """The gradient of the output with respect to itself, or what the caller gives for it."""
    if seed is None:
        if output.shape:
            raise ValueError(
                f"{output.described()} is an array: give a seed of that shape, "
                "or reduce it to a number with .sum() or .mean() first"
            )
        return 1.0 if type(output._data) is float else output.dtype.type(1.0)
    if not isinstance(seed, Value):
        seed = as_data(seed)
    if shape_of(seed) != output.shape:
        raise ValueError(f"the seed must have the shape of the output, {output.shape}, got {shape_of(seed)}")
    return seed


def _delivered(g: Any, target: Value, create_graph: bool) -> Any:
    """A gradient as `gradients` returns it: zero where there was no path."""
    if g is None:
        g = np.zeros(target.shape, target.dtype)
    if create_graph:
        return g if isinstance(g, Value) else Value(g, constant=True)
    return owned(g, target)


def owned(g: Data, target: Value) -> Data:
    """A writable, contiguous copy in the dtype of the target: gradients are shared inside a pass."""
    if type(g) is float:
        return g if type(target._data) is float else dtype_of(target._data).type(g)
    if is_lazy(g):
        return g.astype(target.dtype)
    return canonical(np.array(g, dtype=target.dtype, order="C"))


# -- one pass ----------------------------------------------------------------------------------


def inputs_of(node: Value) -> tuple[Any, ...]:
    """The operands of a recorded node, Values and raw data, in order."""
    operation = node._operation
    if operation is None:
        return ()
    if operation.arity == 0:
        return tuple(node._x)
    return (node._x,) if operation.arity == 1 else (node._x, node._y)


def ancestors(output: Value) -> Nodes:
    """Every variable that the output was computed from, itself included, by birth number.

    Raises ValueError where a leaf was changed after it was used: it is younger than its result.
    """
    nodes = {output._birth: output} if output._tracked else {}
    stack = [node for node in nodes.values() if node._operation is not None]
    while stack:
        node = stack.pop()
        birth = node._birth
        for x in node._x if node._operation.arity == 0 else (node._x, node._y):  # type: ignore[union-attr]
            if type(x) is Value:
                born = x._birth
                if born > birth:
                    raise ValueError(_changed(x, node))
                if born not in nodes and x._tracked:
                    nodes[born] = x
                    if x._operation is not None:
                        stack.append(x)
    return nodes


def _changed(leaf: Value, node: Value) -> str:
    return (
        f"{leaf.described()} was assigned new data after {node._operation.name!r} had used it, "  # type: ignore[union-attr]
        "so the recorded gradient would be wrong; compute the expression again after assigning"
    )


def _on_a_path(nodes: Nodes, targets: set[int]) -> Nodes:
    """Of the ancestors of an output, those that were computed from a target."""
    if all(birth in targets for birth, node in nodes.items() if node._operation is None):
        return nodes
    path: Nodes = {}
    for birth in sorted(nodes):
        node = nodes[birth]
        if birth in targets or any(type(x) is Value and x._birth in path for x in inputs_of(node)):
            path[birth] = node
    return path


def _pulled_back(
    output: Value, wrt: Sequence[Value] | None, seed: Data | Value, create_graph: bool
) -> tuple[Nodes, Pending]:
    """The nodes on the path, and gradients by birth: of `wrt`, or of all where there is none."""
    nodes = ancestors(output)
    targets = set(nodes) if wrt is None else {target._birth for target in wrt}
    if wrt is not None:
        nodes = _on_a_path(nodes, targets)
    if output._birth not in nodes:
        return {}, {}
    mend = modes.inspector()
    with np.errstate(all="ignore"):
        found, singular = _sweep(nodes, output, seed, targets, create_graph, mend)
        if singular and mend is None and any(map(_spoilt, found.values())):
            found, _ = _sweep(nodes, output, seed, targets, create_graph, absorbed)
    return nodes, found


def _spoilt(g: Any) -> bool:
    """Whether a gradient holds nan; assumed of data that it would be costly to look at."""
    data = g._data if isinstance(g, Value) else g
    if type(data) is float:
        return data != data
    if data is None or isinstance(data, tuple):
        return False
    return is_lazy(data) or bool(np.isnan(data).any())


def absorbed(node: Value, g: Any, x: Value, c: Any) -> Any:
    """A product 0·∞ as 0: what nothing depends on contributes nothing."""
    if node._operation.elementwise:  # type: ignore[union-attr]
        return where((g == 0.0) & np.isnan(c), 0.0, c)
    return c


def _sweep(
    nodes: Nodes, output: Value, seed: Any, targets: set[int], record: bool, mend: Mend | None
) -> tuple[Pending, bool]:
    """The reverse pass: gradients by birth, and whether a partial may have been infinite.

    Rules see raw data, or Values where the pass itself is to be recorded. The operations of one
    and of two operands are written out, since scalar code spends its time here; `_pull` is the
    same for any number of operands.
    """
    pending: Pending = dict.fromkeys(nodes)
    pending[output._birth] = seed
    get = pending.get
    keep_all = len(targets) == len(nodes)
    singular = False
    for birth in sorted(nodes, reverse=True):
        node = nodes[birth]
        operation = node._operation
        g = pending[birth]
        if operation is None or g is None:
            continue
        if not (keep_all or birth in targets):
            pending[birth] = None
        if operation.singular:
            singular = True
        if operation.arity == 2:
            x, y = node._x, node._y
            dx, dy = operation.rules
            if record:
                z, a, b = node, x, y
            else:
                z = node._data
                a = x._data if type(x) is Value else x
                b = y._data if type(y) is Value else y
            if type(x) is Value and (old := get(x._birth, OUTSIDE)) is not OUTSIDE and dx != 0.0:
                try:
                    c = g if dx == 1.0 else g * (dx if type(dx) is float else dx(z, a, b))
                except (ArithmeticError, ValueError):
                    c = _scaled(g, dx, (z, a, b), {})
                if mend is not None:
                    c = mend(node, g, x, c)
                if type(c) is not float:
                    c = _fitted(c, x)
                pending[x._birth] = c if old is None else old + c
            if type(y) is Value and (old := get(y._birth, OUTSIDE)) is not OUTSIDE and dy != 0.0:
                try:
                    c = g if dy == 1.0 else g * (dy if type(dy) is float else dy(z, a, b))
                except (ArithmeticError, ValueError):
                    c = _scaled(g, dy, (z, a, b), {})
                if mend is not None:
                    c = mend(node, g, y, c)
                if type(c) is not float:
                    c = _fitted(c, y)
                pending[y._birth] = c if old is None else old + c
        else:
            for x, c in _pull(node, g, pending, record):
                if mend is not None:
                    c = mend(node, g, x, c)
                if type(c) is not float:
                    c = _fitted(c, x)
                old = pending[x._birth]
                pending[x._birth] = c if old is None else _joined(old, c)
    return pending, singular


def _scaled(g: Any, rule: Any, operands: Sequence[Any], metadata: dict[str, Any]) -> Any:
    """G · ∂z/∂x; on floats that overflow or divide by zero, as NumPy would have it."""
    if rule == 1.0:
        return g
    if type(rule) is float:
        return g * rule
    try:
        c = g * rule(*operands, **metadata)
        if type(c) is not complex:
            return c
    except (ArithmeticError, ValueError):
        pass
    return ieee(lambda g, *operands: g * rule(*operands, **metadata), g, *operands)


def _pull(node: Value, g: Any, pending: Pending, record: bool) -> Iterator[tuple[Value, Any]]:
    """Each input on the path and its contribution, for operations of any form."""
    operation: Any = node._operation
    inputs, metadata = inputs_of(node), node._y if operation.arity == 0 else {}
    z = _parts(node) if record else node._data
    data = inputs if record else [x._data if type(x) is Value else x for x in inputs]
    for i, x in enumerate(inputs):
        rule = operation.rules[0 if operation.many else i]
        if type(x) is not Value or x._birth not in pending or rule == 0.0:
            continue
        if rule is None:
            raise ValueError(
                f"{operation.name} has no derivative with respect to {x.described()}; "
                "make it a constant, or declare the rule"
            )
        if operation.elementwise:
            yield x, _scaled(g, rule, (z, *data), metadata)
            continue
        operands = (z, data, i) if operation.many else (z, *data)
        try:
            c = rule(g, *operands, **metadata)
        except ArithmeticError:
            c = ieee(rule, g, *operands, **metadata)
        yield x, c


def _parts(node: Value) -> Any:
    """A node as rules see it while a pass is recorded: a tuple of results as Values each."""
    return picked(node) if isinstance(node._data, tuple) else node


def _joined(old: Any, new: Any) -> Any:
    """The sum of two contributions; of two tuples, part by part, where None is nothing."""
    if type(old) is not tuple:
        return old + new
    return tuple(b if a is None else a if b is None else a + b for a, b in zip(old, new, strict=True))


def _fitted(c: Any, x: Value) -> Any:
    """A contribution in the shape of its input: summed over the axes that broadcasting made."""
    if type(c) is tuple:
        return c
    shape = shape_of(x._data)
    if type(c) is not Value:
        c = canonical(c)
    return c if shape_of(c) == shape else sum_to(c, shape)
