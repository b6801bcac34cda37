"""fit: what it returns, leaves behind and refuses."""

import math
import os
import signal
import sys
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value
from nn import MLP, BatchNorm, Dropout, Embedding, Linear, Network, Sequential, accuracy, fit
from nn.losses import binary_cross_entropy, cross_entropy, mean_squared_error, squared_error
from nn.module import Module
from nn.training.observations import Observations, split
from optim import SGD, Adam, ReduceLROnPlateau, StepLR

quiet = partial(fit, progress=False)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 2))
Y = X @ [2.0, -1.0] + 0.5
LABELS = (X[:, 0] > 0.0).astype(int) + (X[:, 1] > 0.5)


def same_state(a, b):
    a, b = a.state_dict(), b.state_dict()
    return all(np.array_equal(a[name], b[name]) for name in a)


def line(seed=0):
    return Linear(2, 1, seed=seed)


# -- batches -----------------------------------------------------------------------------------


@given(n=st.integers(1, 40), size=st.integers(1, 50), seed=st.integers(0, 2**70), epoch=st.integers(1, 2**40))
def test_an_epoch_visits_each_observation_once_with_its_target(n, size, seed, epoch):
    data = Observations(np.arange(n)[:, None], -np.arange(n))
    batches = list(data.batches(size, seed, epoch))
    assert sorted(x for batch in batches for x in batch.X[:, 0]) == list(range(n))
    assert all((batch.y == -batch.X[:, 0]).all() for batch in batches)
    sizes = [batch.n for batch in batches]
    assert set(sizes[:-1]) <= {size}
    assert 1 < sizes[-1] <= size + 1 or 1 in (n, size)


def test_the_order_of_batches_changes_with_epoch_and_seed_alone():
    data = Observations(X, Y)

    def order(seed, epoch):
        return np.concatenate([batch.y for batch in data.batches(7, seed, epoch)]).tolist()

    assert order(1, 1) == order(1, 1)
    assert len({tuple(order(seed, epoch)) for seed in range(3) for epoch in range(1, 4)}) == 9


@given(
    n=st.integers(2, 50),
    fraction=st.floats(0.0, 1.0, exclude_min=True, exclude_max=True),
    seed=st.integers(0),
)
def test_a_split_holds_out_the_fraction_and_loses_nothing(n, fraction, seed):
    data = Observations(np.arange(n)[:, None], np.arange(n))
    training, held_out = split(data, fraction, seed)
    assert sorted([*training.y, *held_out.y]) == list(range(n))
    assert min(training.n, held_out.n) >= 1
    assert abs(held_out.n - fraction * n) <= 1.0


# -- training ----------------------------------------------------------------------------------


def test_a_line_is_found():
    model = line()
    history = quiet(model, X, Y, optimizer="sgd", lr=0.1, batch_size=10, epochs=200, seed=0)
    np.testing.assert_allclose(model.weight.data, [[2.0, -1.0]], atol=1e-8)
    np.testing.assert_allclose(model.bias.data, [0.5], atol=1e-8)
    assert (history.epochs, history.reason) == (200, "reached 200 epochs")
    assert len(history.lr) == len(history.seconds) == 200


def test_the_steps_are_those_of_the_loop_that_one_would_write():
    model, by_hand = MLP(2, [4, 1], seed=0), MLP(2, [4, 1], seed=0)
    history = quiet(model, X, Y, optimizer="adam", lr=0.01, epochs=3, batch_size=8, seed=5)
    optimizer, losses = Adam(by_hand.parameters(), lr=0.01), []
    for epoch in (1, 2, 3):
        order, total = np.random.default_rng([5, epoch]).permutation(30), 0.0
        for batch in np.split(order, [8, 16, 24]):
            optimizer.zero_grad()
            loss = mean_squared_error(by_hand(X[batch]), Y[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / 30)
    assert same_state(model, by_hand)
    assert history.loss == losses


def test_equal_seeds_train_alike_and_others_do_not():
    models = [MLP(2, [4, 1], seed=0) for _ in range(4)]
    for model, seed in zip(models, (7, 7, 8, np.random.default_rng(7)), strict=True):
        quiet(model, X, Y, epochs=3, batch_size=8, seed=seed)
    assert same_state(models[0], models[1])
    assert not same_state(models[0], models[2])
    assert not same_state(models[0], models[3])


def test_a_sum_is_noted_as_a_sum_and_a_mean_as_a_mean():
    sums = quiet(line(), X, Y, loss=squared_error, optimizer="sgd", lr=1e-12, epochs=1, batch_size=7)
    means = quiet(
        line(), X, Y, loss=partial(squared_error, reduction="mean"), optimizer="sgd", lr=1e-12, epochs=1
    )
    assert sums.loss[0] == pytest.approx(30 * means.loss[0], rel=1e-6)


def test_a_classifier_learns_from_labels_by_the_name_of_its_loss():
    model = MLP(2, [16, 3], activation="tanh", seed=0)
    history = quiet(
        model,
        X,
        LABELS,
        loss="cross_entropy",
        lr=0.05,
        epochs=80,
        batch_size=10,
        seed=1,
        metrics={"hits": accuracy},
    )
    assert accuracy(model(X), LABELS) == 1.0
    assert history.metrics["hits"][-1] == 1.0
    assert list(history.metrics) == ["hits"]


def test_the_lecture_form_is_trained_as_the_array_form():
    network = Network(2, [3, 1], seed=0)
    array = network.to_mlp()
    histories = [
        quiet(m, X, Y, optimizer="sgd", lr=0.1, epochs=3, batch_size=10, seed=0) for m in (network, array)
    ]
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-12)
    np.testing.assert_allclose(network(X).data, array(X).data, rtol=1e-10)


def test_integers_stay_integers_for_an_embedding():
    model = Sequential(Embedding(5, 1, seed=0))
    words = np.arange(20) % 5
    quiet(model, words, words**2.0, optimizer="sgd", lr=0.5, epochs=60, batch_size=5, seed=0)
    np.testing.assert_allclose(model(np.arange(5)).data[:, 0], [0.0, 1.0, 4.0, 9.0, 16.0], atol=1e-6)


def test_lists_and_whatever_numpy_converts_are_observations():
    class Frame:
        def __array__(self, dtype=None, copy=None):
            return X

    models = [line(), line()]
    quiet(models[0], Frame(), Y.tolist(), epochs=2, seed=0)
    quiet(models[1], X.tolist(), Y[:, None], epochs=2, seed=0)
    assert same_state(*models)


def test_an_optimizer_a_class_and_a_function_may_be_given():
    def trained(optimizer, **options):
        model = line()
        quiet(
            model,
            X,
            Y,
            optimizer=optimizer(model) if optimizer is instance else optimizer,
            epochs=2,
            seed=0,
            **options,
        )
        return model

    def instance(model):
        return SGD(model.parameters(), lr=0.05)

    expected = trained("sgd", lr=0.05)
    assert same_state(expected, trained(SGD, lr=0.05))
    assert same_state(expected, trained(lambda parameters: SGD(parameters, lr=0.05)))
    assert same_state(expected, trained(instance))


def test_a_schedule_goes_on_each_epoch():
    history = quiet(
        line(), X, Y, lr=0.1, schedule=lambda optimizer: StepLR(optimizer, 2, gamma=0.5), epochs=5
    )
    assert history.lr == [0.1, 0.1, 0.05, 0.05, 0.025]
    optimizer = SGD(line(1).parameters(), lr=0.1)
    model = line()
    optimizer = SGD(model.parameters(), lr=0.1)
    assert quiet(model, X, Y, optimizer=optimizer, schedule=StepLR(optimizer, 1), epochs=2).lr[
        1
    ] == pytest.approx(0.01)


def test_a_plateau_is_seen_in_the_validation_loss():
    opposite = (X, -Y)  # the better the model is on the one, the worse it is on the other
    history = quiet(
        line(), X, Y, optimizer="sgd", lr=0.1, validation=opposite, epochs=4,
        schedule=lambda optimizer: ReduceLROnPlateau(optimizer, patience=0),
    )  # fmt: skip
    assert history.loss == sorted(history.loss, reverse=True)
    assert history.lr[-1] < 0.1


def test_frozen_parameters_stay():
    model = MLP(2, [4, 1], seed=0)
    model.layers[0].freeze()
    quiet(model, X, Y, epochs=2)
    assert same_state(model.layers[0], MLP(2, [4, 1], seed=0).layers[0])
    assert not same_state(model.layers[1], MLP(2, [4, 1], seed=0).layers[1])


@pytest.mark.parametrize("options", [{}, {"compiled": True}, {"optimizer": "l-bfgs"}])
def test_a_model_that_writes_values_into_an_array_is_told_how_to_do_without(options):
    class Written(Module):
        def __init__(self):
            self.w = Value(2.0, "w")

        def forward(self, x):
            y = np.zeros(len(x))
            for i in range(len(x)):
                y[i] = self.w * x[i, 0]
            return y

    with pytest.raises(TypeError, match=r"^float\(\) of .*stack or where.*\.item\(\)"):
        quiet(Written(), X, Y, **options)


def test_no_epochs_leave_the_model_as_it_is():
    model = line()
    history = quiet(model, X, Y, epochs=0, patience=1)
    assert same_state(model, line())
    assert (history.epochs, history.reason) == (0, "reached 0 epochs")


# -- validation, early stopping ----------------------------------------------------------------


def test_validation_is_measured_with_the_weights_at_the_end_of_the_epoch_in_eval_mode():
    model = Sequential(Linear(2, 4, seed=0), Dropout(0.5, seed=0), BatchNorm(4), Linear(4, 1, seed=1))
    history = quiet(model, X[:20], Y[:20], validation=(X[20:], Y[20:]), epochs=3, seed=0)
    assert not any(module.training for module in model.modules())
    with ad.no_grad():
        assert history.validation_loss[-1] == mean_squared_error(model(X[20:]), Y[20:]).item()


def test_validation_data_are_not_trained_on():
    wild = np.full(10, 1e6)
    models = [line(), line()]
    quiet(models[0], X[:20], Y[:20], epochs=3, seed=0)
    quiet(models[1], X[:20], Y[:20], validation=(X[20:], wild), epochs=3, seed=0)
    assert same_state(*models)


def test_metrics_are_noted_in_training_and_validation():
    history = quiet(
        MLP(2, [4, 3], seed=0),
        X,
        LABELS,
        loss=cross_entropy,
        metrics={"accuracy": accuracy},
        validation=0.2,
        epochs=3,
    )
    assert list(history.metrics) == ["accuracy", "validation accuracy"]
    assert all(len(column) == 3 and min(column) >= 0.0 for column in history.metrics.values())


def test_patience_stops_early_and_restores_the_best_weights():
    noise = np.random.default_rng(1).normal(size=15)
    model = MLP(2, [30, 1], activation="tanh", seed=0)
    history = quiet(model, X[:15], noise, validation=(X[15:], noise), lr=0.02, epochs=500, patience=5, seed=0)
    assert history.epochs == history.best_epoch + 5 < 500
    assert history.reason.startswith("stopped early: the validation loss has not improved in 5 epochs")
    with ad.no_grad():
        assert mean_squared_error(model(X[15:]), noise).item() == min(history.validation_loss)


def test_without_patience_the_last_weights_stay():
    noise = np.random.default_rng(1).normal(size=15)
    model = MLP(2, [30, 1], activation="tanh", seed=0)
    history = quiet(model, X[:15], noise, validation=(X[15:], noise), lr=0.02, epochs=60, seed=0)
    with ad.no_grad():
        assert mean_squared_error(model(X[15:]), noise).item() == history.validation_loss[-1]


# -- callbacks ---------------------------------------------------------------------------------

EVERY = ["adam", "l-bfgs", "levenberg-marquardt"]


@pytest.mark.parametrize("optimizer", EVERY)
def test_a_callback_sees_each_epoch_with_the_model_as_the_epoch_left_it(optimizer):
    seen, model = [], Sequential(Linear(2, 4, seed=0), "tanh", Linear(4, 1, seed=1))

    def note(history):
        error = mean_squared_error(model.predict(X), Y)
        seen.append((history.epochs, history.validation_loss[-1], error, model.training))

    history = quiet(model, X, Y, optimizer=optimizer, epochs=5, validation=(X, Y), seed=0, callback=note)
    assert [epoch for epoch, *_ in seen] == list(range(1, history.epochs + 1))
    assert all(error == noted and not training for _, noted, error, training in seen)


@pytest.mark.parametrize("optimizer", EVERY)
@pytest.mark.parametrize("way", ["true", "StopIteration"])
def test_a_callback_ends_the_training_with_the_weights_of_that_epoch(optimizer, way):
    def stop(history):
        if history.epochs == 2:
            last.append(model.state_dict())
            if way == "true":
                return True
            raise StopIteration
        return None

    last, model = [], Sequential(Linear(2, 4, seed=0), "tanh", Linear(4, 1, seed=1))
    history = quiet(model, X, Y, optimizer=optimizer, epochs=9, seed=0, callback=stop)
    assert history.epochs == 2
    assert history.reason == "stopped by the callback"
    assert not history.interrupted
    assert all(np.array_equal(x, last[0][name]) for name, x in model.state_dict().items())
    assert not model.training


def test_with_patience_a_callback_that_ends_the_training_leaves_the_best_weights():
    model, states = line(), []

    def stop(history):
        states.append(model.state_dict())
        return history.epochs == 4

    history = quiet(model, X, Y, optimizer="sgd", lr=1.5, epochs=9, batch_size=5, patience=9, callback=stop)
    best = states[history.best_epoch - 1]
    assert history.best_epoch < 4
    assert all(np.array_equal(x, best[name]) for name, x in model.state_dict().items())


@pytest.mark.parametrize("optimizer", EVERY)
@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit])
def test_an_error_in_a_callback_leaves_a_whole_model(optimizer, error):
    states, model = [], Sequential(Linear(2, 4, seed=0), "tanh", Linear(4, 1, seed=1))

    def fail(history):
        states.append(model.state_dict())
        if history.epochs == 3:
            raise error

    with pytest.raises(error):
        quiet(model, X, Y, optimizer=optimizer, epochs=9, seed=0, callback=fail)
    assert all(np.array_equal(x, states[-1][name]) for name, x in model.state_dict().items())
    assert not model.training


def test_a_callback_does_not_change_the_training():
    models = [line(), line()]
    callbacks = [None, lambda history: models[1].predict(X).sum() > 1e9]
    for model, callback in zip(models, callbacks, strict=True):
        quiet(model, X, Y, epochs=5, batch_size=7, seed=0, callback=callback)
    assert same_state(*models)


def test_an_epoch_that_diverged_is_not_shown():
    seen = []
    history = quiet(
        line(), X, Y, optimizer="sgd", lr=1e200, epochs=9, callback=lambda h: seen.append(h.epochs)
    )
    assert history.reason.startswith("diverged")
    assert seen == list(range(1, history.epochs + 1))


# -- what goes wrong on the way ----------------------------------------------------------------


def test_divergence_stops_the_training_and_restores_the_best_weights():
    model = line()
    history = quiet(model, X, Y, optimizer="sgd", lr=50.0, epochs=1000, batch_size=5, seed=0)
    assert history.epochs < 1000
    assert "diverged in epoch" in history.reason
    assert "the loss became" in history.reason
    assert "a smaller learning rate may help, it was 50" in history.reason
    assert all(np.isfinite(p.data).all() for p in model.parameters())
    if history.best_epoch is None:
        assert same_state(model, line())


def test_weights_spoilt_by_the_last_step_are_not_returned():
    class Spoiling(SGD):
        def step(self):
            super().step()
            if self.lr < 0.05:
                next(iter(self.param_groups))["params"][1].data = [math.nan]

    model = line()
    history = quiet(
        model, X, Y, optimizer=Spoiling, lr=0.1, schedule=lambda o: StepLR(o, 2), epochs=3, batch_size=None
    )
    assert history.reason.startswith(
        "diverged in epoch 3: bias became nan or infinite; the weights of epoch 2"
    )
    expected = line()
    quiet(expected, X, Y, optimizer="sgd", lr=0.1, epochs=2, batch_size=None)
    assert same_state(model, expected)


def test_what_overflows_from_the_start_is_told_by_the_history_and_warns_nowhere():
    history = fit(MLP(2, [1], seed=0), np.full((4, 2), 1e200), np.ones(4), progress=False)
    assert history.reason.startswith("diverged in epoch 1: the loss became inf")


class Pressing:
    """A loss in whose call of a number Ctrl-C is pressed."""

    def __init__(self, *calls):
        self.calls, self.count = calls, 0

    def __call__(self, output, target):
        if output.shape[0] > 2 and not output.constant:
            self.count += 1
            if self.count in self.calls:
                os.kill(os.getpid(), signal.SIGINT)
        return mean_squared_error(output, target)


@pytest.mark.parametrize("step", [1, 4, 5, 6])
def test_ctrl_c_leaves_the_weights_of_a_complete_step(step):
    steps, model = [], line()

    class Noting(SGD):
        def step(self):
            super().step()
            steps.append([np.copy(p.data) for p in self.param_groups[0]["params"]])

    history = quiet(model, X, Y, loss=Pressing(step), optimizer=Noting, epochs=9, batch_size=6, seed=0)
    assert history.interrupted
    assert history.reason.startswith(f"interrupted in epoch {1 + (step - 1) // 5} after")
    assert len(steps) == step
    assert all(np.array_equal(p.data, x) for p, x in zip(model.parameters(), steps[-1], strict=True))
    assert not model.training


def test_a_second_ctrl_c_does_not_wait():
    class Twice(Pressing):
        def __call__(self, output, target):
            if not output.constant and output.shape[0] > 2:
                self.count += 1
                if self.count == 2:
                    os.kill(os.getpid(), signal.SIGINT)
                    os.kill(os.getpid(), signal.SIGINT)
                    pytest.fail("the second one was not raised")
            return mean_squared_error(output, target)

    model = line()
    history = quiet(model, X, Y, loss=Twice(), optimizer="sgd", epochs=5, batch_size=6, seed=0)
    assert history.interrupted
    assert "after 1 of its steps" in history.reason


def test_an_interrupt_within_the_change_of_the_weights_is_not_hidden():
    class Broken(SGD):
        def step(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quiet(line(), X, Y, optimizer=Broken, lr=0.1)


def test_after_a_training_ctrl_c_is_what_it_was():
    handlers = [signal.getsignal(signal.SIGINT)]
    quiet(line(), X, Y, epochs=1)
    handlers.append(signal.getsignal(signal.SIGINT))
    signal.signal(signal.SIGINT, own := lambda number, frame: None)
    try:
        quiet(line(), X, Y, epochs=1)
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, handlers[0])
    assert handlers[0] is handlers[1]


# -- curvature ---------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["l-bfgs", "levenberg-marquardt"])
@pytest.mark.parametrize("loss", [squared_error, mean_squared_error])
def test_methods_of_second_order_find_a_line_in_a_few_steps(optimizer, loss):
    model = line()
    history = quiet(model, X, Y, loss=loss, optimizer=optimizer, epochs=50, validation=0.2, seed=0)
    np.testing.assert_allclose(model.weight.data, [[2.0, -1.0]], atol=1e-7)
    assert 1 <= history.epochs < 20
    assert len(history.validation_loss) == history.epochs
    assert history.loss[-1] < 1e-12
    assert "converged" in history.reason


def test_l_bfgs_takes_other_losses_and_metrics():
    model = MLP(2, [6, 3], activation="tanh", seed=0)
    history = quiet(
        model, X, LABELS, loss=cross_entropy, optimizer="l-bfgs", epochs=30, metrics={"accuracy": accuracy}
    )
    assert history.epochs <= 30
    assert history.metrics["accuracy"][-1] == accuracy(model(X), LABELS)
    with ad.no_grad():
        assert cross_entropy(model(X), LABELS).item() == pytest.approx(min(history.loss), rel=1e-12)


@pytest.mark.parametrize("optimizer", ["l-bfgs", "levenberg-marquardt"])
def test_patience_stops_methods_of_second_order_and_restores_the_best_weights(optimizer):
    noise = np.random.default_rng(1).normal(size=15)
    model = MLP(2, [10, 1], activation="tanh", seed=0)
    history = quiet(
        model, X[:15], noise, validation=(X[15:], noise), optimizer=optimizer, epochs=500, patience=4
    )
    assert history.epochs == history.best_epoch + 4 < 500
    assert history.reason.startswith("stopped early: the validation loss has not improved in 4 epochs")
    np.testing.assert_allclose(
        mean_squared_error(model.predict(X[15:]), noise), min(history.validation_loss), rtol=1e-12
    )


def test_methods_of_second_order_take_all_observations_at_once():
    assert quiet(line(), X, Y, optimizer="l-bfgs", batch_size=None, epochs=2).epochs == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": "levenberg-marquardt", "loss": "huber"}, "minimises squared errors"),
        ({"optimizer": "l-bfgs", "lr": 0.1, "schedule": 3}, "takes no lr, schedule"),
        ({"optimizer": "l-bfgs", "batch_size": 3}, "takes no batch_size"),
        ({"optimizer": "levenberg-marquardt", "batch_size": 30}, "takes no batch_size"),
        ({"optimizer": "l-bfgs", "checkpoint": "run.npz"}, "takes no checkpoint"),
        ({"optimizer": "l-bfgs", "model": Sequential(Linear(2, 1), Dropout(0.5))}, "draws random numbers"),
    ],
)
def test_what_second_order_methods_cannot_do_is_told(options, message):
    with pytest.raises(ValueError, match=message):
        quiet(**{"model": line(), "X": X, "y": Y, **options})


# -- progress ----------------------------------------------------------------------------------


def test_progress_is_a_bar_of_tqdm_on_stderr(capsys):
    pytest.importorskip("tqdm")
    fit(line(), X, Y, epochs=3)
    out, err = capsys.readouterr()
    assert not out
    assert "3/3" in err
    assert "loss" in err


def test_without_tqdm_progress_is_a_line_on_stderr(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.std", None)
    fit(line(), X, Y, epochs=3, validation=0.5)
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    assert err.startswith("epoch 3/3  loss ")
    assert "validation loss" in err


def test_progress_can_be_silent(capsys):
    quiet(line(), X, Y, epochs=3)
    assert capsys.readouterr() == ("", "")


# -- bad input ---------------------------------------------------------------------------------

HOLES = X.copy()
HOLES[4, 1], HOLES[7, 0], HOLES[9, 1] = math.nan, math.inf, math.nan


class Unused(Module):
    def __init__(self):
        self.layers = [Linear(2, 1, seed=0), Linear(2, 1, seed=1)]

    def forward(self, x):
        return self.layers[0](x)


REFUSED = [
    ({"callback": 5}, TypeError, "fit: the callback must be a function of a History, got 5"),
    *[
        ({"metrics": {name: accuracy}}, ValueError, f"a metric cannot be called '{name}'")
        for name in ("loss", "lr", "seconds", "validation loss", "validation_hits")
    ],
    ({"y": Y[:-1]}, ValueError, r"30 and 29 observations"),
    ({"X": HOLES}, ValueError, r"X has 3 nan or infinite entries, the first X\[4, 1\] = nan"),
    (
        {"y": np.where(np.arange(30) == 11, math.inf, Y)},
        ValueError,
        r"y has 1 .* entry, the first y\[11\] = inf",
    ),
    ({"X": X[:0], "y": Y[:0]}, ValueError, r"no observations, shapes \(0, 2\), \(0,\)"),
    ({"X": 3.0, "y": 2.0}, ValueError, "X must have one row per observation, got the single number"),
    ({"X": [[1.0, 2.0], [3.0]], "y": [1.0, 2.0]}, ValueError, "X must be a regular array"),
    ({"y": np.array(["a", "b"])[LABELS % 2]}, TypeError, r"np\.unique\(y, return_inverse=True\)"),
    ({"X": X.astype(str)}, TypeError, r"X must be real numbers, got dtype <U.*\.astype\(float\)"),
    ({"X": X + 1j}, TypeError, "got dtype complex128"),
    ({"X": np.ma.array(X)}, TypeError, "mask"),
    ({"X": X[:, :1]}, ValueError, r"2 features|n_inputs=2|\(n, 2\)|2"),
    ({"validation": (X[:, :1], Y)}, ValueError, "2"),
    ({"validation": (X, Y[:3])}, ValueError, "validation X and validation y"),
    ({"validation": 1.5}, ValueError, "between 0 and 1"),
    ({"validation": (X, Y, Y)}, ValueError, "pair"),
    ({"y": np.stack([Y, Y], axis=1)}, ValueError, r"\(2, 1\).*\(2, 2\)"),
    ({"model": MLP(2, [3]), "y": LABELS + 1, "loss": "cross_entropy"}, ValueError, "0 to 2; got 3"),
    ({"y": LABELS, "loss": binary_cross_entropy}, ValueError, "between 0 and 1"),
    ({"model": Unused()}, ValueError, r"does not depend on layers\.1\.weight, layers\.1\.bias"),
    ({"model": line().freeze()}, ValueError, "no parameters to train.*unfreeze"),
    (
        {"validation": X},
        TypeError,
        r"fraction between 0 and 1 or a pair \(X, y\), got an array of shape \(30, 2\)",
    ),
    ({"validation": "a"}, TypeError, "fraction between 0 and 1 or a pair .* got 'a'"),
    ({"validation": True}, TypeError, "fraction between 0 and 1 or a pair .* got True"),
    (
        {"metrics": {"hits": lambda a, y: a}},
        TypeError,
        r"metric 'hits' must return a number, got .*shape \(30, 1\)",
    ),
    ({"metrics": {"hits": lambda a, y: "all"}}, TypeError, "metric 'hits' must return a number, got 'all'"),
    ({"metrics": {"hits": lambda a, y: None}}, TypeError, "metric 'hits' must return a number, got None"),
    ({"X": Y}, ValueError, r"X has the shape \(30,\).*X\.reshape\(-1, 1\)"),
    ({"X": Y, "model": Linear(1, 1)}, ValueError, r"X has the shape \(30,\).*X\.reshape\(-1, 1\)"),
    ({"X": Y, "model": BatchNorm(1)}, ValueError, r"X has the shape \(30,\).*X\.reshape\(-1, 1\)"),
    ({"model": "model"}, TypeError, r"must be an nn\.Module, got str"),
    ({"loss": "mean_square_error"}, ValueError, "mean_squared_error"),
    ({"loss": 3}, TypeError, "function of"),
    ({"loss": partial(mean_squared_error, reduction="none")}, TypeError, r"one number, got shape \(2, 1\)"),
    ({"optimizer": "adma"}, ValueError, "'adam'"),
    ({"optimizer": "lbffgs"}, ValueError, "'l-bfgs'"),
    ({"optimizer": 3}, TypeError, "name, an Optimizer or a function, got 3"),
    ({"optimizer": lambda parameters: None}, TypeError, "must make an Optimizer, it made None"),
    ({"optimizer": SGD(line().parameters(), lr=0.1)}, ValueError, "none of the model's"),
    ({"lr": 0.0}, ValueError, "lr"),
    ({"lr": -1.0, "optimizer": "sgd"}, ValueError, "lr"),
    ({"lr": math.nan}, ValueError, "lr"),
    ({"schedule": 3}, TypeError, "schedule must be a Schedule"),
    ({"schedule": StepLR(SGD(line().parameters()), 1)}, ValueError, "of another optimizer"),
    ({"epochs": -1}, ValueError, "epochs must be 0 or more, got -1"),
    ({"epochs": 2.5}, TypeError, r"epochs must be an integer, got 2\.5"),
    ({"batch_size": 0}, ValueError, "batch_size must be 1 or more, got 0"),
    ({"patience": 0}, ValueError, "patience must be 1 or more, got 0"),
    ({"seed": -1}, ValueError, "seed must be 0 or more, got -1"),
    ({"seed": 1.5}, TypeError, "seed must be an integer"),
    ({"metrics": accuracy}, TypeError, "functions by name"),
    ({"metrics": {"accuracy": accuracy}, "validation": (X, np.stack([Y, Y], 1))}, ValueError, "shape"),
]


@pytest.mark.parametrize(("change", "kind", "message"), REFUSED)
def test_bad_input_is_refused_before_the_model_is_changed(change, kind, message):
    call = {"model": line(), "X": X, "y": Y, **change}
    model = call["model"]
    before = model.state_dict() if isinstance(model, Module) else {}
    with pytest.raises(kind, match=message):
        quiet(**call)
    assert all(np.array_equal(before[name], x) for name, x in before.items())
    assert not before or model.training


def test_an_lr_beside_an_optimizer_that_has_one_is_refused():
    model = line()
    with pytest.raises(ValueError, match="set it in SGD"):
        quiet(model, X, Y, optimizer=SGD(model.parameters(), lr=0.1), lr=0.2)


def test_a_model_that_mixes_observations_is_refused():
    class Mean(Module):
        def __init__(self):
            self.weight = Value([1.0, 1.0])

        def forward(self, x):
            return ad.mean(x @ self.weight)

    with pytest.raises(ValueError, match=r"per observation; for 2 of them it returned the shape \(\)"):
        quiet(Mean(), X, Y)


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_no_grad_around_a_training_is_told(optimizer):
    model = line()
    with ad.no_grad(), pytest.raises(RuntimeError, match=r"no_grad\(\).*outside"):
        quiet(model, X, Y, optimizer=optimizer)
    assert same_state(model, line())


@pytest.mark.parametrize("optimizer", ["sgd", "l-bfgs"])
def test_a_model_cannot_change_the_callers_data(optimizer):
    class Scaling(Module):
        def __init__(self):
            self.inner = line()

        def forward(self, x):
            x *= 2.0
            return self.inner(x)

    own, targets = X.copy(), Y.copy()
    with pytest.raises(ValueError, match="read-only"):
        quiet(Scaling(), own, targets, batch_size=None, optimizer=optimizer, epochs=1)
    assert np.array_equal(own, X)
    own *= 1.0  # which stay the caller's to change


# -- accuracy ----------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1))
def test_accuracy_is_the_share_of_right_predictions(pairs):
    predicted, truth = np.array(pairs).T
    expected = sum(p == t for p, t in pairs) / len(pairs)
    assert accuracy(np.eye(3)[predicted], truth) == expected
    assert accuracy(Value(np.eye(3)[predicted]), np.eye(3)[truth]) == expected
    binary = accuracy(np.where(predicted > 0, 2.0, -2.0)[:, None], truth > 0)
    assert binary == sum((p > 0) == (t > 0) for p, t in pairs) / len(pairs)


def test_accuracy_refuses_labels_of_another_number():
    with pytest.raises(
        ValueError, match=r"outputs of shape \(2, 3\) need labels of shape \(2,\), got \(3,\)"
    ):
        accuracy(np.zeros((2, 3)), [0, 1, 2])
    for output, labels in (((2, 3, 4), (2, 4)), ((2, 3, 1), (2,)), ((2,), (2, 3)), ((2, 1), (2, 3))):
        with pytest.raises(ValueError, match="need labels of shape"):
            accuracy(np.zeros(output), np.zeros(labels))


def test_accuracy_of_sequences_is_that_of_their_steps():
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(5, 4, 3)), rng.integers(0, 3, (5, 4))
    assert accuracy(scores, labels) == accuracy(scores.reshape(20, 3), labels.ravel())
    assert accuracy(scores, np.eye(3)[labels]) == accuracy(scores, labels)
    signs = labels > 1
    assert accuracy(scores[..., :1], signs) == accuracy(scores[..., 0].ravel(), signs.ravel())


@pytest.mark.parametrize("optimizer", ["l-bfgs", "levenberg-marquardt"])
def test_methods_of_second_order_refuse_a_model_that_measures_its_batches(optimizer):
    model = Sequential(Linear(2, 3, seed=0), BatchNorm(3), Linear(3, 1, seed=1))
    with pytest.raises(ValueError, match="as batch normalisation does: leave that out"):
        quiet(model, X, Y, loss=mean_squared_error, optimizer=optimizer, epochs=2)


def test_names_of_optimisers_are_read_whatever_their_spelling():
    for name in ("Adam", "SGD", "LBFGS", "Levenberg-Marquardt"):
        assert quiet(line(), X, Y, loss=mean_squared_error, optimizer=name, epochs=1).epochs <= 1


class Length(Module):
    """|X·w|, whose slope is infinite where X·w is 0."""

    def __init__(self):
        self.w = ad.Value(np.ones(2), "w")

    def forward(self, x):
        """One row: √(x·w)²."""
        return ad.sqrt((x @ self.w) ** 2)


@pytest.mark.parametrize("engine", [True, False])
def test_one_row_with_an_infinite_slope_ends_the_training_before_it_spoils_the_weights(engine):
    model, x = Length(), np.array([[1.0, 2.0], [3.0, 4.0], [1.0, -1.0]])
    history = quiet(model, x, np.ones(3), optimizer="sgd", lr=0.1, epochs=3, batch_size=None, compiled=engine)
    assert history.reason.startswith("diverged in epoch 1: the gradient of w became nan or infinite: ")
    assert "the gradient of sqrt with respect to" in history.reason
    assert "recorded at test_training.py:" in history.reason
    assert "add a small constant" in history.reason
    assert model.w.data.tolist() == [1.0, 1.0]
