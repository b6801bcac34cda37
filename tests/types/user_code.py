"""Code as users write it: it passes strict type checkers, which show the types that it claims."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np

import autodiff as ad
import autodiff.nn as networks
import nn
import optim
from autodiff import Value, elementwise, exp, grad, gradients, hessian, sigmoid, tanh, value_and_grad

# -- expressions -------------------------------------------------------------------------------

x = Value(2.0, "x")
y = tanh(x)
assert_type(y, Value)
assert_type(y.exp(), Value)
assert_type(x * x + 2.0 / x, Value)
assert_type(3.0 - x, Value)
assert_type(ad.maximum(0.0, x), Value)
assert_type(ad.where(x > 0.0, x, -x), Value)
assert_type(ad.where(x > 0.0, 0.0, x), Value)
assert_type(ad.where(np.ones(3) > 0.0, x, 0.0), Value)
assert_type(ad.where(True, 1.0, 2.0), float)
ad.where(np.ones(3) > 0.0, np.ones(3), 0.0).mean()
assert_type(ad.stack([x, y]), Value)
assert_type(ad.concatenate([ad.stack([x]), ad.stack([y])], axis=0).sum(axis=0, keepdims=True), Value)
assert_type(ad.linalg.solve(np.eye(2), Value([1.0, 2.0])), Value)
assert_type(tanh(0.5), float)
y.backward()

# -- derivatives -------------------------------------------------------------------------------


def f(x: Value) -> Value:
    return x**3 + exp(x)


assert_type(grad(f)(2.0), float)
assert_type(grad(f)(x), Value)
assert_type(hessian(f)(2.0), float)
slope = gradients(f(x), x)
value, slopes = value_and_grad(f)(2.0)
program = ad.compile(value_and_grad(f))
program(2.0)

# -- an operation of one's own -----------------------------------------------------------------


@elementwise(dx=lambda y, x: sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x))))
def swish(x: Any, /) -> Any:
    """Swish.   y = x·σ(x)."""
    return x / (1.0 + np.exp(-x))


assert_type(swish(x), Value)
assert_type(swish(0.5), float)
report = ad.check_gradients(swish, 0.5)

# -- training ----------------------------------------------------------------------------------

W = Value(np.ones((3, 1)), "W")
X, t = np.ones((5, 3)), np.ones((5, 1))
loss = ((X @ W - t) ** 2).mean()
loss.backward()
if W.grad is not None:
    W.data -= 0.1 * W.grad
W.zero_grad()


class Line(nn.Module):
    def __init__(self) -> None:
        self.slope = Value(1.0)

    def forward(self, x: Value) -> Value:
        return self.slope * x


model = nn.Sequential(nn.Linear(3, 4), nn.tanh, nn.Linear(4, 1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(3):
    optimizer.zero_grad()
    nn.squared_error(model(X), t).backward()
    optimizer.step()
history = nn.fit(model, X, t, epochs=2, progress=False)
result = optim.minimize(f, 2.0)
print(result.x, Line()(x), history)
assert_type(Line()(x), Value)
print(history.to_dict()["loss"], history.to_frame())
nn.fit(model, X, t, epochs=2, progress=False, callback=lambda history: history.loss[-1] < 0.1)
inside = optim.minimize(f, 2.0, "l-bfgs", bounds=(0.0, None))
print(inside.active_mask, inside.bounds, inside.start_moved)

# -- statistics, matrices and attention --------------------------------------------------------

v = Value([1.0, 2.0, 4.0], "v")
assert_type(ad.median(v), Value)
assert_type(ad.quantile(v, 0.5), Value)
assert_type(ad.nanmean(v, axis=0), Value)
assert_type(ad.interp(v, [0.0, 5.0], [0.0, 1.0]), Value)
assert_type(ad.linalg.expm(Value(np.eye(2))), Value)
print(nn.gaussian_negative_log_likelihood(v, [1.0, 2.0, 3.0], ad.exp(v)))
output, weights = nn.MultiheadAttention(3, 3, batch_first=True, seed=0)(X, X, X, is_causal=True)
nn.TransformerEncoderLayer(3, n_heads=3, norm_first=True)(output)
nn.Regressor([8], alpha=0.1).fit(X, t[:, 0]).predict(X)

# -- the longer names --------------------------------------------------------------------------

assert_type(networks.Linear(2, 1), nn.Linear)
assert_type(ad.optim.minimize(lambda x: x**2, 1.0), optim.Result)
assert_type(networks.lecture.network(), nn.Network)
