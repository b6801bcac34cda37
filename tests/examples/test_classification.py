"""The classifiers reach their accuracy on observations that they were not trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris
from sklearn.metrics import accuracy_score, confusion_matrix

import nn
from examples.classification import SEED, tried


def report(printed: str, start: str) -> tuple[int, int, float, int]:
    """How many were right, of how many, the accuracy, and how many were taken for something else."""
    _, _, rest = printed.partition(start)
    head, *lines = rest.partition("\n\n")[0].splitlines()
    words = head.replace(",", "").split()
    wrong = [int(line.rpartition(": ")[2]) for line in lines if " taken for " in line]
    return int(words[0]), int(words[2]), float(words[-1]), sum(wrong)


@pytest.mark.parametrize(
    ("start", "size", "least"), [("iris, 4-8-3: ", 50, 0.94), ("digits, 64-128-10: ", 359, 0.97)]
)
def test_the_accuracy_is_reached(printed: str, start: str, size: int, least: float) -> None:
    right, count, accuracy, wrong = report(printed, start)
    assert count == size == right + wrong
    assert accuracy == round(right / count, 4) >= least


def test_what_is_printed_is_what_scikit_learn_counts(capsys: pytest.CaptureFixture[str]) -> None:
    iris = load_iris()
    _, test, a = tried("few epochs", iris, 50, [3], epochs=3)
    truth, told = iris.target[test], a.argmax(axis=1)
    printed = capsys.readouterr().out
    assert f"accuracy {accuracy_score(truth, told):.4f}" in printed
    for (y, k), count in np.ndenumerate(confusion_matrix(truth, told)):
        line = f"   {iris.target_names[y]} taken for {iris.target_names[k]}: {count}\n"
        assert (line in printed) == (count > 0 and y != k)


def test_the_activations_are_probabilities() -> None:
    _, _, a = tried("few epochs", load_iris(), 50, [3], epochs=1)
    assert a.shape == (50, 3)
    assert a.sum(axis=1) == pytest.approx(np.ones(50))


def test_the_test_is_drawn_by_the_seed_and_never_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, fit = [], nn.fit

    def spy(model, X, y, **options):
        seen.extend(zip(X, y, strict=True))
        return fit(model, X, y, **options)

    monkeypatch.setattr(nn, "fit", spy)
    digits = load_digits()
    _, test, _ = tried("few epochs", digits, 359, [10], epochs=1)
    order = np.random.default_rng(SEED).permutation(1797)
    assert test.tolist() == order[:359].tolist()
    assert [y for _, y in seen] == digits.target[order[359:]].tolist()


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert printed.endswith(f"{picture}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
