"""The lecture's network, observations, loss, and the two functions of its demonstrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Value, sigmoid
from autodiff.values.data import Operand

from .network.feedforward import Network

if TYPE_CHECKING:
    from autodiff.homework import Sheet

__all__ = ["THETA", "demonstration_1", "demonstration_2", "homework", "loss", "network", "observations"]

THETA = {
    "w₁₁⁽¹⁾": 0.2, "w₁₂⁽¹⁾": 0.4, "b₁⁽¹⁾": 0.1,
    "w₂₁⁽¹⁾": 0.3, "w₂₂⁽¹⁾": 0.5, "b₂⁽¹⁾": 0.6,
    "w₁₁⁽²⁾": 0.6, "w₁₂⁽²⁾": 0.2, "b₁⁽²⁾": 0.4,
}  # fmt: skip
"""The parameters θ. Those of the second hidden node are not in the text: these fit its activations."""

OUTPUT_LAYER = ["w₁₂⁽²⁾", "b₁⁽²⁾"]
HIDDEN_LAYER = ["w₁₂⁽¹⁾", "b₁⁽¹⁾", "w₂₁⁽¹⁾", "w₂₂⁽¹⁾", "b₂⁽¹⁾"]
"""The derivatives that the lecture leaves to its readers."""


def network() -> Network:
    """The lecture's 2-2-1 network: sigmoid in the hidden layer, the output as it is, and its θ.

        a_j⁽¹⁾ = σ(w_j1⁽¹⁾·x₁ + w_j2⁽¹⁾·x₂ + b_j⁽¹⁾),   a₁⁽²⁾ = w₁₁⁽²⁾·a₁⁽¹⁾ + w₁₂⁽²⁾·a₂⁽¹⁾ + b₁⁽²⁾

    The weights and the bias of the second hidden node, 0.3, 0.5 and 0.6, are not in the text; they fit
    its activations for both observations, 0.622 and 0.689.

    >>> round(network()(3.0, -2.0), 4)
    0.8095
    """
    result = Network(2, [2, 1])
    for parameter in result.parameters():
        parameter.data = THETA[str(parameter.name)]
    return result


def observations() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The two observations: X, a row (x₁, x₂) for each, and y.

    >>> X, y = observations()
    >>> for (x1, x2), target in zip(X, y):
    ...     print(x1, x2, target)
    3.0 -2.0 1.2
    -1.0 1.0 0.7
    """
    return np.array([[3.0, -2.0], [-1.0, 1.0]]), np.array([1.2, 0.7])


def loss(network: Network, observation: int | None = None) -> Value:
    """The loss on both observations, or on one of them, with a node for each step of its computation.

        R(θ) = Σ e²,   e = y − a₁⁽²⁾;   ∂R/∂θ = −2·Σ e·∂a₁⁽²⁾/∂θ

    `observation` is 1 or 2, as the slides count: of R = (y − a₁⁽²⁾)² they derive ∂R/∂w₁₁⁽¹⁾ link by link,
    as `explain(loss(network, 1), w)` does. `nn.squared_error(network(X), y)` is the sum on columns.

    Raises ValueError for any other observation.

    >>> theta = network()
    >>> r = loss(theta)
    >>> r.backward()
    >>> round(r, 6), round(theta.layers[0].neurons[0].weights[0].grad, 6)
    (0.185852, -0.404152)
    """
    if observation not in (None, 1, 2):
        raise ValueError(f"loss: the observations are 1 and 2, or None for both; got {observation!r}")
    residuals = [Value(y, "y", constant=True) - network(x) for x, y in zip(*observations(), strict=True)]
    if observation is None:
        for e in residuals:
            e.name = "e"
        r: Value = residuals[0] ** 2 + residuals[1] ** 2
        r.name = "R(θ)"
    else:
        r = residuals[observation - 1] ** 2
        r.name = "R"
    return r


def homework(seed: int | str | None = None) -> Sheet:
    """The homework of the lecture, which marks answers: with other numbers for each `seed`, one per student.

    Of R = (y − a₁⁽²⁾)² first ∂R/∂w₁₂⁽²⁾ and ∂R/∂b₁⁽²⁾, then the derivative of σ(v) = (1 + e⁻ᵛ)⁻¹, the first
    layer but for w₁₁⁽¹⁾, which the slides derive, and the Newton-Raphson method.

    >>> sheet = homework()
    >>> sheet[0].question
    'Find ∂R/∂w₁₂⁽²⁾ as a formula.'
    >>> sheet[0].mark("-2(y − a₁⁽²⁾)·a₂⁽¹⁾"), sheet[0].mark("-(y - a1_2)*a2_1")
    (right: it is ∂R/∂w₁₂⁽²⁾, wrong: the factor 2 is missing)
    """
    from autodiff.homework import Sheet, exercise, exercises

    r, v = loss(network(), 1), Value(0.5, "v")
    a = sigmoid(v)
    a.name = "σ(v)"
    first, second = (exercises(r, names, seed=seed) for names in (OUTPUT_LAYER, HIDDEN_LAYER))
    tasks = [*first, *exercises(a, seed=seed), *second, exercise.step("newton")]
    return Sheet(tasks, "Homework" if seed is None else f"Homework {seed}")


# -- functions to minimise -------------------------------------------------------------------------


def demonstration_1(x: Operand) -> Any:
    """The function of demonstration 1.   f(x) = 3x⁴ + 5x³ − 20x² + 8x + 10.

        f′(x) = 12x³ + 15x² − 40x + 8

    Global minimum at −2.6196, local minimum at 1.1479, maximum at 0.2217. x is a number, or an array.

    >>> demonstration_1(1.0)
    6.0
    """
    return 3.0 * x**4 + 5.0 * x**3 - 20.0 * x**2 + 8.0 * x + 10.0


def demonstration_2(*x: Operand) -> Any:
    """The function of demonstration 2.   f(x₁, x₂) = x₁⁴·x₂² + (x₁ − 1)²·(x₂ − 1)⁴.

        ∂f/∂x₁ = 4x₁³·x₂² + 2(x₁ − 1)(x₂ − 1)⁴
        ∂f/∂x₂ = 2x₁⁴·x₂ + 4(x₁ − 1)²(x₂ − 1)³

    Minima of 0 at (1, 0) and, with zero Hessian, at (0, 1); saddle at (2/3, 1/3). Takes the point, as
    functions to minimise do, or its two coordinates, which may be arrays.

    Raises TypeError for another number of coordinates.

    >>> demonstration_2((2.0, 3.0)), demonstration_2(2.0, 3.0)
    (160.0, 160.0)
    """
    coordinates = list(x[0]) if len(x) == 1 else x
    if len(coordinates) != 2:
        raise TypeError(f"demonstration_2: expected a point (x₁, x₂), got {len(coordinates)} coordinates")
    x1, x2 = coordinates
    return x1**4 * x2**2 + (x1 - 1.0) ** 2 * (x2 - 1.0) ** 4
