"""Pictures: what they show, that they are the same each time, and how they are written."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, draw, sigmoid
from autodiff.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"

laid_out = pytest.mark.skipif(
    not (shutil.which("dot") or importlib.util.find_spec("pygraphviz")), reason="no Graphviz here"
)


def neuron() -> Value:
    """A neuron of the lecture after `backward()`."""
    w, x, b = Value(0.2, "w₁₁⁽¹⁾"), Value(3.0, "x₁", constant=True), Value(0.1, "b₁⁽¹⁾")
    a: Value = sigmoid(w * x + b)
    a.name = "a₁⁽¹⁾"
    a.backward()
    return a


def texts(picture: Picture) -> list[str]:
    """Every piece of text that the picture shows, in order."""
    return [text.text or "" for text in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]


def attributes(dot: str) -> dict[str, str]:
    """The lines of the nodes, by id."""
    lines = [line.strip() for line in dot.splitlines()]
    return {line.split()[0]: line for line in lines if line.startswith("n") and "[label=" in line}


@laid_out
def test_every_node_shows_name_operation_data_and_gradient() -> None:
    shown = texts(draw(neuron()))
    assert {"w₁₁⁽¹⁾ = 0.2", "grad 0.6651", "x₁ = 3", "grad –", "×", "0.6", "+", "σ"} <= set(shown)
    assert {"a₁⁽¹⁾ = 0.6682", "grad 1"} <= set(shown)


def test_a_gradient_not_computed_is_a_dash_and_never_zero() -> None:
    x = Value(3.0, "x")
    assert "grad –" in draw(x * 0.0).dot
    assert "grad 0" not in draw(x * 0.0).dot
    y = x * 0.0
    y.backward()
    assert "grad 0" in draw(y).dot


def test_a_picture_keeps_the_gradients_of_its_moment() -> None:
    x = Value(3.0, "x")
    y = x * x
    picture = draw(y)
    y.backward()
    assert "grad 6" not in picture.dot


def test_x_times_x_has_two_edges() -> None:
    x = Value(3.0, "x")
    assert draw(x * x).dot.count("n0 -> n1") == 2


def test_operands_that_cannot_change_places_are_numbered() -> None:
    x, y = Value(3.0), Value(2.0)
    assert "n0 -> n2 [label=1]" in draw(x - y).dot
    assert "n1 -> n2 [label=2]" in draw(x - y).dot
    assert "n0 -> n2\n" in draw(x + y).dot


def test_kinds_of_nodes_differ_without_colour() -> None:
    nodes = attributes(draw(neuron() * 2.0).dot)
    looks = [
        frozenset(word for word in line.split() if word.startswith(("shape", "style", "penwidth")))
        for line in (nodes["n0"], nodes["n1"], nodes["n2"], nodes["n6"], nodes["n7"])
    ]
    assert len(set(looks)) == 5


def test_a_leaf_changed_after_use_is_marked() -> None:
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    assert "changed after use" in draw(y).dot


def test_arrays_show_their_shape_and_range_and_not_their_entries() -> None:
    w = Value(np.linspace(-1.0, 1.0, 784 * 256).reshape(784, 256), "W⁽¹⁾")
    dot = draw(w * w).dot
    assert "W⁽¹⁾ (784, 256)|-1 … 1|grad –" in dot
    assert len(dot) < 1500


@laid_out
def test_the_same_expression_gives_the_same_bytes() -> None:
    first, again = draw(neuron()), draw(neuron())
    assert first.dot == again.dot
    assert first.svg == again.svg


HOSTILE = [
    "</svg><script>alert(1)</script>",
    "{|}",
    "<b>",
    'say "hi"',
    "back\\slash \\N \\l",
    "C:\\",
    "&lt; &amp; &#65;",
    "two\nlines",
    "👩\u200d🔬 naïve",
    "a\x00\x1b",
]


@laid_out
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_names_are_text_whatever_they_hold(name: str, direction: str) -> None:
    picture = draw(Value(1.0, name) * 2.0, direction=direction)  # type: ignore[arg-type]
    shown = name.replace("\n", r"\n").replace("\x00", r"\x00").replace("\x1b", r"\x1b")
    assert f"{shown} = 1" in texts(picture)
    assert not list(ElementTree.fromstring(picture.svg).iter(f"{SVG}script"))


@laid_out
@settings(max_examples=30, deadline=None)
@given(st.text(max_size=30))
def test_any_name_can_be_drawn(name: str) -> None:
    shown = texts(draw(Value(1.0, name) * 2.0))
    assert {"×", "2", "grad –"} <= set(shown)
    assert len(shown) == 6


@laid_out
@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".dot", b"digraph")]
)
def test_a_picture_is_saved_in_the_format_of_the_suffix(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"neuron{suffix}"
    assert draw(neuron()).save(str(path)) == path
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


@laid_out
def test_what_a_notebook_shows() -> None:
    picture = draw(neuron())
    assert picture._repr_svg_() == picture.svg
    assert picture.png.startswith(b"\x89PNG")
    assert repr(picture).startswith("<picture of a graph")


@pytest.mark.parametrize("name", ["neuron.jpg", "neuron", "neuron.svgz"])
def test_an_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in one of \.svg, \.dot, \.png, \.pdf, got"):
        draw(neuron()).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any layout engine."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_graphviz")
def test_without_graphviz_an_error_names_both_remedies(tmp_path: Path) -> None:
    kept = tmp_path / "neuron.svg"
    kept.write_text("before")
    with pytest.raises(RuntimeError, match=r"apt install graphviz.*pip install 'autodiff-lecture\[draw\]'"):
        draw(neuron()).save(kept)
    assert kept.read_text() == "before"
    assert list(tmp_path.iterdir()) == [kept]


@pytest.mark.usefixtures("no_graphviz")
def test_without_graphviz_the_graph_is_still_written_as_dot(tmp_path: Path) -> None:
    assert draw(neuron()).save(tmp_path / "neuron.dot").read_text().startswith("digraph")


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for the program")
def test_the_program_dot_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\ncat > /dev/null\necho "<svg>drawn by dot $*</svg>"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert draw(neuron()).svg == "<svg>drawn by dot -Kdot -Tsvg</svg>\n"


@laid_out
def test_drawing_writes_nothing_on_stderr() -> None:
    program = (
        "from autodiff import Value, draw; import sys; draw(Value(1.0) * 2).svg; sys.stderr.write('heard')"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": "/nowhere/fonts.conf"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("heard", 0)


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValueError, match="direction must be one of LR, TB, RL, BT, got 'up'"):
        draw(neuron(), direction="up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="more than 5 nodes"):
        draw(neuron(), max_nodes=5)
    with pytest.raises(TypeError, match="only a Value has a graph, got str"):
        draw("x")  # type: ignore[arg-type]


def test_the_format_of_numbers_can_be_chosen() -> None:
    assert "w₁₁⁽¹⁾ = 0.20" in draw(neuron(), number_format=".2f").dot


def test_graphviz_is_imported_by_the_first_picture_only() -> None:
    program = "import sys, autodiff; autodiff.draw; sys.exit('graphviz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_a_directory_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cannot save 'y.dot': there is no directory '.*nowhere'"):
        draw(Value(2.0, "x") * 3.0).save(tmp_path / "nowhere" / "y.dot")
