"""Recorded graphs computed again from other data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, concatenate, exp, log, maximum, sigmoid, split, where
from autodiff.checking.replay import Replay

NUMBERS = st.floats(-3.0, 3.0)


def formula(x, y, m):
    """Scalars, arrays, masks, metadata, several results, and numbers that are no Values."""
    left, right = split(concatenate([m * x, m.T @ m]), 2)
    return (sigmoid(left) * right).sum(axis=0).max() + where(x > 0.0, x**2, exp(y)) - maximum(y, 0.5)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_replay_is_the_formula_at_the_other_data_to_the_last_bit(x, y, other):
    m = np.arange(4.0).reshape(2, 2) / 3.0
    a, b, c = Value(x, "x"), Value(y, "y"), Value(m, "m")
    replay = Replay(formula(a, b, c))
    assert replay([(b, other)]) == formula(a, Value(other), c).data
    assert replay([(c, m - other)]) == formula(a, b, Value(m - other)).data


@given(NUMBERS, NUMBERS)
def test_inner_nodes_can_be_replaced_too(x, other):
    a = Value(x)
    inner = a * 3.0
    assert Replay(exp(inner) + a)([(inner, other)]) == (exp(Value(other)) + x).data


def test_nothing_of_the_graph_is_changed():
    x, m = Value(2.0, "x"), Value(np.ones(3), "m")
    inner = x * m
    y = inner.sum()
    y.backward()
    before = [(v.data if v.shape == () else v.data.copy(), v.grad, v._birth) for v in (x, m, inner, y)]
    assert Replay(y)([(x, 5.0), (m, [1.0, 2.0, 3.0])]) == 30.0
    for v, (data, grad, birth) in zip((x, m, inner, y), before, strict=True):
        assert np.array_equal(v.data, data)
        assert v.grad is grad
        assert v._birth == birth
    y.backward()  # the graph is still whole
    assert x.grad == 6.0


def test_a_program_in_a_graph_is_run_on_the_other_data():
    x, w, c = Value(2.0, "x"), Value(3.0, "w"), Value(4.0, "c", constant=True)
    one = autodiff.compile(lambda x, c: w * x * x + c)
    replay = Replay(one(x, c) * 1.0)
    assert [replay([]), replay([(x, 5.0)]), replay([(c, 5.0)])] == [16.0, 79.0, 17.0]
    assert replay([(w, 5.0)]) == 24.0  # what the program closes over
    square, power = autodiff.compile(lambda x: (x * x, exp(w * x)))(x)
    assert Replay(square + power)([(w, 1.0), (x, 3.0)]) == 9.0 + np.exp(3.0)


def test_a_leaf_assigned_after_use_counts_with_its_new_data():
    x = Value(2.0)
    y = x * x
    x.data = 5.0
    assert Replay(y)([]) == 25.0


def test_errors_of_floats_become_what_arrays_give():
    x = Value(1.0)
    assert Replay(log(x))([(x, 0.0)]) == -np.inf
    assert np.isnan(Replay(x**0.5)([(x, -1.0)]))
    assert Replay(1.0 / x)([(x, 0.0)]) == np.inf


def test_float32_stays():
    x = Value(np.float32(0.5))
    result = Replay(x * x)([(x, 0.25)])
    assert result.dtype == np.float32
    assert result == np.float32(0.0625)


def test_a_leaf_alone_is_its_own_replay_and_strangers_have_no_effect():
    x, stranger = Value(2.0), Value(7.0)
    assert Replay(x)([(x, 3.0), (stranger, 9.0)]) == 3.0


def test_long_chains_do_not_recurse():
    x = Value(0.0)
    y = x
    for _ in range(20_000):
        y = y + 1.0
    assert Replay(y)([(x, 2.0)]) == 20_002.0


def test_what_does_not_fit_is_refused():
    x = Value(np.ones(3), "x")
    replay = Replay(autodiff.sum(x))
    with pytest.raises(ValueError, match=r"'x' of shape \(3,\) is replaced by data of shape \(2,\)"):
        replay([(x, [1.0, 2.0])])
    with pytest.raises(TypeError, match="only Values can be replaced, got float"):
        replay([(1.0, 2.0)])
