"""The fits to the diabetes data print what scikit-learn finds for the line, and do not flatter networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error, r2_score

from examples.regression import N_TEST, NETWORKS, SEED, diabetes

LINE = "line, least squares"


@pytest.fixture(scope="module")
def rows(printed: str) -> dict[str, list[float]]:
    """R² in training, R² in the test and the mean squared error there, by label."""
    lines = [line.split() for line in printed.splitlines() if line.startswith("   ")]
    return {" ".join(words[:-3]): [float(word) for word in words[-3:]] for words in lines}


@pytest.fixture(scope="module")
def parts() -> list[tuple[np.ndarray, np.ndarray]]:
    """The data in their own units: training and test."""
    x, y = load_diabetes(return_X_y=True)
    order = np.random.default_rng(SEED).permutation(len(y))
    return [(x[some], y[some]) for some in (order[N_TEST:], order[:N_TEST])]


def test_the_line_is_scikit_learns(rows, parts) -> None:
    (x, y), (x_test, y_test) = parts
    line = LinearRegression().fit(x, y)
    assert rows[LINE] == [
        round(r2_score(y, line.predict(x)), 4),
        round(r2_score(y_test, line.predict(x_test)), 4),
        round(mean_squared_error(y_test, line.predict(x_test)), 1),
    ]


def test_a_network_without_hidden_layer_is_the_line(rows) -> None:
    assert rows["10-1, Levenberg-Marquardt"] == rows[LINE]


def test_every_network_has_a_row(rows) -> None:
    assert list(rows) == [LINE, *NETWORKS]


def test_the_mean_squared_error_is_the_part_of_the_variance_that_is_not_explained(rows, parts) -> None:
    variance = float(np.var(parts[1][1]))
    for _, r2, mse in rows.values():
        assert mse == pytest.approx((1.0 - r2) * variance, abs=1e-4 * variance)


@pytest.mark.parametrize("method", ["Levenberg-Marquardt", "L-BFGS"])
def test_what_is_trained_to_the_end_fits_the_training_better_and_the_test_worse(rows, method: str) -> None:
    (train, test, _), (line_train, line_test, _) = rows[f"10-3-1, {method}"], rows[LINE]
    assert train > line_train + 0.05
    assert test < line_test - 0.01


def test_what_is_stopped_early_is_about_as_good_as_the_line(rows) -> None:
    assert rows["10-3-1, Adam, stopped early"][1] == pytest.approx(rows[LINE][1], abs=0.03)


def test_the_data_are_standardised_by_the_training_alone(parts) -> None:
    x, y, unit = diabetes()
    assert x[N_TEST:].mean(axis=0) == pytest.approx(np.zeros(10), abs=1e-12)
    assert x[N_TEST:].std(axis=0) == pytest.approx(np.ones(10))
    (_, train), (_, test) = parts
    assert y * unit + train.mean() == pytest.approx(np.concatenate([test, train]))


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert printed.endswith(f"{picture}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
