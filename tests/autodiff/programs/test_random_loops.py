"""Random loops: compiled and eager, they are the same, whatever their steps hand on, collect and share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, scan, value_and_grad
from autodiff import compile as compiled
from tests.autodiff.programs.test_loops import same


def cut(x: Any) -> Any:
    """x, of which nothing is differentiated."""
    return x.detach() if isinstance(x, Value) else x


UNARY: list[Callable[[Any], Any]] = [
    ad.tanh, ad.sin, ad.sigmoid, cut,
    lambda x: x[::-1], lambda x: x[:, ::-1], lambda x: ad.transpose(ad.transpose(x)),
    lambda x: ad.reshape(ad.reshape(x, (-1,)), (2, 3)), lambda x: ad.stack([x[1], x[0]]),
    lambda x: ad.concatenate([x[1:], x[:1]], axis=0), lambda x: 0.5 * x, lambda x: -x,
    lambda x: ad.where(x > 0.1, x, 0.3 * x), lambda x: ad.maximum(x, 0.0), lambda x: x - x.mean(),
    lambda x: 0.1 * x.sum(axis=0) + x, lambda x: 0.05 * x.sum() + x,
]  # fmt: skip
BINARY: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y, lambda x, y: x * y, lambda x, y: x - y, ad.maximum, lambda x, y: x / (1.5 + y * y),
]  # fmt: skip

PLACES = st.integers(0, 99)
PLANS = st.fixed_dictionaries(
    {
        "operations": st.lists(st.tuples(st.integers(0, 3), PLACES, PLACES, PLACES), min_size=1, max_size=8),
        "carries": st.lists(PLACES, min_size=1, max_size=3),
        "collected": st.lists(PLACES, max_size=3),
        "length": st.integers(3, 6),
        "reverse": st.booleans(),
        "checkpoint": st.sampled_from([None, None, 2, 3]),
    }
)


def loop(plan: dict[str, Any]) -> Callable[..., Any]:
    """A function with a loop whose step does what the plan says, on what it is given and has computed."""

    def f(W: Any, h: Any, xs: Any, s: Any) -> Any:
        bound = ad.tanh(W)

        def step(carry: Any, x: Any) -> Any:
            found = [*carry, x[0], x[0] * x[1]]
            for kind, i, j, k in plan["operations"]:
                a, b = found[i % len(found)], found[j % len(found)]
                found.append(
                    UNARY[k % len(UNARY)](a) if kind == 0
                    else BINARY[k % len(BINARY)](a, b) if kind == 1
                    else a @ (bound if k % 2 else W) if kind == 2
                    else ad.tanh(a @ ad.transpose(W) + b)
                )  # fmt: skip
            new, ys = ([found[i % len(found)] for i in plan[name]] for name in ("carries", "collected"))
            return tuple(new), ys

        start = tuple(h * (k + 1.0) for k in range(len(plan["carries"])))
        rows, how = slice(plan["length"]), {name: plan[name] for name in ("reverse", "checkpoint")}
        end, ys = scan(step, start, (xs[rows], s[rows]), **how)
        return sum((ad.sum(0.1 * y * y + y) for y in (*end, *ys)), 0.0)

    return f


DRAW = np.random.default_rng(0)
W, H = 0.4 * DRAW.normal(size=(3, 3)), 0.5 * DRAW.normal(size=(2, 3))
X, S = 0.5 * DRAW.normal(size=(6, 2, 3)), DRAW.normal(size=6)


@given(PLANS)
@settings(max_examples=30, deadline=None)
def test_a_compiled_loop_is_the_eager_one_and_changes_nothing_that_it_is_given(plan):
    both = value_and_grad(loop(plan), (0, 1, 2, 3))
    program = compiled(both)
    points = [(W, H, X, S), (1.3 * W, H - 0.2, 0.7 * X, -S)]
    kept = [[part.copy() for part in point] for point in points]
    for point in (*points, points[0]):
        same(program(*point), both(*point), rtol=1e-7, atol=1e-9)
    same(points, kept, rtol=0.0, atol=0.0)
