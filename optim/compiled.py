"""The function that is minimised, as a program: from when on, and for how long.

Compiling takes as long as some fifty evaluations, whatever the function: both go by the number of its
operations. So a program takes over after so many, and costs at most a few times what the better choice would
have cost. The steps of a loop are as many evaluations of what is compiled once: a long one is compiled as
soon as it is seen. The clock does not decide, so that the same call ends the same.

A program computes what f computed when it was recorded, and nothing besides. So f must be seen to do nothing
else, and to read what stays: see `observed`, and `Compiled.outdated` for what cannot be seen. Evaluations
that only compare are not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

import autodiff
from autodiff.differentiation.scanning import counted_steps
from autodiff.programs import Program
from autodiff.programs.guards.finding import guards_of
from autodiff.programs.guards.guard import changes
from autodiff.values import modes

from .unknowns import Unknowns, Vector

PAYS = 50
"""Evaluations after which it pays to compile."""

Found: TypeAlias = tuple[Any, Vector]
"""f(x), a number or a vector, and its derivatives, or its gradient."""


class Evaluated(NamedTuple):
    """f(x), and how to get its derivatives, and the gradient of f, or of the sum of its squares, half of it.

    One gradient of a sum takes a fraction of the time of all derivatives, and tells as well whether a program
    has them right.
    """

    value: Any
    derivatives: Callable[[], Vector]
    gradient: Callable[[], Vector]

    @classmethod
    def of(cls, value: Any, derivatives: Vector) -> Evaluated:
        """What is computed already."""
        along = value @ derivatives if derivatives.ndim > 1 else derivatives
        return cls(value, lambda: derivatives, lambda: along)

    def compared(self) -> Found:
        """What tells whether another has found the same."""
        return self.value, self.gradient()


Traced: TypeAlias = Callable[..., tuple[Any, Any]]
"""What is compiled: the same of what f takes, as Values."""


class Counted:
    """A function that counts its calls; `steps` are those of the loops in the last one."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f, self.calls, self.steps = f, 0, 0

    def __call__(self, *args: Any) -> Any:
        """f, once more."""
        self.calls += 1
        with counted_steps() as counter:
            result = self.f(*args)
        self.steps = counter.steps
        return result


class Compiled:
    """f with its derivative, by a program where it is its turn.

    `traced` makes what is compiled of f, `read` makes vectors of what that returns, and `eagerly` computes
    the same by the engine. `engine` says which computes, and why.
    """

    def __init__(
        self,
        f: Counted,
        over: Unknowns,
        traced: Callable[[Callable[..., Any], Unknowns], Traced],
        read: Callable[[Any, Any], Found],
        eagerly: Callable[[Vector], Evaluated],
    ) -> None:
        self.f, self.over, self.traced, self.read, self.eagerly = f, over, traced, read, eagerly
        inside = modes.inside_derivative() or modes.tracer() is not None
        self.refusal = "another derivative, or a program, is being made around it" if inside else ""
        self.asked = False
        self._program: Program | None = None
        self._seen, self._used = 0, False

    @property
    def engine(self) -> str:
        """What computes, and why."""
        if self._program is not None and not self.refusal:
            return f"compiled from evaluation {self._since} on"
        return f"eager: {self.refusal or f'a program takes over after {PAYS} evaluations'}"

    def ask(self, compiled: bool | None) -> None:
        """Use a program as soon as there is a start, or never."""
        self.asked = compiled is True
        if compiled is False:
            self.refusal = "asked for"
        self._check_asked()

    def _check_asked(self) -> None:
        if self.asked and self.refusal:
            raise ValueError(f"compiled=True, but {self.refusal}; leave it out")

    # -- when ----------------------------------------------------------------------------------

    def at(self, x: Vector) -> Evaluated:
        """What the program finds, or the engine."""
        self._seen += 1
        if self.refusal or modes.inspector() is not None:
            return self.eagerly(x)
        if self._program is None:
            return self._eagerly_or_begin(x)
        found = self._evaluated(x)
        if self._seen % PAYS == 0 and (self._seen // PAYS).bit_count() == 1:  # 100, 200, 400, …
            self._check(x)
        return self.eagerly(x) if self.refusal else Evaluated.of(*found)

    def _eagerly_or_begin(self, x: Vector) -> Evaluated:
        """What the engine finds while a program does not pay; how many steps there are, a call shows."""
        if not self._pays():
            found = self.eagerly(x)
            if not self._pays():
                return found
            self.f.calls -= 1
        return self._begin(x)

    def _pays(self) -> bool:
        """Whether compiling takes as long as what was computed so far."""
        return self.asked or self._seen > PAYS or self.f.steps > PAYS

    def _begin(self, x: Vector) -> Evaluated:
        """Compile, if f can be a program that finds at x what the engine does; else `refusal` tells why."""
        wanted, self.refusal = observed(self.f.f, lambda: self.eagerly(x))
        if self.refusal:
            self._check_asked()
            return wanted
        expected = wanted.compared()
        try:
            self._program = autodiff.compile(self.traced(self.f.f, self.over))
            self._program(*self.over.given(x))
            self._version, self._since = self._program.versions[-1], self._seen + 1
            self._scales = [float(np.max(np.abs(part), initial=0.0)) for part in expected]
            found = self._compare(x, expected)
            self._used = not self.refusal
        except Exception as error:  # whatever code raises that is shown Values in place of numbers
            if self.asked:
                raise
            self.refusal = f"{error}"
        self._check_asked()
        return found if self._used else self._again(x)

    def _again(self, x: Vector) -> Evaluated:
        """What the engine finds once more: parameters may have been assigned since."""
        count = self.f.calls
        found = self.eagerly(x)
        self.f.calls = count
        return found

    def _evaluated(self, x: Vector) -> Found:
        assert self._program is not None
        self.f.calls += 1
        found = self._program(*self.over.given(x))
        if self._program.versions[-1] is not self._version:
            self.refusal = "what f reads around itself changes"
        return self.read(*found)

    # -- whether it still holds ----------------------------------------------------------------

    def outdated(self, x: Vector) -> bool:
        """Whether what a program found does not hold, as the engine finds something else: then it goes on.

        It looks at x, beyond rounding. f may read what no guard sees: a file, what a function returns, an
        array that is written into.
        """
        if self._used and not self.refusal:
            self._check(x)
        outdated, self._used = self._used and bool(self.refusal), self._used and not self.refusal
        return outdated

    def _check(self, x: Vector) -> None:
        self._compare(x, [self._again(x).value])

    def _compare(self, x: Vector, wanted: Sequence[Any]) -> Evaluated:
        """What the program finds at x; f(x) is to be as wanted, and where it is given the gradient, too."""
        count = self.f.calls
        found = Evaluated.of(*self._evaluated(x))
        self.f.calls = count
        tolerance = self.over.epsilon**0.6
        pairs = zip(found.compared(), wanted, self._scales, strict=False)
        if not all(np.allclose(a, b, tolerance, tolerance * scale, equal_nan=True) for a, b, scale in pairs):
            self.refusal = "a program does not compute what f does by now"
        return found


def observed(f: Callable[..., Any], call: Callable[[], Evaluated]) -> tuple[Evaluated, str]:
    """What a call of f gives, and why f is not to be recorded; empty where nothing speaks against it.

    It may do something besides computing, as far as that is seen, or change what it reads, as a list that it
    appends to.
    """
    guarded = guards_of(f)
    changed = changes(guarded.guards)
    found = call()
    if guarded.effects:
        return found, f"f {guarded.effects[0]}, and a program would not"
    return found, "f changes what it reads around itself" if changed() else ""
