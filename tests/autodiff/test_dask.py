"""Dask arrays: every operation stays lazy, or refuses by name; one pass computes loss and gradients."""

from __future__ import annotations

import collections
import re

import dask
import dask.array as da
import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, elementwise, grad, gradients, primitive, value_and_grad
from tests.autodiff.test_operations import example
from tests.cases import CASES

REFUSED = {
    "bincount", "choose", "compress", "convolve", "correlate", "cross", "cumprod", "cumulative_prod",
    "delete", "extract", "histogram", "insert", "interp", "linalg.cholesky", "linalg.cond",
    "linalg.cross", "linalg.det", "linalg.eigh", "linalg.eigvalsh", "linalg.expm", "linalg.inv",
    "linalg.lstsq", "linalg.pinv", "linalg.qr", "linalg.slogdet", "linalg.solve",
    "linalg.solve_triangular", "linalg.svd", "linalg.svdvals", "linalg.tensorinv", "linalg.tensorsolve",
    "median", "nancumprod", "nanmedian", "nanpercentile", "nanquantile", "partition", "percentile",
    "polymul", "quantile", "scatter_add", "sort", "take", "take_along_axis", "unique",
}  # fmt: skip
"""Operations that refuse Dask arrays, in the backward pass at the latest."""

PARTLY = {
    "einsum",
    "getitem",
    "linalg.matrix_norm",
    "linalg.matrix_power",
    "linalg.norm",
    "norm",
    "pad",
    "repeat",
    "reshape",
}
"""Those that refuse some arguments: a diagonal, places that gather, singular values, uneven chunks."""

REFUSAL = re.compile(r"\w+: got .*: not available on dask arrays: .*; rechunk")


def computes(*arguments, **options):
    """A scheduler that does not want to be called."""
    raise AssertionError("computed silently")


@pytest.fixture
def lazy():
    """Nothing may be computed."""
    with dask.config.set(scheduler=computes):
        yield


def chunked(x, everywhere=True):
    """An array in two chunks along the first axis, or along each."""
    x = np.asarray(x)
    sizes = (max(1, (n + 1) // 2) if everywhere or not axis else n for axis, n in enumerate(x.shape))
    return da.from_array(x, chunks=tuple(sizes))


def results(case, xs, seed):
    """The value of a case, and its gradients, as numbers and as Values."""
    values = [Value(x) for x in xs]
    y = case(*values)
    first = gradients(y, values, seed)
    return [y.data, *first, *(g.data for g in gradients(y, values, seed, create_graph=True))]


# -- the promise -----------------------------------------------------------------------------------


@pytest.mark.parametrize("everywhere", [False, True], ids=["rows", "halves"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_is_lazy_and_numpys_or_refuses_by_name(case, everywhere):
    xs = example(case)
    seed = np.random.default_rng(1).normal(size=np.shape(case(*xs)))
    refusal = None
    with dask.config.set(scheduler=computes):
        try:
            found = results(case, [chunked(x, everywhere) for x in xs], chunked(seed, everywhere))
        except TypeError as error:
            refusal = str(error)
    if refusal is not None:
        assert case.name in REFUSED | PARTLY
        assert REFUSAL.search(refusal), refusal
        return
    assert case.name not in REFUSED
    assert all(type(x) is da.Array for x in found)
    for x, expected in zip(
        dask.compute(*found, scheduler="synchronous"), results(case, xs, seed), strict=True
    ):
        np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-13)


def test_what_refuses_in_part_works_in_part(lazy):
    x = Value(chunked(np.arange(12.0).reshape(4, 3), everywhere=False))
    for y in (
        x[1:, ::2],
        x[-1],
        ad.norm(x),
        ad.norm(x, axis=1),
        ad.pad(x, 1),
        ad.repeat(x, 2, axis=0),
        ad.reshape(x, (12,)),
        ad.einsum("ij,kj->ik", x, np.ones((2, 3))),
    ):
        assert type(gradients(y.sum(), x)) is da.Array


def test_a_refusal_names_the_operation_the_reason_and_the_remedy(lazy):
    with pytest.raises(TypeError) as caught:
        ad.sort(Value(da.ones(4, chunks=2)))
    assert str(caught.value) == (
        "sort: got (4,): not available on dask arrays: numpy.sort has no lazy form; "
        "rechunk() may help, or compute() of what fits into memory"
    )


def test_a_refusal_in_the_backward_pass_names_the_operation_of_the_forward_pass(lazy):
    x = Value(da.ones(4, chunks=2))
    with pytest.raises(TypeError, match=r"the gradient of getitem: scatter_add: got .* not available"):
        x[[0, 0, 3]].sum().backward()


def test_an_operation_of_the_users_that_looks_at_numbers_is_refused(lazy):
    @elementwise(dx=1.0)
    def branching(x, /):
        return x if np.all(x > 0.0) else -x

    @elementwise(dx=1.0)
    def converting(x, /):
        return np.asarray(x) + 1.0

    @primitive(dx=lambda g, y, x: g)
    def without_lazy_form(x, /):
        return np.unwrap(x)

    for operation in (branching, converting, without_lazy_form):
        for argument in (Value(da.ones(4, chunks=2)), da.ones(4, chunks=2)):
            with pytest.raises(TypeError, match=f"^{operation.__name__}: got .*not available on dask arrays"):
                operation(argument)


def test_an_operation_of_the_users_needs_to_know_nothing_of_dask(lazy):
    @primitive(dx=lambda g, y, x: g[::-1])
    def reverse_exp(x, /):
        parts = np.split(np.ones(1), 1)
        result = np.exp(np.concatenate([x, *parts]))[:-1]
        result[0] = 2.0
        return result[::-1].astype(x.dtype) if len(x) else x

    x = Value(da.zeros(4, chunks=2))
    assert type(reverse_exp(x).data) is da.Array


def test_a_function_without_derivative_is_lazy_or_refused(lazy):
    x = Value(da.ones((4, 3), chunks=2))
    for y in (x > 0.0, np.isnan(x), x.argmax(axis=0), x.any(), np.zeros_like(x)):
        assert type(y) is da.Array
    for ask in (np.argsort, np.unique, np.flatnonzero):
        with pytest.raises(TypeError, match="not available on dask arrays"):
            ask(x)


def test_data_of_unknown_shape_are_refused(lazy):
    x = da.ones(4, chunks=2)
    with pytest.raises(ValueError, match=r"shape \(nan,\) is not known: call compute_chunk_sizes\(\)"):
        Value(x[x > 0.0])
    with pytest.raises(ValueError, match=r"add: the shape .* is not known"):
        Value(1.0) + x[x > 0.0]
    with pytest.raises(TypeError, match=r"getitem: got .* how many entries the result has"):
        Value(da.ones((4, 3), chunks=2))[np.eye(4, 3) > 0.0]


def test_a_dask_array_as_index_is_refused(lazy):
    places = da.arange(2, chunks=1)
    for x in (np.ones(4), da.ones(4, chunks=2)):
        for choose in (lambda x: x[places], lambda x: ad.take(x, places), lambda x: x[places > 0]):
            with pytest.raises(TypeError, match="not a dask array: compute"):
                choose(Value(x))


# -- functions of data sets ------------------------------------------------------------------------

X = np.random.default_rng(0).normal(size=(20, 3))
Y = np.random.default_rng(1).normal(size=20)
PARAMETERS = {"W": np.ones((4, 3)) / 3.0, "b": np.arange(4.0), "v": np.ones(4), "c": 0.5}


def residual_sum(p, x, y):
    """R(θ) of a 3-4-1 network."""
    hidden = ad.tanh(x @ p["W"].T + p["b"])
    return ((y - (hidden @ p["v"] + p["c"])) ** 2).sum()


@pytest.fixture
def loads():
    """How often each chunk of the data is loaded."""
    return collections.Counter()


def counted(array, rows, loads):
    """The array in chunks of so many rows, each of which is made when it is asked for."""

    def load(block_info=None):
        ((begin, end), *_) = block_info[None]["array-location"]
        loads[array.ndim, begin] += 1
        return array[begin:end]

    sizes = [rows] * (len(array) // rows)
    return da.map_blocks(load, chunks=(tuple(sizes), *array.shape[1:]), dtype=array.dtype, meta=array[:0])


def test_value_and_gradients_are_lazy_and_come_in_one_pass_over_the_data(loads):
    with dask.config.set(scheduler=computes):
        value, slopes = value_and_grad(residual_sum)(PARAMETERS, counted(X, 5, loads), counted(Y, 5, loads))
        assert not loads
        assert all(type(x) is da.Array for x in (value, *slopes.values()))
    value, slopes = dask.compute(value, slopes)
    assert loads == dict.fromkeys([(d, i) for d in (1, 2) for i in (0, 5, 10, 15)], 1)
    expected, exact = value_and_grad(residual_sum)(PARAMETERS, X, Y)
    assert value == pytest.approx(expected, rel=1e-13)
    for name, slope in slopes.items():
        np.testing.assert_allclose(slope, exact[name], rtol=1e-12)


def test_the_gradient_of_the_data_is_in_their_chunks(lazy):
    x = da.from_array(X, chunks=(5, 3))
    slope = grad(lambda x: residual_sum(PARAMETERS, x, Y))(x)
    assert slope.chunks == x.chunks


def test_a_number_that_the_loss_indexes_has_a_lazy_slope():
    x, y = da.from_array(X[:, 0], chunks=5), da.from_array(Y, chunks=5)

    def line(θ, x, y):
        return ((θ[0] + θ[1] * x - y) ** 2).mean()

    with dask.config.set(scheduler=computes):
        slope = grad(line)(np.array([1.0, 2.0]), x, y)
    np.testing.assert_allclose(slope, grad(line)(np.array([1.0, 2.0]), X[:, 0], Y), rtol=1e-13)


def test_what_a_loss_does_not_depend_on_has_a_slope_of_zeros_in_its_chunks(lazy):
    x = da.from_array(X, chunks=(5, 3))
    slope = grad(lambda x, w: w.sum())(x, Value(np.ones(2), constant=True))
    assert type(slope) is da.Array
    assert slope.chunks == x.chunks


def test_backward_leaves_lazy_gradients(lazy):
    w = Value(np.ones(3))
    (da.from_array(X, chunks=(5, 3)) @ w).sum().backward()
    assert type(w.grad) is da.Array
    assert w.grad.shape == (3,)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # told by Dask's threads, as they compute
def test_a_branch_that_was_not_taken_contributes_nothing():
    x = da.from_array(np.array([0.0, 4.0]), chunks=1)
    with dask.config.set(scheduler=computes):
        slope = grad(lambda x: ad.where(x > 0.0, ad.sqrt(x), 0.0).sum())(x)
    np.testing.assert_array_equal(slope, [0.0, 0.25])


# -- loops -----------------------------------------------------------------------------------------


def recurrent(W, x, **how):
    """The sum of the squares of what a loop collects, and of its last state."""

    def step(h, a):
        h = ad.tanh(a + h @ W)
        return h, h

    last, states = ad.scan(step, np.zeros((4, 3)), x, **how)
    return ad.sum(states * states) + ad.sum(last)


@pytest.mark.parametrize("chunks", [(6, 2, 3), (2, 4, 3), (3, 2, 3)], ids=["rows", "steps", "both"])
@pytest.mark.parametrize("how", [{}, {"reverse": True}, {"checkpoint": 2}], ids=str)
def test_a_loop_is_lazy_and_numpys(chunks, how):
    rng = np.random.default_rng(0)
    W, x = 0.4 * rng.normal(size=(3, 3)), rng.normal(size=(6, 4, 3))
    both = value_and_grad(lambda W, x: recurrent(W, x, **how), (0, 1))
    with dask.config.set(scheduler=computes):
        found = both(W, da.from_array(x, chunks=chunks))
    value, slopes = dask.compute(*found)
    wanted, wanted_slopes = both(W, x)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    for g, h in zip(slopes, wanted_slopes, strict=True):
        np.testing.assert_allclose(g, h, rtol=1e-12, atol=1e-14)


def test_a_program_with_a_loop_refuses_rows_in_chunks_by_name():
    x = da.zeros((6, 4, 3), chunks=(6, 2, 3))
    with pytest.raises(TypeError, match=r"does not split into chunks of rows.*ad\.scan\(step"):
        ad.compile(recurrent)(np.eye(3), x)
