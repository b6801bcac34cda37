"""Networks as estimators of scikit-learn, for pipelines, cross-validation and searches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

import numpy as np

from autodiff import softmax
from optim.stochastic import OPTIMIZERS

from .losses import Loss
from .module import Module
from .network import MLP
from .training import fit
from .training.preparation import known

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(
        "nn.Classifier and nn.Regressor need scikit-learn: pip install 'autodiff-lecture[sklearn]'"
    ) from error

Builder = Callable[[int, int], Module]

FLOATS = (np.float64, np.float32)


class Estimator(BaseEstimator):
    """What a classifier and a regressor share: the settings, and the training."""

    def __init__(
        self,
        hidden: Sequence[int] = (100,),
        activation: str | Callable[[Any], Any] = "relu",
        *,
        network: Builder | None = None,
        loss: str | Loss | None = None,
        optimizer: str | Callable[..., Any] = "adam",
        lr: float | None = None,
        weight_decay: float = 0.0,
        epochs: int = 200,
        batch_size: int | None = 32,
        validation: float | None = None,
        patience: int | None = None,
        random_state: Any = None,
        progress: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation = validation
        self.patience = patience
        self.random_state = random_state
        self.progress = progress

    def _train(self, X: Any, y: Any, n_outputs: int, loss: str) -> Self:
        """Make the network and train it; `loss` is the one that is taken where none was given."""
        start, order = check_random_state(self.random_state).randint(2**31 - 1, size=2).tolist()
        if self.network is None:
            sizes = [*self.hidden, n_outputs]
            model: Module = MLP(X.shape[1], sizes, self.activation, seed=start, dtype=X.dtype)
        else:
            model = self.network(X.shape[1], n_outputs)
        self.history_ = fit(
            model, X, y, loss=self.loss or loss, optimizer=self._decaying(), lr=self.lr, epochs=self.epochs,
            batch_size=self.batch_size, validation=self.validation, patience=self.patience, seed=order,
            progress=self.progress,
        )  # fmt: skip
        self.network_ = model
        if self.history_.reason.startswith("diverged"):
            warnings.warn(f"{type(self).__name__} {self.history_.reason}", ConvergenceWarning, stacklevel=3)
        return self

    def _decaying(self) -> str | Callable[..., Any]:
        """The optimiser, by which the weights decay if they are to."""
        if not self.weight_decay:
            return self.optimizer
        name = known(self.optimizer) if isinstance(self.optimizer, str) else None
        if name not in OPTIMIZERS:
            raise ValueError(
                f"{type(self).__name__}: weight_decay={self.weight_decay!r} needs an optimizer by name, of "
                f"{', '.join(OPTIMIZERS)}, got {self.optimizer!r}"
            )
        return partial(OPTIMIZERS[name], weight_decay=self.weight_decay)

    def _outputs(self, X: Any) -> Any:
        """What the trained network makes of data."""
        check_is_fitted(self)
        return self.network_.predict(validate_data(self, X, reset=False, dtype=FLOATS))

    @property
    def n_iter_(self) -> int:
        """How many epochs were completed."""
        check_is_fitted(self, "history_")
        return int(self.history_.epochs)


class Regressor(RegressorMixin, Estimator):
    """A network that predicts numbers, as an estimator of scikit-learn.

        R(θ) = Σᵢ (yᵢ − f(xᵢ; θ))² / n

    hidden        nodes of each hidden layer of an `MLP`
    activation    of these, a name or a function
    network       in place of an MLP, a function of (n_features, n_outputs) that makes the module
    loss          by default `mean_squared_error`
    optimizer, lr, epochs, batch_size, validation, patience, progress
                  as in `fit`
    weight_decay  of an optimizer that is given by name
    random_state  an integer for the same numbers in every run: weights and order of the observations

    After `fit` there are `network_`, the module; `history_`, what happened in each epoch; `n_features_in_`,
    and `feature_names_in_` for the columns of a DataFrame. y has shape (n,) or (n, n_outputs); nothing is
    scaled: use StandardScaler and TransformedTargetRegressor.

    Raises ValueError for data that scikit-learn refuses, and what `fit` raises. Warns with
    ConvergenceWarning where a training diverges. Needs the extra `sklearn`.

    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]
    >>> model = make_pipeline(StandardScaler(), Regressor((), optimizer="l-bfgs", random_state=0))
    >>> model.fit(X, y).predict([[4.0]]).round(3)
    array([9.])
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train the network on observations, one row each."""
        X, y = validate_data(self, X, y, dtype=FLOATS, multi_output=True, y_numeric=True)
        self._flat = y.ndim == 1
        targets = y.reshape(len(y), -1).astype(X.dtype)
        return self._train(X, targets, targets.shape[1], "mean_squared_error")

    def predict(self, X: Any) -> Any:
        """The outputs for rows of X, in the shape of the y that was trained on."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._flat and outputs.ndim > 1 else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class Classifier(ClassifierMixin, Estimator):
    """A network that predicts classes, as an estimator of scikit-learn.

        R(θ) = −Σᵢ log softmax(f(xᵢ; θ))[yᵢ] / n

    The settings are those of `Regressor`; the loss is `cross_entropy` by default, and the network has one
    output, a logit, per class. Labels may be numbers or text. After `fit` there are `classes_`, too.

    Raises ValueError for data that scikit-learn refuses, and what `fit` raises. Warns with
    ConvergenceWarning where a training diverges. Needs the extra `sklearn`.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), Classifier((8,), epochs=20, lr=0.03, random_state=0))
    >>> bool(cross_val_score(model, X, y, cv=3).mean() > 0.9)
    True
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train the network on observations, one row each, with a label for each."""
        X, y = validate_data(self, X, y, dtype=FLOATS)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        return self._train(X, labels, len(self.classes_), "cross_entropy")

    def decision_function(self, X: Any) -> Any:
        """The logits for rows of X, shape (n, n_classes); for two classes their difference, shape (n,)."""
        logits = self._outputs(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X: Any) -> Any:
        """The probabilities of the classes for rows of X, shape (n, n_classes)."""
        return softmax(self._outputs(X))

    def predict(self, X: Any) -> Any:
        """The most probable class for each row of X."""
        best = self._outputs(X).argmax(axis=1)
        return self.classes_[best]
