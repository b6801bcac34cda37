"""Metrics: what a person wants to know of a model, besides its loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.ops.plain import raw
from autodiff.values.lazy import holds_tasks


def accuracy(output: Any, labels: Any) -> Any:
    """The share of labels that are predicted: the class of the largest output.

    The output has shape (n, n_classes) and the labels (n,), or (n, n_classes) as probabilities; axes between,
    as of the steps of sequences, pass through. A single output, of shape (n, 1) or (n,), is the logit of
    class 1 against class 0. For Dask arrays the share is one, too.

    Raises ValueError for other shapes.

    >>> accuracy([[0.1, 2.0], [3.0, 0.5]], [1, 1])
    0.5
    >>> accuracy([0.3, -1.2], [1, 0])
    1.0
    """
    scores, truth = _array(output), _array(labels)
    if scores.ndim > 1 and scores.shape[-1] > 1:
        predicted = scores.argmax(axis=-1)
        truth = truth.argmax(axis=-1) if truth.ndim == scores.ndim else truth
    else:
        predicted, truth = _without_column(scores) > 0.0, _without_column(truth)
    if predicted.shape != truth.shape:
        raise ValueError(
            f"accuracy: outputs of shape {scores.shape} need labels of shape {predicted.shape}, "
            f"got {truth.shape}"
        )
    share = np.mean(predicted == truth)
    return share if holds_tasks(share) else float(share)


def _without_column(x: Any) -> Any:
    """One number per observation, also where each is a row of its own."""
    return x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else x


def _array(data: Any) -> Any:
    data = raw(data)
    return data if holds_tasks(data) else np.asarray(data)
