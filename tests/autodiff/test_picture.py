"""Pictures: what they show, that they are the same each time, and how they are written."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, draw, gradients, sigmoid, tanh
from autodiff.pictures.picture import GraphPicture, Picture
from autodiff.pictures.theme import THEMES
from autodiff.text.letters import lettered
from autodiff.text.notation import visible

DOCS = Path(__file__).parents[2] / "docs"
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
    return {line.split()[0]: line for line in lines if re.match(r"n\d+ \[id=", line)}


@laid_out
def test_every_node_shows_name_operation_data_and_gradient() -> None:
    shown = texts(draw(neuron()))
    assert {"w₁₁⁽¹⁾ = 0.2", "grad 0.6651", "x₁ = 3", "×", "0.6", "+", "σ"} <= set(shown)
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
    dot = draw(x * x).dot
    for k in (0, 1):
        assert f'n0 -> l1_{k} [id="s1_{k}"' in dot
        assert f'l1_{k} -> n1 [id="e1_{k}"' in dot


def test_operands_that_cannot_change_places_are_numbered_where_no_derivatives_are_shown() -> None:
    x, y = Value(3.0), Value(2.0)
    assert '[id="l2_0" label="①"' in draw(x - y, show="data").dot
    assert '[id="l2_1" label="②"' in draw(x - y, show="data").dot
    assert 'n0 -> n2 [id="e2_0"]' in draw(x + y, show="data").dot
    assert '[id="l2_1" label="∂ = −1"' in draw(x - y).dot


def test_kinds_of_nodes_differ_without_colour() -> None:
    nodes = attributes(draw(neuron() * 2.0).dot)
    looks = [
        frozenset(re.findall(r'(?:shape|style|penwidth)="[^"]*"', line))
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
    assert "W⁽¹⁾ (784, 256)|−1 … 1|grad –" in dot
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


class Mermaid:
    """As much of Mermaid as pictures use: what a label in quotes stands for."""

    LABEL = re.compile(r'\s*\w+[(\[]+"(.*)"[)\]]+:::\w+')

    @staticmethod
    def labels(source: str) -> list[list[str]]:
        """The lines on each node. A quote inside a label would end it."""
        found = [Mermaid.LABEL.fullmatch(line) for line in source.splitlines()]
        assert all('"' not in match[1] and "`" not in match[1] for match in found if match)
        return [[Mermaid.decoded(line) for line in match[1].split("<br>")] for match in found if match]

    @staticmethod
    def decoded(text: str) -> str:
        """Mermaid takes #60; for the letter of that number."""
        assert not re.search(r"[<>&|{}\[\]]", text)
        return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.text(max_size=30), st.sampled_from([*HOSTILE, "#60;", "#quot;", "`", "1. x", "- x", "end"]))
)
def test_any_name_is_text_in_mermaid_and_on_one_line_of_the_text(name: str) -> None:
    picture = draw(Value(1.0, name) * 2.0, show="data")
    title = f"{visible(lettered(name)) if name else 'v₁'} = 1"
    result = "f₁" if lettered(name) == "f" else "f"
    assert Mermaid.labels(picture.mermaid) == [[title], ["2"], ["×", f"{result} = 2"]]
    assert len(picture.mermaid.splitlines()) == 1 + 3 + 2 + 3
    lines = picture.text.splitlines()
    assert [line.split()[0] for line in lines] == ["n0", "n1", "n2"]
    assert title.strip() in lines[0]


@laid_out
@settings(max_examples=30, deadline=None)
@given(st.text(max_size=30))
def test_any_name_can_be_drawn(name: str) -> None:
    shown = texts(draw(Value(1.0, name) * 2.0, show=("data", "grad")))
    assert {"×", "2", "grad –"} <= set(shown)
    assert len(shown) == 6
    assert any(re.fullmatch("f₁? = 2", text) for text in shown)


@laid_out
@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".svg", b"<?xml"),
        (".png", b"\x89PNG"),
        (".pdf", b"%PDF"),
        (".dot", b"digraph"),
        (".mmd", b"flowchart LR"),
        (".txt", b"n0   leaf"),
    ],
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
    assert picture._repr_mimebundle_() == {"image/svg+xml": picture.svg, "text/plain": picture.text}
    assert picture.png.startswith(b"\x89PNG")
    assert repr(picture).startswith("<picture of a graph")


@pytest.mark.parametrize("name", ["neuron.jpg", "neuron", "neuron.svgz"])
def test_an_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in one of \.svg, \.dot, \.png, \.pdf, \.mmd, \.txt, got"):
        draw(neuron()).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_documentation_names_every_format() -> None:
    page = DOCS / "how-to" / "pictures.md"
    _, claim = page.read_text(encoding="utf-8").split("`picture.save` takes ")
    named = re.findall(r"\.[a-z]+\b", claim.partition(";")[0])
    assert sorted(named) == sorted(GraphPicture.formats())


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
def test_without_graphviz_a_notebook_shows_the_text_and_the_remedies() -> None:
    picture = draw(neuron())
    shown = picture._repr_mimebundle_()
    assert list(shown) == ["text/plain"]
    assert shown["text/plain"].startswith(picture.text)
    assert "apt install graphviz" in shown["text/plain"]
    assert picture._repr_svg_() is None


@pytest.mark.usefixtures("no_graphviz")
def test_without_graphviz_the_graph_is_still_written_as_dot(tmp_path: Path) -> None:
    assert draw(neuron()).save(tmp_path / "neuron.dot").read_text().startswith("digraph")


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for the program")
def test_the_program_dot_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\ncat > /dev/null\necho "<svg>drawn by dot $*</svg>"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert "drawn by dot -Kdot -Tsvg" in Picture(draw(neuron()).dot).svg


@laid_out
def test_drawing_writes_nothing_on_stderr() -> None:
    program = (
        "from autodiff import Value, draw; import sys; draw(Value(1.0) * 2).svg; sys.stderr.write('heard')"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": "/nowhere/fonts.conf"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("heard", 0)


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown direction 'up'; .*there are LR, TB, RL, BT"):
        draw(neuron(), direction="up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown theme 'drak'; did you mean 'dark'"):
        draw(neuron(), theme="drak")
    with pytest.raises(ValueError, match="unknown thing to show 'gradients'; did you mean 'grad'"):
        draw(neuron(), show=["data", "gradients"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="the thing to show must be a name, got 5"):
        draw(neuron(), show=5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="collapse must be 0 or above, got -1"):
        draw(neuron(), collapse=-1)
    with pytest.raises(ValueError, match=r"number_format must be a format such as '.4g', got 'four'"):
        draw(neuron(), number_format="four")
    with pytest.raises(ValueError, match="max_nodes must be 2 or above, got 1"):
        draw(neuron(), max_nodes=1)
    with pytest.raises(ValueError, match="at least one Value, got none"):
        draw()
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


@laid_out
def test_nodes_and_edges_of_the_svg_have_ids() -> None:
    svg = ElementTree.fromstring(draw(neuron()).svg)
    ids = {group.get("id") for group in svg.iter(f"{SVG}g")}
    assert {"n0", "n1", "n2", "n5", "e2_0", "e2_1", "e5_0"} <= ids


def test_several_values_are_drawn_in_one_picture_and_each_is_an_output() -> None:
    x = Value(3.0, "x")
    y = x * x
    z = y + x
    for picture in (draw(y, z), draw([y, z])):
        assert picture.dot.count('penwidth="2"') == 2
    assert draw(z).dot.count('penwidth="2"') == 1


def test_the_graph_of_a_gradient_is_drawn_too() -> None:
    x = Value(2.0, "x")
    y = x * x * x
    slope = gradients(y, x, create_graph=True)
    slope.name = "y′"
    dot = draw(y, slope).dot
    assert "y′ = 12" in dot
    assert len(re.findall(r'^    n\d+ \[id="n\d+" label="x = 2\|', dot, re.MULTILINE)) == 1


@pytest.mark.parametrize("theme", ["auto", "light", "dark", "mono"])
def test_text_stands_out_from_its_ground_in_every_theme(theme: str) -> None:
    colours = THEMES[theme]
    for ground in (colours.card, colours.leaf, colours.constant, colours.output):
        assert contrast(colours.text, ground) >= 7.0
        assert contrast(colours.border, ground) >= 4.5
    for page in ("white", "black") if theme == "auto" else (colours.page,):
        assert contrast(colours.line, page) >= 3.9  # one grey cannot do better on white and black at once


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 defines it: from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    code = {"white": "#ffffff", "black": "#000000"}.get(colour, colour)
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_what_is_shown_can_be_chosen() -> None:
    assert "grad" not in draw(neuron(), show="data").dot
    assert "0.2217" not in draw(neuron(), show="data").dot
    assert "x₁ = 3" not in draw(neuron(), show=["grad"]).dot
    assert "∂ = a₁⁽¹⁾\\n(1 − a₁⁽¹⁾)\\n= 0.2217" in draw(neuron(), show=["local"]).dot


def test_the_text_has_a_line_for_each_card() -> None:
    assert draw(neuron()).text.splitlines() == [
        "n0   leaf         w₁₁⁽¹⁾ = 0.2     grad 0.6651",
        "n1   constant     x₁ = 3",
        "n2   ×            0.6              grad 0.2217   ← n0 (∂ = x₁ = 3), n1",
        "n3   leaf         b₁⁽¹⁾ = 0.1      grad 0.2217",
        "n4   +            u₁ = 0.7         grad 0.2217   ← n2 (∂ = 1), n3 (∂ = 1)",
        "n5   σ (output)   a₁⁽¹⁾ = 0.6682   grad 1        ← n4 (∂ = a₁⁽¹⁾ (1 − a₁⁽¹⁾) = 0.2217)",
    ]


@pytest.mark.parametrize("each_operation", ["no", 1])
def test_each_operation_is_true_or_false(each_operation):
    with pytest.raises(TypeError, match="draw: each_operation must be True or False"):
        draw(Value(2.0, "x") ** 2, each_operation=each_operation)


@laid_out
def test_the_picture_in_the_readme_is_that_of_its_code() -> None:
    x, w, b = Value(2.0, "x"), Value(-0.5, "w"), Value(0.8, "b")
    y = tanh(w * x + b)
    y.name = "y"
    y.backward()
    file = DOCS / "expression.svg"
    shown = ElementTree.parse(file).iter(f"{SVG}text")
    assert sorted(text.text or "" for text in shown) == sorted(texts(draw(y)))


def test_a_small_picture_has_a_legend_only_where_something_is_nan() -> None:
    x = Value(-1.0, "x")
    assert "rounded: a variable" not in draw(2.0 * x).dot
    assert "thick and dashed: nan" in draw(2.0 * x.log()).dot
    assert "thick and dashed: nan" not in draw(2.0 * x.log(), legend=False).dot
