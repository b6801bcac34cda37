"""Rows and columns of a Jacobian that share a pass: the same matrix, by fewer passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, hessian, jacobian
from autodiff.differentiation import jacobians, sparsity
from autodiff.differentiation.engine import along, gradients
from autodiff.differentiation.sparsity import coloured, pattern_of
from autodiff.differentiation.structure import leaves
from tests.cases import CASES, Elementwise

X = np.linspace(-1.3, 1.1, 24)


def valley(x: Any) -> Any:
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the passes by which rows and columns are found."""
    count = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            count[0] += 1
            return function(*args, **kwargs)

        return call

    monkeypatch.setattr("autodiff.differentiation.functional.gradients", counted(gradients))
    monkeypatch.setattr(jacobians, "along", counted(along))
    return count


def one_by_one(derivative: Callable[..., Any], *args: Any) -> Any:
    """What it gives where each row takes a pass of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jacobians, "MANY", 10**9)
        return derivative(*args)


def is_equal(found: Any, wanted: Any) -> bool:
    pairs = zip(leaves(found), leaves(wanted), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) and np.shape(a) == np.shape(b) for a, b in pairs)


@pytest.mark.parametrize(
    ("f", "most"),
    [
        (valley, 3),
        (lambda x: ad.exp(x).sum(), 1),
        (lambda x: (ad.sin(x.reshape(6, 4)) ** 2).prod(axis=1).sum() + (x**3).sum(), 24),
        (lambda x: (x.reshape(6, 4).sum(axis=1) ** 4).sum(), 4),
        (lambda x: (x[:12] * ad.tanh(x[12:])).sum(), 2),
        (lambda x: ad.where(x > 0.0, x**3, -(x**2)).sum(), 1),
        (lambda x: ad.cos(ad.roll(x, 1) - x).sum(), 4),
    ],
)
def test_a_hessian_takes_as_many_passes_as_its_rows_have_colours(
    f: Callable[..., Any], most: int, passes: list[int]
) -> None:
    found = hessian(f)(X)
    assert passes[0] <= 1 + most  # one is the gradient
    assert np.array_equal(found, one_by_one(hessian(f), X))


def test_a_jacobian_that_is_narrow_is_shared_by_columns(passes: list[int]) -> None:
    derivative = jacobian(lambda x: ad.outer(x, np.arange(1.0, 6.0)).ravel() ** 2)
    found = derivative(X)
    assert passes[0] == 2  # one to make the pass linear, one for all columns
    assert np.array_equal(found, one_by_one(derivative, X))


def test_variables_of_several_shapes_share_passes() -> None:
    derivative = jacobian(lambda p: (p["a"] ** 2 * p["b"][:, None] + p["c"]) ** 2)
    p = {"a": np.arange(20.0).reshape(5, 4), "b": np.linspace(1.0, 2.0, 5), "c": 3.0}
    assert is_equal(derivative(p), one_by_one(derivative, p))


def test_what_depends_on_nothing_is_zero_and_infinities_stay_where_they_are() -> None:
    derivative = jacobian(lambda x: ad.concatenate([ad.sqrt(x[:8]), ad.log(x[8:]), np.ones(8)]))
    x = X.copy()
    x[[3, 9]] = 0.0
    with np.errstate(all="ignore"):
        found, wanted = derivative(x), one_by_one(derivative, x)
    assert np.array_equal(found, wanted, equal_nan=True)
    assert np.isinf(found).sum() == 2


def test_shared_passes_are_differentiated_again() -> None:
    third = jacobian(hessian(lambda x: (x[1:] * x[:-1] ** 2).sum()))
    assert np.array_equal(third(X), one_by_one(third, X))


@pytest.mark.parametrize("f", [valley, lambda x: (ad.exp(x[2:] * x[:-2])).sum()])
def test_a_program_computes_what_eager_code_does(f: Callable[..., Any]) -> None:
    program = ad.compile(hessian(f))
    for x in (X, X[::-1] * 3.0):
        np.testing.assert_allclose(program(x), one_by_one(hessian(f), x), rtol=1e-13)


@pytest.mark.parametrize("case", [case for case in CASES if not isinstance(case, Elementwise)], ids=str)
def test_what_a_declaration_says_of_entries_holds(case: Any) -> None:
    """No entry of the Jacobian is outside of the pattern, for any operation."""
    draw = np.random.default_rng(3)
    xs = [Value(draw.uniform(0.5, 1.5, shape)) for shape in case.shapes]
    outputs = [y for y in leaves(case(*xs)) if isinstance(y, Value) and y._tracked]
    for y in outputs:
        pattern = pattern_of(y, xs)
        if pattern is not None:
            units = np.eye(y.size).reshape(-1, *y.shape)
            rows = [np.concatenate([np.ravel(g) for g in gradients(y, xs, unit)]) for unit in units]
            assert not (np.abs(rows) > 1e-12)[~pattern].any()


MOVES: dict[str, Callable[[Any], Any]] = {
    "reversed": lambda x: x[::-1],
    "shifted": lambda x: ad.roll(x, 3),
    "halves": lambda x: x[: x.shape[0] // 2] * x[(x.shape[0] + 1) // 2 :],
    "neighbours": lambda x: x[1:] - ad.square(x[:-1]),
    "padded": lambda x: ad.pad(x, 1),
    "joined": lambda x: ad.concatenate([x, ad.sin(x)]),
    "chosen": lambda x: x[np.arange(x.shape[0]) // 2],
    "pairs": lambda x: x[: x.shape[0] // 2 * 2].reshape(-1, 2).sum(axis=1),
    "summed": ad.cumsum,
    "curved": lambda x: ad.tanh(x) * x,
    "sorted": ad.sort,
    "clipped": lambda x: ad.clip(x, -0.5, 0.5),
    "mixed": lambda x: x * x.sum(),
    "product": lambda x: np.tri(x.shape[0], k=1) @ x,
}


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=5), st.integers(0, 2**32 - 1))
def test_shared_passes_give_each_entry_that_passes_alone_give(names: list[str], seed: int) -> None:
    def f(x: Any) -> Any:
        for name in names:
            if x.shape[0] > 2:
                x = MOVES[name](x)
        return x

    x = np.random.default_rng(seed).normal(size=17)
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        patch.setattr(jacobians, "MANY", 1)
        found, second = jacobian(f)(x), hessian(lambda x: (f(x) ** 2).sum())(x)
    np.testing.assert_allclose(found, one_by_one(jacobian(f), x), rtol=1e-12)  # columns, or rows
    np.testing.assert_allclose(
        second, one_by_one(hessian(lambda x: (f(x) ** 2).sum()), x), rtol=1e-9, atol=1e-12
    )


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_rows_of_one_colour_have_no_column_in_common(m: int, n: int, seed: int) -> None:
    pattern = np.random.default_rng(seed).random((m, n)) < 0.2
    colours = coloured(pattern, m)
    assert colours is not None
    for colour in range(colours.count):
        assert pattern[colours.colour == colour].sum(axis=0).max() <= 1
    assert coloured(pattern, colours.count - 1) is None


def test_large_patterns_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    x = Value(X)
    assert pattern_of(x * x, [x]) is not None
    monkeypatch.setattr(sparsity, "LARGEST", 500)
    assert pattern_of(x * x, [x]) is None
