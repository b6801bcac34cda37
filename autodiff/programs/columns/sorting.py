"""Which Values are alike: those that one operation computed with the same options from others that are.

Leaves are alike that have one shape and dtype; so are constants. Chains of additions are sums of many terms,
so that it does not matter where in it a term was added.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ... import ops
from ...values.data import dtype_of, shape_of
from ...values.operation import Operation, inputs_of, metadata_of
from ...values.value import Value, data_of
from ..sameness import frozen
from .batches import JOINED
from .computed import Computed, Joined, Summed
from .kinds import Constants, Entries, Kind, Leaves

ADD: Operation = vars(ops.add)["operation"]
GETITEM: Operation = vars(ops.getitem)["operation"]


Homes: TypeAlias = dict[Any, tuple[Kind, int]]
"""The kind of each Value, and its position there, by birth."""


class Sorting:
    """The kinds of recorded nodes, given in order of birth, and the homes of these and of their operands.

    `known` are the homes of Values that were sorted before.
    """

    def __init__(
        self,
        nodes: Sequence[Value],
        outputs: Sequence[Value],
        targets: Collection[int],
        is_constant: Callable[[Value], bool],
        known: Homes,
    ) -> None:
        self.kinds: list[Computed] = []
        self.homes: Homes = {}
        self._targets, self._is_constant = targets, is_constant
        self._by_key: dict[Hashable, Any] = {}
        self._plain: Homes = {}
        self._inside = _inside(nodes, outputs)
        self._terms: dict[int, dict[Kind, list[int]]] = {}
        self._enter_known(nodes, known)
        for node in nodes:
            operation = node._operation
            if operation is ADD and not _is_of_masks(node):
                self._enter_sum(node)
            elif operation.arity == 2:
                self._enter_pair(node, operation)
            elif operation is GETITEM and (index := _whole(node._y["index"])):
                self._enter_entry(node, index)
            else:
                self._enter(node, operation)

    def _enter_known(self, nodes: Sequence[Value], known: Homes) -> None:
        for node in nodes if known else ():
            for x in inputs_of(node):
                if type(x) is Value and x._birth in known:
                    self.homes[x._birth] = known[x._birth]

    def _home(self, x: Any) -> tuple[Kind, int]:
        """The kind and position of an operand."""
        if type(x) is Value:
            return self.homes.get(x._birth) or self._leaf(x, self.homes, x._birth)
        # An array was copied where it became an operand, a number was not.
        key = frozen(x) if isinstance(x, np.ndarray) else id(x)
        return self._plain.get(key) or self._leaf(x, self._plain, key)

    def _leaf(self, x: Any, homes: Homes, key: Hashable) -> tuple[Kind, int]:
        value = x if type(x) is Value else None
        shape, dtype = (shape_of(x), dtype_of(x)) if value is None else (value.shape, value.dtype)
        kind: Kind
        if value is None or self._is_constant(value):
            kind = self._kind(("constant", shape, dtype), Constants, shape)
        else:
            kinds = "leaf", shape, dtype, value._tracked, value._birth in self._targets
            kind = self._kind(kinds, Leaves, shape)
        kind.members.append(x)
        homes[key] = kind, len(kind.members) - 1
        return homes[key]

    def _kind(self, key: Hashable, make: Callable[..., Any], *given: Any) -> Any:
        if key not in self._by_key:
            self._by_key[key] = make(*given)
        return self._by_key[key]

    # -- nodes -------------------------------------------------------------------------------------

    def _enter_pair(self, node: Value, operation: Operation) -> None:
        """A result of an operation of two operands, which scalar code consists of."""
        x, y = node._x, node._y
        (a, i), (b, j) = self._home(x), self._home(y)
        kind = self._of_key((operation, a, b, x is y, node._tracked), Computed, node, (a, b), (1, 1))
        first, second = kind.sites
        first.append(i)
        second.append(j)
        self._put(node, kind)

    def _enter(self, node: Value, operation: Operation) -> None:
        homes = [self._home(x) for x in inputs_of(node)]
        kinds, positions = tuple([kind for kind, _ in homes]), tuple([i for _, i in homes])
        make: type[Computed] = Computed
        counts: tuple[int, ...] = (1,) * len(kinds)
        if operation in JOINED and len(set(kinds)) == 1:
            make, counts, kinds = Joined, (len(kinds),), kinds[:1]
        key = operation, kinds, counts, frozen(metadata_of(node)), node._tracked
        kind = self._of_key(key, make, node, kinds, counts)
        if make is Joined:
            kind.sites[0].extend(positions)
        else:
            for site, i in zip(kind.sites, positions, strict=True):
                site.append(i)
        self._put(node, kind)

    def _put(self, node: Value, kind: Computed) -> None:
        """Enter the next member of a kind."""
        self.homes[node._birth] = kind, len(kind.members)
        kind.members.append(node)

    def _of_key(self, key: Hashable, make: type[Computed], node: Value, *given: Any) -> Computed:
        kind: Computed | None = self._by_key.get(key)
        if kind is None:
            kind = self._by_key[key] = make(node, *given)
            self.kinds.append(kind)
        return kind

    def _enter_sum(self, node: Value) -> None:
        x, y, birth = node._x, node._y, node._birth
        terms = self._terms.pop(x._birth, None) if type(x) is Value else None
        if terms is None:
            kind, i = self._home(x)
            terms = {kind: [i]}
        more = self._terms.pop(y._birth, None) if type(y) is Value else None
        if more is None:
            kind, i = self._home(y)
            terms.setdefault(kind, []).append(i)
        else:
            for kind, places in more.items():
                terms.setdefault(kind, []).extend(places)
        if birth in self._inside:
            self._terms[birth] = terms
            return
        counts = tuple(map(len, terms.values()))
        key = ADD, tuple(terms), counts, node._tracked
        summed = self._of_key(key, Summed, node, tuple(terms), counts)
        for site, places in zip(summed.sites, terms.values(), strict=True):
            site += places
        self._put(node, summed)

    def _enter_entry(self, node: Value, index: tuple[int, ...]) -> None:
        (x,) = inputs_of(node)
        source, place = self._home(x)
        outer = source.shape[: len(index)]
        leaf = place if isinstance(source, (Leaves, Constants)) else None
        kind = self._kind((GETITEM, source, leaf, len(index)), Entries, source, leaf, node.shape)
        position = int(np.ravel_multi_index(index, outer, mode="wrap"))
        if leaf is None:
            position += place * math.prod(outer)
        kind.nodes.setdefault(position, node)
        self.homes[node._birth] = kind, position


def _whole(index: Any) -> tuple[int, ...]:
    """The whole numbers that an index is; () if there is anything else in it."""
    parts = index if type(index) is tuple else (index,)
    whole = all(isinstance(part, (int, np.integer)) and type(part) is not bool for part in parts)
    return tuple(map(int, parts)) if whole else ()


def _inside(nodes: Sequence[Value], outputs: Sequence[Value]) -> set[int]:
    """The births of sums that only go on in other sums of the same shape and dtype."""
    sums = [x for node in nodes for x in inputs_of(node) if type(x) is Value and x._operation is ADD]
    uses = Counter([x._birth for x in sums])
    uses.update([x._birth for x in outputs])
    found = set()
    for node in nodes:
        if node._operation is ADD:
            for x in (node._x, node._y):
                if type(x) is Value and x._operation is ADD and uses[x._birth] == 1 and _continues(x, node):
                    found.add(x._birth)
    return found


def _is_of_masks(node: Value) -> bool:
    """Whether + is or."""
    return all(dtype_of(data_of(x)).kind == "b" for x in (node._x, node._y))


def _continues(x: Value, y: Value) -> bool:
    """Whether a sum is one of the same terms and more."""
    a, b = x._data, y._data
    if x._tracked is not y._tracked:
        return False
    if type(a) is float is type(b):
        return type(data_of(x._x)) is float or not _is_of_masks(x)
    return shape_of(a) == shape_of(b) and dtype_of(a) == dtype_of(b) and not _is_of_masks(x)
