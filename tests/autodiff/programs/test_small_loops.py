"""Loops whose arrays have a few entries are written in numbers, and compute what they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import compile as compiled
from autodiff import scan, value_and_grad
from tests.autodiff.programs.test_loops import same

H = np.array([[0.3, -0.2], [0.5, 0.4]])
V = np.array([0.7, -0.4])
X = 0.5 * np.random.default_rng(3).normal(size=(7, 2))

STEPS: list[Callable[[Any, Any, Any], Any]] = [
    lambda h, v, x: ad.tanh(h) + 0.1 * x,
    lambda h, v, x: h * v - h[::-1] * x,
    lambda h, v, x: ad.stack([h[0], 0.5 * h[1] + v], axis=1),
    lambda h, v, x: ad.concatenate([h[1:], ad.reshape(v * x, (1, 2))], axis=0),
    lambda h, v, x: ad.transpose(h) / (1.5 + v * v),
    lambda h, v, x: ad.where(h > 0.1, h * x, -h),
    lambda h, v, x: ad.reshape(ad.reshape(h, (4,))[::-1], (2, 2)) + x[0],
    lambda h, v, x: ad.broadcast_to(v, (2, 2)) * h[0, 1],
    lambda h, v, x: h ** 2 - ad.maximum(h, x[:, None]),
    lambda h, v, x: np.array([[0.5, 1.0], [-1.0, 0.3]]) * h,
]  # fmt: skip


def loop(plan: dict[str, Any]) -> Callable[..., Any]:
    """A function with a loop that does some of the steps one after the other, and collects on the way."""

    def f(h: Any, v: Any, xs: Any) -> Any:
        def step(carry: Any, x: Any) -> Any:
            h, v = carry
            found = [h]
            for k in plan["steps"]:
                found.append(STEPS[k](found[-1], v, x))
            end = ad.tanh(found[-1])
            return (end, v if plan["shared"] else v + 0.1 * end[0]), (found[-2], v, x[0])

        end, ys = scan(step, (h, v), xs, reverse=plan["reverse"])
        return sum((ad.sum(y * y + 0.3 * y) for y in (*end, *ys)), 0.0)

    return f


PLANS = st.fixed_dictionaries(
    {
        "steps": st.lists(st.integers(0, len(STEPS) - 1), min_size=1, max_size=5),
        "shared": st.booleans(),
        "reverse": st.booleans(),
    }
)


@given(PLANS)
@settings(max_examples=40, deadline=None)
def test_a_loop_in_numbers_is_the_eager_one(plan):
    f = loop(plan)
    program, slopes = compiled(f), compiled(value_and_grad(f, (0, 1, 2)))
    for point in ((H, V, X), (-2.0 * H, V + 1.0, X[::-1].copy())):
        same(program(*point), f(*point), rtol=1e-10)
        same(slopes(*point), value_and_grad(f, (0, 1, 2))(*point), rtol=1e-8, atol=1e-10)
    assert "np." not in body(program)


def body(program: Any) -> str:
    """What a program does in each step of its first loop, without comments."""
    text = str(program.source)
    start = text.index("    for t")
    lines = text[start : text.index("\n    #", start)].splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1000.0, -1000.0, 0.0])
def test_what_numbers_of_python_refuse_is_computed_as_numpy_does(value):
    def f(h: Any, xs: Any) -> Any:
        return scan(lambda h, x: (ad.exp(h) / (h - h[::-1]) ** x, ad.log(h) + h / x), h, xs)

    start = np.array([value, 1.0])
    with np.errstate(all="ignore"):
        same(compiled(f)(start, X[:3]), f(start, X[:3]), rtol=1e-12)


def test_float32_stays_an_array():
    f = loop({"steps": [0, 2], "shared": False, "reverse": False})
    point = [part.astype(np.float32) for part in (H, V, X)]
    program = compiled(value_and_grad(f))
    same(program(*point), value_and_grad(f)(*point), rtol=1e-5)
    assert program(*point)[0].dtype == np.float32
