"""The naive method: try points at random, keep the better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .derivatives import Blind
from .result import Iterate, Result
from .run import Run
from .step_rule import positive
from .stopping import STOPPED, Ending


def random_search(
    f: Callable[..., Any],
    x0: Any,
    *,
    radius: float = 0.1,
    seed: int | np.random.Generator | None = None,
    max_steps: int | None = None,
    callback: Callable[[Iterate], object] | None = None,
    bounds: Any = None,
    path: bool = True,
    **others: Any,
) -> Result:
    """Minimise f by values alone: go to x + radius·N(0, I) where f is lower there, else stay.

    The method of the lecture's workshop, "but the convergence was very slow": there to be compared
    with. Each trial is a step; it makes `max_steps` of them, since nothing tells it when it has
    arrived. f and x0 as in `steepest_descent`, but f may be computed by anything. Gradients are nan; the
    path's step size is the distance gone, 0 where the trial was no better.

    >>> result = random_search(lambda x: (x - 3.0) ** 2, 0.0, seed=0)
    >>> result.converged, abs(result.x - 3.0) < 0.01
    (False, True)

    Raises ValueError for a radius that is not positive.
    """
    if others:
        names = ", ".join(others)
        raise TypeError(f"random search has no option {names}: it sees values alone, and stops at max_steps")
    positive("the radius", radius)
    rng = np.random.default_rng(seed)
    options: Any = {"max_steps": max_steps, "callback": callback, "bounds": bounds, "path": path}
    run = Run("random search", f, x0, derivative=Blind, **options)

    def search() -> Ending:
        while run.steps < run.limit and not run.stopped:
            here = run.point
            trial = run.objective.at(here.x + radius * rng.normal(size=here.x.size))
            new = trial if trial.value < here.value else here
            run.to(new, float(np.linalg.norm(new.x - here.x)))
        if run.stopped:
            return Ending(False, STOPPED)
        return Ending(False, f"made {run.steps} trials; a random search does not know when it has arrived")

    return run.finish(search)
