"""Recurrent layers: PyTorch's outputs, states and gradients, with its parameters."""

import importlib.util

import numpy as np
import pytest

import nn
from autodiff import Value, check_gradients, gradients, value_and_grad
from autodiff import compile as compiled
from tests.autodiff.programs.test_loops import same

KINDS = ["RNN", "LSTM", "GRU"]
OPTIONS = [
    {},
    {"bias": False},
    {"batch_first": True},
    {"n_layers": 2, "bidirectional": True},
    {"n_layers": 3, "batch_first": True, "bidirectional": True},
]
X = np.random.default_rng(1).normal(size=(5, 2, 3))


def states(state):
    return state if isinstance(state, tuple) else (state,)


def loss(outputs, state):
    """A number in which outputs and states have a part."""
    return (outputs**2).sum() + sum((h**3).sum() for h in states(state))


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_is_pytorchs_with_its_parameters(kind, options, begun):
    import torch

    there = {"num_layers" if name == "n_layers" else name: option for name, option in options.items()}
    theirs = getattr(torch.nn, kind)(3, 4, **there).double()
    ours = getattr(nn, kind)(3, 4, **options)
    ours.load_state_dict({name: part.detach().numpy() for name, part in theirs.state_dict().items()})
    count = ours.n_layers * (1 + ours.bidirectional)
    n = X.shape[0] if ours.batch_first else X.shape[1]
    starts = [np.random.default_rng(k).normal(size=(count, n, 4)) for k in range(1 + (kind == "LSTM"))]
    given = (tuple(starts) if kind == "LSTM" else starts[0]) if begun else None
    there_given = tuple(map(torch.tensor, starts)) if kind == "LSTM" else torch.tensor(starts[0])

    x = torch.tensor(X, requires_grad=True)
    expected = theirs(x, there_given if begun else None)
    loss(*expected).backward()
    variable = Value(X)
    found = ours(variable, given)
    for a, b in zip((found[0], *states(found[1])), (expected[0], *states(expected[1])), strict=True):
        np.testing.assert_allclose(a.data, b.detach().numpy(), rtol=1e-10)
    names = [name for name, _ in ours.named_parameters()]
    grads = dict(theirs.named_parameters())
    wanted = [x.grad.numpy(), *(grads[name].grad.numpy() for name in names)]
    same(gradients(loss(*found), [variable, *ours.parameters()]), wanted)

    def of_input(x):
        return loss(*ours(x, given))

    same(compiled(value_and_grad(of_input))(X)[1], wanted[0])
    program = compiled(lambda x: gradients(loss(*ours(x, given)), ours.parameters()))
    same(program(X), wanted[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_one_sequence_is_a_batch_of_one(kind):
    layer = getattr(nn, kind)(3, 4, n_layers=2, bidirectional=True, seed=0)
    y, state = layer(X[:, 0])
    batch, last = layer(X[:, :1])
    same(y.data, batch.data[:, 0])
    same([h.data for h in states(state)], [h.data[:, 0] for h in states(last)])


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_may_be_read_in_parts(kind):
    layer = getattr(nn, kind)(3, 4, seed=0)
    whole, end = layer(X)
    first, state = layer(X[:2])
    second, last = layer(X[2:], state)
    same(np.concatenate([first.data, second.data]), whole.data)
    same([h.data for h in states(last)], [h.data for h in states(end)])


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_agree_with_differences(kind):
    layer = getattr(nn, kind)(3, 2, seed=0)
    check_gradients(lambda x: loss(*layer(x)), X[:3, :1])
    for parameter in layer.parameters():
        assert parameter.size


def test_float32_stays_float32():
    for kind in KINDS:
        layer = getattr(nn, kind)(3, 4, dtype=np.float32, seed=0)
        y, state = layer(X.astype(np.float32))
        assert {part.dtype for part in (y, *states(state))} == {np.dtype(np.float32)}


def test_rectifiers_and_dropout_between_layers():
    layer = nn.RNN(3, 4, nonlinearity="relu", seed=0)
    assert (layer(X)[0].data >= 0.0).all()
    dropping = nn.GRU(3, 4, n_layers=2, dropout=0.5, seed=0)
    assert not np.array_equal(dropping(X)[0].data, dropping(X)[0].data)
    dropping.eval()
    same(dropping(X)[0].data, dropping(X)[0].data)


def test_training_reads_a_sequence():
    draw = np.random.default_rng(0)
    x = draw.integers(0, 2, (64, 6, 1)).astype(float)
    y = x.sum(axis=1) / 6.0

    class Counter(nn.Module):
        def __init__(self):
            self.reader, self.sum = nn.LSTM(1, 8, batch_first=True, seed=0), nn.Linear(8, 1, seed=0)

        def forward(self, x):
            return self.sum(self.reader(x)[0][:, -1])

    model = Counter()
    history = nn.fit(model, x, y, epochs=60, batch_size=8, lr=0.02, seed=0, progress=False)
    assert np.mean((model.predict(x) - y) ** 2) < 0.1 * np.var(y), history


@pytest.mark.parametrize(
    ("wrong", "kind", "told"),
    [
        (lambda: nn.RNN(3, 4)(np.zeros(3)), ValueError, "n_steps, n_observations, n_inputs"),
        (lambda: nn.LSTM(3, 4)(np.zeros((5, 2, 7))), ValueError, "expected 3 features.*got 7"),
        (lambda: nn.GRU(3, 4)(X, np.zeros((1, 9, 4))), ValueError, r"state of shape \(1, 2, 4\)"),
        (lambda: nn.LSTM(3, 4)(X, np.zeros((1, 2, 4))), ValueError, r"pair \(h, c\)"),
        (lambda: nn.RNN(0, 4), ValueError, "n_inputs"),
        (lambda: nn.RNN(3, 4, nonlinearity="sin"), ValueError, "nonlinearity"),
        (lambda: nn.RNN(3, 4, batch_first=2), TypeError, "batch_first"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, kind, told):
    with pytest.raises(kind, match=told):
        wrong()
