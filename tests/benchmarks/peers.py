"""The libraries that differentiate arrays, each used in its own idiom.

A work is written once, as a function of a library: `work(library)` is the loss as a function of the
parameters, and `library.learning(loss, parameters)` one forward and backward pass of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

import autodiff

from .harness import AS_FAST, THE_TIME, Row, missing, times_as_fast, times_the_time

__all__ = ["Arrays", "Library", "compared"]

Arrays: TypeAlias = Sequence[np.ndarray[Any, Any]]
Loss: TypeAlias = Callable[..., Any]
Step: TypeAlias = Callable[[], Sequence[Any]]

BY_HAND = "hand-written NumPy"


@dataclass(frozen=True)
class Library:
    """What the works need of a library.

    `constant` holds data, `cross_entropy` is the mean over observations of scores and one-hot labels.
    """

    constant: Callable[[Any], Any]
    sigmoid: Callable[[Any], Any]
    relu: Callable[[Any], Any]
    cross_entropy: Callable[[Any, Any], Any]
    learning: Callable[[Loss, Arrays], Step]


def ours() -> Library:
    """The project itself."""

    def cross_entropy(scores: Any, labels: Any) -> Any:
        return -autodiff.sum(labels * autodiff.log_softmax(scores)) / len(labels)

    def learning(loss: Loss, parameters: Arrays) -> Step:
        θ = [autodiff.Value(p) for p in parameters]
        return lambda: autodiff.gradients(loss(*θ), θ)

    return Library(
        constant=lambda x: autodiff.Value(x, constant=True),
        sigmoid=autodiff.sigmoid,
        relu=autodiff.relu,
        cross_entropy=lambda scores, labels: (
            -autodiff.sum(labels * autodiff.log_softmax(scores)) / len(labels)
        ),
        learning=learning,
    )


def pytorch() -> Library:
    """PyTorch, eager, on one thread of the processor."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)

    def learning(loss: Loss, parameters: Arrays) -> Step:
        θ = [torch.tensor(p, requires_grad=True) for p in parameters]

        def step() -> list[Any]:
            for p in θ:
                p.grad = None
            loss(*θ).backward()
            return [p.grad for p in θ]

        return step

    return Library(
        constant=torch.tensor,
        sigmoid=torch.sigmoid,
        relu=torch.relu,
        cross_entropy=torch.nn.functional.cross_entropy,
        learning=learning,
    )


def hips_autograd() -> Library:
    """HIPS autograd, which has no activations and losses of its own."""
    np: Any = import_module("autograd.numpy")
    autograd: Any = import_module("autograd")

    def cross_entropy(scores: Any, labels: Any) -> Any:
        shifted = scores - np.max(scores, axis=1, keepdims=True)
        logs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        return -np.sum(labels * logs) / len(labels)

    def learning(loss: Loss, parameters: Arrays) -> Step:
        value_and_grad = autograd.value_and_grad(loss, tuple(range(len(parameters))))
        return lambda: value_and_grad(*parameters)[1]

    return Library(
        constant=np.array,
        sigmoid=lambda z: 1.0 / (1.0 + np.exp(-z)),
        relu=lambda z: np.maximum(z, 0.0),
        cross_entropy=cross_entropy,
        learning=learning,
    )


def mygrad() -> Library:
    """MyGrad, which forgets the gradients of an earlier pass by itself."""
    mygrad: Any = import_module("mygrad")
    nnet: Any = import_module("mygrad.nnet")

    def learning(loss: Loss, parameters: Arrays) -> Step:
        θ = [mygrad.tensor(p) for p in parameters]

        def step() -> list[Any]:
            loss(*θ).backward()
            return [p.grad for p in θ]

        return step

    return Library(
        constant=lambda x: mygrad.tensor(x, constant=True),
        sigmoid=nnet.activations.sigmoid,
        relu=nnet.activations.relu,
        cross_entropy=lambda z, labels: nnet.losses.softmax_crossentropy(z, labels.data.argmax(axis=1)),
        learning=learning,
    )


PEERS: Mapping[str, Callable[[], Library]] = {
    "PyTorch": pytorch,
    "HIPS autograd": hips_autograd,
    "MyGrad": mygrad,
}


def compared(
    work: str,
    loss: Callable[[Library], Loss],
    parameters: Arrays,
    by_hand: Callable[[], Arrays],
    *,
    by_hand_at_most: float | None = None,
    pytorch_at_least: float | None = None,
) -> Iterator[Row]:
    """Our forward and backward pass beside that of each peer, gradients compared first."""
    expected = by_hand()

    def checked(library: Library) -> Step:
        step = library.learning(loss(library), parameters)
        for found, wanted in zip(step(), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)
        return step

    step = checked(ours())
    yield Row(work, BY_HAND, times_the_time(step, by_hand), THE_TIME, at_most=by_hand_at_most)
    for name, peer in PEERS.items():
        try:
            library = peer()
        except ImportError:
            yield missing(work, name)
            continue
        target = pytorch_at_least if name == "PyTorch" else None
        yield Row(work, name, times_as_fast(step, checked(library)), AS_FAST, at_least=target)
