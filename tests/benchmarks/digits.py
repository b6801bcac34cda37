"""One epoch of a 64-128-10 network on the 8×8 digits: Adam, batches of 64, the same loop in PyTorch.

Both are told in their own idiom, in float64 and with the same batches; PyTorch runs eagerly on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np

import nn
import optim

from .harness import AS_FAST, Row, missing, times_as_fast

WORK = "digits, 64-128-10, an epoch"
SIZES = (64, 128, 10)
BATCH = 64


def digits() -> tuple[Any, Any]:
    """The images as rows between 0 and 1, and their labels."""
    datasets: Any = import_module("sklearn.datasets")
    X, y = datasets.load_digits(return_X_y=True)
    return X / 16.0, y


def ours(X: Any, y: Any) -> Callable[[], float]:
    """The loop with `nn` and `optim`."""
    model = nn.MLP(SIZES[0], SIZES[1:], seed=0)
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    rng = np.random.default_rng(0)

    def epoch() -> float:
        order, total = rng.permutation(len(X)), 0.0
        for start in range(0, len(X), BATCH):
            batch = order[start : start + BATCH]
            loss = nn.cross_entropy(model(X[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total

    return epoch


def fitted(X: Any, y: Any) -> Callable[[], Any]:
    """One epoch of `nn.fit`."""
    model = nn.MLP(SIZES[0], SIZES[1:], seed=0)
    optimizer = optim.Adam(model.parameters(), lr=0.001)

    def epoch() -> Any:
        return nn.fit(
            model, X, y, loss=nn.cross_entropy, optimizer=optimizer,
            epochs=1, batch_size=BATCH, seed=0, progress=False,
        )  # fmt: skip

    return epoch


def pytorch(X: Any, y: Any) -> Callable[[], float]:
    """The loop in PyTorch."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)
    layers = torch.nn.Linear(SIZES[0], SIZES[1]), torch.nn.ReLU(), torch.nn.Linear(SIZES[1], SIZES[2])
    model = torch.nn.Sequential(*layers).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    images, labels = torch.tensor(X), torch.tensor(y)

    def epoch() -> float:
        order, total = torch.randperm(len(images)), 0.0
        for start in range(0, len(images), BATCH):
            batch = order[start : start + BATCH]
            loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total

    return epoch


def rows() -> Iterator[Row]:
    """The loop, and `nn.fit`, beside PyTorch's loop."""
    try:
        X, y = digits()
        theirs = pytorch(X, y)
    except ImportError:
        yield missing(WORK, "PyTorch")
        return
    yield Row(WORK, "PyTorch", times_as_fast(ours(X, y), theirs), AS_FAST, at_least=1)
    yield Row(f"{WORK} by nn.fit", "PyTorch", times_as_fast(fitted(X, y), theirs), AS_FAST)
