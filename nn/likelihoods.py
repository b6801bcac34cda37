"""Losses of predicted distributions: counts, numbers with a variance, and whole distributions.

Arguments and numbers are PyTorch's, but that `reduction` comes third, as in all losses here.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff import elementwise, exp, expand_dims, log, maximum, where, xlogy
from autodiff import sum as total
from autodiff.settings import flag, positive
from autodiff.values.data import Data, Operand, dtype_of, shape_of

from .targets import REDUCTIONS, like, paired, reduced, refuse

# -- counts ----------------------------------------------------------------------------------------


def poisson_negative_log_likelihood(
    output: Operand,
    target: Operand,
    reduction: str = "mean",
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
) -> Any:
    """Minus the log-likelihood of counts y, from the logarithms z of their rates λ.

        eᶻ − y·z;    from the rates themselves, with log_input=False,  λ − y·log(λ + eps)

    The slope is eᶻ − y. Left out is log y!, which depends on no output; `full` adds Stirling's approximation
    of it, y·log y − y + ½·log 2πy, where y > 1.

    Raises ValueError for targets below 0, and for an eps that is not positive.

    >>> poisson_negative_log_likelihood([0.0, 0.0], [1.0, 3.0])
    1.0
    """
    a, y = paired(output, target, "poisson_negative_log_likelihood")
    refuse(lambda k: ~(k >= 0.0), y, "poisson_negative_log_likelihood: targets must be counts, 0 or above")
    eps = positive("poisson_negative_log_likelihood: eps", eps)
    of_logs = flag("poisson_negative_log_likelihood: log_input", log_input)
    losses = exp(a) - y * a if of_logs else a - y * log(a + eps)
    if flag("poisson_negative_log_likelihood: full", full):
        losses = losses + _stirling(y)
    return reduced(losses, reduction)


def _stirling(y: Operand) -> Any:
    """Nearly log y!, and 0 up to 1."""
    large = y > 1.0
    count = maximum(y, 1.0)
    return where(large, count * log(count) - count + 0.5 * log(2.0 * math.pi * count), 0.0)


# -- numbers with a variance -----------------------------------------------------------------------


@elementwise(symbol="max", typeset="max({}, {least})", dx=1.0)
def _raised(x: Data, /, least: float) -> Data:
    """At least so much, with the slope 1 also where it is more than x was: what fell below can rise again."""
    return np.maximum(x, least)


def gaussian_negative_log_likelihood(
    output: Operand,
    target: Operand,
    variance: Operand,
    reduction: str = "mean",
    full: bool = False,
    eps: float = 1e-6,
) -> Any:
    """Minus the log-likelihood of numbers y, from their means μ and variances v.

        ½·(log v + (y − μ)²/v);    slopes (μ − y)/v in μ  and  ½·(1 − (y − μ)²/v)/v in v

    `full` adds ½·log 2π. The variance has the shape of the output, or one number per row of it, or is one
    number. One below eps counts as eps, the slope in v, too, so that it can rise again.

    A network that predicts both has two outputs per number, and the loss says which is which:

        loss=lambda z, y: nn.gaussian_negative_log_likelihood(z[:, 0], y, nn.softplus(z[:, 1]))

    Raises ValueError for variances below 0, and of another shape, and for an eps that is not positive. Nix &
    Weigend, "Estimating the mean and variance of the target probability distribution" (1994).

    >>> round(gaussian_negative_log_likelihood([1.0, 2.0], [1.0, 4.0], 4.0), 4)
    0.9431
    """
    what = "gaussian_negative_log_likelihood"
    a, y = paired(output, target, what)
    v = _raised(_variance(a, variance, what), positive(f"{what}: eps", eps))
    losses = 0.5 * (log(v) + (y - a) ** 2 / v)
    if flag(f"{what}: full", full):
        losses = losses + 0.5 * math.log(2.0 * math.pi)
    return reduced(losses, reduction)


def _variance(output: Operand, variance: Operand, what: str) -> Any:
    """Variances that go with an output."""
    v, shape = like(variance, output), shape_of(output)
    if shape and shape_of(v) == shape[:-1] != ():
        v = expand_dims(v, -1)
    if shape_of(v) not in ((), shape, (*shape[:-1], 1)):
        raise ValueError(
            f"{what}: the output has shape {shape}, the variance {shape_of(v)}; they must be equal, or "
            "there is one per row, or one for all"
        )
    refuse(lambda x: ~(x >= 0.0), v, f"{what}: variances must be 0 or above, as nn.softplus makes them")
    return v


# -- distributions ---------------------------------------------------------------------------------


@elementwise(
    symbol="·", formula="p*log_q", linear=True, dp=lambda z, p, log_q: log_q, dlog_q=lambda z, p, log_q: p
)
def _weighted(p: Data, log_q: Data, /) -> Data:
    """Product of a probability.   z = p·log q, where p = 0 adds nothing, even to log q = −∞."""
    return p * np.where(np.equal(p, 0.0) & np.equal(log_q, log_q), 0.0, log_q)


def kl_divergence(output: Operand, target: Operand, reduction: str = "mean", log_target: bool = False) -> Any:
    """How far distributions q are from p, from log q as `log_softmax` gives it: Kullback and Leibler's.

        p·(log p − log q) per entry, 0 where p = 0;    slope −p in log q

    The target is p, or log p with `log_target`. As in PyTorch, "mean" is over all entries; the divergence per
    distribution is reduction="batchmean", the sum over the length of axis 0.

    Raises ValueError for probabilities below 0 and logarithms above. Kullback & Leibler, "On information and
    sufficiency" (1951).

    >>> round(kl_divergence(log([[0.5, 0.5]]), [[0.0, 1.0]], "batchmean"), 4)
    0.6931
    """
    log_q, p = paired(output, target, "kl_divergence")
    _check_logs(log_q, "the output")
    if flag("kl_divergence: log_target", log_target):
        _check_logs(p, "the target")
        negative_entropy, p = _weighted(exp(p), p), exp(p)
    else:
        refuse(lambda x: ~(x >= 0.0), p, "kl_divergence: probabilities must be 0 or above")
        negative_entropy = xlogy(p, p)
    losses = negative_entropy - _weighted(p, log_q)
    return reduced(losses, reduction, {**REDUCTIONS, "batchmean": lambda x: total(x) / shape_of(x)[0]})


def _check_logs(x: Operand, what: str) -> None:
    """Refuse logarithms above 0, the rounding of their dtype aside."""
    tolerance = float(np.sqrt(np.finfo(dtype_of(x)).eps))
    told = f"kl_divergence: {what} must be log-probabilities, 0 or below, as nn.log_softmax gives them"
    refuse(lambda logs: logs > tolerance, x, told)
