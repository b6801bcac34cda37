"""Levenberg's and Marquardt's damped steps, as Moré chooses how long they may be.

J. J. Moré, The Levenberg-Marquardt algorithm: implementation and theory, in: Numerical Analysis,
Lecture Notes in Mathematics 630, Springer, 1978. MINPACK's lmder is that. Other than there, the first
step is one of Gauss-Newton; if that does not go nearly as it should, a far start is assumed and x left in
small steps, since the long ones that lmder allows often end where the residuals are flat.
"""

from __future__ import annotations

import numpy as np

from .linear_model import Model, Proposal

FAR = 0.1
"""How long a step may be from a far start, in parts of ‖D·x‖."""

ENOUGH = 1e-4
"""A step is taken if R falls by at least this part of what the model promised."""

POOR, GOOD = 0.25, 0.75
"""Parts of what was promised, up to which the region shrinks and from which it grows."""


class Region:
    """Where the linear model is trusted: as far as ‖D·p‖ ≤ radius. It grows and shrinks with success."""

    def __init__(self, length: float) -> None:
        self.radius = np.inf
        self.cautious = FAR * length or np.inf
        self.tested = False

    def propose(self, model: Model) -> Proposal:
        """The best step in the region."""
        return model.step(self.radius)

    def learn(self, step: Proposal, actual: float) -> bool:
        """Take notice of the part of R by which it fell; whether that is enough for the step to be taken."""
        ratio = actual / step.promised
        least = ENOUGH if self.tested else POOR
        if not ratio > POOR:
            farthest = np.inf if self.tested else self.cautious
            self.radius = min(_shrinkage(step.slope, actual) * step.length, farthest)
        elif ratio >= GOOD or not step.multiplier:
            self.radius = 2.0 * step.length
        self.tested = True
        return ratio >= least


def _shrinkage(slope: float, actual: float) -> float:
    """Where the parabola through both ends of the step has its minimum, from 0.1 to 0.5; 0.1 for nan."""
    if actual >= 0.0:
        return 0.5
    return max(0.1, slope / (2.0 * slope - actual)) if actual > -np.inf else 0.1
