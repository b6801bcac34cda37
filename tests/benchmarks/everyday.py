"""What users run every day, one layer or loss at a time: forward and backward, eager, beside PyTorch.

Rows of 128 features, 64 of them, in float64 and in float32. Each library is used in its own idiom: a layer
called, and `backward` with a gradient of the shape of the output; for a loss, from 1.

The floor by hand is `everyday_by_hand`, with nothing checked and nothing recorded. Where a target is
missed, what is left above it is Python: a step of one layer is some 120 calls of Python's functions
(forward, recording, the walk, a check for nan, a copy of each leaf's gradient), a third to a half of its
time at this size. Tried: what the forward computation made is kept for the rules, which saves BatchNorm
and LayerNorm mean, variance and two passes over the data, and BatchNorm the running statistics' own;
sums of products without the products; a factor γ that is constant along the axes taken out of the sums.
A cross-entropy of labels is one operation that keeps its slope. Keeping Φ(x) for the slope of gelu would
save four of some fifteen passes, but its erf is half of the time; SciPy's computes float32 in double
precision, so that float32 gains nothing there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

import nn
from autodiff import Value

from . import everyday_by_hand as by_hand
from .harness import THE_TIME, Row, missing, times_the_time

PEER = "PyTorch, eager"
N, FEATURES = 64, 128

Array: TypeAlias = np.ndarray[Any, Any]
Layer: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True)
class Everyday:
    """A function of rows as both libraries have it: `ours(dtype)` and `theirs(torch, dtype)` make it."""

    name: str
    ours: Callable[[Any], Layer]
    theirs: Callable[[Any, Any], Layer]
    at_most: float
    by_hand: by_hand.ByHand

    def rows(self, torch: Any) -> Iterator[Row]:
        """In float64, which has the target, and in float32."""
        for dtype, at_most in ((np.float64, self.at_most), (np.float32, None)):
            a, b = step(self.ours(dtype), dtype), torch_step(torch, self.theirs(torch, dtype), dtype)
            c = partial(self.by_hand, *data(dtype))
            for found, floor, wanted in zip(a(), c(), b(), strict=False):
                np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=2e-5)
                np.testing.assert_allclose(floor, wanted, rtol=1e-4, atol=2e-5)
            work = f"{self.name}, {N}×{FEATURES}, eager"
            ratios, floors, kind = times_the_time(a, b, 25), times_the_time(c, b, 9), dtype.__name__
            yield Row(work, PEER, ratios, THE_TIME, at_most=at_most, by_hand=floors, dtype=kind)


def data(dtype: Any) -> tuple[Array, Array]:
    """The rows, and a gradient to start from."""
    draw = np.random.default_rng(3)
    return tuple(draw.normal(size=(N, FEATURES)).astype(dtype) for _ in range(2))  # type: ignore[return-value]


def labels() -> Array:
    """The class of each row."""
    return np.random.default_rng(4).integers(FEATURES, size=N)


def step(layer: Layer, dtype: Any) -> Callable[[], Sequence[Any]]:
    """Output, and gradients of the input and of the parameters."""
    rows, g = data(dtype)
    x = Value(rows)
    θ = [x, *(layer.parameters() if isinstance(layer, nn.Module) else ())]

    def run() -> Sequence[Any]:
        for p in θ:
            p.grad = None
        y = layer(x)
        y.backward(g if y.shape else None)
        return [y.data, *(p.grad for p in θ)]

    return run


def torch_step(torch: Any, layer: Layer, dtype: Any) -> Callable[[], Sequence[Any]]:
    """The same in PyTorch."""
    rows, g = map(torch.tensor, data(dtype))
    x = rows.requires_grad_()
    θ = [x, *(layer.parameters() if isinstance(layer, torch.nn.Module) else ())]

    def run() -> Sequence[Any]:
        for p in θ:
            p.grad = None
        y = layer(x)
        y.backward(g if y.shape else None)
        return [y.detach(), *(p.grad for p in θ)]

    return run


def here(layer: Layer) -> Callable[[Any], Layer]:
    """A function that needs no dtype."""
    return lambda dtype: layer


def there(name: str, **options: Any) -> Callable[[Any, Any], Layer]:
    """A function of `torch.nn.functional`."""
    return lambda torch, dtype: lambda x: getattr(torch.nn.functional, name)(x, **options)


def norms(torch: Any, make: Callable[[], Any], dtype: Any) -> Any:
    """A layer of PyTorch in a precision."""
    return make().to(torch.tensor(dtype(0.0)).dtype)


def _cross_entropy(torch: Any, dtype: Any) -> Layer:
    y = torch.tensor(labels())
    return lambda z: torch.nn.functional.cross_entropy(z, y)


def _our_cross_entropy(dtype: Any) -> Layer:
    y = labels()
    return lambda z: nn.cross_entropy(z, y)


EVERYDAY = (
    Everyday(
        "LayerNorm",
        lambda dtype: nn.LayerNorm(FEATURES, dtype=dtype),
        lambda torch, dtype: norms(torch, lambda: torch.nn.LayerNorm(FEATURES), dtype),
        2.0,
        by_hand.layer_norm,
    ),
    Everyday(
        "BatchNorm",
        lambda dtype: nn.BatchNorm(FEATURES, dtype=dtype),
        lambda torch, dtype: norms(torch, lambda: torch.nn.BatchNorm1d(FEATURES), dtype),
        1.3,
        by_hand.batch_norm,
    ),
    Everyday("softmax", here(nn.softmax), there("softmax", dim=-1), 1.3, by_hand.softmax),
    Everyday("cross-entropy", _our_cross_entropy, _cross_entropy, 1.3, by_hand.cross_entropy(labels())),
    Everyday("gelu, exact", here(nn.gelu), there("gelu"), 1.5, by_hand.gelu),
    Everyday(
        "gelu by tanh",
        here(partial(nn.gelu, approximate="tanh")),
        there("gelu", approximate="tanh"),
        1.2,
        by_hand.gelu_by_tanh,
    ),
)


def rows() -> Iterator[Row]:
    """Each function in both precisions."""
    try:
        torch: Any = import_module("torch")
    except ImportError:
        yield missing("layers and losses, eager", PEER)
        return
    torch.set_num_threads(1)
    for everyday in EVERYDAY:
        yield from everyday.rows(torch)
