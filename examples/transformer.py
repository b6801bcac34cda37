"""A transformer that does with digits what a sign tells it: turn them round, or move them on.

    A = softmax(Q·Kᵀ/√d),   output = A·V      in each of two layers, for each step of the sequence

The network sees the sign and the digits, each with its place, and returns the sign and the digits as they
shall be. In the first layer most steps read the sign, in the second each fetches the digit that belongs
there: the shares A show it. Run `python -m examples.transformer [picture.png]`.
"""

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

import autodiff as ad
import nn
from examples import run

SEED, N_TEST, N_TRAINING = 4, 300, 5_000
N_DIGITS, N_FEATURES, N_HEADS = 8, 32, 2
SIGNS: dict[str, Callable[[Any], Any]] = {
    "↔": lambda digits: digits[:, ::-1],
    "→": lambda digits: np.roll(digits, 2, axis=1),
    "←": lambda digits: np.roll(digits, -2, axis=1),
}
"""What each sign does with digits: turns them round, or moves them on by two places."""
SYMBOLS = [*map(str, range(10)), *SIGNS]


def sequences(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Signs with digits behind them, and what they shall become."""
    draw = np.random.default_rng(SEED)
    signs, digits = draw.integers(len(SIGNS), size=(n, 1)), draw.integers(10, size=(n, N_DIGITS))
    moved = np.choose(signs, [move(digits) for move in SIGNS.values()])
    return np.hstack([10 + signs, digits]), np.hstack([10 + signs, moved])


def places(n_steps: int, n_features: int) -> np.ndarray:
    """A row of waves for each place, the longer the further right: sin and cos of t/10000^(2k/n_features)."""
    angles = np.arange(n_steps)[:, None] / 10_000.0 ** (np.arange(0, n_features, 2) / n_features)
    return np.hstack([np.sin(angles), np.cos(angles)])


class Mover(nn.Module):
    """Scores of the symbols at each step."""

    def __init__(self) -> None:
        self.symbols = nn.Embedding(len(SYMBOLS), N_FEATURES, seed=SEED)
        self.places = places(1 + N_DIGITS, N_FEATURES)
        self.layers = [
            nn.TransformerEncoderLayer(
                N_FEATURES, N_HEADS, 64, dropout=0.0, batch_first=True, norm_first=True, seed=SEED + k
            )
            for k in (1, 2)
        ]
        self.scores = nn.Linear(N_FEATURES, len(SYMBOLS), seed=SEED)

    def forward(self, x: Any) -> Any:
        """The scores of each sequence of numbers of symbols."""
        x = self.symbols(x) + self.places
        for layer in self.layers:
            x = layer(x)
        return self.scores(x)

    def shares(self, x: Any) -> list[np.ndarray]:
        """How much each step takes of each, in both layers."""
        found, x = [], self.symbols(x) + self.places
        for layer in self.layers:
            normal = layer.norm1(x)
            found.append(layer.self_attn(normal, normal, normal)[1].data)
            x = layer(x)
        return found


def draw_shares(model: Mover, digits: str, path: str) -> None:
    """Save the shares of both layers, for each sign: a row is a step, with what comes out of it."""
    picture, panels = plt.subplots(2, len(SIGNS), figsize=(9.0, 6.4), layout="constrained")
    for k, sign in enumerate(SIGNS):
        x = np.array([[SYMBOLS.index(symbol) for symbol in sign + digits]])
        output = [SYMBOLS[i] for i in model.predict(x)[0].argmax(-1)]
        for layer, shares in enumerate(model.shares(x)):
            panel = panels[layer, k]
            panel.imshow(shares[0], cmap="Blues", vmin=0.0, vmax=1.0)
            panel.set_xticks(range(x.size), sign + digits)
            panel.set_yticks(range(x.size), output)
            panel.tick_params(length=0)
        panels[0, k].set_title(f"{sign}{digits} becomes {''.join(output)}", fontsize=10)
        panels[1, k].set_xlabel("looked at")
    for layer, name in enumerate(("first", "second")):
        panels[layer, 0].set_ylabel(f"{name} layer:\nwhat comes out")
    picture.savefig(path, dpi=150)
    plt.close(picture)


def main(path: str = "transformer.png") -> None:
    """Train it by a program, print how many digits it places right, and save what its steps look at."""
    x, y = sequences(N_TRAINING + N_TEST)
    model = Mover()
    history = nn.fit(
        model, x[N_TEST:], y[N_TEST:], loss="cross_entropy", lr=0.005, epochs=10, batch_size=100, seed=SEED,
        validation=(x[:N_TEST], y[:N_TEST]), metrics={"right": nn.accuracy}, compiled=True, progress=False,
    )  # fmt: skip
    print(f"{model.n_parameters:,} parameters, trained on {N_TRAINING:,} sequences ({history.engine})\n")
    print(history)
    right = history.metrics["validation right"][-1]
    print(f"\nPlaced right in the test: {right:.1%} of the symbols")
    found = model.shares(x[:N_TEST])[1][:, 1:].argmax(-1)
    fetched = np.mean(np.take_along_axis(x[:N_TEST], found, 1) == y[:N_TEST, 1:])
    print(f"Steps that look most at the digit they return, in the second layer: {fetched:.1%}")
    draw_shares(model, "31415926", path)
    print(f"What the steps look at: {path}\n")

    attention = nn.MultiheadAttention(4, n_heads=2, batch_first=True, seed=SEED)
    program = ad.jit(lambda x: attention(x, x, x, is_causal=True)[0])
    program(np.ones((1, 3, 4)))
    body = program.source.partition('"""program(')[2].partition("\n")[2]
    print(f"Attention as a program, of 3 steps with 4 features that do not look ahead:\n\n{body}")


if __name__ == "__main__":
    run(main)
