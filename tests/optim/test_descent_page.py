"""Minimisations step by step: the numbers shown are those of the way, on paper and in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, derivative, exp, grad, log
from autodiff.animation.svg import width_of
from nn.lecture import THETA, demonstration_1, demonstration_2, loss, network
from optim import bfgs, least_squares, minimize, newton, steepest_descent
from optim.plot.chart import level_lines
from optim.plot.course import chosen_steps
from tests.autodiff.test_animation import read
from tests.browser import Page

LEFT, RIGHT, HOME, END = "\ue012", "\ue014", "\ue011", "\ue010"


def told(step) -> dict[str, str]:
    """The formulas of a step by their labels."""
    return dict(step.formulas)


def numbers(text: str) -> list[float]:
    return [read(number) for number in re.findall(r"−?[\d.]+(?:e−?\d+)?", text)]


@given(st.floats(-3.0, 2.0))
@settings(max_examples=15)
def test_steps_go_against_the_gradient_of_the_engine(start: float) -> None:
    way = steepest_descent(demonstration_1, start, s=0.01, max_steps=5)
    for number, step in enumerate(way.animate().steps[1:], 1):
        old, new = way.path[number - 1], way.path[number]
        if "rule" not in told(step) or "s·d" in told(step)["rule"]:
            continue
        x, s, slope, end = numbers(told(step)["in numbers"].replace(" − ", " | "))
        assert x == pytest.approx(old.x, rel=1e-3, abs=1e-3)
        assert s == 0.01
        assert slope == pytest.approx(derivative(demonstration_1)(old.x), rel=2e-3, abs=1e-6)
        assert end == pytest.approx(new.x, rel=1e-3, abs=1e-3)
        value = numbers(told(step)["value"].partition("=")[2])[0]
        assert value == pytest.approx(new.value, rel=1e-3, abs=1e-3)


def test_newton_steps_in_one_dimension_have_the_step_size_of_the_lecture() -> None:
    steps = newton(demonstration_1, -4.0).animate().steps
    assert told(steps[1])["rule"] == "x₁ = x₀ − s·f′(x₀)"
    assert told(steps[1])["in numbers"] == "−4 − 0.002404·(−360) = −3.135"


def test_negative_numbers_in_a_product_are_in_brackets() -> None:
    steps = newton(demonstration_1, 0.3, safeguard=False).animate().steps
    assert told(steps[1])["in numbers"] == "0.3 − (−0.03602)·(−2.326) = 0.2162"


def test_the_picture_has_the_minima_and_maxima_nearby_and_the_saddle_in_the_plane() -> None:
    curve = steepest_descent(demonstration_1, -2.0, s=0.01, max_steps=3).animate().frames[1].svg
    assert all(said in curve for said in ("minimum −2.62", "maximum 0.2217", "minimum 1.148"))
    assert ">saddle<" in steepest_descent(demonstration_2, (0.25, -1.0), s=0.01).animate().frames[1].svg


def test_the_arrow_of_steepest_descent_crosses_contours_at_right_angles() -> None:
    way = steepest_descent(demonstration_2, (0.25, -1.0), s=0.01, max_steps=8)
    drawn = {part.get("id"): part.get("d") for part in way.animate().picture.iter() if part.get("id")}
    for i in range(9):
        x1, y1, x2, y2 = map(float, re.findall(r"[-.\d]+", drawn[f"t{i}"] or "")[:4])
        arrow, slope = np.array([x2 - x1, y1 - y2]), grad(demonstration_2)(way.path.points[i])
        cosine = arrow @ slope / np.linalg.norm(arrow) / np.linalg.norm(slope)
        assert cosine == pytest.approx(-1.0, abs=1e-4)


@given(st.integers(3, 30), st.integers(0, 1000))
@settings(max_examples=15)
def test_of_many_unknowns_bars_and_numbers_are_those_of_the_step(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    goal, start = rng.normal(size=(2, n))
    way = steepest_descent(lambda x: ((x - goal) ** 2).sum(), start, s=0.2, max_steps=4, gtol=0.0)
    story = way.animate()
    drawn = {part.get("id"): part.get("d") or "" for part in story.picture.iter() if part.get("id")}
    kept = np.sort(np.argsort(-np.ptp(way.path.points, axis=0), kind="stable")[:20])
    for i, step in enumerate(story.steps):
        theta = way.path.points[i, kept]
        told = [read(step.texts[f"bv{k}"]) for k in range(len(kept))]
        assert told == pytest.approx(theta, rel=1e-3, abs=1e-4)
        lengths = np.array([float(h) for h in re.findall(r"h(\S+?)v", drawn[f"b{i}"])])
        scale = np.abs(lengths).max() / np.abs(theta).max()
        assert lengths == pytest.approx(scale * theta, abs=0.11 + 1e-3 * scale)
        assert step.now[f"b{i}"] == "here"


def test_parameters_have_their_own_names_and_a_network_descends_before_the_eyes() -> None:
    model = network()
    way = steepest_descent(lambda: loss(model), model, s=0.1, max_steps=3)
    assert way.names == tuple(THETA)
    story = way.animate()
    said = [part.text for part in story.picture.iter() if part.get("class") == "axis"]
    assert said[2:] == ["the unknowns", *THETA]
    assert story.steps[1].title == "Step 1 of 3"
    assert told(story.steps[1])["rule"] == "θ⁽¹⁾ = θ⁽⁰⁾ − s·∇f(θ⁽⁰⁾)"
    assert told(story.steps[1])["moves most"] == "b₁⁽²⁾ by 0.04157"


def test_of_a_fit_the_residuals_are_bars_too_and_those_that_change_most_are_shown() -> None:
    t = np.linspace(0.0, 1.0, 30)
    y = np.exp(-2.0 * t) + t
    fit = least_squares(lambda a, b, c: y - a * exp(-b * t) - c * t, (2.0, 1.0, 0.0))
    story = fit.animate()
    last = story.steps[-1]
    changed = np.ptp([fit.residuals_at(x) for x in fit.path.points], axis=0)
    kept = np.sort(np.argsort(-changed, kind="stable")[:20])
    told = [read(last.texts[f"rv{k}"]) for k in range(20)]
    assert told == pytest.approx(fit.residuals[kept], rel=1e-3, abs=1e-12)
    said = [part.text for part in story.picture.iter() if part.get("class") == "axis"]
    assert "the residuals, 20 of 30" in said
    assert said[2:6] == ["the unknowns", "a", "b", "c"]


def test_unknowns_without_names_and_hostile_names_are_text() -> None:
    values = [Value(1.0, "<script>"), Value(2.0), Value(3.0, "&")]
    html = minimize(lambda: sum((v - 1.0) ** 2 for v in values), values).animate().html
    assert "<script>&" not in html
    assert html.count("<script") == 2
    assert minimize(lambda x: (x * x).sum(), np.ones(1500)).names == ()
    assert "θ₁" in minimize(lambda x: (x * x).sum(), np.ones(1500)).animate().html


def test_other_methods_step_along_a_direction_of_their_own() -> None:
    rules = [told(step).get("rule", "") for step in bfgs(demonstration_2, (1.5, 1.2)).animate().steps]
    assert "x⁽³⁾ = x⁽²⁾ + s·d" in rules
    assert not any("∇f" in rule for rule in rules)


def test_long_ways_are_thinned_and_that_is_said() -> None:
    way = steepest_descent(demonstration_1, 0.3, s=1e-4, max_steps=2_000, gtol=0.0)
    story = way.animate()
    assert len(story.steps) == 201
    assert "2,000 steps, of which 200 are shown" in story.steps[0].words
    assert re.search(r"Steps [\d,]+ to [\d,]+ are passed over", story.steps[-1].words)
    assert story.steps[-1].title == "Step 2,000 of 2,000"
    assert len(story.html) < 1e6


@given(st.integers(0, 50_000))
def test_the_first_and_the_last_step_are_always_shown(count: int) -> None:
    chosen = chosen_steps(count)
    assert chosen[0] == 0
    assert chosen[-1] == count
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= 201


def test_what_cannot_be_drawn_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="minimise without path=False"):
        minimize(lambda x: x * x, 1.0, path=False).animate()


def test_a_way_without_steps_has_a_story() -> None:
    story = minimize(lambda x: x * x, 0.0).animate()
    assert len(story.steps) == 1
    assert "0 steps" in story.steps[0].words
    assert story.frames[0].svg


def test_wild_ways_and_gaps_in_the_function_can_be_drawn() -> None:
    ways = [
        steepest_descent(lambda x: x * x, 1.0, s=1.5, max_steps=40),
        minimize(lambda x: x - log(x), 0.01),
        steepest_descent(lambda x, y: x * x - log(x) + y * y, (0.5, 1e-9), s=0.1),
        steepest_descent(lambda x: 0.0 * x + 1.0, 1.0),
        minimize(lambda x: 1e12 * (x[0] ** 2 + 1e-9 * x[1] ** 2), (1.0, 1e3)),
    ]
    for way in ways:
        root = ElementTree.fromstring(way.animate().frames[-1].svg)
        coordinates = [part.get("d", "") for part in root.iter() if part.get("d")]
        assert not any("nan" in d or "inf" in d for d in coordinates)


def test_the_picture_marks_where_the_way_has_come_to():
    story = steepest_descent(demonstration_1, 0.3, s=0.01, max_steps=4).animate()
    classes = {part.get("id"): part.get("class") for part in story.seen(2).iter() if part.get("id")}
    come = [classes[f"p{i}"].removeprefix("point").strip() for i in range(5)]
    assert come == ["gone", "gone", "gone here", "", ""]
    assert classes["l2"] == "leg gone walked"


def test_a_minimisation_over_values_is_not_disturbed() -> None:
    x = Value(2.0, "x")
    way = minimize(lambda: (x - 1.0) ** 2, [x])
    end = x.data
    assert way.animate().html
    assert x.data == end


def test_the_page_is_the_same_bytes_each_time() -> None:
    def html() -> str:
        return steepest_descent(demonstration_2, (1.5, 1.2), s=0.02, max_steps=5).animate().html

    assert html() == html()


def test_level_lines_of_a_circle_lie_on_it() -> None:
    x = np.linspace(-2.0, 2.0, 81)
    ends = np.array(list(level_lines(x, x, x[:, None] ** 2 + x**2, 1.0))).reshape(-1, 2)
    assert len(ends) > 100
    assert np.hypot(*ends.T) == pytest.approx(np.ones(len(ends)), abs=1e-3)


def test_a_way_among_the_smallest_numbers_is_drawn() -> None:
    assert "<circle" in bfgs(lambda x: x * x, 1e-150).animate().frames[-1].svg


def test_the_page_steps_through_the_descent(chromium: Page, tmp_path: Path) -> None:
    way = steepest_descent(demonstration_2, (1.5, 1.2), s=0.02, max_steps=30)
    story = way.animate()
    chromium.open(story.save(tmp_path / "way.html"))
    for number, step in enumerate(story.steps):
        if number:
            chromium.press(RIGHT)
        assert chromium.text("#title") == step.title
        for _, formula in step.formulas:
            assert formula in chromium.text("#formulas")
        seen = chromium.run(
            "return [...document.querySelectorAll('#stage [id]')].map((x) => [x.id, x.getAttribute('class')])"
        )
        named = [part for part in story.seen(number).iter() if part.get("id")]
        assert seen == [[part.get("id"), part.get("class")] for part in named]
        here = chromium.run("return document.querySelectorAll('#stage .point.here').length")
        assert here == 1
    assert chromium.run("return document.querySelector('.stage').classList.contains('whole')")
    assert chromium.logged() == []
    chromium.open(tmp_path / "way.html", "phone", dark=True)
    chromium.press(END)
    assert chromium.run("return document.documentElement.scrollWidth") <= 360
    assert chromium.smallest_letters() >= 6.0
    assert chromium.text("#title") == "Step 30 of 30"
    assert chromium.logged() == []


@given(st.floats(-3.0, 1.5), st.floats(0.001, 0.02))
@settings(max_examples=15, deadline=None)
def test_words_of_minima_and_maxima_do_not_touch_the_numbers_of_iterates(start: float, s: float) -> None:
    way = steepest_descent(demonstration_1, start, s=s, max_steps=40).animate()
    texts = [part for part in way.picture.iter("text") if part.get("class") in ("kind", "number")]
    assert {part.get("class") for part in texts} == {"kind", "number"}

    def box(part: Element) -> tuple[float, float, float, float]:
        half = width_of(part.text or "", 12.0) / 2.0
        x, foot = float(part.attrib["x"]), float(part.attrib["y"])
        return x - half, foot - 11.0, x + half, foot

    boxes = {kind: [box(part) for part in texts if part.get("class") == kind] for kind in ("kind", "number")}
    for left, low, right, high in boxes["kind"]:
        for a, b, c, d in boxes["number"]:
            assert left >= c or a >= right or low >= d or b >= high
