"""Residuals as linear functions around a point, in units in which the columns of J are of one size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..unknowns import Vector
from .residuals import Located

EPSILON = float(np.finfo(np.float64).eps)

MOST = 100
"""Iterations for λ; about three are needed."""


def column_norms(jacobian: Vector) -> Vector:
    """‖Jⱼ‖ for each column j, also where its square would overflow."""
    largest = np.abs(jacobian).max(axis=0)
    return np.asarray(largest * np.linalg.norm(jacobian / _positive(largest), axis=0))


def _positive(scale: Vector) -> Vector:
    """With 1 in place of 0: a column of zeros stays one in any units."""
    return np.where(scale > 0.0, scale, 1.0)


def scaled_svd(jacobian: Vector, scale: Vector) -> tuple[Vector, Vector, Vector, Vector]:
    """D, U, S and Vᵀ with J·D⁻¹ = U·S·Vᵀ, for a scale D.

    U and S end with the last singular value that is not 0. Vᵀ goes on: its further rows are directions
    in which the residuals do not change.
    """
    scale = _positive(scale)
    u, s, vt = np.linalg.svd(jacobian / scale, full_matrices=False)
    rank = int(np.sum(s > EPSILON * max(jacobian.shape) * s[0]))
    return scale, u[:, :rank], s[:rank], vt


class Proposal(NamedTuple):
    """A step p of length ‖D·p‖, and what it does to R if r is linear, in parts of R.

    `promised` is the decrease, `slope` half of what it would be at the rate that it begins with; λ is
    the `multiplier`, 0 where nothing bounds the step; `size` is the part of the step to the model's
    minimum that it is, where it leads straight there.
    """

    p: Vector
    length: float
    promised: float
    slope: float
    multiplier: float = 0.0
    size: float = 1.0


class Model:
    """The residuals as linear functions of the scaled step q = D·p:   r + J·D⁻¹·q

    With the singular values s of J·D⁻¹ = U·S·Vᵀ and c = Uᵀr, the step that minimises
    ‖r + J·p‖² + λ·‖D·p‖² is q = −V·(c/(s + λ/s)). Where s = 0 nothing is known, and q is 0. Inside, r has
    the length 1 and the largest s is 1, so that nothing overflows; `unit` is what q is measured in then.
    """

    @np.errstate(all="ignore")
    def __init__(self, point: Located, scale: Vector) -> None:
        self.scale, u, s, vt = scaled_svd(point.jacobian, scale)
        largest, norm = s.max(initial=0.0) or 1.0, float(np.linalg.norm(point.residuals))
        self.s, self.vt = s / largest, vt[: s.size]
        self.c = (point.residuals / norm) @ u
        self.unit = norm / largest

    @np.errstate(all="ignore")
    def step(self, radius: float = np.inf) -> Proposal:
        """The step that lowers the model most, among those with ‖D·p‖ up to the radius."""
        multiplier = self._multiplier(radius / self.unit)
        q = self._coordinates(multiplier)
        length, pushed = float(np.linalg.norm(q)), float(np.linalg.norm(self.s * q))
        damped = multiplier * length**2
        return Proposal(
            p=-self.unit * (q @ self.vt) / self.scale,
            length=self.unit * length,
            promised=pushed**2 + 2.0 * damped,
            slope=pushed**2 + damped,
            multiplier=multiplier,
        )

    def _coordinates(self, multiplier: float) -> Vector:
        """−q along the right singular vectors."""
        return self.c / (self.s + multiplier / self.s)

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
            slope = float(np.sum(q * q / (self.s**2 + multiplier)))
            multiplier += (length / radius - 1.0) * length**2 / slope
        return multiplier
