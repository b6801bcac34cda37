"""Demonstration 1: down the curve f(x) = 3x⁴ + 5x³ − 20x² + 8x + 10, by step sizes, rules and Newton-Raphson.

    x_{i+1} = x_i − s_i·f′(x_i);   Newton-Raphson: s_i = 1/f″(x_i)

Run `python -m examples.optimise_one_dimension [picture.png]`.
"""

from autodiff import derivative
from examples import run
from nn.lecture import demonstration_1 as f
from optim import Adaptive, Backtracking, BarzilaiBorwein, Decaying, Result, Wolfe, newton, steepest_descent
from optim.plot import plot_result
from optim.plot.picture import SavedFigure

START, STEP_SIZES = -2.0, (0.001, 0.01, 0.015, 0.016, 0.03, 0.05)
RULES = (Decaying(0.02, rate=0.1), Adaptive(), Backtracking(), Wolfe(), BarzilaiBorwein())
STATIONARY = {"global minimum": -2.6, "maximum": 0.2, "local minimum": 1.1}  # read off the curve


def row(label: str, way: Result, told: str = "") -> None:
    """Print where a method ended, after how much work, and what there is to tell."""
    print(f"   {label:<27}{way.x:10.6f}{way.value:12.6f}{way.steps:7}{way.evaluations:13}   {told}".rstrip())


def main(path: str = "optimise_one_dimension.png") -> None:
    """Print the tables, and save four of the ways as a picture."""
    print("Where f′(x) = 0. Steepest descent comes to rest at a minimum if 0 < s < 2/f″ there\n")
    print("   kind                     x          f(x)         f″(x)      2/f″")
    for kind, guess in STATIONARY.items():
        x = newton(f, guess, safeguard=False).x
        curvature = derivative(f, order=2)(x)
        print(f"   {kind:<18}{x:11.6f}{f(x):13.6f}{curvature:13.6f}{2 / curvature:10.6f}")
    print(f"\nFrom x₀ = {START:g}{'x':>26}{'f(x)':>12}  steps  evaluations\n")
    ways = {f"s = {s}": steepest_descent(f, START, s=s) for s in STEP_SIZES}
    ways |= {type(rule).__name__: steepest_descent(f, START, s=rule) for rule in RULES}
    for label, way in ways.items():
        row(label, way, "" if way.converged else way.reason.replace("; ", ";\n       "))
    print("\nNewton-Raphson\n")
    for x0 in (-1.0, 0.3, 2.0):
        for kind, safeguard in (("plain", False), ("safeguarded", True)):
            row(f"x₀ = {x0:4}, {kind}", way := newton(f, x0, safeguard=safeguard), way.reason)
    print(f"\nf′ by the engine or by differences, from x₀ = {START:g}; last, |f′| at the end\n")
    for kind in ("exact", "numerical"):
        for way in steepest_descent(f, START, 0.01, derivative=kind), newton(f, START, derivative=kind):
            row(f"{way.method}, {kind}", way, f"{abs(derivative(f)(way.x)):.0e}")
    picture = SavedFigure(figsize=(13, 9), layout="constrained")
    panels = {"s = 0.01 converges": ways["s = 0.01"], "s = 0.016 > 2/f″ cycles": ways["s = 0.016"],
              "s = 0.03 jumps to the other valley": ways["s = 0.03"],
              "Newton-Raphson, plain, to the maximum": newton(f, -1.0, safeguard=False)}  # fmt: skip
    for axes, (title, way) in zip(picture.subplots(2, 2).flat, panels.items(), strict=True):
        plot_result(way, axes)
        axes.set_title(title, fontsize=16, pad=52)
    picture.savefig(path)
    print(f"\nFour of the ways on the curve: {path}")


if __name__ == "__main__":
    run(main)
