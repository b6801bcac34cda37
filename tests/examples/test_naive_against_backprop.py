"""The naïve method is slow, and with many parameters hopeless; both fall as written out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn
from examples.naive_against_backprop import RADII, SHOWN

BACK = ("back propagation, s = 0.2", "back propagation, s = 3.0")
Table = dict[str, dict[int, str]]


@pytest.fixture(scope="module")
def tables(printed: str) -> list[Table]:
    """The loss by method and number of evaluations, for the lecture's network and for the digits."""
    lines = [line.split() for line in printed.splitlines() if line.startswith("   ")]
    rows = [(" ".join(words[:-4]), dict(zip(SHOWN, words[-4:], strict=True))) for words in lines]
    return [dict(rows[:3]), dict(rows[3:])]


def lecture(theta: np.ndarray) -> float:
    """R(θ) of the lecture's network, its parameters in the lecture's order."""
    w, b, v, c = theta[[0, 1, 3, 4]].reshape(2, 2), theta[[2, 5]], theta[6:8], theta[8]
    x, y = nn.lecture.observations()
    return float(np.sum((y - (1.0 / (1.0 + np.exp(-(x @ w.T + b))) @ v + c)) ** 2))


def start() -> np.ndarray:
    return np.array(list(nn.lecture.THETA.values()))


@pytest.mark.parametrize("radius", RADII)
def test_the_naive_method_finds_what_four_lines_find(tables: list[Table], radius: float) -> None:
    rng, theta, found = np.random.default_rng(0), start(), [lecture(start())]
    for _ in range(999):
        trial = theta + radius * rng.normal(size=9)
        theta = trial if lecture(trial) < lecture(theta) else theta
        found.append(lecture(theta))
    assert tables[0][f"naïve, radius {radius}"] == {n: f"{found[n - 1]:.1e}" for n in SHOWN}


def test_a_step_of_back_propagation_counts_as_three_evaluations(tables: list[Table]) -> None:
    theta, found = start(), [lecture(start())]
    for _ in range(33):
        nudges = 1e-6 * np.eye(9)
        theta = theta - 0.2 * np.array([(lecture(theta + h) - lecture(theta - h)) / 2e-6 for h in nudges])
        found.append(lecture(theta))
    printed = tables[0][BACK[0]]
    assert {n: printed[n] for n in (1, 10, 100)} == {n: f"{found[(n - 1) // 3]:.1e}" for n in (1, 10, 100)}


@pytest.mark.parametrize("radius", RADII)
def test_back_propagation_is_far_ahead_with_few_and_with_many_parameters(
    tables: list[Table], radius: float
) -> None:
    for table, back in zip(tables, BACK, strict=True):
        assert float(table[back][1000]) < 0.05 * float(table[f"naïve, radius {radius}"][1000])


@pytest.mark.parametrize("radius", RADII)
def test_with_many_parameters_a_hundred_trials_hardly_help(tables: list[Table], radius: float) -> None:
    few, many = (table[f"naïve, radius {radius}"] for table in tables)
    assert float(few[100]) < 0.1 * float(few[1])
    assert float(many[100]) > 0.9 * float(many[1])
    assert float(tables[1][BACK[1]][100]) < 0.2 * float(many[1])


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert printed.endswith(f"{picture}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
