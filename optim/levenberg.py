"""Levenberg's and Marquardt's damped steps, as Moré chooses how long they may be.

J. J. Moré, The Levenberg-Marquardt algorithm: implementation and theory, in: Numerical Analysis,
Lecture Notes in Mathematics 630, Springer, 1978. MINPACK's lmder, which is that, lets the first step go
100 times as far as x itself; here it is a tenth: far starts then end in the right minimum more often.
"""

from __future__ import annotations

import numpy as np

from .linear_model import Model, Proposal

__all__ = ["ENOUGH", "Region"]

FIRST = 0.1
"""How far the first step may go, in parts of ‖D·x‖."""

ENOUGH = 1e-4
"""A step is taken if R falls by at least this part of what the model promised."""

LINEAR = 1e-6
"""Where R falls as promised but for this part, the residuals are linear as far as can be seen."""


class Region:
    """Where the linear model is trusted: as far as ‖D·p‖ ≤ radius. It grows and shrinks with success."""

    def __init__(self, length: float) -> None:
        self.radius = FIRST * length or np.inf

    def propose(self, model: Model) -> Proposal:
        """The best step in the region."""
        return model.step(self.radius)

    def learn(self, step: Proposal, actual: float) -> bool:
        """Take notice of the part of R by which it fell; whether that is enough for the step to be taken."""
        ratio = actual / step.promised
        if not ratio > 0.25:
            self.radius = _shrinkage(step.slope, actual) * step.length
        elif abs(ratio - 1.0) <= LINEAR:
            self.radius = np.inf
        elif ratio >= 0.75 or not step.multiplier:
            self.radius = 2.0 * step.length
        return ratio >= ENOUGH


def _shrinkage(slope: float, actual: float) -> float:
    """Where the parabola through both ends of the step has its minimum, from 0.1 to 0.5; nan counts as ∞."""
    if actual >= 0.0:
        return 0.5
    return max(0.1, slope / (2.0 * slope - actual)) if actual > -np.inf else 0.1
