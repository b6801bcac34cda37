"""Networks as estimators of scikit-learn: its own checks, and what its users do with them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import nn

QUICK = {"epochs": 12, "lr": 0.03, "batch_size": 8}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.parametrize("make", [nn.Regressor, nn.Classifier])
def test_they_pass_the_checks_of_scikit_learn(make) -> None:
    results = check_estimator(make((16,), **QUICK), on_fail=None, on_skip=None)
    assert len(results) > 40
    assert {r["check_name"]: r["exception"] for r in results if r["status"] in ("failed", "xfail")} == {}


def test_classes_may_be_text_and_probabilities_are_those_of_the_logits() -> None:
    X, y = load_iris(return_X_y=True, as_frame=False)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    model = nn.Classifier((8,), random_state=0, **QUICK).fit(X, names)
    P = model.predict_proba(X)
    assert P.shape == (150, 3)
    np.testing.assert_allclose(P.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(model.predict(X), model.classes_[P.argmax(axis=1)])
    np.testing.assert_array_equal(model.network_.predict(X), model.decision_function(X))
    assert model.score(X, names) > 0.9
    assert model.n_iter_ == model.history_.epochs == QUICK["epochs"]


def test_of_two_classes_the_sign_of_the_decision_is_the_prediction() -> None:
    X, y = make_moons(80, noise=0.1, random_state=0)
    model = nn.Classifier((8,), random_state=0, **QUICK).fit(X, y)
    decision = model.decision_function(X)
    assert decision.shape == (80,)
    np.testing.assert_array_equal(decision > 0.0, model.predict(X) == 1)
    np.testing.assert_allclose(1.0 / (1.0 + np.exp(-decision)), model.predict_proba(X)[:, 1], rtol=1e-12)


def test_they_are_what_fit_makes_of_the_same_network() -> None:
    X, y = np.random.default_rng(0).normal(size=(30, 3)), np.arange(30.0)
    network = nn.MLP(3, [4, 1], seed=1)
    model = nn.Regressor(network=lambda n_inputs, n_outputs: network, random_state=0, **QUICK).fit(X, y)
    assert model.network_ is network
    np.testing.assert_array_equal(model.predict(X), network.predict(X)[:, 0])
    again = nn.Regressor(network=lambda *sizes: nn.MLP(3, [4, 1], seed=1), random_state=0, **QUICK).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), again.predict(X))


def test_the_default_network_has_a_node_per_target_and_the_dtype_of_the_data() -> None:
    X = np.ones((6, 3), np.float32)
    model = nn.Regressor((5,), epochs=1).fit(X, np.ones((6, 2)))
    assert model.network_.sizes == [5, 2]
    assert model.predict(X).shape == (6, 2)
    assert model.predict(X).dtype == np.float32


def test_the_weights_decay_where_they_are_to() -> None:
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.ones(40)

    def size_with(decay: float) -> float:
        model = nn.Regressor((8,), weight_decay=decay, optimizer="adamw", random_state=0, **QUICK)
        return sum(float((p.data**2).sum()) for p in model.fit(X, y).network_.parameters())

    assert size_with(0.5) < size_with(0.1) < size_with(0.0)


@pytest.mark.parametrize("optimizer", ["l-bfgs", partial(nn.MLP, 1)])
def test_a_decay_that_nothing_would_take_is_refused(optimizer) -> None:
    model = nn.Regressor(weight_decay=0.1, optimizer=optimizer)
    with pytest.raises(ValueError, match=r"Regressor: weight_decay=0\.1 needs an optimizer by name"):
        model.fit([[1.0], [2.0]], [1.0, 2.0])


def test_pipelines_searches_clones_and_pickles() -> None:
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), nn.Classifier((8,), random_state=0, **QUICK))
    assert cross_val_score(model, X, y, cv=3).mean() > 0.9
    search = GridSearchCV(model, {"classifier__hidden": [(2,), (8,)]}, cv=2).fit(X, y)
    assert search.best_params_["classifier__hidden"] in [(2,), (8,)]
    kept = pickle.loads(pickle.dumps(search.best_estimator_))
    np.testing.assert_array_equal(kept.predict_proba(X), search.predict_proba(X))
    np.testing.assert_array_equal(clone(kept).fit(X, y).predict_proba(X), search.predict_proba(X))


def test_a_training_that_diverges_warns() -> None:
    X, y = np.random.default_rng(0).normal(size=(30, 2)) * 1e3, np.arange(30.0)
    with pytest.warns(ConvergenceWarning, match="Regressor diverged in epoch"):
        nn.Regressor((4,), optimizer="sgd", lr=1e6, random_state=0).fit(X, y)


def test_importing_nn_does_not_import_scikit_learn() -> None:
    program = "import sys, nn; from nn import *; print('sklearn' in sys.modules, 'Classifier' in dir(nn))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"


def test_without_scikit_learn_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "nn.estimators")
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    with pytest.raises(ImportError, match=r"need scikit-learn: pip install 'autodiff-lecture\[sklearn\]'"):
        _ = nn.Classifier
