"""A differential equation fitted to data: hares and lynxes, after Lotka and Volterra.

    dx/dt = α·x − β·x·y,   dy/dt = δ·x·y − γ·y

Each step is one of Runge and Kutta's; the derivative of the whole loop gives the fit, and its standard
errors. A. J. Lotka, Elements of Physical Biology (1925); the counts are those of the Hudson's Bay Company.

Run `python -m examples.ode [picture.png]`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
import optim
from examples import run
from optim.plot.picture import SavedFigure

YEARS = np.arange(1900, 1921)
HARES = np.array(
    [30.0, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22.0, 25.4, 27.1, 40.3, 57.0, 76.6, 52.3, 19.5, 11.2,
     7.6, 14.6, 16.2, 24.7]
)  # fmt: skip
LYNXES = np.array(
    [4.0, 6.1, 9.8, 35.2, 59.4, 41.7, 19.0, 13.0, 8.3, 9.1, 7.4, 8.0, 12.3, 19.5, 45.7, 51.1, 29.7, 15.8, 9.7,
     10.1, 8.6]
)  # fmt: skip
STEPS_A_YEAR = 10
START = (0.5, 0.03, 0.8, 0.03, 30.0, 4.0)


def rk4(f: Callable[[Any], Any], state: Any, h: float) -> Any:
    """One step of Runge and Kutta: four slopes, weighed 1, 2, 2, 1."""
    k1 = f(state)
    k2 = f(state + 0.5 * h * k1)
    k3 = f(state + 0.5 * h * k2)
    k4 = f(state + h * k3)
    return state + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def populations(alpha: Any, beta: Any, gamma: Any, delta: Any, hares: Any, lynxes: Any) -> Any:
    """Both numbers in each year, in thousands, as rows."""

    def slope(state: Any) -> Any:
        x, y = state[0], state[1]
        return ad.stack([alpha * x - beta * x * y, delta * x * y - gamma * y])

    def step(state: Any, _: None) -> tuple[Any, Any]:
        return rk4(slope, state, 1.0 / STEPS_A_YEAR), state

    start = ad.stack([hares, lynxes])
    last, states = ad.scan(step, start, length=STEPS_A_YEAR * (len(YEARS) - 1))
    return ad.concatenate([states[::STEPS_A_YEAR], last[None]])


def residuals(*theta: Any) -> Any:
    """Logarithms of numbers differ by a share of them, which is as large for few animals as for many."""
    return ad.log(populations(*theta)) - np.log(np.column_stack([HARES, LYNXES]))


def main(path: str = "ode.png") -> None:
    """Print the fit, and save the curves beside the counts."""
    names = ("alpha", "beta", "gamma", "delta", "hares", "lynxes")
    start = dict(zip(names, START, strict=True))
    fit = optim.least_squares(lambda p: residuals(*p.values()), start, compiled=True)
    print(fit)
    found = [fit.x[name] for name in names]
    picture = SavedFigure(figsize=(9, 4.5), layout="constrained")
    axes = picture.subplots()
    curves = np.asarray(populations(*found))
    for k, (name, counts, colour) in enumerate([("hares", HARES, "#0072B2"), ("lynxes", LYNXES, "#D55E00")]):
        axes.plot(YEARS, counts, "o", color=colour)
        axes.plot(YEARS, curves[:, k], color=colour, label=name)
    axes.set(xlabel="year", ylabel="thousands", xticks=YEARS[::5])
    axes.legend()
    picture.savefig(path)
    print(f"\nCounts and curves: {path}")


if __name__ == "__main__":
    run(main)
