"""The engine against a textbook: random graphs, shared nodes, changed leaves, and what must be freed."""

import gc
import math
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

import autodiff as ad
from autodiff import Value, detect_anomaly, exp, gradients
from autodiff.differentiation.engine import LARGE
from autodiff.testing import numbers


class Textbook:
    """Back propagation as a textbook writes it: numbers, partials, and a recursion over consumers."""

    def __init__(self, data):
        self.data = data
        self.consumers = []

    def of(self, data, *partials):
        result = Textbook(data)
        for parent, partial in partials:
            parent.consumers.append((result, partial))
        return result

    def __add__(self, other):
        return self.of(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        return self.of(self.data * other.data, (self, other.data), (other, self.data))

    def __sub__(self, other):
        return self.of(self.data - other.data, (self, 1.0), (other, -1.0))

    def tanh(self):
        y = math.tanh(self.data)
        return self.of(y, (self, 1.0 - y * y))

    def slope(self, output, known):
        if self not in known:
            terms = [consumer.slope(output, known) * partial for consumer, partial in self.consumers]
            known[self] = sum(terms, 1.0 if self is output else 0.0)
        return known[self]


class GraphMachine(RuleBasedStateMachine):
    """Grows the same random graph in both, and compares every gradient after every step."""

    @initialize(data=st.lists(numbers(), min_size=1, max_size=3))
    def leaves(self, data):
        self.pairs = [(Value(x), Textbook(x)) for x in data]
        self.inputs = list(self.pairs)

    def pick(self, i):
        return self.pairs[i % len(self.pairs)]

    @rule(i=st.integers(0, 99), j=st.integers(0, 99), sign=st.sampled_from("+-*"))
    def combine(self, i, j, sign):
        (a, s), (b, t) = self.pick(i), self.pick(j)
        new = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y}[sign]
        self.check(new(a, b), new(s, t))

    @rule(i=st.integers(0, 99))
    def squash(self, i):
        a, s = self.pick(i)
        self.check(a.tanh(), s.tanh())

    def check(self, value, textbook):
        self.pairs.append((value, textbook))
        if not abs(value.data) < 1e100:
            self.pairs.pop()
            return
        for leaf, _ in self.inputs:
            leaf.zero_grad()
        value.backward()
        known = {}
        expected = [twin.slope(textbook, known) for _, twin in self.inputs]
        stored = [leaf.grad or 0.0 for leaf, _ in self.inputs]
        returned = gradients(value, [leaf for leaf, _ in self.inputs])
        np.testing.assert_allclose(stored, expected, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(returned, expected, rtol=1e-9, atol=1e-12)
        for node, twin in self.pairs:
            if node.grad is not None and twin.slope(textbook, known):
                expected = twin.slope(textbook, known)
                np.testing.assert_allclose(gradients(value, node), expected, rtol=1e-9, atol=1e-12)


TestGraphMachine = GraphMachine.TestCase
TestGraphMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_a_value_used_twice_gets_both_terms():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0


def test_backward_twice_doubles_leaves_and_sets_inner_nodes_anew():
    x = Value(2.0)
    y = x * x
    z = y * 3.0
    z.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (24.0, 3.0, 1.0)
    x.zero_grad()
    assert x.grad is None


@pytest.mark.parametrize("data", [2.0, np.array(2.0, np.float32), [2.0, 3.0]])
def test_a_rule_that_raises_leaves_no_gradient_of_its_pass(data):
    @ad.elementwise(dx=lambda y, x: {}[x])
    def broken(x, /):
        return x * 1.0

    x = Value(data)
    x.grad = np.zeros(x.shape)
    inner = broken(x)
    y = ad.sum(inner * 3.0)
    for output in (y, inner if not x.shape else y):
        with pytest.raises((KeyError, TypeError)):
            output.backward()
        np.testing.assert_array_equal(x.grad, np.zeros(x.shape))
        assert (inner.grad, y.grad) == (None, None)


def slope(rule, x, **options):
    """Gradient by backward() of a number through an operation with this rule."""
    x = Value(x)
    (ad.elementwise(dx=rule, **options)(lambda x, /: x * 1.0)(x) * 2.0).backward()
    return x.grad


def test_numbers_that_leave_the_floats_have_the_gradient_of_arrays():
    assert slope(lambda y, x: 1.0 / x, 0.0) == math.inf
    assert slope(lambda y, x: math.inf, -1.0) == math.inf
    assert math.isnan(slope(lambda y, x: x**0.5, -1.0))
    assert slope(lambda y, x: np.exp(x), 1000.0) == math.inf
    assert type(slope(lambda y, x: np.exp(x), 1.0)) is float


def test_gradients_on_the_way_are_right_where_numbers_become_an_array():
    x = Value(2.0)
    square = x * x
    (ad.sum(square * Value([1.0, 2.0])) * square).backward()
    assert (square.grad, x.grad) == (24.0, 96.0)


def test_gradients_stores_nothing():
    x = Value(2.0)
    y = x * x
    assert gradients(y, [x]) == [4.0]
    assert x.grad is None
    assert y.grad is None


def test_gradients_visits_only_the_path_to_its_targets():
    seen = []

    @ad.elementwise(dx=lambda y, x: seen.append("visited") or 1.0)
    def spied(x, /):
        return x * 1.0

    x, other = Value(2.0), Value(5.0)
    assert gradients(x * 3.0 + spied(other), x) == 3.0
    assert seen == []


def test_gradient_with_respect_to_an_inner_node():
    x = Value(2.0)
    y = x * x
    z = y * y
    assert gradients(z, [y, x]) == [8.0, 32.0]
    assert gradients(z, z) == 1.0


def test_gradient_of_an_unused_input_is_zero():
    x, unused = Value(2.0), Value(np.ones((2, 3), np.float32))
    gradient = gradients(x * x, unused)
    assert gradient.shape == (2, 3)
    assert gradient.dtype == np.float32
    assert not gradient.any()


def test_nothing_is_computed_for_a_constant():
    x, c = Value(2.0, "x"), Value(5.0, "c", constant=True)
    y = x * (c * c)
    y.backward()
    assert x.grad == 25.0
    assert c.grad is None
    with pytest.raises(ValueError, match="'c' is a constant"):
        gradients(y, c)


def test_a_leaf_changed_after_use_is_noticed():
    x = Value(2.0, "x")
    y = x * x
    x.data = 3.0
    with pytest.raises(ValueError, match="'x' was assigned new data after 'multiply'"):
        y.backward()
    assert x.grad is None
    (x * x).backward()
    assert x.grad == 6.0


def test_a_leaf_changed_in_place_is_noticed_even_when_another_use_is_newer():
    w = Value([1.0, 2.0], "w")
    old = w * 2.0
    w.data -= 0.1 * np.ones(2)
    with pytest.raises(ValueError, match="'w'"):
        gradients((w + old).sum(), w)


def test_leaf_gradients_are_arrays_of_their_own():
    x, y = Value([1.0, 2.0]), Value([3.0, 4.0])
    (x + y).sum().backward()
    x.grad[0] = 99.0
    assert y.grad.tolist() == [1.0, 1.0]
    assert x.grad.flags.writeable
    assert x.grad.flags.c_contiguous


def test_float32_leaf_keeps_its_dtype_in_a_float64_graph():
    x = Value(np.ones(3, np.float32))
    (x * np.arange(3.0)).sum().backward()
    assert x.grad.dtype == np.float32


def test_broadcasting_is_undone():
    column, row = Value(np.ones((3, 1))), Value(np.ones(4))
    (column * row * 2.0).sum().backward()
    assert column.grad.tolist() == [[8.0]] * 3
    assert row.grad.tolist() == [6.0] * 4


def chain(length):
    x = Value(1.0)
    y = x
    for _ in range(length):
        y = y * 1.0000001
    return x, y


def test_a_chain_of_a_million_nodes_needs_no_recursion():
    x, y = chain(1_000_000)
    y.backward()
    assert x.grad == pytest.approx(np.exp(0.1), rel=1e-6)
    assert "Value(" in repr(y)
    del y


def test_dropping_a_graph_frees_it_without_the_cycle_collector():
    gc.collect()
    gc.disable()
    try:
        data = np.ones(3)
        x = Value(data)
        y = (x * x).sum() + ad.linalg.norm(x)
        y.backward()
        ad.gradients(y, x, create_graph=True)
        array = weakref.ref(y._x._x[0]._data)
        assert array() is not None
        del y
        assert array() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_branch_not_taken_contributes_nothing():
    x = Value(0.0)
    y = ad.where(x > 0, ad.sqrt(x), 0.0)
    assert gradients(y, x) == 0.0
    assert gradients(gradients(y, x, create_graph=True) * x, x) == 0.0


def test_the_lectures_sigmoid_far_left_has_slope_zero():
    z = Value(-1000.0)
    assert gradients(ad.sigmoid(z), z) == 0.0
    assert np.isnan(gradients(1.0 / (1.0 + ad.exp(-z)), z))  # by hand: e¹⁰⁰⁰ is ∞ in floating point


def test_infinity_times_zero_stays_nan():
    x = Value(0.0)
    assert np.isnan(gradients(ad.sqrt(x * x), x))


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda x: ad.where(x < 0, x * x * x, 0.0), 1e200, 0.0),
        (lambda x: ad.where(x > 0, x, x * np.inf), 1.0, 1.0),
        (lambda x: ad.where(x < 5, x**3, x), 1e200, 1.0),
        (lambda x: ad.where(False, ad.prod(1.0 / ad.stack([x, x])), 0.0), 0.0, 0.0),
        (lambda x: ad.where(False, ad.norm(1.0 / ad.stack([x, x])), 0.0), 0.0, 0.0),
        (lambda x: ad.where(False, (1.0 / ad.stack([x, x])) @ np.ones(2), 0.0), 0.0, 0.0),
    ],
)
def test_a_branch_not_taken_contributes_nothing_however_it_overflows(f, x, slope):
    with np.errstate(all="ignore"):
        value, row = Value(x), Value(np.array([x]))
        assert gradients(f(value), value) == slope
        if not f(value).shape:
            assert gradients(f(row[0]), row).tolist() == [slope]


def test_a_seed_that_is_a_value_leaves_plain_gradients():
    x = Value([1.0, 2.0])
    (x * x).backward(Value([1.0, 1.0]))
    assert type(x.grad) is np.ndarray
    assert type(gradients(x * x, x, Value([1.0, 1.0]))) is np.ndarray


def test_backward_of_a_constant_says_so():
    with pytest.raises(ValueError, match="'c' depends on no variable"):
        Value(2.0, "c", constant=True).backward()


def test_create_graph_records_inside_no_grad():
    x = Value(3.0)
    y = x**3
    with ad.no_grad():
        slope = gradients(y, x, create_graph=True)
    assert gradients(slope, x) == 18.0


MANY = LARGE + 1
"""Entries of a gradient that is handed out without a copy where nobody else has it."""


def test_a_large_gradient_is_not_the_seed_of_the_caller():
    seed, x = Value(np.ones(MANY)), Value(np.zeros(MANY))
    gradient = gradients(x + 1.0, x, seed)
    gradient *= 0.0
    assert seed.data.all()


def test_large_gradients_are_arrays_of_their_own():
    x, y = Value(np.ones(MANY)), Value(np.ones(MANY))
    gx, gy = gradients((x + y).sum(), [x, y])
    gx *= 0.0
    assert gy.all()
    z = x * y
    inner, leaf = gradients(z.sum(), [z, x])
    leaf *= 0.0
    assert y.data.all()
    assert inner.all()


def test_a_large_gradient_of_a_leaf_is_not_that_of_an_inner_node():
    x = Value(np.ones(MANY))
    z = x + 1.0
    (z * z).sum().backward()
    x.grad *= 0.0
    assert z.grad.all()


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.sum(),
        lambda x: (x.reshape(-1, 2) ** 2).sum(),
        lambda x: (x.reshape(-1, 2).T.reshape(-1, order="F") ** 2).sum(),
        lambda x: (np.flip(x) ** 3).sum(),
        lambda x: (x * np.float32(2.0) * x).sum(),
        lambda x: np.where(x > 0.0, x, 0.0).sum(),
    ],
)
@pytest.mark.parametrize("n", [4, MANY + 1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_gradient_of_any_size_is_contiguous_writable_and_of_the_callers_dtype(f, n, dtype):
    x = Value(np.linspace(-1.0, 1.0, n, dtype=dtype))
    g = gradients(f(x), x)
    assert g.flags.writeable
    assert g.flags.c_contiguous
    assert g.flags.owndata
    assert (g.dtype, g.shape) == (dtype, (n,))


def test_accumulating_does_not_warn():
    x = Value([1.0])
    x.grad = [np.inf]
    (x * -np.inf).sum().backward()
    assert np.isnan(x.grad[0])


def test_a_number_computed_from_a_float32_leaf_leaves_it_a_float32_gradient():
    @ad.elementwise(dx=lambda y, x: 3.0)
    def widened(x, /):
        return np.float64(x) * 3.0

    x = Value(np.float32(2.0))
    (widened(x) * 1.0).backward()
    assert (x.grad, type(x.grad)) == (3.0, np.float32)


# -- numbers alone -----------------------------------------------------------------------------


@pytest.mark.parametrize("f", [lambda x: x * 3.0, lambda x: 3.0 * x, exp, lambda x: x * x, lambda x: 2.0 - x])
def test_a_number_that_was_changed_after_it_was_used_is_noticed(f):
    x = Value(2.0, "x")
    y = f(x) * 1.5
    x.data = 3.0
    with pytest.raises(ValueError, match="'x'"):
        y.backward()
    assert x.grad is None


def test_nothing_times_infinity_is_nothing_for_numbers():
    x = Value(1000.0)
    (exp(x) * 0.0).backward()
    assert x.grad == 0.0


def test_an_anomaly_of_numbers_is_detected():
    y = exp(Value(1000.0))
    with detect_anomaly(), pytest.raises(FloatingPointError, match="exp"):
        y.backward()


def test_threads_that_share_a_graph_get_its_gradient():
    x = Value(0.5, "x")
    shared = x
    for _ in range(200):
        shared = shared * 0.99 + 0.001
    outputs = [shared * float(k + 1) for k in range(8)]
    wanted = 0.99**200
    for _ in range(5):
        x.zero_grad()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda output: output.backward(), outputs))
        assert x.grad == pytest.approx(36.0 * wanted)
