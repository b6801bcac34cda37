"""Programs of large arrays: recorded with examples of results, they compute what f does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import elementwise, value_and_grad
from autodiff.programs import examples, operations
from autodiff.programs.energy import energy
from autodiff.programs.examples import LARGE, blank_like, brief, example, one_entry
from autodiff.testing import arrays
from nn.layers.linear import affine

SIZES = st.integers(1, 4)
SHAPES = st.lists(SIZES, max_size=2).map(tuple)


@st.composite
def products(draw):
    """Two arrays that have a product, and the same by `@`."""
    m, n, p = draw(SIZES), draw(SIZES), draw(SIZES)
    a, b = draw(st.sampled_from([((n,), (n,)), ((m, n), (n,)), ((n,), (n, p)), ((m, n), (n, p))]))
    a = (*draw(SHAPES), *a) if len(a) > 1 and len(b) > 1 else a
    dtypes = st.sampled_from([np.float64, np.float32])
    return draw(arrays(shape=a, dtype=draw(dtypes))), draw(arrays(shape=b, dtype=draw(dtypes)))


def like(function, *given, **options):
    """Whether the example of an operation is like its result."""
    found = np.asarray(function.operation.example(*given, **options))
    wanted = np.asarray(function(*given, **options))
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
    np.testing.assert_array_equal(found.flat[:1], wanted.flat[:1])


@given(products())
@settings(deadline=None)
def test_examples_of_products_are_like_them(pair):
    a, b = pair
    with np.errstate(all="ignore"):
        found, wanted = np.asarray(ad.matmul.operation.example(a, b)), np.asarray(a @ b)
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
    if a.ndim == b.ndim == 2:
        for function, x, y in (
            (operations.product, a, b),
            (operations.product_of_transposed, a.T.copy(), b),
            (operations.product_with_transposed, a, b.T.copy()),
        ):
            assert function.operation.example(x, y).shape == wanted.shape


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), SHAPES)
@settings(deadline=None)
def test_examples_of_rows_and_of_moves_are_like_them(n, k, j, front):
    x = np.arange(1.0, 1.0 + np.prod((*front, n, k))).reshape(*front, n, k)
    like(affine, x, np.ones((j, k)), np.ones(j))
    like(ad.reshape, x, shape=(-1,))
    like(ad.reshape, x, shape=(k, -1), order="C")
    total = ad.sum_to.operation.example(x, shape=(n, 1))
    assert total.shape == ad.sum_to(x, shape=(n, 1)).shape


@given(st.integers(1, 4), st.integers(1, 4), SHAPES, st.sampled_from([np.float64, np.float32]))
def test_examples_of_sums_and_of_what_is_laid_are_like_them(n, k, front, dtype):
    x = np.ones((*front, n, k), dtype)
    axes = [None, 0, -1, tuple(range(len(front) + 1))]
    wanted = [operations.reduced(x, axis) for axis in axes]
    found = [operations.reduced.operation.example(x, axis) for axis in axes]
    assert [(y.shape, y.dtype) for y in found] == [(y.shape, y.dtype) for y in wanted]
    assert operations.sum_of_product.operation.example(x, x).dtype == dtype
    assert energy.operation.example(x).dtype == dtype
    shape = (*front, n + 1, k)
    like(ad.scatter_add, x, index=(..., slice(n), slice(None)), shape=shape)
    laid = {"indices": ((..., slice(n), slice(None)),), "shape": shape}
    like(operations.laid, x, **laid)


@given(st.permutations(range(3)), st.sampled_from([np.float64, np.float32, bool]))
def test_what_is_blank_takes_the_layout_of_an_array(order, dtype):
    for count in (2, LARGE // 8):
        x = np.ones((count, 4, 3), dtype).transpose(order)
        found = blank_like(x)
        assert (found.shape, found.dtype, found.strides) == (x.shape, x.dtype, x.strides)
        assert found.flags.writeable
        assert not found.any()


@given(SHAPES, st.sampled_from([np.float64, np.float32]))
def test_one_entry_of_an_elementwise_function_tells_shape_and_dtype(shape, dtype):
    x, y = np.ones((3, *shape), dtype), np.full(shape, 2.0)
    for given_ in ((x, y), (x, 3.0), (2.0, x)):
        found, wanted = one_entry(np.multiply, given_), np.multiply(*given_)
        assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
        np.testing.assert_array_equal(found, wanted)


def test_an_array_of_one_number_is_brief_and_others_stay():
    for same in (np.ones(LARGE), np.zeros((2, LARGE)), np.full((LARGE, 2), -3.0)):
        found = brief(same)
        assert not any(found.strides)
        np.testing.assert_array_equal(found, same)
    for other in (
        np.arange(float(LARGE)),
        np.ones(10),
        np.where(np.arange(LARGE) < 5, 0.0, -0.0),
        "text",
        2.0,
    ):
        assert brief(other) is other


def test_where_nothing_is_large_there_is_no_example():
    assert example(ad.exp.operation, [np.ones(10)], {}) is None
    assert example(ad.cumsum.operation, [np.ones(LARGE)], {"axis": 0}) is None


# -- programs ----------------------------------------------------------------------------------

SEEN: list[int] = []


@elementwise(dx=lambda y, x: 2.0 * x)
def squared(x, /):
    """x², which notes how much it computes."""
    SEEN.append(np.size(x))
    return x * x


def test_a_program_is_recorded_without_computing_with_all_entries():
    x = np.linspace(-1.0, 1.0, 2 * LARGE)
    program = ad.compile(value_and_grad(lambda x: squared(x).sum()))
    SEEN.clear()
    program.source_of(x)
    assert SEEN[:2] == [1, 1]  # recorded twice; how it is written, is tried on an array
    value, slope = program(x)
    assert value == pytest.approx(float(x @ x))
    np.testing.assert_allclose(slope, 2.0 * x)


@pytest.fixture
def small(monkeypatch):
    """What is large is small, too."""
    monkeypatch.setattr(examples, "LARGE", 2)


def kernel(x, s):
    distances = ad.sum((x[:, None] - x[None]) ** 2, -1)
    matrix = ad.exp(-distances / s) + 0.1 * np.eye(5)
    return (
        ad.sum(ad.linalg.solve(matrix, x[:, 0]))
        + ad.sum(ad.linalg.cholesky(matrix))
        + ad.linalg.slogdet(matrix)[1]
    )


FUNCTIONS = {
    "a matrix of equal entries has no inverse": kernel,
    "a network": lambda x, s: ad.sum(ad.tanh(x @ np.linspace(-1.0, 1.0, 12).reshape(3, 4) + s) ** 2),
    "a mean of logarithms": lambda x, s: ad.mean(ad.log(1.5 + x)) * s,
    "rows": lambda x, s: ad.sum(ad.softmax(x * s, axis=1)[:, 1] ** 2) + ad.max(x),
    "a loop": lambda x, s: ad.sum(ad.scan(lambda h, a: (ad.tanh(h * s + a), h), np.zeros(3), x)[1] ** 2),
    "a choice": lambda x, s: ad.sum(ad.where(x > 0.0, ad.sqrt(abs(x)), s * x)),
}


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_program_computes_what_f_does_however_it_was_recorded(f, small):
    x, both = np.random.default_rng(0).normal(size=(5, 3)) * 0.4, value_and_grad(f, (0, 1))
    (value, slopes), (wanted, wanted_slopes) = ad.compile(both)(x, 1.3), both(x, 1.3)
    assert value == pytest.approx(wanted, rel=1e-10)
    for g, h in zip(slopes, wanted_slopes, strict=True):
        np.testing.assert_allclose(g, h, rtol=1e-8, atol=1e-10)


def test_layers_are_recorded_with_examples(small):
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.LSTM(4, 2, seed=0))
    x = np.random.default_rng(1).normal(size=(6, 2, 3))
    loss = lambda x: ad.sum(model(x)[0] ** 2)  # noqa: E731
    np.testing.assert_allclose(ad.compile(ad.grad(loss))(x), ad.grad(loss)(x), rtol=1e-9, atol=1e-12)
