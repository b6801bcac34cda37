"""Levenberg's and Marquardt's step, with the length that it may have chosen as by Moré.

J. J. Moré, The Levenberg-Marquardt algorithm: implementation and theory, in: Numerical Analysis,
Lecture Notes in Mathematics 630, Springer, 1978; MINPACK's lmder is its implementation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .residuals import Located
from .unknowns import Vector

__all__ = ["Model", "Proposal", "Region", "column_norms", "scaled_svd"]

ENOUGH = 1e-4
"""A step is taken if R falls by at least this part of what the model promised."""

MOST = 100
"""Iterations for λ; about three are needed."""

EPSILON = float(np.finfo(np.float64).eps)


def column_norms(jacobian: Vector) -> Vector:
    """‖Jⱼ‖ for each column j, also where its square would overflow."""
    largest = np.abs(jacobian).max(axis=0)
    unit = np.where(largest > 0.0, largest, 1.0)
    norms: Vector = largest * np.linalg.norm(jacobian / unit, axis=0)
    return norms


def scaled_svd(jacobian: Vector, scale: Vector | None = None) -> tuple[Vector, Vector, Vector, Vector]:
    """D, U, S and Vᵀ with J·D⁻¹ = U·S·Vᵀ, where U and S end with the last singular value that is not 0.

    D makes the columns of J of one size, if not given otherwise, so that it is the same problem in
    whatever units the parameters are. Vᵀ goes on: its further rows are directions that do nothing.
    """
    scale = column_norms(jacobian) if scale is None else scale
    scale = np.where(scale > 0.0, scale, 1.0)
    u, s, vt = np.linalg.svd(jacobian / scale, full_matrices=False)
    rank = int(np.sum(s > EPSILON * max(jacobian.shape) * s[0]))
    return scale, u[:, :rank], s[:rank], vt


class Proposal(NamedTuple):
    """A step p of length ‖D·p‖. What it does to R if r is linear, in parts of R.

    `promised` is the decrease, `slope` half of what it would be at the rate that it begins with; λ is
    the `multiplier`, 0 where the step is free.
    """

    p: Vector
    length: float
    promised: float
    slope: float
    multiplier: float


class Model:
    """The residuals as linear functions of the scaled step q = D·p:   r + J·D⁻¹·q.

    With the singular values s of J·D⁻¹ = U·S·Vᵀ and c = Uᵀr, the step that minimises
    ‖r + J·p‖² + λ·‖D·p‖² is q = −V·(s·c/(s² + λ)). Where s = 0, nothing is known and q is 0.
    """

    def __init__(self, point: Located, scale: Vector) -> None:
        self.scale, u, self.s, vt = scaled_svd(point.jacobian, scale)
        self.vt = vt[: self.s.size]
        self.norm = float(np.linalg.norm(point.residuals))
        self.c = (point.residuals / self.norm) @ u

    def step(self, radius: float) -> Proposal:
        """The step that lowers the model most, among those with ‖D·p‖ up to the radius."""
        multiplier = self._multiplier(radius / self.norm)
        q = self._coordinates(multiplier)
        length, pushed = float(np.linalg.norm(q)), float(np.linalg.norm(self.s * q))
        damped = multiplier * length**2
        return Proposal(
            p=-self.norm * (q @ self.vt) / self.scale,
            length=self.norm * length,
            promised=pushed**2 + 2.0 * damped,
            slope=pushed**2 + damped,
            multiplier=multiplier,
        )

    def _coordinates(self, multiplier: float) -> Vector:
        """−q/‖r‖ along the right singular vectors."""
        return self.s * self.c / (self.s**2 + multiplier)

    def _multiplier(self, radius: float) -> float:
        """The λ for which ‖q‖ is the radius, within 10 %; 0 where it is no longer than that anyway.

        Newton's method on 1/‖q‖, which is concave and nearly linear in λ, so that λ comes from below.
        """
        multiplier = 0.0
        for _ in range(MOST):
            q = self._coordinates(multiplier)
            length = float(np.linalg.norm(q))
            if not length > 1.1 * radius:
                break
            multiplier += (length / radius - 1.0) * length**2 / float(np.sum(q * q / (self.s**2 + multiplier)))
        return multiplier


class Region:
    """Where the model is trusted: as far as ‖D·p‖ ≤ radius. It grows and shrinks with what steps do."""

    def __init__(self, radius: float) -> None:
        self.radius = radius or np.inf

    def learn(self, step: Proposal, actual: float) -> bool:
        """Take notice of the part of R by which it fell; whether that is enough for the step to be taken."""
        ratio = actual / step.promised
        if not ratio > 0.25:
            self.radius = _shrinkage(step.slope, actual) * step.length
        elif ratio >= 0.75 or not step.multiplier:
            self.radius = 2.0 * step.length
        return ratio >= ENOUGH


def _shrinkage(slope: float, actual: float) -> float:
    """The minimum of the parabola through both ends of the step, from 0.1 to 0.5."""
    if actual >= 0.0:
        return 0.5
    return max(0.1, slope / (2.0 * slope - actual)) if actual > -99.0 else 0.1
