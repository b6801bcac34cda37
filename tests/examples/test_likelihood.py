"""The fits are those of scipy.stats and of the textbooks, and their errors those of the known information."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from examples.likelihood import DEATHS, HOURS, QUARTERS, fitted, gamma_loss, poisson_loss

GAMMA = fitted(gamma_loss, np.array([1.0, 100.0]))
POISSON = fitted(poisson_loss, np.array([2.0, 0.0]))


def test_the_gamma_distribution_is_that_of_scipy() -> None:
    shape, _, scale = stats.gamma.fit(HOURS, floc=0.0)
    assert GAMMA.parameters == pytest.approx([shape, HOURS.mean()], rel=1e-4)
    assert GAMMA.parameters == pytest.approx([0.7065, 108.0833], abs=1e-4)
    assert GAMMA.likelihood == pytest.approx(stats.gamma.logpdf(HOURS, shape, scale=scale).sum())


def test_its_errors_are_those_of_the_known_information() -> None:
    k, mean = GAMMA.parameters
    n = len(HOURS)
    information = [n * (special.polygamma(1, k) - 1.0 / k), n * k / mean**2]
    assert GAMMA.covariance == pytest.approx(np.diag(1.0 / np.array(information)), rel=1e-6, abs=1e-6)


def test_the_poisson_regression_is_that_of_the_textbook() -> None:
    assert POISSON.parameters == pytest.approx([0.3396, 0.2565], abs=1e-4)
    assert POISSON.errors == pytest.approx([0.2512, 0.0220], abs=1e-4)
    rate = np.exp(POISSON.parameters[0] + POISSON.parameters[1] * QUARTERS)
    assert POISSON.likelihood == pytest.approx(stats.poisson.logpmf(DEATHS, rate).sum())
    columns = np.stack([np.ones(14), QUARTERS], axis=1)
    assert columns.T @ (DEATHS - rate) == pytest.approx([0.0, 0.0], abs=1e-6)


def test_what_is_printed_is_what_was_found(printed: str, picture: Path) -> None:
    for fit in (GAMMA, POISSON):
        for number in (*fit.parameters, *fit.errors, fit.likelihood):
            assert f"{number:.4f}" in printed
    assert picture.read_bytes().startswith(b"\x89PNG")
