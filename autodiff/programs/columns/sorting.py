"""Which Values are alike: those that one operation computed, with the same options, from Values that are alike.

Leaves are alike that have one shape and dtype; so are constants. Chains of additions are sums of many terms,
so that it does not matter where in it a term was added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from ... import ops
from ...values.data import Shape, dtype_of, shape_of
from ...values.operation import Operation, inputs_of, metadata_of
from ...values.value import Value
from ..rewrites.draft import frozen
from .computed import Computed, Summed
from .kinds import Constants, Entries, Kind, Leaves

ADD: Operation = vars(ops.add)["operation"]
GETITEM: Operation = vars(ops.getitem)["operation"]

Home = tuple[Kind, int]


class Sorting:
    """The kinds of recorded nodes, given in order of birth, and the home of each: its kind and its position.

    `known` are the homes of Values that were sorted before.
    """

    def __init__(
        self,
        nodes: Sequence[Value],
        outputs: Sequence[Value],
        targets: Collection[int],
        is_constant: Callable[[Value], bool],
        known: Mapping[int, Home],
    ) -> None:
        self.kinds: list[Computed] = []
        self.homes: dict[int, Home] = {}
        self._known, self._targets, self._is_constant = known, targets, is_constant
        self._by_key: dict[Hashable, Any] = {}
        self._plain: dict[int, Home] = {}
        self._inside = _inside(nodes, outputs)
        self._terms: dict[int, list[Home]] = {}
        for node in nodes:
            self._enter(node)

    def home(self, x: Any) -> Home:
        """The kind and position of an operand."""
        if type(x) is not Value:
            return self._plain.get(id(x)) or self._leaf(x, self._plain, id(x))
        birth = x._birth
        return self.homes.get(birth) or self._known.get(birth) or self._leaf(x, self.homes, birth)

    def _leaf(self, x: Any, homes: dict[int, Home], key: int) -> Home:
        value = x if type(x) is Value else None
        shape, dtype = (shape_of(x), dtype_of(x)) if value is None else (value.shape, value.dtype)
        if value is None or self._is_constant(value):
            kind = self._kind(("constant", shape, dtype), Constants, shape)
        else:
            kinds = "leaf", shape, dtype, value._tracked, value._birth in self._targets
            kind = self._kind(kinds, Leaves, shape)
        kind.members.append(x)
        homes[key] = home = kind, len(kind.members) - 1
        return home

    def _kind(self, key: Hashable, make: Callable[..., Any], *given: Any) -> Any:
        if key not in self._by_key:
            self._by_key[key] = make(*given)
        return self._by_key[key]

    # -- nodes -------------------------------------------------------------------------------------

    def _enter(self, node: Value) -> None:
        operation = node._operation
        if operation is ADD:
            self._enter_sum(node)
        elif operation.arity == 2:
            x, y = node._x, node._y
            (a, i), (b, j) = self.home(x), self.home(y)
            self._computed(node, (operation, a, b, x is y, node._tracked), (a, b), (i, j))
        elif operation is GETITEM and (index := _whole(node._y["index"])):
            self._enter_entry(node, index)
        else:
            homes = [self.home(x) for x in inputs_of(node)]
            kinds = tuple([kind for kind, _ in homes])
            options = frozen(tuple(metadata_of(node).items()))
            key = operation, kinds, options, node._tracked
            self._computed(node, key, kinds, tuple([i for _, i in homes]))

    def _computed(self, node: Value, key: Hashable, kinds: Sequence[Kind], positions: tuple[int, ...]) -> None:
        """Enter a result of an operation, once for the same operands."""
        kind = self._by_key.get(key)
        if kind is None:
            kind = self._by_key[key] = Computed(node, metadata_of(node), kinds, (1,) * len(kinds))
            self.kinds.append(kind)
        known = kind.known
        position = known.get(positions)
        if position is None:
            position = known[positions] = len(kind.members)
            kind.members.append(node)
            for site, i in zip(kind.sites, positions, strict=True):
                site.append(i)
        self.homes[node._birth] = kind, position

    def _enter_sum(self, node: Value) -> None:
        x, y = node._x, node._y
        terms = self._terms_of(x)
        terms += self._terms_of(y)
        if node._birth in self._inside:
            self._terms[node._birth] = terms
            return
        by_kind: dict[Kind, list[int]] = {}
        for kind, i in terms:
            by_kind.setdefault(kind, []).append(i)
        key = ADD, tuple([(kind, len(places)) for kind, places in by_kind.items()]), node._tracked
        kind = self._by_key.get(key)
        if kind is None:
            counts = tuple(map(len, by_kind.values()))
            kind = self._by_key[key] = Summed(node, {}, tuple(by_kind), counts)
            self.kinds.append(kind)
        kind.members.append(node)
        for site, places in zip(kind.sites, by_kind.values(), strict=True):
            site += places
        self.homes[node._birth] = kind, len(kind.members) - 1

    def _terms_of(self, x: Any) -> list[Home]:
        if type(x) is Value and x._birth in self._inside:
            return self._terms.pop(x._birth)
        return [self.home(x)]

    def _enter_entry(self, node: Value, index: tuple[int, ...]) -> None:
        (x,) = inputs_of(node)
        source, place = self.home(x)
        outer = source.shape[: len(index)]
        leaf = place if isinstance(source, (Leaves, Constants)) else None
        kind = self._kind((GETITEM, source, leaf, len(index)), Entries, source, leaf, node.shape)
        position = int(np.ravel_multi_index(index, outer, mode="wrap"))
        if leaf is None:
            position += place * int(np.prod(outer))
        kind.nodes.setdefault(position, node)
        self.homes[node._birth] = kind, position


def _whole(index: Any) -> tuple[int, ...]:
    """The whole numbers that an index is; () if there is anything else in it."""
    parts = index if type(index) is tuple else (index,)
    return tuple(map(int, parts)) if all(isinstance(part, (int, np.integer)) and type(part) is not bool for part in parts) else ()


def _inside(nodes: Sequence[Value], outputs: Sequence[Value]) -> set[int]:
    """The births of sums that only go on in other sums of the same shape and dtype."""
    uses = Counter([x._birth for node in nodes for x in inputs_of(node) if type(x) is Value])
    uses.update([x._birth for x in outputs])
    found = set()
    for node in nodes:
        if node._operation is ADD:
            for x in (node._x, node._y):
                if type(x) is Value and x._operation is ADD and uses[x._birth] == 1 and _alike(x, node):
                    found.add(x._birth)
    return found


def _alike(x: Value, y: Value) -> bool:
    a, b = x._data, y._data
    if type(a) is float is type(b):
        return x._tracked is y._tracked
    return shape_of(a) == shape_of(b) and dtype_of(a) == dtype_of(b) and x._tracked is y._tracked
