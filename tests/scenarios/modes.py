"""What a mode is: one way to compute that must agree with eager code, checked on a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .case import Case

Check = Callable[["Case"], None]
Together = Callable[[Sequence["Case"]], "list[Exception | None]"]


class LeftOut(Exception):  # noqa: N818 (it is no error)
    """A mode says nothing of a case, and why: the reasons are counted."""


@dataclass(frozen=True)
class Mode:
    """A check that raises AssertionError where it fails, and LeftOut where it says nothing.

    It runs on a `share` of all cases. `order` is that of the highest derivative it compares: cases where
    that one is ill-conditioned are left out, and those on a kink where the mode is `smooth`. One that runs
    on whole blocks of cases has `together`, which does to many what `check` does to one.
    """

    name: str
    family: str
    check: Check
    share: float
    order: int
    smooth: bool
    together: Together | None = None

    def __call__(self, case: Case) -> None:
        """Check a case, or leave it out."""
        if self.smooth and case.kinks:
            raise LeftOut("on a kink")
        case.must_be_conditioned(self.order)
        self.check(case)


MODES: dict[str, Mode] = {}
"""All modes, by name."""


def mode(
    share: float = 1.0, order: int = 1, smooth: bool = False, together: Together | None = None
) -> Callable[[Check], Check]:
    """Declare a mode: it is named by its function, and its family by the module."""

    def declare(check: Check) -> Check:
        name, family = check.__name__, check.__module__.rpartition(".")[2]
        assert name not in MODES, f"there is a mode {name} already"
        MODES[name] = Mode(name, family, check, share, order, smooth, together)
        return check

    return declare
