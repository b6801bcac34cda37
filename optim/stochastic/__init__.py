"""Optimisers for the parameters of a network, which go by gradients on batches; schedules and clipping."""

from .adaptive import Adagrad, Adam, AdamW, RMSProp, RMSprop
from .clipping import clip_gradient_norm, clip_gradient_value
from .optimizer import Optimizer
from .plateau import ReduceLROnPlateau
from .resilient import Rprop
from .schedules import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    Schedule,
    StepLR,
    WarmUp,
)
from .sgd import SGD

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "ConstantLR",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "Optimizer",
    "RMSProp",
    "RMSprop",
    "ReduceLROnPlateau",
    "Rprop",
    "Schedule",
    "StepLR",
    "WarmUp",
    "clip_gradient_norm",
    "clip_gradient_value",
]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.__name__.lower(): kind for kind in (SGD, Adam, AdamW, RMSProp, Adagrad, Rprop)
}
"""By the names under which a training knows them."""
