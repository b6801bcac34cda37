"""The layered diagram: what it shows, what it leaves out, and how it is written."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from itertools import pairwise
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
from nn.network.arrangement import box_of
from nn.network.contents import Contents
from nn.network.drawing import drawing_of
from nn.network.snapshot import Snapshot
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
    assert nn.draw_network(network, gradients=True).dot.count("grad –") == 2 * 9  # tooltips repeat them
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
        nn.draw_network(mlp, observation, gradients=gradients).dot
        == nn.draw_network(network, observation, gradients=gradients).dot
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
    weights = [line for key, line in lines(picture).items() if key.startswith("a")]
    assert [line["penwidth"] for line in weights] == [f"{THICK:.2f}"] * 3


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
    inputs, targets = np.full((1, n_inputs), 0.7), np.full((1, sizes[-1]), 0.3)
    network = nn.MLP(n_inputs, sizes, "tanh", seed=0)
    bare = nn.draw_network(network)
    dot = (nn.draw_network(network, inputs, targets, gradients=True) if gradients else bare).dot
    placed = re.findall(r'^\t([abw]\S*) \[label="(.*?)".*? pos="([-.\d]+),([-.\d]+)"', dot, re.MULTILINE)
    boxes = [(float(x), float(y), *_half(key, label)) for key, label, x, y in placed if label]
    for i, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:i]:
            beside = abs(x - other_x) >= width + other_width
            assert beside or abs(y - other_y) >= height + other_height


def _half(key: str, label: str) -> tuple[float, float]:
    """Half the width and height of what stands there, in points."""
    if key.startswith("a"):
        return 28.0, 28.0
    width, height = box_of(label.split(r"\n"))
    return width / 2, height / 2


def test_too_many_weights_bear_no_labels_but_have_a_table_and_tell_themselves_to_a_pointer() -> None:
    mlp = nn.MLP(4, [4], initialize="zeros")
    picture = nn.draw_network(mlp, max_labels=15)
    assert not [key for key in labels(picture) if key.startswith("w")]
    assert 'tooltip="w₃₂⁽¹⁾ = 0"' in picture.dot
    assert "w₃₂⁽¹⁾ = 0" in labels(nn.draw_network(mlp, max_labels=16)).values()


def table(picture: Picture) -> dict[str, list[str]]:
    """The cells of the table beside a picture, by the name in the first of each row."""
    rows: dict[str, list[str]] = {}
    for key, cell in labels(picture).items():
        if found := re.match(r"(t\d+_\d+)_\d+$", key):
            rows.setdefault(found[1], []).append(re.sub(r"\\[lr]$", "", cell))
    return {row[0]: row[1:] for row in rows.values()}


def test_the_table_has_every_line_that_is_drawn_with_its_number_and_gradient() -> None:
    network = nn.lecture.network()
    X, y = nn.lecture.observations()
    found = table(nn.draw_network(network, X, y, gradients=True, max_labels=0))
    assert found.pop("θ") == ["number", "∂R/∂θ"]
    assert list(found) == list(nn.lecture.THETA)
    assert found["w₁₁⁽¹⁾"] == ["0.2", "−0.4042"]
    assert [float(number) for number, _ in found.values()] == list(nn.lecture.THETA.values())


@settings(max_examples=20)
@given(st.integers(1, 6), st.lists(st.integers(1, 6), min_size=1, max_size=4), st.booleans())
def test_numbers_are_legible_on_a_slide_up_to_sixty_lines(n_inputs, sizes, gradients) -> None:
    widths = [n_inputs, *sizes]
    mlp = nn.MLP(n_inputs, sizes, seed=0)
    diagram = Contents(Snapshot(mlp), gradients, False, ".4g", 6)
    drawing = drawing_of(diagram, None)
    assert len(diagram.weights) == sum(k * j for k, j in pairwise(widths))
    if len(diagram.weights) <= 60:
        assert drawing.letters >= 14.0
    parameters = [parameter.name for parameter in (*diagram.weights.values(), *diagram.biases.values())]
    shown = {row[0] for row in diagram.table} if not drawing.labelled else set(parameters)
    assert set(parameters) == shown


def test_the_lecture_fills_a_slide_with_letters_of_twenty_pixels() -> None:
    X, y = nn.lecture.observations()
    diagram = Contents(Snapshot(nn.lecture.network(), X, y), True, False, ".4g", 6)
    assert drawing_of(diagram, None).labelled
    assert drawing_of(diagram, None).letters >= 20.0


# -- the loss --------------------------------------------------------------------------------------


def test_the_lecture_loss_is_drawn_with_its_residuals_and_targets() -> None:
    network = nn.lecture.network()
    picture = nn.draw_network(network, *nn.lecture.observations(), gradients=True)
    shown = labels(picture)
    assert shown["a2_1"] == r"a₁⁽²⁾\n0.8095\n0.8827"
    assert (shown["y_1"], shown["e_1"], shown["R"]) == ("y = 1.2, 0.7", r"e\n0.3905\n−0.1827", r"R\n0.1859")
    assert {r"residual\ne = y − a", r"loss\nR = Σ(y − a)²"} <= set(shown.values())
    assert {"a2_1 -> e_1", "y_1 -> e_1", "e_1 -> R"} <= set(lines(picture))
    assert r"gradients: ∇R over observations 1–2\l" in shown.values()
    assert r"nodes: observations 1 and 2\l" in shown.values()


def test_gradients_are_those_of_the_loss_that_is_drawn_and_are_stored_nowhere() -> None:
    network = nn.lecture.network()
    (x, _), (y, _) = nn.lecture.observations()
    nn.lecture.loss(network).backward()
    stored = [p.grad for p in network.parameters()]
    shown = labels(nn.draw_network(network, x, y, gradients=True))
    assert shown["w1_1_1"] == r"w₁₁⁽¹⁾ = 0.2\n∂R/∂w −0.3506"
    assert shown["b2_1"] == r"b₁⁽²⁾ = 0.4\n∂R/∂b −0.781"
    assert r"gradients: ∇R over this observation\l" in shown.values()
    assert [p.grad for p in network.parameters()] == stored
    ours = labels(nn.draw_network(network, x, gradients=True))
    assert ours["w1_1_1"] == r"w₁₁⁽¹⁾ = 0.2\ngrad −0.4042"
    assert r"gradients: as backward() left them in .grad\l" in ours.values()


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_gradients_are_those_of_the_engine(count, n_outputs, seed) -> None:
    rng = np.random.default_rng(seed)
    mlp = nn.MLP(2, [n_outputs], seed=seed)
    x, y = rng.normal(size=(count, 2)), rng.normal(size=(count, n_outputs))
    snapshot = Snapshot(mlp, x, y)
    nn.squared_error(mlp(x), y).backward()
    expected = mlp.layers[0].weight.grad
    drawn = [[snapshot.weight(1, j + 1, k + 1).grad for k in range(2)] for j in range(n_outputs)]
    np.testing.assert_array_equal(drawn, expected)
    assert snapshot.loss is not None
    assert snapshot.loss.number == nn.squared_error(mlp.predict(x), y)


def test_several_outputs_have_a_residual_each() -> None:
    mlp = nn.MLP(1, [2], initialize="zeros")
    shown = labels(nn.draw_network(mlp, [1.0], [3.0, -1.0]))
    assert (shown["y_1"], shown["e_1"]) == ("y₁ = 3", r"e₁\n3")
    assert (shown["y_2"], shown["e_2"], shown["R"]) == ("y₂ = −1", r"e₂\n−1", r"R\n10")


def test_another_loss_has_no_residuals() -> None:
    mlp = nn.MLP(2, [3], initialize="zeros")
    shown = labels(nn.draw_network(mlp, [[1.0, 2.0]], [2], loss=nn.cross_entropy))
    assert (shown["y"], shown["R"]) == ("y = 2", r"R\n1.099")
    assert r"loss\nR = cross_entropy(a, y)" in shown.values()
    assert "e_1" not in shown


def test_a_loss_may_come_as_a_value() -> None:
    network = nn.lecture.network()
    shown = labels(nn.draw_network(network, [3.0, -2.0], loss=nn.lecture.loss(network), gradients=True))
    assert shown["R"] == r"R(θ)\n0.1859"
    assert shown["w1_1_1"] == r"w₁₁⁽¹⁾ = 0.2\n∂R(θ)/∂w −0.4042"
    assert r"gradients: ∇R(θ)\l" in shown.values()


def test_of_many_observations_nodes_show_the_first() -> None:
    mlp = nn.MLP(1, [1], seed=0)
    shown = labels(nn.draw_network(mlp, np.arange(1000.0), np.zeros(1000), gradients=True))
    assert shown["a0_1"] == r"x₁\n0"
    assert r"nodes: observation 1 of 1,000\l" in shown.values()
    assert r"gradients: ∇R over observations 1–1,000\l" in shown.values()


def test_lines_show_gradients_on_request() -> None:
    network = nn.lecture.network()
    drawn = lines(nn.draw_network(network, *nn.lecture.observations(), lines="gradient"))
    assert drawn["a0_1 -> a1_1"]["style"] == "dashed"  # ∂R/∂w₁₁⁽¹⁾ < 0
    assert drawn["a0_2 -> a1_1"]["style"] == "solid"  # ∂R/∂w₁₂⁽¹⁾ > 0
    assert drawn["b2_1 -> a2_1"]["penwidth"] == f"{THICK:.2f}"  # the largest


def test_a_frozen_parameter_has_no_gradient_and_a_line_of_its_own() -> None:
    network = nn.lecture.network()
    network.layers[0].neurons[0].weights[0].constant = True
    picture = nn.draw_network(network, *nn.lecture.observations(), gradients=True, lines="gradient")
    assert labels(picture)["w1_1_1"].endswith("∂R/∂w –")
    assert lines(picture)["a0_1 -> a1_1"]["penwidth"] == f"{THIN:.2f}"
    assert r"not computed\l" in labels(picture).values()


def test_the_legend_says_what_dashes_and_thickness_mean() -> None:
    picture = nn.draw_network(nn.lecture.network(), max_labels=0)
    said = set(labels(picture).values())
    assert {r"positive\l", r"negative\l", r"thin: near 0\l", r"thick: \|w\|, \|b\| = 0.6\l"} <= said
    zero = nn.draw_network(nn.MLP(1, [1], initialize="zeros"))
    assert r"zero\l" in labels(zero).values()


def test_a_loss_that_cannot_be_drawn_is_refused() -> None:
    network = nn.lecture.network()
    X, y = nn.lecture.observations()
    other, r = nn.lecture.loss(nn.lecture.network()), nn.lecture.loss(network)
    one_each: Any = partial(nn.squared_error, reduction="none")
    bias: Any = "bias"
    count = r"expected a target for each of 2 observations, got y of shape \(3,\)"
    wrong: list[tuple[type[Exception], str, Any, dict[str, Any]]] = [
        (TypeError, r"y must be targets, got True; gradients=True is given by its name", X, {"y": True}),
        (TypeError, r"function of \(output, target\), or a Value, got str", X, {"y": y, "loss": "R"}),
        (ValueError, r"a loss needs targets", X, {"loss": nn.squared_error}),
        (ValueError, r"targets need observations; give x, too", None, {"y": y}),
        (ValueError, count, X, {"y": [1, 2, 3]}),
        (ValueError, r"the loss is a number already, so it needs no y", X, {"y": y, "loss": r}),
        (ValueError, r"does not depend on this network", X, {"loss": other}),
        (ValueError, r"the loss must be one number, got .*; sum it", X, {"y": y, "loss": one_each}),
        (ValueError, r"'gradient', but there are no gradients; give x and y", X, {"lines": "gradient"}),
        (ValueError, r"lines", X, {"lines": bias}),
    ]
    for kind, message, x, options in wrong:
        with pytest.raises(kind, match=message):
            nn.draw_network(network, x, **options)


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


def test_names_typed_in_ascii_are_shown_as_mathematics() -> None:
    network = nn.Network(1, [1], initialize="zeros")
    network.layers[0].neurons[0].weights[0].name = "w11_2"
    shown = labels(nn.draw_network(network, [Value(3.0, "x_1")]))
    assert (shown["a0_1"], shown["w1_1_1"]) == (r"x₁\n3", "w₁₁⁽²⁾ = 0")


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
    with pytest.raises(ValueError, match=r"expected one observation, or a table of them in rows, got shape"):
        nn.draw_network(network, [np.ones((3, 2)), np.ones((3, 2))])
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
