"""What `fit` is given, checked and made ready before anything is changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from autodiff import Value, no_grad
from autodiff.ops.plain import raw
from autodiff.optim import Optimizer, Schedule, stochastic, stopping
from autodiff.settings import chosen, flag, whole
from autodiff.values.data import shape_of
from autodiff.values.leaving import revealing_cause
from autodiff.values.modes import forgetting

from ..losses import Loss, loss_function
from ..module import Module, predicting
from .observations import Observations
from .second_order import METHODS
from .trainer import Metric, asked, measured

Make: TypeAlias = Callable[..., Optimizer]

ROWS = 2
"""Observations with which a model is tried out."""


def check_settings(
    model: Any, metrics: Any, epochs: Any, batch_size: Any, patience: Any, compiled: Any, callback: Any
) -> Mapping[str, Metric]:
    """Refuse anything but a model, metrics, and numbers of epochs and observations; and `no_grad`.

    Returns the metrics, none where None was given.
    """
    metrics = {} if metrics is None else metrics
    if forgetting():
        raise RuntimeError(
            "fit: inside no_grad() nothing is recorded, so there are no gradients; call fit outside the block"
        )
    if not isinstance(model, Module):
        raise TypeError(f"fit: the model must be an nn.Module, got {type(model).__name__}")
    if not isinstance(metrics, Mapping) or not all(map(callable, metrics.values())):
        raise TypeError(f'fit: metrics must be functions by name, {{"accuracy": accuracy}}, got {metrics!r}')
    _check_names(metrics)
    whole("fit: epochs", epochs, 0, "{} or more")
    for name, count in {"batch_size": batch_size, "patience": patience}.items():
        if count is not None:
            whole(f"fit: {name}", count, 1, "{} or more")
    if compiled is not None:
        flag("fit: compiled", compiled)
    stopping.checked(callback, "fit", "a History")
    return metrics


def _check_names(metrics: Mapping[str, Metric]) -> None:
    """Refuse metrics that the history could not tell from its own columns."""
    for name in map(str, metrics):
        if name in ("loss", "lr", "seconds") or name.startswith(("validation ", "validation_")):
            raise ValueError(
                f"fit: a metric cannot be called {name!r}, as a column of the history is; rename it"
            )


def drawn(seed: int | np.random.Generator | None) -> int:
    """A seed as an integer: as given, drawn from a generator, or fresh."""
    if seed is None:
        seed = np.random.default_rng()
    if isinstance(seed, np.random.Generator):
        return int(seed.integers(2**63))
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"fit: seed must be an integer, a numpy.random.Generator or None, got {seed!r}")
    return whole("fit: seed", seed, 0, "{} or more")


# -- the parts of a training -------------------------------------------------------------------


def loss_of(loss: str | Loss) -> tuple[Loss, bool]:
    """The loss, and whether it is a sum over the observations."""
    loss = loss_function("fit", loss)
    return loss, _reduction(loss) == "sum"


def _reduction(loss: Loss) -> Any:
    """The reduction that a loss has by default; functools.partial can have set it."""
    try:
        parameter = inspect.signature(loss).parameters.get("reduction")
    except (TypeError, ValueError):  # a callable of which Python does not know the signature
        return None
    return parameter and parameter.default


def optimizer_of(optimizer: str | Optimizer | Make, model: Module, lr: float | None) -> Optimizer:
    """The optimiser of a model's parameters."""
    if isinstance(optimizer, Optimizer):
        return _checked(optimizer, model, lr)
    make: Make = stochastic.OPTIMIZERS[known(optimizer)] if isinstance(optimizer, str) else optimizer
    if not callable(make):
        raise TypeError(f"fit: optimizer must be a name, an Optimizer or a function, got {optimizer!r}")
    # An optimiser takes names, too, and says them in errors; a function may expect Values.
    parameters = list(model.named_parameters()) if isinstance(make, type) else model.parameters()
    made = make(parameters) if lr is None else make(parameters, lr=lr)
    if not isinstance(made, Optimizer):
        raise TypeError(f"fit: optimizer={make!r} must make an Optimizer, it made {made!r}")
    return made


def known(name: str) -> str:
    """An optimiser's name as it is written here, those of `second_order` among them."""
    return chosen("optimizer", name, {name: name for name in (*stochastic.OPTIMIZERS, *METHODS)})


def _checked(optimizer: Optimizer, model: Module, lr: float | None) -> Optimizer:
    if lr is not None:
        raise ValueError(f"fit: lr={lr} is for an optimizer given by name; set it in {optimizer!r}")
    strangers = {p for group in optimizer.param_groups for p in group["params"]} - set(model.parameters())
    if strangers:
        raise ValueError(
            f"fit: {len(strangers)} of the parameters of {optimizer!r} are none of the model's; "
            "make it from model.parameters()"
        )
    return optimizer


def schedule_of(schedule: Any, optimizer: Optimizer) -> Schedule | None:
    """The schedule of an optimiser, made if it is a function that makes one."""
    made = schedule(optimizer) if callable(schedule) else schedule
    if made is None:
        return None
    if not isinstance(made, Schedule):
        raise TypeError(f"fit: schedule must be a Schedule or a function of the optimizer, got {made!r}")
    if made.optimizer is not optimizer:
        raise ValueError(
            "fit: the schedule is that of another optimizer; give fit the optimizer, too, or a function: "
            "schedule=lambda optimizer: …"
        )
    return made


# -- trying out --------------------------------------------------------------------------------


def try_out(
    model: Module,
    loss: Loss,
    metrics: Mapping[str, Metric],
    data: Observations,
    held_out: Observations | None,
) -> None:
    """Run a model, its loss and the metrics once, in `eval` mode, which changes nothing.

    Raises ValueError where the model does not return one row per observation, where there is nothing to
    train, and for parameters without gradient; TypeError where the loss is no number; and what the
    model and the loss raise for data that they do not take.
    """
    with predicting(model), np.errstate(all="ignore"), revealing_cause:  # what overflows shows in the loss
        try:
            _try_gradients(model, loss, data)
            for observations in filter(None, (data, held_out)):
                _try_targets(model, loss, metrics, observations)
        finally:
            model.zero_grad()


def _try_gradients(model: Module, loss: Loss, data: Observations) -> None:
    """Find the parameters that the loss does not depend on."""
    free = {name: parameter for name, parameter in model.named_parameters() if not parameter.constant}
    if not free:
        raise ValueError("fit: the model has no parameters to train; those that are frozen need unfreeze()")
    model.zero_grad()
    output = _output(model, data)
    number = _loss_value(loss(output, data.y[:ROWS]))
    if not number.constant:
        number.backward()
    without = [name for name, parameter in free.items() if parameter.grad is None]
    if without:
        raise ValueError(
            f"fit: the loss does not depend on {', '.join(without[:5])}{' …' * (len(without) > 5)}, so there "
            "is no gradient; use the parameter in forward, or freeze it: parameter.constant = True"
        )


def _try_targets(model: Module, loss: Loss, metrics: Mapping[str, Metric], data: Observations) -> None:
    """See that the loss and the metrics take all targets: each beside the output for the first row."""
    with no_grad():
        output = _output(model, data)
        if data.lazy:  # shapes are seen without computing
            _loss_value(loss(model(data.X), data.y))
            asked(metrics, raw(output), data.y[:ROWS])
            return
        outputs = np.repeat(raw(output)[:1], data.n, axis=0)
        _loss_value(loss(Value(outputs, constant=True), data.y))
        measured(metrics, outputs, data.y)


def _output(model: Module, data: Observations) -> Any:
    """What the model returns for the first observations; where X has no features, errors say so."""
    try:
        with revealing_cause:
            output = model(data.X[:ROWS])
        _check_output(output, data)
    except ValueError as error:
        if data.X.ndim > 1:
            raise
        told = f"fit: X has the shape {data.X.shape}; for one feature give X.reshape(-1, 1)"
        raise ValueError(f"{told}. The model said: {error}") from error
    return output


def _check_output(output: Any, data: Observations) -> None:
    expected = min(ROWS, data.n)
    shape = shape_of(raw(output)) if isinstance(output, (Value, np.ndarray)) else None
    if not shape or shape[0] != expected:
        got = f"a {type(output).__name__}" if shape is None else f"the shape {shape}"
        raise ValueError(
            f"fit: the model must return one row per observation; for {expected} of them it returned {got}"
        )


def _loss_value(loss: Any) -> Value:
    """What a loss returned, if it is a number."""
    number = loss if isinstance(loss, Value) else Value(loss, constant=True)
    if number.shape:
        raise TypeError(f'fit: the loss must be one number, got shape {number.shape}; take reduction="mean"')
    return number
