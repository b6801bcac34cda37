"""What the checker takes, and which functions it refuses: the arguments are checked, or it says why not."""

from collections import namedtuple

import dask.array as da
import numpy as np
import pytest

from autodiff import Value, check_gradients, cos, elementwise, sin, sqrt, tanh, where
from nn import BatchNorm, Dropout, Linear, Module

X = np.random.default_rng(0).normal(size=(5, 3))


def complaint(f, *xs, **options):
    """The message of a check that must fail."""
    with pytest.raises(AssertionError) as caught:
        check_gradients(f, *xs, **options)
    return str(caught.value)


def names(report):
    """The arguments of first order."""
    return [row.argument for row in report.rows if row.order == 1]


@elementwise(dx=lambda y, x: -cos(x))
def wrong_sign(x, /):
    return np.sin(x)


class Net(Module):
    """Two layers with everything between them that has a state."""

    def __init__(self, activation=tanh):
        self.first, self.last = Linear(3, 4, seed=0), Linear(4, 1, seed=1)
        self.norm, self.dropout = BatchNorm(4), Dropout(0.5)
        self.activation = activation

    def forward(self, x):
        return self.last(self.dropout(self.activation(self.norm(self.first(x)))))


def loss(model):
    return (model(X) ** 2).sum()


# -- structures ------------------------------------------------------------------------------------


def test_dicts_lists_and_tuples_are_taken_as_grad_takes_them():
    def f(p, pair):
        weight, bias = p["layer"]
        return {"y": weight @ pair[0] + bias, "rest": (pair[1] * p["scale"], None)}

    parameters = {"layer": [np.ones((2, 3)), np.ones(2)], "scale": 2.0, "none": None}
    report = check_gradients(f, parameters, (np.ones(3), Value(0.5)))
    assert names(report) == ["p['layer'][0]", "p['layer'][1]", "p['scale']", "pair[0]", "pair[1]"]
    assert report.rows[-1].argument == "seed of f[1]"


def test_named_tuples_keep_their_type():
    point = namedtuple("point", "x y")(2.0, 3.0)
    assert names(check_gradients(lambda p: p.x * p.y, point)) == ["p[0]", "p[1]"]


def test_the_wrong_leaf_is_named():
    message = complaint(lambda p: p["w"][0] * wrong_sign(p["w"][1]), {"w": (1.0, np.ones(2)), "b": 1.0})
    assert "with respect to \"p['w'][1]\" at entry (0,)" in message


def test_integers_numbers_empty_and_lazy_arrays_are_taken():
    check_gradients(lambda x, n, yes: x * n * yes, np.arange(3), 2, True)
    check_gradients(lambda x, y: sin(x) * y, np.zeros((0, 2), np.float32), 2.0)
    check_gradients(tanh, da.from_array(X))


@pytest.mark.parametrize("wrong", ["text", 1j, np.array([1j]), object(), {"a": "b"}, [1.0, "c"]])
def test_arguments_that_are_not_real_numbers_are_refused(wrong):
    with pytest.raises(
        TypeError, match="takes numbers, arrays, Values, nested tuples, lists, dicts and dataclasses"
    ):
        check_gradients(lambda x: x, wrong)


@pytest.mark.parametrize("nothing", [None, {}, [], {"a": ()}])
def test_arguments_without_a_number_are_an_error(nothing):
    with pytest.raises(ValueError, match="contain no number"):
        check_gradients(lambda x: 1.0, nothing)


@pytest.mark.parametrize("wrong", [np.ones(3) * 1j, "text", object(), {"a": 1j}])
def test_results_that_are_not_real_numbers_are_refused(wrong):
    with pytest.raises(TypeError, match="must return real numbers"):
        check_gradients(lambda x: wrong, 1.0)


def test_a_function_that_returns_nothing_is_an_error():
    with pytest.raises(TypeError, match=r"must return a Value.*got None"):
        check_gradients(lambda x: None, 1.0)


def test_options_say_what_they_take():
    with pytest.raises(TypeError, match="first argument must be a function, got 3"):
        check_gradients(3.0, sin)
    with pytest.raises(TypeError, match="order must be an integer, got 'x'"):
        check_gradients(sin, 1.0, order="x")
    with pytest.raises(ValueError, match="rtol must be 0 or above"):
        check_gradients(sin, 1.0, rtol=-1.0)


# -- modules ---------------------------------------------------------------------------------------


def test_the_parameters_of_a_module_are_checked_by_name():
    model = Net().eval()
    report = check_gradients(loss, model)
    parameters = [f"model.{name}" for name, _ in model.named_parameters()]
    assert names(report) == parameters
    assert len(parameters) == 6
    assert all(abs(row.analytic) > 1e-3 for row in report.rows)
    assert report.ignored == ()


def test_a_module_may_be_called_by_closure_and_stand_in_a_structure():
    model = Net().eval()
    check_gradients(lambda m: loss(model), model)
    report = check_gradients(lambda p, x: p["net"](x) * p["s"], {"net": model, "s": 2.0}, X)
    assert names(report)[0] == "p['net'].first.weight"
    assert names(report)[-2:] == ["p['s']", "x"]


def test_anything_with_named_parameters_is_a_module():
    class Line:
        def __init__(self):
            self.slope, self.size = Value(2.0), Value(np.float32(3.0), constant=True)

        def named_parameters(self):
            return vars(self).items()

    line = Line()
    assert names(check_gradients(lambda line: line.slope * line.size * sin(line.slope), line)) == [
        "line.slope"
    ]
    assert line.slope.data == 2.0
    line.text = "none"
    with pytest.raises(TypeError, match=r"expected a Value as parameter line\.text of a module, got str"):
        check_gradients(lambda line: line.slope, line)


def test_a_wrong_rule_inside_a_module_is_caught_in_the_parameter():
    message = complaint(loss, Net(wrong_sign).eval())
    assert "order 1 with respect to 'model.first.weight' at entry (" in message


def test_a_wrong_second_order_inside_a_module_is_caught():
    @elementwise(dx=lambda y, x: cos(x.data if isinstance(x, Value) else x))
    def cut(x, /):
        return np.sin(x)

    model = Net(cut).eval()
    check_gradients(loss, model, order=1)
    assert "order 2 with respect to 'model." in complaint(loss, model)


def test_a_module_is_afterwards_what_it_was():
    model = Net()
    model.dropout.eval()
    loss(model).backward()
    before, gradient = model.state_dict(), model.first.weight.grad
    check_gradients(loss, model)
    complaint(lambda m: wrong_sign(loss(m)), model)
    for name, data in model.state_dict().items():
        np.testing.assert_array_equal(data, before[name])
    assert model.first.weight.grad is gradient


def test_frozen_parameters_are_left_out_and_shared_ones_checked_once():
    model = Net().eval()
    model.first.freeze()
    report = check_gradients(lambda m, n: m(X) * n(X), model, model)
    assert names(report) == ["m.last.weight", "m.last.bias", "m.norm.weight", "m.norm.bias"]
    with pytest.raises(ValueError, match="no parameter that is trained"):
        check_gradients(loss, model.freeze())


# -- functions that depend on nothing, or on too much ----------------------------------------------


def test_a_function_of_none_of_its_arguments_is_told():
    model = Net().eval()
    message = complaint(lambda *p: loss(model), *model.parameters())
    assert "depends on none of its arguments (p[0], p[1], p[2], p[3], p[4], p[5])" in message
    assert "give the module itself" in message


@pytest.mark.parametrize(
    "f", [lambda x: 3.0, lambda x: Value(3.0), lambda x: np.ones(2), lambda x: where(x > 0.0, 1.0, 2.0)]
)
def test_a_constant_function_is_told(f):
    assert "depends on none of its arguments (x)" in complaint(f, 1.0)


def test_a_cut_chain_is_told_as_one():
    message = complaint(lambda x, y: y * Value(np.sin(x.data)), 0.5, 2.0)
    assert "with respect to 'x'" in message
    assert "nothing that was recorded leads from it to the result" in message


def test_a_random_function_is_told():
    rng = np.random.default_rng(0)
    assert "f gives a different value each time" in complaint(lambda x: x * rng.normal(), 1.0)
    assert "f gives a different value each time" in complaint(lambda x: Dropout(0.5)(x), np.ones(50))
    assert "dropout in eval mode" in complaint(loss, Net())


@pytest.mark.parametrize("every", [2, 3, 7])
def test_a_function_with_a_state_is_told(every):
    calls = []

    def f(x):
        calls.append(x)
        return x * (1.0 + len(calls) // every)

    assert "f gives a different value each time" in complaint(f, 1.0)


def test_a_random_rule_is_told():
    rng = np.random.default_rng(0)

    @elementwise(dx=lambda y, x: cos(x) * rng.normal())
    def noisy(x, /):
        return np.sin(x)

    assert "order 1 with respect to 'x'" in complaint(noisy, 1.0)


def test_a_seeded_function_passes():
    check_gradients(lambda x: x * np.random.default_rng(0).normal(size=3), np.ones(3))


def test_a_function_that_changes_its_argument_is_told():
    def in_place(x):
        y = x * x
        x.data[:] = 3.0
        return y

    def assigned(x):
        x.data = np.zeros(3)
        return x * x

    for f in (in_place, assigned):
        assert "f changes its argument 'x' in place" in complaint(f, np.ones(3))


# -- functions that raise --------------------------------------------------------------------------


def positive(x):
    """A root that refuses negative numbers aloud."""
    if np.any(x.data < 0.0):
        raise ValueError("below 0")
    return sqrt(x)


def test_a_function_may_raise_outside_its_domain():
    check_gradients(positive, 1e-9)
    check_gradients(positive, np.array([1e-9, 3.0]))
    message = complaint(lambda x: 0.0 * positive(x) + x * x, 0.0, order=1)
    assert "at the edge of a domain" in message
    assert "f raises ValueError: below 0" in message


def test_a_function_whose_shape_changes_nearby_is_checked_where_it_does_not():
    check_gradients(lambda x: x[x.data > 0.0] ** 2, np.array([1e-3, 1.0, -1e-3]))
