"""Batch and layer normalisation against PyTorch: values, gradients, running statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, check_gradients
from nn import BatchNorm, LayerNorm

BATCHES = st.one_of(
    st.tuples(st.integers(2, 5), st.integers(1, 4)),
    st.tuples(st.integers(2, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)),
)


def drawn(shape, seed=0):
    return np.random.default_rng(seed).normal(3.0, 2.0, shape)


def with_random_parameters(layer, seed=1):
    rng = np.random.default_rng(seed)
    for p in layer.parameters():
        p.data = rng.normal(size=p.shape)
    return layer


def assert_like_torch(torch, layer, peer, x):
    """Value and all gradients, with seeds of different entries."""
    X, tensor = Value(x), torch.tensor(x, requires_grad=True)
    y, expected = layer(X), peer(tensor)
    seed = np.random.default_rng(2).normal(size=y.shape)
    y.backward(seed)
    expected.backward(torch.tensor(seed))
    np.testing.assert_allclose(y.data, expected.detach().numpy(), rtol=1e-9, atol=1e-9)
    pairs = [(X, tensor), (layer.weight, peer.weight), (layer.bias, peer.bias)]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-8, atol=1e-8)


def peer_of(torch, layer, kind, shape):
    peer = kind(shape, eps=layer.eps, dtype=torch.float64)
    peer.load_state_dict(
        {name: torch.tensor(data) for name, data in layer.state_dict().items()}, strict=False
    )
    return peer


@settings(max_examples=15)
@given(BATCHES, st.integers(0, 99))
def test_batch_norm_is_pytorchs_in_training_and_after(shape, seed):
    torch = pytest.importorskip("torch")
    layer = with_random_parameters(BatchNorm(shape[1], eps=1e-3))
    kind = torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d
    peer = peer_of(torch, layer, kind, shape[1])
    for step in range(3):
        layer.zero_grad(), peer.zero_grad()
        assert_like_torch(torch, layer, peer, drawn(shape, seed + step))
    for ours, theirs in [(layer.running_mean, peer.running_mean), (layer.running_var, peer.running_var)]:
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-12, atol=1e-12)
    layer.zero_grad(), peer.zero_grad()
    assert_like_torch(torch, layer.eval(), peer.eval(), drawn(shape, seed + 9))


@settings(max_examples=20)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.lists(st.integers(1, 3), max_size=2))
def test_layer_norm_is_pytorchs(shape, outer):
    torch = pytest.importorskip("torch")
    layer = with_random_parameters(LayerNorm(tuple(shape), eps=1e-3))
    peer = peer_of(torch, layer, torch.nn.LayerNorm, shape)
    assert_like_torch(torch, layer, peer, drawn((*outer, *shape)))


@settings(max_examples=10)
@given(BATCHES, st.booleans())
def test_batch_norm_has_derivatives_of_second_order(shape, training):
    layer = with_random_parameters(BatchNorm(shape[1], eps=0.1)).train(training)
    check_gradients(lambda x: layer(x) ** 2, drawn(shape))


def test_layer_norm_has_derivatives_of_second_order():
    layer = with_random_parameters(LayerNorm((3, 2), eps=0.1))
    check_gradients(lambda x: layer(x) ** 2, drawn((4, 3, 2)))


@given(BATCHES)
def test_batch_norm_brings_each_feature_to_mean_0_and_variance_1(shape):
    x = drawn(shape)
    y = BatchNorm(shape[1], eps=1e-300)(x).data
    axes = (0, *range(2, len(shape)))
    np.testing.assert_allclose(y.mean(axes), 0.0, atol=1e-9)
    np.testing.assert_allclose(y.var(axes), 1.0, rtol=1e-9)


def test_predictions_note_nothing_and_depend_on_one_observation_alone():
    layer = BatchNorm(2)
    layer(drawn((8, 2)))
    seen = layer.running_mean.copy()
    x = drawn((3, 2), 5)
    together = layer.eval()(x).data
    np.testing.assert_array_equal(layer(x[:1]).data, together[:1])
    np.testing.assert_array_equal(layer.running_mean, seen)


def test_running_statistics_become_those_of_the_data_and_ignore_where_they_were_held():
    layer = BatchNorm(1, momentum=1.0)
    held = layer.running_mean
    layer([[1.0], [3.0]])
    assert (layer.running_mean, layer.running_var) == (2.0, 2.0)
    assert held == 0.0
    assert layer.state_dict().keys() == {"weight", "bias", "running_mean", "running_var"}


def test_parameters_are_named():
    assert [p.name for p in BatchNorm(2).parameters()] == ["γ", "β"]
    assert [p.name for p in LayerNorm(2).parameters()] == ["γ", "β"]


@pytest.mark.parametrize(
    "layer", [BatchNorm(2, dtype="f4"), BatchNorm(2, dtype="f4").eval(), LayerNorm(2, dtype="f4")]
)
def test_float32_stays_float32(layer):
    x = Value(drawn((3, 2)).astype(np.float32))
    y = layer(x)
    y.backward(np.ones((3, 2), np.float32))
    assert y.dtype == x.grad.dtype == layer.weight.grad.dtype == np.float32


def test_whole_numbers_are_numbers():
    layer = BatchNorm(1).eval()
    layer.running_mean = np.array([0.5])
    assert layer(np.array([[1], [2]])).data[0, 0] == pytest.approx(0.5, rel=1e-4)


@pytest.mark.parametrize("shape", [(1, 2), (0, 2), (1, 2, 1, 1)])
def test_a_single_observation_cannot_train_batch_norm(shape):
    layer = BatchNorm(2)
    with pytest.raises(ValueError, match=rf"two observations or more.*got shape \({shape[0]}, 2.*eval\(\)"):
        layer(np.ones(shape))
    assert (layer.running_mean == 0.0).all()
    assert layer.eval()(np.ones(shape)).shape == shape


def test_other_features_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match=r"BatchNorm: expected \(n, 3\).*got 2 features in shape \(4, 2\)"):
        BatchNorm(3)(np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"BatchNorm: expected \(n, 3\).*got shape \(3,\)"):
        BatchNorm(3)(np.ones(3))
    with pytest.raises(
        ValueError, match=r"LayerNorm: expected last axes of sizes \(3,\), got shape \(3, 2\)"
    ):
        LayerNorm(3)(np.ones((3, 2)))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: BatchNorm(0), "n_features must be an integer ≥ 1, got 0"),
        (lambda: BatchNorm(2, eps=0.0), "eps must be above 0, got 0.0"),
        (lambda: BatchNorm(2, momentum=1.5), "momentum must be from 0 to 1, got 1.5"),
        (lambda: LayerNorm(()), "one axis or more"),
        (lambda: LayerNorm((2, 0)), "shape must be an integer ≥ 1, got 0"),
        (lambda: LayerNorm(2, eps=float("nan")), "LayerNorm: eps must be finite, got nan"),
    ],
)
def test_sizes_and_constants_out_of_range_are_refused(make, told):
    with pytest.raises(ValueError, match=told):
        make()


@pytest.mark.parametrize("wrong", ["a", None, True, Value(0.5)])
def test_constants_that_are_no_numbers_are_refused(wrong):
    with pytest.raises(TypeError, match="BatchNorm: eps must be a number, got"):
        BatchNorm(2, wrong)
    with pytest.raises(TypeError, match="BatchNorm: momentum must be a number, got"):
        BatchNorm(2, momentum=wrong)
    with pytest.raises(TypeError, match="LayerNorm: eps must be a number, got"):
        LayerNorm(2, wrong)


def test_repr_tells_the_configuration():
    assert repr(BatchNorm(3)) == "BatchNorm(n_features=3, eps=1e-05, momentum=0.1)"
    assert repr(LayerNorm(3)) == "LayerNorm(shape=(3,), eps=1e-05)"
