"""Rprop: each entry has a step size of its own, and only the gradient's sign counts."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np

from autodiff.settings import increasing, pair, positive

from .optimizer import Array, Flag, NotNegative, Optimizer, declared, given
from .parameters import Settings


def _factors(what: str, setting: Any) -> tuple[float, float]:
    """By what a step size is multiplied: below 1 after a turn of the gradient, else above 1."""
    shrink, grow = pair(positive)(what, setting)
    if not shrink < 1.0 < grow:
        raise ValueError(f"{what} must be (below 1, above 1), got {(shrink, grow)}")
    return shrink, grow


class Rprop(Optimizer):
    """Resilient back propagation, for gradients over all data: those of batches are too noisy for it.

    A step size Δ, at first `lr`, grows by etas[1] while the gradient keeps its sign and shrinks by etas[0]
    where it turned, within `step_sizes`. Where it turned, an entry waits for one step, as in PyTorch's
    Rprop (iRprop−), or its last change is taken back: `backtracking=True`, rprop+, the default of R's
    neuralnet. A gradient of nan counts as 0, as in PyTorch.

    Riedmiller, Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm"
    (ICNN 1993); Igel, Hüsken, "Empirical evaluation of the improved Rprop learning algorithms"
    (Neurocomputing 50, 2003).

    >>> from autodiff import Value
    >>> x = Value(3.0, "x")
    >>> optimizer = Rprop([x], lr=0.5)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> x.data  # 3 − 0.5 − 0.5·1.2
    1.9
    """

    def __init__(
        self,
        params: Any,
        lr: NotNegative = 0.01,
        etas: Annotated[tuple[float, float], _factors] = (0.5, 1.2),
        step_sizes: Annotated[tuple[float, float], increasing] = (1e-6, 50.0),
        *,
        backtracking: Flag = False,
        maximize: Flag = False,
    ) -> None:
        super().__init__(**given(locals()))

    checks: ClassVar = declared(__init__)

    def slots(self, settings: Settings) -> dict[str, float]:
        """The gradient's last sign, 0 after a turn; Δ; and the last change, for backtracking."""
        slots = {"sign": 0.0, "size": settings["lr"]}
        return slots | {"change": 0.0} if settings["backtracking"] else slots

    @staticmethod
    def update(
        theta: Array, g: Array, work: Array, t: int, sign: Array, size: Array, change: Array | None = None,
        *, lr: float, etas: tuple[float, float], step_sizes: tuple[float, float], backtracking: bool,
    ) -> None:  # fmt: skip
        """Δ ← Δ·η₊ where gₜ₋₁·gₜ > 0, Δ·η₋ where gₜ₋₁·gₜ < 0;   θ ← θ − Δ·sign g, except after a turn:
        there gₜ counts as 0, and θ stays or goes back to where it was.
        """
        np.multiply(g, sign, out=work)
        turned = work < 0.0
        np.multiply(size, etas[0], out=size, where=turned)
        np.multiply(size, etas[1], out=size, where=work > 0.0)
        np.clip(size, *step_sizes, out=size)
        np.sign(g, out=sign)
        np.copyto(sign, 0.0, where=turned | np.isnan(g))
        np.multiply(sign, size, out=work)
        if change is not None:
            np.negative(change, out=work, where=turned)
            np.copyto(change, work)
        theta -= work
