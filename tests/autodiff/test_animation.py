"""Back propagation step by step: every number shown is the engine's, and nothing of the graph is touched."""

from __future__ import annotations

import importlib.util
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn.lecture
from autodiff import Value, exp, gradients, linalg, matmul, maximum, sigmoid, sqrt, where
from autodiff import sum as sum_of
from autodiff.animation import Detail, Row, Sign, Step, Storyboard, animate
from autodiff.animation.fractions import flat
from autodiff.animation.propagation import Propagation, intermediates_of
from autodiff.animation.svg import element, picture
from autodiff.derivations.expression import evaluated
from tests.autodiff.test_random_derivations import POINTS, at, drawn

EXACT = ".17g"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

laid_out = pytest.mark.skipif(
    not (shutil.which("dot") or importlib.util.find_spec("pygraphviz")), reason="no Graphviz here"
)
moving = pytest.mark.skipif(
    not (importlib.util.find_spec("resvg_py") and importlib.util.find_spec("PIL")),
    reason="no Pillow or resvg",
)


def read(text: str) -> float:
    """A number as it is written: −1.5·10⁻⁷."""
    mantissa, _, exponent = text.replace("−", "-").replace("∞", "inf").partition("·10")
    return float(mantissa) * 10.0 ** int(exponent.translate(SUPERSCRIPTS) or 0)


def shown(story: Storyboard) -> dict[str, str]:
    """What every text says at the end."""
    return {id: text for step in story.steps for id, text in step.texts.items()}


def passes(output: Value, each_operation: bool | None = None) -> Propagation:
    return Propagation(intermediates_of(output, [], each_operation), [])


def lecture() -> Value:
    return nn.lecture.loss(nn.lecture.network())


# -- numbers ---------------------------------------------------------------------------------------


@given(drawn, POINTS, st.booleans())
@settings(max_examples=40)
def test_every_value_and_gradient_shown_is_the_engines(e, point, each_operation) -> None:
    output, _ = at(e, point)
    story = animate(output, each_operation=each_operation, number_format=EXACT)
    found = passes(output, each_operation)
    last = shown(story)
    for id in found.forward:
        assert read(last[f"v{id}"]) == pytest.approx(found.source(id).item(), rel=1e-15)
    for id in {pull.link.lower for pull in found.backward}:
        assert read(last[f"g{id}"]) == pytest.approx(gradients(output, found.source(id)), rel=1e-15)


@given(drawn, POINTS, st.booleans())
@settings(max_examples=40)
def test_the_terms_add_up_and_each_is_the_product_that_is_shown(e, point, each_operation) -> None:
    output, _ = at(e, point)
    found = passes(output, each_operation)
    numbers = {name: found.data[id] for id, name in found.names.items()}
    sums: dict[int, float] = {}
    for pull in found.backward:
        upper, lower = pull.link.upper, pull.link.lower
        assert pull.local == pytest.approx(evaluated(pull.link.term, numbers), rel=1e-9, abs=1e-12)
        assert pull.term == pytest.approx(found.gradients[upper] * pull.local, rel=1e-12, abs=1e-300)
        sums[lower] = sums.get(lower, 0.0) + pull.term
        assert pull.so_far == pytest.approx(sums[lower], rel=1e-9, abs=1e-12)
        if pull.last:
            assert pull.so_far == found.gradients[lower]
    assert all(found.chain.users[id][-1] for id in sums)


@given(drawn, POINTS)
@settings(max_examples=20)
def test_the_graph_is_as_it_was(e, point) -> None:
    output, leaves = at(e, point)
    first, *others = leaves.values()
    first.grad = 7.0
    names = [node.name for node in passes(output).intermediates.graph]
    story = animate(output)
    _ = story.text, story.details
    assert first.grad == 7.0
    assert all(leaf.grad is None for leaf in others)
    assert output.grad is None
    assert [node.name for node in passes(output).intermediates.graph] == names


def test_the_lecture_is_told_link_by_link() -> None:
    frames = animate(lecture()).frames
    assert len(frames) == 1 + 13 + 1 + 30 + 1
    assert frames[1].text.splitlines() == [
        "Forward 1 of 13: z₁⁽¹⁾[1]",
        "  formula     z₁⁽¹⁾[1] = w₁₁⁽¹⁾·x₁[1] + w₁₂⁽¹⁾·x₂[1] + b₁⁽¹⁾",
        "  in numbers  z₁⁽¹⁾[1] = 0.2·3 + 0.4(−2) + 0.1",
        "  result      z₁⁽¹⁾[1] = −0.1",
        "  z₁⁽¹⁾[1] is computed from w₁₁⁽¹⁾, x₁[1], w₁₂⁽¹⁾, x₂[1] and b₁⁽¹⁾.",
    ]
    link = next(frame for frame in frames if frame.title.endswith("from a₁⁽²⁾[1] to a₁⁽¹⁾[1]"))
    assert link.text.splitlines()[1:6] == [
        "  local derivative  ∂a₁⁽²⁾[1]/∂a₁⁽¹⁾[1] = w₁₁⁽²⁾ = 0.6",
        "  chain rule        ∂R(θ)/∂a₁⁽¹⁾[1] = ∂R(θ)/∂a₁⁽²⁾[1] · ∂a₁⁽²⁾[1]/∂a₁⁽¹⁾[1]",
        "  in numbers        ∂R(θ)/∂a₁⁽¹⁾[1] = −0.781 · 0.6 = −0.4686",
        "  link by link      ∂R(θ)/∂a₁⁽¹⁾[1] = ∂R(θ)/∂e[1] · ∂e[1]/∂a₁⁽²⁾[1] · ∂a₁⁽²⁾[1]/∂a₁⁽¹⁾[1]",
        "  in numbers        ∂R(θ)/∂a₁⁽¹⁾[1] = 0.781 · (−1) · 0.6 = −0.4686",
    ]
    assert "∂R(θ)/∂w₁₁⁽¹⁾ = −0.4042" in frames[-1].text
    assert "9 derivatives" in frames[-1].text


def test_a_sum_grows_term_by_term() -> None:
    x = Value(3.0, "x")
    story = animate(x * x + 2.0 * x)
    sums = [formula for step in story.steps for label, formula in step.formulas if label.startswith("sum")]
    assert [re.sub("[\ue000-\ue002]", "", text) for text in sums] == ["∂f∂x = 2 + …", "∂f∂x = 2 + 6 = 8"]
    (id,) = [id for id, name in passes(x * x).names.items() if name == "x"]
    assert shown(story)[f"g{id}"] == "8"


def test_only_the_links_to_what_is_asked_for_are_walked() -> None:
    network = nn.lecture.network()
    r = nn.lecture.loss(network)
    weight = network.layers[0].neurons[0].weights[0]
    titles = [frame.title for frame in animate(r, weight).frames]
    assert not any("z₂⁽¹⁾" in title for title in titles if title.startswith("Backward"))
    assert titles[-1] == "Done: the gradient"
    both = [frame.title for frame in animate(r, [weight, network.layers[1].neurons[0].bias]).frames]
    assert len(both) > len(titles)


def test_operations_are_steps_unless_results_have_names() -> None:
    x = Value(2.0, "x")
    assert len(animate(x * x + 1.0).frames) == 1 + 2 + 1 + 2 + 1
    u = x * x
    u.name = "u"
    assert len(animate(sigmoid(u + 1.0)).frames) == 1 + 2 + 1 + 2 + 1
    assert len(animate(sigmoid(u + 1.0), each_operation=True).frames) == 1 + 3 + 1 + 3 + 1


def test_an_infinite_slope_that_is_not_taken_adds_nothing() -> None:
    x = Value(0.0, "x")
    story = animate(where(x > 0.0, sqrt(x), 0.0 * x), each_operation=True)
    (id,) = [id for id, name in passes(where(x > 0.0, sqrt(x), 0.0 * x), True).names.items() if name == "x"]
    assert shown(story)[f"g{id}"] == "0"


def test_arrays_are_told_by_their_matrix_rules_and_never_printed() -> None:
    rng = np.random.default_rng(0)
    a, b = Value(rng.normal(size=(30, 20)), "A"), Value(rng.normal(size=(20, 40)), "B")
    y = matmul(a, b)
    y.name = "Y"
    story = animate(sum_of(y * y))
    assert "Ā = Ȳ·Bᵀ" in story.text
    assert "B̄ = Aᵀ·Ȳ" in story.text
    assert "shape 30×20" in story.text
    assert len(story.text) < 5000


def test_lazy_arrays_are_not_computed() -> None:
    dask = pytest.importorskip("dask")
    da = pytest.importorskip("dask.array")
    w = Value(da.ones((4, 3), chunks=2), "W")
    loss = 2.0 * sum_of(exp(w) * w)

    def computes(*arguments, **options):
        raise AssertionError("computed silently")

    with dask.config.set(scheduler=computes):
        assert "dask array" in animate(loss).text


def test_results_in_parts_are_told() -> None:
    story = animate(sum_of(linalg.eigh(Value([[2.0, 0.0], [0.0, 3.0]], "A"))[0]))
    assert shown(story)["g0"] == "[[1, 0], [0, 1]]"


def test_a_story_keeps_the_arrays_of_its_moment() -> None:
    x = Value([1.0, 2.0], "x")
    story = animate(sum_of(x * x))
    x.data -= 5.0
    assert "[1, 2]" in story.frames[0].svg
    assert "−4" not in story.frames[0].svg


def test_what_is_given_is_counted_in_singular_and_plural() -> None:
    x, c = Value(3.0, "x"), Value(2.0, "c", constant=True)
    assert animate(sigmoid(x)).frames[0].text.split("  ")[1].startswith("Given is 1 variable. The forward")
    assert "Given are 1 variable and 1 constant." in animate(x * c).frames[0].text


# -- refusals --------------------------------------------------------------------------------------


def test_what_cannot_be_shown_is_refused_with_the_remedy():
    x, c = Value(2.0, "x"), Value(1.0, "c", constant=True)
    with pytest.raises(TypeError, match="expected a Value, got float"):
        animate(2.0)
    with pytest.raises(ValueError, match="depends on no variable"):
        animate(c * 2.0)
    with pytest.raises(ValueError, match="'c' is a constant"):
        animate(x * c, c)
    with pytest.raises(ValueError, match="does not depend on 'z'"):
        animate(x * c, Value(1.0, "z"))
    with pytest.raises(ValueError, match=r"must be a number, got .* of shape \(2,\); sum it"):
        animate(x * np.ones(2))
    with pytest.raises(ValueError, match="unknown direction 'up'; there are LR"):
        animate(x * c, direction="up")
    with pytest.raises(ValueError, match=r"animate: number_format must be a format such as '.4g', got 'd'"):
        animate(x * c, number_format="d")
    with pytest.raises(TypeError, match="animate: max_nodes must be an integer, got 'many'"):
        animate(x * c, max_nodes="many")
    with pytest.raises(TypeError, match="animate: each_operation must be True or False, got 'yes'"):
        animate(x * c, each_operation="yes")


def test_what_is_not_a_step_is_refused_by_name_and_so_is_a_leaf_that_was_changed() -> None:
    x = Value(2.0, "x")
    u = x * 2.0
    v = u + 1.0
    v.name = "v"
    with pytest.raises(ValueError, match="not a step of its own; name it"):
        animate(v * x, [u, x], each_operation=False)
    x.data = 3.0
    with pytest.raises(ValueError, match="assigned new data after"):
        animate(u)


def test_of_a_large_graph_what_is_nearest_to_the_output_is_shown_and_what_is_left_out_is_said() -> None:
    y = Value(2.0, "x")
    for _ in range(300):
        y = sigmoid(y)
    story = animate(y)
    assert len(story.steps) == 3 + 2 * 59
    assert "Shown are the 60 values nearest to f; 241 values are left out" in story.frames[0].text
    assert len(animate(y, max_nodes=400).steps) == 603


@given(st.integers(2, 40), st.integers(3, 30))
def test_gradients_at_the_end_are_those_of_the_whole_graph_however_much_is_left_out(n, most):
    w, h = Value(0.7, "w"), Value(0.3, "h")
    y = h
    for k in range(n):
        y = sigmoid(w * y + 0.1 * k)
        y.name = f"y{k}"
    story = animate(y, [w, h], max_nodes=most, number_format=EXACT)
    assert len(story.steps) <= 3 + 4 * most
    found = [read(flat(equation).rpartition("= ")[2]) for _, equation in story.steps[-1].formulas]
    assert found == pytest.approx(gradients(y, [w, h]), rel=1e-14)


def test_a_variable_alone_has_a_story(tmp_path: Path) -> None:
    assert [frame.title for frame in animate(Value(3.0, "x")).frames] == [
        "The graph of x",
        "The backward pass begins",
        "Done: the gradient",
    ]


# -- pictures and pages ------------------------------------------------------------------------------


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "\"'><b>",
    "a\u2028b\u2029c",
    "😀 ${title}",
    "\ue000R\ue001w\ue002",
    "]]>&amp;",
    "{|}",
    "__proto__",
    "n1 -> n2; x [",
]


def hostile() -> Value:
    """A graph of which every name is meant to break something."""
    values = [Value(float(k + 1), name) for k, name in enumerate(HOSTILE)]
    y = values[0]
    for value in values[1:]:
        y = y * value
        y.name = f"<i>{value.name}</i>"
    return y


@laid_out
def test_a_frame_is_one_svg_with_the_active_node_and_edge_marked() -> None:
    x = Value(3.0, "x")
    frame = animate(sigmoid(x)).frames[3]
    assert frame.title == "Backward 1 of 1: from f to x"
    root = ElementTree.fromstring(frame.svg)
    classes = {part.get("id"): part.get("class") for part in root.iter() if part.get("id")}
    assert classes["n0"] == "node leaf done reached"
    assert classes["n1"] == "node output done upper"
    assert classes["e0-1"] == "edge passed pull"
    texts = [part.text for part in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"x", "3", "0.04518", "Backward 1 of 1: from f to x"} <= set(texts)
    assert "var(" not in frame.svg


@laid_out
def test_all_frames_of_a_story_have_one_size() -> None:
    sizes = {ElementTree.fromstring(frame.svg).get("viewBox") for frame in animate(lecture()).frames[::9]}
    assert len(sizes) == 1


@laid_out
def test_names_come_out_as_text_in_every_format() -> None:
    story = animate(hostile())
    root = ElementTree.fromstring(story.frames[-1].svg)
    tags = {part.tag.rpartition("}")[2] for part in root.iter()}
    assert tags == {"svg", "title", "style", "rect", "g", "path", "text", "line"}
    assert "</script><img src=x onerror=alert(1)>" in story.text
    html = story.html
    assert html.count("<script") == 2
    assert html.count("</script>") == 2
    assert "<img" not in html
    assert "<b>" not in html
    assert "\u2028" not in html
    assert "&lt;i&gt;" in html


@laid_out
def test_the_page_loads_nothing_and_allows_nothing_else() -> None:
    html = animate(lecture()).html
    assert re.search(
        """content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';""", html
    )
    assert not re.search(r'(src|href)\s*=|url\((?!#inside)|@import|style="', html)
    assert html.count("http") == html.count("http://www.w3.org/2000/svg") + html.count("http-equiv")


@laid_out
def test_the_page_is_the_same_bytes_each_time() -> None:
    assert animate(lecture()).html == animate(lecture()).html
    assert animate(hostile()).frames[5].svg == animate(hostile()).frames[5].svg


@laid_out
def test_a_notebook_shows_the_page_apart_from_its_own(tmp_path: Path) -> None:
    shown_in = animate(lecture())._repr_html_()
    assert shown_in.startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')
    assert 'sandbox="allow-scripts"' in shown_in
    assert shown_in.count("<") == 2


def test_the_text_needs_no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    story = animate(lecture())
    assert story.frames[16].text.startswith("Backward 2 of 30")
    with pytest.raises(RuntimeError, match="needs Graphviz"):
        _ = story.html


@laid_out
def test_the_suffix_names_the_format(tmp_path: Path) -> None:
    story = animate(lecture())
    assert story.save(tmp_path / "page.HTML").read_text(encoding="utf-8") == story.html
    assert story.save(tmp_path / "steps.txt").read_text(encoding="utf-8") == story.text
    with pytest.raises(ValueError, match=r"must end in one of \.html, \.gif"):
        story.save(tmp_path / "page.pdf")
    for seconds in (0, 1000.0):
        with pytest.raises(ValueError, match=rf"shown for 0.01 to 600 seconds, got {seconds}"):
            story.save(tmp_path / "page.gif", seconds=seconds)
    with pytest.raises(TypeError, match="seconds must be a number, got '1'"):
        story.save(tmp_path / "page.gif", seconds="1")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match="make it first"):
        story.save(tmp_path / "missing" / "page.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.HTML", "steps.txt"]


@laid_out
def test_a_frame_is_saved_as_pictures_are(tmp_path: Path) -> None:
    frame = animate(lecture()).frames[20]
    assert frame.save(tmp_path / "step.svg").read_text(encoding="utf-8") == frame.svg
    assert frame.save(tmp_path / "step.txt").read_text(encoding="utf-8") == frame.text
    with pytest.raises(ValueError, match=r"must end in one of \.txt, \.svg, \.png, got"):
        frame.save(tmp_path / "step.gif")
    root = ElementTree.fromstring(frame.svg)
    assert root.attrib["style"] == "max-width:100%;height:auto"
    assert all(part.get("textLength") for part in root.iter("{http://www.w3.org/2000/svg}text") if part.text)


@laid_out
@moving
def test_a_frame_is_saved_as_pixels(tmp_path: Path) -> None:
    from PIL import Image

    with Image.open(animate(lecture()).frames[20].save(tmp_path / "step.png")) as image:
        assert (image.format, image.size[0]) == ("PNG", 1600)


@laid_out
def test_the_parts_of_a_gradient_are_in_columns_and_all_there() -> None:
    frame = animate(lecture()).frames[-1]
    said = [
        part
        for part in ElementTree.fromstring(frame.svg).iter("{http://www.w3.org/2000/svg}text")
        if part.get("class") == "caption formula"
    ]
    assert [part.text for part in said] == [flat(formula) for _, formula in frame.step.formulas]
    assert len({part.attrib["y"] for part in said}) <= 3
    ends: dict[str, float] = {}
    for part in said:
        start, length = float(part.attrib["x"]), float(part.attrib["textLength"])
        assert start > ends.get(part.attrib["y"], 0.0)
        ends[part.attrib["y"]] = start + length


@laid_out
def test_slides_have_a_frame_each_with_its_text_as_notes(tmp_path: Path) -> None:
    story = animate(hostile())
    text = story.save(tmp_path / "my slides.md").read_text(encoding="utf-8")
    assert text.startswith("---\nmarp: true\n")
    slides = text.split("---\n\n")[1:]
    assert len(slides) == len(story.frames)
    for number, (slide, frame) in enumerate(zip(slides, story.frames, strict=True), 1):
        (found,) = re.findall(r"^!\[.*\]\((my%20slides/frame-\d\d\.svg)\)$", slide, re.MULTILINE)
        assert found.endswith(f"{number:02}.svg")
        assert (tmp_path / "my slides" / Path(found).name).read_text(encoding="utf-8") == frame.slide
        assert slide.count("<!--") == slide.count("-->") == 1
        assert [line for line in slide.splitlines() if line.startswith(("#", "<"))] == ["<!--"]


@laid_out
def test_a_folder_has_the_frames_of_this_story_and_what_else_was_there(tmp_path: Path) -> None:
    x = Value(3.0, "x")
    long, short = animate(sigmoid(x * x) + x), animate(sigmoid(x))
    folder = tmp_path / "frames"
    assert long.save(folder) == folder
    (folder / "frame.svg").write_text("mine")
    assert len(list(folder.iterdir())) == len(long.frames) + 1
    short.save(folder)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "frame-01.svg",
        "frame-02.svg",
        "frame-03.svg",
        "frame-04.svg",
        "frame-05.svg",
        "frame.svg",
    ]
    assert (folder / "frame-03.svg").read_text(encoding="utf-8") == short.frames[2].slide


@laid_out
@pytest.mark.parametrize("value", [lecture, hostile])
def test_a_slide_has_its_shape_and_all_of_the_frame(value: Callable[[], Value]) -> None:
    frame = animate(value()).frames[3]
    own, slide = ElementTree.fromstring(frame.svg), ElementTree.fromstring(frame.slide)
    left, top, width, height = map(float, slide.attrib["viewBox"].split())
    _, _, inner, high = map(float, own.attrib["viewBox"].split())
    assert width / height == pytest.approx(16 / 9, rel=1e-3)
    assert top == 0.0
    assert left + width / 2 == pytest.approx(inner / 2, abs=0.2)
    assert width >= inner - 0.1
    assert height >= high - 0.1
    assert (slide.attrib["width"], slide.attrib["height"]) == ("1280", "720")


@laid_out
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    story = animate(sigmoid(Value(3.0, "x")))
    with pytest.raises(
        FileNotFoundError, match=r"cannot save 'frames': there is no directory .*; make it first"
    ):
        story.save(tmp_path / "missing" / "frames")
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(FileExistsError):
        story.save(tmp_path / "taken.md")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@laid_out
@moving
@pytest.mark.parametrize(("suffix", "kind"), [("gif", "GIF"), ("png", "PNG"), ("apng", "PNG")])
def test_a_moving_picture_has_a_frame_a_step(tmp_path, suffix, kind):
    from PIL import Image

    story = animate(sigmoid(Value(3.0, "x")))
    with Image.open(io.BytesIO(story.save(tmp_path / f"way.{suffix}", seconds=0.5).read_bytes())) as image:
        assert image.format == kind
        assert image.n_frames == len(story.frames) == 5
        assert image.info["duration"] == 500
        first = image.convert("RGB")
        assert first.getpixel((2, 2)) == (255, 255, 255)
        assert first.size[0] == pytest.approx(1320, abs=60)
        image.seek(3)
        assert np.any(np.asarray(first) != np.asarray(image.convert("RGB")))


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.delitem(sys.modules, "autodiff.animation.moving", raising=False)
    story = Storyboard("A dot", lambda: picture(10.0, 10.0, "A dot"), [Step("It is there")])
    with pytest.raises(ImportError, match=r"pip install 'autodiff-lecture\[animate\]'"):
        story.save(tmp_path / "dot.gif")
    assert not list(tmp_path.iterdir())


# -- storyboards of anything ---------------------------------------------------------------------------


def dots() -> Storyboard:
    """Two dots, of which the second lights up."""

    def draw():
        drawn = picture(100.0, 20.0, "Two dots")
        for k in (1, 2):
            element(drawn, "circle", id=f"d{k}", class_="dot", cx=20.0 * k, cy=10.0, r=5.0)
        element(drawn, "text", "dark", id="said", x=60.0, y=14.0)
        return drawn

    steps = [
        Step("Nothing yet"),
        Step("Light", (("sum", "1 + 1 = 2"),), "It is lit.", {"d1": "now"}, {"d2": "lit"}, {"said": "light"}),
        Step("And on"),
    ]
    details = {"d1": Detail("A dot", ((Row("d", "= 1", "one"), Row(note="So it is.")),))}
    return Storyboard("Dots", draw, steps, details, [Sign("dot", "dot lit", "lit")])


def test_roles_hold_for_a_step_and_states_from_then_on() -> None:
    seen = [
        {part.get("id"): part.get("class") or part.text for part in dots().seen(k).iter() if part.get("id")}
        for k in range(3)
    ]
    assert seen == [
        {"d1": "dot", "d2": "dot", "said": "dark"},
        {"d1": "dot now", "d2": "dot lit", "said": "light"},
        {"d1": "dot", "d2": "dot lit", "said": "light"},
    ]


def test_frames_are_a_sequence() -> None:
    frames = dots().frames
    assert len(frames) == 3
    assert [frame.title for frame in frames] == ["Nothing yet", "Light", "And on"]
    assert frames[-1].title == "And on"
    assert [frame.title for frame in frames[1:]] == ["Light", "And on"]
    with pytest.raises(IndexError):
        dots().frames[3]
    assert frames[1].text == "Light\n  sum  1 + 1 = 2\n  It is lit."
    assert dots().details["d1"].text == "A dot\n\nd = 1 one\nSo it is."


def test_ties_are_told_with_the_derivative_of_the_engine() -> None:
    x = Value(2.0, "x")
    story = animate(maximum(x, x * 1.0) * 3.0)
    (id,) = [id for id, name in passes(x * 1.0).names.items() if name == "x"]
    assert shown(story)[f"g{id}"] == "3"


@pytest.mark.parametrize(
    ("f", "term"), [(lambda x: where(x > 0.0, sqrt(x), 0.0), "0"), (lambda x: sqrt(x) ** 2, "nan")]
)
def test_a_term_is_nan_where_the_sum_is(f, term):
    x = Value(0.0, "x")
    told = animate(f(x) + x).text
    assert f"in numbers        0 · ∞ = {term}\n" in told
    assert f"df/dx = 1 + {term} = {float(term) + 1:g}\n" in told
