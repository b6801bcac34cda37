"""The page in a real browser: what it shows at each step, and that it can be used in every way."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

import nn.lecture
from autodiff import Value, gradients
from autodiff.animation import Storyboard, animate
from autodiff.animation.propagation import Propagation, intermediates_of
from tests.autodiff.test_animation import EXACT, HOSTILE, hostile, read
from tests.browser import Page

LEFT, RIGHT, HOME, END = "\ue012", "\ue014", "\ue011", "\ue010"
TAB, ENTER, ESCAPE, SPACE = "\ue004", "\ue007", "\ue00c", " "

STATE = """
return [...document.querySelectorAll('#stage [id]')].map(
  (part) => [part.id, part.getAttribute('class'), part.tagName === 'text' ? part.textContent : '']);
"""

TOLD = """
return [...document.querySelectorAll('#formulas > div')].map(
  (pair) => [...pair.children].map((part) => part.textContent));
"""

PLAYS = "return document.getElementById('play').getAttribute('aria-label')"


@pytest.fixture(scope="module")
def lecture() -> Value:
    return nn.lecture.loss(nn.lecture.network())


@pytest.fixture(scope="module")
def story(lecture: Value) -> Storyboard:
    return animate(lecture, number_format=EXACT)


@pytest.fixture(scope="module")
def file(story: Storyboard, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story.save(tmp_path_factory.mktemp("pages") / "lecture.html")


@pytest.fixture
def page(chromium: Page, file: Path) -> Page:
    chromium.open(file)
    return chromium


def expected(story: Storyboard, step: int) -> list[list[str]]:
    """What the picture is to be at a step, as the frames of Python have it."""
    parts = [part for part in story.seen(step).iter() if part.get("id")]
    return [
        [part.get("id", ""), part.get("class", ""), (part.text or "") if part.tag == "text" else ""]
        for part in parts
    ]


def at(page: Page) -> str:
    return page.text("#count").split(" / ")[0]


def tabbed_to(page: Page, wanted: str, most: int = 60) -> bool:
    """Whether Tab leads to an element."""
    for _ in range(most):
        page.press(TAB)
        if page.focused() == wanted:
            return True
    return False


def test_each_step_shows_what_python_says_and_every_number_is_the_engines(
    page: Page, story: Storyboard, lecture: Value
) -> None:
    for number, frame in enumerate(story.frames):
        if number:
            page.press(RIGHT)
        assert at(page) == str(number)
        assert page.run(STATE) == expected(story, number)
        assert page.text("#title") == frame.title
        told = page.run(TOLD)
        lines = [line.strip() for line in frame.text.splitlines()[1 : len(told) + 1]]
        assert [" ".join(f"{label} {formula}".split()) for label, formula in told] == [
            " ".join(line.split()) for line in lines
        ]
        assert page.text("#words") == frame.step.words
    passes = Propagation(intermediates_of(lecture, [], None), [])
    texts = {id: text for id, _, text in page.run(STATE)}
    for id in passes.names:
        assert read(texts[f"v{id}"]) == pytest.approx(passes.source(id).item(), rel=1e-15)
        if passes.varies(id):
            found = gradients(lecture, passes.source(id))
            assert read(texts[f"g{id}"]) == pytest.approx(found, rel=1e-15)
    assert page.logged() == []


def test_nothing_is_loaded_but_the_file(chromium: Page, file: Path) -> None:
    chromium.requested()
    chromium.open(file)
    chromium.press(END)
    assert {url for url in chromium.requested() if url != "about:blank"} == {file.as_uri()}
    assert chromium.run("return performance.getEntriesByType('resource').length") == 0
    assert chromium.logged() == []


def test_the_policy_lets_no_other_script_run(page: Page) -> None:
    page.run(
        "const script = document.createElement('script'); script.textContent = 'window.hurt = 1';"
        "document.body.append(script)"
    )
    assert page.run("return window.hurt === undefined")
    assert any("Content Security Policy" in message for message in page.logged())


def test_buttons_and_slider_lead_to_every_step(page: Page, story: Storyboard) -> None:
    last = str(len(story.steps) - 1)
    assert page.run("return ['first', 'back'].every((id) => document.getElementById(id).disabled)")
    page.click("#next")
    page.click("#next")
    page.click("#back")
    assert at(page) == "1"
    page.click("#last")
    assert at(page) == last
    assert page.run("return ['next', 'last'].every((id) => document.getElementById(id).disabled)")
    page.click("#first")
    assert at(page) == "0"
    page.run("const s = document.getElementById('slider'); s.value = 20; s.dispatchEvent(new Event('input'))")
    assert at(page) == "20"
    assert page.run(STATE) == expected(story, 20)
    assert page.run("return document.getElementById('slider').getAttribute('aria-valuetext')") == (
        f"step 20 of {last}: {story.steps[20].title}"
    )


def test_play_runs_pauses_and_stops_at_the_end(page: Page) -> None:
    page.run("document.getElementById('speed').value = 0.6")
    page.press(SPACE)
    assert page.run(PLAYS) == "Pause"
    time.sleep(1.2)
    page.press(SPACE)
    reached = int(at(page))
    assert 1 <= reached <= 3
    time.sleep(0.8)
    assert int(at(page)) == reached
    page.press(END, LEFT)
    page.press(SPACE)
    time.sleep(0.7)
    assert page.run(PLAYS) == "Play"
    assert page.run(
        "return document.getElementById('slider').value === document.getElementById('slider').max"
    )


def test_the_keyboard_alone_reaches_everything(page: Page, story: Storyboard) -> None:
    page.press(RIGHT, RIGHT, LEFT)
    assert at(page) == "1"
    page.press(END)
    assert at(page) == str(len(story.steps) - 1)
    page.press(HOME)
    assert at(page) == "0"
    assert tabbed_to(page, "slider")
    page.press(RIGHT)
    assert at(page) == "1"
    assert tabbed_to(page, "n0")
    assert page.run("return document.activeElement.matches(':focus-visible')")
    page.press(ENTER)
    assert page.focused() == "detail-title"
    assert page.text("#detail-title") == "w₁₁⁽¹⁾"
    page.press(RIGHT)
    assert at(page) == "2"
    page.press(ESCAPE)
    assert page.focused() == "n0"
    assert page.run("return document.getElementById('detail').hidden")


def test_a_click_on_a_node_tells_its_derivation(page: Page, story: Storyboard) -> None:
    for id, detail in list(story.details.items())[::5]:
        page.click(f"#{id} .name")
        assert page.text("#detail-title") == detail.title
        told = page.run("return document.getElementById('detail-text').textContent")
        assert re.sub(r"\s", "", told) == re.sub(r"\s", "", detail.text.removeprefix(detail.title))
        assert "asked" in page.run("return document.getElementById(arguments[0]).getAttribute('class')", id)
    page.click("#close")
    assert page.run("return document.querySelectorAll('.asked').length") == 0


def test_names_are_inert(chromium: Page, tmp_path: Path) -> None:
    story = animate(hostile())
    chromium.open(story.save(tmp_path / "hostile.html"))
    for number in range(len(story.steps)):
        if number:
            chromium.press(RIGHT)
        assert chromium.text("#title") == story.steps[number].title
    for id in story.details:
        chromium.run("document.getElementById(arguments[0]).dispatchEvent(new MouseEvent('click'))", id)
        assert chromium.text("#detail-title") == story.details[id].title
    assert (
        chromium.run("return document.querySelectorAll('img, b, i, iframe, [onload], [onerror]').length") == 0
    )
    assert chromium.run("return document.scripts.length") == 2
    assert chromium.run("return document.title") == story.title
    shown = chromium.run(
        "return [...document.querySelectorAll('#stage .name')].map((name) => name.textContent)"
    )
    assert {HOSTILE[0], HOSTILE[1], "__proto__", "n1 -> n2; x ["} <= set(shown)
    assert chromium.logged() == []


def test_a_phone_scrolls_the_picture_and_not_the_page(chromium: Page, file: Path) -> None:
    chromium.open(file, "phone")
    visible = """
      const frame = document.getElementById('stage').getBoundingClientRect();
      return [...document.querySelectorAll('#stage .computed, #stage .reached')].every((node) => {
        const box = node.getBoundingClientRect();
        return box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1
          && box.bottom <= frame.bottom + 1;
      });"""
    for number in range(1, 45):
        chromium.press(RIGHT)
        assert at(chromium) == str(number)
        assert chromium.run("return document.documentElement.scrollWidth") <= 360
        assert chromium.run(visible)
    chromium.run("document.getElementById('n0').dispatchEvent(new MouseEvent('click'))")
    assert chromium.run("return document.documentElement.scrollWidth") <= 360
    heights = "return [...document.querySelectorAll('button')].map((button) => button.offsetHeight)"
    assert min(chromium.run(heights)) >= 36


def test_the_page_is_light_or_dark_as_its_reader_wishes(chromium: Page, file: Path) -> None:
    chromium.open(file, dark=True)
    assert chromium.run("return document.documentElement.dataset.theme") == "dark"
    dark = chromium.colour("body", "backgroundColor"), chromium.colour("#stage .card", "fill")
    chromium.click("#theme")
    light = chromium.colour("body", "backgroundColor"), chromium.colour("#stage .card", "fill")
    assert light[0] == "rgb(255, 255, 255)"
    assert light != dark
    chromium.open(file)
    assert chromium.colour("body", "backgroundColor") == light[0]
    chromium.click("#theme")
    assert chromium.colour("body", "backgroundColor") == dark[0]


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_its_ground(chromium: Page, file: Path, dark: bool) -> None:
    """Contrast of 4.5 to 1, as WCAG 2.1 asks for."""
    chromium.open(file, dark=dark)
    chromium.press(*([RIGHT] * 20))
    pairs = [
        (chromium.colour(text), chromium.colour(ground, "backgroundColor"))
        for text, ground in [("h1", "body"), ("#words", "#told"), ("#formulas", "#told"), (".legend", "body")]
    ]
    pairs += [
        (chromium.colour(f"#stage {node} .{text}", "fill"), chromium.colour(f"#stage {node} .card", "fill"))
        for node in (".leaf", ".constant", ".recorded", ".output")
        for text in ("name", "value", "gradient", "label")
        if node != ".constant" or text in ("name", "value")
    ]
    pairs += [
        (
            chromium.colour("#stage .reached .gradient", "fill"),
            chromium.colour("#stage .reached .card", "fill"),
        )
    ]
    for text, ground in pairs:
        assert contrast(text, ground) >= 4.5, (text, ground)


def contrast(first: str, second: str) -> float:
    """How much two colours differ in brightness, by the formula of WCAG 2.1."""

    def brightness(colour: str) -> float:
        parts = [int(part) / 255.0 for part in re.findall(r"\d+", colour)[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([brightness(first), brightness(second)])
    return (high + 0.05) / (low + 0.05)


def test_motion_is_only_for_those_who_want_it(chromium: Page, file: Path) -> None:
    moving = "return document.getAnimations().length"
    chromium.open(file, calm=True)
    chromium.press(RIGHT)
    assert chromium.run(moving) == 0
    chromium.open(file, calm=False)
    chromium.press(RIGHT)
    assert chromium.run(moving) > 0


def test_a_screen_reader_is_told(page: Page) -> None:
    told = "return document.querySelector(arguments[0]).getAttribute(arguments[1])"
    assert page.run(told, "#told", "aria-live") == "polite"
    assert page.run(told, "html", "lang") == "en"
    assert page.run(told, "#n0", "aria-label") == "w₁₁⁽¹⁾: show its derivation"
    unnamed = """
      return [...document.querySelectorAll('button, input, select, [role]')].filter(
        (part) => !(part.ariaLabel || part.textContent.trim() || part.labels?.length)).length"""
    assert page.run(unnamed) == 0


def test_a_link_can_name_a_step(chromium: Page, file: Path) -> None:
    chromium.open(file)
    chromium.driver.get(f"{file.as_uri()}#step=16")
    assert at(chromium) == "16"


def test_a_page_inside_a_notebook_works(chromium: Page, story: Storyboard, tmp_path: Path) -> None:
    outer = tmp_path / "notebook.html"
    outer.write_text(f"<!DOCTYPE html><meta charset=utf-8>{story._repr_html_()}", encoding="utf-8")
    chromium.open(outer)
    chromium.driver.switch_to.frame(0)
    chromium.click("#next")
    assert at(chromium) == "1"
    chromium.driver.switch_to.default_content()
    assert chromium.logged() == []


def test_large_graphs_step_without_delay(chromium: Page, tmp_path: Path) -> None:
    a = Value(0.1, "a")
    y = a
    for _ in range(90):
        y = y * a
    story = animate(y)
    chromium.open(story.save(tmp_path / "large.html"))
    slow = chromium.run(
        "const [back, last] = ['back', 'last'].map((id) => document.getElementById(id));"
        "const start = performance.now(); for (let k = 0; k < 20; k++) back.click(), last.click();"
        "return (performance.now() - start) / 40"
    )
    assert slow < 50.0  # milliseconds a step
    assert at(chromium) == str(len(story.steps) - 1)


def test_on_paper_there_are_no_buttons(page: Page) -> None:
    page.print()
    assert page.colour(".controls", "display") == "none"
    page.print(False)
