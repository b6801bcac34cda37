"""Memory: of one recorded scalar node, of a graph of a million, and of a step of learning at its peak.

Bytes of a node are Python's own count. The peaks are those of whole processes, each of its own, from after
the imports and the data: what a step takes, also inside of libraries, forward and backward, three times.
"""

from __future__ import annotations

import operator
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from autodiff import Value

from .harness import Row, missing
from .libraries import compiled, eager, jax, pytorch
from .networks import classifier
from .peak import peak_megabytes, reset_peak
from .scan import BATCH, N, by_hand, checkpointed, in_jax, in_pytorch, ours
from .scan import STEPS as LONG

COUNT, MANY = 20_000, 1_000_000
APART = 20
"""Steps of a loop of which only the first state is kept, about the root of their number."""
STEPS = 3

Number = Callable[[float], Any]


def bytes_a_node(number: Number, operation: Callable[[Any, Any], Any]) -> float:
    """Memory of many nodes, divided."""
    x, y = number(0.1), number(0.2)
    kept: list[Any] = [None] * COUNT
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for i in range(COUNT):
            kept[i] = operation(x, y)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / COUNT


def peer(operation: Callable[[Any, Any], Any]) -> str:
    """Micrograd's figure, where it is installed."""
    try:
        from micrograd import engine
    except ImportError:
        return "micrograd is missing: install the extra `bench`"
    return f"micrograd 0.1.0: {bytes_a_node(engine.Value, operation):.0f} bytes"


def rows() -> Iterator[Row]:
    """Bytes of a sum and of a product."""
    for symbol, operation in (("+", operator.add), ("·", operator.mul)):
        work, figure = f"a scalar node of {symbol}", bytes_a_node(Value, operation)
        yield Row(work, peer(operation), [figure], "bytes", at_most=150)
    yield from peaks("784-256-128-10, batch 128, a step", ("compiled", "eager"), ("PyTorch", "JAX"))
    yield from peaks(
        f"LSTM, {LONG} steps, batch {BATCH}, {N} nodes",
        ("compiled LSTM", f"LSTM, checkpoint={APART}"),
        ("LSTM by hand", "PyTorch LSTM", "JAX LSTM"),
    )
    yield from peaks(
        f"a chain of {MANY:,} scalar nodes, forward and backward", ("scalars",), ("PyTorch scalars",)
    )


# -- peaks -----------------------------------------------------------------------------------------


def learning(make: Callable[[], Any]) -> Callable[[], Any]:
    """A step of the network, as it is called again and again."""
    task, library = classifier(128, 784, 256, 128, 10, pytorch_at_least=0.0), make()
    return library.learning(task.loss(library), task.parameters)  # type: ignore[no-any-return]


def chained(number: Callable[[], Any]) -> Callable[[], Any]:
    """A chain of products of two variables, and the gradient of one."""

    def step() -> Any:
        x, w = number(), number()
        y = x
        for _ in range(MANY):
            y = y * w
        y.backward()
        return w.grad

    return step


def torch_number() -> Any:
    """A tensor of one number."""
    torch: Any = import_module("torch")
    return torch.tensor(1.0, dtype=torch.float64, requires_grad=True)


WAYS: Mapping[str, Callable[[], Callable[[], Any]]] = {
    "compiled": lambda: learning(compiled),
    "eager": lambda: learning(eager),
    "PyTorch": lambda: learning(pytorch),
    "JAX": lambda: learning(jax),
    "scalars": lambda: chained(lambda: Value(1.0)),
    "compiled LSTM": lambda: ours(np.float64),
    f"LSTM, checkpoint={APART}": lambda: checkpointed(np.float64, APART),
    "LSTM by hand": lambda: by_hand(np.float64),
    "PyTorch LSTM": lambda: in_pytorch(np.float64),
    "JAX LSTM": lambda: in_jax(np.float64),
    "PyTorch scalars": lambda: chained(torch_number),
}


def here(way: str) -> None:
    """Take steps in this process, and print the most memory that it took beyond what it had."""
    step = WAYS[way]()
    reset_peak()
    before = peak_megabytes()
    for _ in range(STEPS):
        step()
    print(peak_megabytes() - before)


def peak(way: str) -> float:
    """Megabytes at the peak of steps in a process of its own."""
    code = f"from tests.benchmarks.memory import here; here({way!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def peaks(work: str, ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Row]:
    """The peak of each way, beside those of the peers."""
    for way in ours:
        figure = peak(way)
        for peer in theirs:
            try:
                other = peak(peer)
            except subprocess.CalledProcessError:
                yield missing(f"{work}, {way}", peer)
                continue
            yield Row(f"{work}, {way}", f"{peer}: {other:,.0f} MB", [figure], "MB at the peak")
