"""Names that users of PyTorch, Keras and scikit-learn look for, and what to use for them here."""

from __future__ import annotations

from autodiff.elsewhere import Answering, Unknown

from .activations import activation

ACTIVATIONS_THERE = (
    "ReLU", "LeakyReLU", "ELU", "SELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Softplus", "Softsign", "Softmax",
    "LogSoftmax", "Identity",
)  # fmt: skip
"""Spelt alike, but for capitals and underscores."""

NAMES = {name: f"nn.{activation(name).__name__}" for name in ACTIVATIONS_THERE} | {
    "MSELoss": "nn.mean_squared_error",
    "L1Loss": "nn.absolute_error",
    "SmoothL1Loss": "nn.smooth_l1",
    "HuberLoss": "nn.huber",
    "PoissonNLLLoss": "nn.poisson_negative_log_likelihood",
    "GaussianNLLLoss": "nn.gaussian_negative_log_likelihood",
    "KLDivLoss": "nn.kl_divergence",
    "CrossEntropyLoss": "nn.cross_entropy",
    "BCEWithLogitsLoss": "nn.binary_cross_entropy",
    "BCELoss": "nn.binary_cross_entropy, of what goes into the sigmoid",
    "NLLLoss": "nn.negative_log_likelihood",
    "MultiMarginLoss": "nn.hinge",
    "BatchNorm1d": "nn.BatchNorm",
    "BatchNorm2d": "nn.BatchNorm",
    "Dropout1d": "nn.Dropout",
    "Dropout2d": "nn.Dropout",
    "TransformerEncoder": "nn.Sequential of nn.TransformerEncoderLayer",
    "TransformerDecoderLayer": "nn.MultiheadAttention twice: with is_causal=True, and to the memory",
    "Transformer": "nn.TransformerEncoderLayer, or nn.MultiheadAttention in a nn.Module",
    "MLPClassifier": "nn.Classifier",
    "MLPRegressor": "nn.Regressor",
    "Parameter": "autodiff.Value",
    "ModuleList": "list",
    "ModuleDict": "dict",
    "init": "nn.initialize",
    "functional": "nn itself: activations and losses are functions, as nn.relu",
    "utils": "optim.clip_gradient_norm, or optim.clip_gradient_value",
}
"""By the name in `torch.nn` or `sklearn.neural_network`. Activations and losses are functions here,
without a call that makes them."""

HERE = {there: f"use {here}" for there, here in NAMES.items()}

OWN_ATTRIBUTES = "parts are found among the attributes: "
OF_NUMPY = "a parameter is where its array is"

OF_MODULE = {
    "to": f"use astype for a dtype; {OF_NUMPY}",
    "cpu": OF_NUMPY,
    "cuda": OF_NUMPY,
    "type": "use astype",
    "half": "use astype(np.float16)",
    "float": "use astype(np.float32)",
    "double": "use astype(np.float64)",
    "requires_grad_": "use freeze() or unfreeze()",
    "children": "use modules(), which also gives what is within them",
    "named_children": "use named_modules(), which also gives what is within them",
    "buffers": "use named_buffers()",
    "apply": "loop over modules()",
    "compile": "nn.fit compiles the step of a long training; use autodiff.compile for a function of your own",
    "register_buffer": f"{OWN_ATTRIBUTES}set one to a NumPy array",
    "register_parameter": f"{OWN_ATTRIBUTES}set one to an autodiff.Value",
    "register_module": f"{OWN_ATTRIBUTES}set one to a module",
    "add_module": f"{OWN_ATTRIBUTES}set one to a module",
    "register_forward_hook": "a module is a function: wrap it, or override forward",
    "register_full_backward_hook": "autodiff.gradients(y, inner) is the gradient of an inner Value, returned",
    "fit": "use nn.fit(model, X, y)",
    "evaluate": "use the loss: loss(model.predict(X), y)",
    "save": "use nn.save(model, path)",
    "save_weights": "use nn.save(model, path)",
    "load_weights": "use nn.load(model, path)",
    "count_params": "use n_parameters",
}
"""By the name of a Module's attribute in PyTorch, or of a Model's in Keras."""


OF_HISTORY = {
    "history": "use to_dict()",
    "epoch": "use epochs",
    "val_loss": "use validation_loss",
    "to_df": "use to_frame()",
}
"""By the name of a History's attribute in Keras, or in skorch."""

OF_FIT = {
    "callbacks": "use callback, one function of the history",
    "validation_split": "use validation, a fraction or a pair (X, y)",
    "validation_data": "use validation, a fraction or a pair (X, y)",
    "verbose": "use progress",
    "learning_rate": "use lr",
    "shuffle": "each epoch has an order of its own, which the seed decides",
    "criterion": "use loss",
    "max_epochs": "use epochs",
    "random_state": "use seed",
    "sample_weight": "use a loss of your own, which can weigh its entries",
}
"""By the argument of Keras's, skorch's or scikit-learn's `fit`."""


class HistoryElsewhere(Answering):
    """What a History has in Keras or skorch, and here by another name."""


class ModuleElsewhere(Answering):
    """What a Module has in PyTorch or Keras, and here by another name; subclasses may have it."""


def _answer(kind: type[Answering], what: str, names: dict[str, str]) -> None:
    for name, instead in names.items():
        setattr(kind, name, Unknown(f"{what} has no attribute {name!r}: {instead}"))


_answer(HistoryElsewhere, "a History", OF_HISTORY)
_answer(ModuleElsewhere, "a Module", OF_MODULE)
