"""The tasks of a program over rows in chunks: one program per chunk, and one of what they give together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial, reduce
from operator import getitem
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np

from ...values.data import Data, as_data
from ..loading import Run, loaded
from ..source import Source
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


class Plan(NamedTuple):
    """What chunks compute, for each number of rows, and the rest; `split` says how these come together."""

    pieces: dict[int, Piece]
    rest: Piece
    split: Split

    def arrays(self, lazy: Sequence[bool], rows: Sequence[Any], same: Sequence[Data]) -> list[Any]:
        """The results as Dask arrays, of arrays of rows, and of what is the same for all chunks."""
        graph = _Graph(rows)
        sizes = rows[0].chunks[0]
        shared = graph.entered("same", (tuple, list(same)))  # sent once, to each worker
        pieces = {n: graph.entered(f"program-of-{n}", piece) for n, piece in self.pieces.items()}
        chunks = []
        for i, n in enumerate(sizes):
            task = partial(of_chunk, tuple(lazy), self.split.weights(n / sum(sizes)))
            blocks = [_block(x, i) for x in rows]
            chunks.append(graph.entered("chunk", (task, pieces[n], shared, *blocks), i))
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
        self.count = 0

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

        self.count += 1
        name = f"{self.name}-{self.count}"
        blank = [0] * len(chunks)
        keys = [(name, *[i if k == axis else 0 for k in range(len(blank))]) for i in range(len(parts))]
        tasks = dict(zip(keys, parts, strict=True))
        graph = HighLevelGraph.from_collections(name, {**self.tasks, **tasks}, dependencies=self.rows)
        return da.Array(graph, name, chunks=tuple(chunks), dtype=dtype)


def _block(x: Any, i: int) -> Any:
    """The rows of a chunk, by their key; where they are a slice of a block, that is a part of our task."""
    from dask.array.chunk import getitem as slicing
    from dask.highlevelgraph import MaterializedLayer

    key = (x.name, i, *[0] * (x.ndim - 1))
    layer = x.dask.layers[x.name]
    task = layer[key] if isinstance(layer, MaterializedLayer) else None
    function = task[0] if isinstance(task, tuple) else getattr(task, "func", None)
    return task if function in (getitem, slicing) else key


def _row(chunk: Any, place: int) -> Any:
    """One of the results of a chunk that have rows."""
    return chunk[1][place]


# -- what workers do ---------------------------------------------------------------------------


def of_chunk(
    lazy: Sequence[bool], weights: Sequence[float], piece: Piece, same: Sequence[Data], *blocks: Data
) -> tuple[tuple[Data, ...], tuple[Data, ...]]:
    """What a chunk adds to the sums over all, and its rows."""
    given, rest = iter(blocks), iter(same)
    inputs = [as_data(next(given), copy=False, masks=True) if is_lazy else next(rest) for is_lazy in lazy]
    found = piece(*inputs)
    parts = zip(found, weights, strict=False)
    return tuple([y if w == 1.0 else y * w for y, w in parts]), found[len(weights) :]


def added(parts: Sequence[tuple[Data, ...]]) -> tuple[Data, ...]:
    """The sums of what chunks give."""
    return tuple([reduce(lambda x, y: x + y, column) for column in zip(*parts, strict=True)])


def of_all(piece: Piece, same: Sequence[Data], sums: Sequence[Data]) -> tuple[Data, ...]:
    """What follows from the sums over all chunks."""
    return tuple([np.asarray(y)[()] for y in piece(*same, *sums)])
