"""Micrograd's demonstration: a 2-16-16-1 network in which every weight is a number tells half moons apart.

    loss = mean of max(0, 1 − y·a₁⁽³⁾) + 10⁻⁴·Σ θ²,   y = ±1;   the boundary is where a₁⁽³⁾ = 0

A `Network` of scalars, as there, run on the columns x₁ and x₂; `network.to_mlp()` is the same in arrays.

Run `python -m examples.moons [picture.png]`.
"""

import matplotlib
import numpy as np
from sklearn.datasets import make_moons

import nn
from examples import run
from optim import SGD
from optim.plot.picture import SavedFigure

N_STEPS, SHOWN_STEPS = 100, (0, 1, 2, 5, 10, 20, 50, 100)


def draw(network: nn.Network, x: np.ndarray, side: np.ndarray, losses: list[float], path: str) -> None:
    """Save the boundary with its margins, and the loss by step."""
    x1, x2 = np.meshgrid(np.linspace(-1.6, 2.6, 200), np.linspace(-1.2, 1.7, 200))
    a, picture = network(x1, x2).data, SavedFigure(figsize=(13, 5.8), layout="constrained")
    with matplotlib.rc_context({"font.size": 16, "contour.negative_linestyle": "solid"}):
        left, right = picture.subplots(1, 2)
        left.contourf(x1, x2, a, [-np.inf, 0.0, np.inf], colors=["#cfe3f1", "#f8dccb"])
        left.contour(x1, x2, a, [-1.0, 0.0, 1.0], colors="#222222", linewidths=[1.0, 3.5, 1.0])
        left.plot(*x[side == 0].T, "o", color="#0072B2", markersize=9, markeredgecolor="w", label="y = −1")
        left.plot(*x[side == 1].T, "s", color="#D55E00", markersize=9, markeredgecolor="w", label="y = 1")
        left.set(xlabel="$x_1$", ylabel="$x_2$", title="$a_1^{(3)} = 0$, and, thin, $\\pm 1$")
        left.legend(loc="lower right")
        right.semilogy(losses, color="#222222")
        right.set(xlabel="step", ylabel="loss", title=f"{len(network.parameters())} parameters")
        picture.savefig(path)


def main(path: str = "moons.png") -> None:
    """Print how the loss falls in steps that become smaller, and save the boundary."""
    x, side = make_moons(100, noise=0.1, random_state=1)
    network = nn.Network(2, [16, 16, 1], activation="relu", seed=0)
    optimizer, losses = SGD(network, lr=1.0), []
    for step in range(N_STEPS + 1):
        score = network(x)
        loss = nn.hinge(score, 2.0 * side - 1.0) + 1e-4 * sum(p**2 for p in network.parameters())
        losses.append(loss.item())
        if step in SHOWN_STEPS:
            print(f"step {step:3}   loss {loss.item():.6f}   accuracy {nn.accuracy(score, side):4.0%}")
        if step < N_STEPS:
            optimizer.zero_grad()
            loss.backward()
            optimizer.lr = 1.0 - 0.9 * step / N_STEPS
            optimizer.step()
    draw(network, x, side, losses, path)
    print(f"\nThe boundary: {path}")


if __name__ == "__main__":
    run(main)
