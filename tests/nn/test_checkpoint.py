"""Saved models and trainings that go on: complete or refused, and the same to the last bit."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, elementwise
from autodiff.values import declaration
from nn import MLP, BatchNorm, Dropout, Linear, Network, Sequential, fit, load, save
from nn.activations import relu
from nn.losses import mean_squared_error, squared_error
from nn.module import Module
from nn.training.archive import opened, write_arrays
from nn.training.digest import told
from nn.training.packing import pack, unpack
from optim import SGD, AdamW, CosineAnnealingLR, ReduceLROnPlateau, StepLR

FORMATS = [".npz", ".safetensors"]


def noisy(seed=0):
    """A model with everything that a training changes: parameters, buffers, and a generator."""
    return Sequential(
        Linear(3, 6, seed=seed), BatchNorm(6), relu, Dropout(0.3, seed=seed + 1), Linear(6, 1, seed=seed)
    )


def frozen():
    """The same, with its first layer frozen."""
    model = noisy()
    model[0].freeze()
    return model


def observed(n=20, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X, X @ [1.0, -2.0, 0.5] + 0.1 * rng.normal(size=n)


def same_state(a, b):
    a, b = a.state_dict(), b.state_dict()
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def needs(suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")


# -- models in files ---------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "make",
    [
        noisy,
        partial(MLP, 2, [3, 1]),
        partial(Network, 2, [2, 1]),
        partial(MLP, 2, [3, 1], dtype=np.float32),
    ],
)
def test_a_model_comes_back_to_the_last_bit(tmp_path, suffix, make):
    needs(suffix)
    model, other = make(seed=1), make(seed=2)
    save(model, tmp_path / f"model{suffix}")
    assert load(other, tmp_path / f"model{suffix}") is other
    assert same_state(model, other)
    assert [p.dtype for p in model.parameters()] == [p.dtype for p in other.parameters()]


class Odd(Module):
    """Parameters with the names of np.savez's arguments, and of any memory layout."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.file = Value(rng.normal(size=(3, 4)).T)
        self.allow_pickle = Value(rng.normal())
        self.parts = {"w₁₁⁽¹⁾ / a": Value(rng.normal(size=(0, 2)))}


@pytest.mark.parametrize("suffix", FORMATS)
def test_any_name_and_layout_can_be_saved(tmp_path, suffix):
    needs(suffix)
    save(Odd(1), tmp_path / f"model{suffix}")
    assert same_state(load(Odd(2), tmp_path / f"model{suffix}"), Odd(1))


def test_numpy_reads_what_save_writes_and_load_reads_what_numpy_writes(tmp_path):
    model = MLP(2, [3, 1], seed=0)
    save(model, tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as file:
        arrays = dict(file)
    assert arrays.keys() == model.state_dict().keys()
    np.savez_compressed(tmp_path / "numpy.npz", **arrays)
    assert same_state(load(MLP(2, [3, 1], seed=1), tmp_path / "numpy.npz"), model)


def test_equal_models_give_equal_files(tmp_path):
    for name in "ab":
        save(MLP(2, [1], seed=0), tmp_path / f"{name}.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_pytorch_and_nn_exchange_weights_by_safetensors(tmp_path):
    torch = pytest.importorskip("torch")
    peer = pytest.importorskip("safetensors.torch")
    pair = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU())
    pair.eval()
    model = Sequential(Linear(3, 4, seed=0), BatchNorm(4), relu).eval()
    names = dict(zip((n for n in pair.state_dict() if "tracked" not in n), model.state_dict(), strict=True))
    state = {names.get(name, "modules.1.num_batches_tracked"): x for name, x in pair.state_dict().items()}
    peer.save_file(
        {name: x.double() if x.ndim else x for name, x in state.items()}, tmp_path / "a.safetensors"
    )
    load(model, tmp_path / "a.safetensors")
    X = np.random.default_rng(0).normal(size=(5, 3))
    expected = pair.double()(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(model(X).data, expected, rtol=1e-12, atol=1e-14)
    save(model, tmp_path / "b.safetensors")
    back = peer.load_file(tmp_path / "b.safetensors")
    assert all(np.array_equal(back[name].numpy(), array) for name, array in model.state_dict().items())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"weight": np.zeros(3)}, r"layers\.0\.weight: missing"),
        ({"layers.0.weight": np.zeros((1, 3)), "layers.0.bias": np.zeros(1)}, r"expected shape \(1, 2\)"),
        ({"layers.0.weight": np.array(["a"]), "layers.0.bias": np.zeros(1)}, "not loaded"),
    ],
)
def test_a_file_of_another_model_is_refused(tmp_path, content, message):
    np.savez(tmp_path / "model.npz", **content)
    model = MLP(2, [1], seed=0)
    with pytest.raises(ValueError, match=message):
        load(model, tmp_path / "model.npz")
    assert same_state(model, MLP(2, [1], seed=0))


def test_a_pickle_is_never_opened(tmp_path):
    np.savez(tmp_path / "model.npz", **{"layers.0.weight": np.array([print], dtype=object)})
    with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
        load(MLP(2, [1]), tmp_path / "model.npz")


@pytest.mark.parametrize("function", [save, load])
def test_another_suffix_is_refused(tmp_path, function):
    with pytest.raises(ValueError, match=r"must be \.npz or \.safetensors, got '\.pt'"):
        function(MLP(2, [1]), tmp_path / "model.pt")


def test_a_missing_file_and_a_missing_folder_are_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(MLP(2, [1]), tmp_path / "model.npz")
    with pytest.raises(FileNotFoundError):
        save(MLP(2, [1]), tmp_path / "none" / "model.npz")


def test_without_safetensors_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'autodiff-lecture\[safetensors\]'"):
        save(MLP(2, [1]), tmp_path / "model.safetensors")


def test_two_threads_that_save_to_one_path_at_once_leave_a_complete_file(tmp_path, monkeypatch):
    meeting, flush, failed = threading.Barrier(2, timeout=10), os.fsync, []

    def meet(descriptor):
        meeting.wait()  # both have written and neither has moved its file
        flush(descriptor)

    def saved(seed):
        try:
            save(MLP(2, [3, 1], seed=seed), tmp_path / "model.npz")
        except Exception as error:
            failed.append(error)
            meeting.abort()

    monkeypatch.setattr(os, "fsync", meet)
    threads = [threading.Thread(target=saved, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]
    model = load(MLP(2, [3, 1]), tmp_path / "model.npz")
    assert any(same_state(model, MLP(2, [3, 1], seed=seed)) for seed in (1, 2))


@pytest.mark.parametrize("function", [save, load])
def test_a_model_comes_first_and_its_path_second(tmp_path, function):
    model, path = MLP(2, [1]), tmp_path / "model.npz"
    for wrong in [(3, path), (path, model), (model, 3), (model.state_dict(), path)]:
        with pytest.raises(
            TypeError, match=rf"{function.__name__}: expected \(model, path\), a Module and a"
        ):
            function(*wrong)


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@settings(max_examples=50)
@given(
    st.recursive(
        plain | st.lists(st.floats(), min_size=1).map(np.array),
        lambda tree: (
            st.lists(tree) | st.lists(tree).map(tuple) | st.dictionaries(st.text() | st.integers(), tree)
        ),
        max_leaves=8,
    )
)
def test_nested_data_come_back_to_the_last_bit(tree):
    assert repr(unpack(pack(tree))) == repr(tree)


# -- trainings that go on ----------------------------------------------------------------------


class Loss:
    """A mean squared error that is interrupted in the call of a number, in a way."""

    def __init__(self, at=-1, way=None):
        self.left, self.way = at, way

    def __call__(self, output, target):
        if output.shape[0] > 2 and not output.constant:  # two rows are for trying out
            self.left -= 1
            if self.left == 0:
                self.way()
        return mean_squared_error(output, target)


class CrashError(Exception):
    pass


def crash():
    raise CrashError


def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


OPTIMIZERS = [
    "sgd", "adam", "adamw", "rmsprop", "adagrad", "rprop", partial(SGD, lr=0.01, momentum=0.9, nesterov=True),
]  # fmt: skip
SCHEDULES = [
    None,
    lambda optimizer: StepLR(optimizer, 2),
    lambda optimizer: CosineAnnealingLR(optimizer, 6),
    lambda optimizer: ReduceLROnPlateau(optimizer, patience=0),
]


@settings(max_examples=20)
@given(
    optimizer=st.sampled_from(OPTIMIZERS),
    schedule=st.sampled_from(SCHEDULES),
    batch_size=st.sampled_from([3, 5, None]),
    validation=st.sampled_from([None, 0.3]),
    patience=st.sampled_from([None, 2]),
    at=st.integers(1, 14),
    way=st.sampled_from([crash, ctrl_c]),
    every=st.sampled_from([0.0, 1e9]),
)
def test_a_training_that_was_stopped_anywhere_ends_as_if_it_had_not_been(
    tmp_path_factory, optimizer, schedule, batch_size, validation, patience, at, way, every
):
    path = tmp_path_factory.mktemp("training") / "run.npz"
    call = partial(
        fit, X=observed(11)[0], y=observed(11)[1], optimizer=optimizer, schedule=schedule, epochs=4,
        batch_size=batch_size, validation=validation, patience=patience, seed=3, progress=False,
    )  # fmt: skip
    straight, stopped = noisy(), noisy()
    expected = call(straight, loss=Loss())
    kept = partial(call, checkpoint=path, checkpoint_every=every)
    try:
        kept(stopped, loss=Loss(at, way))
    except CrashError:
        stopped = noisy()
    assert kept(stopped, loss=Loss()) == expected
    assert same_state(stopped, straight)
    again = noisy()
    assert kept(again, loss=Loss(1, crash)) == expected  # done: no step is left
    assert same_state(again, straight)


def test_a_longer_training_goes_on_from_a_shorter_one(tmp_path):
    X, y = observed()
    straight, extended = noisy(), noisy()
    expected = fit(straight, X, y, epochs=9, seed=0, progress=False)
    for epochs in (0, 4, 4, 9):
        history = fit(extended, X, y, epochs=epochs, seed=0, progress=False, checkpoint=tmp_path / "run.npz")
        assert history.epochs == epochs
    assert history == expected
    assert same_state(straight, extended)


def test_a_training_that_its_callback_ended_is_over_and_one_that_it_broke_goes_on(tmp_path):
    X, y = observed()
    straight, broken = noisy(), noisy()
    call = partial(fit, X=X, y=y, epochs=9, seed=0, progress=False)
    kept = partial(call, checkpoint=tmp_path / "run.npz", checkpoint_every=0)
    expected = call(straight, callback=lambda history: history.epochs == 5)
    with pytest.raises(ZeroDivisionError):
        kept(broken, callback=lambda history: history.epochs == 3 and 1 / 0)
    again, seen = noisy(), []

    def stop(history):
        seen.append(history.epochs)
        return history.epochs == 5

    assert kept(again, callback=stop) == expected
    assert seen == [3, 4, 5]
    assert same_state(again, straight)
    over = noisy()
    assert kept(over, callback=lambda history: pytest.fail("it was over")) == expected
    assert same_state(over, straight)


def test_a_shorter_training_than_the_checkpoint_is_refused(tmp_path):
    call = partial(
        fit, X=observed()[0], y=observed()[1], progress=False, checkpoint=tmp_path / "run.npz", seed=0
    )
    call(noisy(), epochs=3)
    with pytest.raises(ValueError, match=r"has come to epoch 3, past epochs=2"):
        call(noisy(), epochs=2)


def test_without_a_seed_the_drawn_one_is_kept(tmp_path):
    X, y = observed()
    call = partial(fit, X=X, y=y, validation=0.3, epochs=3, progress=False, checkpoint=tmp_path / "run.npz")
    first, second = noisy(), noisy()
    assert call(first) == call(second)
    assert same_state(first, second)


X, Y = observed()
OTHER = X.copy()
OTHER[3, 1] += 1e-9
CALL = {"model": noisy(), "X": X, "y": Y, "loss": mean_squared_error, "seed": 0, "optimizer": "adam"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"X": OTHER}, "training data: was .* is "),
        ({"y": Y[::-1]}, "training data"),
        ({"seed": 1}, "seed: was 0, is 1"),
        ({"seed": None}, "seed: was 0, is None"),
        ({"batch_size": 5}, "batch_size: was 32, is 5"),
        ({"loss": "huber"}, "loss: was nn.losses.mean_squared_error, is nn.losses.huber"),
        ({"loss": partial(squared_error, reduction="mean")}, "loss: .* is nn.losses.squared_error, .*mean"),
        ({"metrics": {"hits": mean_squared_error}}, "metrics: was .* is .*hits"),
        ({"optimizer": "sgd", "lr": 0.1}, r"optimizer: was Adam .*, is SGD .*'lr': 0\.1"),
        ({"lr": 0.5}, r"optimizer: .*'lr': 0\.5"),
        ({"optimizer": AdamW}, "optimizer"),
        ({"schedule": lambda optimizer: StepLR(optimizer, 3)}, "schedule: was None, is StepLR"),
        ({"validation": 0.2}, "validation data: was None, is "),
        ({"patience": 3}, "patience: was None, is 3"),
        ({"model": MLP(3, [1], seed=0)}, "model: was Sequential .*, is MLP"),
        ({"model": Sequential(Linear(3, 1))}, "model"),
        ({"model": frozen()}, "model"),
    ],
)
def test_a_checkpoint_of_another_call_is_refused_by_what_differs(tmp_path, change, told):
    call = partial(fit, epochs=1, progress=False, checkpoint=tmp_path / "run.npz")
    call(**{**CALL, "model": noisy()})
    changed = {**CALL, "model": noisy(), **change}
    before = changed["model"].state_dict()
    with pytest.raises(ValueError, match=told):
        call(**changed)
    assert all(np.array_equal(before[name], x) for name, x in changed["model"].state_dict().items())


@pytest.mark.parametrize("content", [b"", b"not an archive", "model"])
def test_a_file_that_is_no_checkpoint_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "run.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        save(noisy(), path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="give another path, or delete the file to begin anew"):
        fit(noisy(), X, Y, epochs=1, progress=False, checkpoint=path)
    assert path.read_bytes() == before


def test_where_a_checkpoint_cannot_be_written_is_told_before_the_training(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none/run\.npz': there is no folder '.*none'; make it"):
        fit(noisy(), X, Y, progress=False, checkpoint=tmp_path / "none" / "run.npz")
    with pytest.raises(ValueError, match=r"must be an \.npz file"):
        fit(noisy(), X, Y, progress=False, checkpoint=tmp_path / "run.safetensors")
    with pytest.raises(ValueError, match="must be seconds, 0 or more, got -1"):
        fit(noisy(), X, Y, progress=False, checkpoint=tmp_path / "run.npz", checkpoint_every=-1)


def test_two_trainings_with_one_checkpoint_both_live(tmp_path):
    path, failed, histories = tmp_path / "run.npz", [], {}

    def train(k):
        try:
            histories[k] = fit(
                noisy(),
                X,
                Y,
                epochs=15,
                batch_size=5,
                seed=0,
                progress=False,
                checkpoint=path,
                checkpoint_every=0.0,
            )
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=train, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert histories[0] == histories[1] == histories[2]
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    again = fit(noisy(), X, Y, epochs=15, batch_size=5, seed=0, progress=False, checkpoint=path)
    assert again == histories[0]  # of the last to finish


def test_a_training_that_begins_while_another_writes_the_checkpoint_leaves_it_alive(tmp_path, monkeypatch):
    call = partial(
        fit, X=X, y=Y, seed=0, progress=False, checkpoint=tmp_path / "run.npz", checkpoint_every=0.0
    )
    call(noisy(), epochs=1)
    flush, begun = os.fsync, []

    def begin_another(descriptor):
        if not begun:
            begun.append(descriptor)
            begun.append(call(noisy(), epochs=2))  # begins and ends, while the file of the first is open
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", begin_another)
    assert call(noisy(), epochs=3).loss[:2] == begun[1].loss
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    assert call(noisy(), epochs=3).epochs == 3  # the last to finish a step was the first to begin


@pytest.mark.parametrize("name", ["*.npz", "run[1].npz", "?.npz", f"{'n' * 251}.npz"])
def test_the_name_of_a_checkpoint_is_no_pattern(tmp_path, name):
    others = [".run1.npz.0.tmp", ".x.npz.1234.tmp", ".a.npz.tmp", "run1.npz", "x.npz"]
    for other in others:
        (tmp_path / other).write_bytes(b"another's")
    for epochs in (1, 2):
        fit(
            noisy(),
            X,
            Y,
            epochs=epochs,
            seed=0,
            progress=False,
            checkpoint=tmp_path / name,
            checkpoint_every=0.0,
        )
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([*others, name])
    assert all((tmp_path / other).read_bytes() == b"another's" for other in others)


PROGRAM = """
import sys
import numpy as np
import nn
from optim import StepLR

model = nn.Sequential(
    nn.Linear(3, 6, seed=0), nn.BatchNorm(6), np.tanh, nn.Dropout(0.3, seed=1), nn.Linear(6, 1, seed=2)
)
X = np.random.default_rng(0).normal(size=(40, 3))
history = nn.fit(
    model, X, X @ [1.0, -2.0, 0.5], epochs=20, batch_size=8, validation=0.25, patience=15, seed=5,
    schedule=lambda optimizer: StepLR(optimizer, 10), checkpoint=sys.argv[1] or None, checkpoint_every=0.0,
    progress=False,
)
nn.save(model, sys.argv[2])
print(history)
"""
KILLS = 2


def run(*arguments):
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_process_killed_at_random_moments_ends_with_the_same_weights_to_the_last_bit(tmp_path):
    straight = run("", tmp_path / "straight.npz")
    checkpoint, moments, kills = tmp_path / "run.npz", random.Random(0), 0
    while True:
        process, seen = run(checkpoint, tmp_path / "killed.npz"), mark(checkpoint)
        while process.poll() is None and mark(checkpoint) == seen:
            time.sleep(0.002)
        time.sleep(moments.uniform(0.0, 0.06))
        if kills < KILLS and process.poll() is None:
            process.send_signal(signal.SIGKILL)
        printed, _ = process.communicate()
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        kills += 1
    expected, _ = straight.communicate()
    assert kills == KILLS
    assert printed == expected
    assert (tmp_path / "killed.npz").read_bytes() == (tmp_path / "straight.npz").read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["killed.npz", "run.npz", "straight.npz"]


def mark(path):
    return path.stat().st_mtime_ns if path.exists() else None


# -- what a call of fit depends on ---------------------------------------------------------------


def weighted(weight):
    return lambda output, target: weight * mean_squared_error(output, target)


def nested(weight):
    return lambda output, target: sum(mean_squared_error(output, target) * w for w in (1.0, weight))


def called(loss):
    return lambda output, target: loss(output, target)


def with_default(weight):
    return lambda output, target, w=weight: w * mean_squared_error(output, target)


def through(loss):
    return lambda weight: partial(called(loss(weight)))


class Method:
    def loss(self, output, target):
        return mean_squared_error(output, target)


PAIRS = {
    "a constant": (lambda a, y: mean_squared_error(a, y) * 2.0, lambda a, y: mean_squared_error(a, y) * 3.0),
    "a name": (lambda a, y: mean_squared_error(a, y), lambda a, y: squared_error(a, y)),
    "an operation": (lambda a, y: ((a - y) ** 2).mean(), lambda a, y: ((a - y) ** 2).sum()),
    "a nested constant": (
        lambda a, y: sum(mean_squared_error(a, y) * w for w in (1.0, 2.0)),
        lambda a, y: sum(mean_squared_error(a, y) * w for w in (1.0, 3.0)),
    ),
    "a closed-over number": (weighted(1.0), weighted(2.0)),
    "a number closed over within": (nested(1.0), nested(2.0)),
    "a closed-over array": (weighted(np.array(1.0)), weighted(np.array(2.0))),
    "a closed-over function": (called(weighted(1.0)), called(weighted(2.0))),
    "a default": (with_default(1.0), with_default(2.0)),
    "a function in a partial": (through(weighted)(1.0), through(weighted)(2.0)),
}


@pytest.mark.parametrize("what", PAIRS)
def test_functions_of_one_name_are_told_apart_by(what):
    one, other = map(told, PAIRS[what])
    assert one != other
    assert told(PAIRS[what][0]) == one


def test_equal_functions_are_told_alike_although_they_are_made_again():
    assert told(weighted(1.0)) == told(weighted(1.0))
    assert told(called(nested(2.0))) == told(called(nested(2.0)))
    assert told(Method().loss) == told(Method().loss)
    assert told(partial(called, loss=weighted(1.0))) == told(partial(called, loss=weighted(1.0)))
    assert told({"a": [weighted(1.0)]}) == told({"a": [weighted(1.0)]})


def test_what_closes_over_itself_or_over_nothing_yet_can_be_told():
    def again(n):
        return again(n - 1) if n else later

    cycle = [1.0]
    cycle.append(cycle)
    assert told(again)
    assert told(cycle)
    later = 1.0
    assert told(again)


def test_a_checkpoint_that_tells_the_projects_functions_by_their_code_is_taken(tmp_path):
    path = tmp_path / "run.npz"

    def trained(epochs, *layers):
        model = Sequential(Linear(3, 2, seed=0), *layers, Linear(2, 1, seed=1))
        return fit(**{**CALL, "model": model, "loss": "huber", "checkpoint": path, "epochs": epochs})

    def rewritten(**words):
        with opened(path) as arrays:
            content = unpack(arrays)
        content["fingerprint"] |= words
        write_arrays(path, pack(content))

    trained(1, "relu")
    code = "0123456789abcdef"
    rewritten(model=f"Sequential with 4 parameters, {code}", loss=f"huber {code}")
    assert trained(2, "relu").epochs == 2
    with pytest.raises(ValueError, match=r"another call of fit.*\n  model: was"):
        trained(2, "tanh", "relu")
    rewritten(loss=f"hinge {code}")
    with pytest.raises(ValueError, match=r"loss: was hinge .*, is nn\.losses\.huber"):
        trained(2, "relu")


CHANGES = {
    "loss": (weighted(1.0), weighted(2.0)),
    "metrics": ({"error": weighted(1.0)}, {"error": weighted(2.0)}),
    "model": (lambda: Sequential(Linear(3, 1, seed=0), weighted_unit(1.0)),
              lambda: Sequential(Linear(3, 1, seed=0), weighted_unit(2.0))),
}  # fmt: skip


def weighted_unit(weight):
    return lambda x: weight * x


@pytest.mark.parametrize("what", CHANGES)
def test_a_checkpoint_is_not_taken_by_another_function_of_the_same_name(tmp_path, what):
    one, other = CHANGES[what]
    call = partial(fit, epochs=1, progress=False, checkpoint=tmp_path / "run.npz")
    for function in (one, one):
        call(**{**CALL, "model": noisy(), what: function() if what == "model" else function})
    with pytest.raises(ValueError, match=f"belongs to another call of fit.*\n  {what}: was"):
        call(**{**CALL, "model": noisy(), what: other() if what == "model" else other})


USER = """
import sys
import numpy as np
from autodiff import elementwise
from nn import Linear, Sequential, fit

@elementwise(dx=lambda y, x, slope: SLOPE)
def bent(x, /, slope=1.0):
    return BODY

X = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
model = Sequential(Linear(3, 1, seed=0), bent)
print(fit(model, X, X[:, :1], epochs=int(sys.argv[2]), seed=0, progress=False, checkpoint=sys.argv[1]).epochs)
"""


def test_a_users_operation_is_known_again_in_another_process_until_it_computes_otherwise(tmp_path):
    def run(epochs, body="slope * x", slope="slope"):
        (tmp_path / "user.py").write_text(USER.replace("BODY", body).replace("SLOPE", slope))
        call = [sys.executable, tmp_path / "user.py", tmp_path / "run.npz", str(epochs)]
        return subprocess.run(call, capture_output=True, text=True)

    assert run(1).stdout.split() == ["1"]
    assert run(2).stdout.split() == ["2"]
    for other in ({"body": "2.0 * x"}, {"slope": "2.0 * slope"}):
        assert re.search(r"another call of fit.*\n  model: was", run(3, **other).stderr)
    assert run(3).stdout.split() == ["3"]


def test_how_an_operation_is_applied_does_not_tell_which_it_is(monkeypatch):
    def declared(factor):
        @elementwise(dx=lambda y, x: factor)
        def times(x, /):
            return factor * x

        return times

    before = told(declared(2.0))
    monkeypatch.setattr(
        declaration, "applied", lambda operation: lambda *operands: operation.forward(*operands)
    )
    assert told(declared(2.0)) == before
    assert told(declared(3.0)) != before
