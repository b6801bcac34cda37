"""Rewrites change how a listing computes its results, not the results: those of the eager engine."""

from __future__ import annotations

import cProfile
import math
from collections import Counter
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, gradients
from autodiff.graph import Graph
from autodiff.programs.listing import Line, Listing, computed
from autodiff.programs.rewrites.draft import Draft, living
from autodiff.programs.rewrites.rewriting import REWRITES, RULES, rewritten
from autodiff.programs.tracing.trace import recorded_from
from autodiff.testing import Domain, edge_arrays, edge_numbers, numbers
from autodiff.values.data import canonical

EXACT = [rule for rule in RULES if rule.exact]

# -- recording and evaluating --------------------------------------------------------------------


def listed(outputs, inputs):
    """What Values were computed from, as a listing with some Values as inputs."""
    places = {value._birth: i for i, value in enumerate(inputs)}
    lines = [Line("input", value._data, name=value.name) for value in inputs]
    at = []
    for node in Graph(list(outputs)):
        birth = node.source._birth if isinstance(node.source, Value) else None
        if birth in places:
            at.append(places[birth])
            continue
        kind = "constant" if node.operation is None else "computed"
        operands = tuple(at[i] for i in node.inputs)
        at.append(len(lines))
        lines.append(Line(kind, node.data, node.operation, operands, node.metadata, node.name))
    return Listing(lines, tuple(at[node.id] for node in Graph(list(outputs)).outputs))


def evaluated(listing, data):
    """The results, line by line; all rows contiguous, since BLAS rounds by the layout of its operands."""
    found, given = [], iter(data)
    for line in listing.lines:
        if line.kind == "computed":
            result = computed(line.operation, [found[i] for i in line.inputs], line.metadata)
            found.append(np.ascontiguousarray(result) if np.ndim(result) > 1 else result)
        else:
            found.append(next(given) if line.kind == "input" else line.data)
    return [found[i] for i in listing.outputs]


def names(listing):
    """How often each operation occurs."""
    return Counter(line.operation.name for line in listing.lines if line.operation)


def same(found, expected):
    """Equal to the last digit, the sign of a zero and the dtype; any nan is like any other."""
    assert type(found) is type(expected)
    a, b = np.asarray(found), np.asarray(expected)
    assert (a.dtype, a.shape) == (b.dtype, b.shape)
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(np.signbit(a) & ~np.isnan(a), np.signbit(b) & ~np.isnan(b))


def near(found, expected, digits=1e-9):
    """Equal but for what another order of the terms changes; infinities and nan in the same places."""
    assert type(found) is type(expected)
    a, b = np.asarray(found), np.asarray(expected)
    assert (a.dtype, a.shape) == (b.dtype, b.shape)
    finite = np.abs(b[np.isfinite(b)])
    digits = digits if a.dtype == np.float64 else 1e-3
    np.testing.assert_allclose(a, b, rtol=digits, atol=digits * max(finite.max(initial=0.0), 1e-3))


def traced(f, *data):
    """The listing of a function, with what it asks about its arguments."""
    inputs = [Value(x, f"x{i}", constant=True) for i, x in enumerate(data)]
    return recorded_from(f, inputs, {}, inputs, absorbs=False).listing


def compare(close, short, listing, data):
    """Each result; of what watches for nan only whether it is."""
    pairs = list(zip(evaluated(short, data), evaluated(listing, data), strict=True))
    if listing.lines[listing.outputs[-1]].name == "total":
        found, wanted = pairs.pop()
        assert math.isnan(found) or not math.isnan(wanted)
    for found, wanted in pairs:
        close(found, wanted)


# -- random graphs -------------------------------------------------------------------------------

SHAPES = [(), (3,), (2, 3), (1, 3), (2, 1), (0, 3)]

UNARY = [
    ad.negative, ad.positive, ad.square, ad.tanh, ad.relu, ad.sigmoid, ad.absolute, ad.exp,
    lambda x: x * 1.0, lambda x: x / 1.0, lambda x: x + 0.0, lambda x: 0.0 + x, lambda x: x - 0.0,
    lambda x: x + -0.0, lambda x: x * -1.0, lambda x: 2.0 * x, lambda x: x * -3.0, lambda x: x / 4.0,
    lambda x: x + x, lambda x: x * x, lambda x: x**1, lambda x: x**2, lambda x: x**0,
    lambda x: ad.sum(x), lambda x: ad.mean(x) if x.size else ad.sum(x), lambda x: x.T, lambda x: x.T.T,
    lambda x: 1.0 - -x,
    lambda x: -2.0 * x + 1.0, lambda x: -(3.0 * x), lambda x: -x * 3.0, lambda x: x - -x * x,
    lambda x: ad.square(x) + 0.0, nn.identity, lambda x: x[...], lambda x: ad.reshape(x, x.shape),
    lambda x: x * np.ones(x.shape), lambda x: np.full(x.shape, 0.5) * x, lambda x: x * np.zeros(x.shape),
    lambda x: ad.broadcast_to(x, (2, 3)) * np.arange(6.0).reshape(2, 3) if x.shape in SHAPES[:5] else x,
    lambda x: ad.sum(x, axis=0) if x.ndim else x,
    lambda x: ad.sum(x, axis=-1, keepdims=True) if x.ndim else x,
    lambda x: ad.max(x, axis=-1, keepdims=True) if x.ndim else x,
    lambda x: ad.log_softmax(x) if x.ndim else x, lambda x: ad.softmax(x) if x.ndim else x,
    lambda x: x[0] if x.ndim and len(x) else x, lambda x: x[1:] if x.ndim else x,
    lambda x: ad.stack([x, x + 1.0, x]) if x.ndim < 2 else x, lambda x: ad.astype(x, x.dtype),
]  # fmt: skip

BINARY = [
    ad.add, ad.subtract, ad.multiply, ad.divide, ad.add, ad.multiply,
    lambda x, y: x + -y, lambda x, y: -x + y, lambda x, y: x - -y, lambda x, y: -x * -y, lambda x, y: -x * y,
    lambda x, y: -(3.0 * x) + y, lambda x, y: ad.maximum(x, y), lambda x, y: (x * y).sum(),
    lambda x, y: ad.where(np.True_, x, y) + y,
]  # fmt: skip

PRODUCTS = [
    lambda x, y: x @ y, lambda x, y: x.T @ y, lambda x, y: x @ y.T, lambda x, y: (x.T @ y).T,
    lambda x, y: ad.dot(x.T, y),
]  # fmt: skip


def moderate(dtype):
    """Numbers of which sums in another order differ by rounding alone."""
    return numbers(Domain(-3.0, 3.0), dtype) | st.just(-0.0)


def special(dtype):
    """The same, and what is not finite."""
    return moderate(dtype) | st.sampled_from([math.inf, -math.inf, math.nan])


def data_of(shape, dtype, entries):
    """Data of a shape, as a Value keeps them; contiguous, since BLAS rounds by the layout."""
    return edge_arrays(shape, dtype, entries(dtype), layouts=("contiguous",)).map(canonical)


@st.composite
def graphs(draw, entries, dtype=np.float64, derived=True):
    """A listing of random operations and of their gradients, and other data for its inputs."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=2, max_size=4))
    inputs = [Value(draw(data_of(shape, dtype, moderate)), f"x{i}") for i, shape in enumerate(shapes)]
    pool = list(inputs)
    with np.errstate(all="ignore"):
        for _ in range(draw(st.integers(1, 12))):
            pool.append(_step(draw, pool))
        outputs = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3))
        if derived:
            total = reduce(ad.add, [ad.sum(x * x) for x in outputs])
            outputs += gradients(total, inputs, create_graph=True)
    data = [draw(data_of(shape, dtype, entries)) for shape in shapes]
    return listed(outputs, inputs), data


def _step(draw, pool):
    """One operation on some Values of the pool; the first of them where shapes do not fit."""
    x, y = draw(st.sampled_from(pool)), draw(st.sampled_from(pool))
    kind = draw(st.integers(0, 4))
    try:
        if kind < 2:
            return draw(st.sampled_from(UNARY))(x)
        if kind < 4:
            return draw(st.sampled_from(BINARY))(x, y)
        return draw(st.sampled_from(PRODUCTS))(x, y)
    except ValueError:
        return x


@settings(max_examples=100, deadline=None)
@given(graphs(edge_numbers))
def test_exact_rules_keep_every_digit_and_the_signs_of_zeros(graph):
    listing, data = graph
    compare(same, Draft(EXACT).copied(listing), listing, data)


@settings(max_examples=40, deadline=None)
@given(graphs(edge_numbers, np.float32))
def test_exact_rules_keep_every_digit_in_single_precision(graph):
    listing, data = graph
    compare(same, Draft(EXACT).copied(listing), listing, data)


@settings(max_examples=100, deadline=None)
@given(graphs(special) | graphs(moderate) | graphs(special, np.float32))
def test_all_rewrites_keep_results_but_for_the_order_of_sums(graph):
    listing, data = graph
    compare(near, rewritten(listing), listing, data)


@settings(max_examples=30, deadline=None)
@given(graphs(moderate))
def test_inputs_stay_first_and_in_order(graph):
    listing, _ = graph
    before = [line.name for line in listing.lines if line.kind == "input"]
    assert [line.name for line in rewritten(listing).lines[: len(before)]] == before


@settings(max_examples=30, deadline=None)
@given(graphs(moderate))
def test_a_listing_is_rewritten_alike_each_time(graph):
    listing, _ = graph
    once, again = rewritten(listing), rewritten(listing)
    assert [x._replace(data=None) for x in once.lines if not x.metadata] == [
        x._replace(data=None) for x in again.lines if not x.metadata
    ]
    assert once.outputs == again.outputs


# -- columns -------------------------------------------------------------------------------------

ACTIVATIONS = ["sigmoid", "tanh", "relu", "identity", "softplus"]


def network(sizes, rows, activation, penalty=1e-4, columns=None):
    """The listing of loss and gradients of a network of scalars on columns, and its inputs."""
    net = nn.Network(sizes[0], sizes[1:], activation=activation, seed=0)
    theta = list(net.parameters())
    draw = np.random.default_rng(0)
    x = columns or [Value(draw.normal(size=rows), f"x{k}", constant=True) for k in range(sizes[0])]
    y = Value(draw.normal(size=rows), "y", constant=True)
    outputs = net(*x) if sizes[-1] > 1 else [net(*x)]
    loss = reduce(ad.add, [((a - y) ** 2).sum() for a in outputs])
    if penalty:
        loss = loss + penalty * sum(p * p for p in theta)
    return listed([loss, *gradients(loss, theta, create_graph=True)], [*x, y, *theta])


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.integers(0, 5),
    st.sampled_from(ACTIVATIONS),
    st.sampled_from([0.0, 1e-2]),
    st.integers(0, 1000),
    st.sampled_from([None, math.inf, math.nan, -0.0]),
)
def test_a_network_of_scalars_on_columns_keeps_its_loss_and_gradients(
    sizes, rows, activation, penalty, seed, special
):
    listing, draw = network(sizes, rows, activation, penalty), np.random.default_rng(seed)
    inputs = [line for line in listing.lines if line.kind == "input"]
    data = [draw.normal(size=rows) if line.shape else draw.normal() for line in inputs]
    if special is not None:
        place = draw.integers(len(data))
        data[place] = np.full(rows, special) if isinstance(data[place], np.ndarray) else special
    compare(near, rewritten(listing), listing, data)


def test_a_layer_of_scalars_on_columns_is_a_matrix_product():
    found = names(rewritten(network([2, 16, 16, 1], 100, "relu")))
    products = [found["product"], found["product_of_transposed"], found["product_with_transposed"]]
    assert products == [4, 1, 2]
    assert found["relu"] == 2
    assert found.total() - found["entry"] < 70


def test_columns_of_a_table_are_its_rows_turned_over():
    table = Value(np.random.default_rng(0).normal(size=(10, 3)), "X", constant=True)
    net = nn.Network(3, [5, 2], seed=0)
    theta = list(net.parameters())
    listing = listed([net(table)], [table, *theta])
    data = [line.data for line in listing.lines if line.kind == "input"]
    compare(near, rewritten(listing), listing, data)
    found = names(rewritten(listing))
    assert found["rows"] == found["getitem"] == 0
    assert found["product"] + found["product_with_transposed"] == 2


@pytest.mark.parametrize("n", [3, 12])
def test_the_rows_of_a_hessian_are_computed_side_by_side(n):
    x, v = Value(np.linspace(-1.0, 1.5, n), "x"), np.linspace(1.0, 2.0, n)
    y = (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()
    slope = gradients(y, x, create_graph=True)
    rows = [gradients(slope, x, seed=row, create_graph=True) for row in np.eye(n)]
    listing = listed([ad.stack(rows)], [x])
    short = rewritten(listing)
    compare(near, short, listing, [v])
    assert n < 6 or names(short).total() < 20


TABLE = np.random.default_rng(0).normal(size=(20, 3))

MODELS = {
    "vector": (lambda w: ad.softplus(TABLE @ w).sum(), (3,)),
    "matrix": (lambda w: (ad.tanh(TABLE @ w).sum(axis=1) ** 2).sum(), (3, 2)),
    "transposed": (lambda w: (ad.tanh(TABLE @ w.T) ** 2).sum(), (2, 3)),
    "from the left": (lambda w: (ad.sigmoid(w @ TABLE.T) ** 2).sum(), (2, 3)),
    "twice": (lambda w: (ad.tanh(w @ w.T) ** 2).sum(), (2, 3)),
    "one entry": (lambda w: (ad.tanh(TABLE[:, :1] @ w) ** 2).sum(), (1, 1)),
    "softmax": (lambda w: ad.log_softmax(TABLE @ w)[:, 0].sum(), (3, 2)),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("special", [None, math.inf, 0.0])
def test_matrix_products_side_by_side_are_those_of_the_rows(name, special):
    f, shape = MODELS[name]
    x = np.random.default_rng(1).normal(size=shape)
    listing = traced(ad.hessian(f), x)
    if special is not None:
        x.flat[0] = special
    short = rewritten(listing)
    compare(near, short, listing, [x])
    assert sum(names(short)[f] for f in ("product", "matmul", "product_with_transposed")) < 9


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4)])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, -1)])
def test_sums_side_by_side_are_over_the_axes_of_each(shape, axis):
    axis = None if len(shape) == 1 else axis
    x = Value(np.linspace(-1.0, 1.5, math.prod(shape)).reshape(shape), "x")
    factors = [Value(0.3 + 0.1 * k, f"c{k}") for k in range(16)]
    sums = ad.stack([ad.sum(ad.tanh(c * x), axis=axis) for c in factors])
    listing = listed([sums], [x, *factors])
    short = rewritten(listing)
    compare(near, short, listing, [x.data[::-1], *np.linspace(1.0, 2.0, 16).tolist()])
    assert names(short)["tanh"] == 1


SIDE_BY_SIDE = {
    "A·x": (lambda a, x, y: a @ x, (3,), 1),
    "Aᵀ·x": (lambda a, x, y: a.T @ x, (3,), 1),
    "x·A": (lambda a, x, y: x @ a, (3,), 1),
    "x·y": (lambda a, x, y: x @ y, (3,), 16),
    "A·X": (lambda a, x, y: a @ x, (3, 3), 1),
    "X·A": (lambda a, x, y: x @ a, (3, 3), 1),
    "Aᵀ·X": (lambda a, x, y: a.T @ x, (3, 3), 1),
    "Xᵀ·A": (lambda a, x, y: x.T @ a, (3, 3), 1),
    "A·Xᵀ": (lambda a, x, y: a @ x.T, (3, 3), 1),
    "X·Aᵀ": (lambda a, x, y: x @ a.T, (3, 3), 1),
    "X·Y": (lambda a, x, y: x @ y, (3, 3), 1),
    "Xᵀ·Y": (lambda a, x, y: x.T @ y, (3, 3), 1),
    "X·Yᵀ": (lambda a, x, y: x @ y.T, (3, 3), 1),
    "X·y": (lambda a, x, y: x @ y[0], (3, 3), 16),
    "a row": (lambda a, x, y: x @ a, (1, 3), 1),
    "a column": (lambda a, x, y: a @ x, (3, 1), 1),
    "vectors of one entry": (lambda a, x, y: a[:, :1] @ x, (1,), 16),
    "matrices of one entry": (lambda a, x, y: x @ y, (1, 1), 16),
}


@pytest.mark.parametrize("special", [None, math.inf])
@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_products_of_one_kind_side_by_side_are_one_where_there_is_one(name, special):
    f, shape, count = SIDE_BY_SIDE[name]
    a, x = Value(np.linspace(0.1, 0.9, 9).reshape(3, 3), "A"), Value(np.full(shape, 0.5), "x")
    factors = [Value(0.3 + 0.1 * k, f"c{k}") for k in range(16)]
    listing = listed([ad.stack([f(a, ad.tanh(c * x), ad.sin(c * x)) for c in factors])], [a, x, *factors])
    short = rewritten(listing)
    found = names(short)
    assert sum(n for name, n in found.items() if name.startswith("product") or name == "matmul") == count
    data = [a.data * 2.0, np.linspace(-1.0, 1.5, math.prod(shape)).reshape(shape)]
    if special is not None:  # with a zero, so that sums hold 0·∞
        data[0].flat[0], data[1].flat[0] = special, 0.0
    with np.errstate(all="ignore"):
        compare(near, short, listing, [*data, *np.linspace(1.0, 2.0, 16).tolist()])


def test_sums_over_the_same_columns_are_one_product_in_whatever_order_they_are_written():
    x1, x2, x3 = columns = [Value(np.linspace(-k, 1.0, 5), f"x{k}") for k in range(3)]
    weights = [Value(0.1 + k, f"w{k}") for k in range(6)]
    first, second = weights[:3], weights[3:]
    sums = [
        first[0] * x1 + first[1] * x2 + first[2] * x3,
        second[0] * x3 + x1 * second[1] + second[2] * x2,
    ]
    listing = listed(list(map(ad.tanh, sums)), [*columns, *weights])
    short = rewritten(listing)
    assert (names(short)["product"], names(short)["multiply"]) == (1, 0)
    compare(near, short, listing, [value.data * 0.7 for value in (*columns, *weights)])


def test_one_sum_over_two_columns_is_no_matrix_product():
    columns = [Value(np.linspace(-k, 1.0, 5), f"x{k}") for k in (1, 2)]
    weights = [Value(0.5 + k, f"w{k}") for k in (1, 2)]
    listing = listed([ad.tanh(weights[0] * columns[0] + weights[1] * columns[1])], [*columns, *weights])
    short = rewritten(listing)
    assert (names(short)["multiply"], names(short)["product"]) == (2, 0)
    compare(near, short, listing, [value.data * 0.7 for value in (*columns, *weights)])


@pytest.mark.parametrize("chosen", [[3], [3, 5], [5, 3], [3, 5, 7], [0, 1], [19], [*range(20)]])
def test_some_of_many_numbers_may_be_put_together(chosen):
    def f(x, *numbers):
        return ad.stack([numbers[k] for k in chosen]), x * sum(ad.tanh(c) for c in numbers)

    x, numbers = np.ones(50), list(np.linspace(0.0, 1.0, 20))
    for found, expected in zip(ad.compile(f)(x, *numbers), f(Value(x), *numbers), strict=True):
        np.testing.assert_allclose(found, expected.data if isinstance(expected, Value) else expected)


def test_numbers_taken_one_by_one_come_and_go_as_one_vector():
    x = Value(np.linspace(-1.0, 1.5, 20), "x")
    y = sum(100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2 for i in range(19))
    listing = listed([gradients(y, x, create_graph=True)], [x])
    short = rewritten(listing)
    compare(near, short, listing, [x.data * 0.7])
    assert names(short)["numbers"] == names(short)["vector"] == 1
    assert not {"getitem", "scatter_add", "laid"} & names(short).keys()


def test_named_lines_side_by_side_have_what_their_names_share_as_name():
    listing = rewritten(network([2, 3, 1], 50, "sigmoid"))
    assert {"z⁽¹⁾", "a⁽¹⁾"} <= {line.name for line in listing.lines}


def test_a_listing_of_numbers_alone_keeps_its_order():
    net = nn.lecture.network()
    theta = list(net.parameters())
    r = nn.lecture.loss(net)
    listing = rewritten(listed([r, *gradients(r, theta, create_graph=True)], theta))
    order = [line.name for line in listing.lines if line.name and line.kind == "computed"]
    assert order[:6] == ["z₁⁽¹⁾", "z₂⁽¹⁾", "a₁⁽¹⁾", "a₂⁽¹⁾", "a₁⁽²⁾", "e"]
    assert all(not line.shape for line in listing.lines)


def test_many_numbers_without_an_array_among_them_stay_numbers():
    numbers = [Value(0.1 * k, f"c{k}") for k in range(40)]
    y = sum(ad.tanh(c) for c in numbers)
    listing = rewritten(listed([y, *gradients(y, numbers, create_graph=True)], numbers))
    assert names(listing)["tanh"] == 40
    assert all(not line.shape for line in listing.lines)


ALIKE = [
    lambda c, x, w: c * x, lambda c, x, w: x * w, lambda c, x, w: ad.tanh(c) + w, lambda c, x, w: x - c,
    lambda c, x, w: ad.where(np.arange(x.shape[-1]) > 1.0, c, x * w), lambda c, x, w: ad.exp(-c * c),
    lambda c, x, w: ad.sum(c, axis=0, keepdims=True) * x, lambda c, x, w: ad.sum(c * x) * x,
    lambda c, x, w: ad.sum(c, axis=-1) if c.ndim > 1 else c, lambda c, x, w: c[1:] * 2.0,
    lambda c, x, w: ad.scatter_add(c[..., 1:], (..., slice(1, None)), c.shape) + x,
    lambda c, x, w: ad.scatter_add(c[..., :-1] * w, (..., slice(None, -1)), c.shape), lambda c, x, w: c + c,
    lambda c, x, w: ad.maximum(c, x), lambda c, x, w: c * np.ones(c.shape[-1]),
    lambda c, x, w: ad.mean(c) + c,
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_lines_that_are_alike_keep_their_results_side_by_side(data):
    shape, m = data.draw(st.sampled_from([(3,), (4,), (2, 3), (3, 3)])), data.draw(st.integers(2, 6))
    steps = data.draw(st.lists(st.sampled_from(ALIKE), min_size=1, max_size=6))
    draw = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = Value(draw.normal(size=shape), "x")
    w = [Value(draw.normal(), f"w{i}") for i in range(m)]
    ends = []
    for i in range(m):
        c = draw.normal(size=shape) if data.draw(st.integers(0, 9)) else np.zeros(shape)
        for step in steps:
            c = step(c, x, w[i]) if np.shape(c) == shape else c
        ends.append(c)
    values = [end for end in ends if isinstance(end, Value)]
    if not values:
        return
    loss = reduce(ad.add, [ad.sum(end * end) for end in values])
    listing = listed([*values, ad.stack(values), *gradients(loss, [x, *w], create_graph=True)], [x, *w])
    compare(near, rewritten(listing), listing, [draw.normal(size=shape), *draw.normal(size=m).tolist()])


# -- each rewrite --------------------------------------------------------------------------------

VECTOR, MATRIX = (3,), (2, 3)


def after(f, *shapes, outputs=1):
    """The operations that are left of f on arrays of some shapes."""
    inputs = [Value(np.linspace(0.5, 2.0, math.prod(shape)).reshape(shape)) for shape in shapes]
    return sorted(names(rewritten(listed([f(*inputs)], inputs))).elements())


def slope(f):
    """The gradient of Σf."""
    return lambda *xs: gradients(ad.sum(f(*xs)), xs[0], create_graph=True)


EXAMPLES = {
    "x·1": (lambda x: 1.0 * x * 1.0, [VECTOR], []),
    "x/1": (lambda x: x / 1.0, [VECTOR], []),
    "1/x stays": (lambda x: 1.0 / x, [VECTOR], ["divide"]),
    "x + (−0)": (lambda x: x + -0.0, [VECTOR], []),
    "x + 0 stays": (lambda x: x + 0.0, [VECTOR], ["add"]),
    "x² + 0": (lambda x: ad.square(x) + 0.0, [VECTOR], ["square"]),
    "+x": (lambda x: +x, [VECTOR], []),
    "reshape": (lambda x: ad.reshape(x, MATRIX), [MATRIX], []),
    "x[...]": (lambda x: x[...], [MATRIX], []),
    "x.T.T": (lambda x: x.T.T, [MATRIX], []),
    "x·(−1)": (lambda x: x * -1.0, [VECTOR], ["negative"]),
    "(−1)·x": (lambda x: -1.0 * x, [VECTOR], ["negative"]),
    "x/(−1)": (lambda x: x / -1.0, [VECTOR], ["negative"]),
    "a + (−b)": (lambda a, b: a + -b, [VECTOR, VECTOR], ["subtract"]),
    "a − (−b)": (lambda a, b: a - ad.negative(b), [VECTOR, VECTOR], ["add"]),
    "−(−x)": (lambda x: ad.negative(-x), [VECTOR], []),
    "−(3·x)": (lambda x: -(3.0 * x), [VECTOR], ["multiply"]),
    "(−x)·3": (lambda x: -x * 3.0, [VECTOR], ["multiply"]),
    "a + (−b)·c": (lambda a, b, c: a + -b * c, [VECTOR] * 3, ["multiply", "subtract"]),
    "a − (−2)·b": (lambda a, b: a - -2.0 * b, [VECTOR, VECTOR], ["add", "multiply"]),
    "(−2)·b + a": (lambda a, b: -2.0 * b + a, [VECTOR, VECTOR], ["multiply", "subtract"]),
    "(−x)·y stays": (lambda x, y: -x * y, [VECTOR, VECTOR], ["multiply", "negative"]),
    "Σx": (lambda x: x.sum(), [VECTOR], ["sum_of_product"]),
    "max(x, 1)": (lambda x: ad.maximum(x, 1.0), [VECTOR], ["larger"]),
    "min(1, x)": (lambda x: ad.minimum(1.0, x), [VECTOR], ["smaller"]),
    "clip stays": (lambda x: ad.clip(x, 0.0, 1.0), [VECTOR], ["bounded"]),
    "reshaped twice": (lambda x: x.reshape(3, 2).reshape(6), [MATRIX], ["reshape"]),
    "one of repeated": (lambda x: ad.broadcast_to(x, (4, 5, 2, 3))[1, 2], [MATRIX], []),
    "a row of one stays": (lambda x: ad.broadcast_to(x, (4, 3))[1], [(1, 3)], ["broadcast_to", "getitem"]),
    "2·(c·x)": (lambda x: 3.0 * x + 3.0 * x, [VECTOR], ["multiply"]),
    "rows of all": (lambda x, y: x @ y, [(2, 3, 4), (4, 5)], ["product", "reshape", "reshape"]),
    "Σ of rows": (lambda x: ad.sum(x, axis=(0, 1)), [(2, 3, 4)], ["product", "reshape"]),
    "Σ along rows": (lambda x: ad.sum(x, axis=-1), [(2, 3, 4)], ["product", "reshape", "reshape"]),
    "x·x": (lambda x: x * x, [VECTOR], ["square"]),
    "x⁰": (lambda x: x**0, [VECTOR], []),
    "x¹": (lambda x: x**1, [VECTOR], []),
    "x³": (lambda x: x**3, [VECTOR], ["multiply", "square"]),
    "x⁴": (lambda x: x**4, [VECTOR], ["square", "square"]),
    "(x²)′": (slope(lambda x: x**2), [VECTOR], ["multiply"]),
    "(x²)″": (slope(slope(lambda x: x**2)), [VECTOR], []),
    "(x³)″": (slope(slope(lambda x: x**3)), [VECTOR], ["multiply"]),
    "2·(3·x)": (lambda x: 2.0 * (3.0 * x), [VECTOR], ["multiply"]),
    "0.1·(0.3·x) stays": (lambda x: 0.1 * (0.3 * x), [VECTOR], ["multiply", "multiply"]),
    "x/4": (lambda x: x / 4.0 - 0.25 * x, [VECTOR], ["multiply", "subtract"]),
    "full array": (lambda x: np.full(MATRIX, 2.0) * x - x * 2.0, [MATRIX], ["multiply", "subtract"]),
    "repeated": (lambda x, y: ad.broadcast_to(x, MATRIX) * y, [VECTOR, MATRIX], ["multiply"]),
    "axes (0, 1)": (lambda x, y: ad.transpose(x, (0, 1)) * y, [MATRIX, MATRIX], ["multiply"]),
    "axes (1, 0)": (lambda x, y: ad.transpose(x, (1, 0)) @ y, [MATRIX, MATRIX], ["product_of_transposed"]),
    "swapped": (lambda x, y: ad.swapaxes(x, -1, -2) @ y, [MATRIX, MATRIX], ["product_of_transposed"]),
    "xᵀ @ y": (lambda x, y: x.T @ y, [MATRIX, MATRIX], ["product_of_transposed"]),
    "x @ yᵀ": (lambda x, y: x @ y.T, [MATRIX, MATRIX], ["product_with_transposed"]),
    "Σxy": (lambda x, y: (x * y).sum(), [MATRIX, MATRIX], ["sum_of_product"]),
    "Σx²": (lambda x: (x**2).sum(), [VECTOR], ["sum_of_product"]),
    "bias": (slope(lambda b, x: x * (x + b)), [VECTOR, MATRIX], ["product"]),
    "mean": (lambda x: ad.mean(x), [MATRIX], ["divide", "sum_of_product"]),
    "max": (lambda x: ad.max(x, axis=0), [MATRIX], ["largest"]),
    "stack": (lambda x, y: ad.stack([x, y]), [VECTOR, VECTOR], ["rows"]),
    "unstacked": (lambda x: ad.stack([x[0], x[1]]), [MATRIX], []),
    "σ": (lambda x: ad.sigmoid(x), [VECTOR], ["add", "exp", "negative", "reciprocal"]),
    "constants": (lambda x: x * (np.arange(3.0) + 1.0), [VECTOR], ["multiply"]),
    "twice": (lambda x: ad.exp(x) - ad.tanh(ad.exp(x)), [VECTOR], ["exp", "subtract", "tanh"]),
    "commuted": (lambda x, y: x * y - ad.exp(y * x), [VECTOR, VECTOR], ["exp", "multiply", "subtract"]),
    "parts side by side": (
        slope(lambda x: (lambda a, b, c: ad.exp(a) * b + c)(*ad.split(x, 3, axis=1))),
        [MATRIX],
        ["concatenate", "exp", "multiply", "part", "part", "split"],
    ),
    "parts": (slope(lambda x: x[1:] * 3.0 + x[:-1]), [VECTOR], []),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_rewrite_leaves_what_is_needed(name):
    f, shapes, expected = EXAMPLES[name]
    assert after(f, *shapes) == expected


ORDINARY = np.array([0.0, -0.0, 1.0, -0.3, 1e300, -1e308, math.inf, math.nan])


@pytest.mark.parametrize("c", [1.0, -1.0, 2.0, 3.0, 0.5, -0.25, 0.1, 2.0**1000])
@pytest.mark.parametrize("d", [1.0, -1.0, 4.0, 3.0, 0.5, 0.1, 2.0**100])
def test_joined_factors_round_and_overflow_as_they_did_apart(c, d):
    x = Value(ORDINARY)
    with np.errstate(all="ignore"):
        listing = listed([c * (d * x), (x * d) * c], [x])
        compare(same, rewritten(listing), listing, [ORDINARY])


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_an_added_zero_keeps_the_signs_of_zeros(zero):
    for data in (ORDINARY, 0.0, -0.0):
        x = Value(data)
        with np.errstate(all="ignore"):
            listing = listed([x + zero, zero + x, x - zero, zero - x, ad.square(x) + zero], [x])
            compare(same, rewritten(listing), listing, [data])


def test_a_softmax_shares_its_exponentials_with_its_logarithm():
    def both(x):
        logs = ad.log_softmax(x)
        return logs + ad.exp(logs)

    assert after(both, MATRIX).count("exp") == 1


def test_masks_are_no_numbers():
    x = np.array([-1.0, 0.0, 2.0])
    listing = traced(lambda x: -1.0 * (x > 0.0) + ((x > 0.0) & (x < 1.0)) * (x == 0.0) * 1.0, x)
    compare(same, rewritten(listing), listing, [x])


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "sigmoid"])
def test_layers_side_by_side_decide_each_kink_anew(activation):
    net = nn.Network(2, [6, 5, 1], activation=activation, seed=0)
    theta = list(net.parameters())
    draw = np.random.default_rng(0)

    def step(x1, x2):
        loss = (net(x1, x2) ** 2).sum()
        return loss, gradients(loss, theta)

    listing = traced(step, *draw.normal(size=(2, 20)))
    data = [*draw.normal(size=(2, 20)), *draw.normal(size=len(theta)).tolist()]
    compare(near, rewritten(listing), listing, data)
    short = rewritten(listing)
    assert names(short)["weighted_sum"] == 0
    assert sum(line.kind == "computed" and bool(line.shape) for line in short.lines) < 45


def test_numbers_keep_functions_of_math():
    x = Value(0.3, "x")
    listing = listed([ad.sigmoid(x), ad.tanh(x)], [x])
    for found, wanted in zip(
        evaluated(rewritten(listing), [-800.0]), evaluated(listing, [-800.0]), strict=True
    ):
        same(found, wanted)
    assert names(rewritten(listing)) == {"sigmoid": 1, "tanh": 1}


def test_what_no_result_needs_is_dropped_but_for_inputs():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    listing = listed([ad.exp(x), ad.tanh(x)], [x, y])
    short = living(listing._replace(outputs=listing.outputs[:1]))
    assert [line.name for line in short.lines] == ["x", "y", None]


def test_rewrites_say_what_they_do_in_words_of_their_own():
    assert len({rewrite.says for rewrite in REWRITES}) == len(REWRITES)
    assert all(len(rewrite.says) > 5 for rewrite in REWRITES)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.says)
def test_rewrites_that_change_digits_say_so(rewrite):
    reasons = "another order", "its order", "the order of", "last digit", "the other sign", "else its square"
    assert rewrite.exact == (not any(reason in rewrite.says for reason in reasons))


def test_work_grows_with_the_number_of_lines():
    def calls(n):
        x = Value(0.5, "x")
        y = reduce(lambda y, k: ad.tanh(y) * x + float(k), range(n), x)
        listing = listed([y, gradients(y, x, create_graph=True)], [x])
        profile = cProfile.Profile()
        profile.runcall(rewritten, listing)
        return sum(entry.callcount for entry in profile.getstats()) / n

    calls(100)
    assert calls(1000) < 1.2 * calls(250)
