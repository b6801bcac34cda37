"""Text stays on its card, and titles in the picture, in the font that was reckoned with and in others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autodiff import Value, animate
from tests.browser import Page, chromium

__all__ = ["chromium"]  # a fixture

FONTS = {"DejaVu Sans": "100%", "a third wider": "133%", "half as wide again": "150%", "narrow": "70%"}

DRESS = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  @font-face { font-family: Dressed; src: local("DejaVu Sans"); size-adjust: ${arguments[0]}; }
  @font-face {
    font-family: Dressed; src: local("DejaVu Sans Bold"); font-weight: bold; size-adjust: ${arguments[0]};
  }
  svg text { font-family: Dressed, "DejaVu Sans" !important; }`);
document.adoptedStyleSheets = [sheet];
return Promise.all([...document.fonts].map((font) => font.load())).then((fonts) => fonts.length);
"""
"""Fonts of any width, made of one that is here."""

OUTSIDE = """
const outside = [];
const picture = document.querySelector("svg.storyboard, .stage > svg, svg").getBoundingClientRect();
for (const text of document.querySelectorAll("svg text")) {
  const box = text.getBoundingClientRect();
  if (!box.width) continue;
  const group = text.closest("g.node, g.edge");
  const card = group && group.querySelector("rect, path, polygon, ellipse");
  const is_card = card && !card.matches(".way, .head, .back");
  const room = is_card ? card.getBoundingClientRect() : picture;
  if (box.left < room.left - 0.5 || box.right > room.right + 0.5) outside.push(text.textContent);
}
return outside;
"""

TOUCHING = """
const touching = [];
for (const node of document.querySelectorAll("g.node")) {
  const texts = [...node.querySelectorAll("text")];
  const boxes = texts.map((text) => [text.textContent, text.getBoundingClientRect()]);
  boxes.forEach(([a, one], k) => boxes.slice(0, k).forEach(([b, other]) => {
    const beside = one.left >= other.right - 0.5 || other.left >= one.right - 0.5;
    const below = Math.abs(one.top - other.top) > 6;
    if (one.width && other.width && !beside && !below) touching.push(`${a} | ${b}`);
  }));
}
return touching;
"""


def lecture_story() -> Any:
    return animate(nn.lecture.loss(nn.lecture.network()))


def long_story() -> Any:
    w, x = Value(-123456.789, "a rather long name of a weight"), Value(1e-9, "WWWWMMMM", constant=True)
    r = (w * x - 0.000123456).tanh() * w
    r.name = "R(θ) of all that was said above"
    return animate(r)


def lecture_diagram() -> str:
    X, y = nn.lecture.observations()
    return nn.draw_network(nn.lecture.network(), X, y, gradients=True).svg


def diagram_with_table() -> str:
    x, y = np.full((9, 64), -123456.0), np.zeros((9, 10))
    return nn.draw_network(nn.MLP(64, [32, 10], seed=0), x, y, gradients=True).svg


def renamed_diagram() -> str:
    network = nn.lecture.network()
    network.layers[0].neurons[0].weights[0].name = "MMMMMMMMWWWWWWWW"
    return nn.draw_network(network, [Value(-3.0, "the first input"), -2e-17], gradients=True).svg


PICTURES: dict[str, Callable[[], str]] = {
    "frame": lambda: lecture_story().frames[-3].svg,
    "frame with a derivative": lambda: lecture_story().frames[20].svg,
    "frame of long names": lambda: long_story().frames[-2].svg,
    "diagram": lecture_diagram,
    "diagram with a table": diagram_with_table,
    "diagram of long names": renamed_diagram,
}


@pytest.mark.parametrize("name", PICTURES)
def test_text_stays_on_its_card_in_any_font(name: str, chromium: Page, tmp_path: Path) -> None:
    page = tmp_path / "picture.html"
    page.write_text(f"<!DOCTYPE html><meta charset='utf-8'><body>{PICTURES[name]()}", encoding="utf-8")
    chromium.open(page)
    for font, width in FONTS.items():
        assert chromium.run(DRESS, width) == 2
        assert chromium.run(OUTSIDE) == [], font
        assert chromium.run(TOUCHING) == [], font


@pytest.mark.parametrize("story", [lecture_story, long_story])
@pytest.mark.parametrize("font", FONTS)
def test_text_stays_on_its_card_at_every_step_of_a_page(
    story: Callable[[], Any], font: str, chromium: Page, tmp_path: Path
) -> None:
    made = story()
    chromium.open(made.save(tmp_path / "story.html"))
    assert chromium.run(DRESS, FONTS[font]) == 2
    for step in {1, len(made.steps) // 2, len(made.steps) - 2, len(made.steps) - 1}:
        chromium.run(
            "const slider = document.getElementById('slider'); slider.value = arguments[0]; "
            "slider.dispatchEvent(new Event('input'));",
            step,
        )
        assert chromium.run(OUTSIDE) == []
        assert chromium.run(TOUCHING) == []


@pytest.mark.parametrize("name", ["frame", "diagram"])
def test_without_a_length_a_wide_font_would_leave_its_card(name: str, chromium: Page, tmp_path: Path) -> None:
    page = tmp_path / "picture.html"
    bare = PICTURES[name]().replace("textLength", "data-length")
    page.write_text(f"<!DOCTYPE html><meta charset='utf-8'><body>{bare}", encoding="utf-8")
    chromium.open(page)
    chromium.run(DRESS, "150%")
    assert chromium.run(OUTSIDE) + chromium.run(TOUCHING)


@pytest.mark.parametrize("name", ["frame", "diagram", "diagram with a table"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_pictures_are_no_wider_than_the_column_they_are_in(
    name: str, size: str, chromium: Page, tmp_path: Path
) -> None:
    page = tmp_path / "cell.html"
    cell = f"<div style='width:60vw;border:1px solid'>{PICTURES[name]()}</div>"
    page.write_text(
        f"<!DOCTYPE html><meta charset='utf-8'><meta name='viewport' content='width=device-width'>{cell}",
        encoding="utf-8",
    )
    chromium.open(page, size)
    box = (
        "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
        "return [box.width, box.height];"
    )
    width, height = chromium.run(box, "svg")
    assert width <= chromium.run(box, "div")[0]
    _, _, whole, high = map(
        float, chromium.run("return document.querySelector('svg').getAttribute('viewBox')").split()
    )
    assert abs(width / height - whole / high) < 0.01
