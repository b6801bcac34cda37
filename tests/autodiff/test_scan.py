"""scan: a loop that hands something on, equal to the loop written out, of any order."""

import importlib.util
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, grad, gradients, hessian, scan, value_and_grad
from autodiff.differentiation.structure import leaves

refused: Any = scan
"""What is not typed."""

DRAW = np.random.default_rng(3)
X = DRAW.normal(size=(5, 2, 3))
W, H = 0.6 * DRAW.normal(size=(3, 3)), DRAW.normal(size=(2, 3))


def written_out(step, carry, xs, reverse=False):
    """The loop, for arrays as xs."""
    ys = [None] * len(xs)
    for t in range(len(xs))[::-1] if reverse else range(len(xs)):
        carry, ys[t] = step(carry, xs[t])
    return carry, ad.stack(ys)


def rnn(loop, W, h, xs, **how):
    def step(h, x):
        h = ad.tanh(h @ W + x)
        return h, h * x

    h, ys = loop(step, h, xs, **how)
    return (h * h).sum() + (ys**3).sum()


def same(ours, theirs, **how):
    for a, b in zip(leaves(ours), leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, **{"rtol": 1e-12, "atol": 1e-12, **how})


@pytest.mark.parametrize("checkpoint", [None, 1, 2, 5, 9])
@pytest.mark.parametrize("reverse", [False, True])
def test_scan_is_the_loop_written_out_at_first_and_second_order(reverse, checkpoint):
    def ours(*args):
        return rnn(scan, *args, reverse=reverse, checkpoint=checkpoint)

    def theirs(*args):
        return rnn(written_out, *args, reverse=reverse)

    same(value_and_grad(ours, (0, 1, 2))(W, H, X), value_and_grad(theirs, (0, 1, 2))(W, H, X))
    same(hessian(ours)(W, H, X), hessian(theirs)(W, H, X))
    same(hessian(ours, 2)(W, H, X[:2]), hessian(theirs, 2)(W, H, X[:2]))


def test_scan_is_right_at_third_order():
    def f(x, **how):
        return scan(lambda c, a: (ad.sin(c * x) + a, None), x, np.array([0.1, 0.2, 0.3]), **how)[0]

    def g(x):
        c = x
        for a in (0.1, 0.2, 0.3):
            c = ad.sin(c * x) + a
        return c

    expected = ad.derivative(g, 3)(0.7)
    same(ad.derivative(f, 3)(0.7), expected)
    same(ad.derivative(lambda x: f(x, checkpoint=2), 3)(0.7), expected)


@given(
    st.integers(1, 6),
    st.booleans(),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 2**32 - 1),
)
def test_carries_and_rows_may_be_nested_and_of_any_precision(n, reverse, checkpoint, dtype, seed):
    draw = np.random.default_rng(seed)
    w = draw.normal(size=3).astype(dtype)
    carry = {"a": draw.normal(size=3).astype(dtype), "b": (dtype(0.5), None)}
    xs = (draw.normal(size=(n, 3)).astype(dtype), {"s": draw.normal(size=n).astype(dtype)})

    def step(w, carry, x):
        row, rest = x
        a = ad.tanh(carry["a"] * w + row)
        b = carry["b"][0] * rest["s"] + a.sum()
        return {"a": a, "b": (b, None)}, {"y": a * b, "nothing": None}

    def ours(w, carry, xs):
        end, ys = scan(lambda c, x: step(w, c, x), carry, xs, reverse=reverse, checkpoint=checkpoint)
        return end["a"].sum() + end["b"][0] + ys["y"].sum()

    def theirs(w, carry, xs):
        total = 0.0
        for t in range(n)[::-1] if reverse else range(n):
            carry, y = step(w, carry, (xs[0][t], {"s": xs[1]["s"][t]}))
            total = total + y["y"].sum()
        return carry["a"].sum() + carry["b"][0] + total

    found = value_and_grad(ours, (0, 1, 2))(w, carry, xs)
    assert all(ad.Value(x).dtype == dtype for x in leaves(found))
    close = {"rtol": 3e-3, "atol": 3e-3} if dtype is np.float32 else {}
    same(found, value_and_grad(theirs, (0, 1, 2))(w, carry, xs), **close)


def test_values_that_a_step_closes_over_are_differentiated_also_where_one_depends_on_another():
    w = Value(0.3, "w")
    v = w * w
    for how in ({}, {"checkpoint": 2}):
        end, ys = scan(lambda c, x: (c * w + v * x, c), 1.0, np.array([1.0, 2.0, 3.0]), **how)
        assert isinstance(end, Value)
        assert ys.shape == (3,)
        c = Value(1.0)
        for x in (1.0, 2.0, 3.0):
            c = c * w + v * x
        same(gradients(end, [w, v]), gradients(c, [w, v]))


def test_a_list_is_a_sequence_of_steps_and_a_length_makes_rows_needless():
    assert scan(lambda c, x: (c + x, None), 0, [1, 2, 3]) == (6.0, None)
    assert scan(lambda c, x: (c + x["a"], x["a"]), 0, [{"a": 1}, {"a": 2}])[1].tolist() == [1.0, 2.0]
    end, ys = scan(lambda c, x: (2.0 * c, c), 1.0, length=3)
    assert (end, ys.tolist()) == (8.0, [1.0, 2.0, 4.0])
    assert grad(lambda a: scan(lambda c, x: (c * x, None), 1.0, [a, 2.0, a])[0])(3.0) == 12.0


def test_no_steps_give_the_carry_and_empty_arrays():
    end, (ys, more) = scan(
        lambda c, x: (c + x.sum(), (x, c)), 0.5, np.zeros((0, 4), np.float32).astype(float)
    )
    assert end == 0.5
    assert ys.shape == (0, 4)
    assert more.shape == (0,)


def test_raw_numbers_in_raw_numbers_out():
    end, ys = scan(lambda c, x: (c + x, c), 0.0, np.arange(3.0))
    assert type(end) is float
    assert type(ys) is np.ndarray


def test_the_gradient_of_many_rows_is_that_of_each():
    x = Value(np.ones((256, 100)))
    y = scan(lambda c, row: (c + row, None), np.zeros(100), x)[0].sum()
    assert gradients(y, x).tolist() == np.ones((256, 100)).tolist()


@pytest.mark.parametrize(
    ("wrong", "kind", "told"),
    [
        (lambda: refused(3.0, 0.0, length=2), TypeError, "function of one step"),
        (
            lambda: scan(lambda c, x: (np.zeros(3), c), 0.0, length=2),
            ValueError,
            r"shape.*\(\), and is \(3,\)",
        ),
        (
            lambda: scan(lambda c, x: (c.astype(np.float32), c), np.zeros(2), length=2),
            ValueError,
            "dtype.*float64, and is float32",
        ),
        (lambda: scan(lambda c, x: ((c, c), c), 0.0, length=2), ValueError, "structure of its carry"),
        (lambda: scan(lambda c, x: c, 0.0, length=2), TypeError, r"must return \(carry, y\), got a float"),
        (lambda: scan(lambda c, x: (c, c), "a", length=2), TypeError, "carry must be numbers.*got a str"),
        (lambda: scan(lambda c, x: (c, c), {"m": object()}, length=2), TypeError, r"carry\['m'\].*object"),
        (lambda: scan(lambda c, x: (c, "y"), 0.0, length=2), TypeError, "y must be numbers.*got a str"),
        (
            lambda: scan(lambda c, x: (c, c), 0.0, (np.zeros(3), np.zeros(4))),
            ValueError,
            r"xs\[0\] 3, xs\[1\] 4",
        ),
        (lambda: scan(lambda c, x: (c, c), 0.0, np.zeros(3), 4), ValueError, "length 4, xs 3"),
        (lambda: scan(lambda c, x: (c, c), 0.0, 3.0), ValueError, "xs is a number"),
        (lambda: scan(lambda c, x: (c, c), 0.0), ValueError, "without xs"),
        (lambda: refused(lambda c, x: (c, c), 0.0, length=Value(3.0)), TypeError, "length is a Value.*where"),
        (lambda: scan(lambda c, x: (c, c), 0.0, length=-1), ValueError, "length"),
        (lambda: scan(lambda c, x: (c, c), 0.0, length=2, checkpoint=0), ValueError, "checkpoint"),
        (lambda: refused(lambda c, x: (c, c), 0.0, length=2, reverse=1), TypeError, "reverse"),
        (lambda: scan(lambda c, x: (c, x), 0.0, [1.0, np.zeros(2)]), ValueError, "one shape"),
    ],
)
def test_what_is_no_loop_is_refused(wrong, kind, told):
    with pytest.raises(kind, match=f"(?s){told}"):
        wrong()


def test_a_step_that_draws_at_random_is_found_when_it_is_computed_again():
    draw = np.random.default_rng(0)
    w = Value(1.0)
    end, _ = scan(lambda c, x: (c * w + draw.random(), None), 0.0, length=4, checkpoint=2)
    with pytest.raises(ValueError, match="same each time"):
        gradients(end, w)


@pytest.mark.parametrize("how", [{}, {"checkpoint": 2}])
def test_a_branch_not_taken_contributes_nothing_in_any_step(how):
    def f(x, **how):
        def step(c, a):
            return c + ad.where(x > 0.0, ad.sqrt(x), 0.0) * a, ad.where(c > 0.0, ad.sqrt(c), 0.0)

        end, ys = scan(step, 0.0 * x, np.array([1.0, 2.0, 3.0]), **how)
        return end + ys.sum()

    assert grad(lambda x: f(x, **how))(0.0) == 0.0


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
@pytest.mark.parametrize("reverse", [False, True])
def test_scan_means_what_it_means_in_jax(reverse):
    import jax
    import jax.numpy as jnp

    with jax.enable_x64(True):

        def theirs(W, h, xs):
            def step(h, x):
                h = jnp.tanh(h @ W + x)
                return h, h * x

            h, ys = jax.lax.scan(step, h, xs, reverse=reverse)
            return (h * h).sum() + (ys**3).sum()

        expected = jax.value_and_grad(theirs, (0, 1, 2))(W, H, X)
        found = value_and_grad(lambda *args: rnn(scan, *args, reverse=reverse), (0, 1, 2))(W, H, X)
        same(found, jax.tree.map(np.asarray, expected))
