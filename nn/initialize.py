"""How parameters start: functions of a shape and a seed, which return an array.

A seed is a number, a random generator, or None for one that differs each time. A weight has the shape
(n_outputs, n_inputs), followed for convolutions by the sizes of the window.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from autodiff.settings import chosen

__all__ = [
    "Initializer",
    "Seed",
    "fans",
    "he_normal",
    "he_uniform",
    "initializer",
    "normal",
    "started",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]

Seed: TypeAlias = int | np.random.Generator | None
Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Shape: TypeAlias = tuple[int, ...]
Initializer: TypeAlias = Callable[[Shape, Seed], Any]


def zeros(shape: Shape, seed: Seed = None) -> Array:
    """Zeros, for biases: equal weights would stay equal.

    >>> zeros((2,))
    array([0., 0.])
    """
    return np.zeros(shape)


def uniform(shape: Shape, seed: Seed = None, low: float = -0.7, high: float = 0.7) -> Array:
    """Uniform between two bounds, by default those of R's nnet.

    >>> uniform((2,), seed=0, low=3.0, high=3.0)
    array([3., 3.])
    """
    return np.random.default_rng(seed).uniform(low, high, shape)


def normal(shape: Shape, seed: Seed = None, mean: float = 0.0, std: float = 1.0) -> Array:
    """Normal, by default the standard normal of R's neuralnet.

    >>> normal((2,), seed=0, mean=3.0, std=0.0)
    array([3., 3.])
    """
    return np.random.default_rng(seed).normal(mean, std, shape)


# -- by the number of connections ------------------------------------------------------------------


def fans(shape: Shape) -> tuple[int, int]:
    """Connections into and out of a node, for a weight of a shape.

        fan_in = n_inputs·window,   fan_out = n_outputs·window

    Raises ValueError for fewer than two axes.

    >>> fans((3, 2)), fans((8, 3, 5, 5))
    ((2, 3), (75, 200))
    """
    if len(shape) < 2:
        raise ValueError(
            f"a weight has the shape (n_outputs, n_inputs, …), got {shape}; start it with 'zeros'"
        )
    n_outputs, n_inputs, *window = shape
    return n_inputs * math.prod(window), n_outputs * math.prod(window)


def xavier_uniform(shape: Shape, seed: Seed = None, gain: float = 1.0) -> Array:
    """Uniform within ±gain·√(6/(fan_in + fan_out)): signals keep their variance both ways through tanh.

    Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).

    >>> bool(abs(xavier_uniform((3, 3), seed=0)).max() <= 1.0)
    True
    """
    bound = gain * math.sqrt(6.0 / max(1, sum(fans(shape))))
    return uniform(shape, seed, -bound, bound)


def xavier_normal(shape: Shape, seed: Seed = None, gain: float = 1.0) -> Array:
    """Normal with the standard deviation gain·√(2/(fan_in + fan_out)). Glorot & Bengio (2010).

    >>> xavier_normal((3, 2), seed=0).shape
    (3, 2)
    """
    return normal(shape, seed, 0.0, gain * math.sqrt(2.0 / max(1, sum(fans(shape)))))


def he_uniform(shape: Shape, seed: Seed = None) -> Array:
    """Uniform within ±√(6/fan_in). See `he_normal`.

    >>> bool(abs(he_uniform((2, 6), seed=0)).max() <= 1.0)
    True
    """
    bound = math.sqrt(6.0 / max(1, fans(shape)[0]))
    return uniform(shape, seed, -bound, bound)


def he_normal(shape: Shape, seed: Seed = None) -> Array:
    """Normal with the standard deviation √(2/fan_in): signals keep their size through rectifiers.

    He et al., "Delving deep into rectifiers" (2015).

    >>> he_normal((3, 2), seed=0).shape
    (3, 2)
    """
    return normal(shape, seed, 0.0, math.sqrt(2.0 / max(1, fans(shape)[0])))


# -- names -----------------------------------------------------------------------------------------

INITIALIZERS: Mapping[str, Initializer] = {
    function.__name__: function
    for function in (zeros, uniform, normal, xavier_uniform, xavier_normal, he_uniform, he_normal)
} | {"xavier": xavier_uniform, "he": he_normal}
"""`xavier` and `he` are the distributions of their papers."""


def initializer(name: str | Initializer) -> Initializer:
    """The initialiser of that name; a function of shape and seed is returned as it is.

    Raises ValueError with the nearest names for an unknown one.

    >>> initializer("zeros")((1, 2), None)
    array([[0., 0.]])
    """
    return name if callable(name) else chosen("initialiser", name, INITIALIZERS)


def started(initialize: str | Initializer, shape: Shape, seed: Seed = None, dtype: Any = np.float64) -> Any:
    """What a parameter of that shape starts from, by an initialiser or its name.

    Raises ValueError for an unknown name, and for an initialiser that returns another shape.

    >>> started(lambda shape, rng: np.ones(shape), (1, 2))
    array([[1., 1.]])
    """
    start = np.asarray(initializer(initialize)(shape, np.random.default_rng(seed)))
    if start.shape != shape:
        raise ValueError(f"the initialiser must return an array of shape {shape}, got {start.shape}")
    return start.astype(dtype)
