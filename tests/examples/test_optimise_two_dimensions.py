"""Demonstration 2 prints stationary points, and which of them a method met."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from examples.optimise_two_dimensions import METHODS, STARTS, STATIONARY
from optim import minimize

FLAT = "flat minimum"


class Row(NamedTuple):
    x: np.ndarray
    steps: int
    evaluations: int
    kind: str
    off: float
    converged: bool


@pytest.fixture(scope="module")
def rows(printed: str) -> dict[tuple[float, float], dict[str, Row]]:
    """The table below each start, by label."""
    parts = printed.split("From x₀ = ")[1:]
    tables = [[line for line in part.splitlines() if " off" in line] for part in parts]
    return {start: dict(map(parsed, table)) for start, table in zip(STARTS, tables, strict=True)}


def parsed(line: str) -> tuple[str, Row]:
    label, rest = line[:29].strip(), line[29:]
    x1, x2, steps, evaluations, told = rest.split(maxsplit=4)
    kind, off, *more = told.split(", ")
    x = np.array([float(x1), float(x2)])
    return label, Row(x, int(steps), int(evaluations), kind, float(off.removesuffix(" off")), not more)


def gradient(x: np.ndarray) -> np.ndarray:
    x1, x2 = x
    return np.array([
        4 * x1**3 * x2**2 + 2 * (x1 - 1) * (x2 - 1) ** 4,
        2 * x1**4 * x2 + 4 * (x1 - 1) ** 2 * (x2 - 1) ** 3,
    ])  # fmt: skip


def hessian(x: np.ndarray) -> np.ndarray:
    x1, x2 = x
    mixed = 8 * x1**3 * x2 + 8 * (x1 - 1) * (x2 - 1) ** 3
    return np.array([
        [12 * x1**2 * x2**2 + 2 * (x2 - 1) ** 4, mixed],
        [mixed, 2 * x1**4 + 12 * (x1 - 1) ** 2 * (x2 - 1) ** 2],
    ])  # fmt: skip


@pytest.mark.parametrize("kind", STATIONARY)
def test_the_stationary_points_with_the_eigenvalues_of_their_hessian(printed: str, kind: str) -> None:
    (line,) = [line for line in printed.splitlines() if line.startswith(f"   {kind} ")]
    x = np.array(STATIONARY[kind])
    assert np.abs(gradient(x)).max() < 1e-15
    numbers = [*x, x[0] ** 4 * x[1] ** 2 + (x[0] - 1) ** 2 * (x[1] - 1) ** 4, *np.linalg.eigvalsh(hessian(x))]
    assert line.removeprefix(f"   {kind} ").split() == [f"{number + 0.0:.6f}" for number in numbers]


def test_every_method_has_a_row_for_each_start(rows) -> None:
    assert all(list(table) == list(METHODS) for table in rows.values())


def test_what_converged_is_where_the_gradient_vanishes_and_all_that_printed_is_of_that_place(rows) -> None:
    for table in rows.values():
        for row in table.values():
            distances = {kind: float(np.linalg.norm(row.x - x)) for kind, x in STATIONARY.items()}
            assert row.kind == min(distances, key=distances.__getitem__)
            assert row.off == pytest.approx(distances[row.kind], rel=0.06, abs=1e-6)
            assert np.abs(gradient(row.x)).max() < 1e-5 or not row.converged


def test_from_one_start_the_methods_part_to_all_three_points(rows) -> None:
    kinds = {label: row.kind for label, row in rows[STARTS[0]].items()}
    assert {kinds.pop(label) for label in ("conjugate gradient", "BFGS")} == {FLAT}
    assert kinds.pop("Newton-Raphson, plain") == "saddle"
    assert set(kinds.values()) == {"minimum"}


def test_from_the_other_start_all_find_the_flat_minimum_but_newton_raphson_plain_the_saddle(rows) -> None:
    kinds = {label: row.kind for label, row in rows[STARTS[1]].items()}
    assert kinds.pop("Newton-Raphson, plain") == "saddle"
    assert set(kinds.values()) == {FLAT}


def test_where_the_hessian_is_zero_the_place_is_met_less_exactly(rows) -> None:
    found = [row for table in rows.values() for row in table.values() if row.converged]
    assert min(row.off for row in found if row.kind == FLAT) > 1e-4
    assert max(row.off for row in found if row.kind != FLAT) < 1e-7


def test_only_the_random_search_and_the_slowest_descent_do_not_arrive(rows) -> None:
    lost = [[label for label, row in table.items() if not row.converged] for table in rows.values()]
    assert lost == [["random search"], ["steepest descent, s = 0.01", "random search"]]


def test_steepest_descent_takes_the_steps_that_a_loop_takes(rows) -> None:
    x, steps = np.array(STARTS[0]), 0
    while np.abs(gradient(x)).max() > 1e-8:
        x, steps = x - 0.01 * gradient(x), steps + 1
    row = rows[STARTS[0]]["steepest descent, s = 0.01"]
    assert row.steps == steps
    assert row.x == pytest.approx(x, abs=1e-6)


@pytest.mark.parametrize("label", ["BFGS", "Newton-Raphson", "conjugate gradient"])
def test_the_evaluations_are_the_calls_of_the_function(rows, label: str) -> None:
    calls = []

    def f(x):
        calls.append(x)
        return x[0] ** 4 * x[1] ** 2 + (x[0] - 1.0) ** 2 * (x[1] - 1.0) ** 4

    method, options = METHODS[label]
    minimize(f, np.array(STARTS[1]), method, **options)
    assert rows[STARTS[1]][label].evaluations == len(calls)


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert printed.endswith(f"{picture}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
