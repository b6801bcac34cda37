"""The schedule that looks at a metric, the loss on validation data, say, and not at the number of steps."""

from __future__ import annotations

import math
from typing import Literal

from autodiff.ops.plain import raw
from autodiff.settings import chosen, fraction, not_negative, whole

from .optimizer import Optimizer
from .schedules import Schedule


class ReduceLROnPlateau(Schedule):
    """The rate times `factor` when a metric has not improved for more than `patience` steps.

    `step(metric)` compares with the best so far: lower is better, with `mode="max"` higher. Better means
    by more than `threshold`, a share of the best, or as it is with `threshold_mode="abs"`. After a
    reduction, `cooldown` steps count as neither good nor bad. The rate stays above `min_lr`, and changes
    of less than `eps` are not made. A metric of nan is no improvement.

    >>> from autodiff import Value
    >>> from optim import SGD
    >>> schedule = ReduceLROnPlateau(SGD([Value(3.0)], lr=0.1), factor=0.5, patience=1)
    >>> for loss in (5.0, 4.0, 4.0, 4.0):
    ...     schedule.step(loss)
    >>> schedule.lr
    0.05
    """

    remembered = ("steps", "initial", "reduced", "best", "bad_steps", "resting")

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        kind = type(self).__name__
        self.sign: float = chosen(f"mode of {kind}", mode, {"min": 1.0, "max": -1.0})
        self.relative: bool = chosen(f"threshold_mode of {kind}", threshold_mode, {"rel": True, "abs": False})
        self.factor = fraction(f"{kind}: factor", factor)
        self.patience = whole(f"{kind}: patience", patience)
        self.threshold = not_negative(f"{kind}: threshold", threshold)
        self.cooldown = whole(f"{kind}: cooldown", cooldown)
        self.min_lr = not_negative(f"{kind}: min_lr", min_lr)
        self.eps = not_negative(f"{kind}: eps", eps)
        self.best = self.sign * math.inf
        self.bad_steps = self.resting = 0
        super().__init__(optimizer)

    def begin(self, rates: list[float]) -> None:
        """Start from these learning rates."""
        super().begin(rates)
        self.reduced = rates

    def rates(self) -> list[float]:
        """The learning rates of all groups now."""
        return self.reduced

    def advance(self, metric: float | None) -> None:
        """Judge the metric."""
        if metric is None:
            raise TypeError("ReduceLROnPlateau: step() needs the metric to watch: schedule.step(loss)")
        self._judge(float(raw(metric)))
        if self.bad_steps > self.patience:
            self.reduced = [self._reduced(rate) for rate in self.reduced]
            self.bad_steps, self.resting = 0, self.cooldown
        super().advance(metric)

    def _judge(self, metric: float) -> None:
        self.bad_steps += 1
        if self.sign * metric < self.sign * self._bound():
            self.best, self.bad_steps = metric, 0
        if self.resting:
            self.resting, self.bad_steps = self.resting - 1, 0

    def _bound(self) -> float:
        """What the metric must pass to be better."""
        margin = self.sign * self.threshold
        return self.best * (1.0 - margin) if self.relative else self.best - margin

    def _reduced(self, rate: float) -> float:
        new = max(rate * self.factor, self.min_lr)
        return new if rate - new > self.eps else rate
