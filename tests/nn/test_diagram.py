"""The layered diagram: what it shows, what it leaves out, and how it is written."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nn
from autodiff import Value
from autodiff.pictures.picture import Picture
from nn.network.strokes import THICK, THIN

SVG = "{http://www.w3.org/2000/svg}"

laid_out = pytest.mark.skipif(
    not (shutil.which("dot") or importlib.util.find_spec("pygraphviz")), reason="no Graphviz here"
)


def texts(picture: Picture) -> list[str]:
    """Every piece of text that the picture shows, in order."""
    return [text.text or "" for text in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]


def lines(picture: Picture) -> dict[str, dict[str, str]]:
    """The attributes of each line, by what it joins."""
    found = re.finditer(r"^\t(\w+ -> \w+) \[(.*)\]$", picture.dot, re.MULTILINE)
    return {line[1]: dict(re.findall(r'(\w+)=(?:")?([^\s"]+)', line[2])) for line in found}


def labels(picture: Picture) -> dict[str, str]:
    """The labels of nodes, of weights, of biases and of columns, by id."""
    return dict(re.findall(r'^\t(\w+) \[label="(.*?)"', picture.dot, re.MULTILINE))


@laid_out
def test_the_lecture_network_is_shown_with_every_number_by_its_name() -> None:
    shown = texts(nn.draw_network(nn.lecture.network()))
    assert {f"{name} = {number:g}" for name, number in nn.lecture.THETA.items()} <= set(shown)
    assert {"x₁", "x₂", "a₁⁽¹⁾", "a₂⁽¹⁾", "a₁⁽²⁾", "a = σ(z)", "a = z"} <= set(shown)


def test_nodes_show_the_activations_for_an_observation() -> None:
    shown = labels(nn.draw_network(nn.lecture.network(), [3.0, -2.0]))
    nodes = {key: shown[key] for key in ("a0_1", "a0_2", "a1_1", "a1_2", "a2_1")}
    assert list(nodes.values()) == [
        r"x₁\n3", r"x₂\n−2", r"a₁⁽¹⁾\n0.475", r"a₂⁽¹⁾\n0.6225", r"a₁⁽²⁾\n0.8095",
    ]  # fmt: skip


def test_gradients_are_those_computed_and_a_dash_where_there_is_none() -> None:
    network = nn.lecture.network()
    assert "grad" not in nn.draw_network(network).dot
    assert (
        nn.draw_network(network, gradients=True).dot.count("grad –") == 2 * 6 + 3
    )  # tooltips repeat weights
    nn.lecture.loss(network).backward()
    shown = labels(nn.draw_network(network, gradients=True))
    assert shown["w1_1_1"] == r"w₁₁⁽¹⁾ = 0.2\ngrad −0.4042"
    assert shown["b2_1"] == r"b₁⁽²⁾ = 0.4\ngrad −0.4157"


@pytest.mark.parametrize("observation", [None, [3.0, -2.0]])
@pytest.mark.parametrize("gradients", [False, True])
def test_an_mlp_is_drawn_as_its_network_of_numbers(observation, gradients) -> None:
    network = nn.lecture.network()
    mlp = network.to_mlp()
    X, y = nn.lecture.observations()
    for module in (network, mlp):
        nn.squared_error(module(X), y).backward()
    assert (
        nn.draw_network(mlp, observation, gradients).dot
        == nn.draw_network(network, observation, gradients).dot
    )


def test_lines_tell_size_and_sign_without_colour() -> None:
    mlp = nn.MLP(3, [1], initialize="zeros")
    mlp.layers[0].weight.data = [[2.0, -1.0, 0.0]]
    drawn = lines(nn.draw_network(mlp))
    positive, negative, zero = (drawn[f"a0_{k} -> a1_1"] for k in (1, 2, 3))
    assert [line["style"] for line in (positive, negative, zero)] == ["solid", "dashed", "dotted"]
    widths = [float(line["penwidth"]) for line in (positive, negative, zero)]
    assert widths == [THICK, (THIN + THICK) / 2, THIN]


def test_numbers_that_are_not_finite_are_drawn() -> None:
    mlp = nn.MLP(3, [1], initialize="zeros")
    mlp.layers[0].weight.data = [[np.inf, np.nan, 1.0]]
    picture = nn.draw_network(mlp, [1.0, 1.0, 1.0])
    assert {"w₁₁⁽¹⁾ = inf", "w₁₂⁽¹⁾ = nan", "w₁₃⁽¹⁾ = 1", r"a₁⁽¹⁾\nnan"} <= set(labels(picture).values())
    assert {line["penwidth"] for line in lines(picture).values()} == {f"{THICK:.2f}", f"{THIN:.2f}"}


def test_of_a_wide_layer_the_first_nodes_and_the_last_are_drawn_and_the_others_counted() -> None:
    shown = labels(nn.draw_network(nn.MLP(64, [32, 10], seed=0)))
    assert [shown[f"more{column}"] for column in range(3)] == ["⋮ 59 more", "⋮ 27 more", "⋮ 5 more"]
    assert {"a0_1", "a0_4", "a0_64", "a1_32", "a2_10"} <= set(shown)
    assert "a0_5" not in shown


@settings(max_examples=40)
@given(st.integers(1, 40), st.lists(st.integers(1, 40), min_size=1, max_size=4), st.integers(3, 9))
def test_drawn_and_left_out_nodes_add_up_to_the_sizes(n_inputs, sizes, max_nodes) -> None:
    shown = labels(nn.draw_network(nn.MLP(n_inputs, sizes, initialize="zeros"), max_nodes=max_nodes))
    for column, size in enumerate([n_inputs, *sizes]):
        drawn = sum(key.startswith(f"a{column}_") for key in shown)
        left_out = int(shown.get(f"more{column}", "⋮ 0 more").split()[1])
        assert drawn + left_out == size
        assert drawn + (left_out > 0) == min(size, max_nodes)


@settings(max_examples=40)
@given(st.integers(1, 6), st.lists(st.integers(1, 6), min_size=1, max_size=3), st.booleans())
def test_labels_and_nodes_keep_clear_of_each_other(n_inputs, sizes, gradients) -> None:
    dot = nn.draw_network(nn.MLP(n_inputs, sizes, seed=0), gradients=gradients).dot
    placed = re.findall(r'^\t([abw]\S*) \[label="(.*?)".*? pos="([-.\d]+),([-.\d]+)"', dot, re.MULTILINE)
    boxes = [(float(x), float(y), *_half(key, label)) for key, label, x, y in placed]
    for i, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:i]:
            beside = abs(x - other_x) >= width + other_width
            assert beside or abs(y - other_y) >= height + other_height


def _half(key: str, label: str) -> tuple[float, float]:
    """Half the width and height of what stands there, in points."""
    if key.startswith("a"):
        return 28.0, 28.0
    rows = label.split(r"\n")
    return max(map(len, rows)) * 2.8, len(rows) * 6.5


def test_too_many_weights_bear_no_labels_but_tell_themselves_to_a_pointer() -> None:
    picture = nn.draw_network(nn.MLP(4, [4], initialize="zeros"))
    assert not [key for key in labels(picture) if key.startswith("w")]
    assert 'tooltip="w₃₂⁽¹⁾ = 0"' in picture.dot
    assert "w₃₂⁽¹⁾ = 0" in labels(nn.draw_network(nn.MLP(4, [4], initialize="zeros"), max_labels=16)).values()


def test_a_layer_without_bias_is_drawn_without() -> None:
    mlp = nn.MLP(2, [1], initialize="zeros")
    mlp.layers[0].bias = None
    assert "b1_1" not in labels(nn.draw_network(mlp, [1.0, 2.0]))


@laid_out
@pytest.mark.parametrize(
    "name", ["</svg>", "<b>w</b>", "{a|b}", 'q"q', "back\\", "\\n\\N", "&lt;", "é∂🎉", "two\nrows"]
)
def test_hostile_names_come_out_as_text(name) -> None:
    network = nn.lecture.network()
    network.layers[0].neurons[0].weights[0].name = name
    shown = texts(nn.draw_network(network, [Value(3.0, name), -2.0]))
    written = name.replace("\n", "\\n")
    assert written in shown
    assert f"{written} = 0.2" in shown


@laid_out
def test_an_activation_of_the_user_is_named_as_text() -> None:
    def square(z):
        return z * z

    square.__name__ = "<i>&amp;"
    network = nn.Network(1, [1], output=square, initialize="zeros")
    assert "a = <i>&amp;(z)" in texts(nn.draw_network(network, [1.0]))


@laid_out
@settings(max_examples=15, deadline=None)  # each starts Graphviz
@example('"\\')
@given(st.text(min_size=1, max_size=20))
def test_any_name_gives_a_picture_that_can_be_laid_out(name) -> None:
    network = nn.Network(1, [1], initialize="zeros")
    network.layers[0].neurons[0].bias.name = name
    ElementTree.fromstring(nn.draw_network(network).svg)


@pytest.mark.parametrize("observation", [[3.0, -2.0], (3.0, -2.0), np.array([3.0, -2.0]), [[3.0, -2.0]]])
@pytest.mark.parametrize("array", [False, True])
def test_one_observation_is_taken_in_any_form(observation, array) -> None:
    network = nn.lecture.network().to_mlp() if array else nn.lecture.network()
    assert labels(nn.draw_network(network, observation))["a2_1"] == r"a₁⁽²⁾\n0.8095"


@pytest.mark.parametrize("observation", [3.0, [3.0], np.array([3.0]), np.array([[3.0]])])
def test_one_feature_may_be_given_as_a_number(observation) -> None:
    assert labels(nn.draw_network(nn.MLP(1, [1], seed=0), observation))["a0_1"] == r"x₁\n3"


def test_softmax_sees_its_layer() -> None:
    network = nn.Network(2, [3], output="softmax", initialize="zeros")
    for module in (network, network.to_mlp()):
        assert labels(nn.draw_network(module, [1.0, 2.0]))["a1_3"] == r"a₃⁽¹⁾\n0.3333"


def test_drawing_leaves_the_network_as_it_is() -> None:
    network = nn.lecture.network()
    nn.lecture.loss(network).backward()
    before = [(p.data, p.grad, p.name) for p in network.parameters()]
    nn.draw_network(network, [3.0, -2.0], gradients=True)
    assert [(p.data, p.grad, p.name) for p in network.parameters()] == before


def test_what_cannot_be_drawn_is_refused_with_the_remedy() -> None:
    network = nn.lecture.network()
    another: Any = nn.Sequential(nn.Linear(2, 1))
    with pytest.raises(TypeError, match=r"expected a Network or an MLP, got Sequential"):
        nn.draw_network(another)
    with pytest.raises(ValueError, match=r"draw_network: expected 2 features, got 3"):
        nn.draw_network(network, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"expected one observation, got 5; choose one, as X\[0\]"):
        nn.draw_network(network, np.ones((5, 2)))
    with pytest.raises(
        ValueError, match=r"draw_network: number_format must be a format such as '.4g', got 'd'"
    ):
        nn.draw_network(network, number_format="d")
    with pytest.raises(ValueError, match=r"max_nodes must be an integer ≥ 3, got 2"):
        nn.draw_network(network, max_nodes=2)


@laid_out
def test_it_is_a_picture_as_draw_returns_it(tmp_path: Path) -> None:
    picture = nn.draw_network(nn.lecture.network())
    assert isinstance(picture, Picture)
    assert picture.png.startswith(b"\x89PNG")
    assert picture._repr_svg_() == picture.svg
    assert picture.save(tmp_path / "network.dot").read_text(encoding="utf-8") == picture.dot


def test_the_picture_is_the_same_in_every_process() -> None:
    program = "import nn; print(nn.draw_network(nn.MLP(9, [8, 2], seed=0), range(9), gradients=True).dot)"
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_importing_nn_loads_neither_graphviz_nor_pictures() -> None:
    program = "import sys, nn; print({'graphviz', 'autodiff.pictures.picture'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "set()"
