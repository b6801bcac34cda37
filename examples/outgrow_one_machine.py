"""A network trained on more rows than a worker may hold, by the workers of a cluster, one of which is killed.

    R(θ) = Σᵢ Rᵢ(θ),   ∇R(θ) = Σᵢ ∇Rᵢ(θ)   over chunks i of rows, each made when it is needed, and dropped

Only parameters and sums travel. Run `python -m examples.outgrow_one_machine [chunks [rows in each]]`.
"""

import os
import signal
from threading import Timer
from typing import Any

import dask
import dask.array as da
import numpy as np
from dask.distributed import Client

import nn
from examples import run
from optim import Iterate, l_bfgs

MEMORY, N_FEATURES, N_STEPS, FATAL_STEP = 224 * 2**20, 20, 5, 2


def chunk(block_info: Any) -> np.ndarray:
    """Rows of x with y behind it, from nothing but the number and the size of the chunk."""
    draw, (n, _) = np.random.default_rng(block_info[None]["chunk-location"]), block_info[None]["chunk-shape"]
    x = draw.uniform(-1.0, 1.0, (n, N_FEATURES))
    return np.column_stack([x, np.sin(3.0 * x[:, 0]) + x[:, 1] * x[:, 2] + draw.normal(0.0, 0.1, n)])


def data_set(n_chunks: int, n_rows: int) -> da.Array:
    """So many chunks of so many rows, none of which is made yet."""
    return da.map_blocks(chunk, chunks=((n_rows,) * n_chunks, N_FEATURES + 1), meta=np.empty((0, 0)))


def trained(rows: da.Array, victim: int = 0) -> np.ndarray:
    """The weights after some steps, each of which is printed; the victim is a process to be killed."""
    network, x, y = nn.MLP(N_FEATURES, [4, 1], seed=0), rows[:, :-1], rows[:, -1]
    values: list[float] = []

    def told(iterate: Iterate) -> None:
        print(f"   step {len(values)}   R = {iterate.value:.10f}", flush=True)
        if victim and len(values) == FATAL_STEP:
            Timer(0.2, os.kill, (victim, signal.SIGKILL)).start()
            print(f"   while the next one is computed, the worker in process {victim} is killed", flush=True)
        values.append(iterate.value)

    l_bfgs(lambda: nn.mean_squared_error(network(x), y), network, max_steps=N_STEPS, callback=told)
    return np.concatenate([np.ravel(p.data) for p in network.parameters()])


def main(n_chunks: str = "32", n_rows: str = "50000") -> None:
    """Print how the loss falls on a cluster, a real one by `Client("tcp://…:8786")`, and in one process."""
    rows = data_set(int(n_chunks), int(n_rows))
    print(f"{len(rows)} rows are {rows.nbytes >> 20} MiB; each of two workers may hold {MEMORY >> 20} MiB")
    with Client(n_workers=2, threads_per_worker=1, memory_limit=MEMORY, dashboard_address=":0") as client:
        print(f"Watch them at {client.dashboard_link}", flush=True)
        weights = trained(rows, min(client.run(os.getpid).values()))
    print("The same in this process alone")
    with dask.config.set(scheduler="synchronous"):
        print(f"The weights differ by at most {np.abs(trained(rows) - weights).max():.1g}")


if __name__ == "__main__":
    run(main)
