"""Outputs and targets brought together: the checks that all losses share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autodiff import Value, astype, expand_dims, mean, reshape
from autodiff import sum as total
from autodiff.differentiation.engine import traced
from autodiff.ops.plain import raw
from autodiff.settings import chosen
from autodiff.values.data import Operand, dtype_of, shape_of
from autodiff.values.lazy import holds_tasks

from .operands import entries


def like(target: Operand, output: Operand) -> Any:
    """A target as numbers of the output's dtype."""
    y = entries(target)
    dtype = dtype_of(output)
    if dtype_of(y) == dtype or (isinstance(y, Value) and not (traced(y) and y.constant)):
        return y
    return astype(y, dtype)


REDUCTIONS: dict[str, Callable[..., Any]] = {"mean": mean, "sum": total, "none": lambda losses: losses}


def reduced(losses: Operand, reduction: str, offered: Mapping[str, Callable[..., Any]] = REDUCTIONS) -> Any:
    """One number, or all; a number stays itself, without a node more in its graph."""
    reduce = chosen("reduction", reduction, offered)
    return reduce(losses) if shape_of(losses) else losses


def unseen(target: Operand) -> bool:
    """Whether there are no numbers to look at: a target is a program's argument, or Dask's tasks."""
    return traced(target) or holds_tasks(raw(target))


def paired(output: Operand, target: Operand, loss: str) -> tuple[Any, Any]:
    """An output and its target, of one shape. Raises ValueError where they are not."""
    a = entries(output)
    y = like(target, a)
    if shape_of(a) == (*shape_of(y), 1):
        y = reshape(y, shape_of(a))
    if shape_of(a) != shape_of(y):
        raise ValueError(
            f"{loss}: the output has shape {shape_of(a)}, the target {shape_of(y)}; they must be equal, "
            "since broadcasting would compare each with all"
        )
    return a, y


def refuse(wrong: Callable[[Any], Any], target: Operand, told: str) -> None:
    """Raise ValueError where a target is wrong, naming the first entry that is.

    A program does not look: what is wrong with a target that is its argument goes unnoticed there, and
    so it does in the chunks of a Dask array, but for labels that name no class: these make the loss nan.
    """
    if unseen(target):
        return
    y = np.asarray(raw(target))
    bad = wrong(y)
    if bad.any():
        first = tuple(np.argwhere(bad)[0])
        where = f" at index {', '.join(map(str, first))}" if first else ""
        raise ValueError(f"{told}; got {y[first].item():.10g}{where}")


def signs(target: Operand, loss: str) -> Any:
    """Labels that are −1 or 1."""
    refuse(
        lambda y: np.abs(y) != 1.0, target, f"{loss}: labels must be −1 or 1, as 2*y − 1 of labels 0 and 1"
    )
    return target


# -- classes ---------------------------------------------------------------------------------------


def class_rows(output: Operand, target: Operand, loss: str) -> Any:
    """Probabilities of the classes: those given, or 1 for the label and 0 for the others.

    Raises ValueError where the target is neither a label nor a row for each row of the output, for labels
    that name no class, and for rows of probabilities that are negative or do not sum to 1.
    """
    shape, y = shape_of(output), entries(target)
    if shape_of(y) == shape:
        _check_probabilities(y, shape, loss)
        return like(y, output)
    if not shape or shape_of(y) != shape[:-1]:
        raise ValueError(
            f"{loss}: an output of shape {shape} needs labels of shape {shape[:-1]} or probabilities of "
            f"shape {shape}, got a target of shape {shape_of(y)}"
        )
    if unseen(y):
        rows = astype(expand_dims(y, -1) == np.arange(float(shape[-1])), dtype_of(output))
        # In chunks a label that names no class makes 0/0, which the loss tells.
        return rows if traced(y) else rows / rows.sum(axis=-1, keepdims=True)
    labels = _checked_labels(np.asarray(raw(y)), shape[-1], loss)
    return one_hot(labels, shape[-1], dtype_of(output))


def one_hot(labels: Any, n_classes: int, dtype: Any) -> Any:
    """Rows eₖ: 1 at the label, 0 for the other classes."""
    return (labels[..., None] == np.arange(n_classes)).astype(dtype)


def class_labels(output: Operand, target: Operand, loss: str) -> Any:
    """Labels as indices of the classes along the last axis; None where the target is not known labels.

    So it is for probabilities, for Dask's arrays, and while a program is recorded. Raises ValueError for
    labels that name no class.
    """
    shape, y = shape_of(output), entries(target)
    if not shape or shape_of(y) != shape[:-1] or unseen(y) or unseen(output):
        return None
    return _checked_labels(np.asarray(raw(y)), shape[-1], loss)


def _check_probabilities(rows: Operand, shape: tuple[int, ...], loss: str) -> None:
    """Refuse rows that are not probabilities, the rounding of their dtype aside."""
    if unseen(rows):
        return
    refuse(lambda p: ~(p >= 0.0), rows, f"{loss}: probabilities of classes must be 0 or above")
    tolerance = max(1e-6, float(np.sqrt(np.finfo(dtype_of(rows)).eps)))
    refuse(
        lambda total: np.abs(total - 1.0) > tolerance,
        np.asarray(raw(rows)).sum(axis=-1),
        f"{loss}: a target of the output's shape {shape} holds probabilities, each row of which must sum "
        f"to 1; labels have the shape {shape[:-1]}, and one logit of two classes takes binary_cross_entropy",
    )


@np.errstate(invalid="ignore")
def _checked_labels(labels: Any, n_classes: int, loss: str) -> Any:
    """Labels as whole numbers."""
    whole = labels.astype(np.intp)
    if not n_classes or np.count_nonzero(whole % n_classes != labels):  # the rest of a class is itself
        refuse(lambda k: k != np.floor(k), labels, f"{loss}: labels must be whole numbers")
        among = f"{loss}: labels must be among the {n_classes} classes of the output, 0 to {n_classes - 1}"
        refuse(lambda k: (k < 0) | (k >= n_classes), labels, among)
    return whole
