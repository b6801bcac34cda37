"""Axes, shifts and places, counted from the end above all, mean on Dask arrays what NumPy means by them."""

import itertools

import dask
import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients
from tests.autodiff.test_dask import chunked

RNG = np.random.default_rng(0)
CUBE, MATRIX, VECTOR, SQUARE = (RNG.normal(size=shape) for shape in ((4, 3, 2), (4, 3), (3,), (3, 3)))
ONES = RNG.normal(size=(1, 3, 1))


def joined(parts):
    return ad.concatenate([ad.ravel(part) for part in parts[::-1]])


CALLS = {
    **{
        f"{name} over {axis}": (lambda x, name=name, axis=axis: getattr(ad, name)(x, axis=axis), CUBE)
        for name in ("sum", "mean", "prod", "max", "min", "var", "std", "logsumexp", "norm")
        for axis in (None, -1, (0, -1), (-2, -3))
    },
    **{
        f"{name} along {axis}": (lambda x, name=name, axis=axis: getattr(ad, name)(x, axis=axis), CUBE)
        for name in ("softmax", "log_softmax", "cumsum", "flip")
        for axis in (0, -1, -2)
    },
    **{
        f"tensordot over {axes}": (lambda a, b, axes=axes: ad.tensordot(a, b, axes), a, b)
        for axes, a, b in (
            (1, MATRIX, SQUARE), ((-1, -1), MATRIX, SQUARE), ((-1, -2), MATRIX, SQUARE),
            (([-1], [0]), MATRIX, SQUARE),
            (([-1, -2], [-1, -2]), CUBE, CUBE), (([1, -1], [-2, 2]), CUBE, CUBE), ((-3, -3), CUBE, CUBE),
            (([], []), VECTOR, MATRIX), (np.array([[-1], [0]]), MATRIX, SQUARE),
        )
    },
    **{
        f"{f.__name__} of {a.ndim} and {b.ndim} axes": (f, a, b)
        for f, a, b in (
            (ad.inner, MATRIX, SQUARE), (ad.inner, CUBE, CUBE), (ad.inner, VECTOR, MATRIX),
            (ad.inner, MATRIX, VECTOR),
            (ad.dot, CUBE, RNG.normal(size=(5, 2, 3))), (ad.dot, VECTOR, RNG.normal(size=(2, 3, 2))),
            (ad.kron, MATRIX, SQUARE), (ad.outer, MATRIX, VECTOR), (ad.vdot, MATRIX, MATRIX),
        )
    },
    **{
        f"roll by {shift} along {axis}": (lambda x, s=shift, axis=axis: ad.roll(x, s, axis), CUBE)
        for shift, axis in (
            (1, None), (True, None), (-2, -1), ((1, -2), (0, -1)), (2, (0, -1)), ((1, 2), 0),
            ((1, 2), (0, 0)), ([1], [-1]),
        )
    },
    **{
        f"{name} {k} of {axes}": (lambda x, name=name, k=k, axes=axes: getattr(ad, name)(x, k, *axes), CUBE)
        for name in ("diagonal", "trace")
        for k, axes in itertools.product((1, -1, 5), ((0, 1), (-1, 0), (-2, -1)))
    },
    "einsum": (lambda a, b: ad.einsum("ij,jk->ik", a, b), MATRIX[:, :1], SQUARE),
    "einsum of rows": (lambda a, b: ad.einsum("...i,...i->...", a, b), CUBE[:1], CUBE),
    "einsum by numbers": (lambda a, b: ad.einsum(a, [0, 1], b, [1, 2]), MATRIX, SQUARE),
    "moveaxis": (lambda x: ad.moveaxis(x, (-1, -2), (0, 1)), CUBE),
    "rollaxis": (lambda x: ad.rollaxis(x, -1, -2), CUBE),
    "squeeze": (lambda x: ad.squeeze(x, (-1, -3)), ONES),
    "expand_dims": (lambda x: ad.expand_dims(x, (-1, 0)), CUBE),
    "stack": (lambda x, y: ad.stack([x, y], -4), CUBE, CUBE),
    "append": (lambda x, y: ad.append(x, y, -2), CUBE, CUBE),
    "split": (lambda x: joined(ad.split(x, [1], -3)), CUBE),
    "an empty part": (lambda x: sum(map(ad.sum, ad.split(x, [0], -3))), CUBE),
    "diff": (lambda x: ad.diff(x, 2, -3), CUBE),
    "gradient of two points": (lambda x: joined(ad.gradient(x)), CUBE),
    "repeat": (lambda x: ad.repeat(x, 2, -2), CUBE),
    "rot90": (lambda x: ad.rot90(x, 1, (-1, 0)), CUBE),
    "argmax": (lambda x: x * x.argmax(axis=-2)[:, None], CUBE),
}  # fmt: skip


def found(call, xs, make):
    values = [Value(make(x)) for x in xs]
    y = call(*values)
    return dask.compute(y.data, *gradients((y * y).sum(), values), scheduler="synchronous")


@pytest.mark.parametrize("everywhere", [False, True], ids=["rows", "halves"])
@pytest.mark.parametrize("call", CALLS)
def test_axes_mean_what_numpy_means(call, everywhere):
    function, *xs = CALLS[call]
    lazy = found(function, xs, lambda x: chunked(x, everywhere))
    for x, expected in zip(lazy, found(function, xs, lambda x: x), strict=True):
        assert np.shape(x) == np.shape(expected)
        np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-13)


INDICES = [
    np.s_[0:0], np.s_[5:], np.s_[2:1:-1], np.s_[1:1, 0], np.s_[::-1], np.s_[3:0:-1, 1], np.s_[1:3:2],
    np.s_[::3, ::2],
    np.s_[:, ::-2], np.s_[:, 0, ::-1], np.s_[0, ::-1, ::-1], np.s_[None, 0, ::-1], np.s_[0, None, ::-1, None],
    np.s_[None, ::-1, None, 1], np.s_[..., None, 0], np.s_[-1, None], np.s_[0, 0, 0], np.s_[-1:-3:-1],
    np.s_[1:, ..., :-1],
    np.s_[...], np.s_[None],
]  # fmt: skip


@pytest.mark.parametrize("everywhere", [False, True], ids=["rows", "halves"])
@pytest.mark.parametrize("index", INDICES, ids=str)
def test_the_gradient_of_places_is_numpys(index, everywhere):
    lazy = found(lambda x: x[index], [CUBE], lambda x: chunked(x, everywhere))
    for x, expected in zip(lazy, found(lambda x: x[index], [CUBE], lambda x: x), strict=True):
        np.testing.assert_array_equal(x, expected)


def test_what_dask_fails_at_by_its_own_fault_is_refused_by_name():
    x = Value(chunked(CUBE))
    with pytest.raises(TypeError, match=r"getitem: got .* not available on dask arrays"):
        ad.take(x, [[0, 1], [1, 0]], -1)
    with pytest.raises(TypeError, match="not available on dask arrays"):
        ad.searchsorted([0.0, 1.0], Value(chunked(VECTOR)))
