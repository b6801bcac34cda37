"""Loops: an LSTM of 200 steps, batch 32, 64 nodes, forward and back; a differential equation fitted.

The loss is Σ h²; its gradients are those of all parameters and of x. All have one thread; by hand is NumPy
with the products of all steps outside of the loops and memory that is kept.

Compiling the LSTM for 2,000 steps takes 1.2 to 1.8 times as long as for 200, some 20 ms more: nothing is
computed with all entries of large arrays, and examples of them, whose layout the program is written for,
take no memory (see `programs.examples`). What remains is one sum over all that is collected.

The fit is to take three times scipy's with the first call, and takes some 18 times. Where the time goes, in
milliseconds, scipy's whole fit being 11: compiling 98 (recording, and once more to compare, 40, rewriting
40, writing and loading 18); the engine's evaluations that the program is held to 95 (f recorded 28, at the
start and in the end, and one gradient 38); the program's own 11 evaluations 6; the steps of Levenberg and
Marquardt 5. The floor is high: f alone, on plain numbers, takes 12, as NumPy takes as long for two entries
as for ten, so that one look at f itself is as long as scipy's fit of floats. From then on, with programs
that were made before, it takes as long as scipy's: a step of two entries is written in numbers, and f takes
0.1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np

import autodiff as ad
import nn
import optim

from .harness import Row, missing, times_the_time
from .lstm_by_hand import lstm
from .perceptron import Array

STEPS, BATCH, N = 200, 32, 64
ARGUMENTS = (1, 2, 3, 4, 0)
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def data(steps: int, dtype: Any) -> tuple[Array, ...]:
    """A sequence, and the parameters of an LSTM."""
    x = np.random.default_rng(0).normal(size=(steps, BATCH, N)).astype(dtype)
    layer = nn.LSTM(N, N, seed=0, dtype=dtype)
    return x, *(getattr(layer, name).data.copy() for name in NAMES)


def compiled(dtype: Any) -> Any:
    """The loss and its gradients as a program."""
    layer = nn.LSTM(N, N, dtype=dtype)

    def loss(x: Any, *parameters: Any) -> Any:
        for name, parameter in zip(NAMES, parameters, strict=True):
            setattr(layer, name, parameter)
        outputs, _ = layer(x)
        return (outputs * outputs).sum()

    return ad.compile(ad.value_and_grad(loss, ARGUMENTS))


def ours(dtype: Any) -> Callable[[], Any]:
    """The program on its data."""
    given, program = data(STEPS, dtype), compiled(dtype)
    return lambda: program(*given)


def checkpointed(dtype: Any, size: int) -> Callable[[], Any]:
    """The same, where of so many steps only the first state is kept."""
    layer, (x, *given) = nn.LSTM(N, N, dtype=dtype), data(STEPS, dtype)
    zeros = np.zeros((BATCH, N), dtype)

    def loss(x: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
        def step(state: Any, row: Any) -> Any:
            state = layer.step(state, row @ ad.transpose(w_ih) + (b_ih + b_hh), ad.transpose(w_hh), None)
            return state, (state[0] * state[0]).sum()

        return ad.scan(step, (zeros, zeros), x, checkpoint=size)[1].sum()

    program = ad.compile(ad.value_and_grad(loss, ARGUMENTS))
    return lambda: program(x, *given)


def by_hand(dtype: Any) -> Callable[[], Any]:
    """The same in NumPy."""
    given = data(STEPS, dtype)
    function = lstm(given[0], given[1:])
    return lambda: function(*given)


def in_pytorch(dtype: Any) -> Callable[[], Any]:
    """torch.nn.LSTM, eagerly."""
    torch: Any = import_module("torch")
    torch.set_num_threads(1)
    x, *parameters = (torch.tensor(part) for part in data(STEPS, dtype))
    layer = torch.nn.LSTM(N, N).to(x.dtype)
    layer.load_state_dict(dict(zip(NAMES, parameters, strict=True)))
    x.requires_grad_(True)
    wanted = [x, *layer.parameters()]

    def work() -> Any:
        outputs, _ = layer(x)
        return torch.autograd.grad((outputs * outputs).sum(), wanted)

    return work


def in_jax(dtype: Any) -> Callable[[], Any]:
    """jax.jit of jax.lax.scan."""
    jax: Any = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy

    def loss(x: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
        def step(state: Any, a: Any) -> Any:
            h, c = state
            i, f, g, o = jnp.split(a + h @ w_hh.T, 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zeros = jnp.zeros((BATCH, N), x.dtype)
        _, outputs = jax.lax.scan(step, (zeros, zeros), x @ w_ih.T + (b_ih + b_hh))
        return (outputs * outputs).sum()

    function = jax.jit(jax.value_and_grad(loss, ARGUMENTS))
    given = [jax.device_put(part) for part in data(STEPS, dtype)]
    return lambda: jax.block_until_ready(function(*given))


def first_call(steps: int) -> float:
    """Processor time of compiling, without the call itself."""
    given, program = data(steps, np.float64), compiled(np.float64)
    start = time.process_time()
    program.source_of(*given)
    return time.process_time() - start


def lstm_rows() -> Iterator[Row]:
    """The LSTM beside NumPy by hand and the other libraries."""
    for dtype, most in ((np.float64, None), (np.float32, 2.5)):
        name, kind = f"LSTM, {STEPS} steps, batch {BATCH}, {N} nodes", np.dtype(dtype).name
        limit = 1.05 if dtype is np.float64 else None
        figures = times_the_time(ours(dtype), by_hand(dtype), 9)
        yield Row(name, "NumPy by hand", figures, "times the time", at_most=limit, dtype=kind)
        for against, work, at_most in (("PyTorch", in_pytorch, most), ("jax.jit, lax.scan", in_jax, None)):
            try:
                figures = times_the_time(ours(dtype), work(dtype), 9)
                yield Row(name, against, figures, "times the time", at_most=at_most, dtype=kind)
            except ImportError:
                yield missing(name, against)


def compiling_rows() -> Iterator[Row]:
    """How long it takes to compile, and whether that grows with the number of steps."""
    first_call(STEPS)
    figures = [first_call(STEPS) for _ in range(5)]
    yield Row("compiling that LSTM", f"{STEPS} steps", figures, "s", at_most=0.2)
    figures = [first_call(10 * STEPS) / first_call(STEPS) for _ in range(3)]
    yield Row(
        "compiling that LSTM", f"{10 * STEPS} steps, by {STEPS}", figures, "times the time", at_most=1.25
    )


# -- a differential equation -------------------------------------------------------------------


def fit_rows() -> Iterator[Row]:
    """The fit of `examples.ode`, 200 steps, beside scipy's on floats with differences."""
    name = "Lotka and Volterra fitted, 200 steps, 6 unknowns"
    try:
        scipy: Any = import_module("scipy.optimize")
        ode: Any = import_module("examples.ode")
    except ImportError:
        yield missing(name, "scipy")
        return
    start = np.array(ode.START)

    def theirs() -> Any:
        return scipy.least_squares(on_floats(ode), start, method="lm", x_scale="jac")

    def residuals(theta: Any) -> Any:
        return ode.residuals(*[theta[i] for i in range(6)])

    def fit() -> Any:
        return optim.least_squares(residuals, start, compiled=True)

    f, slopes = ad.compile(residuals), ad.compile(ad.jacobian(residuals))
    yield Row(f"{name}, first call", "scipy", times_the_time(fit, theirs, 3), "times the time", at_most=3)
    figures = times_the_time(lambda: optim.least_squares(f, start, derivative=slopes), theirs, 7)
    yield Row(f"{name}, from then on", "scipy", figures, "times the time", at_most=1)


def on_floats(ode: Any) -> Callable[[Array], Array]:
    """The residuals by Python's arithmetic."""
    counts = np.log(np.column_stack([ode.HARES, ode.LYNXES]))
    h = 1.0 / ode.STEPS_A_YEAR

    def residuals(theta: Array) -> Array:
        alpha, beta, gamma, delta, x, y = theta.tolist()

        def slope(x: float, y: float) -> tuple[float, float]:
            return alpha * x - beta * x * y, delta * x * y - gamma * y

        found = [(x, y)]
        for t in range(1, ode.STEPS_A_YEAR * (len(ode.YEARS) - 1) + 1):
            a, b = slope(x, y)
            c, d = slope(x + 0.5 * h * a, y + 0.5 * h * b)
            e, f = slope(x + 0.5 * h * c, y + 0.5 * h * d)
            k, m = slope(x + h * e, y + h * f)
            x += h / 6.0 * (a + 2.0 * c + 2.0 * e + k)
            y += h / 6.0 * (b + 2.0 * d + 2.0 * f + m)
            if t % ode.STEPS_A_YEAR == 0:
                found.append((x, y))
        rows: Array = np.log(np.array(found)) - counts
        return rows.ravel()

    return residuals


def rows() -> Iterator[Row]:
    """All of them."""
    yield from lstm_rows()
    yield from compiling_rows()
    yield from fit_rows()
