"""backward() on numbers alone: the written-out pass gives what the general one gives."""

import itertools
import math
import operator

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients
from autodiff.differentiation.reverse import ancestors
from autodiff.differentiation.scalars import gradients_by_birth, leaf_gradients

PAIRS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod, operator.floordiv,
    ad.hypot, ad.arctan2, ad.logaddexp, ad.maximum, ad.minimum, ad.fmax, ad.dot, ad.inner, ad.where,
]  # fmt: skip
"""Functions of two numbers."""


def applied(f, x, y):
    return ad.where(True, x, y) if f is ad.where else f(x, y)


def operands(kinds, x, y):
    """Variables, constants and plain numbers."""
    make = {"variable": Value, "constant": lambda x: Value(x, constant=True), "number": float}
    return [make[kind](number) for kind, number in zip(kinds, (x, y), strict=True)]


KINDS = [
    kinds for kinds in itertools.product(["variable", "constant", "number"], repeat=2) if "variable" in kinds
]


@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
@pytest.mark.parametrize("f", PAIRS, ids=lambda f: f.__name__)
def test_backward_is_the_gradient_whatever_the_operands_are(f, kinds):
    pair = operands(kinds, 3.0, 2.0)
    variables = [x for x in pair if isinstance(x, Value) and not x.constant]
    inner = applied(f, *pair)
    y = inner * 2.0 + 1.0
    y.backward()
    assert [x.grad for x in variables] == pytest.approx(gradients(y, variables))
    assert inner.grad == 2.0


@pytest.mark.parametrize("f", PAIRS, ids=lambda f: f.__name__)
def test_backward_of_a_number_with_itself_counts_both_uses(f):
    x = Value(3.0)
    applied(f, x, x).backward()
    assert x.grad == pytest.approx(gradients(applied(f, x, x), x))


def test_numbers_alone_do_not_give_way():
    x, y, c = Value(3.0), Value(2.0), Value(5.0, constant=True)
    z = ad.exp(-x) * c + x**y / 2.0 - ad.hypot(x, 1.0 - y)
    numbers = leaf_gradients(z, 1.0)
    assert set(numbers) == {x, y}
    assert [numbers[x], numbers[y]] == pytest.approx(gradients(z, [x, y]))
    assert (x.grad, y.grad, c.grad) == (None, None, None)


@pytest.mark.parametrize("first", [2.0, Value(2.0, constant=True)])
def test_the_divisor_of_a_plain_number_has_its_slope(first):
    x = Value(2.0)
    (first / x).backward()
    assert x.grad == -0.5


def test_numbers_that_are_arrays_on_the_way_are_pulled_back_too():
    x = Value(3.0)
    (ad.stack([x, x * x]).sum() * x).backward()
    assert x.grad == pytest.approx(2 * 3 + 3 * 9)
    assert type(x.grad) is float


def test_a_graph_that_gives_way_bears_no_marks_of_the_attempt():
    x, matrix = Value(3.0), Value(np.eye(2))
    inner = x * 2.0
    (matrix * inner).sum().backward()
    assert (x.grad, inner.grad) == (4.0, 2.0)
    np.testing.assert_array_equal(matrix.grad, np.full((2, 2), 6.0))


def test_gradients_of_numbers_give_way_where_an_array_is_on_the_way():
    x, y = Value(2.0), Value(3.0)
    numbers, arrays = x * y + x, ad.stack([x, y]).sum()
    assert gradients_by_birth(ancestors(numbers), numbers, 1.0)[x._birth] == 4.0
    assert gradients_by_birth(ancestors(arrays), arrays, 1.0) is None
    assert gradients(numbers, [x, y]) == [4.0, 2.0]
    assert gradients(arrays, [x, y]) == [1.0, 1.0]


def test_gradients_of_numbers_end_at_what_is_differentiated():
    x = Value(2.0)
    inner = x * x
    assert gradients(ad.exp(inner) * 1.0, inner) == math.exp(4.0)
    assert x.grad is None is inner.grad
