"""Losses: how far outputs are from their targets, as functions of (output, target).

The output is what a network returns: a Value, an array, a number, or a list of Values, one per output
node, which are put side by side. A target of shape (n,) counts as one column for an output of shape (n, 1);
shapes are never broadcast. A plain target is taken in the dtype of the output.

`reduction` says what becomes of the loss of each entry or observation: "mean", "sum", or "none".
All raise ValueError where the shapes differ and for an unknown reduction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from autodiff import Value, absolute, clip, log_softmax, mean, relu, softplus, where
from autodiff import sum as total
from autodiff.settings import chosen, not_negative, positive, probability
from autodiff.values.data import Operand, shape_of

from .likelihoods import gaussian_negative_log_likelihood, kl_divergence, poisson_negative_log_likelihood
from .operands import entries
from .surprise import cross_entropy_at, surprise, surprise_at
from .targets import class_labels, class_rows, paired, reduced, refuse, signs

__all__ = [
    "absolute_error",
    "binary_cross_entropy",
    "cross_entropy",
    "gaussian_negative_log_likelihood",
    "hinge",
    "huber",
    "kl_divergence",
    "mean_squared_error",
    "negative_log_likelihood",
    "poisson_negative_log_likelihood",
    "smooth_l1",
    "squared_error",
]

Loss: TypeAlias = Callable[[Any, Any], Any]

WITH_VARIANCE: tuple[Callable[..., Any], ...] = (gaussian_negative_log_likelihood,)
"""Those that need a third argument."""


def loss_function(what: str, loss: str | Loss) -> Loss:
    """A loss, itself or by its name, as a function of (output, target).

    Raises ValueError for an unknown name, TypeError for anything but a function, and
    for a loss that needs a third argument.
    """
    by_name: dict[str, Loss] = {name: globals()[name] for name in __all__}
    found = chosen("loss", loss, by_name) if isinstance(loss, str) else loss
    if not callable(found):
        raise TypeError(f"{what}: loss must be a function of (output, target) or a name, got {loss!r}")
    if found in WITH_VARIANCE:
        raise TypeError(
            f"{what}: gaussian_negative_log_likelihood also needs the variance; give a function that has it: "
            "lambda z, y: nn.gaussian_negative_log_likelihood(z[:, 0], y, nn.softplus(z[:, 1]))"
        )
    return found


# -- regression ------------------------------------------------------------------------------------


def squared_error(output: Operand, target: Operand, reduction: str = "sum") -> Any:
    """The lecture's residual sum of squares.   R(θ) = Σ (y − a)².

    >>> squared_error([1.0, 2.0], [1.0, 4.0])
    4.0
    """
    a, y = paired(output, target, "squared_error")
    return reduced((y - a) ** 2, reduction)


def mean_squared_error(output: Operand, target: Operand, reduction: str = "mean") -> Any:
    """Mean of the squared residuals over all entries.   (1/n)·Σ (y − a)².

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    a, y = paired(output, target, "mean_squared_error")
    return reduced((y - a) ** 2, reduction)


def absolute_error(output: Operand, target: Operand, reduction: str = "mean") -> Any:
    """Mean of the absolute residuals over all entries.   (1/n)·Σ |y − a|, with slope 0 at 0.

    >>> absolute_error([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    a, y = paired(output, target, "absolute_error")
    return reduced(absolute(y - a), reduction)


def huber(output: Operand, target: Operand, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Squares of small residuals, and the size of large ones: outliers count less.

        ½r² where |r| ≤ δ, else δ·(|r| − ½δ)    of r = y − a,    slope min(max(r, −δ), δ)

    Raises ValueError for a delta that is not positive. Huber, "Robust estimation of a location
    parameter" (1964).

    >>> huber([0.0, 0.0], [1.0, 3.0], reduction="none")
    array([0.5, 2.5])
    """
    delta = positive("huber: delta", delta)
    a, y = paired(output, target, "huber")
    r = y - a
    near = clip(r, -delta, delta)
    return reduced(near * (r - 0.5 * near), reduction)


def smooth_l1(output: Operand, target: Operand, reduction: str = "mean", beta: float = 1.0) -> Any:
    """The size of the residuals, rounded off near 0: `huber` divided by β, and the absolute error for β = 0.

        ½r²/β where |r| < β, else |r| − ½β    of r = y − a,    slope min(max(r/β, −1), 1)

    Raises ValueError for a beta below 0. Girshick, "Fast R-CNN" (2015).

    >>> smooth_l1([0.0, 0.0], [1.0, 3.0], reduction="none", beta=2.0)
    array([0.25, 2.  ])
    """
    beta = not_negative("smooth_l1: beta", beta)
    a, y = paired(output, target, "smooth_l1")
    return huber(a, y, reduction, beta) / beta if beta else absolute_error(a, y, reduction)


# -- classification by margins ---------------------------------------------------------------------


def hinge(output: Operand, target: Operand, reduction: str = "mean") -> Any:
    """What is lacking to a margin of 1 between right and wrong, with slope 0 where nothing is.

        max(0, 1 − y·a)                           labels y = ±1, one for each output
        (1/c)·Σⱼ≠ₖ max(0, 1 − aₖ + aⱼ)            labels k = 0 … c − 1, one for each row of c scores

    The second is that of Weston & Watkins, "Multi-class support vector machines" (1998), divided by
    the number of classes as in PyTorch's multi_margin_loss.

    Raises ValueError for labels that are not ±1, or no class, naming the first.

    >>> hinge([2.0, 0.5], [1, -1], reduction="none")
    array([0. , 1.5])
    >>> hinge([[3.0, 2.5, 0.0]], [0], reduction="none").round(6)
    array([0.166667])
    """
    a, y = entries(output), entries(target)
    if len(shape_of(a)) > len(shape_of(y)) and shape_of(a)[-1] > 1:
        right = class_rows(a, y, "hinge")
        missing = 1.0 - total(where(right, a, 0.0), axis=-1, keepdims=True) + a
        losses = mean(relu(where(right, 0.0, missing)), axis=-1)
    else:
        a, y = paired(a, y, "hinge")
        losses = relu(1.0 - signs(y, "hinge") * a)
    return reduced(losses, reduction)


# -- classification by likelihood ------------------------------------------------------------------


def _refuse_probabilities(output: Operand, made_by: str, loss: str) -> None:
    """Refuse to squash an output twice, which trains badly without a word."""
    operation = output._operation if isinstance(output, Value) else None
    if operation is not None and operation.name == made_by:
        raise ValueError(
            f"{loss} takes logits, and applies {made_by} itself: leave the output as it is, "
            f'output="identity"; nn.{made_by}(output) gives the probabilities'
        )


def binary_cross_entropy(output: Operand, target: Operand, reduction: str = "mean") -> Any:
    """Minus the log-likelihood of 0 and 1, from logits z.   −y·log σ(z) − (1 − y)·log(1 − σ(z)).

    The slope is σ(z) − y. Targets may be probabilities. It neither overflows nor loses digits for
    large logits.

    Raises ValueError for targets that are not between 0 and 1.

    >>> round(binary_cross_entropy(0.0, 1.0), 4), binary_cross_entropy(1000.0, 0.0)
    (0.6931, 1000.0)
    """
    _refuse_probabilities(output, "sigmoid", "binary_cross_entropy")
    z, y = paired(output, target, "binary_cross_entropy")
    refuse(
        lambda p: ~((p >= 0.0) & (p <= 1.0)),  # so that nan fails
        y,
        "binary_cross_entropy: targets must be between 0 and 1, as labels 0 or 1",
    )
    return reduced(y * softplus(-z) + (1.0 - y) * softplus(z), reduction)


def _surprises(labels: Any, target: Operand, log_q: Operand, loss: str) -> Any:
    """Cross-entropy of each row: of a label, what is at its class; of a target that is no labels, all."""
    if labels is None:
        return surprise(class_rows(log_q, target, loss), log_q)
    return surprise_at(log_q, labels)


def cross_entropy(
    output: Operand, target: Operand, reduction: str = "mean", label_smoothing: float = 0.0
) -> Any:
    """Minus the log-likelihood of classes, from logits z.   −Σₖ pₖ·log softmax(z)ₖ per row.

    The output has shape (n, c), or (c,) for one observation. The target is n labels 0 … c − 1, or n rows
    of c probabilities p. With label smoothing ε, p becomes (1 − ε)·p + ε/c. The mean is over
    observations. The slope is softmax(z) − p.

    Raises ValueError for labels out of range, naming the first, labels that are not whole numbers, rows of
    probabilities that are negative or do not sum to 1, and a smoothing outside 0 … 1. Szegedy et al.,
    "Rethinking the Inception architecture" (2016).

    >>> round(cross_entropy([[0.0, 0.0], [0.0, 1000.0]], [0, 1]), 4)
    0.3466
    """
    smoothing = probability("cross_entropy: label_smoothing", label_smoothing)
    _refuse_probabilities(output, "softmax", "cross_entropy")
    z = entries(output)
    if smoothing:
        p = (1.0 - smoothing) * class_rows(z, target, "cross_entropy") + smoothing / shape_of(z)[-1]
        return reduced(surprise(p, log_softmax(z)), reduction)
    labels = class_labels(z, target, "cross_entropy")
    if labels is not None and reduction in ("mean", "sum"):
        return cross_entropy_at(z, labels, reduction)
    return reduced(_surprises(labels, target, log_softmax(z), "cross_entropy"), reduction)


def negative_log_likelihood(output: Operand, target: Operand, reduction: str = "mean") -> Any:
    """Minus the log-likelihood of classes, from log-probabilities as `log_softmax` gives them.

        −log qₖ for the label k, or −Σₖ pₖ·log qₖ for a row of probabilities p

    Shapes and errors are those of `cross_entropy`.

    >>> negative_log_likelihood([[-0.5, -1.0], [-2.0, -0.25]], [0, 1])
    0.375
    """
    log_q = entries(output)
    labels = class_labels(log_q, target, "negative_log_likelihood")
    return reduced(_surprises(labels, target, log_q, "negative_log_likelihood"), reduction)
