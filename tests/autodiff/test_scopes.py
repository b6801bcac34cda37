"""Scopes and the calls of modules: which nodes they group, and that nothing else changes."""

from __future__ import annotations

import asyncio
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autodiff import Value, detect_anomaly, no_grad, sigmoid
from autodiff.graph import Graph
from autodiff.naming.boxes import NOWHERE, boxes_of
from autodiff.values.scopes import label_of, scope


def boxes(*values):
    """For each recorded node of a graph the titles of the boxes around it, the outermost first."""
    graph = Graph(values)
    boxes = boxes_of(graph)
    names = boxes.numbered()
    return [[names[box] for box in boxes.around(boxes.of[node.id])][::-1] for node in graph if node.operation]


def test_a_scope_groups_what_is_recorded_in_its_block():
    x = Value(3.0)
    y = x * x
    with scope("inner"):
        z = y + x
    assert boxes(z * 2.0) == [[], ["inner"], []]


def test_scopes_are_nested_and_numbered_within_the_same_box():
    x = Value(3.0)
    for _ in range(2):
        with scope("outer"):
            with scope("part"):
                x = x * 2.0
            with scope("part"):
                x = x + 1.0
    assert boxes(x) == [
        ["outer 1", "part 1"],
        ["outer 1", "part 2"],
        ["outer 2", "part 1"],
        ["outer 2", "part 2"],
    ]


def test_a_scope_decorates_functions_each_call_being_a_box():
    @scope("double")
    def double(v):
        return v * 2.0

    assert boxes(double(double(Value(1.0)))) == [["double 1"], ["double 2"]]


def test_a_scope_belongs_to_its_thread_and_to_its_task():
    def record():
        return Value(1.0) * 2.0

    async def recorded():
        await asyncio.sleep(0)
        return record()

    async def both():
        task = asyncio.create_task(recorded())
        with scope("mine"):
            await task
        return task.result()

    with scope("mine"), ThreadPoolExecutor(1) as pool:
        assert boxes(pool.submit(record).result()) == [[]]
    assert boxes(asyncio.run(both())) == [[]]


def test_a_scope_ends_with_an_error():
    def fail():
        with scope("broken"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert boxes(Value(1.0) * 2.0) == [[]]


def test_a_scope_changes_neither_names_nor_data_nor_gradients():
    with scope("s"):
        x = Value(2.0, "x")
        y = x * x
        y.name = "y"
    y.backward()
    assert (x.name, y.name, y.data, x.grad) == ("x", "y", 4.0, 4.0)
    assert boxes(y) == [["s"]]


def test_the_name_of_a_scope_is_a_string():
    with pytest.raises(TypeError, match="scope: the name must be a string, got 3"):
        scope(3)


@pytest.mark.parametrize("inside", [True, False])
def test_scopes_and_the_search_for_anomalies_know_of_each_other(inside):
    outer, inner = (detect_anomaly(), scope("s")) if inside else (scope("s"), detect_anomaly())
    with outer, inner:
        y = Value(2.0) * 3.0
    assert boxes(y) == [["s"]]
    assert "Value(2.0) * 3.0" in label_of(y).line


def test_nothing_is_recorded_in_a_scope_inside_no_grad():
    with no_grad(), scope("s"):
        assert (Value(2.0) * 3.0).constant


# -- modules ---------------------------------------------------------------------------------------


class Square(nn.Module):
    """x·x + 1."""

    def forward(self, x):
        return x * x + 1.0


class Same(nn.Module):
    """What it is given."""

    def forward(self, x):
        return x


def test_the_call_of_a_module_is_a_box():
    x = Value(2.0)
    y = x * 3.0
    assert boxes(Square()(y) - 1.0) == [[], ["Square"], ["Square"], []]


def test_modules_inside_modules_are_boxes_inside_boxes():
    network = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    assert boxes(network(Value(np.ones((4, 2))))) == [
        ["MLP", "Linear 1"], ["MLP"], ["MLP", "Linear 2"], ["MLP"],
    ]  # fmt: skip


def test_the_layers_of_a_network_are_boxes():
    found = boxes(nn.lecture.loss(nn.lecture.network()))
    assert {tuple(path) for path in found} == {
        (f"Network {i}", f"Layer {j}") for i in (1, 2) for j in (1, 2)
    } | {()}  # fmt: skip


def test_calls_and_scopes_are_nested_in_each_other():
    class Scoped(nn.Module):
        def forward(self, x):
            with scope("inside"):
                return x * 2.0

    with scope("outside"):
        y = Scoped()(Value(1.0))
    assert boxes(y) == [["outside", "Scoped", "inside"]]


def test_several_results_are_of_one_box():
    class Both(nn.Module):
        def forward(self, x):
            return {"sum": x + 1.0, "product": x * 2.0}

    found = Both()(Value(1.0))
    assert boxes(found["sum"] * found["product"]) == [["Both"], ["Both"], []]


def test_a_module_that_returns_its_input_claims_nothing():
    y = Value(2.0) * 3.0
    assert Same()(y) is y
    assert boxes(y) == [[]]


def test_raw_results_and_no_grad_are_untouched():
    assert Square()(2.0) == 5.0
    with no_grad():
        y = Square()(Value(2.0))
    assert y._label is None


def test_what_another_thread_recorded_meanwhile_is_not_in_the_box():
    x = Value(2.0)

    class Waiting(nn.Module):
        def forward(self, x):
            with ThreadPoolExecutor(1) as pool:
                self.other = pool.submit(lambda: x * 7.0).result()
            return x * 2.0

    module = Waiting()
    y = module(x)
    assert boxes(y + module.other) == [[], ["Waiting"], []]


def test_names_given_inside_and_after_a_call_stay():
    class Named(nn.Module):
        def forward(self, x):
            y = x * 2.0
            y.name = "z"
            return y

    y = Named()(Value(1.0))
    assert y.name == "z"
    y.name = "a"
    assert (y.name, boxes(y)) == ("a", [["Named"]])


def test_a_graph_does_not_keep_its_module_alive():
    module = Square()
    y = module(Value(2.0))
    gone = weakref.ref(module)
    del module
    gc.collect()
    assert gone() is None
    assert boxes(y) == [["Square"], ["Square"]]


# -- what nothing recorded -------------------------------------------------------------------------


def frame_of(name, *values):
    """The title of the box that a leaf or constant stands in."""
    graph = Graph(values)
    boxes = boxes_of(graph)
    (node,) = [node for node in graph if node.name == name]
    box = boxes.of[node.id]
    return None if box == NOWHERE else boxes.titles[box]


def test_a_parameter_stands_where_it_is_used_and_shared_ones_outside():
    layer, x = nn.Linear(2, 2, seed=0), Value(np.ones((1, 2)), "X", constant=True)
    layer.weight.name = "W"
    assert frame_of("W", layer(x)) == "Linear"
    assert frame_of("W", layer(x) + layer(x)) is None


def test_a_constant_from_before_a_call_is_its_input_and_stands_outside():
    X, y = Value(np.ones((1, 2)), "X", constant=True), nn.lecture.loss(nn.lecture.network())
    assert frame_of("X", nn.Linear(2, 2, seed=0)(X)) is None
    assert {boxes_of(Graph(y)).of[node.id] for node in Graph(y) if node.name == "y"} == {NOWHERE}


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 20)), max_size=25))
def test_boxes_form_a_tree_with_what_is_used_inside_one_inside_it(steps):
    values = [Value(0.5), Value(2.0, constant=True)]
    for kind, i, j in steps:
        x, y = values[i % len(values)], values[j % len(values)]
        with scope(f"s{kind}"):
            values.append(Square()(x) if kind == 0 else x * y if kind == 1 else sigmoid(x) + y)
    graph = Graph(values[-1])
    boxes = boxes_of(graph)
    assert all(parent < box for box, parent in enumerate(boxes.parents))
    for node in graph:
        users = [n.id for n in graph if node.id in n.inputs]
        if node.kind == "leaf" and users:
            around = [set(boxes.around(boxes.of[user])) for user in users]
            assert set(boxes.around(boxes.of[node.id])) == set.intersection(*around)
