"""The lecture's numbers and formulas, by its network."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, derivative, explain, grad, gradients, hessian
from autodiff.graph import Graph
from examples.lecture_network import THETA as THETA_BY_HAND
from examples.lecture_network import loss as loss_by_hand
from nn import Network, lecture

NUMBERS = st.floats(-3.0, 3.0)


def nodes(output):
    """Named nodes of a graph by name."""
    return {node.name: node.source for node in Graph(output) if node.name}


# -- printed numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observation", "name", "number"),
    [
        (0, "z₁⁽¹⁾", -0.1),
        (0, "a₁⁽¹⁾", 0.475),
        (0, "a₂⁽¹⁾", 0.622),
        (0, "a₁⁽²⁾", 0.8095),  # printed as 0.809
        (1, "a₁⁽¹⁾", 0.574),
        (1, "a₂⁽¹⁾", 0.690),  # printed as 0.689
        (1, "a₁⁽²⁾", 0.883),  # printed as 0.88
    ],
)
def test_activations_are_the_printed_ones(observation, name, number):
    X, _ = lecture.observations()
    assert nodes(lecture.network()(X[observation]))[name].data == pytest.approx(number, abs=5e-4)


@pytest.mark.parametrize(
    ("parameter", "nudge"),
    [
        ("w₁₁⁽¹⁾", 0.449),
        ("w₁₂⁽¹⁾", -0.299),
        ("b₁⁽¹⁾", 0.150),
        ("w₂₁⁽¹⁾", 0.141),
        ("w₂₂⁽¹⁾", -0.094),
        ("b₂⁽¹⁾", 0.047),  # misprinted as 0.045
        ("w₁₁⁽²⁾", 0.475),
        ("w₁₂⁽²⁾", 0.622),
        ("b₁⁽²⁾", 1.0),
        ("a₁⁽¹⁾", 0.6),
        ("a₂⁽¹⁾", 0.2),
    ],
)
def test_nudges_are_the_printed_ones(parameter, nudge):
    output = lecture.network()(3.0, -2.0)
    assert gradients(output, nodes(output)[parameter]) == pytest.approx(nudge, abs=5e-4)


# -- formulas --------------------------------------------------------------------------------------


@given(st.lists(NUMBERS, min_size=9, max_size=9), NUMBERS, NUMBERS, NUMBERS)
def test_the_formulas_of_the_lecture_hold_for_any_weights_and_inputs(theta, x1, x2, y):
    network = lecture.network()
    for parameter, number in zip(network.parameters(), theta, strict=True):
        parameter.data = number
    a = network(x1, x2)
    r = (y - a) ** 2
    r.backward()
    v = {name: node.data for name, node in nodes(a).items()}
    common = -2 * (y - v["a₁⁽²⁾"])
    σ1, σ2 = (exp(-z) * (1 + exp(-z)) ** -2 for z in (v["z₁⁽¹⁾"], v["z₂⁽¹⁾"]))
    formulas = {
        "w₁₁⁽¹⁾": common * v["w₁₁⁽²⁾"] * σ1 * x1,
        "w₁₂⁽¹⁾": common * v["w₁₁⁽²⁾"] * σ1 * x2,
        "b₁⁽¹⁾": common * v["w₁₁⁽²⁾"] * σ1,
        "w₂₁⁽¹⁾": common * v["w₁₂⁽²⁾"] * σ2 * x1,
        "w₂₂⁽¹⁾": common * v["w₁₂⁽²⁾"] * σ2 * x2,
        "b₂⁽¹⁾": common * v["w₁₂⁽²⁾"] * σ2,
        "w₁₁⁽²⁾": common * v["a₁⁽¹⁾"],
        "w₁₂⁽²⁾": common * v["a₂⁽¹⁾"],
        "b₁⁽²⁾": common,
    }
    for parameter in network.parameters():
        assert parameter.grad == pytest.approx(formulas[parameter.name], rel=1e-9, abs=1e-12)


def test_the_loss_is_the_one_written_by_hand():
    theta = {name: Value(number, name) for name, number in THETA_BY_HAND.items()}
    expected, _ = loss_by_hand(theta)
    expected.backward()
    network = lecture.network()
    r = lecture.loss(network)
    r.backward()
    assert r.data == expected.data
    assert {p.name: p.grad for p in network.parameters()} == {name: p.grad for name, p in theta.items()}


def test_the_graph_of_the_loss_is_the_one_drawn_by_hand():
    theta = {name: Value(number, name) for name, number in THETA_BY_HAND.items()}
    by_hand = [(node.name, node.symbol) for node in Graph(loss_by_hand(theta)[0])]
    mine = [(node.name, node.symbol) for node in Graph(lecture.loss(lecture.network()))]
    assert sorted(map(str, mine)) == sorted(map(str, by_hand))


def test_the_loss_of_columns_and_of_the_table_is_that_of_the_numbers():
    network, (X, y) = lecture.network(), lecture.observations()
    expected = lecture.loss(network).data
    assert ((y - network(*X.T)) ** 2).sum().data == pytest.approx(expected)
    assert ((y[:, None] - network(X)) ** 2).sum().data == pytest.approx(expected)
    assert ((y[:, None] - network.to_mlp()(X)) ** 2).sum().data == pytest.approx(expected)


def test_a_hundred_steps_of_steepest_descent_fit_both_observations():
    network = lecture.network()
    for _ in range(100):
        slopes = gradients(lecture.loss(network), network.parameters())
        for parameter, slope in zip(network.parameters(), slopes, strict=True):
            parameter.data = parameter.data - 0.1 * slope
    assert lecture.loss(network).data == pytest.approx(0.000002278, abs=5e-10)


def test_each_call_makes_a_new_network_and_new_observations():
    network, (X, _) = lecture.network(), lecture.observations()
    network.layers[0].neurons[0].bias.data = 9.0
    X[:] = 9.0
    assert lecture.network().layers[0].neurons[0].bias.data == 0.1
    assert lecture.observations()[0].max() == 3.0


def test_the_loss_takes_any_network_of_two_features_and_one_output():
    assert lecture.loss(Network(2, [5, 1], activation="tanh", seed=0)).data > 0.0


# -- demonstrations --------------------------------------------------------------------------------


@given(NUMBERS)
def test_the_slope_of_demonstration_1_is_the_printed_one(x):
    slope = 12 * x**3 + 15 * x**2 - 40 * x + 8
    assert derivative(lecture.demonstration_1)(x) == pytest.approx(slope, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("x", "curvature"), [(-2.6196, 1), (0.2217, -1), (1.1479, 1)])
def test_demonstration_1_has_its_stationary_points(x, curvature):
    f = lecture.demonstration_1
    assert derivative(f)(x - 5e-5) * derivative(f)(x + 5e-5) < 0.0
    assert np.sign(derivative(f, order=2)(x)) == curvature
    assert f(-2.6196) <= f(x)


@given(NUMBERS, NUMBERS)
def test_the_gradient_of_demonstration_2_is_the_written_one(x1, x2):
    expected = [
        4 * x1**3 * x2**2 + 2 * (x1 - 1) * (x2 - 1) ** 4,
        2 * x1**4 * x2 + 4 * (x1 - 1) ** 2 * (x2 - 1) ** 3,
    ]
    assert grad(lecture.demonstration_2)(np.array([x1, x2])) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert grad(lecture.demonstration_2, argnums=(0, 1))(x1, x2) == pytest.approx(
        expected, rel=1e-9, abs=1e-9
    )
    assert grad(lecture.demonstration_2)((x1, x2)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("point", "signs"), [((1.0, 0.0), [1, 1]), ((0.0, 1.0), [0, 0]), ((2 / 3, 1 / 3), [-1, 1])]
)
def test_demonstration_2_has_its_stationary_points(point, signs):
    x = np.array(point)
    np.testing.assert_allclose(grad(lecture.demonstration_2)(x), 0.0, atol=1e-15)
    curvatures = np.linalg.eigvalsh(hessian(lecture.demonstration_2)(x))
    assert np.sign(np.round(curvatures, 12)).tolist() == signs


def test_demonstration_2_takes_grids():
    x1, x2 = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(-1, 1, 5))
    surface = lecture.demonstration_2(x1, x2)
    assert surface.shape == (5, 4)
    assert surface[2, 3] == lecture.demonstration_2((x1[2, 3], x2[2, 3]))


@pytest.mark.parametrize("point", [(1.0, 2.0, 3.0), ((1.0,),), ()])
def test_demonstration_2_takes_two_coordinates(point):
    with pytest.raises(TypeError, match=r"expected a point \(x₁, x₂\), got"):
        lecture.demonstration_2(*point)


def test_one_observation_is_derived_as_on_the_slides():
    network = lecture.network()
    r = lecture.loss(network, 1)
    assert (r.name, round(r.item(), 6)) == ("R", 0.152487)
    found = explain(r, network.parameters()[0])
    assert found.formula.text == "−2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾(1 − a₁⁽¹⁾)·x₁"
    assert "chain rule yet again" in found.text
    both = sum(lecture.loss(network, i).item() for i in (1, 2))
    assert both == pytest.approx(lecture.loss(network).item(), rel=1e-15)
    with pytest.raises(ValueError, match="observations are 1 and 2"):
        lecture.loss(network, 3)
