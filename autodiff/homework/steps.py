r"""Steps of minimisation as exercises: which point is the next one?

An answer is compared for random functions, in which f, f′ and f″ are what their names say. The mistakes that
are named are formulas, too, read as the answer is: one is named only where it gives the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from ..school.calculation import Calculation
from ..school.misreading import misread
from ..school.vocabulary import Apply, Vocabulary
from ..settings import chosen
from ..text.digits import with_minus
from .mark import Mark, unreadable
from .reading import read_answer, sides
from .task import Task

POINTS, DEGREE = 20, 5
SAME = 1e-9

POINT = re.compile("(?:x|θ|theta|w|v)(?:_?[0-9a-z]|[₀-₉ᵢₙₖₜ])*")
SIZE = re.compile("(?:s|η|eta|α|alpha|γ|gamma|λ|lr|t)(?:_?[0-9a-z]|[₀-₉ᵢₙₖₜ])*")
FUNCTIONS = {"f": 0, "f′": 1, "f″": 2, "∇f": 1, "H": 2}
NAMES = ("x", "s", "f(x)", "f′(x)", "f″(x)")
"""What an answer may speak of."""


@dataclass(frozen=True)
class StepFormula:
    """A method, how its step is derived, and what is often taken for it."""

    method: str
    right: str
    latex: str
    hints: tuple[tuple[str, str], ...]
    mistakes: Mapping[str, str]


NEWTON = StepFormula(
    "the Newton-Raphson method",
    "x − f′(x)/f″(x)",
    r"x - \frac{f'(x)}{f''(x)}",
    (
        (
            "near x, f(x + h) ≈ f(x) + f′(x)h + ½f″(x)h²",
            r"f(x + h) \approx f(x) + f'(x)\,h + \tfrac{1}{2} f''(x)\,h^2",
        ),
        (
            "the slope of this parabola in h is f′(x) + f″(x)h",
            r"\frac{\mathrm{d}}{\mathrm{d}h} = f'(x) + f''(x)\,h",
        ),
        (
            "it is 0 where h = −f′(x)/f″(x)",
            r"0 = f'(x) + f''(x)\,h \;\Rightarrow\; h = -\frac{f'(x)}{f''(x)}",
        ),
        ("the next point is x + h", r"x_{i+1} = x_i + h"),
    ),
    {
        "x + f'(x)/f''(x)": "the sign is wrong",
        "x - f(x)/f'(x)": "that finds a root of f; a minimum is a root of f′: write f′ for f, and f″ for f′",
        "x - f''(x)/f'(x)": "the quotient is upside down",
        "x - f'(x)*f''(x)": "f′(x) is to be divided by f″(x), not multiplied: the step size is 1/f″(x)",
        "x - f'(x)": "the step size 1/f″(x) is missing",
        "x - s*f'(x)": "that is steepest descent: Newton-Raphson has the step size s = 1/f″(x)",
        "f'(x)/f''(x)": "that is how far to go; the next point is x minus it",
        "-f'(x)/f''(x)": "that is how far to go; the next point is x plus it",
        "x - f'(x)/(2*f''(x))": "the factor 2 is too many below the line",
        "x - 2*f'(x)/f''(x)": "the factor 2 is too many",
        "x - 1/f''(x)": "the slope f′(x) is missing",
        "x - f(x)/f''(x)": "f(x) is taken for f′(x)",
        "x - f'(x)/f''(x)^2": "f″(x) is squared",
        "x - f'(x)/f(x)": "f(x) is taken for f″(x)",
        "x - f'(x)/|f''(x)|": "|f″(x)| is taken for f″(x): the method itself also finds maxima",
    },
)
STEEPEST = StepFormula(
    "steepest descent",
    "x − s·f′(x)",
    r"x - s\,f'(x)",
    (
        ("a positive f′(x) points uphill", "f'(x) > 0"),
        ("downhill is −f′(x); in several dimensions it is −∇f(x)", r"-f'(x), \quad -\nabla f(\mathbf{x})"),
        ("go s times as far", r"-s\,f'(x)"),
    ),
    {
        "x + s*f'(x)": "the sign is wrong: this goes uphill",
        "x - f'(x)": "the step size s is missing",
        "x - f'(x)/s": "the slope is to be multiplied by s, not divided",
        "s*f'(x)": "that is how far to go; the next point is x minus it",
        "-s*f'(x)": "that is how far to go; the next point is x plus it",
        "x - s*f(x)": "f(x) is taken for the slope f′(x)",
        "x - s": "the slope f′(x) is missing",
        "x - s*f''(x)": "f″(x) is taken for f′(x)",
        "x - f'(x)/f''(x)": "that is the Newton-Raphson method, which has the step size s = 1/f″(x)",
        "x - 2*s*f'(x)": "the factor 2 is too many",
    },
)
STEPS = {"newton": NEWTON, "steepest descent": STEEPEST}
STEPS |= {"newton-raphson": NEWTON, "gradient descent": STEEPEST}


class StepExercise(Task):
    """Find the step of a method as a formula: made by `exercise.step`."""

    def __init__(self, method: str) -> None:
        self._step = step = chosen("exercise.step: method", method, STEPS)
        self.question = (
            f"Derive {step.method}: to minimise f, from x = xᵢ, which is the next point xᵢ₊₁? "
            "Write f′(x) and f″(x), and s for a step size."
        )
        self.question_latex = (
            f"Derive {step.method}: to minimise $f$, from $x = x_i$, which is the next point $x_{{i+1}}$? "
            "Write $f'(x)$ and $f''(x)$, and $s$ for a step size."
        )
        self.answer, self.answer_latex = step.right, step.latex

    @property
    def hints(self) -> tuple[str, ...]:
        """All hints, in the order in which `hint` gives them."""
        return tuple(text for text, _ in self._step.hints)

    def solution(self) -> StepSolution:
        """The derivation, printed as text and shown as LaTeX in notebooks."""
        return StepSolution(self._step)

    def _marked(self, answer: str) -> Mark:
        """∇f means f′ in an answer, and H means f″, as in several dimensions."""
        *_, formula = sides(answer)
        try:
            found = _next(formula)
        except SyntaxError as error:
            return unreadable(misread(str(error.msg), answer, (error.offset or 1) - 1), answer)
        if not isinstance(found, np.ndarray):
            return Mark("unreadable", "a number, not a formula", answer)
        right = _next(self._step.right)
        if _same(found, right):
            return Mark("right", f"it is the step of {self._step.method}", answer)
        if _same(_next(formula, 1.0), right):
            told = f"it is the step of {self._step.method} with a step size; by itself it has s = 1"
            return Mark("right", told, answer)
        named = (told for wrong, told in self._step.mistakes.items() if _same(found, _next(wrong)))
        return Mark("wrong", next(named, "") or self._numbers(formula), answer)

    def _numbers(self, formula: str) -> str:
        """Where no mistake is known: both numbers for one function."""
        found, right = map(_of_a_cube, (formula, self._step.right))
        return f"for f(x) = x³, from x = 2 with s = 0.5, it comes to {found}, and the next point is {right}"


class StepSolution:
    """How the step of a method is derived."""

    def __init__(self, step: StepFormula) -> None:
        self._step = step

    @property
    def text(self) -> str:
        """The derivation in Unicode."""
        return "\n".join([*(text for text, _ in self._step.hints), f"xᵢ₊₁ = {self._step.right}, with x = xᵢ"])

    @property
    def latex(self) -> str:
        """All equations as one environment, without dollars."""
        lines = [*(latex for _, latex in self._step.hints), rf"x_{{i+1}} = {self._step.latex}"]
        return "\\begin{aligned}\n" + " \\\\\n".join(f"& {line}" for line in lines) + "\n\\end{aligned}"

    @property
    def markdown(self) -> str:
        """Markdown with LaTeX between double dollars."""
        return f"$$\n{self.latex}\n$$\n"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


# -- what f, f′ and f″ are -------------------------------------------------------------------------


class StepNames(Vocabulary):
    """The names of an answer: a point and a step size, however they are called."""

    def value(self, name: str) -> str | None:
        """x for a point, s for a step size."""
        return "x" if POINT.fullmatch(name) else "s" if SIZE.fullmatch(name) else None


def _read(answer: str, coefficients: np.ndarray[Any, Any]) -> Calculation:
    """An answer in which f is a polynomial for each point, and x and s may be written in several ways."""
    values = [partial(_polynomial, _derived(coefficients, order)) for order in range(3)]
    own = {name: Apply(values[order], 1) for name, order in FUNCTIONS.items()}
    return read_answer(answer, StepNames(("x", "s"), own), NAMES)


def _derived(coefficients: np.ndarray[Any, Any], order: int) -> np.ndarray[Any, Any]:
    for _ in range(order):
        coefficients = coefficients[1:] * np.arange(1.0, len(coefficients))[:, None]
    return coefficients


def _polynomial(coefficients: np.ndarray[Any, Any], x: Any) -> Any:
    return sum(c * x**k for k, c in enumerate(coefficients))


@cache
def _everywhere() -> tuple[np.ndarray[Any, Any], ...]:
    """Coefficients of random polynomials, and for each a point and a step size."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(DEGREE, POINTS)), rng.normal(size=POINTS), rng.uniform(0.1, 2.0, POINTS)


@np.errstate(all="ignore")
def _next(answer: str, s: float | None = None) -> Any:
    """The next points that an answer gives. Raises SyntaxError as `read`."""
    coefficients, x, sizes = _everywhere()
    return _read(answer, coefficients).evaluate({"x": x, "s": sizes if s is None else s})


def _same(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, SAME, SAME))


def _of_a_cube(answer: str) -> str:
    """The next point for f(x) = x³, from x = 2 with s = 0.5."""
    calculation = _read(answer, np.array([[0.0], [0.0], [0.0], [1.0]]))
    found = calculation.evaluate({"x": np.array([2.0]), "s": 0.5})
    return with_minus(f"{float(np.ravel(found)[0]) + 0.0:.4g}")
