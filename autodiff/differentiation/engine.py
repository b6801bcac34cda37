"""gradients() computes, backward() stores: the two ways to run the chain rule on a graph."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, Never, overload

import numpy as np

from ..elsewhere import ARGUMENTS, refuse_arguments
from ..ops.arithmetic import positive
from ..ops.shaping import astype
from ..values import modes
from ..values.data import Data, Operand, as_data, canonical, dtype_of, is_lazy, shape_of, zeros_for
from ..values.operation import inputs_of
from ..values.value import Value
from .passes import pulled_back
from .reverse import Nodes, Pending
from .scalars import leaf_gradients

LARGE = 32_768
"""Entries from which on it pays to find out whether a gradient must be copied."""


quietly = np.errstate(all="ignore")
"""As a decorator: a pass makes infinities and nan without a warning. It takes half the time of a `with`."""

_storing = threading.RLock()
"""Held by `backward()`, since threads may share nodes; `gradients()` stores nothing."""


@quietly
def backward(self: Value, seed: Operand | None = None, **elsewhere: Never) -> None:
    """Compute the gradient of this value with respect to everything it was computed from.

    Stores it in `.grad`: leaves accumulate over several calls, inner nodes are set anew. An array
    needs a `seed` of its shape, the gradient to start from; for a number it is 1. The gradient of a
    leaf is an array of its own; those of inner nodes may share memory.

    Raises ValueError for an array without seed, a seed of another shape, a value that depends on no
    variable, and a leaf that was changed after it was used; inner nodes may then have lost theirs.
    One thread at a time runs it; `gradients` runs in any number. Raises TypeError inside a compiled
    function.

    >>> x = Value(3.0)
    >>> (x * x).backward()
    >>> x.grad
    6.0
    """
    if elsewhere:
        refuse_arguments("backward", elsewhere, ARGUMENTS["backward"])
    if traced(self):
        raise TypeError(
            "backward() inside a compiled function would store the gradients once, not at each call; "
            "return gradients(output, parameters), or compile value_and_grad(f)"
        )
    if not self._tracked:
        raise ValueError(f"backward: {self.described()} depends on no variable, so there is no gradient")
    start = _seed(self, seed, False)
    with _storing:
        numbers = leaf_gradients(self, start)
        if numbers is None:
            _store(*pulled_back(self, None, start, record=False, create_graph=False))
            return
        for leaf, g in numbers.items():
            leaf._grad = g if leaf._grad is None else leaf._grad + g


def _store(nodes: Nodes, found: Pending) -> None:
    """Put gradients where they belong: inner nodes are set anew, leaves accumulate."""
    leaves = []
    for node, g in zip(nodes.values(), found.values(), strict=True):
        if node._operation is not None or (type(g) is type(node._data) is float and node._grad is None):
            node._grad = g
        else:
            leaves.append((node, g))
    for (node, _), g in zip(leaves, _handed_out(leaves, nodes), strict=True):
        node._grad = g if node._grad is None else canonical(node._grad + g)


@overload
def gradients(output: Value, wrt: Value, seed: Data | None = None, create_graph: bool = False) -> Any: ...
@overload
def gradients(
    output: Value, wrt: Sequence[Value], seed: Data | None = None, create_graph: bool = False
) -> list[Any]: ...
@quietly
def gradients(
    output: Value,
    wrt: Value | Sequence[Value],
    seed: Data | None = None,
    create_graph: bool = False,
) -> Any:
    """Gradient of `output` with respect to one Value, or a list of them; nothing is stored.

    The result is raw data, zero where the output does not depend on a value. With `create_graph` it is Values
    that can be differentiated again, and `seed` may be one. An array output needs a seed of its
    shape. Only nodes on a path to `wrt` are visited.

    Raises TypeError for anything but Values, ValueError for constants, for a missing or misshapen
    seed, and for a leaf that was changed after it was used.

    >>> x, y = Value(2.0), Value(5.0)
    >>> gradients(x * y, [x, y])
    [5.0, 2.0]
    """
    if not isinstance(output, Value):
        raise TypeError(f"gradients: the output must be a Value, got {type(output).__name__}")
    single = not isinstance(wrt, (list, tuple))
    targets: Sequence[Value] = [wrt] if single else wrt  # type: ignore[list-item, assignment]
    for target in targets:
        if not isinstance(target, Value):
            raise TypeError(f"gradients: differentiate with respect to Values, got {type(target).__name__}")
        if not target._tracked:
            raise ValueError(f"gradients: {target.described()} is a constant; make it without constant=True")
    result = _computed(output, targets, _seed(output, seed, create_graph), create_graph)
    return result[0] if single else result


def _computed(
    output: Value, targets: Sequence[Value], start: Any, create_graph: bool, linear: bool = False
) -> list[Any]:
    """The gradients with respect to Values, where the output has the gradient `start`."""
    births = {target._birth for target in targets}
    if create_graph or traced(output):
        with modes.differentiating():
            _, found = pulled_back(output, births, start, True, create_graph, linear=linear)
            result = [_recorded(target, found.get(target._birth)) for target in targets]
        return result if create_graph else list(map(plain, result))
    nodes, found = pulled_back(output, births, start, False, False, linear=linear)
    return list(_handed_out([(target, found.get(target._birth)) for target in targets], nodes))


@quietly
def along(row: Value, seed: Value, direction: Any, create_graph: bool) -> Any:
    """J·v of uᵀ·J, which is linear in the seed u: its gradient with respect to u, along v.

    What J is made of are variables, too: a zero among them is no structural one, though u alone varies.
    """
    return _computed(row, [seed], _seed(row, direction, create_graph), create_graph, linear=True)[0]


@quietly
def slopes_anywhere(output: Value, wrt: Sequence[Value], seed: Value | None = None) -> list[Value]:
    """Gradients as Values whose graphs hold at other points, too; nan where 0·∞ is settled by a zero here."""
    births = {target._birth for target in wrt}
    with modes.differentiating():
        start = _seed(output, seed, create_graph=True)
        _, found = pulled_back(output, births, start, record=True, create_graph=True, here_alone=False)
        return [_recorded(target, found.get(target._birth)) for target in wrt]


def _seed(output: Value, seed: Data | Value | None, create_graph: bool) -> Data | Value:
    """The gradient of the output with respect to itself, or what the caller gives for it, in its dtype."""
    if seed is None:
        if type(output._data) is float:
            return 1.0
        if output.shape:
            raise ValueError(
                f"{output.described()} is an array: give a seed of that shape, "
                "or reduce it to a number with .sum() or .mean() first"
            )
        return np.ones_like(output._data) if is_lazy(output._data) else output.dtype.type(1.0)
    if not isinstance(seed, Value):
        seed = as_data(seed, what="the seed")
    elif not create_graph:
        seed = plain(seed) if traced(seed) else as_data(seed._data)
    if shape_of(seed) != output.shape:
        raise ValueError(f"the seed must have the shape of the output, {output.shape}, got {shape_of(seed)}")
    return seed if dtype_of(seed) == output.dtype else astype(seed, output.dtype)


# -- handing out -------------------------------------------------------------------------------


def _recorded(target: Value, g: Any) -> Value:
    """A gradient as a Value; a constant where nothing was recorded, zero where there was no path."""
    if isinstance(g, Value):
        return g if g.dtype == target.dtype else astype(g, target.dtype)
    return Value(zeros_for(target._data) if g is None else _copied(g, target), constant=True)


def _handed_out(pairs: Sequence[tuple[Value, Any]], nodes: Nodes) -> Iterator[Data]:
    """Gradients that belong to the caller alone; zero where there was no path.

    Inside a pass arrays are shared: a sum passes one gradient to both operands, and a rule may
    return an operand. So what is handed out is a copy, unless it is large and nobody else has it.
    """
    taken: set[int] | None = None
    for target, g in pairs:
        if g is None:
            yield canonical(zeros_for(target._data))
        elif type(g) is np.ndarray and g.size >= LARGE and _of_its_own(g, target):
            taken = _in_use(nodes) if taken is None else taken
            yield g.copy() if id(g) in taken else g
            taken.add(id(g))
        else:
            yield _copied(g, target)


def _of_its_own(g: np.ndarray[Any, Any], target: Value) -> bool:
    """Whether a gradient is a contiguous array, not a view, of the right dtype."""
    flags = g.flags
    return g.base is None and g.dtype == target._data.dtype and flags.c_contiguous and flags.writeable


def _in_use(nodes: Nodes) -> set[int]:
    """The identity of all that nodes and their operands hold."""
    held: list[Any] = []
    for node in nodes.values():
        held += (node._data, *inputs_of(node))
        held += (x._data for x in inputs_of(node) if isinstance(x, Value))
        held += () if node._operation is None else (node._grad,)
    return set(map(id, held))


def _copied(g: Data, target: Value) -> Data:
    """A writable, contiguous copy in the dtype of the target."""
    data = target._data
    if type(g) is np.ndarray and g.dtype == data.dtype:
        return g.copy()
    if type(g) is float and type(data) is float:
        return g
    if is_lazy(g):
        return g.astype(target.dtype)
    return canonical(np.array(g, dtype=target.dtype, order="C"))


# -- numbers as arguments ----------------------------------------------------------------------

# Eager code makes a variable of its own for each argument that it differentiates, and gives back raw data.
# While a program is recorded neither may cut the program off from its inputs: the number stays, as a node
# that says what it is.


def variable(x: Any) -> Value:
    """What stands for an argument inside f: connected with it where it is a variable itself."""
    if not isinstance(x, Value):
        return Value(x)
    if not x.constant:
        node: Value = positive(x)
        return node
    if not traced(x):
        return Value(x._data, x.name)
    node = positive(in_numbers(x))
    node._label, node._tracked = x.name, True
    return node


def in_numbers(x: Value) -> Any:
    """A Value without masks, which a program takes as they are: they become 0 and 1, as in eager code."""
    return astype(x, np.float64) if x.dtype.kind == "b" else x


def plain(x: Any) -> Any:
    """What the caller of a derivative gets: the data alone."""
    if not isinstance(x, Value):
        return x
    return x.detach() if traced(x) else x._data


def traced(x: Any) -> bool:
    """Whether x is a Value while a program is recorded, so that its data are those of today."""
    return isinstance(x, Value) and modes.tracer() is not None
