"""Loops of programs: a scan is one operation whose step is written once, equal to the eager loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, grad, hessian, scan, value_and_grad, where
from autodiff import compile as compiled
from autodiff.differentiation.structure import leaves

DRAW = np.random.default_rng(5)
W = 0.5 * DRAW.normal(size=(3, 3))
H = DRAW.normal(size=(2, 3))
X = DRAW.normal(size=(6, 2, 3))
S = DRAW.normal(size=6)
V = Value(DRAW.normal(size=3), "v")
K = Value(DRAW.normal(size=3), "k", constant=True)


def total(*trees):
    """A number that everything has a part in."""
    return sum((ad.sum(leaf * leaf * leaf + 0.5 * leaf) for tree in trees for leaf in leaves(tree)), 0.0)


def recurrent(W, h, xs, s, **how):
    return total(*scan(lambda h, x: ((h := ad.tanh(h @ W + x)), h), h, xs, **how))


def two_products(W, h, xs, s, **how):
    def step(h, x):
        h = ad.sigmoid(x @ W + h @ ad.transpose(W) + V)
        return h, {"y": h * x, "s": h.sum(), "x": x, "nothing": None}

    return total(*scan(step, h, xs, **how))


def of_numbers(W, h, xs, s, **how):
    def step(state, a):
        x, v = state
        v = v + 0.1 * (a - ad.sin(x) * W[0, 0])
        return (x + 0.1 * v, v), x * v

    return total(*scan(step, (h[0, 0], 0.3), s, **how))


def branching(W, h, xs, s, **how):
    def step(h, row):
        x, a = row
        h = where(h @ W > 0.0, ad.tanh(h + x), ad.exp(-h * h)) * a
        return h, where(a > 0.0, h, 0.0)

    return total(*scan(step, h, (xs, s), **how))


def swapping(W, h, xs, s, **how):
    def step(state, x):
        a, b, c = state
        return (b, x, c), a

    return total(*scan(step, (h, 2.0 * h, h @ W), xs, **how))


def views(W, h, xs, s, **how):
    def step(h, x):
        new = ad.transpose(ad.transpose(h + x @ W))
        return new[:, ::-1], (new[:, :2], h[0], x.T)

    return total(*scan(step, h, xs, **how))


def nested(W, h, xs, s, **how):
    def step(h, x):
        inner, ys = scan(lambda c, b: (ad.tanh(c * b + x), c @ W), h, s)
        return inner, ys.sum(axis=0)

    return total(*scan(step, h, xs, **how))


def deriving(W, h, xs, s, **how):
    """Each step goes down the slope of an energy."""

    def step(h, x):
        return h - 0.1 * grad(lambda h: ((h @ W - x) ** 2).sum() + ad.cos(h).sum())(h), None

    return total(*scan(step, h, xs, **how))


def without_rows(W, h, xs, s, **how):
    return total(*scan(lambda h, _: (ad.tanh(h @ W) * K, h.sum()), h, length=6, **how))


def in_parts(W, h, xs, s, **how):
    def step(h, x):
        a, b, c = ad.split(h @ W, 3, axis=-1)
        return ad.concatenate([b * a, c + x[:, :1], a], axis=1), b

    return total(*scan(step, h, xs, **how))


def bound_to_vectors(W, h, xs, s, **how):
    return total(*scan(lambda h, x: (ad.tanh(W @ h + W @ x[0] + V), h @ V), h[0], xs, **how))


def listed(W, h, xs, s, **how):
    steps = [(xs[t], s[t]) for t in range(6)]
    return total(*scan(lambda h, x: (h * x[1] + x[0] @ W, None), h, steps, **how))


def detached(W, h, xs, s, **how):
    def cut(x):
        return x.detach() if isinstance(x, Value) else x

    return total(*scan(lambda h, x: (cut(ad.tanh(h @ W)) * h + x, cut(h) * h), h, xs, **how))


def handed_through(W, h, xs, s, **how):
    """The carry that a step is given is its carry; an outer Value is collected."""
    scaled = W * 2.0
    return total(*scan(lambda c, x: (c, (scaled, c @ scaled)), h, xs, **how))


LOOPS = [
    recurrent, two_products, of_numbers, branching, swapping, views, nested, deriving, without_rows, in_parts,
    bound_to_vectors, listed, detached, handed_through,
]  # fmt: skip


def same(ours, theirs, **how):
    for a, b in zip(leaves(ours), leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, **{"rtol": 1e-9, "atol": 1e-11, **how})


@pytest.mark.parametrize(
    "how", [{}, {"reverse": True}, {"checkpoint": 2}, {"checkpoint": 4, "reverse": True}]
)
@pytest.mark.parametrize("f", LOOPS)
def test_a_compiled_loop_is_the_eager_one(f, how):
    both = value_and_grad(lambda *args: f(*args, **how), (0, 1, 2, 3))
    program = compiled(both)
    for _ in range(2):
        same(program(W, H, X, S), both(W, H, X, S))
    same(program(2.0 * W, H - 1.0, -X, S * S), both(2.0 * W, H - 1.0, -X, S * S))
    assert "for t in range(" in program.source


@pytest.mark.parametrize("f", LOOPS)
def test_second_derivatives_of_a_compiled_loop_are_the_eager_ones(f):
    for argnum in (0, 1):
        H2 = hessian(f, argnum)
        same(compiled(H2)(W, H, X, S), H2(W, H, X, S))


@pytest.mark.parametrize("f", LOOPS)
def test_a_compiled_loop_of_float32_stays_float32(f):
    args = [x.astype(np.float32) for x in (W, H, X, S)]
    if f in (two_products, without_rows, bound_to_vectors, of_numbers):
        pytest.skip("it meets float64 Values, or its carry is a float")
    both = value_and_grad(f, (0, 1, 2, 3))
    found = compiled(both)(*args)
    assert {leaf.dtype for leaf in leaves(found)} == {np.dtype(np.float32)}
    same(found, both(*args), rtol=2e-3, atol=2e-3)


@given(st.integers(3, 7), st.integers(1, 8), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_any_length_and_checkpoint(length, checkpoint, reverse, seed):
    draw = np.random.default_rng(seed)
    args = draw.normal(size=(3, 3)), draw.normal(size=(2, 3)), draw.normal(size=(length, 2, 3)), None
    both = value_and_grad(lambda *args: recurrent(*args, reverse=reverse, checkpoint=checkpoint), (0, 1, 2))
    same(compiled(both)(*args), both(*args))


def test_values_closed_over_are_read_anew_and_differentiated():
    w = Value(W.copy(), "w")
    program = compiled(lambda xs: ad.gradients(recurrent(w, H, xs, S), w))
    for _ in range(2):
        same(program(X), grad(recurrent)(w.data, H, X, S))
        w.data = w.data + 0.1


def test_a_program_with_a_loop_is_an_operation_of_a_graph():
    program = compiled(recurrent)
    w = Value(W)
    y = program(w, H, X, S)
    y.backward()
    same(w.grad, grad(recurrent)(W, H, X, S))
    same(hessian(program)(W, H, X, S), hessian(recurrent)(W, H, X, S))


def lines_of(f, *args):
    program = compiled(f)
    program(*args)
    return str(program.source).splitlines()


def test_the_source_is_as_long_for_any_number_of_steps():
    both = value_and_grad(recurrent, (0, 1, 2))
    short, long = (lines_of(both, W, H, np.resize(X, (n, 2, 3)), S) for n in (200, 400))
    assert len(short) == len(long)


def test_the_gradient_of_weights_is_one_product_after_the_loop_and_products_of_rows_one_before_it():
    source = "\n".join(lines_of(value_and_grad(two_products, (0, 1, 2)), W, H, X, S))
    inside = "\n".join(line for line in source.splitlines() if line.startswith("        "))
    products = [line for line in inside.splitlines() if ".dot(" in line and "float(" not in line]
    assert len(products) == 2, source  # h·Wᵀ there, and its pull back


def test_what_the_loop_back_needs_is_kept_unless_there_are_checkpoints():
    kept = "\n".join(lines_of(grad(recurrent), W, H, X, S))
    again = "\n".join(lines_of(lambda *args: grad(lambda *a: recurrent(*a, checkpoint=3))(*args), W, H, X, S))
    assert kept.count("np.tanh(") == 1
    assert again.count("np.tanh(") == 2


def test_a_step_may_hand_on_more_than_fits_on_a_line():
    def f(xs):
        start = tuple(xs[0] * (k + 1.0) for k in range(30))
        return scan(lambda state, x: ((*state[1:], 0.5 * state[0] + x), None), start, xs)[0]

    same(compiled(f)(S), f(S), rtol=1e-12)


@pytest.mark.parametrize("start", [np.nan, np.inf, 0.0, -1.0, 1e200])
def test_infinities_and_nan_are_those_of_the_eager_loop(start):
    def f(x):
        end, ys = scan(lambda c, a: (c * c + ad.sqrt(x) * a, ad.log(c)), x, np.array([1.0, 0.0, 2.0, 1.0]))
        return end + ys.sum()

    with np.errstate(all="ignore"):
        np.testing.assert_equal(compiled(value_and_grad(f))(start), value_and_grad(f)(start))
        both = value_and_grad(lambda x: f(x).sum())
        many = np.array([start, 1.0])
        np.testing.assert_allclose(leaves(compiled(both)(many))[1], leaves(both(many))[1])


def test_a_branch_not_taken_contributes_nothing_in_any_step():
    def f(x):
        def step(c, a):
            return c + where(x > 0.0, ad.sqrt(x), 0.0) * a, where(c > 0.0, ad.sqrt(c), 0.0)

        return total(*scan(step, 0.0 * x, np.array([1.0, 2.0, 3.0])))

    both = value_and_grad(f)
    program = compiled(both)
    same(program(0.0), both(0.0))
    same(program(2.0), both(2.0))


def test_a_derivative_inside_of_a_step_absorbs_as_in_the_eager_loop():
    def step(c, a):
        return c + grad(lambda z: where(z > 0.0, ad.sqrt(z), 0.0))(c * a), c

    def f(c):
        return total(*scan(step, c, np.array([1.0, 2.0, 3.0, 0.0])))

    program = compiled(f)
    for start in (0.0, 1.0):
        same(program(start), f(start))


def test_derivatives_inside_of_inner_loops_are_watched_too():
    def slope(c, a):
        return c + grad(lambda z: where(z > 0.0, ad.sqrt(z), 0.0))(c * a), None

    def f(c):
        def outer(total, a):
            return total + scan(slope, c, np.array([1.0, 0.0, 2.0, 1.0]))[0] * a, None

        return scan(outer, 0.0, np.array([1.0, 2.0, 3.0]))[0]

    program = compiled(f)
    for start in (0.0, 1.0):
        same(program(start), f(start))


def test_python_arithmetic_that_fails_is_done_as_numpy_does_it():
    def f(x):
        return scan(lambda c, a: (1.0 / c + a, ad.log(c)), x, np.array([0.0, 1.0, 2.0, 3.0]))

    for start in (0.0, 2.0, -3.0):
        expected = [leaf.data for leaf in leaves(f(Value(start)))]
        np.testing.assert_equal(leaves(compiled(f)(start)), expected)


def test_results_of_a_loop_belong_to_the_caller():
    program = compiled(lambda h, xs: scan(lambda h, x: (h + x, h), h, xs))
    first = program(H, X)
    copies = [leaf.copy() for leaf in leaves(first)]
    program(H + 1.0, X)
    same(first, copies)
    kept, last = H.copy(), X.copy()
    compiled(lambda h, xs: scan(lambda h, x: (x, h), h, xs))(H, X)[0][:] = 7.0
    same((H, X), (kept, last))


def test_a_saved_program_runs_its_loop(tmp_path):
    program = compiled(value_and_grad(recurrent, (0, 1)))
    expected = program(W, H, X, S)
    path = program.save(tmp_path / "loop.py")
    names: dict = {"__name__": "loop"}
    exec(path.read_text(), names)
    same(names["recurrent"](W, H, X, S), leaves(expected))


def test_a_value_of_one_step_used_outside_is_refused():
    def f(x):
        seen = []

        def step(c, a):
            seen.append(c * a)
            return c + a, None

        scan(step, x, S)
        return seen[0]

    with pytest.raises(ValueError, match="one step of a scan"):
        compiled(f)(1.0)


def test_a_length_that_depends_on_a_value_is_refused_with_advice():
    with pytest.raises(TypeError, match=r"length is a Value.*where"):
        compiled(lambda x, n: scan(lambda c, _: (c * x, None), x, length=n)[0])(2.0, 3.0)


def test_a_carry_that_changes_is_refused_in_a_program_too():
    with pytest.raises(ValueError, match=r"shape.*\(\), and is \(2, 3\)"):
        compiled(lambda x: scan(lambda c, r: (c + r, None), 0.0, x)[0])(X)
