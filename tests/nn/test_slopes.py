"""fit by a program: the same training, in less time, and said which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autodiff import Value
from nn.training import slopes

LOSSES = {
    "squared_error": lambda X: X @ [1.0, -2.0, 0.5],
    "cross_entropy": lambda X: (X[:, 0] > 0.0).astype(int),
    "binary_cross_entropy": lambda X: (X[:, 0] > 0.0).astype(float),
    "hinge": lambda X: np.where(X[:, 0] > 0.0, 1.0, -1.0),
    "huber": lambda X: X @ [5.0, -2.0, 0.5],
}

X = np.random.default_rng(0).normal(size=(30, 3))


def trained(loss, compiled, seed=0, activation="tanh", **options):
    model = nn.MLP(3, [5, 2 if loss == "cross_entropy" else 1], activation=activation, seed=seed)
    history = nn.fit(
        model, X, LOSSES[loss](X), loss=loss, epochs=4, batch_size=8, seed=1, lr=0.01,
        progress=False, compiled=compiled, **options,
    )  # fmt: skip
    return model, history


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(LOSSES)), st.sampled_from(["tanh", "relu", "sigmoid"]), st.integers(0, 9))
def test_a_program_trains_as_the_engine_does(loss, activation, seed):
    model, history = trained(loss, True, seed, activation)
    eager, expected = trained(loss, False, seed, activation)
    assert (history.engine, expected.engine) == ("compiled", "eager: asked for")
    np.testing.assert_allclose(history.loss, expected.loss, rtol=1e-9)
    for name, weights in model.state_dict().items():
        np.testing.assert_allclose(weights, eager.state_dict()[name], rtol=1e-7, atol=1e-9)


def test_a_program_takes_over_in_a_long_training(monkeypatch):
    assert trained("huber", None)[1].engine == "eager: a program takes over after 500 steps"
    monkeypatch.setattr(slopes, "WARM_UP", 7)
    assert trained("huber", None)[1].engine == "compiled"


def test_a_training_that_goes_on_within_a_program_ends_the_same_to_the_last_bit(monkeypatch, tmp_path):
    monkeypatch.setattr(slopes, "WARM_UP", 6)
    model, _ = trained("huber", None, checkpoint=tmp_path / "whole.npz")
    path = tmp_path / "parts.npz"

    class Killed(Exception):  # noqa: N818 (a signal, not a mistake)
        pass

    calls = iter(range(11))

    def metric(output, target):
        if next(calls, None) is None:
            raise Killed
        return 0.0

    def go(metrics):
        other = nn.MLP(3, [5, 1], activation="tanh", seed=0)
        nn.fit(
            other, X, LOSSES["huber"](X), loss="huber", epochs=4, batch_size=8, seed=1, lr=0.01,
            progress=False, metrics={"m": metrics}, checkpoint=path, checkpoint_every=0,
        )  # fmt: skip
        return other

    with pytest.raises(Killed):
        go(metric)
    calls = iter(range(1000))
    other = go(metric)
    for name, weights in model.state_dict().items():
        assert np.array_equal(weights, other.state_dict()[name])


@pytest.mark.parametrize(
    ("layer", "reason"),
    [(nn.Dropout(0.5, seed=0), "draws random numbers"), (nn.BatchNorm(5), "measures its batches")],
)
def test_a_model_that_is_no_program_is_trained_by_the_engine(layer, reason):
    model = nn.Sequential(nn.Linear(3, 5, seed=0), layer, nn.Linear(5, 1, seed=0))
    target = LOSSES["huber"](X)
    assert reason in nn.fit(model, X, target, epochs=1, progress=False).engine
    with pytest.raises(ValueError, match=f"compiled=True, but the model {reason}"):
        nn.fit(model, X, target, epochs=1, progress=False, compiled=True)


class Deciding(nn.Module):
    """A model that looks at its numbers."""

    def __init__(self):
        self.w = Value(np.ones((3, 1)), "w")

    def forward(self, x):
        z = x @ self.w
        return z if float(z.detach().sum().data) > 0.0 else -z


def test_a_model_that_looks_at_numbers_says_so_and_is_trained_by_the_engine(monkeypatch):
    monkeypatch.setattr(slopes, "WARM_UP", 0)
    target = LOSSES["huber"](X)
    history = nn.fit(Deciding(), X, target, epochs=1, progress=False)
    assert history.engine.startswith("eager: ")
    assert "inside a compiled function" in history.engine
    with pytest.raises(TypeError, match="inside a compiled function"):
        nn.fit(Deciding(), X, target, epochs=1, progress=False, compiled=True)


def test_frozen_parameters_stay_in_a_program(monkeypatch):
    monkeypatch.setattr(slopes, "WARM_UP", 0)
    model = nn.MLP(3, [5, 1], seed=0)
    model.layers[0].freeze()
    before = model.state_dict()
    history = nn.fit(model, X, LOSSES["huber"](X), epochs=2, progress=False)
    assert history.engine == "compiled"
    assert np.array_equal(model.state_dict()["layers.0.weight"], before["layers.0.weight"])
    assert not np.array_equal(model.state_dict()["layers.1.weight"], before["layers.1.weight"])


def test_compiled_is_true_false_or_none():
    with pytest.raises(TypeError, match="compiled must be True or False"):
        nn.fit(nn.MLP(3, [1], seed=0), X, LOSSES["huber"](X), progress=False, compiled="yes")
