"""Sequences: handwritten digits, read row by row by a network that hands its state on.

    hₜ = tanh(xₜ·W_ihᵀ + b_ih + hₜ₋₁·W_hhᵀ + b_hh),   scores = h₈·Wᵀ + b

Run `python -m examples.sequence [picture.png]`.
"""

from typing import Any

import numpy as np
from sklearn.datasets import load_digits

import autodiff as ad
import nn
from examples import run

SEED, N_TEST, N_HIDDEN = 0, 360, 32
KINDS = (nn.RNN, nn.GRU, nn.LSTM)


class Reader(nn.Module):
    """Reads a sequence, and scores what it has read."""

    def __init__(self, kind: Any, n_inputs: int, n_hidden: int, n_outputs: int) -> None:
        self.reader = kind(n_inputs, n_hidden, batch_first=True, seed=SEED)
        self.scores = nn.Linear(n_hidden, n_outputs, seed=SEED)

    def forward(self, x: Any) -> Any:
        """The scores of each observation, of shape (n_observations, n_steps, n_inputs)."""
        outputs, _ = self.reader(x)
        return self.scores(outputs[:, -1])


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Images of 8 rows of 8, in random order, and which digit each is."""
    images, labels = load_digits().images / 16.0, load_digits().target
    order = np.random.default_rng(SEED).permutation(len(labels))
    return images[order], labels[order]


def main(path: str = "sequence.png") -> None:
    """Print how many digits of the test each kind of network reads, and save the picture of a small one."""
    x, y = digits()
    print(
        f"{len(y) - N_TEST} digits to learn from, {N_TEST} for the test; 8 rows each, one after the other\n"
    )
    for kind in KINDS:
        model = Reader(kind, 8, N_HIDDEN, 10)
        nn.fit(
            model, x[N_TEST:], y[N_TEST:], loss="cross_entropy", epochs=12, lr=0.01, seed=SEED, progress=False
        )
        right = nn.accuracy(model.predict(x[:N_TEST]), y[:N_TEST])
        print(f"   {kind.__name__:<6}{model.n_parameters:6,} parameters   read right: {right:6.1%}")
    small = Reader(nn.RNN, 1, 2, 1)
    score = small(ad.Value(np.ones((1, 3, 1)), "x", constant=True)).sum()
    score.backward()
    ad.draw(score).save(path)
    print(f"\nAn RNN of two nodes that reads three numbers, with its gradients: {path}")
    longer = small(ad.Value(np.ones((1, 20, 1)), "x", constant=True)).sum()
    print(f"\nWhere it reads twenty:\n\n{ad.explain(longer, small.reader.weight_hh_l0)}")


if __name__ == "__main__":
    run(main)
