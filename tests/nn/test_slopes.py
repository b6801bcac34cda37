"""fit by a program: the same training, in less time, and said which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value
from autodiff.programs.version import Version
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


# -- what a model keeps and draws --------------------------------------------------------------


class Noisy(nn.Module):
    """A model of a user's own that keeps a mean, draws from two generators, and has parts in lists."""

    def __init__(self):
        self.lines = [nn.Linear(3, 5, seed=0), nn.Linear(5, 1, seed=1)]
        self.draws = {"noise": np.random.default_rng(3)}
        self.mean, self.seen, self.table = np.zeros(5), np.zeros(1), np.linspace(0.0, 1.0, 500)

    def forward(self, x):
        z = self.lines[0](x) + self.draws["noise"].normal(0.0, 0.1, size=5)
        z = z * (self.draws["noise"].random(x.shape[0]) < 0.9)[:, None]
        self.mean = 0.9 * self.mean + (self.table[:5] * 0.1) * np.arange(5.0)
        self.seen = self.seen + 1.0
        return self.lines[1](ad.tanh(z - self.mean))


def normalised(*layers, dtype=np.float64):
    return nn.Sequential(nn.Linear(3, 5, seed=0, dtype=dtype), *layers, nn.Linear(5, 1, seed=1, dtype=dtype))


STATEFUL = {
    "dropout": lambda: normalised(nn.Dropout(0.4, seed=2)),
    "batch norm": lambda: normalised(nn.BatchNorm(5)),
    "float32": lambda: normalised(nn.BatchNorm(5, dtype=np.float32), nn.Dropout(0.2, 3), dtype=np.float32),
    "one generator in two places": lambda: normalised(*[nn.Dropout(0.3, np.random.default_rng(4))] * 2),
    "several": lambda: normalised(
        nn.BatchNorm(5, momentum=0.5), nn.relu, nn.Dropout(0.5, 1), nn.Dropout(0.1, 2)
    ),
    "a user's own": Noisy,
}


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(STATEFUL)), st.integers(0, 9), st.sampled_from([7, 8, 30]))
def test_a_program_keeps_and_draws_what_the_engine_does(name, seed, size):
    def go(compiled):
        model = STATEFUL[name]()
        x = X.astype(np.float32) if name == "float32" else X
        history = nn.fit(
            model, x, LOSSES["huber"](X), epochs=3, batch_size=size, seed=seed, lr=0.01, progress=False,
            optimizer="sgd", compiled=compiled,  # Adam makes steps of rounding: a bias before has slope 0
        )  # fmt: skip
        return history, model

    (history, model), (expected, eager) = go(True), go(False)
    assert (history.engine, expected.engine) == ("compiled", "eager: asked for")
    tolerance = 1e-4 if name == "float32" else 1e-9
    np.testing.assert_allclose(history.loss, expected.loss, rtol=tolerance)
    wanted = eager.state_dict()
    for key, x in model.state_dict().items():
        assert x.dtype == wanted[key].dtype
        np.testing.assert_allclose(x, wanted[key], rtol=tolerance, atol=tolerance)
    generators = (m.named_parts(np.random.Generator) for m in (model, eager))
    for (_, ours), (_, theirs) in zip(*generators, strict=True):
        assert ours.bit_generator.state == theirs.bit_generator.state


def test_a_model_that_keeps_and_draws_is_compiled_once_for_each_size_of_batch(monkeypatch):
    recorded = []
    monkeypatch.setattr(
        Version, "_recorded", lambda *a, old=Version._recorded, **k: recorded.append(a) or old(*a, **k)
    )
    nn.fit(Noisy(), X, X[:, 0], epochs=5, batch_size=8, progress=False, compiled=True)
    assert len(recorded) == 2  # of 8 and 6 rows


@pytest.mark.parametrize("name", sorted(STATEFUL))
def test_one_that_was_killed_goes_on_with_what_it_kept_to_the_last_bit(name, monkeypatch, tmp_path):
    monkeypatch.setattr(slopes, "WARM_UP", 6)

    def go(epochs, model):
        nn.fit(
            model,
            X,
            X[:, 0],
            epochs=epochs,
            batch_size=8,
            seed=1,
            progress=False,
            checkpoint=tmp_path / "c.npz",
        )
        return model.state_dict()

    wanted = STATEFUL[name]()
    nn.fit(wanted, X, X[:, 0], epochs=4, batch_size=8, seed=1, progress=False)
    go(2, STATEFUL[name]())
    found = go(4, STATEFUL[name]())
    assert all(map(np.array_equal, found.values(), wanted.state_dict().values()))


class DrawingByNumbers(nn.Module):
    """A model whose draws depend on its numbers."""

    def __init__(self, how):
        self.line, self.how = nn.Linear(3, 1, seed=0), how
        self.rng = np.random.default_rng(0)

    def forward(self, x):
        return self.line(x) + self.how(self, x)


UNREPEATABLE = {
    "numbers decide": lambda self, x: (
        self.rng.random() if float(self.line.bias.detach().data[0]) > 0 else 0.0
    ),
    "arrays are given": lambda self, x: self.rng.normal(np.zeros(x.shape[0]))[:, None],
    "it shuffles": lambda self, x: self.rng.shuffle([1.0, 2.0]) or self.rng.random(),
}


@pytest.mark.parametrize("how", UNREPEATABLE.values(), ids=UNREPEATABLE)
def test_what_cannot_be_drawn_again_is_left_to_the_engine_with_the_same_draws(how, monkeypatch):
    def go(warm_up):
        monkeypatch.setattr(slopes, "WARM_UP", warm_up)
        model = DrawingByNumbers(how)
        return nn.fit(model, X, X[:, 0], epochs=4, batch_size=10, seed=0, progress=False), model

    (history, model), (_, expected) = go(4), go(500)
    assert history.engine.startswith("eager: ")
    assert all(map(np.array_equal, model.state_dict().values(), expected.state_dict().values()))
    assert model.rng.bit_generator.state == expected.rng.bit_generator.state


def test_numbers_in_a_tuple_are_left_to_the_engine():
    model = normalised()
    model.fixed = (np.zeros(3),)
    with pytest.raises(ValueError, match="the module keeps a ndarray in a tuple; make it a list"):
        nn.fit(model, X, X[:, 0], epochs=1, progress=False, compiled=True)


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
