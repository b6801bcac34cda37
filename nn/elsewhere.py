"""Names that users of PyTorch and scikit-learn look for, and what to use for them here."""

from __future__ import annotations

from .activations import activation

ACTIVATIONS_THERE = (
    "ReLU", "LeakyReLU", "ELU", "SELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Softplus", "Softsign", "Softmax",
    "LogSoftmax", "Identity",
)  # fmt: skip
"""Spelt alike, but for capitals and underscores."""

NAMES = {name: f"nn.{activation(name).__name__}" for name in ACTIVATIONS_THERE} | {
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
    "MLPClassifier": "nn.Classifier",
    "MLPRegressor": "nn.Regressor",
    "Parameter": "autodiff.Value",
    "ModuleList": "list",
    "ModuleDict": "dict",
    "init": "nn.initialize",
}
"""By the name in `torch.nn` or `sklearn.neural_network`. Activations and losses are functions here,
without a call that makes them."""

HERE = {there: f"use {here}" for there, here in NAMES.items()}
