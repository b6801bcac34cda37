"""Micrograd's demonstration falls as it does in arrays, and tells all points apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_moons

import nn
from examples.moons import SHOWN_STEPS


@pytest.fixture(scope="module")
def rows(printed: str) -> dict[int, tuple[float, float]]:
    """Loss and accuracy by step."""
    words = [line.split() for line in printed.splitlines() if line.startswith("step")]
    return {int(step): (float(loss), float(share.rstrip("%")) / 100) for _, step, _, loss, _, share in words}


def test_all_points_are_told_apart(rows) -> None:
    assert rows[100][1] == 1.0


def test_the_loss_falls_far(rows) -> None:
    assert list(rows) == list(SHOWN_STEPS)
    assert rows[100][0] < 0.03 < 0.5 < rows[0][0]


def test_the_first_steps_are_those_of_arrays(rows) -> None:
    x, side = make_moons(100, noise=0.1, random_state=1)
    weights = [np.array(p.data) for p in nn.MLP(2, [16, 16, 1], "relu", seed=0).parameters()]
    for step in range(11):
        loss, accuracy, slopes = by_hand(weights, x, 2.0 * side - 1.0)
        if step in rows:
            assert rows[step] == (pytest.approx(loss, abs=1e-6), accuracy)
        weights = [w - (1.0 - 0.009 * step) * slope for w, slope in zip(weights, slopes, strict=True)]


def by_hand(weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[float, float, list[np.ndarray]]:
    """Loss, accuracy and gradient, by the formulas of back propagation."""
    activations = [x]
    for w, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        activations.append(np.maximum(0.0, activations[-1] @ w.T + b))
    score = (activations[-1] @ weights[-2].T + weights[-1])[:, 0]
    loss = np.mean(np.maximum(0.0, 1.0 - y * score)) + 1e-4 * sum(np.sum(p**2) for p in weights)
    delta = (np.where(y * score < 1.0, -y, 0.0) / len(y))[:, None]
    slopes = [2e-4 * p for p in weights]
    for layer in (2, 1, 0):
        slopes[2 * layer] += delta.T @ activations[layer]
        slopes[2 * layer + 1] += delta.sum(axis=0)
        delta = (delta @ weights[2 * layer]) * (activations[layer] > 0.0)
    return float(loss), float(np.mean((score > 0.0) == (y > 0.0))), slopes


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert printed.endswith(f"{picture}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
