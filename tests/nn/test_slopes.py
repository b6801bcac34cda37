"""fit by a program: the same training, in less time, and said which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
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


# -- what a program would not do as the engine does --------------------------------------------


def test_a_loss_that_raises_what_it_likes_on_values_is_left_to_the_engine(monkeypatch):
    def loss(output, target):
        return nn.squared_error(output, target) if target.flags.aligned else None

    monkeypatch.setattr(slopes, "WARM_UP", 3)
    history = nn.fit(nn.MLP(3, [1], seed=0), X, X[:, 0], loss=loss, epochs=5, progress=False)
    assert history.epochs == 5
    assert history.engine == "eager: 'Value' object has no attribute 'flags'"
    with pytest.raises(AttributeError, match="flags"):
        nn.fit(nn.MLP(3, [1], seed=0), X, X[:, 0], loss=loss, epochs=5, progress=False, compiled=True)


class Annealed(nn.Module):
    """A model that counts its calls, and goes by the count."""

    def __init__(self):
        self.line = nn.Linear(3, 1, seed=0)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return self.line(x) * (1.0 if self.calls < 12 else 0.1)


class Remembering(nn.Module):
    """A model that keeps what it computed."""

    def __init__(self):
        self.line = nn.Linear(3, 1, seed=0)

    def forward(self, x):
        self.hidden = self.line(x)
        return ad.tanh(self.hidden)


class Counting:
    """A loss that goes by its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, output, target):
        self.calls += 1
        return nn.mean_squared_error(output, target) * (1.0 if self.calls < 12 else 0.1)


def nonlocally_counting():
    """A loss that goes by its calls, too."""
    calls = 0

    def loss(output, target):
        nonlocal calls
        calls += 1
        return nn.mean_squared_error(output, target) * (1.0 if calls < 12 else 0.1)

    return loss


CHANGING = [
    (Annealed, lambda: "mean_squared_error", "calls"),
    (Remembering, lambda: "mean_squared_error", "hidden"),
    (lambda: nn.MLP(3, [1], seed=0), Counting, "calls"),
    (lambda: nn.MLP(3, [1], seed=0), nonlocally_counting, "calls"),
]


@pytest.mark.parametrize(("model", "loss", "name"), CHANGING)
def test_what_changes_from_step_to_step_is_not_frozen_in_a_program(model, loss, name, monkeypatch):
    def go(compiled):
        trained = model()
        options = {"epochs": 20, "batch_size": None, "progress": False, "compiled": compiled}
        return nn.fit(trained, X, X[:, 0], loss=loss(), **options), trained.state_dict()

    monkeypatch.setattr(slopes, "WARM_UP", 6)
    history, weights = go(None)
    assert (
        history.engine == f"eager: a program would keep {name} as it is now, but it changes in the training"
    )
    assert all(map(np.array_equal, weights.values(), go(False)[1].values()))
    with pytest.raises(ValueError, match=f"a program would keep {name} as it is now"):
        go(True)


def test_a_number_that_a_loss_reads_from_outside_is_read_anew(monkeypatch):
    def go(compiled):
        scale, steps = 1.0, 0

        def loss(output, target):
            return scale * nn.mean_squared_error(output, target)

        def anneal(output, target):
            nonlocal scale, steps
            steps += 1
            scale = 1.0 if steps < 12 else 0.1
            return 0.0

        model = nn.MLP(3, [1], seed=0)
        nn.fit(
            model, X, X[:, 0], loss=loss, metrics={"m": anneal}, epochs=20, batch_size=None,
            progress=False, compiled=compiled,
        )  # fmt: skip
        return model.state_dict()

    monkeypatch.setattr(slopes, "WARM_UP", 6)
    expected = go(False)
    for compiled in (None, True):
        for name, weights in go(compiled).items():
            np.testing.assert_allclose(weights, expected[name], rtol=1e-9)


def test_integers_that_wrap_around_are_left_to_the_engine():
    def loss(output, target):
        return nn.mean_squared_error(output, 1 - target)  # 255 where the target is 2

    labels = (np.arange(30) % 3).astype(np.uint8)
    history = nn.fit(nn.MLP(3, [1], seed=0), X, labels, loss=loss, epochs=1, progress=False)
    assert history.engine == "eager: arithmetic of uint8 wraps around, unlike a program's"
    with pytest.raises(ValueError, match="compiled=True, but arithmetic of uint8 wraps around"):
        nn.fit(nn.MLP(3, [1], seed=0), X, labels, loss=loss, progress=False, compiled=True)


def test_an_anomaly_is_seen_where_it_arises():
    seen = []

    def kind(output, target):
        seen.append(type(output))
        return 0.0

    model = nn.MLP(3, [5, 1], seed=0)
    options = {"metrics": {"kind": kind}, "progress": False, "compiled": True}
    with ad.detect_anomaly():
        history = nn.fit(model, X, X[:, 0], epochs=1, **options)
        assert history.engine == "eager: detect_anomaly() looks at each step"
    assert set(seen) == {np.ndarray}


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
