"""Module: what it finds among its attributes, its modes, its state and how it prints."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, tanh
from autodiff.testing import numbers
from nn import MLP, Linear, Network, Sequential
from nn.activations import leaky_relu
from nn.module import Module


class Part(Module):
    """One parameter, one buffer, one generator."""

    def __init__(self, start=1.0):
        self.scale = Value(np.full(2, start), "scale")
        self.count = np.array([3])
        self.rng = np.random.default_rng(0)
        self.rate = 0.5

    def forward(self, x):
        if self.training:
            self.count += 1
            self.rng.random()
        return x * self.scale


class Net(Module):
    """Parameters, buffers and modules in every kind of container."""

    def __init__(self):
        self.first = Part(1.0)
        self.parts = [Part(2.0), (Part(3.0), tanh)]
        self.by_name = {"left": Value(1.0), "right": Part(4.0), 3: Value([1.0])}
        self.offset = Value(0.0)
        self.title = "net"

    def forward(self, x):
        return self.by_name["right"](self.parts[1][0](self.parts[0](self.first(x)))) + self.offset


PARAMETERS = [
    "first.scale",
    "parts.0.scale",
    "parts.1.0.scale",
    "by_name.left",
    "by_name.right.scale",
    "by_name.3",
    "offset",
]
BUFFERS = ["first.count", "parts.0.count", "parts.1.0.count", "by_name.right.count"]


def names(pairs):
    return [name for name, _ in pairs]


# -- looking -----------------------------------------------------------------------------------


def test_parameters_are_found_in_order_in_all_containers():
    net = Net()
    assert names(net.named_parameters()) == PARAMETERS
    assert names(net.named_buffers()) == BUFFERS
    assert all(a is b for a, (_, b) in zip(net.parameters(), net.named_parameters(), strict=True))
    assert [type(module) for module in net.modules()] == [Net, Part, Part, Part, Part]
    assert names(net.named_parts(np.random.Generator)) == [name.replace("count", "rng") for name in BUFFERS]


def test_modules_have_the_names_of_their_places():
    net = Net()
    named = list(net.named_modules())
    assert names(named) == ["", "first", "parts.0", "parts.1.0", "by_name.right"]
    assert named[0][1] is net
    assert named[3][1] is net.parts[1][0]


def test_what_is_shared_counts_once_under_its_first_name():
    net = Net()
    net.again = [net.offset, net.first, net.first.scale]
    assert names(net.named_parameters()) == PARAMETERS
    assert len(list(net.modules())) == 5


def test_a_module_that_refers_back_is_walked_once():
    net = Net()
    net.first.owner = net
    assert len(net.parameters()) == len(PARAMETERS)
    assert "(owner): …" in repr(net)
    assert copy.deepcopy(net).first.owner is not net


def test_a_list_that_contains_itself_is_looked_into_once():
    net = Module()
    net.parts = [Value(1.0), {}]
    net.parts[1]["back"] = net.parts
    net.parts.append(net.parts)
    assert [name for name, _ in net.named_parameters()] == ["parts.0"]
    assert repr(net)
    assert net.summary().parameters == 1


def test_attributes_set_later_are_found_and_removed_ones_are_not():
    net = Net()
    net.late = Value(5.0)
    del net.first
    assert names(net.named_parameters()) == [*PARAMETERS[1:], "late"]


def test_a_recorded_value_is_no_parameter():
    net = Net()
    net.output = net(np.ones(2))
    assert names(net.named_parameters()) == PARAMETERS


def test_a_module_is_called_and_not_its_forward():
    net = Net()
    np.testing.assert_array_equal(net([1.0, 2.0]).data, [24.0, 48.0])
    with pytest.raises(NotImplementedError, match="Empty has no forward: write def forward"):
        type("Empty", (Module,), {})()(1.0)


# -- modes -------------------------------------------------------------------------------------


def test_modes_reach_all_parts():
    net = Net()
    assert all(module.training for module in net.modules())
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    net.parts[0].train()
    assert [module.training for module in net.modules()] == [False, False, True, False, False]
    assert net.train() is net
    assert all(module.training for module in net.modules())
    with pytest.raises(TypeError, match="mode must be True or False, got 'no'"):
        net.train("no")


def test_frozen_parameters_are_constants_until_they_are_freed():
    net = Net()
    net.first.freeze()
    net(np.ones(2)).sum().backward()
    assert net.first.scale.constant
    assert net.first.scale.grad is None
    assert net.parts[0].scale.grad is not None
    assert names(net.named_parameters()) == PARAMETERS
    assert net.unfreeze() is net
    assert not any(parameter.constant for parameter in net.parameters())


def test_zero_grad_forgets_all_gradients():
    net = Net()
    net(np.ones(2)).sum().backward()
    net.zero_grad()
    assert all(parameter.grad is None for parameter in net.parameters())


# -- state -------------------------------------------------------------------------------------


def test_state_is_a_copy_of_parameters_and_buffers():
    net = Net()
    state = net.state_dict()
    assert list(state) == PARAMETERS + BUFFERS
    assert type(state["offset"]) is float
    state["first.scale"][:] = 99.0
    state["first.count"][:] = 99
    assert net.first.scale.data.tolist() == [1.0, 1.0]
    assert net.first.count.tolist() == [3]


@given(st.lists(numbers(), min_size=2, max_size=2), numbers())
def test_loading_restores_what_was_saved(scale, offset):
    net, other = Net(), Net()
    net.first.scale.data, net.offset.data = scale, offset
    net.first.count[:] = 7
    other.freeze().load_state_dict(net.state_dict())
    for a, b in zip(net.state_dict().values(), other.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert other.first.count.dtype == np.int64


def test_loading_keeps_dtypes():
    layer = Linear(2, 1, seed=0, dtype=np.float32)
    with pytest.warns(
        UserWarning, match=r"Linear.load_state_dict: bias: the float64 numbers .*model\.astype"
    ):
        layer.load_state_dict({"weight": [[1, 2]], "bias": np.array([0.1])})
    assert layer.weight.dtype == layer.bias.dtype == np.float32


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s.pop("by_name.left"), "by_name.left: missing"),
        (lambda s: s.update({"by_name.up": 1.0}), "by_name.up: unknown"),
        (lambda s: s.update({"offset": [1.0]}), r"offset: expected shape \(\), got \(1,\)"),
        (lambda s: s.update({"first.scale": np.ones(3)}), r"first.scale: expected shape \(2,\), got \(3,\)"),
        (
            lambda s: s.update({"first.scale": ["a", "b"]}),
            "first.scale: expected float64 numbers, got dtype <U1",
        ),
        (
            lambda s: s.update({"first.count": [1.5]}),
            "first.count: expected int64 numbers, got dtype float64",
        ),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, complaint):
    net = Net()
    before = net.state_dict()
    state = {name: np.asarray(x) + 1 for name, x in before.items()}
    change(state)
    with pytest.raises(ValueError, match=f"nothing was loaded:\n.*{complaint}"):
        net.load_state_dict(state)
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_all_that_does_not_fit_is_listed():
    with pytest.raises(
        ValueError, match=r"weight: missing\n.*gain: unknown\n.*bias: expected shape"
    ) as caught:
        Linear(2, 3).load_state_dict({"bias": 1.0, "gain": 1.0})
    assert len(str(caught.value).splitlines()) == 4


def test_what_both_have_is_loaded_when_not_strict():
    net, other = Net(), Net()
    state = {name: np.asarray(x) + 1 for name, x in other.state_dict().items()}
    del state["offset"], state["first.count"]
    state["head.weight"] = np.ones(3)
    unmatched = net.load_state_dict(state, strict=False)
    assert unmatched.missing_keys == ["offset", "first.count"]
    assert unmatched.unexpected_keys == ["head.weight"]
    assert net.first.scale.data.tolist() == [2.0, 2.0]
    assert (net.offset.data, net.first.count.tolist()) == (0.0, [3])
    assert net.load_state_dict(other.state_dict()) == ([], [])


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        (
            {"weight": np.ones((3, 2)), "bias": np.ones(4), "more": 1.0},
            r"bias: expected shape \(3,\), got \(4,\)",
        ),
        ({"linear.weight": np.ones((3, 2))}, r"weight: missing\n  bias: missing\n  linear.weight: unknown"),
        ({}, "weight: missing"),
    ],
)
def test_shapes_that_differ_and_nothing_in_common_are_refused_although_not_strict(state, complaint):
    layer = Linear(2, 3, initialize="zeros")
    with pytest.raises(ValueError, match=f"nothing was loaded:\n  {complaint}"):
        layer.load_state_dict(state, strict=False)
    assert not layer.weight.data.any()


def test_names_that_coincide_are_refused():
    net = Net()
    net.a, net.by = {"b.c": Value(1.0), "b": {"c": Value(2.0)}}, 0
    with pytest.raises(ValueError, match="two parts have the same dotted name"):
        net.state_dict()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_are_independent_and_keep_what_is_shared(duplicate):
    net = Net()
    net.shared = net.offset
    net.eval().first.freeze()
    other = duplicate(net)
    assert other.shared is other.offset is not net.offset
    assert not other.training
    assert other.first.scale.constant
    assert other.first.scale.name == "scale"
    other.first.scale.data = [5.0, 5.0]
    other.first.count += 1
    assert net.first.scale.data.tolist() == [1.0, 1.0]
    assert net.first.count.tolist() == [3]


def test_a_state_may_hold_values():
    source, layer = Linear(2, 3, seed=0), Linear(2, 3, seed=1)
    layer.load_state_dict(dict(source.named_parameters()))
    np.testing.assert_array_equal(layer.weight.data, source.weight.data)
    source.weight.data = np.zeros((3, 2))
    assert layer.weight.data.any()


@pytest.mark.parametrize("state", [None, [("bias", 1.0)], "weight"])
def test_what_is_no_state_is_refused(state):
    with pytest.raises(TypeError, match=r"Linear\.load_state_dict: expected arrays by name, .* got "):
        Linear(2, 3).load_state_dict(state)


def test_a_module_in_place_of_its_state_is_told():
    with pytest.raises(TypeError, match=r"got a Linear; give its state_dict\(\)"):
        Linear(2, 3).load_state_dict(Linear(2, 3))


def test_entries_that_no_parameter_can_hold_are_refused_by_name():
    layer = Linear(2, 3, initialize="zeros", dtype=np.float32)
    with pytest.raises(
        ValueError, match=r"nothing was loaded:\n  weight: .*regular.*\n  bias: 1e\+300 .*float32"
    ):
        layer.load_state_dict({"weight": [[1.0, 2.0], [3.0]], "bias": [0.0, 1e300, np.inf]})
    layer.load_state_dict({"weight": np.ones((3, 2)), "bias": [0.0, np.inf, np.nan]})
    assert layer.bias.data[1] == np.inf


# -- predicting --------------------------------------------------------------------------------


def test_a_prediction_is_that_of_eval_mode_in_plain_numbers_and_leaves_no_trace():
    net = Net()
    net.first.eval()
    before = net.state_dict()
    y = net.predict(Value(np.ones((5, 2))))
    assert type(y) is np.ndarray
    np.testing.assert_array_equal(y, np.full((5, 2), 24.0))
    np.testing.assert_equal(net.state_dict(), before)
    assert [module.training for module in net.modules()] == [True, False, True, True, True]


def test_modes_are_restored_when_a_prediction_fails():
    layer = Sequential(Linear(2, 1))
    with pytest.raises(ValueError, match="2 features"):
        layer.predict(np.ones((4, 3)))
    assert all(module.training for module in layer.modules())


def test_outputs_of_nodes_are_predicted_side_by_side():
    network = Network(2, [3], seed=0)
    x = np.ones((4, 2))
    np.testing.assert_array_equal(network.predict(*x.T), network.predict(x))
    assert network.predict(x).shape == (4, 3)


def test_n_parameters_counts_numbers_once_and_frozen_ones_too():
    network = MLP(4, [16, 3], seed=0)
    network.layers[0].freeze()
    assert network.n_parameters == 131
    network.again = network.layers[0].weight
    assert network.n_parameters == 131
    assert Module().n_parameters == 0


# -- printing ----------------------------------------------------------------------------------


def test_repr_tells_configuration_and_parts():
    assert repr(Net()) == (
        "Net(\n"
        "  title='net'\n"
        "  (first): Part(rate=0.5)\n"
        "  (parts.0): Part(rate=0.5)\n"
        "  (parts.1.0): Part(rate=0.5)\n"
        "  (parts.1.1): tanh\n"
        "  (by_name.right): Part(rate=0.5)\n"
        ")"
    )
    assert repr(Linear(2, 3, bias=False)) == "Linear(n_inputs=2, n_outputs=3, bias=None)"
    leak = partial(leaky_relu, negative_slope=0.1)
    assert repr(Sequential(leak)) == "Sequential(\n  (layers.0): leaky_relu(negative_slope=0.1)\n)"
    assert repr(Sequential(Sequential())) == "Sequential(\n  (layers.0): Sequential()\n)"


def test_summary_counts_parameters_and_frozen_ones():
    network = MLP(4, [16, 3], seed=0)
    network.layers[0].freeze()
    summary = network.summary()
    assert (summary.parameters, summary.frozen) == (131, 80)
    assert str(summary).splitlines() == [
        "name      kind    shapes                      parameters",
        "          MLP                                          0",
        "layers.0  Linear  weight (16, 4), bias (16,)          80",
        "layers.1  Linear  weight (3, 16), bias (3,)           51",
        "131 parameters, 80 of them frozen",
    ]


def test_summary_tells_the_shape_of_each_output():
    network = MLP(4, [16, 3], seed=0)
    for given_ in ((7, 4), np.ones((7, 4)), Value(np.ones((7, 4)))):
        assert [row[-1] for row in network.summary(given_).rows] == ["(7, 3)", "(7, 16)", "(7, 3)"]
    assert [row[-1] for row in network.summary((4,)).rows] == ["(3,)", "(16,)", "(3,)"]


def test_summary_changes_neither_state_nor_mode_nor_generators():
    net = Net()
    net.first.eval()
    before = net.state_dict()
    net.summary((5, 2))
    assert [row[-1] for row in net.summary((5, 2)).rows] == ["(5, 2)"] * 5
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert [module.training for module in net.modules()] == [True, False, True, True, True]
    assert net.first.rng.random() == np.random.default_rng(0).random()
    assert "forward" not in vars(net)


def test_summary_counts_what_is_shared_once():
    net = Module()
    net.one, net.two = Linear(2, 2), Linear(2, 2)
    net.two.weight = net.one.weight
    summary = net.summary()
    assert [row[3] for row in summary.rows] == [0, 6, 2]
    assert summary.parameters == 8
