"""The lecture form: scalars with names, three ways to call it, and its conversion into the array form."""

from copy import deepcopy
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

from autodiff import Value, gradients, no_grad
from autodiff.graph import Graph
from autodiff.testing import Domain, arrays
from nn import MLP, Layer, Linear, Network, Neuron
from nn.activations import ACTIVATIONS
from nn.network.notation import indexed
from tests.autodiff.test_network import closed_form, regressions

SMALL = Domain(-2.0, 2.0)


def written_out(case):
    """A network, the arguments of its closed form, X and Y."""
    network, _, X, Y = case
    names = [network.activation] * (len(network.layers) - 1) + [network.output]
    weights = [np.array([[w.data for w in n.weights] for n in layer.neurons]) for layer in network.layers]
    biases = [np.array([n.bias.data for n in layer.neurons]) for layer in network.layers]
    return network, (names, weights, biases, X, Y)


drawn_networks = regressions(scalars=True).map(written_out)


def in_order(dw, db):
    """Gradients of arrays in the order of a Network's parameters."""
    return np.concatenate([np.column_stack([w, b]).ravel() for w, b in zip(dw, db, strict=True)])


def outputs(a):
    """What a call returned, always as a list."""
    return a if isinstance(a, list) else [a]


def by_numbers(network, X, Y):
    """R(θ), observation by observation."""
    return sum(
        (y - a) ** 2
        for row, target in zip(X, Y, strict=True)
        for y, a in zip(target, outputs(network(*row)), strict=True)
    )


def by_columns(network, X, Y):
    """R(θ), all observations at once."""
    return sum(((y - a) ** 2).sum() for y, a in zip(Y.T, outputs(network(*X.T)), strict=True))


def by_table(network, X, Y):
    """R(θ) of the table."""
    return ((Y - network(X)) ** 2).sum()


# -- gradients -------------------------------------------------------------------------------------


@given(drawn_networks)
@settings(max_examples=40)
def test_numbers_columns_and_tables_have_the_closed_form_gradient(drawn):
    network, arguments = drawn
    *_, X, Y = arguments
    expected, dw, db = closed_form(*arguments)
    for loss in (by_numbers, by_columns, by_table):
        r = loss(network, X, Y)
        np.testing.assert_allclose(r.data, expected, rtol=1e-12)
        got = gradients(r, network.parameters())
        np.testing.assert_allclose(got, in_order(dw, db), rtol=1e-9, atol=1e-9)


@given(drawn_networks)
@settings(max_examples=40)
def test_the_array_form_has_equal_values_and_gradients(drawn):
    network, (*_, X, Y) = drawn
    mlp = network.to_mlp()
    np.testing.assert_allclose(network(X).data, mlp(X).data, rtol=1e-12, atol=1e-14)
    mine = gradients(by_table(network, X, Y), network.parameters())
    theirs = gradients(by_table(mlp, X, Y), mlp.parameters())
    np.testing.assert_allclose(mine, in_order(theirs[::2], theirs[1::2]), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation_gives_equal_networks(name):
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    mlp = MLP(3, [4, 2], activation=name, output=name, seed=rng)
    network = Network.from_mlp(mlp)
    np.testing.assert_allclose(network(X).data, mlp(X).data, rtol=1e-12)
    theirs = gradients(by_table(mlp, X, Y), mlp.parameters())
    for loss in (by_numbers, by_columns, by_table):
        mine = gradients(loss(network, X, Y), network.parameters())
        np.testing.assert_allclose(mine, in_order(theirs[::2], theirs[1::2]), rtol=1e-9, atol=1e-12)


def test_both_forms_descend_alike():
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(6, 2)), rng.normal(size=(6, 1))
    network = Network(2, [3, 1], seed=2)
    mlp = network.to_mlp()
    for model in (network, mlp):
        for _ in range(20):
            model.zero_grad()
            by_table(model, X, Y).backward()
            for parameter in model.parameters():
                parameter.data = parameter.data - 0.05 * parameter.grad
    np.testing.assert_allclose(network(X).data, mlp(X).data, rtol=1e-10)
    assert by_table(network, X, Y) < 0.9 * by_table(Network(2, [3, 1], seed=2), X, Y)


@given(arrays((2,), domain=SMALL))
def test_inputs_that_are_variables_have_gradients(point):
    network, h = Network(2, [3, 1], seed=0), 1e-6
    x = [Value(number) for number in point]
    slopes = gradients(network(*x), x)
    for k, slope in enumerate(slopes):
        step = h * np.eye(2)[k]
        difference = (network(point + step).data - network(point - step).data) / (2 * h)
        assert slope == pytest.approx(difference, rel=1e-6, abs=1e-8)


# -- names -----------------------------------------------------------------------------------------


def test_parameters_have_the_names_and_the_order_of_the_lecture():
    assert [p.name for p in Network(2, [2, 1]).parameters()] == [
        "w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "b₁⁽¹⁾", "w₂₁⁽¹⁾", "w₂₂⁽¹⁾", "b₂⁽¹⁾", "w₁₁⁽²⁾", "w₁₂⁽²⁾", "b₁⁽²⁾",
    ]  # fmt: skip


def test_w_jk_leads_from_node_k_to_node_j():
    network = Network(3, [2, 2], activation="identity", initialize="zeros")
    parameter = next(p for p in network.parameters() if p.name == "w₂₃⁽¹⁾")
    parameter.data = 5.0
    assert [z.data for z in network.layers[0](7.0, 8.0, 9.0)] == [0.0, 45.0]


def test_names_stay_different_beyond_nine_nodes_and_layers():
    names = [p.name for p in Network(12, [12] * 3 + [1] * 8).parameters()]
    assert len(set(names)) == len(names)
    assert {"w₁₁,₁⁽¹⁾", "w₁,₁₁⁽¹⁾", "w₁₁⁽¹⁾", "b₁₂⁽³⁾", "b₁⁽¹¹⁾"} <= set(names)


def test_a_recorded_graph_shows_inputs_sums_and_activations_by_name():
    graph = Graph(Network(2, [2, 1])(3.0, -2.0))
    names = [node.name for node in graph if node.name and node.name[0] in "xza"]
    assert names == ["x₁", "x₂", "z₁⁽¹⁾", "z₂⁽¹⁾", "a₁⁽¹⁾", "a₂⁽¹⁾", "a₁⁽²⁾"]


def test_a_graph_has_the_nodes_of_the_written_formula_and_no_more():
    sizes = (3, 4, 2)
    a, _ = Network(sizes[0], sizes[1:])(1.0, 2.0, 3.0)
    recorded = [node for node in Graph(a) if node.kind == "recorded"]
    sums_and_products = sum(2 * n * m for n, m in pairwise(sizes)) - 2 * sizes[1]  # a₂⁽²⁾ is not among them
    assert len(recorded) == sums_and_products + sizes[1]


def test_a_named_input_keeps_its_name_and_identity():
    x = Value(3.0, "age", constant=True)
    assert any(node.source is x for node in Graph(Network(2, [1])(x, 1.0)))


# -- ways to call ----------------------------------------------------------------------------------

X = np.array([[3.0, -2.0], [-1.0, 1.0], [0.5, 2.0]])


@pytest.fixture
def network():
    return Network(2, [3, 2], seed=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda f, x: f(*x),
        lambda f, x: f(*x.tolist()),
        lambda f, x: f(x),
        lambda f, x: f(x.tolist()),
        lambda f, x: f(tuple(x)),
        lambda f, x: f([Value(x[0]), x[1]]),
        lambda f, x: f(Value(x)),
    ],
)
def test_one_observation_gives_a_list_of_numbers(network, call):
    result = call(network, X[0])
    assert [type(a.data) for a in result] == [float, float]
    np.testing.assert_allclose([a.data for a in result], network(X).data[0])


@pytest.mark.parametrize(
    "call", [lambda f: f(*X.T), lambda f: f(list(X.T)), lambda f: f(*X.T.tolist()), lambda f: f(*Value(X).T)]
)
def test_columns_give_a_list_of_columns(network, call):
    result = call(network)
    assert [a.shape for a in result] == [(3,), (3,)]
    np.testing.assert_allclose(np.column_stack([a.data for a in result]), network(X).data)


@pytest.mark.parametrize(
    "call", [lambda f: f(X), lambda f: f(X.tolist()), lambda f: f(Value(X)), lambda f: f(X.astype(int) * 1.0)]
)
def test_a_table_gives_a_table(network, call):
    assert call(network).shape == (3, 2)


def test_integers_count_as_numbers(network):
    assert [a.data for a in network(3, -2)] == [a.data for a in network(3.0, -2.0)]


def test_a_grid_for_each_feature_gives_grids(network):
    x1, x2 = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(-1, 1, 5))
    first, _ = network(x1, x2)
    assert first.shape == (5, 4)
    assert first.data[2, 3] == pytest.approx(network(x1[2, 3], x2[2, 3])[0].data)


def test_a_number_goes_with_a_column(network):
    np.testing.assert_allclose(network(X[:, 0], 1.0)[1].data, network(X[:, 0], np.ones(3))[1].data)


def test_one_output_is_no_list():
    network = Network(2, [1], seed=0)
    assert isinstance(network(1.0, 2.0), Value)
    assert network(*X.T).shape == (3,)
    assert network(X).shape == (3, 1)


def test_one_feature_is_a_number_a_column_or_a_table():
    network = Network(1, [2, 1], seed=0)
    x = np.array([1.0, 2.0, 3.0])
    assert network(1.0).shape == network([1.0]).shape == ()
    assert network(x).shape == (3,)
    assert network(x[:, None]).shape == (3, 1)
    np.testing.assert_allclose(network(x).data, network(x[:, None]).data[:, 0])


def test_a_table_without_rows_gives_one(network):
    assert network(np.zeros((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("softly", ["softmax", "log_softmax"])
def test_softmax_sees_the_whole_layer_in_every_form(softly):
    network = Network(2, [3, 4], output=softly, seed=3)
    total = sum(a if softly == "softmax" else a.exp() for a in network(3.0, -2.0))
    assert total.data == pytest.approx(1.0)
    np.testing.assert_allclose([a.data for a in network(*X[1])], network(X).data[1])
    np.testing.assert_allclose([a.data for a in network(*X.T)], network(X).data.T)
    assert [a.name for a in network(3.0, -2.0)] == [indexed("a", j, layer=2) for j in (1, 2, 3, 4)]


def test_predictions_under_no_grad_remember_nothing(network):
    with no_grad():
        numbers, columns, table = network(3.0, -2.0), network(*X.T), network(X)
    assert all(a.constant and len(Graph(a)) == 1 for a in (*numbers, *columns, table))
    np.testing.assert_array_equal(table.data, network(X).data)


def test_neurons_and_layers_are_called_alike():
    neuron, layer = Neuron(2, seed=0), Layer(2, 3, activation="tanh", seed=0)
    z = sum(w.data * x for w, x in zip(neuron.weights, X[0], strict=True))
    assert neuron(*X[0]).data == pytest.approx(1 / (1 + np.exp(-z)))
    assert neuron(X).shape == (3, 1)
    assert layer(X).shape == (3, 3)
    assert [a.name for a in layer(X[0])] == ["a₁⁽¹⁾", "a₂⁽¹⁾", "a₃⁽¹⁾"]


def test_a_function_is_an_activation():
    network = Network(2, [1], output=lambda z: z * z, initialize="zeros")
    network.layers[0].neurons[0].bias.data = 3.0
    assert network(1.0, 1.0).data == 9.0
    assert network.to_mlp()(X).data.tolist() == [[9.0]] * 3


# -- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f(1.0), "Network: expected 2 features, got 1"),
        (lambda f: f(), "Network: expected 2 features, got 0"),
        (lambda f: f(1.0, 2.0, 3.0), "Network: expected 2 features, got 3"),
        (lambda f: f([1.0, 2.0, 3.0]), "Network: expected 2 features, got 3"),
        (lambda f: f(np.ones(3)), "Network: expected 2 features, got 3"),
        (lambda f: f(np.ones((5, 3))), "Network: expected 2 features, got 3 columns"),
        (lambda f: f(*X), r"got 3 of length 2: they look like rows; .*network\(\*X.T\)"),
        (lambda f: f(X.T), r"got 3 columns of 2: the table looks transposed; .*give X.T"),
        (lambda f: f(np.ones(3), np.ones(4)), r"Network: .*one shape, got x₁ \(3,\), x₂ \(4,\)"),
        (lambda f: f(np.ones(3), np.ones((3, 1))), r"one shape, got x₁ \(3,\), x₂ \(3, 1\)"),
        (lambda f: f.layers[1](1.0, 2.0), "Layer: expected 3 features, got 2"),
        (lambda f: f.layers[0].neurons[0](1.0), "Neuron: expected 2 features, got 1"),
        (lambda f: Network(1, [1])([1.0, 2.0, 3.0]), r"expected 1 feature, got 3; .*np.array\(x\)"),
        (lambda f: Network(2, [0]), "0"),
        (lambda f: Network(2, []), "sizes"),
        (lambda f: Neuron(0), "n_inputs"),
        (lambda f: Layer(2, 1, activation="sigmod"), "did you mean 'sigmoid'"),
        (lambda f: Network(2, [1], output="lineal"), "unknown activation 'lineal'"),
    ],
)
def test_what_does_not_fit_is_refused(network, call, message):
    with pytest.raises(ValueError, match=message):
        call(network)


@pytest.mark.parametrize("x", ["three", 1j, None])
def test_what_is_no_number_is_refused(network, x):
    with pytest.raises(TypeError, match="real numbers"):
        network(x, 1.0)


# -- start, state, freezing ------------------------------------------------------------------------


def test_one_seed_starts_a_network_as_it_starts_an_mlp():
    network, mlp = Network(3, [4, 2], seed=7), MLP(3, [4, 2], activation="sigmoid", seed=7)
    np.testing.assert_array_equal([p.data for p in network.parameters()], in_order(*numbers(mlp)))
    again = Network(3, [4, 2], seed=np.random.default_rng(7))
    assert [p.data for p in again.parameters()] == [p.data for p in network.parameters()]


def numbers(mlp):
    """Weights and biases of an MLP as arrays."""
    return [layer.weight.data for layer in mlp.layers], [layer.bias.data for layer in mlp.layers]


def test_a_layer_starts_as_linear_of_its_seed():
    layer, linear = Layer(3, 4, seed=7), Linear(3, 4, seed=7)
    assert [[w.data for w in neuron.weights] for neuron in layer.neurons] == linear.weight.tolist()


def test_without_a_seed_networks_differ():
    assert Network(2, [1])(1.0, 2.0).data != Network(2, [1])(1.0, 2.0).data


def test_what_counts_no_nodes_has_no_index():
    assert indexed("W", layer=1) == "W⁽¹⁾"
    assert indexed("θ") == "θ"


def test_state_moves_to_another_network(network):
    other = Network(2, [3, 2], seed=1)
    other.load_state_dict(network.state_dict())
    np.testing.assert_array_equal(other(X).data, network(X).data)


def test_a_copy_has_the_names_and_shares_nothing(network):
    copy = deepcopy(network)
    assert [p.name for p in copy.parameters()] == [p.name for p in network.parameters()]
    for parameter in copy.parameters():
        parameter.data = 0.0
    assert np.any(network(X).data)
    assert not np.any(copy(X).data)


def test_a_frozen_layer_has_no_gradient(network):
    network.layers[0].freeze()
    network(X).sum().backward()
    assert all(p.grad is None for p in network.layers[0].parameters())
    assert all(p.grad is not None for p in network.layers[1].parameters())


def test_what_is_frozen_is_carried_over_both_ways():
    mlp = MLP(2, [3, 1], seed=0)
    mlp.layers[0].weight.constant = mlp.layers[1].bias.constant = True
    network = Network.from_mlp(mlp)
    assert [p.name for p in network.layers[0].parameters() if not p.constant] == ["b₁⁽¹⁾", "b₂⁽¹⁾", "b₃⁽¹⁾"]
    assert [p.name for p in network.layers[1].parameters() if p.constant] == ["b₁⁽²⁾"]
    assert [p.constant for p in network.to_mlp().parameters()] == [True, False, False, True]


def test_an_mlp_becomes_the_network_of_the_same_numbers():
    mlp = MLP(2, [3, 2], activation="tanh", output="softmax", seed=0)
    mlp.layers[0].weight.constant = True
    network = mlp.to_network()
    assert type(network) is Network
    assert [p.constant for p in network.to_mlp().parameters()] == [True, False, False, False]
    np.testing.assert_allclose(network(X).data, mlp(X).data, rtol=1e-14)


def test_a_layer_frozen_in_part_has_no_array_form(network):
    network.layers[1].neurons[0].weights[1].constant = True
    with pytest.raises(ValueError, match="'w₁₂⁽²⁾' is frozen and 'w₂₃⁽²⁾' is not"):
        network.to_mlp()


def test_converted_networks_share_nothing():
    mlp = MLP(2, [3, 1], activation="tanh", seed=0)
    before = mlp(X).data.copy()
    network = Network.from_mlp(mlp)
    back = network.to_mlp()
    for parameter in network.parameters():
        parameter.data = 0.0
    np.testing.assert_array_equal(mlp(X).data, before)
    np.testing.assert_array_equal(back(X).data, before)
    assert (back.activation, back.output, back.sizes) == ("tanh", "identity", [3, 1])


def test_only_an_mlp_becomes_a_network():
    with pytest.raises(TypeError, match="expected an MLP, got Linear"):
        Network.from_mlp(Linear(2, 1))
