"""Dropout: what is dropped, what is scaled, and whose random numbers it takes."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, check_gradients
from autodiff.testing import POSITIVE, arrays
from nn import Dropout


@given(arrays(domain=POSITIVE), st.floats(0.0, 0.9))
def test_an_entry_is_dropped_or_scaled(x, p):
    y = np.asarray(Dropout(p, seed=0)(x))
    kept = y != 0.0
    np.testing.assert_allclose(y[kept], np.asarray(x)[kept] / (1.0 - p), rtol=1e-15)


@given(st.sampled_from([0.1, 0.5, 0.8]), st.integers(0, 9))
def test_the_mean_stays_and_the_share_of_dropped_entries_is_p(p, seed):
    y = Dropout(p, seed=seed)(np.ones(20_000))
    assert y.mean() == pytest.approx(1.0, abs=6 * (p / (1 - p) / 20_000) ** 0.5)
    assert (y == 0.0).mean() == pytest.approx(p, abs=6 * (p * (1 - p) / 20_000) ** 0.5)


def test_the_gradient_is_the_mask():
    x = Value(np.full(1000, 3.0))
    y = Dropout(0.2, seed=0)(x)
    y.backward(np.ones(1000))
    np.testing.assert_array_equal(x.grad, y.data / 3.0)


def test_dropout_has_derivatives_of_second_order():
    check_gradients(lambda x: Dropout(0.5, seed=0)(x) ** 2, np.arange(1.0, 7.0))


@pytest.mark.parametrize("x", [np.ones(3), [1.0, 2.0], 3.0, Value(2.0)])
def test_predictions_are_the_input_itself(x):
    assert Dropout(0.5).eval()(x) is x
    assert Dropout(0.0)(x) is x


def test_raw_numbers_stay_raw_and_float32_stays():
    y = Dropout(0.5, seed=0)(np.ones(4, np.float32))
    assert isinstance(y, np.ndarray)
    assert y.dtype == np.float32
    assert Dropout(0.5, seed=0)(Value(np.ones(4, np.float32))).dtype == np.float32
    assert isinstance(Dropout(0.5, seed=0)(1.0), float)


def test_equal_seeds_draw_alike_and_every_call_anew():
    first, second = Dropout(seed=1), Dropout(seed=1)
    x = np.ones(50)
    a, b = first(x), first(x)
    np.testing.assert_array_equal(second(x), a)
    assert not np.array_equal(a, b)


def test_a_restored_generator_draws_on_from_where_it_was():
    drop, x = Dropout(seed=1), np.ones(50)
    state = copy.deepcopy(drop.rng.bit_generator.state)
    first = drop(x)
    other = Dropout(seed=2)
    other.rng.bit_generator.state = state
    np.testing.assert_array_equal(other(x), first)
    assert [name for name, _ in drop.named_parts(np.random.Generator)] == ["rng"]


def test_predictions_and_no_dropping_take_no_random_numbers():
    drop = Dropout(0.5, seed=1)
    before = copy.deepcopy(drop.rng.bit_generator.state)
    drop.eval()(np.ones(5))
    assert drop.rng.bit_generator.state == before


@pytest.mark.parametrize("p", [-0.1, 1.0, 2.0, float("nan")])
def test_a_probability_outside_0_to_1_is_refused(p):
    with pytest.raises(ValueError, match=rf"Dropout: p must be (from 0 to below 1|finite), got {p}"):
        Dropout(p)


def test_repr_tells_p():
    assert repr(Dropout(0.2)) == "Dropout(p=0.2)"


@pytest.mark.parametrize("p", ["a", None, True, Value(0.5)])
def test_a_probability_is_a_number(p):
    with pytest.raises(TypeError, match="Dropout: p must be a number, got"):
        Dropout(p)
