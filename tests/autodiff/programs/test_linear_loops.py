"""Loops that are linear in what they hand on: Jacobians of loops, and products of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import compile as compiled
from autodiff import elementwise, hessian, jacobian, scan
from autodiff.programs.rewrites.loops import composing
from tests.autodiff.programs.test_loops import same

A = np.array([[0.1, -0.4], [0.3, 0.2]])
S = np.linspace(-1.0, 1.0, 60)
THETA = np.array([0.5, -0.3, 0.2])


def predators(theta: Any, s: Any) -> Any:
    """Two animals, by steps of Euler."""

    def step(state: Any, a: Any) -> Any:
        x, y = state[0], state[1]
        slope = ad.stack([theta[0] * x - x * y, 0.5 * x * y - theta[1] * y + 0.1 * a])
        return state + 0.05 * slope, state[0]

    return scan(step, ad.stack([theta[2], 1.0]), s)[1]


def oscillator(theta: Any, s: Any) -> Any:
    """Numbers are handed on, the other way round, and something is collected that is computed from them."""

    def step(state: Any, a: Any) -> Any:
        x, v = state
        v = 0.99 * v - 0.1 * ad.sin(x) * theta[0] + a / (2.0 + theta[1])
        return (x + 0.1 * v, v), ad.stack([x * v, v / 2.0])

    (x, v), ys = scan(step, (theta[2], 0.1), s, reverse=True)
    return ad.concatenate([ys.reshape(-1), ad.stack([x, v])])


def network(theta: Any, s: Any) -> Any:
    """A vector by matrices from both sides."""

    def step(h: Any, a: Any) -> Any:
        h = ad.tanh(theta[0] * (h @ A) + A @ h + a * theta[1:])
        return h, h

    return scan(step, theta[:2], s)[1]


def steady(theta: Any, s: Any) -> Any:
    """All steps are the same matrix."""
    return scan(lambda h, _: (0.7 * (h @ A) - h[::-1], 2.0 * h), theta[:2] * theta[2], length=60)[1]


FUNCTIONS = [predators, oscillator, network, steady]


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_jacobians_of_loops_are_the_eager_ones(f):
    for theta, s in ((THETA, S), (-2.0 * THETA, S[::-1].copy())):
        same(compiled(jacobian(f))(theta, s), jacobian(f)(theta, s), rtol=1e-9, atol=1e-12)
    for g in (jacobian(lambda t, s: ad.tanh(f(t, s[:20]))), hessian(lambda t, s: ad.sum(f(t, s[:20]) ** 2))):
        same(compiled(g)(THETA, S), g(THETA, S), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("f", FUNCTIONS[:3], ids=lambda f: f.__name__)
def test_all_columns_of_a_jacobian_are_one_loop_of_products(f):
    program = compiled(jacobian(f))
    program(THETA, S)
    text = str(program.source)
    assert (text.count("for t in range("), text.count(".dot(matrix)")) == (2, 1)


def test_slopes_that_are_infinite_or_undefined_stay_so():
    def f(theta: Any) -> Any:
        def step(h: Any, a: Any) -> Any:
            return ad.stack([ad.sqrt(h[0]) * theta[0], h[1] * theta[1] + h[0] * a]), h

        return scan(step, ad.stack([theta[2], theta[0]]), S)[1]

    program, step_by_step = compiled(jacobian(f)), compiled(jacobian(f))
    for theta in (np.array([1.0, 2.0, 0.5]), np.array([1.0, 0.5, 0.0]), np.array([-1.0, 1e3, 1.0])):
        with patch.object(composing, "MOST", 0):
            wanted = step_by_step(theta)
        same(program(theta), wanted)


@pytest.mark.parametrize("start", [0.0, None], ids=["a count", "rows"])
def test_constants_may_be_operands_without_derivative(start):
    def f(theta: Any, s: Any) -> Any:
        def step(carry: Any, a: Any) -> Any:
            h, count = carry
            return (0.9 * h, count + 1.0), ad.maximum(h, a if start is None else 0.1 * count)

        return ad.ravel(scan(step, (theta, 0.0), s)[1])

    for g in (jacobian(f), hessian(lambda theta, s: ad.sum(f(theta, s) ** 2))):
        same(compiled(g)(THETA, S), g(THETA, S), rtol=1e-10)


@elementwise(dx=1.0)
def moved(x, /):
    return x + 3.0


BENT = {
    "floor": ad.floor,
    "moved": moved,
    "sign": lambda x: x + ad.sign(x),
    "square": lambda x: x * x,
    "inverse": lambda x: 1.0 / (x + x),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
def test_what_is_not_linear_is_not_taken_for_it(bend):
    def f(theta: Any, s: Any) -> Any:
        return scan(lambda h, a: (0.9 * bend(0.3 * h - 0.1 * h[::-1]), h), theta, s)[1]

    with patch.object(composing, "LEAST", 1):
        for g in (f, jacobian(f)):
            same(compiled(g)(3.0 * THETA, S), g(3.0 * THETA, S), rtol=1e-9)


def test_loops_that_wait_for_each_other_stay_apart():
    def f(theta: Any) -> Any:
        def one(start: Any, how: Any) -> Any:
            def step(h: Any, _: None) -> Any:
                return how * h + 0.1 * h[::-1] - 0.2 * h @ A + 0.01 * (h + h[0] * 0.5), h

            return scan(step, start, length=20)[0]

        a = one(theta[:2], 0.5)
        b = one(theta[1:], 0.3)
        c = one(b, 0.5)
        d = one(a, 0.3)
        return one(d * c, 0.5)

    with patch.object(composing, "LEAST", 1):
        program = compiled(f)
        same(program(THETA), f(THETA), rtol=1e-10)
        same(compiled(jacobian(f))(THETA), jacobian(f)(THETA), rtol=1e-10)
    assert 3 <= str(program.source).count("for t in range(") <= 5


# -- at random ---------------------------------------------------------------------------------

UNARY: list[Callable[[Any], Any]] = [
    ad.tanh, ad.sin, lambda x: x[::-1], lambda x: ad.stack([x[1], x[0]]), lambda x: 0.5 * x, lambda x: -x,
    lambda x: ad.reshape(ad.reshape(x, (2, 1)), (2,)), lambda x: x @ A, lambda x: A @ x, lambda x: x[0] * x,
    lambda x: ad.where(x > 0.1, x, 0.3 * x), lambda x: x - x.mean(), lambda x: ad.concatenate([x[1:], x[:1]]),
    lambda x: ad.stack([x[0], 0.0]), lambda x: x / (1.5 + x[1] * x[1]),
]  # fmt: skip
BINARY: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y, lambda x, y: x * y, lambda x, y: x - y, ad.maximum, lambda x, y: x / (1.5 + y * y),
    lambda x, y: x + y[0], lambda x, y: x[1] * y,
]  # fmt: skip
PLACES = st.integers(0, 99)
PLANS = st.fixed_dictionaries(
    {
        "operations": st.lists(st.tuples(PLACES, PLACES, PLACES, st.booleans()), min_size=1, max_size=8),
        "carries": st.lists(PLACES, min_size=1, max_size=3),
        "collected": st.lists(PLACES, min_size=1, max_size=3),
        "reverse": st.booleans(),
    }
)


def loop(plan: dict[str, Any]) -> Callable[..., Any]:
    """A function of a vector, with a loop whose step does what the plan says."""

    def f(theta: Any, xs: Any) -> Any:
        def step(carry: Any, x: Any) -> Any:
            found = [*carry, theta[:2] * x, x]
            for i, j, k, is_unary in plan["operations"]:
                a, b = found[i % len(found)], found[j % len(found)]
                found.append(UNARY[k % len(UNARY)](a) if is_unary else BINARY[k % len(BINARY)](a, b))
            new, ys = ([found[i % len(found)] for i in plan[name]] for name in ("carries", "collected"))
            return tuple(0.5 * y for y in new), ys

        start = tuple(theta[1:] * (k + 1.0) for k in range(len(plan["carries"])))
        end, ys = scan(step, start, xs, reverse=plan["reverse"])
        return ad.concatenate([ad.ravel(y) for y in (*end, *ys)])

    return f


ROWS = 0.5 * np.random.default_rng(0).normal(size=(7, 2))


@given(PLANS)
@settings(max_examples=40, deadline=None)
def test_jacobians_of_random_loops_are_the_eager_ones(plan):
    f = loop(plan)
    slopes = jacobian(f)
    curves = hessian(lambda theta, xs: ad.sum(f(theta, xs) ** 2))
    with patch.object(composing, "LEAST", 1):
        programs = [compiled(slopes), compiled(curves)]
        for theta in (THETA, THETA - 0.4):
            for program, g in zip(programs, (slopes, curves), strict=True):
                same(program(theta, ROWS), g(theta, ROWS), rtol=1e-7, atol=1e-9)
