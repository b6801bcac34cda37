"""The live page of a network with data in a real browser: moved, stepped and misused."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
import nn.lecture
import optim
from autodiff import Value, gradients
from tests.autodiff.test_animation import HOSTILE, laid_out, read
from tests.autodiff.test_live_in_browser import (
    DOWN,
    ENTER,
    NAMELESS,
    ROWS,
    SET,
    SLIDERS,
    UP,
    clicked,
    tabbed,
    typed,
    value,
)
from tests.browser import Page

Opened = Callable[..., Page]

PATH = "return document.querySelector(arguments[0]).getAttribute('d')"

FRAME = """
const frame = document.querySelector('#plane .frame').getAttribute('d');
return frame.match(/[\\d.]+/g).map(Number);
"""

TIMED = """
const times = [], step = document.getElementById('step');
for (let k = 0; k < 60; k += 1) {
  const before = performance.now();
  step.click();
  times.push(performance.now() - before);
}
return times.slice(20).sort((a, b) => a - b);
"""


@pytest.fixture
def opened(chromium: Page, tmp_path: Path) -> Opened:
    """A page of a network, open in the browser."""

    def open_page(network: nn.Module, X: Any, y: Any, *args: Any, size: str = "desk", **options: Any) -> Page:
        chromium.open(nn.play(network, X, y, *args, **options).save(tmp_path / "page.html"), size)
        return chromium

    return open_page


def moons(n: int = 100) -> tuple[Any, Any]:
    rng, t = np.random.default_rng(0), np.linspace(0.0, np.pi, n // 2)
    X = np.concatenate([np.stack([np.cos(t), np.sin(t)], 1), np.stack([1.0 - np.cos(t), 0.5 - np.sin(t)], 1)])
    return X + 0.1 * rng.normal(size=X.shape), np.repeat([0.0, 1.0], n // 2)


def wave() -> tuple[Any, Any]:
    x = np.linspace(-2.5, 3.0, 25)
    return x, np.sin(x) + 0.1 * x


def points(path: str) -> Any:
    return np.array([(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)])


def in_plane(page: Page, path: str, x: tuple[float, float], y: tuple[float, float]) -> Any:
    """The points of a path as numbers on the axes."""
    left, top, right, bottom = page.run(FRAME)[:4]
    px, py = points(path).T
    return np.stack(
        [
            x[0] + (px - left) / (right - left) * (x[1] - x[0]),
            y[0] + (bottom - py) / (bottom - top) * (y[1] - y[0]),
        ],
        1,
    )


def reach(*numbers: Any) -> tuple[float, float]:
    """Where an axis goes from and to."""
    low, high = min(map(np.min, numbers)), max(map(np.max, numbers))
    return low - 0.1 * (high - low), high + 0.1 * (high - low)


# -- moved ---------------------------------------------------------------------------------------------


def test_the_curve_is_the_networks_and_follows_a_parameter_that_is_typed(opened) -> None:
    network, (x, y) = nn.Network(1, [4, 1], "tanh", seed=3), wave()
    page = opened(network, x, y, number_format=".14g")
    axes = reach(x), reach(y, network(x).data)
    for move in (None, "-1.5"):
        if move:
            typed(page, "w₁₁⁽¹⁾", move)
            network.layers[0].neurons[0].weights[0].data = float(move)
        curve = in_plane(page, page.run(PATH, "#plane .line"), *axes)
        assert curve[:, 1] == pytest.approx(network(curve[:, 0]).data, abs=0.004)
        assert value(page) == pytest.approx(nn.squared_error(network(x), y).item(), rel=1e-12)
    assert page.text("#words").startswith("predicted")
    assert page.logged() == []


def test_every_slope_is_the_engines(opened) -> None:
    network, (X, y) = nn.MLP(2, [3, 1], "tanh", seed=1), moons(30)
    page = opened(network, X, y, nn.binary_cross_entropy, number_format=".14g")
    theta = network.parameters()
    slopes = gradients(nn.binary_cross_entropy(network(X), y), theta)
    found = [read(row["slope"]) for row in page.run(ROWS)]
    assert found == pytest.approx([entry for slope in slopes for entry in slope.ravel()], rel=1e-11)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "squared_error", "hinge"])
def test_the_boundary_is_where_both_classes_have_the_same_loss(opened, loss) -> None:
    (X, y), network = moons(40), nn.MLP(2, [8, 1], "tanh", seed=2)
    y = 2.0 * y - 1.0 if loss == "hinge" else y
    nn.fit(network, X, y, loss=loss, epochs=60, seed=0, progress=False, lr=0.05)
    page = opened(network, X, y, loss)
    boundary = in_plane(page, page.run(PATH, "#plane .line"), reach(X[:, 0]), reach(X[:, 1]))
    middle = 0.5 if loss == "squared_error" else 0.0
    outputs = network(boundary).data[:, 0]
    assert len(outputs) > 20
    spread = np.ptp(network(X).data)
    assert np.abs(outputs - middle).max() < 0.03 * spread
    predicted = network(X).data[:, 0] > middle
    right = int(np.sum(predicted == (y > y.min())))
    assert page.text("#plane .right") == f"right: {right} of 40"
    wrong = page.run("return document.querySelectorAll('#plane .mark.wrong').length")
    assert wrong == 40 - right


def test_many_classes_are_told_apart(opened) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.arange(60) % 3
    network = nn.Sequential(nn.Linear(2, 3, seed=0))
    page = opened(network, X, y, "cross_entropy")
    assert page.text("#plane .right") == f"right: {round(60 * nn.accuracy(network(X).data, y))} of 60"
    fills = page.run("return [...document.querySelectorAll('#plane .shade')].map((s) => s.classList[1])")
    assert {"c0", "c1", "c2"} >= set(fills)
    assert page.run("return document.querySelectorAll('.legend li').length") == 5


def test_more_features_are_shown_by_target(opened) -> None:
    rng = np.random.default_rng(0)
    X, network = rng.normal(size=(20, 4)), nn.MLP(4, [3, 1], seed=0)
    y = X.sum(1)
    page = opened(network, X, y, "mean_squared_error")
    both = reach(y, network(X).data)
    marks = page.run("return [...document.querySelectorAll('#plane .mark')].map((m) => m.getAttribute('d'))")
    found = np.concatenate([in_plane(page, mark, both, both) for mark in marks])
    assert found == pytest.approx(np.stack([y, network(X).data[:, 0]], 1), abs=0.02 * (both[1] - both[0]))
    (X, y), network = moons(20), nn.MLP(3, [3, 1], seed=0)
    page = opened(network, np.column_stack([X, X[:, 0]]), y, nn.binary_cross_entropy)
    assert "right: " in page.text("#plane .right")


# -- the diagram ---------------------------------------------------------------------------------------

TEXTS = """
const texts = [...document.querySelectorAll('.diagram .node')];
return texts.map((node) => [...node.querySelectorAll('text')].map((text) => text.textContent));
"""


def shown(network: Any, X: Any, y: Any) -> list[list[str]]:
    """The text of all nodes of `draw_network`, without its legend."""
    svg = nn.draw_network(network, X, y, gradients=True).svg
    groups = re.findall(r'class="node">(.*?)</g>', svg, re.DOTALL)
    texts = [
        [unescape(text) for text in re.findall(r"<text [^>]*>([^<]*)</text>", group)] for group in groups
    ]
    notes = ("positive", "negative", "zero", "thin", "thick", "gradients: ", "nodes: ")
    return sorted(text for text in texts if text and not text[0].startswith(notes))


@laid_out
def test_the_diagram_is_that_of_draw_network_and_follows_what_is_typed(opened) -> None:
    network, (X, y) = nn.lecture.network(), nn.lecture.observations()
    page = opened(network, X, y)
    assert sorted(filter(None, page.run(TEXTS))) == shown(network, X, y)
    for name, number in (("w₁₁⁽¹⁾", -1.5), ("b₁⁽²⁾", 0.25)):
        typed(page, name, str(number))
        next(p for p in network.parameters() if p.name == name).data = number
    assert sorted(filter(None, page.run(TEXTS))) == shown(network, X, y)
    assert page.run("return document.querySelectorAll('.diagram .way.negative').length") == 1
    assert page.logged() == []


@laid_out
def test_lines_are_as_thick_as_their_weights_are_large(opened) -> None:
    network = nn.MLP(2, [2, 1], "tanh", seed=1)
    page = opened(network, [0.5, -1.0], 0.25)
    ways = "[...document.querySelectorAll('.way')].map((w) => [w.id, Number(w.getAttribute('stroke-width'))])"
    widths = dict(page.run(f"return {ways}"))
    weights = network.layers[0].weight.data
    most = max(np.abs(p.data).max() for p in network.parameters())
    for j, k in np.ndindex(2, 2):
        width = 0.8 + 3.2 * abs(weights[j, k]) / most
        assert widths[f"way-w1_{j + 1}_{k + 1}"] == pytest.approx(width, abs=0.006)
    assert page.run("return document.getElementById('plane')") is None, "one observation has no curve"


@laid_out
def test_another_observation_is_clicked_or_typed(opened) -> None:
    network, (x, y) = nn.Network(1, [2, 1], "tanh", seed=3), wave()
    page = opened(network, x, y)

    def node(name: str) -> float:
        return read(next(text for text in page.run(TEXTS) if text and text[0] == name)[1])

    assert node("x₁") == x[0]
    page.run(SET, "observation", "5")
    assert node("x₁") == pytest.approx(x[4], rel=1e-3)
    assert node("a₁⁽²⁾") == pytest.approx(network(x[4]).item(), rel=1e-3)
    assert node("e") == pytest.approx(y[4] - network(x[4]).item(), rel=1e-2)
    page.run("document.querySelectorAll('#plane .mark')[7].dispatchEvent(new MouseEvent('click'))")
    assert node("x₁") == pytest.approx(x[7], rel=1e-3)
    time.sleep(0.6)
    address = page.run("return location.href")
    page.driver.get("about:blank")
    page.driver.get(address)
    assert node("x₁") == pytest.approx(x[7], rel=1e-3)
    for nonsense in ("0", "26", "1.5", "two"):
        page.run(SET, "observation", nonsense)
        assert "is no observation; it stays 8" in page.text("#problem")
    assert page.logged() == []


@laid_out
def test_a_number_is_dragged_in_the_diagram(opened) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    page = opened(nn.lecture.network(), [3.0, -2.0], 1.2)
    label = page.driver.find_element(By.CSS_SELECTOR, "#p0")
    ActionChains(page.driver).drag_and_drop_by_offset(label, 40, 0).perform()
    assert float(page.run(ROWS)[0]["value"]) > 0.3


@laid_out
def test_a_function_of_a_whole_layer_is_computed_in_the_diagram(opened) -> None:
    X, network = (
        np.random.default_rng(0).normal(size=(9, 2)),
        nn.Network(2, [3], output="log_softmax", seed=0),
    )
    page = opened(network, X, np.arange(9) % 3, "negative_log_likelihood", picture="network")
    found = {text[0]: text[1] for text in page.run(TEXTS) if len(text) > 1}
    right = [a.item() for a in network(*X[0])]
    assert [read(found[f"a{j}⁽¹⁾"]) for j in "₁₂₃"] == pytest.approx(right, rel=1e-3)


# -- downhill ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "s", "optimizer"),
    [
        ("descent", 0.01, lambda p: optim.SGD(p, lr=0.01)),
        ("momentum", 0.003, lambda p: optim.SGD(p, lr=0.003, momentum=0.9)),
        ("adam", 0.02, lambda p: optim.Adam(p, lr=0.02)),
    ],
)
def test_a_hundred_steps_are_those_of_the_optimisers(opened, rule, s, optimizer) -> None:
    network, (x, y) = nn.Network(1, [4, 1], "tanh", seed=3), wave()
    page = opened(network, x, y, number_format=".15g")
    page.run(SET, "rule", rule)
    page.run(SET, "size", str(s))
    page.run("for (let k = 0; k < 100; k += 1) document.getElementById('step').click()")
    steps = optimizer(network.parameters())
    for _ in range(100):
        steps.zero_grad()
        nn.squared_error(network(x), y).backward()
        steps.step()
    assert page.text("#count") == "100"
    assert value(page) == pytest.approx(nn.squared_error(network(x), y).item(), rel=1e-12)


def test_newtons_steps_are_those_of_the_minimiser(opened) -> None:
    x = np.linspace(-1.0, 1.0, 9)
    y = 1.0 / (1.0 + np.exp(-(2.0 * x - 0.5)))
    network = nn.Network(1, [1], output="sigmoid", initialize="zeros")
    page = opened(network, x, y, number_format=".15g")
    page.run(SET, "rule", "newton")
    page.run(SET, "size", "1")
    for _ in range(3):
        clicked(page, "step")
    found = optim.newton(
        lambda p: nn.squared_error(nn.sigmoid(p[0] * x + p[1]), y), [0.0, 0.0], safeguard=False, max_steps=3
    )
    assert value(page) == pytest.approx(found.value, rel=1e-9)


def test_the_first_step_size_goes_down_and_one_that_is_too_long_is_said(opened) -> None:
    network, (x, y) = nn.Network(1, [4, 1], "tanh", seed=3), wave()
    page = opened(network, x, y)
    before = value(page)
    clicked(page, "step")
    assert value(page) < before
    page.run(SET, "size", "5")
    clicked(page, "step")
    assert re.search(r"R went up: the step is too long \(s < 2/λ = ", page.text("#advice"))
    clicked(page, "reset")
    assert value(page) == before


def test_of_more_than_50_parameters_no_hessian_is_computed(opened) -> None:
    page = opened(nn.MLP(2, [16, 16, 1], "tanh", seed=1), *moons(), nn.binary_cross_entropy)
    assert page.run("return [...document.getElementById('rule').options].map((o) => o.value)") == [
        "descent",
        "momentum",
        "adam",
    ]
    page.run(SET, "size", "90")
    clicked(page, "step")
    assert page.text("#advice") == "R went up: the step is too long."


def test_a_frame_of_moons_takes_milliseconds(opened) -> None:
    page = opened(nn.MLP(2, [16, 16, 1], "tanh", seed=1), *moons(), nn.binary_cross_entropy)
    times = page.run(TIMED)
    assert times[0] < 17.0, times  # computing and drawing; the machine of a test is shared


# -- misused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nonsense", ["abc", "", "1/0", "<b>1</b>", "nan"])
def test_nonsense_is_said_and_changes_nothing(opened, nonsense) -> None:
    page = opened(nn.lecture.network(), *nn.lecture.observations())
    before = page.text("#output")
    typed(page, "w₁₁⁽¹⁾", nonsense)
    assert f"“{nonsense}” is not a number; w₁₁⁽¹⁾ stays 0.2" in page.text("#problem")
    assert page.text("#output") == before
    assert page.logged() == []


def test_a_loss_that_is_no_number_is_said_and_the_page_goes_on(opened) -> None:
    class Root(nn.Module):
        def __init__(self) -> None:
            self.w = Value(1.0, "w")

        def forward(self, x: Any) -> Any:
            return (self.w + x) ** 0.5

    page = opened(Root(), np.array([1.0, 3.0, 5.0]), np.array([1.0, 2.0, 3.0]))
    typed(page, "w", "-2")
    assert page.text("#problem") == "R is nan: the loss of observation 1 is. Move back, or Reset."
    clicked(page, "step")
    assert "No step can be made" in page.text("#title")
    clicked(page, "reset")
    assert page.run("return document.getElementById('problem').hidden")
    assert page.logged() == []


def test_hostile_names_are_shown_and_do_nothing(opened) -> None:
    class Hostile(nn.Module):
        def __init__(self) -> None:
            self.w = [Value(0.1 * k, name) for k, name in enumerate(HOSTILE)]

        def forward(self, x: Any) -> Any:
            return sum(self.w[1:], start=self.w[0]) * x

    Hostile.__name__ = "<img src=x onerror=alert(1)>"
    page = opened(Hostile(), *wave())
    assert len(page.run(ROWS)) == len(HOSTILE)
    clicked(page, "step")
    assert page.run("return document.querySelectorAll('img, b, i').length") == 0
    assert page.logged() == []


@laid_out
def test_hostile_names_in_the_diagram_do_nothing(opened) -> None:
    network = nn.lecture.network()
    for parameter, name in zip(network.parameters(), HOSTILE, strict=False):
        parameter.name = name
    page = opened(network, *nn.lecture.observations())
    assert len([text for text in page.run(TEXTS) if text]) == 5 + 5 + 3 + 9, (
        "titles, nodes, what follows, labels"
    )
    clicked(page, "step")
    assert page.run("return document.querySelectorAll('img, b, i').length") == 0
    assert page.logged() == []


# -- the situation -------------------------------------------------------------------------------------


def test_the_situation_is_in_the_address_and_comes_back(opened) -> None:
    page = opened(nn.Network(1, [4, 1], "tanh", seed=3), *wave(), number_format=".14g")
    typed(page, "w₁₁⁽¹⁾", "0.7")
    page.run(SET, "rule", "adam")
    clicked(page, "step")
    time.sleep(0.6)
    address, R, curve = page.run("return location.href"), value(page), page.run(PATH, "#plane .line")
    assert "#of=13" in address
    page.driver.get("about:blank")
    page.driver.get(address)
    assert (value(page), page.run(PATH, "#plane .line")) == (R, curve)
    assert page.run("return document.getElementById('rule').value") == "adam"
    page.run("location.hash = '#of=3&0=1'")
    time.sleep(0.1)
    assert page.text("#problem").startswith("This state is of another page")


# -- by everyone ---------------------------------------------------------------------------------------


def shown_soon(page: Any, holds: Callable[[], bool]) -> None:
    """Wait for the next frames: a page draws once for each, however many keys were pressed."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(page.driver, 10.0).until(lambda _: holds())


def test_everything_is_done_with_the_keyboard_alone(opened) -> None:
    page = opened(nn.lecture.network(), *nn.lecture.observations())

    def label() -> str:
        return str(page.run("return document.activeElement.getAttribute('aria-label') || ''"))

    tabbed(page, lambda: page.focused() == "step")
    page.press(ENTER)
    assert page.text("#count") == "1"
    page.click("#reset")
    tabbed(page, lambda: label() == "w₁₁⁽¹⁾")
    page.press("0", ".", "5", ENTER, UP, DOWN, DOWN)
    shown_soon(page, lambda: page.run(ROWS)[0]["value"] == "0.49")


def test_everything_has_a_name_for_screen_readers(opened) -> None:
    page = opened(nn.Network(1, [4, 1], "tanh", seed=3), *wave())
    assert page.run(NAMELESS) == []
    told = page.run("return document.getElementById('plane').getAttribute('aria-label')")
    assert told.startswith("The network as a curve, with 25 observations; R = ")


def test_nothing_is_wider_than_a_phone(opened) -> None:
    page = opened(nn.Network(1, [4, 1], "tanh", seed=3), *wave(), size="phone")
    assert page.run("return document.documentElement.scrollWidth <= innerWidth")
    assert page.run(SLIDERS) >= 48
    sizes = page.run(
        "return [...document.querySelectorAll('#plane .tick')].map((t) => t.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 10.0


def test_long_lists_are_folded_by_layer(opened) -> None:
    page = opened(nn.MLP(2, [16, 16, 1], "tanh", seed=1), *moons(), nn.binary_cross_entropy)
    heads = page.run("return [...document.querySelectorAll('.row.head h3')].map((head) => head.textContent)")
    assert heads == ["layer (1): 48 numbers", "layer (2): 272 numbers", "layer (3)"]
    page.run("document.querySelectorAll('details')[1].open = true")
    typed(page, "w₁₂⁽²⁾", "2")
    assert page.text("#title").startswith("w₁₂⁽²⁾: ")


def test_nothing_is_loaded_and_no_other_script_runs(opened, tmp_path) -> None:
    page = opened(nn.lecture.network(), *nn.lecture.observations())
    page.requested()
    page.open(tmp_path / "page.html")
    clicked(page, "step")
    assert {url for url in page.requested() if url != "about:blank"} == {(tmp_path / "page.html").as_uri()}
    page.run(
        "const script = document.createElement('script'); script.textContent = 'window.hurt = 1';"
        "document.body.append(script)"
    )
    assert page.run("return window.hurt === undefined")
    page.logged()
