"""Demonstration 2: the methods on f(x₁, x₂) = x₁⁴x₂² + (x₁ − 1)²(x₂ − 1)⁴, and where they end.

    x_{i+1} = x_i + s_i·d_i;   d = −∇f for steepest descent, d = −H⁻¹·∇f for Newton-Raphson

Run `python -m examples.optimise_two_dimensions [picture.png]`.
"""

from typing import Any

import numpy as np

from autodiff import hessian
from examples import run
from nn.lecture import demonstration_2 as f
from optim import Result, minimize
from optim.plot import plot_paths

STATIONARY = {"minimum": (1.0, 0.0), "flat minimum": (0.0, 1.0), "saddle": (2 / 3, 1 / 3)}
STARTS = ((0.25, -1.0), (1.5, 1.5))
METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "steepest descent, s = 0.01": ("steepest-descent", {"s": 0.01}),
    "steepest descent, Armijo": ("steepest-descent", {}),
    "conjugate gradient": ("conjugate-gradient", {}),
    "BFGS": ("bfgs", {}),
    "L-BFGS": ("l-bfgs", {}),
    "Newton-CG": ("newton-cg", {}),
    "Newton-Raphson": ("newton", {}),
    "Newton-Raphson, plain": ("newton", {"safeguard": False}),
    "random search": ("random-search", {"radius": 0.1, "seed": 0}),
}
DRAWN = ("steepest descent, s = 0.01", "conjugate gradient", "Newton-Raphson", "Newton-Raphson, plain")


def row(label: str, way: Result) -> None:
    """Print where a method ended, after how much work, and what is there."""
    x1, x2 = way.x.round(6) + 0.0  # no −0
    kind = min(STATIONARY, key=lambda kind: float(np.linalg.norm(way.x - STATIONARY[kind])))
    distance = float(np.linalg.norm(way.x - STATIONARY[kind]))
    told = f"{kind}, {distance:.1e} off{'' if way.converged else ', not converged'}"
    print(f"   {label:<26}{x1:11.6f}{x2:11.6f}{way.steps:7}{way.evaluations:13}   {told}")


def main(path: str = "optimise_two_dimensions.png") -> None:
    """Print where each method ends, and save the ways of some."""
    print("Where ∇f(x) = 0\n\n   kind                   x₁         x₂          f    eigenvalues of H")
    for kind, (x1, x2) in STATIONARY.items():
        low, high = np.linalg.eigvalsh(hessian(f)(np.array([x1, x2])))
        print(f"   {kind:<14}{x1:11.6f}{x2:11.6f}{f(x1, x2):11.6f}{low:11.6f}{high:9.6f}")
    ways = {}
    for start in STARTS:
        print(f"\nFrom x₀ = {start!s:<19}{'x₁':>11}{'x₂':>11}  steps  evaluations   nearest\n")
        for label, (method, options) in METHODS.items():
            ways[start, label] = minimize(f, np.array(start), method, **options)
            row(label, ways[start, label])
    plot_paths([ways[STARTS[0], label] for label in DRAWN], DRAWN).savefig(path)
    print(f"\nFour of the ways from {STARTS[0]}: {path}")


if __name__ == "__main__":
    run(main)
