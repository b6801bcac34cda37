"""The workshop's naïve method beside back propagation: the loss against the work, with 9 and 1210 parameters.

    naïve: θ + radius·N(0, I) if the loss is lower there, else θ;   back propagation: θ − s·∇R(θ)

A step by back propagation counts as three evaluations of the loss: one forward, and as two the way back.
Run `python -m examples.naive_against_backprop [picture.png]`.
"""

from collections.abc import Callable
from typing import Any

import matplotlib
import numpy as np
from sklearn.datasets import load_digits

import nn
from examples import run
from optim import minimize
from optim.plot.picture import SavedFigure

EVALUATIONS, SHOWN, RADII = 1000, (1, 10, 100, 1000), (0.1, 0.03)
LINES = (("#D55E00", "-"), ("#0072B2", "--"), ("#009E73", ":"))
PIXELS, DIGITS = (array[:200] for array in load_digits(return_X_y=True))


def falling(network: Any, loss: Callable[[Any], Any], method: str, cost: int, **options: Any) -> np.ndarray:
    """The lowest loss found after 1, 2, … evaluations, of which each step costs so many."""
    way = minimize(lambda: loss(network), network, method, max_steps=EVALUATIONS // cost, **options)
    lowest = np.minimum.accumulate(way.path.values).repeat(cost)
    return np.pad(lowest, (0, EVALUATIONS), mode="edge")[:EVALUATIONS]


def main(path: str = "naive_against_backprop.png") -> None:
    """Print and draw how the loss falls."""
    problems: tuple[tuple[str, Callable[[], Any], Callable[[Any], Any], float], ...] = (
        ("the lecture's network, 9 parameters", nn.lecture.network, nn.lecture.loss, 0.2),
        ("digits, 64-16-10, 1210 parameters", lambda: nn.MLP(64, [16, 10], "sigmoid", seed=0),
         lambda network: nn.cross_entropy(network(PIXELS / 16.0), DIGITS), 3.0),
    )  # fmt: skip
    picture = SavedFigure(figsize=(13, 5.8), layout="constrained")
    with matplotlib.rc_context({"font.size": 16}):
        for axes, (title, network, loss, s) in zip(picture.subplots(1, 2), problems, strict=True):
            print(f"{title:<37}  after", *(f"{n:8}" for n in SHOWN), " evaluations")
            curves = {f"back propagation, s = {s}": falling(network(), loss, "steepest-descent", 3, s=s)}
            for r in RADII:
                curves[f"naïve, radius {r}"] = falling(network(), loss, "random-search", 1, radius=r, seed=0)
            for (label, curve), (colour, style) in zip(curves.items(), LINES, strict=True):
                print(f"   {label:<41}", *(f"{curve[n - 1]:8.1e}" for n in SHOWN))
                axes.loglog(range(1, EVALUATIONS + 1), curve, style, color=colour, linewidth=3, label=label)
            axes.set(title=title, xlabel="evaluations of $R$", ylabel="$R(\\theta)$")
            axes.legend(loc="lower left")
        picture.savefig(path)
    print(f"\nThe loss against the work: {path}")


if __name__ == "__main__":
    run(main)
