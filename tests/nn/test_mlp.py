"""Linear, Sequential and MLP: their formulas, starts, names, dtypes and errors."""

import copy
import importlib
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, check_gradients, gradients
from autodiff.testing import arrays
from nn import MLP, BatchNorm, Conv2d, Embedding, Flatten, LayerNorm, Linear, Sequential
from nn.initialize import he_normal, xavier_uniform
from nn.layers.linear import affine
from nn.losses import cross_entropy, mean_squared_error

X = np.random.default_rng(0).normal(size=(5, 4))

# -- Linear ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4,), (5, 4), (2, 5, 4), (0, 4)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_is_the_matrix_product(shape, bias):
    layer = Linear(4, 3, bias=bias, initialize="normal", seed=0)
    x = np.random.default_rng(1).normal(size=shape)
    expected = x @ layer.weight.data.T + (layer.bias.data if bias else 0.0)
    np.testing.assert_allclose(layer(x).data, expected, rtol=1e-15)
    np.testing.assert_array_equal(layer(x).data, layer(Value(x)).data)
    np.testing.assert_array_equal(layer(x.tolist()).data if x.size else layer(x).data, layer(x).data)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 3)])
@given(data=st.data())
@settings(max_examples=5)
def test_derivatives_of_affine_are_the_finite_differences(shape, data):
    check_gradients(affine, data.draw(arrays(shape)), data.draw(arrays((2, 3))), data.draw(arrays((2,))))


def test_linear_keeps_to_pytorchs_layout():
    torch = pytest.importorskip("torch")
    ours, theirs = Linear(4, 3, seed=0), torch.nn.Linear(4, 3, dtype=torch.float64)
    state = {name: torch.tensor(array) for name, array in ours.state_dict().items()}
    theirs.load_state_dict(state)
    np.testing.assert_allclose(ours(X).data, theirs(torch.tensor(X)).detach().numpy(), rtol=1e-14)
    ours.load_state_dict(theirs.state_dict())


def test_linear_takes_the_columns_that_a_network_of_numbers_gives():
    layer = Linear(2, 3, seed=0)
    columns = [Value([1.0, 2.0]), Value([3.0, 4.0])]
    np.testing.assert_array_equal(layer(columns).data, layer([[1.0, 3.0], [2.0, 4.0]]).data)


def test_linear_starts_by_xavier_with_bias_zero():
    layer = Linear(4, 3, seed=7)
    np.testing.assert_array_equal(layer.weight.data, xavier_uniform((3, 4), 7))
    np.testing.assert_array_equal(layer.bias.data, np.zeros(3))
    assert (layer.weight.name, layer.bias.name) == ("W", "b")
    np.testing.assert_array_equal(Linear(4, 3, initialize="he", seed=7).weight.data, he_normal((3, 4), 7))
    np.testing.assert_array_equal(Linear(4, 3, initialize=lambda s, rng: np.ones(s)).weight.data, 1.0)


def test_a_wrong_number_of_features_is_refused_with_both_numbers():
    layer = Linear(4, 3)
    with pytest.raises(
        ValueError, match=r"expected 4 features in the last axis, got 5 in an input of shape \(2, 5\)"
    ):
        layer(np.ones((2, 5)))
    with pytest.raises(ValueError, match="expected 4 features in the last axis, got a number"):
        layer(1.0)
    with pytest.raises(ValueError, match=r"for one feature give x.reshape\(-1, 1\)"):
        Linear(1, 3)(np.ones(7))


@pytest.mark.parametrize("n", [0, -1, 2.0, "3", True, None])
def test_sizes_are_positive_whole_numbers(n):
    for make in (lambda: Linear(n, 3), lambda: Linear(3, n), lambda: MLP(n, [1]), lambda: MLP(3, [2, n])):
        with pytest.raises(
            ValueError, match=r"(n_inputs|n_outputs|each of sizes) must be an integer ≥ 1, got"
        ):
            make()


def test_an_initialiser_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"must return an array of shape \(3, 4\), got \(4, 3\)"):
        Linear(4, 3, initialize=lambda shape, rng: np.ones(shape[::-1]))


# -- Sequential --------------------------------------------------------------------------------


def test_sequential_applies_its_layers_in_order():
    first, second = Linear(4, 3, seed=0), Linear(3, 2, seed=1)
    network = Sequential(first, "tanh", second, lambda y: 2.0 * y)
    np.testing.assert_array_equal(network(X).data, 2.0 * second(np.tanh(first(X).data)).data)
    assert Sequential()(3.0) == 3.0


def test_sequential_is_indexed_sliced_and_counted_as_a_list():
    network = Sequential(Linear(4, 3), ad.tanh, Linear(3, 2))
    assert network[1] is ad.tanh
    assert network[-1] is network.layers[2]
    assert len(network) == 3
    assert list(network[:2]) == list(network)[:2]
    assert [name for name, _ in network[:2].named_parameters()] == ["layers.0.weight", "layers.0.bias"]


def test_sequential_refuses_unknown_names_and_other_things():
    with pytest.raises(ValueError, match="did you mean 'tanh'"):
        Sequential(Linear(4, 3), "tahn")
    with pytest.raises(TypeError, match="must be a name, got 3"):
        Sequential(Linear(4, 3), 3)


def test_sequential_takes_its_layers_in_a_list_too():
    layers = [Linear(4, 3), "tanh", Linear(3, 2)]
    for given_ in (layers, tuple(layers)):
        network = Sequential(given_)
        assert len(network) == 3
        assert network[0] is layers[0]
        np.testing.assert_array_equal(network(X).data, Sequential(*layers)(X).data)
    assert len(Sequential([])) == 0


@pytest.mark.parametrize(
    "make", [Sequential, lambda kind: Sequential([kind]), lambda kind: MLP(4, [3], kind)]
)
def test_a_class_in_place_of_a_module_is_refused(make):
    with pytest.raises(TypeError, match="expected a function or a module, got the class Flatten: call it"):
        make(Flatten)


# -- MLP ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", ad.tanh])
def test_mlp_is_the_formula_of_the_lecture(activation):
    network = MLP(4, [6, 5, 3], activation=activation, output="sigmoid", seed=0)
    a = X
    for layer in network.layers[:-1]:
        a = np.tanh(a @ layer.weight.data.T + layer.bias.data)
    z = a @ network.layers[-1].weight.data.T + network.layers[-1].bias.data
    np.testing.assert_allclose(network(X).data, 1.0 / (1.0 + np.exp(-z)), rtol=1e-14)


def test_one_observation_is_a_row():
    network = MLP(4, [16, 3], seed=0)
    for i, x in enumerate(X):
        np.testing.assert_allclose(network(x).data, network(X).data[i], rtol=1e-13, atol=1e-15)


def test_parameters_have_the_names_of_the_lecture():
    network = MLP(4, [16] * 9 + [3], seed=0)
    names = [parameter.name for parameter in network.parameters()]
    assert names[:4] == ["W⁽¹⁾", "b⁽¹⁾", "W⁽²⁾", "b⁽²⁾"]
    assert names[-1] == "b⁽¹⁰⁾"
    assert next(network.named_parameters())[0] == "layers.0.weight"
    assert (network.n_inputs, network.sizes, network.activation) == (4, [16] * 9 + [3], "relu")


def test_one_seed_makes_all_parameters_in_order():
    one, two = MLP(4, [5, 3], activation="tanh", seed=3), MLP(4, [5, 3], activation="tanh", seed=3)
    rng = np.random.default_rng(3)
    for layer, same, shape in zip(one.layers, two.layers, [(5, 4), (3, 5)], strict=True):
        np.testing.assert_array_equal(layer.weight.data, same.weight.data)
        np.testing.assert_array_equal(layer.weight.data, xavier_uniform(shape, rng))
    assert (MLP(4, [3]).layers[0].weight.data != MLP(4, [3]).layers[0].weight.data).any()


def test_weights_before_rectifiers_start_by_he_and_the_others_by_xavier():
    rng = np.random.default_rng(0)
    network = MLP(4, [5, 3], activation="gelu", seed=0)
    np.testing.assert_array_equal(network.layers[0].weight.data, he_normal((5, 4), rng))
    np.testing.assert_array_equal(network.layers[1].weight.data, xavier_uniform((3, 5), rng))
    for weight in MLP(4, [5, 3], initialize="zeros").parameters():
        assert not weight.data.any()


def test_mlp_takes_a_users_own_activation_and_learns_through_it():
    @ad.elementwise(dx=lambda y, x: 2.0 * x)
    def parabola(x, /):
        return x * x

    network = MLP(4, [5, 1], activation=parabola, seed=0)
    loss = mean_squared_error(network(X), np.ones(5))
    found = gradients(loss, network.parameters())
    assert all(np.any(g != 0.0) for g in found)
    assert "activation=parabola" in repr(network)


def test_gradients_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    network = MLP(4, [16, 3], activation="gelu", seed=0)
    layers = [torch.nn.Linear(4, 16).double(), torch.nn.GELU(), torch.nn.Linear(16, 3).double()]
    theirs = torch.nn.Sequential(*layers)
    theirs.load_state_dict(
        {name.replace("layers.1", "2").replace("layers.", ""): torch.tensor(array)
         for name, array in network.state_dict().items()}
    )  # fmt: skip
    labels = np.array([0, 2, 1, 1, 0])
    cross_entropy(network(X), labels).backward()
    torch.nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(labels)).backward()
    for ours, other in zip(network.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(ours.grad, other.grad.numpy(), rtol=1e-11, atol=1e-15)


def test_float32_inputs_stay_float32_with_float32_parameters_alone():
    small, x = MLP(4, [5, 3], seed=0, dtype=np.float32), X.astype(np.float32)
    loss = cross_entropy(small(x), [0, 1, 2, 0, 1])
    loss.backward()
    assert small(x).dtype == loss.dtype == np.float32
    assert {parameter.grad.dtype for parameter in small.parameters()} == {np.dtype(np.float32)}
    assert small(X).dtype == MLP(4, [5, 3], seed=0)(x).dtype == np.float64


def test_a_copy_and_a_pickle_predict_the_same_and_are_independent():
    network = MLP(4, [5, 3], activation="tanh", seed=0)
    before = network(X).data
    for same in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        np.testing.assert_array_equal(same(X).data, before)
        same.layers[0].weight.data = np.zeros((5, 4))
        np.testing.assert_array_equal(network(X).data, before)


def test_sizes_that_are_no_list_or_an_empty_one_are_refused():
    with pytest.raises(TypeError, match="sizes must be a list with one number per layer, got 3"):
        MLP(4, 3)
    with pytest.raises(ValueError, match="must name the output layer at least"):
        MLP(4, [])
    with pytest.raises(ValueError, match="unknown activation 'thanh'"):
        MLP(4, [3], activation="thanh")
    with pytest.raises(ValueError, match="unknown activation 'softmx'; did you mean 'softmax'"):
        MLP(4, [3], output="softmx")
    with pytest.raises(ValueError, match="unknown initialiser 'hee'; did you mean"):
        MLP(4, [3], initialize="hee")


@pytest.mark.parametrize("dtype", [int, bool, np.int8, complex, str, object, "no type"])
@pytest.mark.parametrize(
    "make",
    [
        lambda dtype: Linear(2, 1, dtype=dtype),
        lambda dtype: MLP(2, [3, 1], dtype=dtype),
        lambda dtype: Embedding(2, 1, dtype=dtype),
        lambda dtype: Conv2d(1, 1, 1, dtype=dtype),
        lambda dtype: BatchNorm(2, dtype=dtype),
        lambda dtype: LayerNorm(2, dtype=dtype),
    ],
)
def test_parameters_of_a_dtype_without_fractions_are_refused(make, dtype):
    with pytest.raises(TypeError, match=r"dtype must be a floating type, np\.float64 or np\.float32, got"):
        make(dtype)


def test_a_bias_is_there_or_not():
    for layer in (lambda: Linear(2, 1, bias="no"), lambda: Conv2d(1, 1, 1, bias="no")):
        with pytest.raises(TypeError, match="bias must be True or False, got 'no'"):
            layer()


@pytest.mark.parametrize(
    ("old", "new"), [("nn.layers.sizes", "nn.sizes"), ("nn.network.perceptron", "nn.network.feedforward")]
)
def test_modules_of_earlier_versions_are_found_under_their_old_names(old, new):
    assert importlib.import_module(old) is importlib.import_module(new)


def test_a_state_with_other_names_says_how_to_load_it() -> None:
    theirs = {
        "0.weight": np.ones((4, 3)),
        "0.bias": np.zeros(4),
        "2.weight": np.ones((1, 4)),
        "2.bias": np.zeros(1),
    }
    model = MLP(3, [4, 1])
    with pytest.raises(ValueError, match=r"dict\(zip\(model\.state_dict\(\), state\.values\(\)\)\)"):
        model.load_state_dict(theirs)
    model.load_state_dict(dict(zip(model.state_dict(), theirs.values(), strict=True)))
    with pytest.raises(ValueError, match="expected shape") as wrong:
        model.load_state_dict({**model.state_dict(), "layers.0.bias": np.zeros(2)})
    assert "zip" not in str(wrong.value)
