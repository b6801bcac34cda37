"""A program called with Dask arrays, whose rows are in chunks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from ...differentiation.structure import leaves, mapped
from ...values import modes
from ...values.data import as_data
from ...values.lazy import holds_tasks
from ..arguments import Arguments
from ..listing import Listing
from ..results import filled
from ..rewrites.rewriting import rewritten
from ..source import written
from ..tracing.trace import recorded_from
from ..version import Version
from .rows import Sizes
from .splitting import split
from .tasks import ChunkPlan, Piece, tiles

Call: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]

TRIAL, OTHER = 7, 5
"""Rows of a recording beside which the others are put; and where they have so many rows."""

CACHED = 2**16
"""Numbers of an array that stays in a processor's cache: a chunk is computed some rows at a time."""

LEAST = 256
"""Rows below which a program would spend its time on calls."""

_plans: WeakKeyDictionary[Version, dict[Any, ChunkPlan]] = WeakKeyDictionary()


def has_chunks(args: Any, kwargs: Any) -> bool:
    """Whether there are Dask arrays among the arguments of a call."""
    return any(map(holds_tasks, leaves((args, kwargs))))


class Chunked:
    """One call with arrays of rows; `entered` sorts arguments, and `version` is that for them."""

    def __init__(self, call: Call, entered: Callable[[Call], Arguments]) -> None:
        self.call: Call = mapped(_in_chunks_of(_first(call)), call)
        self.entered = entered
        self.lazy, self.rows = self._sorted()
        self.sizes: tuple[int, ...] = self.rows[0].chunks[0]

    def of(self, n: int) -> Arguments:
        """The arguments with so many rows in place of all."""
        return self.entered(mapped(lambda x: example(x, n) if holds_tasks(x) else x, self.call))

    def _sorted(self) -> tuple[list[bool], list[Any]]:
        """Which operands have rows, and these, in order."""
        marked = {}

        def marking(x: Any) -> Any:
            if not holds_tasks(x):
                return x
            mark = example(x, 1)
            marked[id(mark)] = mark, x
            return mark

        operands = self.entered(mapped(marking, self.call)).operands
        return [id(x) in marked for x in operands], [marked[id(x)][1] for x in operands if id(x) in marked]

    def result(self, version_of: Callable[[Arguments], Version]) -> Any:
        """What the program returns, as Dask arrays."""
        version = version_of(self.of(TRIAL))
        plans = _plans.setdefault(version, {})
        lazy = [*self.lazy, *[False] * len(version.captured)]
        if self.sizes not in plans:
            plans[self.sizes] = self._planned(version, lazy)
        operands = zip(self.of(TRIAL).data, self.lazy, strict=True)
        same = [*[x for x, is_lazy in operands if not is_lazy], *[x._data for x in version.captured]]
        return filled(version.result, plans[self.sizes].arrays(lazy, self.rows, same))

    def _planned(self, version: Version, lazy: list[bool]) -> ChunkPlan:
        if version.records:
            raise TypeError(
                "compile: with dask arrays a program returns numbers, but this result depends on "
                "variables; compile value_and_grad(f), or make them constants"
            )
        trial, total = self._recorded(version, TRIAL), sum(self.sizes)
        most = max(LEAST, CACHED * TRIAL // max(math.prod(line.shape) for line in trial.lines))
        pieces = {}
        for n in dict.fromkeys(n for size in self.sizes for n in tiles(size, most)):
            sizes = Sizes(n, TRIAL, total)
            other = trial if n != TRIAL else self._recorded(version, OTHER)
            found = split(
                self._recorded(version, n), other, lazy, sizes._replace(trial=OTHER if n == TRIAL else TRIAL)
            )
            doc = f"Some of {total} rows: what is returned is added, a mean by numbers of rows."
            pieces[n] = Piece(written(rewritten(found.chunk), version.name, doc))
        rest = written(
            rewritten(found.rest), f"{version.name}_of_all", f"The rest, of sums over all {total} rows."
        )
        version.in_chunks = pieces[n].source.below([f"In chunks, of {most} rows at a time or fewer."])
        return ChunkPlan(pieces, Piece(rest), found, most)

    def _recorded(self, version: Version, n: int) -> Listing:
        """What f records for so many rows, without the look for nan."""
        arguments = self.of(n)
        inputs = arguments.inputs()
        args, kwargs = arguments.filled(iter(inputs))
        with modes.inside(version.inside_derivative):
            found = recorded_from(version.function, args, kwargs, inputs, False, version.captured)
        return Listing(found.listing.lines, found.listing.outputs[: len(found.outputs)])


def example(x: Any, n: int) -> Any:
    """Rows of an array, as a program sees them."""
    number = np.array(True if x.dtype.kind == "b" else 0.5, x.dtype)
    return as_data(np.broadcast_to(number, (n, *x.shape[1:])), copy=False, masks=True)


def _first(call: Call) -> Any:
    return next(filter(holds_tasks, leaves(call)))


def _in_chunks_of(like: Any) -> Callable[[Any], Any]:
    """Puts arrays into the chunks of rows of another, each row whole."""
    sizes = like.chunks[0] if like.ndim else ()

    def chunked(x: Any) -> Any:
        if not holds_tasks(x):
            return x
        if not x.ndim or x.shape[0] != sum(sizes) or 0 in sizes:
            raise TypeError(
                f"compile: dask arrays must have one row per observation each, got shapes {like.shape} and "
                f"{x.shape} in chunks of {sizes} rows; compute() what has none"
            )
        return x.rechunk({0: sizes, **dict.fromkeys(range(1, x.ndim), -1)})

    return chunked
