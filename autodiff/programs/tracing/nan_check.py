"""Which number tells that a gradient met 0·∞, so that the program must compute it the other way.

Looked at are the gradients that may hold such a nan: nan and ∞ are kept by sums of squares, and by a product
with 0. Sums make nan of ∞ − ∞ alone, which no zero absorbs, and so do products of finite factors, or with
constants that are neither 0 nor infinite. That factors are finite, smaller numbers may tell: where a sum or a
product is finite, all that it was made of is. So biases and the loss tell of weights, which are many numbers.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from ... import ops
from ...values.data import compact, dtype_of
from ...values.operation import inputs_of
from ...values.value import Value
from ..energy import energy


def _operations(*functions: Any) -> set[Any]:
    return {vars(function)["operation"] for function in functions}


MOVES = _operations(
    ops.positive, ops.negative, ops.transpose, ops.swapaxes, ops.moveaxis,
    ops.reshape, ops.expand_dims, ops.squeeze, ops.broadcast_to,
)  # fmt: skip
"""The same numbers in another place, or with another sign."""

PRODUCTS = _operations(ops.multiply, ops.square, ops.matmul, ops.dot, ops.tensordot)

SUMS = _operations(ops.add, ops.subtract, ops.sum, ops.mean, ops.sum_to, ops.scatter_add)

TELLING = MOVES | PRODUCTS | SUMS | _operations(ops.log, ops.sqrt, ops.log_softmax)
"""What is finite only where all entries of its operands are."""

ENTRIES = _operations(ops.getitem)
"""What is finite where its operand is."""

RATIOS = _operations(ops.divide, ops.power)
"""What tells of its first operand, where the second is a number above 0."""


def total(gradients: Container[int], nodes: Sequence[Value], results: Iterable[Value]) -> Value | None:
    """A number that is nan where a gradient holds nan that may come of 0·∞; None where none can.

    It may be nan elsewhere, too, as where a gradient is infinite: the other way to compute is right in
    any case. `nodes` are those that the results were computed from, in order of birth, and `gradients`
    the births of what passes gave. One that no result was computed from needs no look: where it holds nan,
    so does what was made of the same numbers.
    """
    doubtful = _doubtful(nodes)
    looked = _wholes([g for birth, g in doubtful.items() if birth in gradients])
    if any(len(g.shape) > 1 for g in looked):
        told = [y for y in results if type(y._data) is float and y._operation]
        looked = _telling_of(looked, doubtful, told)
    if not looked:
        return None
    result: Value = reduce(lambda a, b: a + b, [energy(x) if x.shape else x for x in looked]) * 0.0
    result.name = "total"
    return result


def _wholes(gradients: Iterable[Value]) -> list[Value]:
    """In place of entries the arrays that they are entries of, once each."""
    found = {}
    for g in gradients:
        while g._operation in ENTRIES:
            (g,) = inputs_of(g)
        found[g._birth] = g
    return [*found.values()]


def _telling_of(gradients: Iterable[Value], doubtful: dict[int, Value], told: list[Value]) -> list[Value]:
    """Values that are finite only where none of the gradients holds nan of 0·∞.

    Small gradients come first, and those of the first layers, which tell of the others.
    """
    finite: set[int] = set()
    _note_finite(told, finite)
    for g in sorted(gradients, key=lambda g: (len(g.shape) > 1, -g._birth)):
        if _is_doubtful(g, doubtful, finite):
            told.append(g)
            _note_finite([g], finite)
    return told


def _doubtful(nodes: Iterable[Value]) -> dict[int, Value]:
    """What may hold nan of 0·∞, by birth."""
    found: dict[int, Value] = {}
    for node in nodes:
        values = _values(node)
        sound = not any(x._birth in found for x in values) and _is_sound(node, values)
        if not (sound or _is_finite_product(node, ())):
            found[node._birth] = node
    return found


def _is_doubtful(g: Value, doubtful: dict[int, Value], finite: Container[int]) -> bool:
    """Whether a value may hold nan of 0·∞ where some values are finite.

    It may where sums and the like of what may be infinite lead to it from an operation that makes 0·∞.
    What is found not to be doubtful is so from now on.
    """
    clear: set[int] = set()
    stack = [g]
    while stack:
        node = stack.pop()
        if node._birth not in doubtful or node._birth in clear:
            continue
        if not (node._birth in finite or _is_finite_product(node, finite)):
            values = _values(node)
            if not _is_sound(node, values):
                return True
            stack += values
        clear.add(node._birth)
    for birth in clear:
        del doubtful[birth]
    return False


def _values(node: Value) -> list[Value]:
    return [x for x in inputs_of(node) if isinstance(x, Value)]


def _is_sound(node: Value, values: Sequence[Value]) -> bool:
    """Whether an operation makes no 0·∞: a sum, or one operand and constants that are not 0 or infinite."""
    operation: Any = node._operation
    if isinstance(node._data, tuple):  # many operations in one
        return False
    if operation.elementwise and all(type(rule) is float for rule in operation.rules):
        return True
    constants = (x for x in inputs_of(node) if not isinstance(x, Value))
    return len(values) == 1 and all(np.all(np.isfinite(x) & np.not_equal(x, 0.0)) for x in constants)


def _is_finite_product(node: Value, finite: Container[int]) -> bool:
    return node._operation in PRODUCTS and all(_is_finite(x, finite) for x in inputs_of(node))


def _is_finite(x: Any, finite: Container[int]) -> bool:
    while isinstance(x, Value) and x._birth not in finite and x._operation in MOVES:
        (x,) = inputs_of(x)
    if isinstance(x, Value):
        return x._birth in finite or dtype_of(x._data).kind == "b"
    return bool(np.all(np.isfinite(x if type(x) is float else compact(x))))


def _note_finite(numbers: Iterable[Value], finite: set[int]) -> None:
    """Add the births of what is finite where these numbers are."""
    stack = [*numbers]
    while stack:
        x = stack.pop()
        if x._birth not in finite:
            finite.add(x._birth)
            stack += _telling(x)


def _telling(node: Value) -> list[Value]:
    """The operands that are finite where a value is: all of their entries have a part in it."""
    operands = inputs_of(node)
    if node._operation in RATIOS:
        x, y = operands
        operands = (x,) if type(y) is float and y > 0.0 else ()
    elif node._operation not in TELLING:
        return []
    values = [x for x in operands if isinstance(x, Value)]
    return [] if any(0 in x.shape for x in (node, *values)) else values
