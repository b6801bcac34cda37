"""Programs on rows in chunks: what they compute of all rows at once, or a refusal that names the line."""

import re

import dask
import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, value_and_grad, where
from autodiff.differentiation.structure import leaves, mapped
from autodiff.programs import compile as compiled
from autodiff.values.data import canonical
from autodiff.values.lazy import computed, holds_tasks
from tests.autodiff.test_dask import computes
from tests.autodiff.test_operations import example, quiet
from tests.cases import CASES

RNG = np.random.default_rng(0)
X, Y, LABELS = RNG.normal(size=(23, 4)), RNG.normal(size=23), RNG.integers(3, size=23)
W = RNG.normal(size=(4, 3))


def rows(x, *sizes):
    """An array in chunks of so many rows."""
    return da.from_array(x, chunks=(sizes, *x.shape[1:]))


def whole(tree):
    """All of it computed, in one pass."""
    found = iter(computed(leaves(tree)))
    return mapped(lambda _: next(found), tree)


def agree(found, wanted, single=False):
    """Whether results are the same, to the digits of their precision, or of what they were computed from."""
    for x, y in zip(leaves(found), leaves(wanted), strict=True):
        y = canonical(y.data if isinstance(y, Value) else y)
        assert (np.shape(x), np.asarray(x).dtype) == (np.shape(y), np.asarray(y).dtype)
        tolerance = 1e-5 if single or np.asarray(y).dtype == np.float32 else 1e-11
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


SPLITTING = {
    "a sum": lambda w, x, y: ad.sum((ad.tanh(x @ w)[:, 0] - y) ** 2),
    "a mean": lambda w, x, y: ad.mean((ad.tanh(x @ w)[:, 0] - y) ** 2),
    "a penalty with a sum": lambda w, x, y: ad.sum((x @ w[:, 0] - y) ** 2) + 0.1 * ad.sum(w * w),
    "a penalty with a mean": lambda w, x, y: ad.mean(np.abs(x @ w[:, 0] - y)) + 0.1 * ad.sum(w * w),
    "the number of rows": lambda w, x, y: ad.sum((x @ w[:, 0] - y) ** 2) / len(y) + len(y) * ad.sum(w),
    "sums and means": lambda w, x, y: ad.sum(x @ w) + 2.0 * ad.mean(y * (x @ w[:, 1])) + ad.mean(w),
    "along rows": lambda w, x, y: ad.sum(nn.softmax(x @ w, axis=1)[:, 0] * y),
    "a choice": lambda w, x, y: ad.mean(where(y > 0.0, ad.maximum(x @ w[:, 0], 0.0), ad.exp(-y))),
    "a product": lambda w, x, y: ad.sum((ad.transpose(x) @ ad.reshape(y, (-1, 1)))[:, 0] * w[:, 0]),
    "einsum": lambda w, x, y: ad.einsum("ni,ij,n->", x, w, y),
    "columns": lambda w, x, y: ad.sum(ad.concatenate([x @ w, ad.reshape(y, (-1, 1))], axis=1) ** 2),
    "labels": lambda w, x, y: nn.cross_entropy(x @ w, where(y > 0.0, 1.0, 0.0)),
    "layer norm": lambda w, x, y: ad.mean((nn.LayerNorm(3)(x @ w)[:, 0] - y) ** 2),
    "no rows": lambda w, x, y: ad.sum(w * w),
}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SPLITTING)), st.data(), st.booleans())
def test_a_loss_and_its_gradient_in_chunks_are_those_of_all_rows(name, data, single):
    f = value_and_grad(SPLITTING[name])
    cuts = sorted(data.draw(st.sets(st.integers(2, 21), max_size=4)))
    sizes = np.diff([0, *cuts, 23])
    if 1 in sizes:
        sizes = (11, 12)
    w, x, y = (v.astype(np.float32) if single else v for v in (W, X, Y))
    program = compiled(f)
    with dask.config.set(scheduler=computes):
        found = program(w, rows(x, *sizes), rows(y, *sizes))
    assert all(map(holds_tasks, leaves(found)))
    agree(whole(found), f(w, x, y), single)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_operation_splits_and_agrees_or_is_refused(case):
    xs = example(case)
    first = np.asarray(xs[0])
    if first.ndim == 0 or len(first) < 4:
        repeated = np.concatenate([np.atleast_1d(first)] * 4) if first.ndim < 3 else first
        first = repeated
    sizes = (len(first) // 2, len(first) - len(first) // 2)

    def f(x):
        return case(x, *xs[1:])

    for g in (f, value_and_grad(lambda x: ad.sum(f(x) * 1.5))):
        try:
            wanted = quiet(g, first)
        except Exception:
            continue
        try:
            found = compiled(g)(rows(first, *sizes))
        except (TypeError, ValueError, IndexError, np.linalg.LinAlgError):
            continue
        agree(whole(found), wanted)


REFUSED = {
    "a root of a mean": (value_and_grad(lambda w, x: ad.sqrt(ad.mean((x @ w) ** 2))), "a second pass"),
    "a largest row": (lambda w, x: ad.max(x @ w), "max at .*neither for each row alone, nor a sum or mean"),
    "deviations": (lambda w, x: ad.sum((x - ad.mean(x, axis=0)) @ w), "subtract at .*a second pass"),
    "a running sum": (lambda w, x: ad.cumsum(x @ w, axis=0), "cumsum at .*neither for each row alone"),
    "a variance": (lambda w, x: ad.var(x @ w), "var at .*neither for each row alone"),
    "rows turned": (lambda w, x: x[::-1] @ w, "getitem at .*neither"),
    "pairs of rows": (lambda w, x: ad.sum(x @ ad.transpose(x)), r"matmul at .*its shape \(5, 5\) goes by"),
    "some rows": (lambda w, x: ad.sum(x[:3]), "getitem"),
    "softmax over rows": (lambda w, x: nn.softmax(x @ w, axis=0), "softmax at .*neither"),
    "whether all are positive": (lambda w, x: where(np.all(x > 0.0), 1.0, ad.sum(w)), "all at .*neither"),
    "a product of rows": (lambda w, x: ad.prod(x @ w, axis=0), "prod at .*neither"),
    "an array of rows around": (
        lambda w, x: ad.sum(x[:, 0] * np.arange(float(len(x)))),
        "something else for each row",
    ),
    "another way": (lambda w, x: ad.sum(x @ w) / len(x) ** 2, "goes by the number of rows in another way"),
    "a loop": (
        lambda w, x: ad.scan(lambda c, r: (c + r @ w, None), np.zeros(3), x)[0],
        r"scan\(.*not one array",
    ),
    "a decision": (lambda w, x: ad.sum(x @ w) if len(x) > 6 else ad.sum(x), "goes by the number of rows"),
}


@pytest.mark.parametrize(("f", "why"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_split_is_refused_by_name(f, why):
    with pytest.raises(TypeError, match=why):
        compiled(f)(W, rows(X, 5, 5, 5, 8))


def test_rows_come_back_as_rows_and_sums_as_numbers():
    def f(w, x, labels):
        z = x @ w
        return {
            "z": z,
            "turned": ad.transpose(z),
            "loss": nn.cross_entropy(z, labels),
            "sum": ad.sum(x, axis=0),
        }

    program = compiled(f)
    found = program(W, rows(X, 10, 13), rows(LABELS, 10, 13))
    assert (found["z"].chunks, found["turned"].chunks) == (((10, 13), (3,)), ((3,), (10, 13)))
    agree(whole(found), f(W, X, LABELS))


def test_chunks_are_made_once_and_slices_of_them_are_one_task():
    made = []

    def chunk(block_id):
        made.append(block_id)
        return np.full((6, 5), float(block_id[0]))

    data = da.map_blocks(chunk, chunks=((6,) * 4, 5), meta=np.empty((0, 0)))
    program = compiled(value_and_grad(SPLITTING["a mean"]))
    found = whole(program(W, data[:, :-1], data[:, -1]))
    assert len(made) == 4
    x = np.repeat(np.arange(4.0), 6)[:, None] * np.ones(5)
    agree(found, value_and_grad(SPLITTING["a mean"])(W, x[:, :-1], x[:, -1]))


def test_other_chunks_are_put_into_those_of_the_first():
    f = value_and_grad(SPLITTING["a sum"])
    found = compiled(f)(W, rows(X, 10, 13), rows(Y, 5, 18))
    agree(whole(found), f(W, X, Y))
    found = compiled(f)(W, da.from_array(X, chunks=(8, 2)), rows(Y, 23))
    agree(whole(found), f(W, X, Y))


def test_parameters_are_read_anew_and_programs_kept():
    model = nn.MLP(4, [3, 1], activation="tanh", seed=0)

    def step(x, y):
        loss = nn.mean_squared_error(model(x), y)
        return loss.detach(), ad.gradients(loss, model.parameters())

    program, lazy = compiled(step), (rows(X, 12, 11), rows(Y, 12, 11))
    for _ in range(2):
        agree(whole(program(*lazy)), step(X, Y))
        model.parameters()[0].data = model.parameters()[0].data * 1.5
    assert len(program.versions) == 1
    assert "In chunks, of" in program.source


def test_what_has_other_rows_is_refused():
    program = compiled(lambda x, y: ad.sum(x) + ad.sum(y))
    with pytest.raises(TypeError, match=r"one row per observation each, got shapes \(23, 4\) and \(22,\)"):
        program(rows(X, 10, 13), rows(Y[:22], 11, 11))
    with pytest.raises(TypeError, match="one row per observation"):
        program(rows(X, 10, 13), da.sum(rows(Y, 23)))
    w = Value(W, "w")
    with pytest.raises(TypeError, match="this result depends on variables"):
        compiled(lambda x: ad.sum(x @ w))(rows(X, 10, 13))


def test_the_message_says_what_to_do():
    with pytest.raises(TypeError, match=re.escape("call f itself, which takes dask arrays as they are")):
        compiled(lambda x: ad.max(x))(rows(X, 23))
