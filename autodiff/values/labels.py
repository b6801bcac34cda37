"""What is known of a node besides its mathematics: its name, its line, its part of the program."""

from __future__ import annotations

from typing import NamedTuple


class Scope(NamedTuple):
    """A part of a program: its title, the birth number at which it began, and the scope around it."""

    title: str
    since: int
    around: Scope | None = None


class Label(NamedTuple):
    """What is known of a node besides its mathematics.

    Its name, the line that recorded it, the scope that it was recorded in, the calls of modules that
    returned it, the innermost first: title, and birth number at which the call began; and what the step of a
    loop that handed it on calls it.
    """

    name: str | None = None
    line: str | None = None
    scope: Scope | None = None
    calls: tuple[tuple[str, int], ...] = ()
    carry: str | None = None
