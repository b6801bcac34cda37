"""Functions of one and two variables in a live page: curves, contours, and two ways down from a start."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff as ad
import nn.lecture
import optim
from autodiff import play
from tests.autodiff.test_animation import read
from tests.browser import Page

ENTER, LEFT, RIGHT, UP = "\ue007", "\ue012", "\ue014", "\ue013"

SET = """
const field = document.getElementById(arguments[0]);
field.value = arguments[1];
field.dispatchEvent(new Event('change'));
"""
ROWS = """
const rows = [...document.querySelectorAll('#runs tbody tr')];
return rows.map((row) => [...row.cells].map((cell) => cell.textContent));
"""
CONTOURS = "return [...document.querySelectorAll('.contour')].map((path) => path.getAttribute('d'))"
CURVE = "return document.querySelector('.curve').getAttribute('d')"

Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Page, tmp_path: Path) -> Opened:
    """A page of a function, open in the browser."""

    def open_page(f: Any, start: Any, size: str = "desk", **options: Any) -> Page:
        chromium.open(play(f, start, **options).save(tmp_path / "page.html"), size)
        return chromium

    return open_page


def at(page: Page, row: int) -> list[float]:
    return [read(text) for text in page.run(ROWS)[row][1].split(", ")]


@pytest.mark.parametrize(
    ("f", "start", "s"),
    [(nn.lecture.demonstration_1, [2.0], 0.004), (nn.lecture.demonstration_2, [1.5, 1.5], 0.01)],
)
def test_both_ways_are_those_of_optim(opened, f, start, s) -> None:
    page = opened(f, start[0] if len(start) == 1 else start)
    page.run(SET, "size", str(s))
    for _ in range(3):
        page.click("#step")
    one = f if len(start) == 2 else lambda point: f(point[0])
    descent = optim.steepest_descent(one, start, s=s, max_steps=3)
    newton = optim.newton(one, start, safeguard=False, max_steps=3)
    assert at(page, 0) == pytest.approx(list(descent.x), rel=1e-3)
    assert at(page, 1) == pytest.approx(list(newton.x), rel=1e-3)
    assert page.text("#count") == "3"
    assert page.logged() == []


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]


def test_the_curve_is_the_functions(opened) -> None:
    page = opened(lambda x: ad.sin(x) + 0.5 * x, 1.0, xlim=(-3.0, 3.0))
    drawn = np.array(points(page.run(CURVE)))
    x = np.linspace(-3.0, 3.0, len(drawn))
    y = np.sin(x) + 0.5 * x
    slope, height = np.polyfit(y, drawn[:, 1], 1)
    assert slope < 0.0
    assert drawn[:, 1] == pytest.approx(slope * y + height, abs=0.2)


def test_on_a_contour_the_function_has_one_value(opened) -> None:
    page = opened(lambda x, y: x * x + 3.0 * y * y, (1.0, 1.0), xlim=(-2.0, 2.0), ylim=(-2.0, 2.0))
    contours = page.run(CONTOURS)
    assert len(contours) > 8
    corners = page.run("return document.querySelector('.frame').getAttribute('d')")
    left, top, right, bottom = map(float, re.findall(r"[\d.]+", corners)[:4])
    for contour in contours[2:]:
        x, y = np.array(points(contour)).T
        u, v = -2.0 + 4.0 * (x - left) / (right - left), 2.0 - 4.0 * (y - top) / (bottom - top)
        level = u * u + 3.0 * v * v
        assert level == pytest.approx(np.full(len(level), level.mean()), rel=0.03, abs=0.02)


def test_a_start_is_clicked_typed_and_moved_by_keys(opened) -> None:
    page = opened(lambda x, y: x * x + y * y, (1.0, 1.0), xlim=(-2.0, 2.0), ylim=(-2.0, 2.0))
    page.click("#plane")
    middle = at(page, 0)
    assert middle == pytest.approx([0.0, 0.0], abs=0.3)
    page.run(SET, "start0", "-1/2")
    assert at(page, 1)[0] == -0.5
    page.run("document.getElementById('stage').focus()")
    page.press(RIGHT, UP)
    assert at(page, 0) == pytest.approx([-0.46, middle[1] + 0.04], abs=1e-3)
    page.press(ENTER)
    assert page.text("#count") == "1"
    assert at(page, 1) == pytest.approx([0.0, 0.0], abs=1e-12), (
        "Newton is at the minimum of a parabola at once"
    )
    page.run(SET, "start1", "high")
    assert "“high” is not a number; x₂ stays" in page.text("#problem")


def test_too_long_a_step_nan_and_no_inverse_are_said(opened) -> None:
    page = opened(lambda x: x * x, 1.0)
    page.run(SET, "size", "1.5")
    page.click("#step")
    assert "the step is too long (s < 2/λ = 1)" in page.text("#advice")
    page = opened(lambda x: ad.log(x), -1.0)
    assert "f is nan at x = −1: choose another start" in page.text("#problem")
    page.run(SET, "start0", "2")
    assert page.run("return document.getElementById('problem').hidden")
    page = opened(lambda x, y: x + 0.0 * y, (1.0, 1.0))
    page.click("#step")
    assert "Newton has no step: H has no inverse" in page.text("#advice")


def test_it_runs_to_the_minimum_and_is_reset(opened) -> None:
    page = opened(lambda x, y: x * x + 2.0 * y * y, (1.0, 1.0))
    page.click("#run")
    deadline = time.monotonic() + 20.0
    while page.text("#run") != "Run" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert at(page, 0) == pytest.approx([0.0, 0.0], abs=1e-6)
    page.click("#reset")
    assert at(page, 0) == [1.0, 1.0]
    assert page.text("#count") == "0"


def test_the_start_is_in_the_address(opened) -> None:
    page = opened(nn.lecture.demonstration_2, (1.5, 1.5))
    page.run(SET, "start0", "0.25")
    page.click("#closer")
    time.sleep(0.6)
    address, drawn = page.run("return location.href"), page.run(CONTOURS)
    page.driver.get("about:blank")
    page.driver.get(address)
    assert at(page, 0) == [0.25, 1.5]
    assert page.run(CONTOURS) == drawn
    page.run("location.hash = '#of=5'")
    time.sleep(0.1)
    assert page.text("#problem").startswith("This state is of another page")
    assert page.logged() == []


@pytest.mark.parametrize(
    ("f", "start"), [(nn.lecture.demonstration_1, 2.0), (nn.lecture.demonstration_2, (1.5, 1.5))]
)
def test_it_fits_a_phone_and_can_be_read_there(opened, f, start) -> None:
    page = opened(f, start, size="phone")
    assert page.run("return document.documentElement.scrollWidth <= innerWidth")
    assert page.smallest_letters() >= 9.0


@pytest.mark.parametrize(
    ("f", "start", "slope"),
    [(lambda x: x**2, 3.0, "f′ = 6"), (lambda x, y: x**2 + y, (3.0, 1.0), "∇f = (6, 1)")],
)
def test_the_slope_of_one_variable_is_a_derivative_of_two_a_gradient(opened, f, start, slope) -> None:
    page = opened(f, start)
    assert page.text("#words") == slope
    assert page.text("#runs th:last-child") == f"|{slope[:2]}|"


@pytest.mark.parametrize(("f", "told"), [(lambda x: [x], "list"), (lambda x: None, "NoneType")])
def test_a_function_that_gives_no_value_is_refused_by_what_it_gives(f, told):
    with pytest.raises(TypeError, match=f"f must give one number, a Value, got {told}"):
        play(f, 1.0)
