"""Loops over observations are computed side by side, and give what the loops give."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, gradients
from autodiff.differentiation.structure import leaves
from autodiff.programs.columns.loops import cut, even_steps, grid

ROWS = 20


def numbers(result):
    return [np.asarray(x.data if isinstance(x, Value) else x, np.float64) for x in leaves(result)]


def same(found, wanted, rtol=1e-7):
    """Equal up to the order of summation; infinite and nan in the same places."""
    for a, b in zip(numbers(found), numbers(wanted), strict=True):
        assert a.shape == b.shape
        finite = b[np.isfinite(b)]
        scale = float(np.max(np.abs(finite), initial=0.0))
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * scale)


def lines(program):
    """How many operations a program consists of."""
    return sum(line.kind == "computed" for line in program.versions[-1].main.listing.lines)


def checked(f, *args, at_most=None, rtol=1e-7):
    """A program that gives what f gives, of so many operations."""
    program = ad.compile(f)
    with np.errstate(all="ignore"):
        same(program(*args), f(*args), rtol)
    if at_most is not None:
        assert lines(program) <= at_most
    return program


# -- any expression, row by row ----------------------------------------------------------------------

UNARY = {
    "exp": np.exp,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0.0),
    "abs": np.abs,
    "sqrt": np.sqrt,
    "log": np.log,
    "square": lambda x: x**2,
    "inverse": lambda x: 1.0 / x,
    "minus": lambda x: -x,
    "guarded": lambda x: ad.where(x > 0.0, np.sqrt(x), 0.0),
    "sigmoid": ad.sigmoid,
}
BINARY = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "·": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "max": np.maximum,
    "where": lambda x, y: ad.where(x > y, x, y * y),
    "Σ": lambda x, y: x * y + x + y + x,
}
LEAVES = ["x₁", "x₂", "w₁", "w₂", "c", "k"]

trees = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from([*UNARY]), inner), st.tuples(st.sampled_from([*BINARY]), inner, inner)
    ),
    max_leaves=8,
)
ORDINARY = st.sampled_from([0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 0.25, -0.75])
EDGES = st.one_of(ORDINARY, st.sampled_from([-0.0, math.inf, -math.inf, math.nan, 1000.0, 1e-300]))


def evaluated(tree, names):
    if isinstance(tree, str):
        return names[tree]
    name, *operands = tree
    function = UNARY.get(name) or BINARY[name]
    return function(*(evaluated(x, names) for x in operands))


def loop(tree, rows, w, constants):
    """Σ over rows of an expression; the first row is unlike the others."""
    total = w[0] * w[1]
    for (x1, x2), c in zip(rows, map(np.float64, constants), strict=True):
        names = {"x₁": x1, "x₂": x2, "w₁": w[0], "w₂": w[1], "c": c, "k": np.float64(1.5)}
        total = total + evaluated(tree, names)
    return total


@st.composite
def loops(draw):
    """The rows of a loop, a constant for each, and two variables that all share."""
    numbers = draw(st.sampled_from([ORDINARY, EDGES]))
    rows = draw(st.lists(st.tuples(numbers, numbers), min_size=ROWS, max_size=ROWS))
    constants = draw(st.lists(numbers, min_size=ROWS, max_size=ROWS))
    return rows, constants, draw(st.tuples(numbers, numbers))


@settings(max_examples=25, deadline=None)
@given(trees, loops())
def test_a_loop_over_rows_gives_the_gradients_of_the_loop(tree, drawn):
    rows, constants, w = drawn
    f = ad.value_and_grad(lambda w, rows: loop(tree, rows, w, constants), (0, 1))
    checked(f, list(w), [list(row) for row in rows])


@settings(max_examples=15, deadline=None)
@given(trees, loops())
def test_a_loop_over_rows_gives_second_derivatives_of_the_loop(tree, drawn):
    rows, constants, w = drawn
    rows = [tuple(map(np.float64, row)) for row in rows]
    checked(ad.hessian(lambda w: loop(tree, rows, w, constants)), np.array(w))


@settings(max_examples=15, deadline=None)
@given(trees, st.data())
def test_rows_of_arrays_in_single_precision_stay_so(tree, data):
    rows = np.array(data.draw(st.lists(st.tuples(ORDINARY, ORDINARY), min_size=ROWS, max_size=ROWS)), "f4")
    w = np.array(data.draw(st.tuples(ORDINARY, ORDINARY)), "f4")
    f = ad.value_and_grad(lambda w, rows: loop(tree, rows, w, range(ROWS)), (0, 1))
    program = checked(f, w, rows, rtol=1e-4)
    assert [x.dtype for x in program(w, rows)[1]] == [np.float32] * 2
    assert program(w, rows)[0].dtype == np.float32


# -- kinds of loops -----------------------------------------------------------------------------------

draw = np.random.default_rng(0)
X, Y, W, V = draw.normal(size=(50, 3)), draw.normal(size=50), draw.normal(size=(3, 4)), draw.normal(size=4)


def test_rows_times_a_matrix_are_one_product():
    def loss(w, v):
        return sum((np.tanh(x @ w) @ v - y) ** 2 for x, y in zip(X, Y, strict=True)) / len(X)

    program = checked(ad.value_and_grad(loss, (0, 1)), W, V, at_most=30)
    assert program.source.count(".dot(") < 8


def test_rows_that_are_stacked_are_one_array():
    def loss(w, v, x, y):
        residuals = np.stack([np.tanh(x[i] @ w + v).sum() - y[i] for i in range(len(x))])
        return (residuals**2).mean()

    checked(ad.value_and_grad(loss, (0, 1, 2, 3)), W, V, X, Y, at_most=40)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_results_of_rows_are_joined_along_any_axis(axis):
    def f(x, v):
        stacked = np.stack([np.exp(row) * v[:3] for row in x], axis)
        joined = np.concatenate([(row * row)[None, :, None] for row in x], axis)
        return (np.sin(stacked) * stacked).sum() + (joined**2).sum(), stacked, joined

    checked(f, X, V, at_most=25)
    checked(ad.grad(lambda x, v: f(x, v)[0], (0, 1)), X, V, at_most=40)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x @ W,
        lambda x: W.T @ x,
        lambda x: x @ x,
        lambda x: np.outer(x, x) @ W,
        lambda x: W[:3, :3] @ np.outer(x, x),
        lambda x: x[:, None] @ x[None, :],
        lambda x: x[::-1][1:],
        lambda x: np.max(x) + ad.softmax(x),
        lambda x: ad.logsumexp(x[None, :] * x[:, None], axis=0),
        lambda x: (x[:, None] * W).mean(axis=(0, 1), keepdims=True),
        lambda x: np.reshape(x[:, None] * W, (2, -1)).T,
        lambda x: np.transpose(x[:, None, None] * W, (1, 0, 2)).var(axis=-1),
        lambda x: np.stack([x[0] * x[1], x[2], 1.0]),
        lambda x: np.concatenate([x, x[:1] * 2.0]),
        lambda x: ad.where(x > 0.0, x, 0.0) * x[0],
        lambda x: np.sort(x),
        lambda x: np.cumsum(x),
        lambda x: np.prod(x),
        lambda x: np.linalg.norm(x),
    ],
)
def test_each_operation_on_rows_is_what_it_is_on_one(f):
    def loss(x):
        return sum((np.sin(f(row)) * 0.3).sum() for row in x)

    checked(ad.value_and_grad(loss), X)
    checked(lambda x: np.stack([f(row) for row in x]), X)


def kernel(x, scale):
    n = range(len(x))
    return np.stack([np.stack([np.exp(-((x[i] - x[j]) ** 2).sum() / (2 * scale)) for j in n]) for i in n])


def test_a_kernel_matrix_written_as_two_loops_is_a_few_operations():
    program = checked(kernel, X, 1.3, at_most=12)
    assert "50 × 50 at once" in program.source
    checked(ad.value_and_grad(lambda x, s: (kernel(x, s) * Y).sum(), (0, 1)), X, 1.3, at_most=40)


def test_a_loop_over_pairs_once_each_is_a_few_operations():
    def f(x, scale):
        return sum(np.exp(-((x[i] - x[j]) ** 2) / scale) for i in range(len(x)) for j in range(i))

    checked(ad.value_and_grad(f, (0, 1)), Y, 1.3, at_most=40)


def test_neighbours_are_slices():
    def rosenbrock(x):
        return sum(100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))

    assert "x[1:50]" in checked(ad.value_and_grad(rosenbrock), Y, at_most=30).source
    checked(ad.value_and_grad(rosenbrock), Y.tolist())
    checked(ad.hessian(rosenbrock), Y)


def layer(x, weights):
    return [sum((w * xi for w, xi in zip(row, x, strict=True)), b).relu() for *row, b in weights]


def test_layers_of_scalar_neurons_are_matrix_products():
    θ = [[Value(w) for w in row] for row in draw.normal(size=(6, 4)).tolist()]
    out = [[Value(w) for w in draw.normal(size=7).tolist()]]

    def loss():
        total = sum((1.0 - y * layer(layer(x, θ), out)[0]).relu() for x, y in zip(X, Y, strict=True))
        weights = [w for row in (*θ, *out) for w in row]
        total = total * (1.0 / len(X)) + 1e-3 * sum(w * w for w in weights)
        return total, gradients(total, weights)

    program = checked(loss, at_most=120)
    source = program.source
    assert source.count(".dot(") >= 4
    assert "at once: return [sum((w * xi for w, xi in zip(row, x, strict=True)), b).relu()" in source
    θ[0][0].data = -0.3
    same(program(), loss())


# -- what is not alike --------------------------------------------------------------------------------


def test_unequal_parts_stay_as_they_are():
    def f(w, rows):
        total = 0.0
        for i, (a, b) in enumerate(rows):
            total = total + (w[0] * a * b if i % 3 else np.exp(w[1] * a)) + (w[0] if i == 7 else 0.0)
        return total, rows[3][0] * w[1]

    rows = draw.normal(size=(60, 2)).tolist()
    checked(f, [0.3, -0.7], rows)
    checked(ad.value_and_grad(lambda w, r: f(w, r)[0], (0, 1)), [0.3, -0.7], rows)


def test_few_alike_parts_are_written_one_by_one():
    program = checked(lambda w, x: sum(w * x[i] for i in range(5)), 0.3, [1.0, 2.0, 3.0, 4.0, 5.0])
    assert "at once" not in program.source


def test_rows_and_what_follows_from_all_of_them_are_both_returned():
    def f(w, rows):
        scores = [np.tanh(w[0] * a + w[1] * b) for a, b in rows]
        loss = sum(s * s for s in scores)
        return loss, scores, gradients(loss, list(w)), scores[3] * loss

    rows = draw.normal(size=(40, 2)).tolist()
    w = Value(0.3, "u"), Value(-0.2, "v")
    checked(lambda rows: f(w, rows), rows, at_most=80)


def test_a_gradient_by_values_on_the_way_is_theirs():
    w = Value(0.3, "w")

    def f(rows):
        inner = [np.tanh(w * a) for a in rows]
        loss = sum(h * h * w for h in inner)
        return gradients(loss, [*inner, w])

    checked(f, draw.normal(size=30).tolist())


def test_a_gradient_by_values_that_became_parts_of_columns_is_theirs():
    w = Value(0.3, "w")

    def f(rows):
        inner = [np.tanh(w * a) for a in rows]
        loss = sum(h * h * w for h in inner)
        slope = gradients(loss, w, create_graph=True)
        return slope, gradients(loss, inner), gradients(slope * slope, inner)

    checked(f, draw.normal(size=30).tolist())


def test_gradients_taken_row_by_row_are_those_of_each_row():
    def f(w, rows):
        slope = ad.grad(lambda x: np.sin(w * x) * x)
        return sum((slope(x) - x) ** 2 for x in rows)

    rows = draw.normal(size=30).tolist()
    checked(f, 0.7, rows)
    checked(ad.grad(f), 0.7, rows)


def test_a_loop_over_time_is_right():
    def f(w, xs):
        h = 0.0
        for x in xs:
            h = np.tanh(w[0] * h + w[1] * x)
        return h * h

    checked(ad.value_and_grad(f, (0, 1)), [0.9, 0.4], draw.normal(size=50).tolist())


def test_structure_that_depends_on_a_value_is_refused():
    def f(w, rows):
        return sum(w * x for x in rows if x > 0.0)

    with pytest.raises(TypeError, match="use where"):
        ad.compile(f)(0.3, draw.normal(size=40).tolist())


def test_structure_that_depends_on_plain_data_is_that_of_these_data():
    data = draw.normal(size=60).tolist()

    def f(w):
        return sum(np.exp(w * x) if x > 0.0 else w * x for x in data)

    checked(ad.value_and_grad(f), 0.3, at_most=20)


def test_truth_values_of_rows_are_counted():
    def f(w, rows):
        right = [(w * x > 0.1) for x in rows]
        kept = [ad.where(r & (x < 2.0), x, 0.0) for r, x in zip(right, rows, strict=True)]
        return sum(right) / len(rows), sum(kept)

    checked(f, 0.3, draw.normal(size=40).tolist())


def test_a_random_number_in_a_loop_is_refused():
    with pytest.raises(ValueError, match="the same each time"):
        ad.compile(lambda w: sum(w * np.random.random() for _ in range(50)))(2.0)


# -- positions as loops --------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.data())
def test_loops_are_found_in_the_positions_that_they_ran_through(sizes, data):
    steps = data.draw(st.lists(st.integers(0, 40), min_size=len(sizes), max_size=len(sizes)))
    positions = sum(s * i for s, i in zip(steps, np.indices(sizes), strict=True))
    found = grid([positions.ravel()])
    assert math.prod(found) == positions.size
    assert even_steps(positions.ravel().reshape(found)) is not None


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.data())
def test_a_cut_gives_the_positions(sizes, data):
    steps = data.draw(st.lists(st.integers(1, 20), min_size=len(sizes), max_size=len(sizes)))
    steps.sort(reverse=True)
    start = data.draw(st.integers(0, 5))
    positions = start + sum(s * i for s, i in zip(steps, np.indices(sizes), strict=True))
    count = int(positions.max()) + 1 + data.draw(st.integers(0, 5))
    how = cut(count, start, tuple(sizes), tuple(steps))
    if how is not None:
        found = np.arange(count)[how.part].reshape(how.sizes)[how.taken]
        np.testing.assert_array_equal(found.reshape(sizes), positions)
