"""Attention and a transformer's layer: PyTorch's outputs and gradients, with its parameters."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, check_gradients, gradients, value_and_grad

pytorch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")

N, QUERIES, KEYS, FEATURES, HEADS = 2, 3, 4, 6, 3
RNG = np.random.default_rng(1)


def loaded(ours, theirs):
    """Ours with the parameters of theirs, which are no longer zeros and ones."""
    with importlib.import_module("torch").no_grad():
        for k, parameter in enumerate(theirs.parameters()):
            parameter += importlib.import_module("torch").tensor(
                np.random.default_rng(k).normal(scale=0.3, size=tuple(parameter.shape))
            )
    ours.load_state_dict({name: part.detach().numpy() for name, part in theirs.state_dict().items()})
    return ours


def assert_alike(here, there, values, tensors):
    """Values, and gradients of all inputs and parameters, along the same seed."""
    import torch

    seed = np.random.default_rng(9).normal(size=tuple(there.shape))
    np.testing.assert_allclose(here.data, there.detach().numpy(), rtol=1e-12, atol=1e-13)
    wanted = torch.autograd.grad(there, tensors, torch.tensor(seed), retain_graph=True, allow_unused=True)
    for found, expected in zip(gradients(here, values, seed), wanted, strict=True):
        if expected is None:
            assert found is None or not found.any()
        else:
            np.testing.assert_allclose(found, expected.numpy(), rtol=1e-11, atol=1e-12)


def sequence(steps, features=FEATURES, batch_first=True, seed=0):
    shape = (N, steps, features) if batch_first else (steps, N, features)
    return np.random.default_rng(seed).normal(size=shape)


PAIRS = RNG.random((QUERIES, KEYS)) < 0.4
PAIRS[:, 0] = False
PADDING = np.array([[False, False, False, True], [False, False, True, True]])
MASKS = {
    "none": {},
    "pairs": {"attn_mask": PAIRS},
    "numbers": {"attn_mask": RNG.normal(size=(QUERIES, KEYS))},
    "heads": {"attn_mask": RNG.normal(size=(N * HEADS, QUERIES, KEYS))},
    "padding": {"key_padding_mask": PADDING},
    "padding and pairs": {"key_padding_mask": PADDING, "attn_mask": PAIRS},
}
OPTIONS = [{}, {"bias": False}, {"kdim": 5}, {"kdim": 5, "vdim": 2}, {"vdim": 2, "bias": False}]


@pytorch
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("masked", MASKS)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_attention_to_another_sequence_is_pytorchs(options, masked, average, batch_first):
    import torch

    theirs = torch.nn.MultiheadAttention(FEATURES, HEADS, batch_first=batch_first, **options).double()
    ours = loaded(nn.MultiheadAttention(FEATURES, HEADS, batch_first=batch_first, **options), theirs)
    sizes = (QUERIES, FEATURES), (KEYS, options.get("kdim", FEATURES)), (KEYS, options.get("vdim", FEATURES))
    given = [sequence(*size, batch_first, k) for k, size in enumerate(sizes)]
    tensors = [torch.tensor(x, requires_grad=True) for x in given]
    values, masks = [Value(x) for x in given], MASKS[masked]
    there = theirs(
        *tensors, average_attn_weights=average, **{name: torch.tensor(x) for name, x in masks.items()}
    )
    here = ours(*values, average_attn_weights=average, **masks)
    names = dict(theirs.named_parameters())
    variables = [*values, *ours.parameters()]
    others = [*tensors, *(names[name] for name, _ in ours.named_parameters())]
    for found, expected in zip(here, there, strict=True):
        assert_alike(found, expected, variables, others)


@pytorch
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("alone", [True, False])
def test_attention_of_a_sequence_to_itself_is_pytorchs(alone, causal):
    import torch

    theirs = torch.nn.MultiheadAttention(FEATURES, HEADS).double()
    ours = loaded(nn.MultiheadAttention(FEATURES, HEADS), theirs)
    x = sequence(QUERIES, batch_first=False)[:, 0] if alone else sequence(QUERIES, batch_first=False)
    value, tensor = Value(x), torch.tensor(x, requires_grad=True)
    mask = torch.nn.Transformer.generate_square_subsequent_mask(QUERIES, dtype=torch.float64)
    there = theirs(tensor, tensor, tensor, attn_mask=mask if causal else None, is_causal=causal)
    here = ours(value, value, value, is_causal=causal)
    names = dict(theirs.named_parameters())
    others = [tensor, *(names[name] for name, _ in ours.named_parameters())]
    for found, expected in zip(here, there, strict=True):
        assert_alike(found, expected, [value, *ours.parameters()], others)
    assert ours(value, value, value, need_weights=False)[1] is None


@pytorch
@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("options", [{}, {"bias": False}, {"layer_norm_eps": 0.1}], ids=str)
@pytest.mark.parametrize("masks", ["none", "padding", "causal"])
def test_a_transformers_layer_is_pytorchs(masks, options, activation, norm_first):
    import torch

    both = {"dropout": 0.0, "activation": activation, "batch_first": True, **options}
    both |= {"norm_first": norm_first}
    theirs = torch.nn.TransformerEncoderLayer(FEATURES, HEADS, 5, **both).double()
    ours = loaded(nn.TransformerEncoderLayer(FEATURES, HEADS, 5, **both), theirs)
    x = sequence(KEYS)
    value, tensor = Value(x), torch.tensor(x, requires_grad=True)
    later = torch.nn.Transformer.generate_square_subsequent_mask(KEYS, dtype=torch.float64)
    here, there = {
        "none": (ours(value), theirs(tensor)),
        "padding": (
            ours(value, src_key_padding_mask=PADDING),
            theirs(tensor, src_key_padding_mask=torch.tensor(PADDING)),
        ),
        "causal": (ours(value, is_causal=True), theirs(tensor, later, is_causal=True)),
    }[masks]
    names = dict(theirs.named_parameters())
    others = [tensor, *(names[name] for name, _ in ours.named_parameters())]
    assert_alike(here, there, [value, *ours.parameters()], others)


@pytorch
def test_layers_one_after_the_other_take_the_state_of_pytorchs_encoder():
    import torch

    layer = torch.nn.TransformerEncoderLayer(FEATURES, HEADS, 5, 0.0, batch_first=True).double()
    theirs = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    layers = [nn.TransformerEncoderLayer(FEATURES, HEADS, 5, 0.0, batch_first=True) for _ in range(2)]
    ours, x = loaded(nn.Sequential(*layers), theirs), sequence(KEYS)
    np.testing.assert_allclose(
        ours.predict(x), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-12, atol=1e-13
    )


# -- what holds whatever the parameters are ----------------------------------------------------


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_shares_sum_to_1_and_hidden_keys_have_none(data):
    mask = np.array(
        data.draw(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=3, max_size=3))
    )
    mask[:, data.draw(st.integers(0, 3))] = False
    attention = nn.MultiheadAttention(FEATURES, HEADS, batch_first=True, seed=0)
    q, k = sequence(QUERIES, seed=1), sequence(KEYS, seed=2)
    _, weights = attention(q, k, k, attn_mask=mask, average_attn_weights=False)
    assert weights.shape == (N, HEADS, QUERIES, KEYS)
    np.testing.assert_allclose(weights.data.sum(axis=-1), 1.0, rtol=1e-12)
    assert not weights.data[np.broadcast_to(mask, weights.shape)].any()


def test_a_causal_output_does_not_depend_on_later_steps():
    layer = nn.TransformerEncoderLayer(FEATURES, HEADS, 5, 0.0, batch_first=True, seed=0)
    x = Value(sequence(KEYS))
    for step in range(KEYS):
        slope = gradients((layer(x, is_causal=True)[:, step] ** 3).sum(), x)
        assert not slope[:, step + 1 :].any()
        assert slope[:, : step + 1].any()


def test_steps_in_another_order_give_the_same_in_that_order():
    layer, x = nn.TransformerEncoderLayer(FEATURES, HEADS, 5, batch_first=True, seed=0), sequence(KEYS)
    order = [2, 0, 3, 1]
    np.testing.assert_allclose(layer.predict(x[:, order]), layer.predict(x)[:, order], rtol=1e-12)


def test_derivatives_are_the_differences_to_the_second_order():
    attention = nn.MultiheadAttention(4, 2, batch_first=True, seed=0)
    x = np.random.default_rng(0).normal(size=(1, 3, 4))
    check_gradients(lambda x: attention(x, x, x, is_causal=True)[0], x, order=2)
    bias = RNG.normal(size=(3, 3))
    check_gradients(lambda bias: attention(x, x, x, attn_mask=bias)[0], bias, order=2)
    layer = nn.TransformerEncoderLayer(4, 2, 3, 0.0, "tanh", batch_first=True, seed=0)
    check_gradients(lambda x: layer(x), x, order=2)


@pytest.mark.parametrize("masks", MASKS)
def test_programs_compute_what_the_layer_does(masks):
    attention = nn.MultiheadAttention(FEATURES, HEADS, batch_first=True, seed=0)
    q, k = sequence(QUERIES, seed=1), sequence(KEYS, seed=2)

    def loss(q, k):
        output, weights = attention(q, k, k, **MASKS[masks])
        return (output**2).sum() + (weights**3).sum()

    f = value_and_grad(loss, argnums=(0, 1))
    (here, slopes), (there, others) = ad.jit(f)(q, k), f(q, k)
    np.testing.assert_allclose(here, there, rtol=1e-12)
    for slope, other in zip(slopes, others, strict=True):
        np.testing.assert_allclose(slope, other, rtol=1e-10, atol=1e-13)


def test_float32_stays_float32():
    attention = nn.MultiheadAttention(FEATURES, HEADS, batch_first=True, dtype=np.float32)
    layer = nn.TransformerEncoderLayer(FEATURES, HEADS, 5, batch_first=True).astype(np.float32)
    x = Value(sequence(KEYS).astype(np.float32))
    pairs = np.zeros((KEYS, KEYS), bool)
    for mask in (None, pairs, np.zeros((KEYS, KEYS))):
        outputs = *attention(x, x, x, attn_mask=mask, is_causal=True), layer(x, mask, PADDING)
        assert {y.dtype for y in outputs} == {np.dtype(np.float32)}
        assert gradients(outputs[2].sum(), x).dtype == np.float32


def test_what_a_module_returns_side_by_side_is_predicted_so():
    x = sequence(KEYS, 4)
    outputs, (h, c) = nn.LSTM(4, 3, batch_first=True, seed=0).predict(x)
    assert [type(y) for y in (outputs, h, c)] == [np.ndarray] * 3
    assert outputs.shape == (N, KEYS, 3)


def test_dropout_drops_shares_in_training_alone():
    attention, x = nn.MultiheadAttention(4, 2, dropout=0.5, batch_first=True, seed=0), sequence(8, 4)
    _, weights = attention(x, x, x, average_attn_weights=False)
    assert 0.3 < np.mean(weights.data == 0.0) < 0.7
    attention.eval()
    np.testing.assert_allclose(attention(x, x, x)[1].data.sum(axis=-1), 1.0)
    assert attention.predict(x, x, x, need_weights=False)[1] is None


def test_each_part_is_a_box_in_the_picture():
    layer = nn.TransformerEncoderLayer(4, 2, 3, 0.0, batch_first=True, seed=0)
    layer.norm1.weight.name = "γ₁"
    dot = ad.draw(layer(Value(np.ones((1, 2, 4)), "x")).sum()).dot
    for box in ("TransformerEncoderLayer", "MultiheadAttention", "Linear", "LayerNorm"):
        assert box in dot


def test_a_mask_of_whole_numbers_is_neither_hidden_nor_added():
    lower = np.tril(np.ones((KEYS, KEYS), int))
    for mask in ({"attn_mask": lower}, {"key_padding_mask": lower[:N]}):
        with pytest.raises(TypeError, match=r"a mask is True where a query must not look.* got dtype int\d+"):
            attended(*SAME, **mask)


# -- bad input ---------------------------------------------------------------------------------


def attended(*shapes, **options):
    attention = nn.MultiheadAttention(FEATURES, HEADS, batch_first=True, seed=0)
    return attention(*(np.zeros(shape) for shape in shapes), **options)


SAME = [(N, KEYS, FEATURES)] * 3
BLIND = np.zeros((KEYS, KEYS), bool)
BLIND[2] = True
EMPTY = np.array([[False] * KEYS, [True] * KEYS])


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: nn.MultiheadAttention(6, 4), "6 features do not go evenly into 4 heads"),
        (lambda: nn.MultiheadAttention(6, 0), "n_heads must be an integer ≥ 1"),
        (lambda: nn.MultiheadAttention(6, 2, kdim=0), "kdim or vdim must be an integer ≥ 1"),
        (lambda: nn.TransformerEncoderLayer(6, 2, 0), "n_hidden must be an integer ≥ 1"),
        (lambda: nn.TransformerEncoderLayer(6, 2, activation="relv"), "unknown activation 'relv'"),
        (
            lambda: attended((3,), *SAME[1:]),
            r"expected sequences of shape \(n_observations, n_steps, n_features\)",
        ),
        (lambda: attended((KEYS, FEATURES), *SAME[1:]), r"got query \(4, 6\), key \(2, 4, 6\)"),
        (lambda: attended((N, KEYS, 5), *SAME[1:]), "expected 6 features of queries.*got query"),
        (lambda: attended((3, KEYS, FEATURES), *SAME[1:]), "must have as many observations"),
        (lambda: attended(*SAME[1:], (N, 5, FEATURES)), "key and value as many steps"),
        (
            lambda: attended(*SAME, attn_mask=BLIND[1:]),
            r"attn_mask must have the shape \(4, 4\), got",
        ),
        (lambda: attended(*SAME, key_padding_mask=BLIND), r"key_padding_mask must have the shape \(2, 4\)"),
        (lambda: attended(*SAME, attn_mask=BLIND), "let query 2 look at no key"),
        (lambda: attended(*SAME, key_padding_mask=EMPTY), "let query 0 of observation 1 look at no key"),
    ],
)
def test_what_does_not_fit_is_refused(call, told):
    with pytest.raises(ValueError, match=told):
        call()


def test_no_observations_give_none():
    layer = nn.MultiheadAttention(4, 2, batch_first=True, seed=0)
    x = np.zeros((0, 5, 4))
    output, weights = layer(x, x, x)
    assert (output.shape, weights.shape) == ((0, 5, 4), (0, 5, 5))
