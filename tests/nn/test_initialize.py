"""How parameters start: distributions, fans, seeds and names."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import Conv2d, Embedding, Linear, Neuron, initialize
from nn.initialize import (
    INITIALIZERS,
    fans,
    he_normal,
    he_uniform,
    initializer,
    uniform,
    xavier_normal,
    xavier_uniform,
)

SHAPE = (300, 200)

every = pytest.mark.parametrize("name", INITIALIZERS)


@every
@settings(max_examples=10)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_start_of_the_shape_asked_for(name, rows, columns, seed):
    start = initializer(name)
    weight = start((rows, columns), seed)
    assert weight.shape == (rows, columns)
    assert weight.dtype == np.float64
    np.testing.assert_array_equal(weight, start((rows, columns), np.random.default_rng(seed)))


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name != "zeros"])
def test_a_generator_goes_on_and_no_seed_differs_each_time(name):
    start, rng = initializer(name), np.random.default_rng(0)
    assert (start(SHAPE, rng) != start(SHAPE, rng)).any()
    assert (start(SHAPE, None) != start(SHAPE, None)).any()


@every
def test_the_global_random_state_is_neither_read_nor_changed(name):
    before = np.random.get_state()[1].copy()
    initializer(name)(SHAPE, 0)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


@pytest.mark.parametrize(
    ("start", "std"),
    [
        (xavier_uniform, math.sqrt(2.0 / 500.0)),
        (xavier_normal, math.sqrt(2.0 / 500.0)),
        (he_uniform, math.sqrt(2.0 / 200.0)),
        (he_normal, math.sqrt(2.0 / 200.0)),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_the_standard_deviation_is_that_of_the_paper(start, std):
    weight = start(SHAPE, 0)
    assert abs(weight.mean()) < 5.0 * std / math.sqrt(weight.size)
    np.testing.assert_allclose(weight.std(), std, rtol=0.02)


def test_uniform_starts_stay_within_their_bounds():
    assert np.abs(xavier_uniform(SHAPE, 0)).max() <= math.sqrt(6.0 / 500.0)
    assert np.abs(he_uniform(SHAPE, 0)).max() <= math.sqrt(6.0 / 200.0)
    assert np.abs(uniform(SHAPE, 0)).max() <= 0.7


@pytest.mark.parametrize("shape", [(3, 2), (1, 7), (8, 3, 5), (8, 3, 5, 5)])
def test_fans_are_those_of_pytorch(shape):
    torch = pytest.importorskip("torch")
    assert fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


@pytest.mark.parametrize("name", ["xavier", "he", "xavier_normal", "he_uniform"])
def test_a_vector_has_no_fans(name):
    with pytest.raises(ValueError, match=r"a weight has the shape \(n_outputs, n_inputs, …\), got \(3,\)"):
        initializer(name)((3,), 0)


def test_names_are_those_of_the_papers_distributions():
    assert initializer("xavier") is xavier_uniform
    assert initializer("he") is he_normal
    assert initializer(np.ones) is np.ones
    assert {f.__name__ for f in INITIALIZERS.values()} <= set(initialize.__all__)


@pytest.mark.parametrize(
    "make",
    [
        lambda start: Linear(2, 1, initialize=start),
        lambda start: Conv2d(2, 1, 1, initialize=start),
        lambda start: Embedding(1, 2, initialize=start),
        lambda start: Neuron(2, initialize=start),
    ],
)
def test_an_initialiser_of_another_shape_is_refused_by_every_layer(make):
    with pytest.raises(ValueError, match=r"initialiser must return an array of shape \(1, 2.*\), got \(3,\)"):
        make(lambda shape, seed: np.ones(3))


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(
        ValueError, match="unknown initialiser 'xavier_unifrom'; did you mean 'xavier_uniform'"
    ):
        initializer("xavier_unifrom")
