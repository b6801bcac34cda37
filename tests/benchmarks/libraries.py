"""The libraries that differentiate arrays, each used in its own idiom, and the project's two ways.

A work is written once, as a function of a library: `work(library)` is the loss as a function of the
parameters, and `library.learning(loss, parameters)` one step of learning with it: the loss and its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

import autodiff

__all__ = ["PEERS", "Arrays", "Library", "Loss", "Step", "compiled", "eager", "jax", "jax_modules"]

Arrays: TypeAlias = Sequence[np.ndarray[Any, Any]]
Loss: TypeAlias = Callable[..., Any]
Step: TypeAlias = Callable[[], tuple[Any, Sequence[Any]]]


@dataclass(frozen=True)
class Library:
    """What the works need of a library.

    `constant` holds data, `cross_entropy` is the mean over observations of scores and one-hot labels,
    `number` reads the loss that a step gave.
    """

    constant: Callable[[Any], Any]
    sigmoid: Callable[[Any], Any]
    relu: Callable[[Any], Any]
    cross_entropy: Callable[[Any, Any], Any]
    learning: Callable[[Loss, Arrays], Step]
    number: Callable[[Any], float] = float


def _cross_entropy(scores: Any, labels: Any) -> Any:
    return -autodiff.sum(labels * autodiff.log_softmax(scores)) / len(labels)


def eager() -> Library:
    """The project itself, recording at each step."""

    def learning(loss: Loss, parameters: Arrays) -> Step:
        θ = [autodiff.Value(p) for p in parameters]

        def step() -> tuple[Any, Sequence[Any]]:
            r = loss(*θ)
            return r.data, autodiff.gradients(r, θ)

        return step

    return Library(
        constant=lambda x: autodiff.Value(x, constant=True),
        sigmoid=autodiff.sigmoid,
        relu=autodiff.relu,
        cross_entropy=_cross_entropy,
        learning=learning,
    )


def compiled() -> Library:
    """The project itself, as a program that was recorded once."""

    def learning(loss: Loss, parameters: Arrays) -> Step:
        program = autodiff.compile(autodiff.value_and_grad(loss, tuple(range(len(parameters)))))
        return lambda: program(*parameters)

    return Library(
        constant=lambda x: x,
        sigmoid=autodiff.sigmoid,
        relu=autodiff.relu,
        cross_entropy=_cross_entropy,
        learning=learning,
    )


def pytorch() -> Library:
    """PyTorch, eager, on one thread of the processor."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)

    def learning(loss: Loss, parameters: Arrays) -> Step:
        θ = [torch.tensor(p, requires_grad=True) for p in parameters]

        def step() -> tuple[Any, Sequence[Any]]:
            for p in θ:
                p.grad = None
            r = loss(*θ)
            r.backward()
            return r, [p.grad for p in θ]

        return step

    return Library(
        constant=torch.tensor,
        sigmoid=torch.sigmoid,
        relu=torch.relu,
        cross_entropy=torch.nn.functional.cross_entropy,
        learning=learning,
        number=lambda r: float(r.detach()),
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
        return lambda: value_and_grad(*parameters)

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

        def step() -> tuple[Any, Sequence[Any]]:
            r = loss(*θ)
            r.backward()
            return r, [p.grad for p in θ]

        return step

    return Library(
        constant=lambda x: mygrad.tensor(x, constant=True),
        sigmoid=nnet.activations.sigmoid,
        relu=nnet.activations.relu,
        cross_entropy=lambda z, labels: nnet.losses.softmax_crossentropy(z, labels.data.argmax(axis=1)),
        learning=learning,
        number=lambda r: r.item(),
    )


def jax_modules() -> tuple[Any, Any]:
    """Modules jax and jax.numpy: float64, on the calling thread, which serves small works best."""
    module: Any = import_module("jax")
    module.config.update("jax_platforms", "cpu")
    module.config.update("jax_enable_x64", True)
    module.config.update("jax_cpu_enable_async_dispatch", False)
    return module, import_module("jax.numpy")


def jax() -> Library:
    """JAX, compiled by jit, with the parameters in its own arrays, and waited for."""
    jax, jnp = jax_modules()

    def learning(loss: Loss, parameters: Arrays) -> Step:
        program = jax.jit(jax.value_and_grad(loss, tuple(range(len(parameters)))))
        θ = [jnp.asarray(p) for p in parameters]
        return lambda: jax.block_until_ready(program(*θ))

    return Library(
        constant=jnp.asarray,
        sigmoid=jax.nn.sigmoid,
        relu=jax.nn.relu,
        cross_entropy=lambda scores, labels: -(labels * jax.nn.log_softmax(scores)).sum() / len(labels),
        learning=learning,
    )


PEERS: Mapping[str, Callable[[], Library]] = {
    "PyTorch, eager": pytorch,
    "HIPS autograd": hips_autograd,
    "MyGrad": mygrad,
}
