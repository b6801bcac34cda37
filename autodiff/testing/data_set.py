"""Small data sets for regression and classification, with targets of the form that each loss wants."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..settings import chosen
from .domains import Domain
from .dtypes import Drawn, of_dtype
from .literals import literal
from .strategies import arrays

Size = int | SearchStrategy[int]

SMALL = st.integers(1, 3)

FEATURES = Domain(-2.0, 2.0)
"""What inputs and targets are drawn from: of the size of standardised data."""


class DataSet(NamedTuple):
    """Inputs X of shape (n_observations, n_features), and targets y.

    Its repr runs where NumPy is `np` and `DataSet` is imported.
    """

    X: Any
    y: Any

    def __repr__(self) -> str:
        return f"DataSet(X={literal(self.X)}, y={literal(self.y)})"


# -- targets ---------------------------------------------------------------------------------------


def _numbers(n: int, width: int, dtype: np.dtype[Any]) -> SearchStrategy[Any]:
    return arrays((n, width), dtype, FEATURES)


def _labels(n: int, width: int, dtype: np.dtype[Any]) -> SearchStrategy[Any]:
    return st.lists(st.integers(0, width - 1), min_size=n, max_size=n).map(lambda k: np.array(k, np.int64))


def _one_hot(n: int, width: int, dtype: np.dtype[Any]) -> SearchStrategy[Any]:
    return _labels(n, width, dtype).map(lambda labels: np.eye(width, dtype=dtype)[labels])


def _probabilities(n: int, width: int, dtype: np.dtype[Any]) -> SearchStrategy[Any]:
    """Multiples of ⅛, which are exact and sum to exactly 1: eighths are dealt out to the classes."""
    dealt = st.lists(st.integers(0, width - 1), min_size=8, max_size=8).map(
        lambda classes: np.bincount(classes, minlength=width) / 8.0
    )
    return st.lists(dealt, min_size=n, max_size=n).map(lambda rows: np.array(rows, dtype).reshape(n, width))


def _one_of(*choices: float) -> Any:
    def made(n: int, width: int, dtype: np.dtype[Any]) -> SearchStrategy[Any]:
        entries = st.lists(st.sampled_from(choices), min_size=n * width, max_size=n * width)
        return entries.map(lambda drawn: np.array(drawn, dtype).reshape(n, width))

    return made


TARGETS = {
    "numbers": _numbers,
    "labels": _labels,
    "one-hot": _one_hot,
    "probabilities": _probabilities,
    "binary": _one_of(0.0, 1.0),
    "signs": _one_of(1.0, -1.0),
}


def least_outputs(targets: str) -> int:
    """How few outputs there may be: one, or two where each is that of a class."""
    return 2 if targets in ("labels", "one-hot", "probabilities") else 1


@st.composite
def data_sets(
    draw: DrawFn,
    targets: str | SearchStrategy[str] = "numbers",
    n_observations: Size = SMALL,
    n_features: Size = SMALL,
    n_outputs: Size | None = None,
    dtype: Any = np.float64,
) -> DataSet:
    """Data sets (X, y) of a few observations, which shrink to one observation of zeros.

    targets         y                                                         for the losses
    "numbers"       (n_observations, n_outputs) numbers                       of regression
    "labels"        n_observations whole numbers, 0 … n_outputs − 1           cross_entropy, hinge
    "one-hot"       the same in rows with a single 1                          cross_entropy
    "probabilities" rows of multiples of ⅛ that sum to 1                      cross_entropy
    "binary"        (n_observations, n_outputs) of 0 and 1                    binary_cross_entropy
    "signs"         (n_observations, n_outputs) of 1 and −1                   hinge

    Sizes are whole numbers or strategies, from 0 observations on; there are 1 to 3 outputs, 2 to 3 where they
    are classes. `dtype`, one or a strategy, is that of X and of all targets but labels, which are int64.

    Raises ValueError for other targets, and for fewer outputs than 1 or classes than 2.

    >>> from hypothesis import find
    >>> find(data_sets("one-hot"), lambda data: True)
    DataSet(X=np.array([[0.0]]), y=np.array([[1.0, 0.0]]))
    """
    kind = drawn(draw, targets)
    made, least = chosen("targets", kind, TARGETS), least_outputs(kind)
    n = drawn(draw, n_observations)
    width = drawn(draw, st.integers(least, 3) if n_outputs is None else n_outputs)
    if width < least:
        raise ValueError(f"data_sets: {kind} need n_outputs of {least} or more, got {width}")
    held = draw(of_dtype(dtype, st.just, "data_sets"))
    return DataSet(draw(arrays((n, drawn(draw, n_features)), held, FEATURES)), draw(made(n, width, held)))


def drawn(draw: DrawFn, given: Drawn | SearchStrategy[Drawn]) -> Drawn:
    """What a strategy draws; anything else is given as it is."""
    return draw(given) if isinstance(given, SearchStrategy) else given
