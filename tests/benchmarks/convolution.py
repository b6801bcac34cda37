"""A convolutional network on the 8×8 digits, 64 of them: loss and gradient, the same layers in PyTorch.

Two convolutions of 3×3 pixels, to 16 and 32 channels, each before relu and the largest of 2×2 pixels; then
one linear layer and cross-entropy. The parameters are the same on both sides.

A quarter of a compiled step are the products of matrices. The gradient of the second convolution with respect
to its pixels is the longest line: nine narrow products, added up. One wide product instead, or all nine at
once, took as long or about a tenth less, and nine times the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

import numpy as np

import autodiff
import nn

from .digits import digits
from .harness import THE_TIME, Row, missing, times_the_time

WORK, PEER = "convolutional network on digits", "PyTorch, eager"
BATCH, CHANNELS = 64, (16, 32)
PAIRS = 15


def network(dtype: Any) -> nn.Sequential:
    """The layers with `nn`."""
    first, second = CHANNELS
    return nn.Sequential(
        nn.Conv2d(1, first, 3, padding=1, seed=0, dtype=dtype), nn.relu, nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1, seed=1, dtype=dtype), nn.relu, nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4 * second, 10, seed=2, dtype=dtype),
    )  # fmt: skip


def batch(dtype: Any) -> tuple[Any, Any]:
    """Images of one channel, and their labels."""
    X, y = digits()
    return X[:BATCH].reshape(BATCH, 1, 8, 8).astype(dtype), y[:BATCH]


def eager(dtype: Any) -> Callable[[], Sequence[Any]]:
    """Recorded at each step."""
    model, (X, y) = network(dtype), batch(dtype)
    θ = model.parameters()

    def step() -> Sequence[Any]:
        model.zero_grad()
        nn.cross_entropy(model(X), y).backward()
        return [p.grad for p in θ]

    return step


def compiled(dtype: Any) -> Callable[[], Sequence[Any]]:
    """Recorded once."""
    model, (X, y) = network(dtype), batch(dtype)
    θ = model.parameters()
    program = autodiff.compile(lambda X: autodiff.gradients(nn.cross_entropy(model(X), y), θ))
    return lambda: program(X)


def pytorch(dtype: Any) -> Callable[[], Sequence[Any]]:
    """The layers with `torch.nn`, and the parameters that ours start with."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)
    first, second = CHANNELS
    layers = torch.nn
    model = layers.Sequential(
        layers.Conv2d(1, first, 3, padding=1), layers.ReLU(), layers.MaxPool2d(2),
        layers.Conv2d(first, second, 3, padding=1), layers.ReLU(), layers.MaxPool2d(2),
        layers.Flatten(), layers.Linear(4 * second, 10),
    )  # fmt: skip
    X, y = map(torch.tensor, batch(dtype))
    model.to(X.dtype)
    with torch.no_grad():
        for p, start in zip(model.parameters(), network(dtype).parameters(), strict=True):
            p.copy_(torch.tensor(start.data))

    def step() -> Sequence[Any]:
        model.zero_grad()
        layers.functional.cross_entropy(model(X), y).backward()
        return [p.grad for p in model.parameters()]

    return step


def rows() -> Iterator[Row]:
    """Both ways, in both precisions; the targets are those of float64."""
    for dtype, *at_most in ((np.float64, 1.3, 1.0), (np.float32, None, None)):
        for name, ours, target in zip(("eager", "compiled"), (eager, compiled), at_most, strict=True):
            work, kind = f"{WORK}, {name}", dtype.__name__
            try:
                step, beside = ours(dtype), pytorch(dtype)
            except ImportError:
                yield missing(work, PEER)
                continue
            for found, wanted in zip(step(), beside(), strict=True):
                np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)
            ratios = times_the_time(step, beside, PAIRS)
            yield Row(work, PEER, ratios, THE_TIME, at_most=target, dtype=kind)
