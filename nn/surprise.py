"""Cross-entropy of rows, −Σₖ pₖ·log qₖ, as operations: of probabilities, and of one class that is certain."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff import expand_dims, log_softmax, primitive, softmax
from autodiff.ops.reductions import largest
from autodiff.ops.totals import narrowed, total, widened
from autodiff.values.data import Data, Operand, dtype_of, shape_of

from .targets import REDUCTIONS, one_hot


@primitive(
    linear=True,
    symbol="H",
    dp=lambda g, y, p, log_q: -expand_dims(g, -1) * log_q,
    dlog_q=lambda g, y, p, log_q: -expand_dims(g, -1) * p,
)
def surprise(p: Data, log_q: Data, /) -> Data:
    """Cross-entropy of rows.   y = −Σₖ pₖ·log qₖ, where pₖ = 0 adds nothing, even to log qₖ = −∞."""
    return -(p * np.where(p == 0.0, 0.0, log_q)).sum(axis=-1)


def _rows(labels: Any) -> Any:
    """The index of each row, beside the label of its class."""
    return np.ix_(*map(range, labels.shape)) if labels.ndim > 1 else (np.arange(labels.size),) * labels.ndim


def _laid_back(g: Operand, y: Operand, log_q: Operand, labels: Any) -> Any:
    return _at_labels(-g, labels, shape_of(log_q)[-1])


@primitive(linear=True, symbol="−log q", typeset="−{}[class]", dlog_q=_laid_back)
def surprise_at(log_q: Data, /, labels: Any) -> Data:
    """Cross-entropy of rows, one class of each being certain.   y = −log qₖ."""
    return -log_q[(*_rows(labels), labels)]


@primitive(linear=True, dg=lambda h, y, g, labels, n: -surprise_at(h, labels))
def _at_labels(g: Data, /, labels: Any, n: int) -> Data:
    """A number for each row at its class, 0 for the others: the adjoint of taking it there."""
    y = np.zeros((*labels.shape, n), dtype_of(g))
    y[(*_rows(labels), labels)] = g
    return y


def _count(labels: Any, reduction: str) -> float:
    """What the sum over observations is divided by; nan where a mean has none."""
    return (labels.size or math.nan) if reduction == "mean" else 1.0


def _with_slope(z: Data, labels: Any, reduction: str) -> tuple[Data, Data]:
    """The loss from logits, and its slope, (softmax(z) − eₖ)/n, of the same exponentials."""
    at = (*_rows(labels), labels)
    logs = widened(z - largest(z, -1))
    slope = np.exp(logs)
    weight = total(slope, -1, keepdims=True)
    losses = np.log(weight)[..., 0] - logs[at]
    n = _count(labels, reduction)
    slope /= n * weight
    slope[at] -= 1.0 / n
    return REDUCTIONS[reduction](narrowed(losses, z)), slope


def _of_logits(g: Operand, y: Operand, z: Operand, labels: Any, reduction: str, kept: Data = None) -> Any:
    if kept is None:
        certain = one_hot(labels, shape_of(z)[-1], dtype_of(z))
        kept = (softmax(widened(z)) - certain) / _count(labels, reduction)
    return narrowed(g * kept, z)


@primitive(symbol="H", typeset="{reduction}(−log softmax({})[class])", keeping=_with_slope, dz=_of_logits)
def cross_entropy_at(z: Data, /, labels: Any, reduction: str) -> Data:
    """Cross-entropy from logits.   y = −(1/n)·Σ log softmax(z)ₖ;   z̄ = ȳ·(softmax(z) − eₖ)/n.

    Of a sum n is 1.
    """
    return REDUCTIONS[reduction](surprise_at(log_softmax(z), labels))
