"""The loop that all methods share: a direction, a step along it, and what was learnt from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from .kinds import Curvatures, lower_point, with_warning
from .objective import Objective, Point
from .result import Result
from .run import Run
from .step_rule import StepRule
from .stopping import Ending
from .unknowns import Vector

ESCAPES = 20
"""How often a saddle or maximum may be left."""

OUT_OF_RANGE = (
    "out of range: the gradient is {:.2g}, and products of such numbers leave float64; "
    "multiply f by a constant"
)


class Direction(ABC):
    """Where to go from a point."""

    unit = False
    """Whether the direction has a length of its own, so that a step of size 1 is natural."""

    @abstractmethod
    def __call__(self, point: Point) -> Vector | Ending:
        """The direction, or why there is none."""

    def learn(self, old: Point, new: Point) -> None:  # noqa: B027 (most learn nothing)
        """Take notice of a step."""

    def forget(self) -> bool:
        """Begin afresh, since the direction did not lead down; whether there was anything to forget."""
        return False


def descend(run: Run, direction: Direction, rule: StepRule) -> Result:
    """Go on until the run ends, and say so where that is at a saddle or maximum."""
    return run.finish(lambda: with_warning(run, walk(run, direction, rule)))


def escaping(
    run: Run,
    direction: Direction,
    rule: StepRule,
    looked: Callable[[Objective, Point], Curvatures | None],
) -> Ending:
    """Go on, too, from saddles and maxima, along the axis of most negative curvature."""
    ending = walk(run, direction, rule)
    for _ in range(ESCAPES):
        if not ending.converged or not (lower := lower_point(run, looked(run.objective, run.point))):
            break
        run.leave(lower)
        ending = walk(run, direction, rule)
    return ending


def walk(run: Run, direction: Direction, rule: StepRule) -> Ending:
    """Step by step, until a rule says stop."""
    while not (ending := run.ended()):
        try:
            d = direction(run.point)
            step = None if isinstance(d, Ending) else rule(run, d, direction.unit)
        except ArithmeticError:
            return Ending(False, OUT_OF_RANGE.format(run.point.norm))
        if isinstance(d, Ending):
            return d
        if step is None:
            if not direction.forget():
                return run.exhausted()
            continue
        if not step.point.finite:
            return run.not_finite(step.point)
        direction.learn(run.point, step.point)
        run.to(step.point, step.size)
    return ending
