"""Rows per second: loss and gradient of a network over rows in chunks, on one worker and on two.

Beside the same tasks written by hand with `dask.delayed`, one for each chunk and one that adds. The rows are
in the memory of the workers: making them, which both do alike, is timed apart. What workers do is timed by
the clock, since it is not done in this process: on a machine that is busy, or has fewer processors than
workers, both lose.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import autodiff
from autodiff import relu, value_and_grad
from autodiff.values.lazy import computed

from .harness import Row, Work, missing

N_CHUNKS, N_ROWS, N_FEATURES, N_HIDDEN = 16, 50_000, 20, 32
WORK = f"{N_CHUNKS * N_ROWS:,} rows of {N_FEATURES} in chunks, {N_FEATURES}-{N_HIDDEN}-1, loss and gradient"
PAIRS, REPEATS = 7, 2
HAND = "dask.delayed, by hand"

_count = itertools.count()
_draw = np.random.default_rng(0)
PARAMETERS = (_draw.normal(size=(N_HIDDEN, N_FEATURES)), np.zeros(N_HIDDEN), np.ones(N_HIDDEN), 0.0)


def chunk(block_id: tuple[int, ...]) -> Any:
    """Rows of x, with y behind it."""
    return np.random.default_rng(block_id).random((N_ROWS, N_FEATURES + 1))


def loss(theta: Any, x: Any, y: Any) -> Any:
    """R(θ) of the rows."""
    w, b, v, c = theta
    return ((relu(x @ w.T + b) @ v + c - y) ** 2).sum()


def of_rows(rows: Any, parameters: Any) -> tuple[Any, ...]:
    """Loss and gradient of a chunk, by the closed-form formulas."""
    w, b, v, c = parameters
    x, y = rows[:, :-1], rows[:, -1]
    a = x @ w.T
    a += b
    np.maximum(a, 0.0, out=a)
    r = a @ v
    r += c - y
    g = 2.0 * r
    h = np.multiply.outer(g, v)
    h *= a > 0.0
    return r @ r, h.T @ x, h.sum(axis=0), g @ a, g.sum()


def added(parts: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The sums over all chunks."""
    return [sum(column) for column in zip(*parts, strict=True)]


def _in_one_process() -> list[float]:
    blocks = [chunk((i, 0)) for i in range(N_CHUNKS)]
    return [per_second(lambda: added([of_rows(x, PARAMETERS) for x in blocks])) for _ in range(PAIRS)]


def _rows() -> Any:
    """A Dask array of them, which are made anew for each."""
    import dask.array as da

    chunks = ((N_ROWS,) * N_CHUNKS, N_FEATURES + 1)
    return da.map_blocks(chunk, chunks=chunks, meta=np.empty((0, 0)), name=f"rows-{next(_count)}")


def rows() -> Iterator[Row]:
    """One process by hand; making the chunks; then ours and the same by hand, on one worker and on two."""
    try:
        import dask
        from dask.distributed import Client, wait
    except ImportError:
        yield missing(WORK, "dask.delayed, by hand")
        return
    yield Row(WORK, "", _in_one_process(), "rows a second, NumPy by hand in one process")
    program = autodiff.compile(value_and_grad(loss))
    for n, name in ((1, "one worker"), (2, "two workers")):
        with Client(n_workers=n, threads_per_worker=1, dashboard_address=":0"):
            made = [per_second(lambda: wait(_rows().persist()), 1) for _ in range(PAIRS)]
            yield Row(f"making the rows, {name}", "", made, "rows a second")
            data = _rows().persist()
            wait(data)

            def ours(x: Any = data) -> list[Any]:
                value, slopes = program(PARAMETERS, x[:, :-1], x[:, -1])
                return computed([value, *slopes])

            def by_hand(x: Any = data) -> list[Any]:
                one, parameters = dask.delayed(of_rows), dask.delayed(PARAMETERS)
                parts = [one(rows, parameters) for rows in x.to_delayed().ravel()]
                return dask.delayed(added)(parts).compute()  # type: ignore[no-any-return]

            for found, wanted in zip(ours(), by_hand(), strict=True):
                np.testing.assert_allclose(found, wanted, rtol=1e-9)
            ratios = [per_second(ours) / per_second(by_hand) for _ in range(PAIRS)]
        yield Row(f"the same in chunks, {name}", HAND, ratios, "times the rows a second", at_least=0.95)


def per_second(work: Work, repeats: int = REPEATS) -> float:
    """Rows a second, by the clock."""
    work()
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return repeats * N_CHUNKS * N_ROWS / (time.perf_counter() - start)
