"""Large graphs as few cards: what is collapsed, what shares a card, what is left out, and how fast."""

from __future__ import annotations

import gc
import re
import time
from contextlib import ExitStack
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autodiff import Value, draw, scan, sigmoid, tanh
from autodiff.derivations.parts import parts_of
from autodiff.graph import Graph
from autodiff.pictures.collapsing import REST, collapsed
from autodiff.values.scopes import scope


def cards(picture):
    """The labels of the cards, by id."""
    return dict(re.findall(r'^ *([nmb]\d+|rest) \[id="\w+" label="(.*?)" \w+=', picture.dot, re.MULTILINE))


def arrows(picture):
    """What the arrows join, and what is written on them."""
    lines = re.findall(r'^ *(\w+) -> (\w+) \[id="\w+"', picture.dot, re.MULTILINE)
    written = dict(re.findall(r'^ *(l\w+) \[id="\w+" label="(.*?)" \w+=', picture.dot, re.MULTILINE))
    starts = {target: source for source, target in lines if target in written}
    return {
        (starts.get(source, source), target): written.get(source, "")
        for source, target in lines
        if target not in written
    }


def lecture():
    loss = nn.lecture.loss(nn.lecture.network())
    loss.backward()
    return loss


def each(value, **options):
    """The picture with a card for each operation."""
    return draw(value, each_operation=True, **options)


def test_boxes_are_drawn_around_their_nodes_one_inside_the_other():
    x = Value(3.0, "x")
    with scope("outer"):
        y = x * 2.0
        with scope("inner"):
            y = y + 1.0
    lines = [line.split()[0] for line in draw(tanh(y), show="data").dot.splitlines()]
    assert lines[4:-6] == [
        "n5", "subgraph", "graph", "n0", "n1", "n2", "subgraph", "graph", "n3", "n4", "}", "}",
    ]  # fmt: skip


def test_a_box_is_collapsed_by_its_name_with_or_without_a_number():
    found = cards(draw(lecture(), collapse="Layer 1"))
    assert [label.partition("\\n")[0] for id, label in found.items() if id[0] == "b"] == ["Layer 1"] * 2
    assert sum(id[0] == "b" for id in cards(draw(lecture(), collapse="Layer"))) == 4
    assert sum(id[0] == "b" for id in cards(draw(lecture(), collapse=["Network 2"]))) == 1


def test_boxes_are_collapsed_all_or_to_a_depth():
    assert sum(id[0] == "b" for id in cards(draw(lecture(), collapse=True))) == 2
    assert sum(id[0] == "b" for id in cards(draw(lecture(), collapse=2))) == 4
    assert sum(id[0] == "b" for id in cards(draw(lecture(), collapse=False))) == 0


def test_a_collapsed_box_tells_its_size_and_its_results():
    found = cards(draw(lecture(), collapse=True))
    assert found["b0"] == "Network 1\\n5 values inside\\na₁⁽²⁾[1] = 0.8095\\ngrad −0.781"
    assert "Network 1\\n14 values inside" in cards(each(lecture(), collapse=True))["b0"]
    picture = draw(lecture(), collapse="Layer")
    assert cards(picture)["b1"].startswith("Layer 1\\n4 values inside\\n2 results\\n[0.475, 0.6225]\\ngrad [")
    assert arrows(picture)["b1", "b2"] == "2 values"


def test_one_value_is_not_told_in_the_plural():
    x = Value(2.0, "x")
    with scope("one"):
        y = tanh(x)
    assert cards(draw(x, y, collapse=True))["b0"].startswith("one\\n1 value inside")
    assert cards(draw(y, tanh(x), max_nodes=2))["rest"] == "… 1 more value"


def test_parameters_of_several_boxes_stay_outside_with_their_ledgers():
    found = cards(draw(lecture(), collapse=True))
    assert sum("= −0.3506 − 0.05358" in label for label in found.values()) == 1


def test_an_unknown_box_is_refused():
    with pytest.raises(ValueError, match=r"no box is called 'Layr'; did you mean 'Layer 2' or 'Layer 1'\?"):
        draw(lecture(), collapse="Layr")
    with pytest.raises(ValueError, match="the graph has no boxes; use scope"):
        draw(Value(1.0) * 2.0, collapse="Layer")
    with pytest.raises(TypeError, match=r"collapse must be .* a depth, or names of boxes, got 1\.5"):
        draw(lecture(), collapse=1.5)


def test_a_large_graph_is_collapsed_from_the_inside_out():
    assert sum(id[0] == "b" for id in cards(each(lecture(), max_nodes=49))) == 4
    assert sum(id[0] == "b" for id in cards(each(lecture(), max_nodes=24))) == 2
    assert sum(id[0] == "b" for id in cards(each(lecture(), max_nodes=50))) == 0


def recurrent(steps, reverse=False):
    """A loop of so many steps, each of which uses what the one before it gave, and a row."""
    w, x = Value(0.5, "w"), Value(np.linspace(0.1, 1.0, steps), "x")

    def step(h, a):
        h = tanh(w * h + a)
        return h, None

    return scan(step, Value(0.2, "h"), x, reverse=reverse)[0]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("steps", [40, 300])
def test_of_the_steps_of_a_long_loop_the_last_is_drawn_and_those_before_are_a_card(steps, reverse):
    picture = draw(recurrent(steps, reverse))
    told = " ".join(cards(picture).values())
    assert f"step 1 to {steps - 1}" in told
    assert "tanh" in told
    assert re.findall(r'label="(scan|step \d+)"', picture.dot) == ["scan", f"step {steps}"]
    assert len(cards(picture)) <= 10
    assert picture.svg.startswith("<?xml") or "<svg" in picture.svg


def test_a_short_loop_is_drawn_step_by_step():
    picture = draw(recurrent(3))
    assert re.findall(r'label="(scan|step \d+)"', picture.dot) == ["scan", "step 1", "step 2", "step 3"]


def test_boxes_that_do_not_follow_one_another_are_no_steps():
    x, total = Value(np.ones(60), "x"), 0.0
    for i in range(60):
        with scope("observation"):
            total = total + tanh(x[i] * 2.0) ** 2
    told = " ".join(cards(draw(total)).values())
    assert " to 59" not in told


def test_what_is_alike_shares_a_card():
    w = [Value(float(k), f"w{k}") for k in range(100)]
    total = sum((sigmoid(v * 2.0) for v in w), 0.0)
    found = {id: label.split("\\n")[:3] for id, label in cards(each(total, max_nodes=10)).items()}
    assert list(found.values()) == [
        ["0"],
        ["+", "99 values", "0.5 … 98.36"],
        ["w₀ … w₉₉", "100 values", "0 … 99"],
        ["100 numbers", "all 2"],
        ["×", "100 values", "0 … 198"],
        ["σ", "100 values", "0.5 … 1"],
        ["{+|{f = 99.36|grad –}}"],
    ]


def test_a_network_of_65_000_nodes_is_a_few_dozen_cards():
    network = nn.Network(2, [16, 16, 1], activation="relu", seed=0)
    X, y = np.random.default_rng(0).normal(size=(100, 2)), np.linspace(-1.0, 1.0, 100)
    loss = sum((network(*x) - t) ** 2 for x, t in zip(X, y, strict=True))
    picture = draw(loss)
    found = cards(picture)
    assert len(Graph(loss)) > 65_000
    assert len(found) <= 36
    assert "rest" not in found
    for title in ("Network × 100", "Layer 1 × 100", "Layer 2 × 100", "Layer 3 × 100"):
        assert f'label="{title}"' in picture.dot
    assert sum("w₁₁⁽²⁾ … w₁₆,₁₆⁽²⁾\\n256 values" in label for label in found.values()) == 1


def test_what_is_left_out_is_said():
    y = Value(1.0, "x")
    for _ in range(1000):
        y = tanh(y * y)
    picture = draw(y, max_nodes=10)
    assert cards(picture)["rest"] == "… 1,992 more values"
    assert len(cards(picture)) == 10
    assert sum(source == "rest" for source, _ in arrows(picture)) == 1


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=60),
    st.integers(2, 30),
    st.sampled_from([None, True, False, 2]),
    st.booleans(),
)
def test_there_are_never_more_cards_and_every_part_is_on_one_or_left_out(
    steps, most, collapse, each_operation
):
    values = [Value(0.5, "x"), Value(2.0), Value(3.0, "k", constant=True)]
    for kind, i, j in steps:
        x, y = values[i % len(values)], values[j % len(values)]
        with scope(f"s{j % 3}"):
            if kind == 0:
                with scope("inner"):
                    x = x * 2.0
            values.append([x + y, x - y, sigmoid(x), x * y][kind])
    graph = Graph(values[-2:])
    parts = parts_of(graph, each_operation)
    cards = collapsed(parts, most, collapse)
    left_out = cards.left_out
    assert left_out == sum(cards.of[id] == REST for id in parts.ids)
    assert len(cards.cards) + (left_out > 0) <= max(most, 3)
    assert sum(map(len, cards.cards)) + left_out == len(parts.ids)
    for card, ids in enumerate(cards.cards):
        assert all(cards.of[id] == card for id in ids)
    assert all(cards.of[node.id] != REST for node in graph.outputs)
    options = {"max_nodes": most, "collapse": collapse, "each_operation": each_operation}
    first, again = (draw(values[-2:], **options).dot for _ in range(2))
    assert first == again


# -- speed -----------------------------------------------------------------------------------------


def chain(n):
    x = y = Value(0.5, "x")
    for _ in range(n // 2):
        y = tanh(y + x)
    return y


def dot_of(value):
    return draw(value, max_nodes=20_000).dot


def seconds(function):
    """The best of several runs."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def test_writing_a_graph_as_dot_takes_a_time_proportional_to_its_size():
    small, large = chain(1_000), chain(10_000)
    times = [seconds(partial(dot_of, value)) for value in (small, large)]
    assert times[1] < 25 * times[0]


def test_a_deep_nest_of_scopes_needs_no_recursion():
    x = Value(1.0)
    with ExitStack() as stack:
        for k in range(1_100):
            stack.enter_context(scope(f"s{k}"))
            x = x * 2.0
    picture = draw(x, max_nodes=10_000, collapse=False)
    assert picture.dot.count("subgraph") == picture.mermaid.count("subgraph") == 1_100
    assert len(cards(draw(x, max_nodes=20))) <= 20
