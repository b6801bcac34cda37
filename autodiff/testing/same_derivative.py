"""A person's own derivative against the engine's: whether both are the same, and how the former is wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from hypothesis import currently_in_test_context
from hypothesis.strategies import SearchStrategy

from ..checking.mistakes import Attempt, Question
from ..checking.mistakes.surroundings import Point, attempts_around, both_sides, tried
from ..checking.mistakes.witness import POINTS, by_rules, engine_is_wrong
from ..differentiation.signatures import BY_POSITION
from ..settings import flag, not_negative, whole
from ..values.data import Data
from ..values.operation import Operation
from ..values.value import Value
from .formulas import MisreadError, as_function
from .points import simplest
from .strategies import numbers
from .wrong_derivative import WrongDerivativeError

SMOOTH = 1e-3
"""Slopes that are so near to one another, relatively, on both sides of a point show no kink."""

PAIRS = 2
"""Pairs of points on both sides of one, which show between what slopes a kink lies."""

GIVE = "give a point or strategies: assert_same_derivative(f, formula, arrays((3,)), numbers())"

KEPT = 12
"""Points at which an explanation must hold, of those that were drawn."""


def assert_same_derivative(
    f: Callable[..., Any],
    formula: Any = None,
    *points_or_strategies: Any,
    argnums: int | tuple[int, ...] = 0,
    examples: int = 50,
    jacobian: bool = False,
    rtol: float | None = None,
) -> None:
    """Assert that a formula of your own is the derivative of f; the message says what is wrong with it.

    `formula` takes what f takes, as plain numbers and arrays, and returns the gradient in the shape of the
    argument: that of the sum of all that f returns, or with `jacobian` all derivatives, in the shapes of the
    output and the argument one after the other. It can also be typed, "2*(a - y)*x", in the names of f's
    parameters and of the values that f names. `argnums` are as those of `grad`: a tuple of positions wants a
    tuple of gradients, or of texts.

    After it comes, for each argument of f, a number, an array or a strategy that draws them; without any, as
    many real numbers are drawn as f has parameters. They are drawn from a fixed seed, made as simple as the
    mistake allows, within a few seconds. Inside a test of hypothesis's `given` only the given point is
    used. Points at which the engine's gradient is nan are passed over, and at a kink any slope between those
    of both sides is right.

    What is wrong is named where it can be: a factor, a sign, a link of the chain that is missing, a rule with
    a slip in it or evaluated at the wrong place, a transpose, a sum over observations or a path left out. It
    is named only if this mistake gives what the formula gives at the points that were drawn, and at eight
    more; mistakes that cannot be told apart are all named.

    Rules of operations are checked, too. An operation alone, declared with `elementwise` or `primitive`, is
    checked against its own body; a composition of known operations against `grad` of the operation. And since
    the engine is no judge where the rule of an operation in f is wrong, finite differences are asked as well.

    Raises AssertionError where formula and derivative differ, TypeError and ValueError for points, strategies
    and formulas that do not fit f.

    >>> from autodiff import sigmoid
    >>> assert_same_derivative(lambda z: sigmoid(z), "sigmoid(z)*(1 - sigmoid(z))")
    >>> assert_same_derivative(lambda w, x, y: (y - w*x)**2, lambda w, x, y: -(y - w*x)*x)
    Traceback (most recent call last):
    autodiff.testing.wrong_derivative.WrongDerivativeError: ∂f/∂w is wrong: the factor 2 is missing
      f = (y − w·x)²
      at w = 0, x = 1, y = 1
      formula   −1
      gradient  −2
    """
    __tracebackhide__ = True
    question = _asked(f, formula, argnums, flag("jacobian", jacobian))
    Examination(question, rtol).check(points_or_strategies, whole("examples", examples, 1))


def _asked(f: Any, formula: Any, argnums: Any, jacobian: bool) -> Question:
    """The question; of an operation alone, if there is no formula."""
    __tracebackhide__ = True
    if not callable(f):
        raise TypeError(f"assert_same_derivative: the first argument must be a function, got {f!r}")
    chosen = tuple(argnums) if isinstance(argnums, list) else argnums
    if formula is not None:
        return Question(f, as_function(f, formula, chosen), chosen, jacobian)
    operation = getattr(f, "operation", None)
    if operation is None or operation.many:
        raise TypeError(
            "assert_same_derivative: a formula is missing; only an operation, declared with elementwise or "
            "primitive, is checked without one"
        )
    every = tuple(range(len(operation.arguments)))
    return Question(_opened(f, operation), partial(by_rules, operation, operation.defaults), every)


def _opened(f: Callable[..., Any], operation: Operation) -> Callable[..., Any]:
    """An operation as the composition that its body is; itself where the body takes plain numbers alone."""

    @functools.wraps(f)
    def body(*xs: Any) -> Any:
        try:
            result = operation.forward(*xs, **operation.defaults)
        except Exception:  # of whatever kind: it was not written for Values
            result = None
        return result if isinstance(result, Value) else f(*xs)

    return body


class Examination:
    """A formula compared with the engine, point by point."""

    def __init__(self, question: Question, rtol: float | None) -> None:
        self.question = question
        self.rtol = None if rtol is None else not_negative("assert_same_derivative: rtol", rtol)
        self.compared: list[Attempt] = []

    def check(self, given: Point, examples: int) -> None:
        """Compare at the point given, or at those that are drawn; raises as `assert_same_derivative`."""
        __tracebackhide__ = True
        drawn = not given or any(isinstance(part, SearchStrategy) for part in given)
        if drawn and currently_in_test_context():
            raise TypeError(
                "assert_same_derivative: inside a test of hypothesis give the numbers and arrays that it "
                "draws; a test that draws by itself in another one fails a health check"
            )
        asked = given or self._numbers()
        self.question.positions(len(asked))
        point = simplest(self.wrong, asked, examples) if drawn else given
        if point is not None:
            self._require(point, taken=bool(given))
        if not self.compared:
            raise ValueError(
                "assert_same_derivative: the engine's gradient is nan at every point; give points or "
                "strategies that are inside the domain of f, such as numbers(POSITIVE)"
            )
        self._ask_differences()

    def _numbers(self) -> Point:
        """A strategy of real numbers for each parameter of f that must be given."""
        parameters = self.question.parameters
        asked = [p for p in parameters if p.default is p.empty and p.kind in BY_POSITION]
        if not asked or len(asked) < sum(p.default is p.empty for p in parameters):
            raise TypeError(f"assert_same_derivative: how many numbers f takes is not known; {GIVE}")
        return (numbers(),) * len(asked)

    def _require(self, point: Point, taken: bool) -> None:
        """Raises what there is to say of a point; of one that was not asked for, that f does not take it."""
        __tracebackhide__ = True
        try:
            self.question.at(*point)
        except Exception as error:
            if taken:
                raise
            raise TypeError(f"assert_same_derivative: f refuses real numbers ({error}); {GIVE}") from error
        try:
            attempt = self.wrong(point)
        except MisreadError as error:
            raise ValueError(*error.args) from None
        if attempt:
            raise WrongDerivativeError(attempt, self.compared, self.rtol)

    @np.errstate(all="ignore")
    def wrong(self, point: Point) -> Attempt | None:
        """The attempt at a point, if it shows that formula and derivative differ."""
        attempt = self.question.at(*point)
        if not attempt.is_sound:
            return None
        fits = all(map(attempt.fits, attempt.returned, attempt.variables))
        self.compared = [*self.compared, attempt][-KEPT:] if fits else self.compared
        return None if fits and (not attempt.wrong(self.rtol) or self._is_kink(attempt)) else attempt

    def _is_kink(self, attempt: Attempt) -> bool:
        """Whether each derivative is between slopes at points near by, as a convention at a kink is."""
        slopes = [attempt.right, *self._slopes_near(attempt)]
        return all(
            np.all(attempt.same(k, np.clip(g, np.min(around, 0), np.max(around, 0)), g, self.rtol))
            for k, (g, *around) in enumerate(zip(attempt.claimed, *slopes, strict=True))
        )

    def _slopes_near(self, attempt: Attempt) -> list[list[Data]]:
        """The engine's gradients on both sides of a point; in more than one direction if they differ."""
        step = max(attempt.tolerance(x.data) for x in attempt.variables)
        found: list[list[Data]] = []
        for number, point in enumerate(both_sides(attempt.point, step, PAIRS), 1):
            other = tried(self.question, point)
            found += [] if other is None else [other.right]
            if number == 2 and all(_alike(attempt.right, slopes) for slopes in found):
                break
        return found

    def _ask_differences(self) -> None:
        """Raises AssertionError where formula and engine agree, and finite differences contradict both."""
        __tracebackhide__ = True
        attempt = self.compared[-1]
        if engine_is_wrong(list(attempts_around(self.question, attempt.point, POINTS))):
            raise WrongDerivativeError(attempt, self.compared, self.rtol)


def _alike(slopes: list[Data], others: list[Data]) -> bool:
    return all(np.allclose(one, other, SMOOTH) for one, other in zip(slopes, others, strict=True))
