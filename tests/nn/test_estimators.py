"""nn.Regressor and nn.Classifier are estimators by scikit-learn's own checks, and work where these do."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import nn
import optim

QUICK = {"hidden_layer_sizes": [20], "batch_size": None, "lr": 0.05, "epochs": 30}
BOTH = pytest.mark.parametrize("kind", [nn.Regressor, nn.Classifier])
X = np.random.default_rng(0).normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.5] + 1.0


@BOTH
def test_scikit_learn_accepts_it(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcomes = check_estimator(kind(**QUICK), on_skip=None)
    assert len(outcomes) > 50
    assert {outcome["status"] for outcome in outcomes} <= {"passed", "skipped"}
    assert sum(outcome["status"] == "skipped" for outcome in outcomes) <= 2  # without pandas, or array_api


def test_importing_nn_does_not_import_scikit_learn():
    code = "import sys, nn; from nn import *; print([m for m in sys.modules if m.startswith('sklearn')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"


def test_without_scikit_learn_the_error_names_the_extra():
    code = "import sys; sys.modules['sklearn'] = None; import nn\ntry: nn.Classifier\n"
    code += "except ImportError as error: print(error)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'autodiff-lecture[sklearn]'" in told


def test_it_works_in_pipelines_searches_and_cross_validation():
    data, labels = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), nn.Classifier(**QUICK, random_state=0))
    assert cross_val_score(model, data, labels, cv=3).mean() > 0.9
    search = GridSearchCV(model, {"classifier__alpha": [1e-4, 1e4]}, cv=3).fit(data, labels)
    assert search.best_params_ == {"classifier__alpha": 1e-4}


@BOTH
def test_a_clone_and_a_pickle_predict_the_same(kind):
    y = Y if kind is nn.Regressor else Y > 0.0
    model = kind(**QUICK, random_state=3).fit(X, y)
    assert np.array_equal(clone(model).fit(X, y).predict(X), model.predict(X))
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(X), model.predict(X))
    assert not np.array_equal(
        clone(model).set_params(random_state=4).fit(X, y).network_.predict(X), model.network_.predict(X)
    )


def test_labels_are_those_given_and_probabilities_belong_to_them():
    labels = np.where(Y > 1.0, "above", np.where(Y > 0.0, "below", "negative"))
    model = nn.Classifier(**QUICK | {"epochs": 200}, random_state=0).fit(X, labels)
    assert model.classes_.tolist() == ["above", "below", "negative"]
    probabilities = model.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), probabilities)
    assert (model.classes_[probabilities.argmax(axis=1)] == model.predict(X)).all()
    assert model.score(X, labels) > 0.9


def test_predictions_have_the_shape_of_targets():
    two = np.column_stack([Y, -Y])
    assert nn.Regressor(**QUICK).fit(X, Y).predict(X).shape == (60,)
    model = nn.Regressor(**QUICK | {"epochs": 300}, random_state=0).fit(X, two)
    assert model.predict(X).shape == two.shape
    assert model.score(X, two) > 0.95


def test_the_penalty_is_that_of_scikit_learn():
    labels = (Y > 0.0).astype(int)
    options = {"hidden_layer_sizes": [3], "activation": "tanh", "alpha": 5.0, "random_state": 0}
    ours = nn.Classifier(**options, optimizer="l-bfgs", batch_size=None, epochs=500).fit(X, labels)
    theirs = MLPClassifier(**options, solver="lbfgs", max_iter=5000, tol=1e-12).fit(X, labels)
    # Two logits z share what one logit has: w = w₁ − w₂, of which the penalty is half.
    assert ours.history_.loss[-1] < 0.6931
    assert (ours.predict(X) == theirs.predict(X)).mean() > 0.95


def test_the_penalty_is_half_alpha_times_the_squares_of_the_weights_per_batch():
    free = nn.Regressor([], alpha=0.0, optimizer="l-bfgs", batch_size=None, random_state=0).fit(X, Y)
    bound = nn.Regressor([], alpha=60.0, optimizer="l-bfgs", batch_size=None, random_state=0).fit(X, Y)
    np.testing.assert_allclose(free.network_.layers[0].weight.data, [[1.0, -2.0, 0.5]], atol=1e-6)
    centred = X - X.mean(axis=0)
    ridge = np.linalg.solve(centred.T @ centred + 30.0 * np.eye(3), centred.T @ (Y - Y.mean()))
    np.testing.assert_allclose(bound.network_.layers[0].weight.data[0], ridge, atol=1e-6)


def test_early_stopping_and_optimisers_are_those_of_fit():
    options = QUICK | {"epochs": 2000, "validation": 0.2, "patience": 5}
    model = nn.Regressor(**options, random_state=0).fit(X, Y)
    assert model.history_.epochs < 2000
    assert model.history_.validation_loss
    adamw = nn.Regressor([5], optimizer=lambda p: optim.AdamW(p, lr=0.01), epochs=3).fit(X, Y)
    assert adamw.history_.lr == [0.01] * 3
    exact = nn.Regressor([3], "tanh", optimizer="levenberg-marquardt", batch_size=None, random_state=0)
    assert exact.fit(X, Y).score(X, Y) > 0.99


def test_of_two_classes_the_sign_of_the_decision_is_the_prediction():
    model = nn.Classifier(**QUICK, random_state=0).fit(X, Y > 0.0)
    decision = model.decision_function(X)
    assert decision.shape == (60,)
    np.testing.assert_array_equal(decision > 0.0, model.predict(X))
    np.testing.assert_allclose(1.0 / (1.0 + np.exp(-decision)), model.predict_proba(X)[:, 1])


def test_a_network_of_ones_own_is_trained_as_fit_trains_it():
    made = []

    def network(n_features, n_outputs):
        made.append(nn.Sequential(nn.Linear(n_features, 4, seed=0), nn.tanh, nn.Linear(4, n_outputs, seed=1)))
        return made[-1]

    model = nn.Regressor(network=network, alpha=0.1, epochs=3, random_state=0).fit(X, Y)
    assert model.network_ is made[0]
    np.testing.assert_array_equal(model.predict(X), made[0].predict(X)[:, 0])
    assert model.n_iter_ == model.history_.epochs == 3


def test_float32_stays_float32():
    model = nn.Regressor([5], epochs=1).fit(X.astype(np.float32), Y)
    assert model.predict(X.astype(np.float32)).dtype == np.float32


def test_a_training_that_diverges_warns():
    with pytest.warns(ConvergenceWarning, match="Regressor diverged in epoch"):
        nn.Regressor([4], optimizer="sgd", lr=1e6, random_state=0).fit(X * 1e3, Y)


def test_wrong_parameters_are_named():
    with pytest.raises(ValueError, match=r"Regressor: alpha must be 0 or above, got -1"):
        nn.Regressor(alpha=-1).fit(X, Y)
    with pytest.raises(ValueError, match="y holds one class, 2"):
        nn.Classifier().fit(X, np.full(60, 2))
    with pytest.raises(ValueError, match="activation"):
        nn.Classifier(activation="rleu").fit(X, Y > 0)
    with pytest.raises(ValueError, match="expecting 3 features"):
        nn.Regressor(**QUICK).fit(X, Y).predict(X[:, :2])


@pytest.mark.parametrize("alpha", ["0.1", None, [1.0]])
def test_alpha_is_a_number(alpha):
    with pytest.raises(TypeError, match="Regressor: alpha must be a number, got"):
        nn.Regressor(alpha=alpha).fit(X, Y)


@pytest.mark.parametrize("network", [nn.MLP(3, [1], seed=0), 5])
def test_a_network_is_made_by_a_function(network):
    with pytest.raises(
        TypeError, match=r"Regressor: network must be a function of \(n_features, n_outputs\)"
    ):
        nn.Regressor(network=network).fit(X, Y)


@pytest.mark.parametrize("extra", [1, 3])
def test_a_classifier_takes_a_network_with_an_output_per_class(extra):
    def network(n_features, n_outputs):
        return nn.MLP(n_features, [n_outputs + extra], seed=0)

    model = nn.Classifier(network=network, epochs=1)
    with pytest.raises(ValueError, match="must give 2 outputs per observation, one per class; it makes"):
        model.fit(X, Y > 0)
    assert not hasattr(model, "network_")


def test_a_training_that_fails_leaves_the_last_one_whole():
    labels = np.where(Y > 0, "up", "down")
    classifier = nn.Classifier(**QUICK, random_state=0).fit(X, labels)
    regressor = nn.Regressor(**QUICK, random_state=0).fit(X, Y)
    before = classifier.predict(X).tolist(), regressor.predict(X).shape
    for model, target in ((classifier, np.arange(60) % 4), (regressor, np.c_[Y, Y])):
        with pytest.raises(ValueError, match="the learning rate lr must be above 0"):
            model.set_params(lr=-1.0).fit(X, target)
    assert (classifier.predict(X).tolist(), regressor.predict(X).shape) == before
