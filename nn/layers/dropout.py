"""Dropout: noise in training that keeps nodes from relying on each other.

N. Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 15 (2014).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import shape, where
from autodiff.settings import fraction

from ..initialize import Seed
from ..module import Module


class Dropout(Module):
    """In training, each entry is dropped with probability p, and the others are scaled up to make up for it.

        y = m·x / (1 − p),  m = 0 with probability p, else 1;   ∂y/∂x = m / (1 − p)

    so that the mean of y is x. In predictions, after `eval()`, y is x itself. The draws come from the
    module's own generator `rng`; equal seeds give equal draws.

    Raises ValueError for p outside [0, 1), TypeError for anything but a number.

    >>> drop = Dropout(0.5, seed=0)
    >>> drop([1.0, 1.0, 1.0, 1.0])
    array([2., 0., 0., 0.])
    >>> drop.eval()([1.0, 1.0, 1.0, 1.0])
    [1.0, 1.0, 1.0, 1.0]
    """

    def __init__(self, p: float = 0.5, seed: Seed = None) -> None:
        self.p = fraction("Dropout: p", p)
        self.rng = np.random.default_rng(seed)

    def forward(self, x: Any) -> Any:
        """The entries that stay, scaled; all of them when predicting."""
        if not self.training or self.p == 0.0:
            return x
        kept = self.rng.random(shape(x)) >= self.p
        return where(kept, x, 0.0) * (1.0 / (1.0 - self.p))
