"""Learning-rate schedules: the rate as a function of how often `schedule.step()` was called.

Make one after the optimiser; its rates then are multiples of those that the optimiser was made with, each
group's of its own. Call `step()` once an epoch (or once a batch: the unit is the caller's).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from autodiff.settings import any_number, not_negative, positive, whole

from .optimizer import Optimizer


class Schedule:
    """Sets an optimiser's learning rate. Subclass it and write `rate`; as it is, the rate stays.

    >>> from autodiff import Value
    >>> from optim import SGD
    >>> class Halving(Schedule):
    ...     def rate(self, step, initial):
    ...         return initial / 2**step
    >>> optimizer = SGD([Value(3.0)], lr=0.1)
    >>> schedule = Halving(optimizer)
    >>> schedule.step()
    >>> schedule.lr, optimizer.lr
    (0.05, 0.05)
    """

    remembered: tuple[str, ...] = ("steps", "initial")
    """The attributes that are the schedule's state, numbers or lists of numbers."""

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(self).__name__}: expected an optimiser, got {type(optimizer).__name__}")
        self.optimizer = optimizer
        self.steps = 0
        self.begin([group["lr"] for group in optimizer.param_groups])
        self._apply()

    def begin(self, rates: list[float]) -> None:
        """Start from these learning rates."""
        self.initial = rates

    def rate(self, step: int, initial: float) -> float:
        """The learning rate after so many steps, from the one at the start."""
        return initial

    def rates(self) -> list[float]:
        """The learning rates of all groups now."""
        return [self.rate(self.steps, initial) for initial in self.initial]

    @property
    def lr(self) -> float:
        """The learning rate now; of several groups, the first one's."""
        return self.rates()[0]

    def step(self, metric: float | None = None) -> None:
        """Go on to the next rate. Only `ReduceLROnPlateau` looks at the metric, the others need none."""
        self.advance(metric)
        self._apply()

    def advance(self, metric: float | None) -> None:
        """Count a step."""
        self.steps += 1

    def _apply(self) -> None:
        for group, rate in zip(self.optimizer.param_groups, self.rates(), strict=True):
            group["lr"] = rate

    def state_dict(self) -> dict[str, Any]:
        """The state as numbers, lists of numbers, and the schedule's name."""
        state = {name: getattr(self, name) for name in self.remembered}
        copied = {name: list(part) if isinstance(part, list) else part for name, part in state.items()}
        return {"schedule": type(self).__name__, **copied}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state_dict()`, and set the optimiser's learning rate.

        Raises ValueError or TypeError, and changes nothing, for the state of another schedule.
        """
        self.adopt(self.checked(state))
        self._apply()

    def adopt(self, attributes: Mapping[str, Any]) -> None:
        """Take over a checked state."""
        for name, part in attributes.items():
            setattr(self, name, part)

    def checked(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The state as attributes."""
        kind = type(self).__name__
        if not isinstance(state, Mapping):
            raise TypeError(f"{kind}.load_state_dict: expected what state_dict() returns, got {state!r}")
        if set(state) != {"schedule", *self.remembered} or state["schedule"] != kind:
            raise ValueError(
                f"{kind}.load_state_dict: expected the state of a {kind}, got that of "
                f"{state.get('schedule')!r} with {', '.join(state)}"
            )
        return {name: self._part(name, state[name]) for name in self.remembered}

    def _part(self, name: str, part: Any) -> Any:
        what, own = f"{type(self).__name__}.load_state_dict: {name}", getattr(self, name)
        if not isinstance(own, list):
            return whole(what, part) if isinstance(own, int) else float(part)
        if len(part) != len(own):
            raise ValueError(f"{what}: expected {len(own)} groups, got {len(part)}")
        return [any_number(what, rate) for rate in part]


class ConstantLR(Schedule):
    """`factor` times the rate for `total_iters` steps, then the rate itself; `factor=1` is constant.

    lr(t) = factor · lr₀ where t < total_iters, else lr₀
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1.0 / 3.0, total_iters: int = 5) -> None:
        self.factor = positive("ConstantLR: factor", factor)
        self.total_iters = whole("ConstantLR: total_iters", total_iters)
        super().__init__(optimizer)

    def rate(self, step: int, initial: float) -> float:
        """The learning rate after so many steps."""
        return initial * self.factor if step < self.total_iters else initial


class LinearLR(Schedule):
    """From `start_factor` to `end_factor` times the rate, in `total_iters` equal changes.

    lr(t) = lr₀ · (start + (end − start) · min(t / total_iters, 1))
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3.0,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        self.start_factor = positive("LinearLR: start_factor", start_factor)
        self.end_factor = not_negative("LinearLR: end_factor", end_factor)
        self.total_iters = whole("LinearLR: total_iters", total_iters, least=1)
        super().__init__(optimizer)

    def rate(self, step: int, initial: float) -> float:
        """The learning rate after so many steps."""
        gone = min(step / self.total_iters, 1.0)
        return initial * (self.start_factor + (self.end_factor - self.start_factor) * gone)


class StepLR(Schedule):
    """The rate times `gamma` after every `step_size` steps.   lr(t) = lr₀ · gamma^⌊t / step_size⌋

    >>> from autodiff import Value
    >>> from optim import SGD
    >>> schedule = StepLR(SGD([Value(3.0)], lr=0.1), step_size=2, gamma=0.5)
    >>> [schedule.rate(t, 0.1) for t in range(5)]
    [0.1, 0.1, 0.05, 0.05, 0.025]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = whole("StepLR: step_size", step_size, least=1)
        self.gamma = positive("StepLR: gamma", gamma)
        super().__init__(optimizer)

    def rate(self, step: int, initial: float) -> float:
        """The learning rate after so many steps."""
        return float(initial * self.gamma ** (step // self.step_size))


class ExponentialLR(Schedule):
    """The rate times `gamma` after every step.   lr(t) = lr₀ · gammaᵗ"""

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = positive("ExponentialLR: gamma", gamma)
        super().__init__(optimizer)

    def rate(self, step: int, initial: float) -> float:
        """The learning rate after so many steps."""
        return float(initial * self.gamma**step)


class CosineAnnealingLR(Schedule):
    """Half a cosine from the rate down to `eta_min` in `T_max` steps, and back up after them.

        lr(t) = eta_min + ½ · (lr₀ − eta_min) · (1 + cos(π·t / T_max))

    Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017).

    >>> from autodiff import Value
    >>> from optim import SGD
    >>> schedule = CosineAnnealingLR(SGD([Value(3.0)], lr=0.1), T_max=10)
    >>> [round(schedule.rate(t, 0.1), 6) for t in (0, 5, 10)]
    [0.1, 0.05, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_max: int,  # noqa: N803 (PyTorch's name)
        eta_min: float = 0.0,
    ) -> None:
        self.T_max = whole("CosineAnnealingLR: T_max", T_max, least=1)
        self.eta_min = not_negative("CosineAnnealingLR: eta_min", eta_min)
        super().__init__(optimizer)

    def rate(self, step: int, initial: float) -> float:
        """The learning rate after so many steps."""
        return self.eta_min + 0.5 * (initial - self.eta_min) * (1.0 + math.cos(math.pi * step / self.T_max))


class LambdaLR(Schedule):
    """The rate times a function of how often `step()` was called.

        lr(t) = lr₀ · factor(t)

    The function itself is not in `state_dict`.

    >>> from autodiff import Value
    >>> from optim import SGD
    >>> schedule = LambdaLR(SGD([Value(3.0)], lr=0.1), lambda t: 1 / (t + 1))
    >>> schedule.step()
    >>> schedule.lr
    0.05
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        if not callable(lr_lambda):
            raise TypeError(
                f"LambdaLR: lr_lambda must be a function of the number of steps, got {lr_lambda!r}"
            )
        self.factor = lr_lambda
        super().__init__(optimizer)

    def rate(self, step: int, initial: float) -> float:
        """lr₀ · factor(t).  Raises TypeError or ValueError for a factor that is not a number, or below 0."""
        return initial * not_negative(f"LambdaLR: the factor after {step} steps", self.factor(step))


class WarmUp(Schedule):
    """A rate that grows over the first steps, and then stays or follows another schedule.

        lr(t) = lr₀ · (t + 1) / (n + 1) where t < n, for n `steps`; after them `then`, from its start

    Where `then` is given, the state of both is in `state_dict`, and only this one is to be stepped.

    >>> from autodiff import Value
    >>> from optim import SGD
    >>> optimizer = SGD([Value(3.0)], lr=0.1)
    >>> schedule, rates = WarmUp(optimizer, 3, then=StepLR(optimizer, step_size=1, gamma=0.5)), []
    >>> for _ in range(6):
    ...     rates.append(round(optimizer.lr, 6))
    ...     schedule.step()
    >>> rates
    [0.025, 0.05, 0.075, 0.1, 0.05, 0.025]
    """

    remembered = ("steps",)

    def __init__(self, optimizer: Optimizer, steps: int, then: Schedule | None = None) -> None:
        self.length = whole("WarmUp: steps", steps, least=1)
        self.then = Schedule(optimizer) if then is None else then
        if not isinstance(self.then, Schedule) or self.then.optimizer is not optimizer or self.then.steps:
            raise ValueError("WarmUp: then must be a schedule of the same optimiser that made no step yet")
        super().__init__(optimizer)

    def rates(self) -> list[float]:
        """The learning rates of all groups now."""
        warmth = min((self.steps + 1) / (self.length + 1), 1.0)
        return [rate * warmth for rate in self.then.rates()]

    def advance(self, metric: float | None) -> None:
        """Count a step; once warm, one of the other schedule."""
        if self.steps >= self.length:
            self.then.advance(metric)
        super().advance(metric)

    def state_dict(self) -> dict[str, Any]:
        """The state of this schedule and of the one after it."""
        return {**super().state_dict(), "then": self.then.state_dict()}

    def checked(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The states of both schedules as attributes."""
        own = {name: part for name, part in state.items() if name != "then"}
        return {**super().checked(own), "then": self.then.checked(state.get("then", {}))}

    def adopt(self, attributes: Mapping[str, Any]) -> None:
        """Take over the states of both schedules."""
        self.then.adopt(attributes["then"])
        self.steps = attributes["steps"]
