"""The tasks of a program over rows in chunks: one program per chunk, and one of what they give together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

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

    def arrays(self, lazy: Sequence[bool], rows: Sequence[Any], same: Sequence[Data]) -> Iterator[Any]:
        """The results as Dask arrays, of arrays of rows, and of what is the same for all chunks."""
        import dask

        sizes = rows[0].chunks[0]
        shared = dask.delayed(tuple(same), traverse=False)  # sent once, to each worker
        pieces = {n: dask.delayed(piece, traverse=False) for n, piece in self.pieces.items()}
        blocks = zip(*[x.to_delayed(optimize_graph=False).ravel() for x in rows], strict=True)
        found = []
        for n, given in zip(sizes, blocks, strict=True):
            task = partial(of_chunk, tuple(lazy), self.split.weights(n / sum(sizes)))
            found.append(dask.delayed(task, name="chunk", nout=2)(pieces[n], shared, *given))
        sums = _summed([part for part, _ in found])
        rest = dask.delayed(of_all, nout=len(self.split.rest.outputs))(self.rest, shared, sums)
        for (has_rows, place), line in zip(self.split.places, self.split.results, strict=True):
            if has_rows:
                yield _joined([y[place] for _, y in found], sizes, self.split.axes[place], line)
            else:
                yield _array(rest[place], line.shape, line)


def _summed(parts: list[Any]) -> Any:
    """The sums of what chunks give, some in each task."""
    import dask

    while len(parts) > 1:
        groups = [parts[i : i + TOGETHER] for i in range(0, len(parts), TOGETHER)]
        parts = [dask.delayed(added)(group) for group in groups]
    return parts[0]


def _joined(parts: list[Any], sizes: Sequence[int], axis: int, line: Any) -> Any:
    """The rows of all chunks, one behind the other."""
    import dask.array as da

    shapes = [(*line.shape[:axis], n, *line.shape[axis + 1 :]) for n in sizes]
    return da.concatenate([_array(x, shape, line) for x, shape in zip(parts, shapes, strict=True)], axis)


def _array(x: Any, shape: tuple[int, ...], line: Any) -> Any:
    import dask.array as da

    return da.from_delayed(x, shape, line.dtype)


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
