"""What a network makes of observations: its outputs, how R is made of single losses, and classes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Value, no_grad

from ..losses import Loss
from ..module import Module

if TYPE_CHECKING:
    from autodiff.live.fitted import Array


def outputs_of(network: Module, rows: Array) -> Array:
    """A row of outputs for each observation."""
    with no_grad():
        found = network(rows)
    if not isinstance(found, Value) or not found.shape or len(found.data) != len(rows) or found.ndim > 2:
        got = found.described() if isinstance(found, Value) else type(found).__name__
        raise ValueError(f"play: the network must give a row of outputs for each row of X, got {got}")
    return np.asarray(found.data).reshape(len(rows), -1)


def scale_of(network: Module, loss: Loss, rows: Array, targets: Array) -> float:
    """What the sum over the observations, one by one, is multiplied by to give R: 1, or 1/n for a mean.

    Both are the same where R is 0, so a copy with other parameters is asked, too.
    """
    found = [_losses(model, loss, rows, targets) for model in (network, _moved(network))]
    if not np.isfinite(found[0][0]):
        raise ValueError(f"play: R is {found[0][0]} at the parameters as they are; start where it is finite")
    known = [(whole, sum(single)) for whole, single in found if np.isfinite(whole)]
    near = 1e-10 * max(sum(map(abs, single)) for whole, single in found if np.isfinite(whole))
    for scale in (1.0, 1.0 / len(rows)):
        if all(abs(scale * total - whole) <= scale * near for whole, total in known):
            return scale
    whole, total = known[-1]
    raise ValueError(
        "play: the loss must be a sum or a mean over the observations, which the page computes one by one; "
        f"it is {whole:.6g} where those of single ones sum to {total:.6g}; leave out penalties and weights"
    )


def _moved(network: Module) -> Module:
    """A copy with other parameters."""
    copied, rng = copy.deepcopy(network), np.random.default_rng(0)
    for parameter in copied.parameters():
        parameter.data = parameter.data + rng.normal(size=parameter.shape) * (1.0 + np.abs(parameter.data))
    return copied


def _losses(network: Module, loss: Loss, rows: Array, targets: Array) -> tuple[float, list[float]]:
    """R, and what it is for each observation alone."""
    with no_grad(), np.errstate(all="ignore"):
        whole = _number(loss(network(rows), targets))
        single = [loss(network(rows[i : i + 1]), targets[i : i + 1]) for i in range(len(rows))]
    return whole, [*map(_number, single)]


def _number(r: Any) -> float:
    if not isinstance(r, Value):
        raise TypeError(f"play: loss must return a Value, got {type(r).__name__}")
    if r.shape:
        raise ValueError(f"play: the loss must be one number, got {r.described()}; sum it")
    return r.item()


# -- classes ---------------------------------------------------------------------------------------


def classes_of(outputs: Array, targets: Array) -> tuple[Array, list[int]] | None:
    """The target of each class, and the class of each observation; None where targets are numbers.

    Classes are labels for several outputs, rows with one 1 among zeros, and for one output 0 and 1, or ±1.
    """
    count = outputs.shape[1]
    if count > 1 and targets.ndim == 1:
        return np.arange(float(count)), targets.astype(int).tolist()
    if count > 1:
        one_hot = np.isin(targets, (0.0, 1.0)).all() and (targets.sum(axis=1) == 1.0).all()
        return (np.eye(count), targets.argmax(axis=1).tolist()) if one_hot else None
    found = np.unique(targets)
    if found.tolist() not in ([0.0, 1.0], [-1.0, 1.0]):
        return None
    return found.reshape(2, *targets.shape[1:]), (targets.ravel() == found[1]).astype(int).tolist()


def is_likelihood(network: Module, loss: Loss, rows: Array, classes: Array) -> bool:
    """Whether e to the power −loss is the probability of a class: over all classes it sums to 1."""
    with no_grad():
        output = network(rows[:1])
        found = [_number(loss(output, target[None])) for target in classes]
    return abs(float(np.exp(np.negative(found)).sum()) - 1.0) < 1e-9
