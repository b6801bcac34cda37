"""One run of a method: the points passed, the best of them, and when it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np

from autodiff.settings import hint

from .names import names
from .objective import Objective, Point
from .options import Options
from .result import Iterate, Path, Result
from .stopping import STOPPED, Ending, Gains, Stopping, checked, wants_to_stop
from .unknowns import Vector, joined

CYCLE = 8
"""The longest cycle that is looked for, and the memory of the non-monotone rules."""

NAMED = 1000
"""More unknowns than these have no names in the result."""

REMEDIES = {
    "jac": "the engine has f's derivative; or give derivative=",
    "grad": "the engine has f's derivative; or give derivative=",
    "args": "close over them: lambda x: f(x, a, b)",
    "constraints": "bounds= of single unknowns are supported; add others as a penalty",
    "options": "give them as they are, gtol=1e-6",
    "tol": "give gtol, xtol or ftol",
    "maxiter": "give max_steps",
    "step_size": "give s",
    "lr": "give s",
}
"""What users of other libraries may try."""


class Run:
    """The run of one method on one objective."""

    sees: ClassVar[type[Objective]] = Objective

    def __init__(
        self,
        method: str,
        f: Callable[..., Any],
        x0: Any,
        *,
        derivative: str | Callable[..., Any] = "exact",
        callback: Callable[[Iterate], object] | None = None,
        bounds: Any = None,
        path: bool = True,
        compiled: bool | None = None,
        **rules: Any,
    ) -> None:
        self.method = method
        self.rules = Stopping(**_known(method, rules))
        self.objective = self.sees(f, x0, derivative, compiled, bounds)
        self.point = self.best = self.objective.start
        self.steepness = self.point.norm
        self.progress = Gains(self.point, self.objective.over.epsilon)
        self.callback, self.keep = checked(callback, method, "an Iterate"), path
        self.given = f, x0
        self.previous: Point | None = None
        self.size = 0.0
        self.recent: deque[Point] = deque(maxlen=CYCLE)
        self.rows: list[tuple[Vector, float, float, float]] = []
        self.stopped = False
        self._record()

    @property
    def steps(self) -> int:
        """How many steps have been taken."""
        return len(self.rows) - 1

    @property
    def names(self) -> tuple[str, ...]:
        """What the unknowns are called."""
        return names(*self.given, self.objective.over)

    @property
    def limit(self) -> int:
        """How many may be taken."""
        most = self.rules.max_steps
        return max(1000, 200 * self.objective.n) if most is None else most

    # -- moving --------------------------------------------------------------------------------

    def to(self, point: Point, size: float) -> None:
        """Take a step of size s, x + s·d, to a point where f is finite."""
        self.previous, self.point, self.size = self.point, point, size
        self.objective.spoilt = None
        if point.value < self.best.value:
            self.best = point
        self.progress.note(point, self.steps + 1)
        self._record()

    def leave(self, point: Point) -> None:
        """Go on from beside a saddle or maximum; if the start was one, it had no slope to measure by."""
        self.steepness = self.steepness or point.norm
        Run.to(self, point, 1.0)

    def _record(self) -> None:
        point = self.point
        self.objective.held = point.held
        self.recent.append(point)
        self.rows.append((point.x if self.keep else np.empty(0), point.value, point.norm, self.size))
        if self.callback:
            self.objective.over.settle(point.x)
            self.stopped = wants_to_stop(self.callback, self._iterate(point))

    def _iterate(self, point: Point) -> Iterate:
        return Iterate(self.objective.over.tree(point.x), point.value, point.norm, self.size)

    # -- ending --------------------------------------------------------------------------------

    def ended(self) -> Ending | None:
        """The first rule that holds at the current point."""
        if ending := self.at_rest():
            return ending
        if self.stopped:
            return Ending(False, STOPPED)
        if self.previous is not None and (ending := self._astray(self.previous)):
            return ending
        if self.steps >= self.limit:
            return Ending(False, f"reached the limit of {self.limit} steps, max_steps")
        return None

    def at_rest(self) -> Ending | None:
        """Whether gradient, step or decrease say that there is no further to go."""
        new, old, rules = self.point, self.previous, self.rules
        tolerance = rules.gtol * min(1.0, self.steepness)
        if new.norm <= tolerance:
            return self.stationary(f"{new.steepness}, at most {tolerance:.2g}")
        if old is None:
            return None
        if rules.xtol and np.all(np.abs(new.x - old.x) <= rules.xtol * np.maximum(1.0, np.abs(new.x))):
            return self.stationary(f"the step is at most xtol = {rules.xtol:g}")
        if rules.ftol and 0.0 <= old.value - new.value <= rules.ftol * max(1.0, abs(new.value)):
            return self.stationary(f"f fell by no more than ftol = {rules.ftol:g}")
        return None

    def _astray(self, old: Point) -> Ending | None:
        """Whether a step led nowhere, too far, or back."""
        new, scale = self.point, max(1.0, abs(self.objective.start.value))
        if np.all(np.abs(new.x - old.x) <= 2.0 * self.objective.over.epsilon * np.abs(new.x)):
            return self.exhausted()
        if new.value > self.best.value + 1e10 * scale:
            return Ending(False, f"diverged: f has grown to {new.value:.3g}")
        if new.value < -1e20 * scale:
            return Ending(False, f"diverged: f seems to fall without bound, it has come to {new.value:.3g}")
        if ending := self._cycle():
            return ending
        if self.spent():
            self.to(self.progress.gentlest, 0.0)
            return self.exhausted()
        return None

    def spent(self) -> bool:
        """Whether steps gain nothing any more, as f is lost in rounding."""
        return self.progress.spent(self.point, self.steps)

    def _cycle(self) -> Ending | None:
        """Where the way has come back to a recent point without having found a lower one."""
        new = self.point
        for period, old in enumerate(list(self.recent)[-3::-1], 2):
            length = float(np.max(np.abs(self.recent[-period].x - new.x)))
            if np.max(np.abs(old.x - new.x)) <= 1e-10 * length and new.value >= old.value:
                if length <= 1e-7 * float(np.max(np.abs(new.x))):
                    return self.exhausted()
                return Ending(False, f"cycling: every {period} steps it is at the same point")
        return None

    def stationary(self, reason: str) -> Ending:
        """Convergence, unless f is flat all around and no step has lowered it."""
        if self.point.value >= self.objective.start.value and self._flat():
            return Ending(False, f"flat: f does not change around here, so no direction leads down; {reason}")
        return Ending(True, f"converged{'' if self.steps else ' at the start'}: {reason}")

    def exhausted(self) -> Ending:
        """No lower value can be found from here: convergence, if the slope promises none either."""
        ending = self.stationary(f"no further decrease is possible; {self.point.steepness}")
        scale = max(abs(point.value) for point in (self.point, self.best, self.objective.start))
        if ending.converged and self._promised() > max(1e-10, 10.0 * self.objective.over.epsilon) * scale:
            return Ending(False, f"stuck: no step lowers f, though {self.point.steepness}{self._why_stuck()}")
        return ending

    def _why_stuck(self) -> str:
        """What may be the reason: where the gradient was nan nearby, what made it so."""
        if self.objective.spoilt is not None and (cause := self.objective.cause(self.objective.spoilt)):
            return f", and is not finite further on{cause}"
        return ": there is a kink, the derivative is wrong, or steps are too small"

    def _promised(self) -> float:
        """How far below f the vertex of the parabola along −∇f is, bent as the slope changes nearby.

            ½·slope²/|bend|,   bend = (slope at x + h·d − slope at x)/h,   d = −∇f/|∇f|

        At a kink the slope jumps within any h, so that much is promised and nothing found; the second
        derivative would see only the side it is on.
        """
        x, norm, objective = self.point.x, self.point.norm, self.objective
        if norm == 0.0:
            return 0.0
        d = -self.point.slopes / norm
        travelled = float(np.max(np.maximum(np.abs(x), np.abs(objective.start.x))))
        h = objective.over.epsilon ** (1 / 3) * (travelled or 1.0)
        near = objective.at(x + h * d)
        if not near.finite:
            h, near = -h, objective.at(x - h * d)
        slope = self.point.slopes @ d
        bend = np.abs((near.slopes @ d - slope) / h)
        return float(0.5 * slope * (slope / bend)) if 0.0 < bend < np.inf else np.inf

    def not_finite(self, point: Point) -> Ending:
        """A step led to where f is nan or infinite."""
        what = "f" if not np.isfinite(point.value) else "the gradient of f"
        cause = self.objective.cause(point.x)
        return Ending(False, f"diverged: {what} is not finite after step {self.steps + 1}{cause}")

    def _flat(self) -> bool:
        """Whether f has one value, and no slope, at the current point and off in two directions."""
        x, value = self.point.x, self.point.value
        directions = np.random.default_rng(0).normal(size=(2, x.size))
        reach = 1e-3 * np.maximum(1.0, np.abs(x))
        around = [self.objective.at(x + side * reach * d) for d in directions for side in (-1.0, 1.0)]
        moved = any((near.x != x).any() for near in around)
        return moved and all(near.value == value and near.norm <= self.rules.gtol for near in around)

    # -- the outcome ---------------------------------------------------------------------------

    def finish(self, search: Callable[[], Ending]) -> Result:
        """Let a search move this run; Ctrl-C ends it, and what was found is kept."""
        over = self.objective.over
        try:
            with np.errstate(all="ignore"):
                ending = search()
                while self.objective.derivatives.outdated(self.point.x):
                    self.look_again()
                    ending = search()
        except KeyboardInterrupt:
            ending = Ending(False, "interrupted")
        except BaseException:
            over.settle(self.best.x)
            raise
        outcome = self.point if ending.converged else self.best
        over.settle(outcome.x)
        return Result(
            x=over.tree(outcome.x),
            value=outcome.value,
            gradient=over.tree(outcome.gradient),
            steps=self.steps,
            evaluations=self.objective.evaluations,
            converged=ending.converged,
            reason=ending.reason,
            path=Path(self.rows, over.tree),
            best=self._iterate(self.best),
            method=self.method,
            function=self.looked_at,
            names=self.names if self.objective.n <= NAMED else (),
            engine=self.objective.derivatives.engine,
            **self._limits(outcome.x),
        )

    def _limits(self, x: Vector) -> dict[str, Any]:
        """What a result says of the box."""
        box, over = self.objective.box, self.objective.over
        if box is None:
            return {}
        moved = not np.array_equal(self.objective.start.x, over.start)
        return {
            "active_mask": over.tree(box.active(x)),
            "bounds": (over.tree(box.low), over.tree(box.high)),
            "start_moved": moved,
        }

    def look_again(self) -> None:
        """Begin anew from here, where f is not what its program took it for."""
        self.point = self.best = self.objective.at(self.point.x)
        self.objective.held = self.point.held
        self.previous, self.progress = None, Gains(self.point, self.objective.over.epsilon)

    def looked_at(self, x: Any) -> float:
        """f(x) for those who draw it, x as in the result or as a vector: parameters keep what they are."""
        with self.objective.over.kept():
            return self.objective.value(joined(x))


def _known(method: str, rules: dict[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields(Stopping)]
    for name in rules:
        if name not in names:
            remedy = REMEDIES.get(name) or hint(name, [*Options.__annotations__, "s", "memory", "safeguard"])
            raise TypeError(f"{method} has no option {name!r}; {remedy}")
    return rules
