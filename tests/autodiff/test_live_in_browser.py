"""The live page in a real browser: moved, stepped and misused, its numbers are those of the engine."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
import nn.lecture
import optim
from autodiff import Value, gradients, hessian, log, play, relu, sigmoid, sin
from autodiff.animation.details import DetailWriter
from autodiff.animation.fractions import BAR, CLOSE, OPEN
from autodiff.animation.narration import Narrator
from autodiff.animation.propagation import Propagation, intermediates_of
from autodiff.derivations.expression import Number
from autodiff.derivations.writing import Text
from tests.autodiff.test_animation import HOSTILE, hostile, read
from tests.browser import Page

TAB, ENTER, ESCAPE, SPACE, UP, DOWN = "\ue004", "\ue007", "\ue00c", " ", "\ue013", "\ue015"

TEXTS = """
const texts = [...document.querySelectorAll('#stage text[id]')];
return Object.fromEntries(texts.map((text) => [text.id, text.textContent]));
"""

ROWS = """
return [...document.querySelectorAll('.row:not(.head)')].map((row) => {
  const text = (selector) => row.querySelector(selector)?.textContent, bar = row.querySelector('rect');
  const [start, width] = ['x', 'width'].map((name) => Number(bar?.getAttribute(name)));
  const value = row.querySelector('input').value;
  return {name: text('.name'), value, slope: text('.slope'), rank: text('.rank'), start, width};
});
"""

TYPE = """
const fields = [...document.querySelectorAll('#leaves input[type=text]')];
const field = fields.find((field) => field.getAttribute('aria-label') === arguments[0]);
field.focus();
field.value = arguments[1];
for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {bubbles: true}));
"""

SET = """
const field = document.getElementById(arguments[0]);
field.value = arguments[1];
field.dispatchEvent(new Event('change'));
"""

NAMELESS = """
const kinds = 'button, input, select, [role=button], [role=group], svg[role=img]';
const named = (e) => e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length;
return [...document.querySelectorAll(kinds)].filter((e) => !named(e)).map((e) => e.outerHTML);
"""

SLIDERS = """
const sliders = [...document.querySelectorAll('.row input[type=range]')];
return Math.min(...sliders.map((slider) => slider.getBoundingClientRect().width));
"""

HEADS = """
const { right } = document.querySelector('.leaves').getBoundingClientRect();
const inside = (text) => {
  const range = document.createRange();
  range.selectNodeContents(text);
  return range.getBoundingClientRect().right <= right + 0.5;
};
return [...document.querySelectorAll('.row.head span')].every(inside);
"""

DETAIL = """
return [...document.querySelectorAll('#detail-text table')].map((table) => [...table.rows].map(
  (row) => [...row.cells].map((cell) => cell.textContent)));
"""


def lecture(theta: Mapping[str, float] | None = None) -> tuple[Value, dict[str, Value]]:
    """The lecture's loss of the first observation, with other parameters, and these by name."""
    network = nn.lecture.network()
    parameters = {str(parameter.name): parameter for parameter in network.parameters()}
    for name, number in (theta or {}).items():
        parameters[name].data = number
    return nn.lecture.loss(network, 1), parameters


def rectified(w: float = 0.5) -> Value:
    x, y = Value(2.0, "x", constant=True), Value(1.0, "y", constant=True)
    z = Value(w, "w") * x + Value(-0.3, "b")
    z.name = "z"
    a = relu(z)
    a.name = "a"
    R: Value = (y - a) ** 2
    R.name = "R"
    return R


def typed_in_one_go(w: float = 0.2) -> Value:
    """The lecture's network as it is typed, without names for its parts."""
    w1, w2, b, y = Value(w, "w_1"), Value(0.4, "w_2"), Value(0.1, "b"), Value(1.2, "y", constant=True)
    a = sigmoid(3.0 * w1 - 2.0 * w2 + b)
    f: Value = (y - (0.6 * a + a * a)) ** 2
    return f


def deep(w: float = 0.2) -> Value:
    """A network with more paths than are told apart."""
    network = nn.Network(2, [3, 3, 3, 1])
    for k, parameter in enumerate(network.parameters()):
        parameter.data = math.sin(k + 1.0)
    network.layers[0].neurons[0].weights[0].data = w
    R: Value = (0.5 - network((1.5, -0.5))) ** 2
    R.name = "R"
    return R


Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Page, tmp_path: Path) -> Opened:
    """A page of a Value, open in the browser."""

    def open_page(value: Value, size: str = "desk", **options: Any) -> Page:
        chromium.open(play(value, **options).save(tmp_path / "page.html"), size)
        return chromium

    return open_page


def typed(page: Page, name: str, text: str) -> None:
    page.run(TYPE, name, text)
    settled(page)


def settled(page: Page) -> None:
    """Wait until the next frame is drawn."""
    page.driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
    )


def value(page: Page) -> float:
    return read(page.text("#output"))


def compare(page: Page, output: Value, rel: float = 1e-12) -> None:
    """Every card of the page says what the engine computes for this graph."""
    texts = page.run(TEXTS)
    passes = Propagation(intermediates_of(output, [], None), [])
    for id, data in passes.data.items():
        assert read(texts[f"v{id}"]) == pytest.approx(data, rel=rel, abs=1e-14), passes.names[id]
    for id, slope in passes.gradients.items():
        assert read(texts[f"g{id}"]) == pytest.approx(slope, rel=rel, abs=1e-14), passes.names[id]


# -- moved ---------------------------------------------------------------------------------------------


def test_every_card_follows_a_parameter_that_is_typed(opened) -> None:
    output, _ = lecture()
    page = opened(output, number_format=".14g")
    compare(page, output)
    theta = {"w₁₁⁽¹⁾": -1.25, "b₁⁽²⁾": 0.3333, "w₁₂⁽²⁾": 7.0}
    for name, number in theta.items():
        typed(page, name, str(number))
    compare(page, lecture(theta)[0])
    assert page.logged() == []


def test_an_input_and_a_target_can_be_moved_too(opened) -> None:
    w, x, y = Value(0.5, "w"), Value(2.0, "x", constant=True), Value(1.0, "y", constant=True)
    page = opened(sin(w * x) - y, number_format=".14g")
    typed(page, "x", "3")
    typed(page, "y", "-1")
    assert value(page) == pytest.approx(math.sin(1.5) + 1.0, rel=1e-13)
    assert "a change of" in page.text("#words")


def test_the_nudge_is_predicted_by_the_gradient_and_compared(opened) -> None:
    output, parameters = lecture()
    page = opened(output)
    slope = gradients(output, parameters["w₁₁⁽¹⁾"])
    typed(page, "w₁₁⁽¹⁾", "0.21")
    after = lecture({"w₁₁⁽¹⁾": 0.21})[0]
    said = re.fullmatch(r"predicted (\S+), actual (\S+)", page.text("#words"))
    assert said is not None
    assert read(said[1].lstrip("+")) == pytest.approx(0.01 * slope, rel=5e-3)
    assert read(said[2].lstrip("+")) == pytest.approx(after.item() - output.item(), rel=5e-3)
    assert page.text("#title") == "w₁₁⁽¹⁾: 0.2 → 0.21, by +0.01"


def test_a_leaf_is_dragged_in_the_picture(opened) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    w = Value(0.5, "w")
    page = opened(w * w, number_format=".14g")
    card = page.driver.find_element(By.CSS_SELECTOR, "#stage .movable")
    ActionChains(page.driver).drag_and_drop_by_offset(card, 40, 0).perform()
    settled(page)
    moved = float(page.run(ROWS)[0]["value"])
    assert moved > 0.6
    assert value(page) == pytest.approx(moved**2, rel=1e-12)
    assert page.run("return document.getElementById('detail').hidden"), "a drag is no click"
    card.click()
    assert not page.run("return document.getElementById('detail').hidden")


def test_bars_and_ranks_are_those_of_the_gradient(opened) -> None:
    output, parameters = lecture()
    page = opened(output)
    slopes = {name: gradients(output, parameter) for name, parameter in parameters.items()}
    order = sorted(slopes, key=lambda name: -abs(slopes[name]))
    most = abs(slopes[order[0]])
    rows = [row for row in page.run(ROWS) if row["slope"] is not None]
    assert {row["name"] for row in rows} == set(slopes)
    for row in rows:
        slope = slopes[row["name"]]
        assert read(row["slope"]) == pytest.approx(slope, rel=1e-3)
        assert row["rank"] == f"{order.index(row['name']) + 1}."
        assert row["width"] == pytest.approx(48.0 * abs(slope) / most, abs=0.06)
        assert (row["start"] < 0.0) == (slope > 0.0), "a bar shows −∇R"


# -- the derivation ------------------------------------------------------------------------------------


def flat(text: str) -> str:
    return text.replace(OPEN, "").replace(BAR, "/").replace(CLOSE, "")


def expected(output: Value) -> dict[str, list[list[list[str]]]]:
    """The derivation of every card as `animate` writes it."""
    passes = Propagation(intermediates_of(output, [], None), [])
    writer = DetailWriter(Narrator(passes, ".4g"), passes.backward)
    found = {}
    for id in passes.names:
        paragraphs = writer.of(id, True).paragraphs
        found[f"n{id}"] = [
            [[flat(row.left), flat(row.right) + row.note] if row.right else [row.note] for row in rows]
            for rows in paragraphs
        ]
    return found


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        (lecture()[0], lecture({"w₁₁⁽²⁾": -0.6, "b₁⁽¹⁾": 12.0})[0], {"w₁₁⁽²⁾": "−0.6", "b₁⁽¹⁾": "12"}),
        (rectified(), rectified(-0.5), {"w": "-0.5"}),
        (rectified(-0.5), rectified(1e-7), {"w": "1e-7"}),
        (typed_in_one_go(), typed_in_one_go(-3.0), {"w₁": "-3"}),
        (deep(), deep(-1.0), {"w₁₁⁽¹⁾": "-1"}),
    ],
)
def test_the_derivation_of_each_card_is_the_one_of_the_new_numbers(opened, before, after, moves) -> None:
    page = opened(before)
    for name, text in moves.items():
        typed(page, name, text)
    for id, paragraphs in expected(after).items():
        page.run("document.getElementById(arguments[0]).dispatchEvent(new MouseEvent('click'))", id)
        assert page.run(DETAIL) == paragraphs, id
    assert page.logged() == []


def test_the_open_derivation_follows(opened) -> None:
    page = opened(rectified())
    card = "[...document.querySelectorAll('#stage .node')].find((n) => n.textContent.startsWith('z'))"
    page.run(f"{card}.dispatchEvent(new MouseEvent('click'))")
    before = str(page.run(DETAIL))
    assert "a = 1" not in before
    typed(page, "w", "-1")
    after = str(page.run(DETAIL))
    assert before != after
    assert "−2.3" in after
    assert "relu′(z)', ' = 0" in after or "relu′(z) = 0" in after


# -- downhill ------------------------------------------------------------------------------------------


def clicked(page: Page, id: str) -> None:
    page.click(f"#{id}")
    settled(page)


def test_steps_downhill_are_those_of_the_minimiser(opened) -> None:
    output, parameters = lecture()
    page = opened(output, number_format=".15g")
    page.run(SET, "size", "0.25")
    theta = {name: parameter.item() for name, parameter in parameters.items()}
    for count in range(1, 8):
        clicked(page, "step")
        here, leaves = lecture(theta)
        slopes = {name: gradients(here, leaf) for name, leaf in leaves.items()}
        theta = {name: theta[name] - 0.25 * slopes[name] for name in theta}
        assert value(page) == pytest.approx(lecture(theta)[0].item(), rel=1e-12)
        assert page.text("#count") == str(count)
    compare(page, lecture(theta)[0], rel=1e-11)


def valley(x: Any, y: Any) -> Any:
    return (1.0 - x) ** 2 + 5.0 * (y - x * x) ** 2


@pytest.mark.parametrize(("rule", "s"), [("descent", 0.03), ("newton", 1.0)])
def test_both_rules_step_as_the_methods_of_optim(opened, rule, s) -> None:
    page = opened(valley(Value(-0.5, "x"), Value(0.7, "y")), number_format=".15g")
    page.run(SET, "rule", rule)
    page.run(SET, "size", str(s))
    for _ in range(3):
        clicked(page, "step")
    method = optim.steepest_descent if rule == "descent" else optim.newton
    options: dict[str, Any] = {"s": s} if rule == "descent" else {"safeguard": False}
    found = method(lambda point: valley(*point), [-0.5, 0.7], max_steps=3, **options)
    compare(page, valley(Value(found.x[0], "x"), Value(found.x[1], "y")))


def test_a_step_that_is_too_long_is_said_with_its_bound(opened) -> None:
    x, y = Value(1.0, "x"), Value(1.0, "y")
    page = opened(3.0 * x * x + y * y + x * y)
    page.run(SET, "size", "0.5")
    clicked(page, "step")
    H = hessian(lambda p: 3.0 * p[0] * p[0] + p[1] * p[1] + p[0] * p[1])([1.0, 1.0])
    largest = (H[0][0] + H[1][1]) / 2 + math.hypot((H[0][0] - H[1][1]) / 2, H[0][1])
    said = page.text("#advice")
    assert "went up: the step is too long" in said
    assert f"s < 2/λ = {2.0 / largest:.3g}" in said
    assert f"λ = {largest:.3g}" in said
    page.run(SET, "size", f"{1.9 / largest:.4g}")
    clicked(page, "step")
    assert page.text("#advice") == ""


def test_it_runs_pauses_and_starts_again(opened) -> None:
    output, _ = lecture()
    page = opened(output)
    start = value(page)
    clicked(page, "run")
    assert page.text("#run") == "Pause"
    deadline = time.monotonic() + 20.0
    while int(page.text("#count")) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    clicked(page, "run")
    paused = int(page.text("#count"))
    assert paused >= 5
    assert page.text("#run") == "Run"
    time.sleep(0.3)
    assert int(page.text("#count")) == paused
    assert value(page) < start
    told = page.run("return document.getElementById('curve').getAttribute('aria-label')")
    assert told.startswith("R by step, from 0.1525 to ")
    clicked(page, "reset")
    assert value(page) == start
    assert page.text("#count") == "0"


def test_a_run_stops_at_a_stationary_point(opened) -> None:
    x = Value(4.0, "x")
    page = opened(x * x)
    page.run(SET, "size", "0.5")
    clicked(page, "run")
    deadline = time.monotonic() + 10.0
    while page.text("#run") != "Run" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "a stationary point" in page.text("#title")
    assert value(page) == 0.0


# -- misused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nonsense", ["abc", "", "1/0", "0x10", "<b>1</b>", "1e999", "1,2,3", "1,000", "--1", "nan"]
)
def test_nonsense_is_said_and_changes_nothing(opened, nonsense) -> None:
    output, _ = lecture()
    page = opened(output)
    before = page.run(TEXTS)
    typed(page, "w₁₁⁽¹⁾", nonsense)
    assert f"“{nonsense}” is not a number; w₁₁⁽¹⁾ stays 0.2" in page.text("#problem")
    assert page.run(TEXTS) == before
    typed(page, "w₁₁⁽¹⁾", "0.3")
    assert page.run("return document.getElementById('problem').hidden")
    assert page.logged() == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("−1/4", -0.25), ("0,5", 0.5), ("0,500", 0.5), ("2e-3", 0.002)),
        *(("1.5·10⁻⁷", 1.5e-7), (" +3. ", 3.0), (".5", 0.5)),
    ],
)
def test_numbers_are_read_as_people_type_them(opened, text, number) -> None:
    x = Value(1.0, "x")
    page = opened(x * 1.0)
    typed(page, "x", text)
    assert value(page) == pytest.approx(number, rel=1e-3)


def test_nan_on_the_way_is_said_where_it_begins_and_the_page_goes_on(opened) -> None:
    x = Value(0.5, "x")
    u = log(x)
    u.name = "u"
    page = opened(u * x)
    typed(page, "x", "-2")
    assert page.text("#problem") == "u is nan at x = −2. Move back, or Reset."
    clicked(page, "step")
    assert "No step can be made" in page.text("#title")
    typed(page, "x", "0")
    assert "u is −∞ at x = 0" in page.text("#problem")
    clicked(page, "reset")
    assert page.run("return document.getElementById('problem').hidden")
    assert value(page) == pytest.approx(0.5 * math.log(0.5), rel=1e-3)


def test_hostile_names_are_shown_and_do_nothing(opened) -> None:
    page = opened(hostile())
    shown = page.run("return [...document.querySelectorAll('.row .name')].map((n) => n.textContent)")
    assert len(shown) == len(HOSTILE)
    clicked(page, "step")
    page.run(
        "for (const n of document.querySelectorAll('#stage .node')) n.dispatchEvent(new MouseEvent('click'))"
    )
    assert page.run("return document.querySelectorAll('img, b, i').length") == 0
    assert page.logged() == []


def test_a_setting_that_makes_no_sense_is_refused(opened) -> None:
    page = opened(rectified())
    for id, text in (("size", "-1"), ("size", "fast"), ("nudge", "0")):
        page.run(SET, id, text)
        assert "it stays 0." in page.text("#problem")
        assert page.run("return document.getElementById(arguments[0]).value", id) in ("0.1", "0.01")


# -- the situation -------------------------------------------------------------------------------------


def test_the_situation_is_in_the_address_and_comes_back(opened) -> None:
    page = opened(lecture()[0], number_format=".14g")
    typed(page, "w₁₁⁽¹⁾", "0.7")
    page.run(SET, "size", "0.3")
    clicked(page, "step")
    page.run("document.getElementById('n0').dispatchEvent(new MouseEvent('click'))")
    time.sleep(0.6)
    address, texts = page.run("return location.href"), page.run(TEXTS)
    assert "#of=12" in address
    page.driver.get("about:blank")
    page.driver.get(address)
    assert page.run(TEXTS) == texts
    assert page.run("return document.getElementById('size').value") == "0.3"
    assert page.text("#detail-title") == "w₁₁⁽¹⁾"


@pytest.mark.parametrize(
    "state", ["#of=3&0=1", "#of=12&0=abc", "#of=12&99=1", "#nonsense", "#of=12&__proto__=1&0=1e999"]
)
def test_a_state_of_another_page_is_refused_in_words(opened, state) -> None:
    page = opened(lecture()[0])
    before = page.run(TEXTS)
    page.run("location.hash = arguments[0]", state)
    time.sleep(0.1)
    assert page.text("#problem").startswith("This state")
    assert page.run(TEXTS) == before
    assert page.logged() == []


def test_in_a_notebooks_frame_the_state_is_copied_and_pasted(chromium, tmp_path) -> None:
    page = play(rectified())
    (tmp_path / "notebook.html").write_text(
        f"<!DOCTYPE html><body>{page._repr_html_()}</body>", encoding="utf-8"
    )
    chromium.open(tmp_path / "notebook.html")
    chromium.driver.switch_to.frame(0)
    try:
        typed(chromium, "w", "0.75")
        chromium.click("#copy")
        state = chromium.run("return document.getElementById('state').value")
        assert state == "#of=4&0=0.75&s=0.1&eta=0.01"
        chromium.click("#reset")
        assert chromium.run(ROWS)[0]["value"] == "0.5"
        chromium.run("document.getElementById('state').value = arguments[0]", state)
        chromium.run("document.getElementById('state').focus()")
        chromium.press(ENTER)
        assert chromium.run(ROWS)[0]["value"] == "0.75"
    finally:
        chromium.driver.switch_to.default_content()
    assert [line for line in chromium.logged() if "Clipboard" not in line and "clipboard" not in line] == []


# -- by everyone ---------------------------------------------------------------------------------------


def tabbed(page: Page, wanted: Callable[[], bool], most: int = 80) -> None:
    for _ in range(most):
        page.press(TAB)
        if wanted():
            return
    raise AssertionError("Tab does not lead there")


def test_everything_is_done_with_the_keyboard_alone(opened) -> None:
    page = opened(lecture()[0])

    def label() -> str:
        return str(page.run("return document.activeElement.getAttribute('aria-label') || ''"))

    tabbed(page, lambda: label().startswith("w₁₁⁽¹⁾:"))
    page.press(UP)
    settled(page)
    assert page.run(ROWS)[0]["value"] == "0.21"
    assert page.text("#words").startswith("predicted")
    page.press(ENTER)
    assert page.text("#detail-title") == "w₁₁⁽¹⁾"
    page.press(ESCAPE)
    assert page.focused() == "n0"
    tabbed(page, lambda: page.focused() == "step")
    page.press(ENTER)
    assert page.text("#count") == "1"
    tabbed(page, lambda: label() == "w₁₁⁽¹⁾")
    page.press("0", ".", "5", ENTER)
    settled(page)
    assert page.run(ROWS)[0]["value"] == "0.5"
    page.press(DOWN)
    settled(page)
    assert page.run(ROWS)[0]["value"] == "0.49"


def test_everything_has_a_name_for_screen_readers(opened) -> None:
    page = opened(lecture()[0])
    assert page.run(NAMELESS) == []
    assert page.run("return document.getElementById('told').getAttribute('role')") == "status"
    assert page.run("return document.getElementById('problem').getAttribute('role')") == "alert"


def test_nothing_is_wider_than_a_phone(opened) -> None:
    page = opened(lecture()[0], size="phone")
    page.run("document.getElementById('n0').dispatchEvent(new MouseEvent('click'))")
    assert page.run("return document.documentElement.scrollWidth <= innerWidth")
    assert page.run(SLIDERS) >= 48


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_heads_of_columns_stay_within_the_panel(opened, size) -> None:
    page = opened(lecture()[0], size=size)
    assert page.run(HEADS)


def test_on_paper_each_parameter_is_one_line_without_buttons(opened) -> None:
    page = opened(lecture()[0], size="phone")
    page.print()
    lines = "return [...document.querySelectorAll('.row:not(.head)')].map((row) => row.offsetHeight)"
    assert max(page.run(lines)) < 40
    assert page.colour(".buttons", "display") == "none"
    page.print(False)


def test_nothing_is_loaded_and_no_other_script_runs(opened, tmp_path) -> None:
    page = opened(rectified())
    page.requested()
    page.open(tmp_path / "page.html")
    clicked(page, "step")
    assert {url.split("#")[0] for url in page.requested() if url != "about:blank"} == {
        (tmp_path / "page.html").as_uri()
    }
    page.run(
        "const script = document.createElement('script'); script.textContent = 'window.hurt = 1';"
        "document.body.append(script)"
    )
    assert page.run("return window.hurt === undefined")
    page.logged()


# -- numbers -------------------------------------------------------------------------------------------


def source(name: str) -> str:
    return (files("autodiff.live") / name).read_text(encoding="utf-8")


@given(st.lists(st.floats(allow_nan=False) | st.floats(-10.0, 10.0).map(lambda x: round(x, 3)), max_size=60))
@settings(max_examples=15)
def test_numbers_are_written_as_in_python(chromium, numbers) -> None:
    numbers = [*numbers, *(k / 8.0 for k in range(-20, 20)), 12345.0, 0.00012345, 9999.5, 99995.0, 1e15, 1e16]
    for digits in (1, 3, 4, 15):
        script = f"const data = {{digits: {digits}}};{source('numbers.js')}"
        given_texts = [repr(x).replace("inf", "Infinity") for x in numbers]
        found = chromium.run(f"{script}return arguments[0].map((x) => written(Number(x)));", given_texts)
        writer = Text(number_format=f".{digits}g")
        assert found == [writer.write(Number(x)) for x in numbers]


def test_leaves_of_a_large_network_share_cards_and_are_moved_in_the_list(opened) -> None:
    network = nn.Network(2, [16, 16, 1])
    for k, parameter in enumerate(network.parameters()):
        parameter.data = 0.5 * math.sin(k + 1.0)
    R: Value = (0.5 - network((1.5, -0.5))) ** 2
    R.name = "R"
    page = opened(R, number_format=".14g")
    assert page.run("return document.querySelectorAll('#stage .node').length") <= 300
    assert "17 numbers" in page.text("#stage")
    assert len(page.run(ROWS)) == 337 + 2
    typed(page, "w₁₁⁽¹⁾", "-0.75")
    next(iter(network.parameters())).data = -0.75
    assert value(page) == pytest.approx(((0.5 - network((1.5, -0.5))) ** 2).item(), rel=1e-12)
    assert page.logged() == []


def test_a_gradient_that_is_nan_is_ranked_behind_all_numbers(opened) -> None:
    a, b, c, d = (Value(1.0, name) for name in "abcd")
    page = opened(a + b**0.5 + 3.0 * c + 2.0 * d)
    page.run(TYPE, "b", "-1")
    time.sleep(0.1)
    ranks = {row["name"]: row["rank"] for row in page.run(ROWS)}
    assert ranks == {"c": "1.", "d": "2.", "a": "3.", "b": "4."}


def test_the_curve_counts_steps_not_moves_by_hand(opened) -> None:
    w, b = Value(3.0, "w"), Value(2.0, "b")
    page = opened(w**2 + b**2)
    for n in range(12):
        page.run("document.getElementById('step').click()")
        page.run(TYPE, "w", f"{2.0 + 0.1 * n}")
    time.sleep(0.1)
    assert page.run("return document.getElementById('count').textContent") == "12"
    assert "step 12" in page.run("return document.getElementById('curve').textContent")


CHOOSE = """
const rule = document.getElementById('rule');
rule.value = arguments[0];
rule.dispatchEvent(new Event('change'));
"""


def test_a_stationary_point_is_said_and_momentum_carries_across_one(opened) -> None:
    page = opened(Value(0.0, "x") ** 4)
    page.run(CHOOSE, "newton")
    page.run("document.getElementById('step').click()")
    assert "a stationary point" in page.text("#told")
    page = opened(Value(1.0, "x") ** 2)
    page.run(CHOOSE, "momentum")
    page.run("document.getElementById('step').click()")
    page.run(TYPE, "x", "0")
    page.run("document.getElementById('step').click()")
    assert "a stationary point" in page.text("#told")  # a move by hand forgets what earlier steps left
    page.run(TYPE, "x", "0.5")
    size = "const s = document.getElementById('size'); s.value = '0.5'; s.dispatchEvent(new Event('change'))"
    page.run(size)
    page.run("document.getElementById('step').click()")  # to 0, with v = 1
    assert value(page) == 0.0
    page.run("document.getElementById('step').click()")
    assert value(page) > 0.0
