"""Products of many matrices that lie in memory as they are read: programs stay what eager code gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import value_and_grad

SIZES = st.integers(1, 4)


def heads(z: Any, count: int) -> Any:
    """(batch, steps, features) as (batch, heads, steps, features of a head)."""
    batch, steps, features = z.shape
    return z.reshape(batch, steps, count, features // count).swapaxes(1, 2)


def together(z: Any) -> Any:
    """The heads' features side by side again."""
    batch, count, steps, width = z.shape
    return z.swapaxes(1, 2).reshape(batch, steps, count * width)


MASKED: dict[str, Callable[[Any], Any]] = {
    "all": lambda scores: scores,
    "the past": lambda scores: ad.where(np.tri(scores.shape[-1], dtype=bool), scores, -30.0),
    "one mask each": lambda scores: scores + np.cos(np.arange(np.prod(scores.shape))).reshape(scores.shape),
}
SHARES: dict[str, Callable[[Any], Any]] = {
    "softmax": ad.softmax,
    "logarithms": lambda s: ad.exp(ad.log_softmax(s)),
    "by the least": lambda s: ad.exp(ad.min(s, axis=-1, keepdims=True) - s),
    "none": lambda s: s / 8.0,
}


def attention(x: Any, w: Any, count: int, mask: str, share: str) -> tuple[Any, Any]:
    """The mixed values, and the shares."""
    q, k, v = (heads(x @ w[i], count) for i in range(3))
    shares = SHARES[share](MASKED[mask](q @ k.swapaxes(-1, -2)))
    return together(shares @ v), shares


@given(
    st.tuples(SIZES, SIZES, SIZES, SIZES),
    st.sampled_from(sorted(MASKED)),
    st.sampled_from(sorted(SHARES)),
    st.sampled_from([np.float64, np.float32]),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=60)
def test_attention_is_that_of_eager_code(sizes: Any, mask: str, share: str, dtype: Any, seed: int) -> None:
    batch, count, steps, width = sizes
    draw = np.random.default_rng(seed)
    x, w = (
        draw.normal(size=shape).astype(dtype)
        for shape in ((batch, steps, count * width), (3, count * width, count * width))
    )

    def loss(x: Any, w: Any) -> Any:
        mixed, shares = attention(x, w, count, mask, share)
        return (mixed * mixed).sum() + ad.sin(shares).sum()

    near(ad.compile(value_and_grad(loss, (0, 1))), value_and_grad(loss, (0, 1)), (x, w), dtype)


RETURNED = {
    "the shares": lambda x, w: attention(x, w, 2, "all", "softmax")[1],
    "both": lambda x, w: attention(x, w, 2, "all", "softmax"),
    "scores": lambda x, w: (lambda s: (s, ad.max(s, axis=-1)))(heads(x, 2) @ heads(x, 2).mT),
    "heads": lambda x, w: (lambda y: (y, together(y)))(heads(x, 2) @ heads(x, 2).mT @ heads(x, 2)),
    "joined": lambda x, w: together(heads(x, 2) @ heads(x, 2).mT),
    "turned": lambda x, w: ad.sin(together((x.reshape(3, 5, 2, 2) @ w[0, :2, :2]).swapaxes(1, 2))),
    "Jacobian": ad.jacobian(lambda x, w: attention(x, w, 2, "the past", "softmax")[0]),
}


@pytest.mark.parametrize("name", RETURNED)
def test_results_are_in_memory_of_their_own(name: str) -> None:
    draw = np.random.default_rng(3)
    x, w = draw.normal(size=(3, 5, 4)), draw.normal(size=(3, 4, 4))
    program = ad.compile(RETURNED[name])
    kept = program(x, w)
    before = [np.array(part) for part in parts(kept)]
    program(x + 1.0, w)  # which writes into the same memory
    for a, b in zip(parts(kept), before, strict=True):
        np.testing.assert_array_equal(a, b)
    near(program, RETURNED[name], (x, w), np.float64)


def near(program: Any, f: Any, given: tuple[Any, ...], dtype: Any) -> None:
    """Compare what a program gives with what eager code does."""
    digits = 1e-9 if dtype == np.float64 else 1e-3
    for a, b in zip(parts(program(*given)), parts(f(*map(ad.Value, given))), strict=True):
        np.testing.assert_allclose(a, b, rtol=digits, atol=digits)


def parts(tree: Any) -> list[Any]:
    """The data in results."""
    if isinstance(tree, tuple):
        return [x for part in tree for x in parts(part)]
    return [tree.data if isinstance(tree, ad.Value) else tree]


def source(f: Any, *shapes: tuple[int, ...]) -> str:
    """The program for arrays of some shapes."""
    return str(ad.compile(f).source_of(*[np.ones(shape) for shape in shapes]))


def test_heads_are_joined_without_a_copy() -> None:
    text = source(lambda x: ad.sin(together(heads(x, 2) @ heads(x, 2).mT)), (3, 5, 4))
    assert "np.empty((3, 5, 2, 5)).transpose(0, 2, 1, 3)" in text


def test_rows_of_scores_lie_across_memory_where_they_are_short() -> None:
    def shares(x: Any) -> Any:
        return ad.softmax(x @ x.mT).sum(axis=(0, 1))

    assert "np.empty((5, 3, 5)).transpose(1, 2, 0)" in source(shares, (3, 5, 4))
    assert "transpose(" not in source(shares, (3, 500, 4))


def test_a_result_lies_as_usual() -> None:
    x = np.ones((3, 5, 4))
    assert ad.compile(lambda x: ad.softmax(x @ x.mT))(x).flags.c_contiguous
