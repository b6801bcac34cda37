"""What a training depends on. A checkpoint is only taken by a call with the same."""

from __future__ import annotations

from typing import Any

from optim import Optimizer, Schedule

from ..module import Module, is_function
from .digest import checksum, told
from .trainer import Trainer

__all__ = ["fingerprint"]


def fingerprint(trainer: Trainer, seed: int | None) -> dict[str, Any]:
    """What a training depends on, besides the number of epochs: it must be the same to go on."""
    return {
        "model": _structure(trainer.model),
        "training data": told(tuple(trainer.data)),
        "validation data": trainer.validation and told(tuple(trainer.validation)),
        "loss": told(trainer.loss),
        "optimizer": _settings(trainer.optimizer),
        "schedule": _configuration(trainer.schedule),
        "batch_size": trainer.batch_size,
        "patience": trainer.patience,
        "metrics": told(dict(trainer.metrics)),
        "seed": seed,
    }


def _structure(model: Module) -> str:
    """A model's configuration and its parameters, with those that are frozen, in few characters."""
    parameters = [(name, p.shape, str(p.dtype), p.constant) for name, p in model.named_parameters()]
    functions = [told(part) for _, part in model.named_parts(object) if is_function(part)]
    content = f"{model!r} {parameters} {functions}".encode()
    return f"{type(model).__name__} with {len(parameters)} parameters, {checksum(content)}"


def _settings(optimizer: Optimizer) -> str:
    """An optimiser and its hyperparameters, without what it remembers."""
    return f"{type(optimizer).__name__} {told([group.settings for group in optimizer.param_groups])}"


def _configuration(schedule: Schedule | None) -> str | None:
    """A schedule and its settings, those of the one that follows it, too."""
    if schedule is None:
        return None
    settings = {name: setting for name, setting in vars(schedule).items() if name != "optimizer"}
    nested = {k: _configuration(v) if isinstance(v, Schedule) else v for k, v in settings.items()}
    return f"{type(schedule).__name__} {told(nested)}"
