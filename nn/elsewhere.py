"""Names that PyTorch's users look for, and what serves for them here."""

from __future__ import annotations

__all__ = ["HERE", "refusal"]

HERE = {
    "ReLU": "nn.relu",
    "LeakyReLU": "nn.leaky_relu",
    "ELU": "nn.elu",
    "SELU": "nn.selu",
    "GELU": "nn.gelu",
    "SiLU": "nn.silu",
    "Sigmoid": "nn.sigmoid",
    "Tanh": "nn.tanh",
    "Softplus": "nn.softplus",
    "Softsign": "nn.softsign",
    "Softmax": "nn.softmax",
    "LogSoftmax": "nn.log_softmax",
    "Identity": "nn.identity",
    "MSELoss": "nn.mean_squared_error",
    "L1Loss": "nn.absolute_error",
    "HuberLoss": "nn.huber",
    "CrossEntropyLoss": "nn.cross_entropy",
    "BCEWithLogitsLoss": "nn.binary_cross_entropy",
    "BCELoss": "nn.binary_cross_entropy, of what goes into the sigmoid",
    "NLLLoss": "nn.negative_log_likelihood",
    "MultiMarginLoss": "nn.hinge",
    "BatchNorm1d": "nn.BatchNorm",
    "BatchNorm2d": "nn.BatchNorm",
    "Parameter": "autodiff.Value",
    "ModuleList": "list",
    "ModuleDict": "dict",
    "init": "nn.initialize",
}
"""By the name in `torch.nn`. Activations and losses are functions here, without a call that makes them."""


def refusal(name: str) -> str:
    """What to say of a name that `nn` does not have.

    >>> refusal("ReLU")
    "module 'nn' has no attribute 'ReLU': use nn.relu"
    """
    told = f"module 'nn' has no attribute {name!r}"
    return f"{told}: use {HERE[name]}" if name in HERE else told
