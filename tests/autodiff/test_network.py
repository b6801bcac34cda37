"""Networks of random depth, width and activation against the closed-form backprop formulas."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, check_gradients, gradients
from autodiff.testing import networks

ACTIVATIONS = {
    "sigmoid": (ad.sigmoid, lambda z: 1 / (1 + np.exp(-z)), lambda z, a: a * (1 - a)),
    "tanh": (ad.tanh, np.tanh, lambda z, a: 1 - a**2),
    "identity": (ad.positive, lambda z: z, lambda z, a: np.ones_like(z)),
    "softplus": (ad.softplus, lambda z: np.log1p(np.exp(z)), lambda z, a: 1 / (1 + np.exp(-z))),
}
NODES = st.integers(1, 4)


def regressions(scalars=False):
    """Networks of up to four layers, with the squared error of the lecture."""
    layers = st.lists(NODES, min_size=1, max_size=4)
    return networks(NODES, layers, sorted(ACTIVATIONS), "squared_error", scalars=scalars)


def written_out(case):
    """Activations by name, weights, biases, inputs (one row per observation) and targets."""
    model, _, X, y = case
    data = [parameter.data for parameter in model.parameters()]
    return activations(model), data[::2], data[1::2], X, y


def activations(model):
    """The activation after each layer, by name."""
    if not isinstance(model, nn.Sequential):
        return [g.__name__ for g in model.layer_activations()]
    following = zip(model, [*model[1:], None], strict=True)
    return [getattr(g, "__name__", "identity") for layer, g in following if isinstance(layer, nn.Linear)]


drawn = regressions().map(written_out)


def closed_form(names, weights, biases, x, y):
    """R = Σ (y − a⁽ᴸ⁾)², and its gradient by the lecture's recursion over the layers.

    δ⁽ᴸ⁾ = −2(y − a⁽ᴸ⁾)·g′(z⁽ᴸ⁾),   δ⁽ˡ⁾ = (δ⁽ˡ⁺¹⁾·W⁽ˡ⁺¹⁾)·g′(z⁽ˡ⁾)
    ∂R/∂W⁽ˡ⁾ = δ⁽ˡ⁾ᵀ·a⁽ˡ⁻¹⁾,          ∂R/∂b⁽ˡ⁾ = Σ δ⁽ˡ⁾
    """
    a, steps = x, []
    for name, w, b in zip(names, weights, biases, strict=True):
        z = a @ w.T + b
        before, a = a, ACTIVATIONS[name][1](z)
        steps.append((before, ACTIVATIONS[name][2](z, a), w))
    loss = np.sum((y - a) ** 2)
    delta, dw, db = -2 * (y - a), [], []
    for before, slope, w in reversed(steps):
        delta = delta * slope
        dw.insert(0, delta.T @ before)
        db.insert(0, delta.sum(axis=0))
        delta = delta @ w
    return loss, dw, db


def on_arrays(names, weights, biases, x, y):
    """R by array operations."""
    a = x
    for name, w, b in zip(names, weights, biases, strict=True):
        a = ACTIVATIONS[name][0](a @ w.T + b)
    return ((y - a) ** 2).sum()


def on_scalars(names, weights, biases, x, y):
    """R by single numbers, as the slides write it."""
    loss = 0.0
    for row, target in zip(x, y, strict=True):
        a = list(row)
        for name, w, b in zip(names, weights, biases, strict=True):
            a = [
                ACTIVATIONS[name][0](sum((wi * ai for wi, ai in zip(ws, a, strict=True)), bj))
                for ws, bj in zip(w, b, strict=True)
            ]
        loss = loss + sum((t - o) ** 2 for t, o in zip(target, a, strict=True))
    return loss


@given(drawn)
def test_gradients_of_array_networks_are_the_closed_form(network):
    names, weights, biases, x, y = network
    loss, dw, db = closed_form(names, weights, biases, x, y)
    w, b = [Value(entry) for entry in weights], [Value(entry) for entry in biases]
    output = on_arrays(names, w, b, x, y)
    np.testing.assert_allclose(output.data, loss, rtol=1e-12)
    for got, expected in zip(gradients(output, w + b), dw + db, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)


@given(drawn)
@settings(max_examples=40)
def test_gradients_of_scalar_networks_are_the_closed_form(network):
    names, weights, biases, x, y = network
    loss, dw, db = closed_form(names, weights, biases, x, y)
    w = [[[Value(number) for number in row] for row in matrix] for matrix in weights]
    b = [[Value(number) for number in row] for row in biases]
    output = on_scalars(names, w, b, x.tolist(), y.tolist())
    output.backward()
    np.testing.assert_allclose(output.data, loss, rtol=1e-12)
    for layer, matrix in enumerate(w):
        got = [[p.grad for p in row] for row in matrix]
        np.testing.assert_allclose(got, dw[layer], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose([p.grad for p in b[layer]], db[layer], rtol=1e-9, atol=1e-9)


@given(drawn)
@settings(max_examples=25)
def test_gradients_of_networks_are_the_finite_differences(network):
    names, weights, biases, x, y = network
    count = len(weights)

    def loss(*parameters):
        return on_arrays(names, parameters[:count], parameters[count:], x, y)

    check_gradients(loss, *weights, *biases)
