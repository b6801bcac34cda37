"""What every method of minimisation takes besides the function and the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from .result import Iterate


class Options(TypedDict, total=False):
    """What every method takes besides f and x0.

    derivative  "exact", by the engine; "numerical", by differences; or a function of what f takes that
                returns ∇f(x), or the Jacobian of residuals, as `autodiff.jacobian(f)` and programs do
    gtol, xtol, ftol, max_steps  the rules of `Stopping`
    callback    called with each Iterate; the method stops where it returns what is true, or raises
                StopIteration
    bounds      (low, high) for each number, None where there is no bound: a list of such pairs, a pair of
                arrays or scipy.optimize.Bounds; for a tuple or dict of arrays, a tuple or dict of these; for
                a module, a list like its parameters(). Every method keeps to them: its steps follow the
                walls, and where those hold x the gradient need not be 0. A start outside is moved inside
    path        whether the points of the path are kept; values, norms and step sizes always are
    compiled    whether a program computes f and its derivative (see `autodiff.compile`): the same but for
                the last digits, in less time. By default one takes over where it pays, after 50 evaluations,
                unless f decides by numbers, draws, prints, or changes anything; `engine` of the result says
                which, and why. Whatever f does, the outcome is compared with f itself
    """

    derivative: str | Callable[..., Any]
    gtol: float
    xtol: float
    ftol: float
    max_steps: int | None
    callback: Callable[[Iterate], object] | None
    bounds: Any
    path: bool
    compiled: bool | None
