"""Classification, one output node a class: three kinds of iris, and handwritten digits of 8×8 pixels.

    a = softmax(z);   R(θ) = −mean of log a_y, the cross-entropy;   an observation is taken for the largest a

Run `python -m examples.classification [picture.png]`.
"""

from collections import Counter
from typing import Any

import matplotlib
import numpy as np
from sklearn.datasets import load_digits, load_iris

import nn
from examples import run
from optim.plot.picture import SavedFigure

SEED = 0


def tried(name: str, data: Any, n_test: int, sizes: list[int], **options: Any) -> tuple[nn.History, Any, Any]:
    """Train on all but the test, and print what is taken for what there; history, test, and activations."""
    test, train = np.split(np.random.default_rng(SEED).permutation(len(data.target)), [n_test])
    x = (data.data - data.data[train].mean()) / data.data[train].std()
    network = nn.MLP(x.shape[1], sizes, activation="relu", seed=SEED)
    options |= {"loss": nn.cross_entropy, "validation": 0.1, "seed": SEED, "progress": False}
    history = nn.fit(network, x[train], data.target[train], **options)
    a, truth = nn.softmax(network(x[test])).data, data.target[test]
    told = a.argmax(axis=1)
    print(f"\n{name}: {np.sum(told == truth)} of {n_test} right, accuracy {nn.accuracy(a, truth):.4f}")
    for (y, k), count in Counter(zip(truth, told, strict=True)).most_common():
        if y != k:
            print(f"   {data.target_names[y]} taken for {data.target_names[k]}: {count}")
    return history, test, a


def main(path: str = "classification.png") -> None:
    """Print how well both networks do, and save the training for the digits and those that are hardest."""
    print(f"The test is drawn by the seed {SEED}, and never trained on")
    tried("iris, 4-8-3", load_iris(), 50, [8, 3], lr=0.01, batch_size=25)
    digits = load_digits()
    options = {"lr": 0.003, "epochs": 30, "batch_size": 64}
    history, test, a = tried("digits, 64-128-10", digits, 359, [128, 10], **options)
    with matplotlib.rc_context({"font.size": 16}):
        picture = SavedFigure(figsize=(13, 5.8), layout="constrained")
        panels = picture.subplot_mosaic("LLLL0123;LLLL4567")
        history.plot(panels.pop("L"))
        hardest = np.argsort(a[np.arange(len(test)), digits.target[test]])
        for axes, i in zip(panels.values(), hardest, strict=False):
            y, k = digits.target[test[i]], a[i].argmax()
            axes.imshow(digits.images[test[i]], cmap="gray_r")
            told, color = (f"{y}, barely", "k") if y == k else (f"{y} taken for {k}", "#D55E00")
            axes.set_title(told, color=color, fontsize=14)
            axes.set_axis_off()
        picture.savefig(path)
    print(f"\nThe training for the digits, and the hardest, with what they were taken for: {path}")


if __name__ == "__main__":
    run(main)
