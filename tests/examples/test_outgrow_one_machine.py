"""The training survives the death of a worker, and ends with the weights of one process."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout
from threading import Timer

import dask
import pytest
from dask.distributed import Client

import nn
from examples import outgrow_one_machine
from examples.outgrow_one_machine import MEMORY, N_FEATURES, N_STEPS, data_set, main
from optim import l_bfgs

CHUNKS, ROWS = 4, 5000

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # of sockets to the killed worker


@pytest.fixture(scope="module")
def printed():
    """What the example prints, and the processes of its workers, at the beginning and at the end."""
    seen, run, leave = [], Client.run, Client.__exit__

    def spied(client, *arguments, **options):
        seen.append(found := run(client, *arguments, **options))
        return found

    def left(client, *arguments):
        spied(client, os.getpid)
        return leave(client, *arguments)

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as output:
        patch.setattr(Client, "run", spied)
        patch.setattr(Client, "__exit__", left)
        # As much sooner as there are fewer rows: in the middle of what is left.
        patch.setattr(outgrow_one_machine, "Timer", lambda _, *call: Timer(0.02, *call))
        main(str(CHUNKS), str(ROWS))
    return output.getvalue(), [set(found.values()) for found in seen]


def losses(printed):
    """The losses of the steps, on the cluster and alone."""
    text = printed[0]
    return [re.findall(r"step (\d)   R = (\S+)", part) for part in text.split("The same in this process")]


def test_a_worker_was_killed_on_the_way(printed):
    text, (before, after) = printed
    victim = int(re.search(r"step 2 .*\n.* the worker in process (\d+) is killed\n   step 3", text).group(1))
    assert victim in before
    assert victim not in after


def test_the_weights_are_those_of_one_process(printed):
    differ = float(re.search(r"The weights differ by at most (\S+)\n$", printed[0]).group(1))
    assert differ <= 1e-10
    on_cluster, alone = losses(printed)
    assert on_cluster == alone
    assert len(alone) == N_STEPS + 1


def test_the_losses_are_those_of_numpy_in_memory(printed):
    with dask.config.set(scheduler="synchronous"):
        rows = data_set(CHUNKS, ROWS).compute()
    network, values = nn.MLP(N_FEATURES, [4, 1], seed=0), []
    l_bfgs(
        lambda: nn.mean_squared_error(network(rows[:, :-1]), rows[:, -1]),
        network,
        max_steps=N_STEPS,
        callback=lambda iterate: values.append(iterate.value),
    )
    assert [float(loss) for _, loss in losses(printed)[0]] == pytest.approx(values, abs=1e-9)


def test_the_dashboard_is_named_and_the_rows_are_more_than_a_worker_may_hold(printed):
    assert re.search(r"^20000 rows are 3 MiB; .*224 MiB\nWatch them at http://\S+/status\n", printed[0])
    assert data_set(*map(int, main.__defaults__)).nbytes > MEMORY
