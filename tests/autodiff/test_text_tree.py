"""Graphs as text."""

from __future__ import annotations

import pytest

from autodiff import Value, sigmoid, tree


def test_a_tree_has_name_operation_data_and_gradient() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x", constant=True)
    y = sigmoid(w * x - 1.0)
    y.name = "y"
    y.backward()
    assert str(tree(y)).splitlines() == [
        "y = σ          0.5   grad 1",
        "└─ u₁ = −      0     grad 0.25",
        "   ├─ ·        1     grad 0.25",
        "   │  ├─ w     0.5   grad 0.5",
        "   │  └─ x     2     constant",
        "   └─ number   1",
    ]


def test_a_gradient_that_was_not_computed_is_a_dash() -> None:
    assert str(tree(Value(3.0, "x"))) == "x   3   grad –"


def test_shared_nodes_are_shown_once_and_referred_to_by_name() -> None:
    x = Value(2.0, "x")
    y = x * x
    z = y + y
    assert str(tree(z)).splitlines() == [
        "f = +       8   grad –",
        "├─ u₁ = ·   4   grad –",
        "│  ├─ x     2   grad –",
        "│  └─ ↑ x",
        "└─ ↑ u₁",
    ]
    y.name = "y"
    assert str(tree(z)).splitlines()[-1] == "└─ ↑ y"


def test_two_nodes_of_the_same_name_are_told_apart() -> None:
    x, other = Value(2.0, "x"), Value(3.0, "x")
    lines = str(tree(x * x * other)).splitlines()
    assert lines[2].startswith("│  ├─ x[1]")
    assert lines[3] == "│  └─ ↑ x[1]"


def test_what_has_no_name_and_is_used_again_is_referred_to_by_number() -> None:
    c = Value(2.0, constant=True)
    assert str(tree(c * c * Value(3.0, "x"))).splitlines()[2:4] == [
        "│  ├─ constant #0   2    constant",
        "│  └─ ↑ #0",
    ]


def test_a_changed_leaf_is_marked() -> None:
    x = Value(2.0, "x")
    y = x * x
    x.data = 5.0
    assert "changed after use" in str(tree(y))


def test_a_tree_shows_itself() -> None:
    x = Value(2.0, "x")
    assert repr(tree(x)) == str(tree(x))


def test_shapes_of_arrays_and_the_format_of_numbers() -> None:
    assert str(tree(Value([1 / 3, 2.0], "v"), number_format=".2f")) == "v   (2,) [0.33, 2.00]   grad –"


def test_a_format_of_numbers_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tree: number_format must be a format such as '.4g', got 'd'"):
        tree(Value(2.0, "x"), number_format="d")


def test_a_deep_graph_needs_no_recursion_and_of_a_large_one_the_first_lines_are_shown() -> None:
    x = y = Value(0.0, "x")
    for _ in range(2000):
        y = y + x
    assert len(str(tree(y, max_nodes=5000)).splitlines()) == 4001
    whole, lines = str(tree(y, max_nodes=5000)).splitlines(), str(tree(y)).splitlines()
    assert lines[-1] == "… 1,501 more nodes"
    shown = [" ".join(line.split()) for line in lines[:-1]]
    assert shown == [" ".join(line.split()) for line in whole[: len(shown)]]
    assert str(tree(y, max_nodes=2001)) == str(tree(y, max_nodes=5000))
    with pytest.raises(ValueError, match="tree: max_nodes must be 1 or above, got 0"):
        tree(y, max_nodes=0)
    with pytest.raises(TypeError, match="only a Value"):
        tree(1.0)  # type: ignore[arg-type]
