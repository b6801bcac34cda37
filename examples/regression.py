"""Regression, one output node: the diabetes of 442 patients after a year, from 10 measurements.

    R(θ) = Σ (yᵢ − aᵢ)²,   a = f(x; θ);   R² = 1 − R(θ) / Σ (yᵢ − ȳ)²

Run `python -m examples.regression [picture.png]`.
"""

from typing import Any

import numpy as np
from matplotlib import rc_context
from sklearn.datasets import load_diabetes

import nn
from examples import run
from optim.plot.picture import SavedFigure

SEED, N_TEST = 0, 111
NETWORKS: dict[str, tuple[list[int], dict[str, Any]]] = {
    "10-1, Levenberg-Marquardt": ([1], {"optimizer": "levenberg-marquardt"}),
    "10-3-1, Levenberg-Marquardt": ([3, 1], {"optimizer": "levenberg-marquardt", "epochs": 50}),
    "10-3-1, L-BFGS": ([3, 1], {"optimizer": "l-bfgs", "epochs": 200}),
    "10-3-1, Adam, stopped early": ([3, 1], {"lr": 0.01, "validation": 0.2, "patience": 20}),
}


def diabetes() -> tuple[np.ndarray, np.ndarray, float]:
    """Measurements and y of all patients, those of the test first, standardised; and the unit of y."""
    table = np.column_stack(load_diabetes(return_X_y=True))
    table = table[np.random.default_rng(SEED).permutation(len(table))]
    table = (table - table[N_TEST:].mean(axis=0)) / (unit := table[N_TEST:].std(axis=0))
    return table[:, :-1], table[:, -1], unit[-1]


def main(path: str = "regression.png") -> None:
    """Print R² on both parts of the data, and save the last training with its outputs for the test."""
    x, y, unit = diabetes()
    test, train = np.split(np.arange(len(y)), [N_TEST])
    columns = np.column_stack([x, np.ones(len(y))])
    outputs = {"line, least squares": columns @ np.linalg.lstsq(columns[train], y[train])[0]}
    for label, (sizes, options) in NETWORKS.items():
        network = nn.MLP(10, sizes, activation="sigmoid", seed=SEED)
        history = nn.fit(network, x[train], y[train], seed=SEED, progress=False, **options)
        outputs[label] = network(x).data[:, 0]
    print(f"{len(train)} patients to learn from, {N_TEST} for the test   R² training   R² test   MSE test\n")
    for label, a in outputs.items():
        r2 = [1.0 - np.mean((y - a)[part] ** 2) / np.var(y[part]) for part in (train, test)]
        print(f"   {label:<46}{r2[0]:14.4f}{r2[1]:10.4f}{unit**2 * np.mean((y - a)[test] ** 2):11.1f}")
    with rc_context({"font.size": 16}):
        left, right = (picture := SavedFigure(figsize=(13, 5.8), layout="constrained")).subplots(1, 2)
        history.plot(left)
        right.plot(y[test], a[test], "o", color="#0072B2", markersize=8, markeredgecolor="w")
        right.axline((0.0, 0.0), slope=1.0, color="#222222")
        right.set(xlabel="$y$, standardised", ylabel="$a_1^{(2)}$", title=f"{label}: the test")
        picture.savefig(path)
    print(f"\nThe last training, and what it tells of the test: {path}")


if __name__ == "__main__":
    run(main)
