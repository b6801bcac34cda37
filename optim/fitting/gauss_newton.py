"""Gauss's steps, which take the linear model at its word: halved until R falls, or in full."""

from __future__ import annotations

from .levenberg import ENOUGH
from .linear_model import Model, Proposal

__all__ = ["Halving"]


class Halving:
    """s·d with the step d to the minimum of the linear model, and s = 1, 1/2, 1/4, … until R falls."""

    def __init__(self) -> None:
        self.s = 1.0

    def propose(self, model: Model) -> Proposal:
        """The step that is to be tried; the model promises a decrease of (2s − s²)·slope."""
        s, step = self.s, model.step()
        return Proposal(s * step.p, s * step.length, (2.0 - s) * s * step.slope, s * step.slope, size=s)

    def learn(self, step: Proposal, actual: float) -> bool:
        """Take notice of the part of R by which it fell; whether that is enough for the step to be taken."""
        enough = actual >= ENOUGH * step.promised
        self.s = 1.0 if enough else self.s / 2.0
        return enough
