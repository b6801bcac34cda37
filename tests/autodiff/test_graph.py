"""The view of a recorded graph: order, numbers, kinds and edges of its nodes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, sigmoid, split
from autodiff import sum as total
from autodiff.graph import Edge, Graph


def test_inputs_come_before_results_and_the_output_is_last() -> None:
    x, y = Value(2.0, "x"), Value(5.0, "y")
    graph = Graph(sigmoid(x * y) + x)
    assert [(node.id, node.name, node.symbol) for node in graph] == [
        (0, "x", None),
        (1, "y", None),
        (2, None, "·"),
        (3, None, "σ"),
        (4, None, "+"),
    ]
    assert graph.output == graph[4]
    assert len(graph) == 5


def test_x_times_x_has_two_edges() -> None:
    x = Value(3.0, "x")
    assert list(Graph(x * x).edges) == [Edge(0, 1, 0), Edge(0, 1, 1)]


def test_edges_keep_the_order_of_the_operands() -> None:
    x, y = Value(1.0), Value(2.0)
    z = y - x
    graph = Graph(z)
    assert [graph[i].data for i in graph.output.inputs] == [2.0, 1.0]


def test_a_raw_operand_is_a_node_at_each_of_its_uses() -> None:
    x = Value(3.0, "x")
    graph = Graph(2.0 * x + 2.0)
    assert [node.data for node in graph if node.kind == "number"] == [2.0, 2.0]


def test_kinds_of_nodes() -> None:
    w, x = Value(3.0, "w"), Value(2.0, "x", constant=True)
    kinds = {node.data: node.kind for node in Graph(w * x + 1.0)}
    assert kinds == {3.0: "leaf", 2.0: "constant", 6.0: "recorded", 1.0: "number", 7.0: "recorded"}


def test_results_of_constants_are_in_the_graph() -> None:
    k = Value(2.0, "k", constant=True)
    kinds = [node.kind for node in Graph(Value(1.0) * (k * k))]
    assert kinds == ["constant", "recorded", "leaf", "recorded"]


def test_a_leaf_changed_after_use_is_marked_and_still_comes_before_its_result() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    z = x * y
    y.data = 5.0
    marks = [(node.name, node.changed) for node in Graph(z)]
    assert marks == [("x", False), ("y", True), (None, False)]


def test_a_leaf_changed_before_use_is_not_marked() -> None:
    x = Value(1.0, "x")
    x.data = 2.0
    assert not any(node.changed for node in Graph(x * x))


def test_a_leaf_changed_between_two_uses_is_marked() -> None:
    x = Value(1.0, "x")
    y = x * x
    x.data = 2.0
    assert [node.changed for node in Graph(y + x) if node.name == "x"] == [True]


def test_gradients_are_none_until_computed() -> None:
    x = Value(3.0)
    y = x * x
    graph = Graph(y)
    assert [node.grad for node in graph] == [None, None]
    y.backward()
    assert [node.grad for node in graph] == [6.0, 1.0]


def test_options_of_an_operation() -> None:
    node = Graph(total(Value([[1.0, 2.0]]), axis=1)).output
    assert node.metadata["axis"] == 1
    assert Graph(Value(1.0) * 2.0).output.metadata == {}


def test_an_operation_of_several_results_is_one_node_and_a_part_each() -> None:
    first, second = split(Value([1.0, 2.0]), 2)
    graph = Graph(first * second)
    parts = [node for node in graph if node.symbol == "part"]
    assert [node.inputs for node in parts] == [(1,), (1,)]
    assert isinstance(graph[1].data, tuple)
    assert graph[1].shape == ()


def test_a_leaf_is_a_graph_of_one_node() -> None:
    graph = Graph(Value([1.0, 2.0], "v"))
    assert (len(graph), graph.output.name, graph.output.shape, list(graph.edges)) == (1, "v", (2,), [])


def test_a_view_tells_what_it_is() -> None:
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    assert repr(Graph(y)) == "<graph of 2 nodes>"
    assert repr(Graph(y)[0]) == "<node 0, leaf, x, changed>"


def test_a_long_chain_needs_no_recursion() -> None:
    x = y = Value(0.0)
    for _ in range(100_000):
        y = y + x
    graph = Graph(y)
    assert len(graph) == 100_001
    assert graph.output.id == 100_000


def test_a_graph_of_too_many_nodes_is_refused() -> None:
    x = Value(1.0)
    assert len(Graph(x * x * x, max_nodes=3)) == 3
    with pytest.raises(ValueError, match=r"more than 2 nodes.*max_nodes"):
        Graph(x * x * x, max_nodes=2)
    with pytest.raises(ValueError, match="more than 2 nodes"):
        Graph(x * 2.0, max_nodes=2)


def test_only_a_value_has_a_graph() -> None:
    with pytest.raises(TypeError, match="only a Value has a graph, got float"):
        Graph(3.0)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99), st.integers(0, 99)), max_size=30))
def test_the_view_is_enough_to_compute_the_graph_again(steps: list[tuple[int, int, int]]) -> None:
    values = [Value(0.5, "x"), Value(np.array([1.0, -2.0]), "v"), Value(3.0, "k", constant=True)]
    for kind, i, j in steps:
        x, y = values[i % len(values)], values[j % len(values)]
        values.append([x + y, x - y, sigmoid(x), x * 0.5][kind])
    graph = Graph(values[-1])
    for id, node in enumerate(graph):
        assert node.id == id
        assert all(x < id for x in node.inputs)
        if node.operation:
            inputs = [graph[x].data for x in node.inputs]
            again = node.operation.forward(*inputs, **node.metadata)
            np.testing.assert_allclose(again, node.data, rtol=1e-15, atol=1e-300)
