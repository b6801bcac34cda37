"""Embedding: rows by index, and their gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autodiff import Value, check_gradients, gradients, jit
from nn import Embedding, fit

INDICES = hnp.arrays(
    st.sampled_from([np.int64, np.uint8, np.float64, np.float32]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    elements=st.integers(0, 4),
)


@given(INDICES)
def test_each_index_becomes_its_row(indices):
    words = Embedding(5, 2, seed=0)
    y = words(indices)
    assert y.shape == (*indices.shape, 2)
    for place in np.ndindex(indices.shape):
        np.testing.assert_array_equal(y.data[place], words.weight.data[int(indices[place])])


@given(INDICES)
def test_the_gradient_of_a_row_is_summed_over_its_places(indices):
    words = Embedding(5, 2, seed=0)
    g = np.random.default_rng(0).integers(-8, 9, (*indices.shape, 2)).astype(float)
    words(indices).backward(g)
    expected = np.array([g[indices == i].sum(axis=0) for i in range(5)])
    np.testing.assert_array_equal(words.weight.grad, expected)


def test_rows_have_derivatives_of_second_order():
    words = Embedding(4, 2)

    def looked_up(weight):
        words.weight = weight
        return words([[0, 3], [3, 3]]) ** 2

    check_gradients(looked_up, words.weight.data)


def test_a_constant_value_holds_indices():
    words = Embedding(3, 2, seed=0)
    np.testing.assert_array_equal(words(Value([2, 0], constant=True)).data, words([2, 0]).data)


def test_a_program_takes_indices_anew_at_each_call():
    words, rng = Embedding(5, 2, seed=0), np.random.default_rng(0)

    def loss(x):
        return (words(x) ** 3).sum()

    program = jit(lambda x: gradients(loss(x), words.weight))
    for _ in range(3):
        x = rng.integers(0, 5, (4, 3))
        expected = gradients(loss(x), words.weight)
        np.testing.assert_allclose(program(x), expected, rtol=1e-13)
    for wrong, error in ((5, IndexError), (-1, IndexError), (0.5, TypeError)):
        with pytest.raises(error, match="Embedding: "):
            program(np.full((4, 3), wrong))


def test_a_long_training_of_rows_is_compiled():
    x, rng = np.arange(60) % 5, np.random.default_rng(0)
    y = rng.normal(size=(5, 2))[x]
    models = [Embedding(5, 2, seed=0), Embedding(5, 2, seed=0)]
    histories = [
        fit(model, x, y, epochs=20, batch_size=10, seed=0, compiled=compiled, progress=False)
        for model, compiled in zip(models, (True, False), strict=True)
    ]
    assert [history.engine.split(":")[0] for history in histories] == ["compiled", "eager"]
    np.testing.assert_allclose(models[0].weight.data, models[1].weight.data, rtol=1e-10)


def test_equal_seeds_make_equal_rows_of_the_standard_normal():
    words = Embedding(500, 4, seed=3)
    np.testing.assert_array_equal(words.weight.data, Embedding(500, 4, seed=3).weight.data)
    assert words.weight.name == "W"
    assert words.weight.data.std() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("x", "error", "told"),
    [
        ([0, 3], IndexError, "from 0 to 2, got 3"),
        (-1, IndexError, "from 0 to 2, got -1"),
        ([np.inf], IndexError, "from 0 to 2, got inf"),
        ([1.0, 1.5], TypeError, "expected integers, got 1.5"),
        (np.array([np.nan]), TypeError, "expected integers, got nan"),
        ([True], TypeError, "expected integers, got dtype bool"),
        (["a"], TypeError, "expected integers, got dtype <U1"),
        (Value([1.0], "x"), TypeError, r"no derivative, got 'x' of shape \(1,\); detach\(\) it"),
    ],
)
def test_what_is_no_index_is_refused(x, error, told):
    with pytest.raises(error, match=f"Embedding: .*{told}"):
        Embedding(3, 2)(x)


def test_float32_stays_float32():
    words = Embedding(3, 2, dtype=np.float32)
    y = words([0, 1, 0])
    y.backward(np.ones((3, 2)))
    assert y.dtype == words.weight.grad.dtype == np.float32


def test_vectors_start_as_the_initialiser_says():
    assert not Embedding(3, 2, initialize="zeros").weight.data.any()
    ones = Embedding(3, 2, initialize=lambda shape, rng: np.ones(shape), dtype=np.float32)
    assert (ones.weight.data == 1.0).all()
    assert ones.weight.dtype == np.float32
    with pytest.raises(ValueError, match="unknown initialiser 'noraml'; did you mean 'normal'"):
        Embedding(3, 2, initialize="noraml")


def test_sizes_below_1_are_refused():
    with pytest.raises(ValueError, match="n_embeddings must be an integer ≥ 1, got 0"):
        Embedding(0, 2)
    with pytest.raises(ValueError, match="size must be an integer ≥ 1, got -2"):
        Embedding(3, -2)


def test_repr_tells_the_sizes():
    assert repr(Embedding(3, 2)) == "Embedding(n_embeddings=3, size=2)"


def test_indices_in_the_chunks_of_a_dask_array_are_refused():
    import dask.array as da

    with pytest.raises(TypeError, match=r"Embedding: the indices are a dask array, .*; compute"):
        Embedding(3, 2)(da.zeros(4, chunks=2, dtype=int))
