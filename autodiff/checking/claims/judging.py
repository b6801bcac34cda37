"""Printed numbers judged: right, truncated or wrong, in a table with likely causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from ...text.digits import counted, with_minus
from ...text.table import Table, Tabular
from ...values.value import Value
from .causes import Case, likely_cause
from .printed import Printed

Verdict: TypeAlias = Literal["right", "truncated", "wrong"]


class Claim(NamedTuple):
    """A number that somebody printed.

    `printed` are its digits exactly as printed, "0.150"; `source` is what it should be: a Value, a number,
    or a function without arguments that returns one. `where` it was printed is shown beside it. With a
    Value, whose graph is known, more causes can be found: inputs misread, and numbers rounded on the way.
    """

    name: str
    printed: str
    source: Value | float | Callable[[], Value | float]
    where: str = ""


class JudgedClaim(NamedTuple):
    """What became of a claim: the number computed, the verdict, and for a wrong one a likely cause."""

    claim: Claim
    computed: float
    verdict: Verdict
    cause: str | None


class ClaimReport(Tabular):
    """What `check_claims` found, in `rows`: `print` it, or let a notebook show it."""

    def __init__(self, rows: Iterable[JudgedClaim], title: str = "") -> None:
        self.rows = list(rows)
        count = Counter(row.verdict for row in self.rows)
        counts = ", ".join(f"{count[verdict]} {verdict}" for verdict in get_args(Verdict))
        self.title = title or f"{counted(len(self.rows), 'printed number')}: {counts}"

    @property
    def errata(self) -> ClaimReport:
        """Those that are not right."""
        return ClaimReport((row for row in self.rows if row.verdict != "right"), self.title)

    @property
    def table(self) -> Table:
        """The cells as they are shown; a column without entries is left out."""
        cells: dict[str, tuple[str, list[str]]] = {
            "where": ("l", [row.claim.where for row in self.rows]),
            "number": ("l", [row.claim.name for row in self.rows]),
            "printed": ("r", [with_minus(row.claim.printed) for row in self.rows]),
            "computed": ("r", [_in_digits(row) for row in self.rows]),
            "verdict": ("l", [row.verdict for row in self.rows]),
            "likely cause": ("l", [row.cause or "" for row in self.rows]),
        }
        kept = {name: column for name, column in cells.items() if any(column[1])}
        return Table(
            self.title,
            tuple(kept),
            tuple(zip(*(column for _, column in kept.values()), strict=True)),
            align="".join(align for align, _ in kept.values()),
            strong=frozenset(k for k, row in enumerate(self.rows) if row.verdict == "wrong"),
        )


def check_claims(claims: Iterable[Claim | tuple[Any, ...]]) -> ClaimReport:
    """Judge printed numbers: "right" if what is computed rounds to the digits, a half in either direction;
    "truncated" if they are its first digits, the rest cut off; else "wrong".

    For wrong numbers a likely cause is searched for: the sign or a factor is missing; the number was copied
    from another claim, or computed from its digits; digits were swapped, or one changed; an input was
    misread. A cause is given where it leads to exactly the digits printed; it need not be what happened.

    `claims` come in the order of print, as `Claim` or as tuples (name, printed, source[, where]).

    >>> check_claims([("√2", "1.414", 2**0.5), ("√3", "1.723", 3**0.5), ("√7", "2.645", 7**0.5)])
    3 printed numbers: 1 right, 1 truncated, 1 wrong
    <BLANKLINE>
    number  printed  computed  verdict    likely cause
    ────────────────────────────────────────────────────────────────────
    √2        1.414   1.41421  right
    √3        1.723   1.73205  wrong      two digits swapped, from 1.732
    √7        2.645   2.64575  truncated

    Raises TypeError where the digits are not a string or the source is not a number, ValueError where the
    digits are not a number. What a source raises passes through, with a note that names the claim.
    """
    if isinstance(claims, Claim):
        raise TypeError("check_claims: expected a list of claims, got one; put it in [ ]")
    judged = [Claim(*claim) for claim in claims]
    cases = [_case(claim) for claim in judged]
    return ClaimReport(
        JudgedClaim(claim, case.computed, *_verdict(case, cases[:k], cases[k + 1 :]))
        for k, (claim, case) in enumerate(zip(judged, cases, strict=True))
    )


def _verdict(case: Case, before: list[Case], after: list[Case]) -> tuple[Verdict, str | None]:
    """What is to be said of a claim, and the likely cause where it is wrong."""
    if case.right:
        return "right", None
    if case.printed.truncates(case.computed):
        return "truncated", None
    return "wrong", likely_cause(case, before, after)


def _case(claim: Claim) -> Case:
    try:
        return Case(claim.name, claim.where, claim.printed, claim.source)
    except Exception as error:
        error.add_note(f"in the claim {claim.name!r}{claim.where and f' ({claim.where})'}")
        raise


def _in_digits(row: JudgedClaim) -> str:
    """What was computed, with two digits more than printed, and with an exponent if that was."""
    printed = Printed(row.claim.printed)
    if "e" in printed.text.lower():
        return with_minus(f"{row.computed:.{max(1, printed.significant) + 1}e}")
    unit = int(printed.value.as_tuple().exponent)
    return with_minus(f"{row.computed:.{max(0, 2 - unit)}f}")
