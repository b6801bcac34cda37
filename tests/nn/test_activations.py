"""Each activation: value, first and second derivative, dtypes, far away and at its kink; and the names."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, check_gradients, derivative, explain, gradients
from autodiff.testing import REAL
from nn import activations
from nn.activations import ACTIVATIONS, activation
from tests.autodiff.test_operations import EDGES, example, inputs, quiet
from tests.cases import AWAY, Elementwise

SELU = activations.SELU_SCALE, activations.SELU_ALPHA


@dataclass(frozen=True)
class Activation(Elementwise):
    """A row of the table of operations, found in `nn.activations`."""

    def __call__(self, *xs):
        return getattr(activations, self.name)(*xs, **dict(self.metadata))


def elu(x, alpha=1.0):
    return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def leaky_relu(x, negative_slope=0.01):
    return np.maximum(x, 0.0) + negative_slope * np.minimum(x, 0.0)


CASES = [
    Activation("identity", (REAL,), reference=lambda x: x),
    Activation("leaky_relu", (AWAY,), reference=leaky_relu),
    Activation("leaky_relu", (AWAY,), (("negative_slope", 0.2),), leaky_relu),
    Activation("elu", (AWAY,), reference=elu),
    Activation("elu", (AWAY,), (("alpha", 0.5),), elu),
    Activation("selu", (AWAY,), reference=lambda x: SELU[0] * elu(x, SELU[1])),
    Activation("silu", (REAL,), reference=lambda x: x / (1.0 + np.exp(-x))),
    Activation("softsign", (AWAY,), reference=lambda x: x / (1.0 + np.abs(x))),
]
every = pytest.mark.parametrize("case", CASES, ids=str)
named = pytest.mark.parametrize("name", ACTIVATIONS)


def test_every_activation_declared_here_has_a_case():
    assert {case.name for case in CASES} == {name for name in ACTIVATIONS if not hasattr(ad, name)}


@every
@given(data=st.data())
@settings(max_examples=15)
def test_value_is_the_formula(case, data):
    xs = data.draw(inputs(case))
    np.testing.assert_allclose(case(*map(Value, xs)).data, case.numpy(*xs), rtol=4e-15, atol=1e-15)


@every
@given(data=st.data())
@settings(max_examples=10)
def test_derivatives_are_the_finite_differences(case, data):
    check_gradients(case, *data.draw(inputs(case)), order=2)


@every
def test_raw_in_raw_out(case):
    (x,) = example(case)
    plain = case(x)
    assert type(plain) is np.ndarray
    assert not np.shares_memory(plain, x)
    np.testing.assert_array_equal(plain, case(Value(x)).data)


@every
def test_a_float_stays_a_float(case):
    x = Value(0.7)
    y = case(x)
    slope = gradients(y, x, create_graph=True)
    assert type(case(0.7)) is type(y.data) is type(slope.data) is type(gradients(slope, x)) is float


@named
def test_float32_stays_float32_to_second_order(name):
    x = Value(np.array([-1.5, 0.0, 2.0], np.float32))
    y = activation(name)(x)
    slope = gradients(y, x, np.array([1.0, 2.0, 3.0], np.float32), create_graph=True)
    assert y.dtype == slope.dtype == np.float32


@every
def test_scalar_and_array_forms_agree_at_the_edges(case):
    value = Value(np.array(EDGES))
    y = quiet(case, value)
    slopes = quiet(gradients, y, value, np.ones(len(EDGES)))
    for x, expected, slope in zip(EDGES, y.data, slopes, strict=True):
        number = Value(x)
        z = case(number)
        np.testing.assert_allclose(z.data, expected, rtol=1e-12, atol=1e-300, err_msg=f"{case} at {x}")
        np.testing.assert_allclose(
            gradients(z, number), slope, rtol=1e-9, atol=1e-300, err_msg=f"{case} at {x}"
        )


FAR = {
    "identity": (-1000.0, 1.0, 1.0),
    "leaky_relu": (-10.0, 0.01, 1.0),
    "elu": (-1.0, 0.0, 1.0),
    "selu": (-SELU[0] * SELU[1], 0.0, SELU[0]),
    "gelu": (0.0, 0.0, 1.0),
    "silu": (0.0, 0.0, 1.0),
    "softsign": (-1000.0 / 1001.0, 1001.0**-2, 1001.0**-2),
}


@pytest.mark.parametrize("name", FAR)
def test_values_and_slopes_are_right_at_a_thousand(name):
    f, (value, left, right) = activation(name), FAR[name]
    np.testing.assert_allclose(f(-1000.0), value, rtol=1e-15, atol=0.0)
    np.testing.assert_allclose(derivative(f)(-1000.0), left, rtol=1e-15, atol=0.0)
    np.testing.assert_allclose(derivative(f)(1000.0), right, rtol=1e-15, atol=0.0)
    if name != "softsign":
        assert derivative(f, 2)(-1000.0) == derivative(f, 2)(1000.0) == 0.0
    else:
        np.testing.assert_allclose(derivative(f, 2)(-1000.0), 2.0 * 1001.0**-3, rtol=1e-15)


@pytest.mark.parametrize("x", [-1000.0, 1000.0])
@named
def test_no_infinity_and_no_nan_at_a_thousand_on_arrays(name, x):
    value = Value(np.array([x, 0.5]))
    y = activation(name)(value)
    slope = gradients(y, value, np.ones(2), create_graph=True)
    curve = gradients(slope, value, np.ones(2))
    assert np.isfinite(y.data).all()
    assert np.isfinite(slope.data).all()
    assert np.isfinite(curve).all()


@pytest.mark.parametrize(
    ("name", "slope", "second"),
    [
        ("relu", 0.0, 0.0),
        ("leaky_relu", 0.01, 0.0),
        ("elu", 1.0, 1.0),
        ("selu", SELU[0] * SELU[1], SELU[0] * SELU[1]),
        ("softsign", 1.0, 0.0),
    ],
)
def test_convention_at_the_kink(name, slope, second):
    f = activation(name)
    for point in (Value(0.0), Value([0.0])):
        first = gradients(f(point), point, np.ones(point.shape), create_graph=True)
        np.testing.assert_allclose(first.data, np.full(point.shape, slope))
        found = gradients(first, point, np.ones(point.shape)) if first.constant is False else 0.0
        np.testing.assert_allclose(found, np.full(point.shape, second))


@named
def test_value_and_gradient_are_those_of_pytorch(name):
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    theirs = {
        "identity": lambda t: t,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "softmax": lambda t: functional.softmax(t, dim=-1),
        "log_softmax": lambda t: functional.log_softmax(t, dim=-1),
    }.get(name) or getattr(functional, name)
    x = np.array([[-1000.0, -3.0, -0.5, 0.5, 2.0, 30.0]])
    seed = np.arange(1.0, 7.0).reshape(1, 6)
    tensor = torch.tensor(x, requires_grad=True)
    expected = theirs(tensor)
    expected.backward(torch.tensor(seed))
    value = Value(x)
    y = activation(name)(value)
    np.testing.assert_allclose(y.data, expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(gradients(y, value, seed), tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


# -- names -------------------------------------------------------------------------------------


@named
def test_a_name_is_that_of_its_function(name):
    assert activation(name) is getattr(activations, name)
    assert activation(name).__name__ == name
    assert name in activations.__all__


def test_a_function_passes_through_also_one_declared_by_the_user():
    @ad.elementwise(dx=lambda y, x: 2.0 * x)
    def parabola(x, /):
        return x * x

    assert activation(parabola) is parabola
    assert activation(math.sin) is math.sin


def test_an_unknown_name_is_refused_with_the_nearest_ones():
    with pytest.raises(ValueError, match="unknown activation 'sigmiod'; did you mean 'sigmoid'"):
        activation("sigmiod")
    with pytest.raises(ValueError, match="there are identity, sigmoid, tanh"):
        activation("nothing like it")
    with pytest.raises(TypeError, match="must be a name, got 3"):
        activation(3)


@pytest.mark.parametrize(
    ("f", "option", "slope"),
    [
        (activations.leaky_relu, {"negative_slope": 0.3}, "leaky_relu′(x; 0.3)"),
        (activations.leaky_relu, {}, "leaky_relu′(x)"),
        (activations.elu, {"alpha": 0.3}, "elu′(x; 0.3)"),
        (activations.elu, {}, "elu′(x)"),
    ],
)
def test_the_slope_of_an_activation_is_written_with_the_options_that_are_unusual(f, option, slope):
    x = Value(0.5, "x")
    assert str(explain(f(x, **option), x)).splitlines()[0] == f"∂f/∂x = {slope}"
