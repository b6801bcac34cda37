"""The tasks of a program over rows in chunks: one program per chunk, and one of what they give together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np

from ...values.data import Data, as_data
from ..loading import Run, loaded
from ..source import Source
from .rows import Way
from .splitting import Split

TOGETHER = 16
"""Results of chunks that are added in one task."""

KEPT = 64
"""Functions of texts that a process keeps."""

_known: dict[str, Run] = {}


class Piece:
    """A function of a text, which a process reads once, however often it is sent."""

    def __init__(self, source: Source) -> None:
        self.source = source
        digest = hashlib.blake2b(source.encode(), digest_size=16)
        for name, x in sorted(source.bound.items()):
            digest.update(name.encode() + (x.tobytes() if isinstance(x, np.ndarray) else repr(x).encode()))
        self.key = digest.hexdigest()

    def __dask_tokenize__(self) -> str:
        return self.key

    def __call__(self, *inputs: Data) -> tuple[Data, ...]:
        """The results for the inputs, in order."""
        run = _known.get(self.key)
        if run is None:
            while len(_known) >= KEPT:
                _known.pop(next(iter(_known)), None)
            run = _known[self.key] = loaded(self.source)
        return run(*inputs)


class ChunkPlan(NamedTuple):
    """What chunks compute, for each number of rows, and the rest; `split` says how these come together."""

    pieces: dict[int, Piece]
    rest: Piece
    split: Split
    most: int
    """Rows at a time."""

    def arrays(self, lazy: Sequence[bool], rows: Sequence[Any], same: Sequence[Data]) -> list[Any]:
        """The results as Dask arrays, of arrays of rows, and of what is the same for all chunks."""
        graph = _Graph(rows)
        sizes = rows[0].chunks[0]
        shared = graph.entered("same", (tuple, list(same)))  # sent once, to each worker
        program = graph.entered(
            "program",
            Chunk(self.pieces, self.split.ways, self.split.axes, tuple(lazy), self.most, sum(sizes)),
        )
        chunks = []
        for i in range(len(sizes)):
            blocks = [_block(x, i) for x in rows]
            chunks.append(graph.entered("chunk", (of_chunk, program, shared, *blocks), i))
        rest = graph.entered("rest", (of_all, self.rest, shared, graph.summed(chunks)))
        found = []
        for (has_rows, place), line in zip(self.split.places, self.split.results, strict=True):
            axis = self.split.axes[place] if has_rows else None
            parts = [(_row, chunk, place) for chunk in chunks] if has_rows else [(getitem, rest, place)]
            shape = [sizes if k == axis else (n,) for k, n in enumerate(line.shape)]
            found.append(graph.array(parts, axis, shape, line.dtype))
        return found


class _Graph:
    """Tasks by their keys, behind those of arrays of rows."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.name, self.rows = f"program-{uuid4().hex}", rows
        self.tasks: dict[Any, Any] = {}
        self.arrays: list[str] = []
        self.behind: Any = None

    def entered(self, name: str, task: Any, *place: int) -> tuple[Any, ...]:
        """The key of a task."""
        key = (f"{name}-{self.name}", *place)
        self.tasks[key] = task
        return key

    def summed(self, chunks: Sequence[Any]) -> Any:
        """The sums of what chunks give, some in each task."""
        sums, level = [(getitem, chunk, 0) for chunk in chunks], 0
        while len(sums) > 1 or not level:
            groups = [sums[i : i + TOGETHER] for i in range(0, len(sums), TOGETHER)]
            sums = [self.entered("sum", (added, group), level, i) for i, group in enumerate(groups)]
            level += 1
        return sums[0]

    def array(self, parts: list[Any], axis: int | None, chunks: list[Any], dtype: Any) -> Any:
        """An array of tasks, one for each chunk along an axis."""
        import dask.array as da
        from dask.highlevelgraph import HighLevelGraph

        if self.behind is None:
            self.behind = HighLevelGraph.from_collections(self.name, self.tasks, dependencies=self.rows)
        name = f"{self.name}-{len(self.arrays)}"
        self.arrays.append(name)
        keys = [(name, *[i if k == axis else 0 for k in range(len(chunks))]) for i in range(len(parts))]
        layers = {**self.behind.layers, name: dict(zip(keys, parts, strict=True))}
        graph = HighLevelGraph(layers, {**self.behind.dependencies, name: {self.name}})
        return da.Array(graph, name, chunks=tuple(chunks), dtype=dtype)


def _block(x: Any, i: int) -> Any:
    """The rows of a chunk, by their key; where they are a slice of a block, that is a part of our task."""
    from dask.array.chunk import getitem as slicing
    from dask.highlevelgraph import MaterializedLayer

    key = (x.name, i, *[0] * (x.ndim - 1))
    layer = x.dask.layers[x.name]
    task = layer[key] if isinstance(layer, MaterializedLayer) else None
    if isinstance(task, tuple):  # as Dask wrote tasks until 2024
        return (getitem, *task[1:]) if task[0] in (getitem, slicing) else key
    if getattr(task, "func", None) not in (getitem, slicing):
        return key
    block, index = getattr(task, "args")  # noqa: B009 (Dask's, of which no types are known)
    return getitem, block.key, index


def _row(chunk: Any, place: int) -> Any:
    """One of the results of a chunk that have rows."""
    return chunk[1][place]


# -- what workers do ---------------------------------------------------------------------------


def tiles(n: int, most: int) -> list[int]:
    """So many rows in parts of about equal size."""
    count = -(-n // most)
    return [n // count + (i < n % count) for i in range(count)]


@dataclass(frozen=True)
class Chunk:
    """What is computed of each chunk, some rows at a time: by the program for so many."""

    pieces: dict[int, Piece]
    ways: tuple[Way, ...]
    axes: tuple[int, ...]
    lazy: tuple[bool, ...]
    most: int
    total: int

    def of(self, same: Sequence[Data], blocks: Sequence[Data]) -> Any:
        """What a chunk adds to the sums over all, and its rows."""
        sums, rows, start = [], [], 0
        count = len(self.ways) - len(self.axes)
        for n in tiles(len(blocks[0]), self.most):
            given, rest = iter(blocks), iter(same)
            inputs = [next(given)[start : start + n] if lazy else next(rest) for lazy in self.lazy]
            found = self.pieces[n](*inputs)
            pairs = zip(found, self.ways, strict=True)
            sums.append(tuple([y * (n / self.total) if way == "mean" else y for y, way in pairs][:count]))
            rows.append(found[count:])
            start += n
        columns = zip(zip(*rows, strict=True), self.axes, strict=True)
        return added(sums), [np.concatenate(column, axis) for column, axis in columns]


def of_chunk(chunk: Chunk, same: Sequence[Data], *blocks: Data) -> Any:
    """The same of blocks as they come."""
    return chunk.of(same, [as_data(x, copy=False, masks=True) for x in blocks])


def added(parts: Sequence[tuple[Data, ...]]) -> tuple[Data, ...]:
    """The sums of what chunks give."""
    return tuple([reduce(lambda x, y: x + y, column) for column in zip(*parts, strict=True)])


def of_all(piece: Piece, same: Sequence[Data], sums: Sequence[Data]) -> tuple[Data, ...]:
    """What follows from the sums over all chunks."""
    return tuple([np.asarray(y)[()] for y in piece(*same, *sums)])
