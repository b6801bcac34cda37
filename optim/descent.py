"""The loop that all methods share: a direction, a step along it, and what was learnt from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from .kinds import Curvatures, lower_point, with_warning
from .objective import Objective, Point
from .result import Result
from .run import Run
from .step_rule import StepRule, StepTaken
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
            d = _inside(run, direction(run.point.on_face))
            step = None if isinstance(d, Ending) else _step(run, d, rule, direction.unit)
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
        direction.learn(*_on_one_face(run.point, step.point))
        run.to(step.point, step.size)
    return ending


def _step(run: Run, d: Vector, rule: StepRule, unit: bool) -> StepTaken | None:
    """A step along d; along the slopes, where walls bend the way along d so that it leads up."""
    step = rule(run, d, unit)
    if step is None and run.objective.box is not None:
        return rule(run, -run.point.slopes, False)
    return step


def _inside(run: Run, d: Vector | Ending) -> Vector | Ending:
    """The direction, along the walls that the point is at."""
    box, point = run.objective.box, run.point
    if box is None or point.held is None or isinstance(d, Ending):
        return d
    return np.where(point.held, 0.0, box.along(point.x, d))


def _on_one_face(old: Point, new: Point) -> tuple[Point, Point]:
    """Both ends of a step, as they differ in what no wall holds at either."""
    if old.held is None or new.held is None:
        return old, new
    held = old.held | new.held
    still = new._replace(x=np.where(held, old.x, new.x), gradient=np.where(held, 0.0, new.gradient))
    return old._replace(gradient=np.where(held, 0.0, old.gradient)), still
