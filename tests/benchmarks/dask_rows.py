"""Rows per second: loss and gradient of a network over rows in chunks, on one worker and on two.

Every chunk is made when it is needed, by all alike. What workers do is timed by the clock, since it is not
done in this process: on a machine that is busy, or has fewer processors than workers, they lose.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff import relu, value_and_grad
from autodiff.values.lazy import computed

from .harness import Row, Work, missing

N_CHUNKS, N_ROWS, N_FEATURES, N_HIDDEN = 16, 50_000, 20, 32
WORK = f"{N_CHUNKS * N_ROWS:,} rows of {N_FEATURES} in chunks, {N_FEATURES}-{N_HIDDEN}-1, loss and gradient"
PAIRS = 5

_draw = np.random.default_rng(0)
PARAMETERS = (_draw.normal(size=(N_HIDDEN, N_FEATURES)), np.zeros(N_HIDDEN), np.ones(N_HIDDEN), 0.0)


def chunk(block_id: tuple[int, ...]) -> Any:
    """Rows of x, with y behind it."""
    return np.random.default_rng(block_id).random((N_ROWS, N_FEATURES + 1))


def loss(theta: Any, x: Any, y: Any) -> Any:
    """R(θ) of the rows."""
    w, b, v, c = theta
    return ((relu(x @ w.T + b) @ v + c - y) ** 2).sum()


def by_hand() -> list[Any]:
    """Loss and gradient, chunk by chunk in this process, by the closed-form formulas."""
    w, b, v, c = PARAMETERS
    total: list[Any] = [0.0] * 5
    for i in range(N_CHUNKS):
        rows = chunk((i, 0))
        x, y = rows[:, :-1], rows[:, -1]
        a = x @ w.T
        a += b
        np.maximum(a, 0.0, out=a)
        r = a @ v
        r += c - y
        g = 2.0 * r
        h = np.multiply.outer(g, v)
        h *= a > 0.0
        parts = (r @ r, h.T @ x, h.sum(axis=0), g @ a, g.sum())
        total = [old + part for old, part in zip(total, parts, strict=True)]
    return total


def rows() -> Iterator[Row]:
    """NumPy in one process, then ours on one worker and on two."""
    try:
        import dask.array as da
        from dask.distributed import Client
    except ImportError:
        yield missing(WORK, "NumPy by hand, the same chunks")
        return
    data = da.map_blocks(chunk, chunks=((N_ROWS,) * N_CHUNKS, N_FEATURES + 1), meta=np.empty((0, 0)))

    def on_workers() -> list[Any]:
        value, slopes = value_and_grad(loss)(PARAMETERS, data[:, :-1], data[:, -1])
        return computed([value, *slopes])

    yield Row(WORK, "", [per_second(by_hand) for _ in range(PAIRS)], "rows a second, NumPy by hand")
    for n, name in ((1, "one worker"), (2, "two workers")):
        with Client(n_workers=n, threads_per_worker=1, dashboard_address=":0"):
            ratios = [per_second(on_workers) / per_second(by_hand) for _ in range(PAIRS)]
        yield Row(f"the same, {name}", "NumPy by hand", ratios, "times the rows a second")


def per_second(work: Work) -> float:
    """Rows a second, by the clock."""
    work()
    start = time.perf_counter()
    work()
    return N_CHUNKS * N_ROWS / (time.perf_counter() - start)
