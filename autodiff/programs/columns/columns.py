"""What f recorded, with parts that are alike computed side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from ...values.operation import inputs_of
from ...values.value import Value
from .computed import Computed
from .sorting import Homes, Sorting


class Disjoined(BaseException):  # of f nobody else is to catch it: f is recorded once more
    """f differentiates by a Value that has become a part of a column, which nothing was computed from."""


class Columns:
    """The columns of one recording.

    The births of what comes in place of watched Values are added to those.
    """

    def __init__(self, start: int, watched: set[int]) -> None:
        self._start, self._watched = start, watched
        self._homes: Homes = {}
        self._unlike: set[tuple[tuple[int, ...], frozenset[int], int]] = set()
        """What was asked for, by births, in which nothing is alike: as for the columns of a Jacobian."""

    def of(
        self,
        outputs: Sequence[Value],
        targets: Collection[int],
        is_constant: Callable[[Value], bool],
        tell: Callable[[Computed], None],
    ) -> list[Value]:
        """The same outputs, computed by columns from Values with births in `targets`, and from leaves.

        `is_constant` says whether a Value was made of plain numbers while f ran; `tell`, that what is
        recorded next is of a kind. Neither is kept: they know the trace, and its nodes would wait for the
        collector. Raises Disjoined where a target is a part of a column of an earlier call.
        """
        if not self._homes.keys().isdisjoint(targets):
            raise Disjoined
        asked = tuple([x._birth for x in outputs]), frozenset(targets), len(self._homes)
        if asked in self._unlike:
            return [*outputs]
        nodes = self._recorded(outputs, targets)
        sorting = Sorting(nodes, outputs, targets, is_constant, self._homes)
        for kind in sorting.kinds:
            kind.decide()
        if not any(kind.is_column for kind in sorting.kinds) and not self._homes:
            self._unlike.add(asked)
            return [*outputs]
        for kind in sorting.kinds:
            kind.settle(tell)
        self._remember(sorting.homes)
        return [*map(self._new, outputs)]

    def _remember(self, homes: Homes) -> None:
        """Keep the homes of what has become parts of columns, or is computed from these."""
        for birth, home in homes.items():
            if isinstance(home[0], Computed) and home[0].is_changed:
                self._homes[birth] = home
        for birth in self._watched & self._homes.keys():
            new = self._found(birth)
            if isinstance(new, Value):
                self._watched.add(new._birth)

    def _found(self, birth: int) -> Any:
        kind, place = self._homes[birth]
        return kind.alone(place)

    def _new(self, output: Value) -> Value:
        found = self._found(output._birth) if output._birth in self._homes else output
        return found if isinstance(found, Value) else output

    def _recorded(self, outputs: Sequence[Value], targets: Collection[int]) -> list[Value]:
        """What outputs were computed from while f ran and is no column yet, in order of birth."""
        found: dict[int, Value] = {}
        stack = [*outputs]
        while stack:
            x = stack.pop()
            birth = x._birth
            if x._operation is None or birth in found or birth <= self._start:
                continue
            if birth not in targets and birth not in self._homes:
                found[birth] = x
                stack += [y for y in inputs_of(x) if type(y) is Value]
        return [found[birth] for birth in sorted(found)]
