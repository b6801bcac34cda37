"""Maximum likelihood with standard errors: a gamma distribution, and counts that grow.

    Gamma     log p(y; κ, μ) = κ·log(κ/μ) + (κ − 1)·log y − κ·y/μ − log Γ(κ)
    Poisson   log p(n; β) = n·log λ − λ − log Γ(n + 1),   λ = e^(β₀ + β₁·t)

The first is fitted to the hours between failures of the air conditioning of an aircraft (F. Proschan, 1963),
the second to the deaths of AIDS in Australia per quarter from 1983 on (B. M. Whyte et al., 1987). log Γ is
SciPy's, with its derivatives. What is minimised is −Σ log p; the inverse of its Hessian at the minimum is the
covariance of the parameters, and the roots of its diagonal are their standard errors.

Run `python -m examples.likelihood [picture.png]`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from scipy.special import gammaln

from autodiff import hessian, log, value_and_grad
from examples import run
from optim import minimize
from optim.plot.picture import SavedFigure

HOURS = np.array([3.0, 5.0, 7.0, 18.0, 43.0, 85.0, 91.0, 98.0, 100.0, 130.0, 230.0, 487.0])
DEATHS = np.array([0.0, 1.0, 2.0, 3.0, 1.0, 4.0, 9.0, 18.0, 23.0, 31.0, 20.0, 25.0, 37.0, 45.0])
QUARTERS = np.arange(1.0, 15.0)

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"


class Fit(NamedTuple):
    """Parameters at the maximum of a likelihood, their covariance, and the logarithm of the likelihood."""

    parameters: np.ndarray
    covariance: np.ndarray
    likelihood: float

    @property
    def errors(self) -> np.ndarray:
        """The standard errors of the parameters."""
        return np.sqrt(np.diag(self.covariance))


def gamma_loss(parameters: Any, y: np.ndarray = HOURS) -> Any:
    """−Σ log p(y; κ, μ)."""
    k, mean = parameters
    return -(k * log(k / mean) + (k - 1.0) * np.log(y) - k * y / mean - gammaln(k)).sum()


def poisson_loss(beta: Any, n: np.ndarray = DEATHS, t: np.ndarray = QUARTERS) -> Any:
    """−Σ log p(n; β)."""
    rate = beta[0] + beta[1] * t
    return -(n * rate - np.exp(rate) - gammaln(n + 1.0)).sum()


def fitted(loss: Callable[..., Any], start: np.ndarray) -> Fit:
    """The maximum of a likelihood by Newton's method, and what the Hessian there says of it."""
    best = minimize(loss, start, "newton").x
    return Fit(best, np.linalg.inv(hessian(loss)(best)), -value_and_grad(loss)(best)[0])


def draw_gamma(ax: Axes, fit: Fit) -> None:
    """The likelihood over the plane of its parameters, and the ellipse that the Hessian makes of it."""
    k, mean = np.meshgrid(np.linspace(0.2, 1.75, 160), np.linspace(35.0, 260.0, 160))
    below = [
        [gamma_loss(np.array(point)) + fit.likelihood for point in zip(*row, strict=True)]
        for row in zip(k, mean, strict=True)
    ]
    ax.contourf(k, mean, below, np.arange(0.0, 6.5, 0.5), cmap="Blues_r", alpha=0.9)
    ax.contour(k, mean, below, [2.0], colors=BLUE, linewidths=2.5)
    turn = np.linspace(0.0, 2.0 * np.pi, 200)
    ellipse = fit.parameters[:, None] + 2.0 * np.linalg.cholesky(fit.covariance) @ [
        np.cos(turn),
        np.sin(turn),
    ]
    ax.plot(*ellipse, "--", color=ORANGE, linewidth=2.5, label="2 standard errors, by the Hessian")
    ax.plot([], [], color=BLUE, linewidth=2.5, label="log-likelihood 2 below its maximum")
    ax.plot(*fit.parameters, "o", color=ORANGE, markersize=9, markeredgecolor="w")
    ax.set(xlabel="shape $\\kappa$", ylabel="mean $\\mu$, hours", title="Hours between 12 failures: gamma")
    ax.legend(loc="upper right", framealpha=1.0)


def draw_poisson(ax: Axes, fit: Fit) -> None:
    """The counts, the rate, and the band of two standard errors around its logarithm."""
    t = np.linspace(0.5, 14.5, 200)
    columns = np.stack([np.ones_like(t), t], axis=1)
    rate = columns @ fit.parameters
    error = np.sqrt(np.einsum("ti,ij,tj->t", columns, fit.covariance, columns))
    band = np.exp(rate - 2.0 * error), np.exp(rate + 2.0 * error)
    ax.fill_between(t, *band, color=BLUE, alpha=0.2, linewidth=0.0, label="2 standard errors")
    ax.plot(t, np.exp(rate), color=BLUE, linewidth=2.5, label="$\\lambda = e^{\\beta_0 + \\beta_1 t}$")
    ax.plot(QUARTERS, DEATHS, "o", color=ORANGE, markersize=9, markeredgecolor="w", label="deaths")
    ax.set(
        xlabel="quarter $t$ since 1983",
        title="Deaths per quarter: Poisson",
        xlim=(0.5, 14.5),
        ylim=(-1.0, 62.0),
    )
    ax.legend(loc="upper left")


def main(path: str = "likelihood.png") -> None:
    """Print both fits, and save the picture."""
    gamma = fitted(gamma_loss, np.array([1.0, HOURS.mean()]))
    poisson = fitted(poisson_loss, np.array([np.log(DEATHS.mean()), 0.0]))
    print("                estimate   standard error")
    for name, fit, letters in (("gamma", gamma, "κμ"), ("Poisson", poisson, ("β₀", "β₁"))):
        for letter, estimate, error in zip(letters, fit.parameters, fit.errors, strict=True):
            print(f"   {name:<8}{letter:<4}{estimate:9.4f}{error:17.4f}")
        print(f"   log-likelihood {fit.likelihood:10.4f}\n")
    with rc_context({"font.size": 14}):
        left, right = (picture := SavedFigure(figsize=(14, 6), layout="constrained")).subplots(1, 2)
        draw_gamma(left, gamma)
        draw_poisson(right, poisson)
        picture.savefig(path)
    print(f"How far the likelihood is from its parabola, and the rate with its band: {path}")


if __name__ == "__main__":
    run(main)
