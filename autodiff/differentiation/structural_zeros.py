"""Structural zeros: entries of a gradient that are 0 whatever the numbers, so that 0·∞ is 0 there.

A branch that was not taken contributes nothing, also where its slope is infinite. So beside each gradient of
a pass goes a mask of the entries that are live, which may be other than 0. An entry is dead where an
operation did not select it (`where`, `clip`, `relu`, `max`, an index), and where a factor is 0 that does not
depend on what is differentiated (raw data, a constant, a Value off the path). A zero that was computed is
live: its product with ∞ is nan, as in IEEE arithmetic.

A mask is True for all entries, False for none, or truth values that broadcast against the gradient. While a
program is recorded these are recorded conditions, decided anew at each call; of lazy data they are lazy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from ..ops.plain import FUNCTIONS
from ..ops.selection import where
from ..ops.shaping import broadcast_to, sum_to
from ..values import modes
from ..values.data import Data, holds_nan, is_lazy, shape_of
from ..values.operation import inputs_of, metadata_of
from ..values.recording import TOGETHER, applied
from ..values.value import Value, data_of
from .reverse import opened, pulled

Live: TypeAlias = Any
"""A mask; a tuple of masks where an operation has several results."""


class StructuralZeros:
    """The masks of one pass, by birth; `absorb` is shown each contribution on its way.

    `record` says that rules see Values, since the pass is recorded; `depends`, whether a Value depends on
    what is differentiated.
    """

    def __init__(self, output: Value, seed: Any, record: bool, depends: Callable[[Value], bool]) -> None:
        self._record, self._depends = record, depends
        self._live: dict[int, Live] = {output._birth: True if is_lazy(output._data) else self._factor(seed)}

    def absorb(self, node: Value, g: Any, i: int, c: Any) -> Any:
        """The contribution c of a node with gradient g to its operand i, 0 where it is dead."""
        operation = node._operation
        live, x = self._live[node._birth], inputs_of(node)[i]
        if c is None or (x._operation is None and not _may_hold_nan(c)):
            return c  # a rule without result is refused later; nobody asks for the mask of a leaf
        if operation is TOGETHER:
            live = live[i] if isinstance(live, tuple) else live
            c = _kept(live, c)
        elif operation.elementwise:
            live = _both(live, self._partial(node, i))
            c = _kept(live, c)
        elif operation.selecting:
            live = _nonzero(self._pulled(node, i, _marks(live, node._data)))
            c = _kept(live, c)
        elif operation.linear:
            c, live = self._of_products(node, g, i, live, c)
        else:
            if operation.masked and live is not True:
                c = operation.masked(g, _marks(live, node._data), *self._seen(node))
            live = _any(live)
            c = c if isinstance(c, tuple) else _kept(live, c)
        live = _summed(live, node._data if operation.elementwise else c, x._data)
        self._live[x._birth] = _either(self._live.get(x._birth, False), live)
        return c

    def _partial(self, node: Value, i: int) -> Live:
        """Where the partial derivative of an elementwise operation is not 0 by its structure."""
        operation = node._operation
        if operation.selecting:
            return _nonzero(self._pulled(node, i, 1.0))
        factors = [x for j, x in enumerate(inputs_of(node)) if j != i] if operation.linear else []
        return reduce(_both, map(self._factor, factors), True)

    def _factor(self, x: Any) -> Live:
        """Where a factor is not 0; if it depends on what is differentiated, where that was not selected as 0.

        Such are the gradients of branches not taken, in a pass that was recorded.
        """
        if isinstance(x, tuple):
            return tuple(map(self._factor, x))
        live: Live = True
        while self._varies(x) and _is_product(x._operation):
            varying = [factor for factor in inputs_of(x) if self._varies(factor)]
            fixed = [_nonzero(factor) for factor in inputs_of(x) if not self._varies(factor)]
            live = reduce(_both, fixed, live)
            if len(varying) != 1:
                return live
            (x,) = varying
        if not self._varies(x):
            return _both(live, _nonzero(x))
        operation = x._operation
        if not (operation and operation.selecting and operation.entrywise and 0.0 in operation.rules):
            return live
        slopes = zip(inputs_of(x), operation.rules, strict=True)
        marked = [1.0 if self._varies(branch) and rule != 0.0 else branch for branch, rule in slopes]
        return _both(live, _nonzero(applied(operation)(*marked, **metadata_of(x))))

    def _varies(self, x: Any) -> bool:
        return type(x) is Value and self._depends(x)

    def _of_products(self, node: Value, g: Any, i: int, live: Live, c: Any) -> tuple[Any, Live]:
        """The contribution of an operation that sums products of one entry from each operand, and its mask.

        Masks go through the rule as the numbers 1 and 0, which count the products. Where all live ones are
        finite, the contribution is the sum of these alone.
        """
        operands = inputs_of(node)
        factors = [True if j == i else self._factor(x) for j, x in enumerate(operands)]
        products = self._count(node, i, live, factors)
        reached = _nonzero(products)
        if is_lazy(data_of(c)) or not _may_hold_nan(c):
            return c, reached  # lazy products are left as they are
        if len(operands) == 1:  # it meets no ∞ of another
            return _kept(reached, c), reached
        finite = [_both(factor, _finite(x)) for factor, x in zip(factors, operands, strict=True)]
        bounded = _both(live, _finite(g))
        _, *seen = self._seen(node)
        kept = [_kept(mask, x) for mask, x in zip(finite, seen, strict=True)]
        alone = self._pulled(node, i, _kept(bounded, g), kept)
        sound = FUNCTIONS["equal"](products, self._count(node, i, bounded, finite))
        return where(sound, alone, c), reached

    def _count(self, node: Value, i: int, live: Live, factors: Sequence[Live]) -> Any:
        """How many products of what is live make up each entry of a contribution."""
        operands = [_marks(mask, data_of(x)) for mask, x in zip(factors, inputs_of(node), strict=True)]
        return self._pulled(node, i, _marks(live, node._data), operands)

    def _pulled(self, node: Value, i: int, g: Any, operands: Sequence[Any] | None = None) -> Any:
        """What the rule for operand i makes of g, if given with other operands."""
        z, *own = self._seen(node)
        return pulled(node, i, g, (z, *(own if operands is None else operands)))

    def _seen(self, node: Value) -> Sequence[Any]:
        return opened(node, self._record)[1]


def _is_product(operation: Any) -> bool:
    """Whether a zero of an operand is one of the result."""
    return operation is not None and operation.elementwise and operation.linear


# -- masks -------------------------------------------------------------------------------------


def _simple(mask: Any) -> Live:
    """A mask as True or False where its truth values are all the same, and may be looked at."""
    if type(mask) is Value or is_lazy(mask):
        return mask
    if np.all(mask):
        return True
    return mask if np.any(mask) else False


def _nonzero(x: Any) -> Live:
    """Where numbers are not 0; nan counts as such, None does not."""
    if isinstance(x, tuple):
        return tuple(map(_nonzero, x))
    return x is not None and _simple(FUNCTIONS["not_equal"](x, 0.0))


def _finite(x: Any) -> Live:
    return tuple(map(_finite, x)) if isinstance(x, tuple) else _simple(FUNCTIONS["isfinite"](x))


def _may_hold_nan(x: Any) -> bool:
    """Whether numbers hold nan; those that are not looked at may."""
    unseen = is_lazy(data_of(x)) or isinstance(x, tuple) or (type(x) is Value and modes.tracer() is not None)
    return unseen or holds_nan(data_of(x))


def _both(a: Live, b: Live) -> Live:
    """Where two masks hold both."""
    if a is True or b is False:
        return b
    if b is True or a is False:
        return a
    return tuple(map(_both, a, b)) if isinstance(a, tuple) else a & b


def _either(a: Live, b: Live) -> Live:
    """Where one of two masks holds, or both."""
    if a is True or b is False:
        return a
    if b is True or a is False:
        return b
    return tuple(map(_either, a, b)) if isinstance(a, tuple) else a | b


def _any(mask: Live) -> Live:
    """Whether one entry is live."""
    if isinstance(mask, tuple):
        return reduce(_either, map(_any, mask))
    return mask if isinstance(mask, bool) else _simple(FUNCTIONS["any"](mask))


def _kept(mask: Live, x: Any) -> Any:
    """Numbers, with 0 where a mask does not hold."""
    if mask is True or x is None:
        return x
    return tuple(map(_kept, mask, x)) if isinstance(mask, tuple) else where(mask, x, 0.0)


def _marks(mask: Live, like: Data) -> Any:
    """A mask as the numbers 1 and 0, in the shape of data."""
    if isinstance(like, tuple):
        return tuple(map(_marks, mask if isinstance(mask, tuple) else (mask,) * len(like), like))
    if mask is not True and shape_of(mask) == shape_of(like):
        return where(mask, 1.0, 0.0)
    ones = np.ones_like(like) if shape_of(like) else 1.0
    return ones if mask is True else where(mask, ones, 0.0)


def _summed(mask: Live, wide: Data, x: Data) -> Live:
    """The mask of a contribution summed to the shape of its operand: live where one of the terms is."""
    if isinstance(mask, (bool, tuple)) or shape_of(mask) in ((), shape_of(x)):
        return mask
    return _nonzero(sum_to(broadcast_to(where(mask, 1.0, 0.0), shape_of(wide)), shape_of(x)))
