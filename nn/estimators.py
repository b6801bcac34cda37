"""Networks as estimators of scikit-learn: in pipelines, cross-validation and searches for parameters.

Loaded when one of them is asked for, since it imports scikit-learn.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import numpy as np

from autodiff.lazy_names import needing
from autodiff.optim import Optimizer
from autodiff.settings import not_negative

from .activations import log_softmax, softmax
from .losses import cross_entropy, mean_squared_error
from .module import Module
from .network import MLP
from .training import fit
from .training.history import History
from .training.preparation import loss_of
from .training.trainer import Loss

with needing("sklearn", "nn.Regressor and nn.Classifier need scikit-learn 1.6"):
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

__all__ = ["Classifier", "Regressor"]

FLOATS = (np.float64, np.float32)
"""What X may be made of; anything else becomes the first."""


class _Estimator(BaseEstimator):
    """What both have in common: parameters are kept as given, and looked at in `fit`."""

    _loss: Loss
    network_: Module
    history_: History
    n_features_in_: int

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str | Callable[[Any], Any] = "relu",
        *,
        loss: str | Loss | None = None,
        network: Callable[[int, int], Module] | None = None,
        alpha: float = 0.0,
        optimizer: str | Callable[..., Optimizer] = "adam",
        lr: float | None = None,
        schedule: Any = None,
        epochs: int = 200,
        batch_size: int | None = 32,
        validation: float | None = None,
        patience: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        progress: bool = False,
        compiled: bool | None = None,
    ) -> None:
        self.hidden_layer_sizes, self.activation = hidden_layer_sizes, activation
        self.loss, self.network, self.alpha = loss, network, alpha
        self.optimizer, self.lr, self.schedule = optimizer, lr, schedule
        self.epochs, self.batch_size = epochs, batch_size
        self.validation, self.patience = validation, patience
        self.random_state, self.progress, self.compiled = random_state, progress, compiled

    def _trained(self, X: Any, y: Any, n_outputs: int) -> Self:
        """A new network, trained on arrays."""
        start, order = check_random_state(self.random_state).randint(2**31, size=2, dtype=np.int64).tolist()
        network = self._made(n_outputs, start, X.dtype)
        self.history_ = fit(
            network, X, y, loss=self._penalized(network), optimizer=self.optimizer, lr=self.lr,
            schedule=self.schedule, epochs=self.epochs, batch_size=self.batch_size,
            validation=self.validation, patience=self.patience, seed=order, progress=self.progress,
            compiled=self.compiled,
        )  # fmt: skip
        self.network_ = network
        if self.history_.reason.startswith("diverged"):
            warnings.warn(f"{type(self).__name__} {self.history_.reason}", ConvergenceWarning, stacklevel=3)
        return self

    def _made(self, n_outputs: int, seed: int, dtype: Any) -> Module:
        if self.network is not None:
            return self._own(n_outputs)
        hidden = self.hidden_layer_sizes
        sizes = list(hidden) if isinstance(hidden, Iterable) else [hidden]
        return MLP(self.n_features_in_, [*sizes, n_outputs], self.activation, seed=seed, dtype=dtype)

    def _own(self, n_outputs: int) -> Module:
        """What the user's function makes."""
        made = None if isinstance(self.network, Module) else self.network
        if not callable(made):
            raise TypeError(
                f"{type(self).__name__}: network must be a function of (n_features, n_outputs) that makes a "
                f"module anew, got {self.network!r}"
            )
        return made(self.n_features_in_, n_outputs)

    def _penalized(self, network: Module) -> Loss:
        """The loss, with ½·α·Σ w² of the weights, shared by the observations, as in scikit-learn."""
        alpha = not_negative(f"{type(self).__name__}: alpha", self.alpha)
        loss, summed = loss_of(self._loss if self.loss is None else self.loss)
        if not alpha:
            return loss
        half, weights = 0.5 * alpha, [p for p in network.parameters() if p.ndim > 1]

        def penalized(output: Any, target: Any) -> Any:
            penalty = half * sum((weight * weight).sum() for weight in weights)
            return loss(output, target) + (penalty if summed else penalty / output.shape[0])

        return penalized

    def _outputs(self, X: Any) -> Any:
        """What the network returns, (n_observations, n_outputs)."""
        check_is_fitted(self)
        return self.network_.predict(validate_data(self, X, reset=False, dtype=FLOATS))

    @property
    def n_iter_(self) -> int:
        """How many epochs were completed."""
        check_is_fitted(self, "history_")
        return self.history_.epochs


class Regressor(RegressorMixin, _Estimator):
    """A network for regression, `MLP` trained by `fit`, as an estimator of scikit-learn.

    hidden_layer_sizes, activation, alpha, random_state  as in scikit-learn's MLPRegressor: the nodes of the
                hidden layers, what follows each, the α of the penalty ½·α·Σ w² / n for a batch of n, and the
                seed of start and order
    network     in place of that MLP, a function of (n_features, n_outputs) that makes a module
    loss, optimizer, lr, schedule, epochs, batch_size, validation, patience, progress, compiled
                as in `fit`. The loss is mean_squared_error unless given, validation a fraction, and an
                optimizer a name or a function that makes one; "levenberg-marquardt" takes no alpha

    y has shape (n,) or (n, n_outputs). Features and targets of very different sizes train badly: put a
    `StandardScaler` in front, and a `TransformedTargetRegressor` around it.

    Once fitted: `network_`, `history_`, `n_features_in_`, and `feature_names_in_` where X has names.
    Needs scikit-learn, the extra `sklearn`. Raises scikit-learn's errors for X and y, and those of `MLP` and
    `fit` for parameters; warns with its ConvergenceWarning where a training diverges.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]
    >>> model = Regressor([], optimizer="l-bfgs", batch_size=None, random_state=0).fit(X, y)
    >>> model.predict([[4.0]]).round(3), round(model.score(X, y), 3)
    (array([9.]), 1.0)
    """

    _loss = staticmethod(mean_squared_error)

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network."""
        X, y = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=FLOATS)
        y = column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
        flat = y.ndim == 1
        self._trained(X, y.astype(X.dtype), 1 if flat else y.shape[1])
        self._flat = flat
        return self

    def predict(self, X: Any) -> Any:
        """The outputs, in the shape that y had."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._flat else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class Classifier(ClassifierMixin, _Estimator):
    """A network for classification, `MLP` trained by `fit`, as an estimator of scikit-learn.

    Parameters are those of `Regressor`. The loss, cross_entropy unless given, is one of logits, one per
    class, and labels 0, 1, …

    y holds labels of any kind, numbers or text, of two classes or more.

    Once fitted: `classes_` besides what `Regressor` has. Needs scikit-learn, the extra `sklearn`. Raises
    scikit-learn's errors for X and y, and those of `MLP` and `fit` for parameters.

    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], ["same", "other", "other", "same"]
    >>> model = Classifier([8], "tanh", optimizer="l-bfgs", batch_size=None, random_state=0).fit(X, y)
    >>> model.predict(X).tolist(), model.predict_proba(X).shape
    (['same', 'other', 'other', 'same'], (4, 2))
    """

    _loss = staticmethod(cross_entropy)
    classes_: np.ndarray[Any, Any]

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network."""
        X, y = validate_data(self, X, y, dtype=FLOATS)
        check_classification_targets(y)
        classes, labels = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        if len(classes) < 2:
            raise ValueError(
                f"Classifier: y holds one class, {classes.tolist()[0]!r}; it takes two or more to tell apart"
            )
        self._trained(X, labels, len(classes))
        self.classes_ = classes
        return self

    def _own(self, n_outputs: int) -> Module:
        network = super()._own(n_outputs)
        one = np.zeros((1, self.n_features_in_))
        if isinstance(network, Module) and (found := network.predict(one).shape) != (1, n_outputs):
            raise ValueError(
                f"Classifier: the network must give {n_outputs} outputs per observation, one per class; "
                f"it makes {found} of {one.shape}"
            )
        return network

    def predict(self, X: Any) -> Any:
        """The most probable class of each row."""
        likeliest = np.argmax(self._outputs(X), axis=1)
        return self.classes_[likeliest]

    def decision_function(self, X: Any) -> Any:
        """The logits, (n_observations, n_classes); of two classes their difference, (n_observations,)."""
        logits = self._outputs(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X: Any) -> Any:
        """The probabilities of the classes, (n_observations, n_classes), in the order of `classes_`."""
        return softmax(self._outputs(X))

    def predict_log_proba(self, X: Any) -> Any:
        """The logarithms of the probabilities."""
        return log_softmax(self._outputs(X))
