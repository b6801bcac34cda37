"""Local derivatives and ledgers: that what stands on an edge is what backward multiplies by."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autodiff import Value, draw, exp, floor, primitive, relu, sigmoid, split, stack, tanh, where
from autodiff.derivations.local_derivatives import LARGE, LocalDerivatives
from autodiff.graph import Graph
from autodiff.pictures.contributions import terms_of
from autodiff.testing import numbers
from tests.cases import ELEMENTWISE


def on_edges(value):
    """The formulas and numbers on the edges of a graph, in order."""
    graph = Graph(value)
    slopes = LocalDerivatives(graph, range(len(graph)))
    found = [(slopes.formula(t, i), slopes.number(t, i)) for _, t, i in graph.edges]
    return [pair for pair in found if pair[0] is not None]


def test_formulas_are_in_the_names_of_operands_and_result():
    w, x = Value(0.5, "w"), Value(2.0, "x")
    y = tanh(w * x)
    y.name = "y"
    assert on_edges(y) == [("x", 2.0), ("w", 0.5), ("1 − y²", 1.0 - math.tanh(1.0) ** 2)]


def test_what_has_no_name_gets_one_where_a_formula_speaks_of_it():
    x = Value(3.0, "u₁")
    square = x * x
    dot = draw(exp(square) * square).dot
    assert "u₂ = 9" in dot
    assert 'label="∂ = u₂\\n= 9"' in dot
    assert "u₁ = 3|" in dot


def test_constants_and_numbers_have_no_derivative():
    x, k = Value(3.0, "x"), Value(2.0, "k", constant=True)
    assert on_edges(x * k + 1.0) == [("k", 2.0), ("1", 1.0)]
    assert on_edges(k * k) == []


def test_a_rule_that_compares_is_written_as_a_function():
    assert on_edges(relu(Value(-1.0, "x"))) == [("relu′(x)", 0.0)]


def test_arrays_have_the_matrix_rule():
    A, B = Value(np.ones((2, 3)), "A"), Value(np.ones((3, 4)), "B")
    Y = A @ B
    Y.name = "Y"
    assert on_edges(Y) == [("Ȳ·Bᵀ", None), ("Aᵀ·Ȳ", None)]


def test_elementwise_operations_on_arrays_have_the_partial_derivative():
    x = Value([1.0, 2.0], "x")
    assert on_edges(x**2) == [("2x", None)]


def test_the_gradient_of_a_word_is_g():
    weights = Value(np.ones(3), "weights")
    total = weights.sum()
    total.name = "total"
    assert on_edges(total) == [("g", None)]


def test_a_changed_leaf_leaves_no_derivative_behind():
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    assert on_edges(y) == []


def test_results_in_parts_large_arrays_and_strange_rules_are_passed_over():
    @primitive(df=lambda g, y, f: float(g))
    def strange(f, /):
        return f

    first, second = split(Value(np.ones(4), "v"), 2)
    assert "+" in draw(first + second).dot
    assert on_edges(Value(np.ones(LARGE + 1), "v") * 2.0) == []
    assert on_edges(strange(Value([1.0, 2.0]))) == []


def test_numbers_have_the_partial_derivative_whatever_the_operation():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert on_edges(where(True, x, y)) == [("1", 1.0), ("0", 0.0)]
    assert on_edges(x.sum() * y) == [("1", 1.0), ("y", 3.0), ("t₁", 2.0)]


def test_long_formulas_leave_only_the_number():
    x, y = Value(0.3, "a long name of a value"), Value(2.0, "another one")
    dot = draw(x**y).dot
    assert f'[id="l2_0" label="∂ = {2 * 0.3:.4g}"' in dot
    assert "u₁" not in dot


@pytest.mark.parametrize("case", ELEMENTWISE, ids=str)
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_the_number_on_an_edge_is_the_gradient_of_the_operation(case, data):
    xs = [Value(data.draw(numbers(domain)), f"x{i}") for i, domain in enumerate(case.domains)]
    y = case(*xs)
    if not isinstance(y, Value) or y._operation is None:
        return
    graph = Graph(y)
    slopes = LocalDerivatives(graph, [graph.output.id])
    y.backward()
    for position, id in enumerate(graph.output.inputs):
        number = slopes.number(graph.output.id, position)
        if graph[id].kind == "leaf" and number is not None and math.isfinite(number):
            assert number == pytest.approx(graph[id].grad or 0.0, rel=1e-12, abs=1e-300)


# -- the ledger ------------------------------------------------------------------------------------


def ledger(value, root):
    graph = Graph(root)
    (id,) = [node.id for node in graph if node.source is value]
    return terms_of(graph, id, graph.uses.get(id, ()), LocalDerivatives(graph, range(len(graph))))


def test_the_terms_of_a_gradient_are_one_for_each_use():
    x = Value(3.0, "x")
    y = x * x + 2.0 * x
    y.backward()
    assert ledger(x, y) == ([3.0, 3.0, 2.0], 0.0)
    assert "grad 8\\n= 3 + 3 + 2" in draw(y).dot


def test_what_came_from_elsewhere_is_told():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    y.backward()
    assert ledger(x, y) == ([3.0, 3.0], 6.0)
    assert "grad 12\\n= 3 + 3 + 6 from elsewhere" in draw(y).dot


def test_of_many_terms_the_first_and_the_last_are_written():
    x = Value(1.0, "x")
    y = sum((k * x for k in range(1, 9)), 0.0)
    y.backward()
    assert "grad 36\\n= 1 + 2 + … + 8 (8 terms)" in draw(y, each_operation=True).dot


def test_infinite_terms_of_opposite_signs_have_no_sum():
    x = Value(math.inf, "x")
    y = exp(x) * 1.0 - exp(x) * 2.0
    y.backward()
    assert "grad nan" in draw(y).text


def test_numbers_in_single_precision_have_a_ledger():
    x = Value(np.float32(0.1), "x")
    y = x * x * x + 1000.0 * x
    y.backward()
    assert "grad 1000 = 0.01 + 0.01 + 0.01 + 1000" in draw(y).text


def test_there_is_no_ledger_before_backward_nor_for_a_single_use():
    x = Value(3.0, "x")
    assert "= 3 + 3" not in draw(x * x).dot
    y = x * 2.0
    y.backward()
    assert "\\n=" not in draw(y).dot


def test_the_ledger_of_an_array_says_how_many_terms_there_are():
    x = Value([1.0, 2.0], "x")
    y = (x * x).sum()
    y.backward()
    assert "grad [2, 4]\\nsum of 2 terms" in draw(y).dot


def test_every_ledger_of_the_lecture_network_adds_up():
    network = nn.lecture.network()
    loss = nn.lecture.loss(network)
    loss.backward()
    for parameter in network.parameters():
        terms, elsewhere = ledger(parameter, loss)
        assert len(terms) == 2
        assert elsewhere == 0.0
        assert math.fsum(terms) == pytest.approx(parameter.grad, rel=1e-14)


MADE = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: sigmoid(x),
    lambda x, y: x * y,
    lambda x, y: where(x.data > 0.0, x, y),
    lambda x, y: tanh(x) * 0.5 + floor(y),
]
STEP = st.tuples(st.integers(0, 5), st.integers(0, 99), st.integers(0, 99))


@settings(deadline=None, max_examples=60)
@given(st.lists(STEP, min_size=1, max_size=25))
def test_the_terms_add_up_to_every_gradient(steps):
    values = [Value(0.5, "x"), Value(-1.25), Value(3.0, "k", constant=True)]
    for kind, i, j in steps:
        values.append(MADE[kind](values[i % len(values)], values[j % len(values)]))
    root = values[-1]
    if root.constant:
        return
    root.backward()
    graph = Graph(root)
    slopes = LocalDerivatives(graph, range(len(graph)))
    for node in graph:
        uses = graph.uses.get(node.id, ())
        found = terms_of(graph, node.id, uses, slopes) if len(uses) > 1 and node.grad is not None else None
        if found:
            terms, elsewhere = found
            assert elsewhere == 0.0
            assert abs(math.fsum(terms) - node.grad) <= 1e-9 * sum(map(abs, terms))


def test_derivatives_are_drawn_whatever_is_switched_on():
    from autodiff import detect_anomaly, no_grad

    x = Value(0.0, "x")
    y = abs(x) ** 0.5
    plain = draw(y).dot
    with detect_anomaly(), no_grad():
        assert draw(y).dot == plain


def test_numbers_put_together_are_drawn():
    assert "stack" in draw(stack([Value(1.0, "a"), Value(2.0, "b")])).dot
