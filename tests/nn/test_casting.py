"""Models of another precision: all of a model is cast, and a cast that changes digits is told."""

import warnings
from collections import namedtuple

import numpy as np
import pytest

import autodiff as ad
import nn
import optim
from autodiff import Value, gradients

Pair = namedtuple("Pair", "first second")
X, Y = np.arange(12.0).reshape(6, 2) / 12.0, np.array([0, 1, 0, 1, 0, 1])


def classifier(**options):
    return nn.Sequential(
        nn.Linear(2, 3, seed=0, **options), nn.BatchNorm(3, **options), nn.Linear(3, 2, seed=1, **options)
    )


def dtypes(model):
    parts = [*model.parameters(), *(buffer for _, buffer in model.named_buffers())]
    return {part.dtype for part in parts}


def step(model, optimizer, inputs):
    optimizer.zero_grad()
    loss = nn.cross_entropy(model(inputs), Y)
    loss.backward()
    optimizer.step()
    return loss


@pytest.mark.parametrize("dtype", [np.float32, "float32", np.float16, np.longdouble])
def test_all_of_a_model_is_cast_and_trains_in_that_precision(dtype):
    model = classifier()
    parameters, before = model.parameters(), model.state_dict()
    assert model.astype(dtype) is model
    assert dtypes(model) == {np.dtype(dtype)}
    assert all(a is b for a, b in zip(model.parameters(), parameters, strict=True))
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name].astype(dtype))
    loss = step(model, optim.SGD(model, lr=0.1, momentum=0.9), X.astype(dtype))
    assert loss.dtype == dtype
    assert {p.grad.dtype for p in parameters} == dtypes(model) == {np.dtype(dtype)}
    assert model.predict(X.astype(dtype)).dtype == dtype


def test_there_and_back_loses_the_digits_that_it_must():
    model = classifier()
    before = model.parameters()[0].data.copy()
    model.astype(np.float32).astype(np.float64)
    assert dtypes(model) == {np.dtype(np.float64)}
    np.testing.assert_array_equal(model.parameters()[0].data, before.astype(np.float32).astype(np.float64))


def test_numbers_frozen_parameters_and_every_container_are_cast_and_integers_are_not():
    class Holder(nn.Module):
        def __init__(self):
            self.number = Value(0.1, "number")
            self.frozen = Value([0.1], constant=True)
            self.count = np.array([3])
            self.tables = {"a": [np.ones(2), (np.zeros(1), "text")]}
            self.pair = Pair(np.ones(1), self.tables)
            self.again = self.tables["a"][0]
            self.tables["itself"] = self.tables

    holder = Holder()
    tables, pair = holder.tables, holder.pair
    holder.astype(np.float32)
    assert holder.number.data == np.float32(0.1)
    assert holder.number.dtype == holder.frozen.dtype == np.float32
    assert holder.frozen.constant
    assert holder.count.dtype == np.int64
    assert holder.tables is pair.second is tables is holder.pair.second
    assert type(holder.pair) is Pair
    assert {b.dtype for _, b in holder.named_buffers()} == {np.dtype(np.float32), np.dtype(np.int64)}
    assert holder.again is tables["a"][0]


def test_a_network_of_numbers_and_an_embedding_are_cast():
    network = nn.Network(2, [3, 1], seed=0).astype(np.float32)
    assert network(np.float32(1.0), np.float32(2.0)).dtype == np.float32
    embedding = nn.Embedding(4, 2, seed=0).astype(np.float32)
    assert embedding(np.array([0, 3])).dtype == np.float32


@pytest.mark.parametrize("dtype", [int, bool, complex, "letters"])
def test_a_dtype_without_fractions_is_refused_and_changes_nothing(dtype):
    model = classifier()
    with pytest.raises(TypeError, match="dtype must be a floating type"):
        model.astype(dtype)
    assert dtypes(model) == {np.dtype(np.float64)}


def test_what_an_optimiser_remembers_follows():
    for make in (optim.Adam, lambda p: optim.SGD(p, lr=0.1, momentum=0.9), optim.Rprop):
        model = classifier()
        optimizer = make(model)
        step(model, optimizer, X)
        model.astype(np.float32)
        step(model, optimizer, X.astype(np.float32))
        model.astype(np.float64)
        step(model, optimizer, X)
        slots = optimizer.state_dict()["groups"][0]["state"]
        assert {np.asarray(slot).dtype for column in slots.values() for slot in column} == {
            np.dtype(np.float64)
        }


class Everything(nn.Module):
    """Layers of every kind, with running statistics and random draws."""

    def __init__(self):
        self.words = nn.Embedding(5, 4, seed=0)
        self.layer = nn.TransformerEncoderLayer(4, 2, 6, 0.1, batch_first=True, norm_first=True, seed=1)
        self.reader = nn.LSTM(4, 6, batch_first=True, seed=2)
        self.image = nn.Conv2d(1, 2, 2, seed=3)
        self.norm, self.drop = nn.BatchNorm(2), nn.Dropout(0.2, seed=4)
        self.scores = nn.Linear(2 * 3 * 5, 3, seed=5)

    def forward(self, x):
        outputs, _ = self.reader(self.layer(self.words(x)))
        seen = nn.silu(self.norm(self.image(outputs[:, None])))
        return self.scores(self.drop(nn.Flatten()(seen)))


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rprop", "l-bfgs"])
@pytest.mark.parametrize("compiled", [True, False])
def test_a_float32_model_trains_in_float32_and_comes_back_from_a_file(tmp_path, optimizer, compiled):
    words = np.random.default_rng(0).integers(0, 5, (24, 4))
    labels = words.sum(axis=1) % 3
    model = (
        Everything()
        if optimizer != "l-bfgs"
        else nn.Sequential(nn.Linear(4, 5, seed=0), "tanh", nn.Linear(5, 3))
    )
    X = words if optimizer != "l-bfgs" else words.astype(np.float32)
    model.astype(np.float32)
    seen = []

    def note(history):
        seen.append((dtypes(model), model.predict(X).dtype))

    options = {} if optimizer == "l-bfgs" else {"lr": 0.01, "batch_size": 8}
    history = nn.fit(
        model, X, labels, loss="cross_entropy", optimizer=optimizer, epochs=8, compiled=compiled, seed=0,
        progress=False, callback=note, **options,
    )  # fmt: skip
    assert history.engine.startswith("compiled" if compiled else "eager")
    assert min(history.loss[1:]) < history.loss[0]
    assert seen == [({np.dtype(np.float32)}, np.dtype(np.float32))] * history.epochs
    nn.save(model, tmp_path / "model.npz")
    again = Everything() if optimizer != "l-bfgs" else nn.Sequential(nn.Linear(4, 5), "tanh", nn.Linear(5, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.load(again.astype(np.float32), tmp_path / "model.npz")
    assert dtypes(again) == {np.dtype(np.float32)}
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_a_graph_that_used_the_model_is_outdated():
    model = classifier()
    loss = nn.cross_entropy(model(X), Y)
    model.astype(np.float32)
    with pytest.raises(ValueError, match="was assigned new data"):
        loss.backward()


def test_programs_are_recorded_anew():
    model, other = nn.Linear(2, 1, seed=0), nn.Linear(2, 1, seed=0)
    program = ad.compile(lambda x: gradients((model(x) ** 2).sum(), model.parameters()))
    x = X.astype(np.float32)
    program(x)
    program(x)
    model.astype(np.float32)
    for _ in range(2):
        expected = gradients((model(x) ** 2).sum(), model.parameters())
        for a, b in zip(program(x), expected, strict=True):
            assert a.dtype == b.dtype == np.float32
            np.testing.assert_allclose(a, b, rtol=1e-6)
    count = len(program.versions)
    other.astype(np.float32)
    program(x)
    assert len(program.versions) == count


# -- told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (np.ones(2), np.ones(2, np.float32)),
        (np.ones(2, np.float32), np.array([0.1, 0.2])),
        (np.ones(2, np.float32), np.array([2**24 + 1, 0])),
        (np.ones(2), np.array([2**53 + 1, 0])),
        (np.ones(2), np.array([2**63 - 1, 0])),  # which comes back as no integer of 64 bits
        (1.0, np.float32(0.1)),
        (np.float32(1.0), np.float64(0.1)),
    ],
)
def test_an_assignment_that_changes_digits_is_told(old, new):
    p = Value(old, "p")
    kind = p.dtype
    with pytest.warns(UserWarning, match=rf"data of 'p'.* are {kind} and stay so: the {new.dtype} .*astype"):
        p.data = new
    assert p.dtype == kind
    np.testing.assert_array_equal(p.data, new.astype(kind))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (np.ones(2), [0.1, 0.2]),
        (np.ones(2, np.float32), [0.1, 0.2]),
        (np.ones(2, np.float32), np.array([1, 2])),
        (np.ones(2, np.float32), np.array([0.5, np.nan])),
        (np.ones(2), np.array([True, False])),
        (np.float32(1.0), 0.1),
        (1.0, 3),
    ],
)
def test_other_assignments_are_silent(old, new):
    p = Value(old, "p")
    p.data = new
    np.testing.assert_array_equal(p.data, np.asarray(new, p.dtype))


def test_loading_tells_what_it_casts(tmp_path):
    narrow, wide = classifier(dtype=np.float32), classifier()
    nn.save(narrow, tmp_path / "narrow.npz")
    with pytest.warns(
        UserWarning, match=r"Sequential.load_state_dict: .* and 5 more: the float32 .* become float64"
    ):
        nn.load(wide, tmp_path / "narrow.npz")
    with pytest.warns(UserWarning, match=r"the float64 .* become float32, .*model\.astype\(np\.float64\)"):
        narrow.load_state_dict(classifier().state_dict())


def test_models_of_one_precision_load_silently(tmp_path):
    narrow = classifier().astype(np.float32)
    nn.save(narrow, tmp_path / "narrow.npz")
    for model in (classifier().astype(np.float32), classifier(dtype=np.float32)):
        nn.load(model, tmp_path / "narrow.npz")
        np.testing.assert_array_equal(model.predict(X), narrow.predict(X))
