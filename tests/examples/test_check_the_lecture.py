"""The lecture's errata."""

from __future__ import annotations

import pytest

from autodiff.checking.claims import ClaimReport
from examples.check_the_lecture import main

MISREAD = "one digit changed, from 0.391, computed with a₁⁽²⁾ = 0.809 as printed"

ERRATA = [
    ("1. output", "a₁⁽²⁾", "0.809", "truncated", None),
    ("1. second hidden node", "∂a₁⁽²⁾/∂b₂⁽¹⁾", "0.045", "wrong", "one digit changed, from 0.047"),
    ("1. residual", "e", "0.311", "wrong", MISREAD),
    ("1. residual", "e", "0.311", "wrong", MISREAD),
    ("1. part of −∇R(θ)", "2e", "0.311", "wrong", "copied from e (1. residual)"),
    ("1. part of −∇R(θ)", "∂a₁⁽²⁾/∂b₂⁽¹⁾", "0.045", "wrong", "one digit changed, from 0.047"),
    ("1. part of −∇R(θ)", "∂a₁⁽²⁾/∂w₁₁⁽²⁾", "0.455", "wrong", "one digit changed, from 0.475"),
    ("2. formula of the output", "a₂⁽¹⁾", "0.689", "truncated", None),
    ("2. nudges in layer 2", "∂a₁⁽²⁾/∂w₁₁⁽²⁾", "0.455", "wrong",
     "copied from ∂a₁⁽²⁾/∂w₁₁⁽²⁾ (1. part of −∇R(θ))"),
    ("2. nudges in layer 2", "∂a₁⁽²⁾/∂w₁₂⁽²⁾", "0.622", "wrong",
     "copied from ∂a₁⁽²⁾/∂w₁₂⁽²⁾ (1. part of −∇R(θ))"),
]  # fmt: skip


@pytest.fixture(scope="module")
def report() -> ClaimReport:
    """All claims, judged; the printed table is read by another test."""
    return main()


def test_the_errata_are_these(report: ClaimReport) -> None:
    found = [
        (row.claim.where, row.claim.name, row.claim.printed, row.verdict, row.cause)
        for row in report.errata.rows
    ]
    assert found == ERRATA


def test_every_other_number_is_right(report: ClaimReport) -> None:
    assert report.title == "52 printed numbers: 42 right, 2 truncated, 8 wrong"


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    printed = main().errata.table.text
    assert capsys.readouterr().out == f"{printed}\n"
    (line,) = [line for line in printed.splitlines() if "2e" in line]
    assert " ".join(line.split()) == "1. part of −∇R(θ) 2e 0.311 0.78099 wrong copied from e (1. residual)"
