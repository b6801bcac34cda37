"""Pictures as a browser shows them: text stays on its card in any font, none is wider than its column."""

from __future__ import annotations

import base64
import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

import nn
import nn.lecture
from autodiff import Value, draw
from autodiff.pictures.picture import GraphPicture
from tests.browser import Page

from .test_picture_layout import lecture, micrograd

pytestmark = pytest.mark.skipif(
    not (shutil.which("dot") or importlib.util.find_spec("pygraphviz")), reason="no Graphviz here"
)

OUTSIDE = """
const found = [];
for (const text of document.querySelectorAll('.node text')) {
  const card = text.parentNode.querySelector('polygon, path');
  const [inner, outer] = [text.getBoundingClientRect(), (card || text).getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) found.push(text.textContent);
}
for (const text of document.querySelectorAll('.graph > text, .cluster > text')) {
  const [inner, page] = [text.getBoundingClientRect(), document.querySelector('svg').getBoundingClientRect()];
  if (inner.left < page.left || inner.right > page.right) found.push(text.textContent);
}
return found;
"""

FIELDS = """
const found = [];
for (const card of document.querySelectorAll('.node')) {
  const rules = [...card.querySelectorAll('polyline')].map((line) => line.getBoundingClientRect());
  const upright = rules.filter((rule) => rule.width < rule.height);
  for (const text of card.querySelectorAll('text')) {
    const box = text.getBoundingClientRect();
    if (upright.some((rule) => box.left < rule.left && rule.right < box.right)) found.push(text.textContent);
  }
}
return found;
"""


def named() -> Value:
    """Names as wide as they can be."""
    y: Value = Value(0.123456789, "W" * 38) * Value(-1e-9, "@" * 20) + Value(2.0, "漢字")
    y.backward()
    return y


def opened(page: Page, picture: GraphPicture, folder: Path, **options: Any) -> None:
    """The picture in a notebook's cell, among text."""
    file = folder / "cell.html"
    file.write_text(
        f"<!doctype html><meta charset=utf-8><body style='margin:0'>{picture._repr_svg_()}", "utf-8"
    )
    page.open(file, **options)


PICTURES = {
    "lecture": lambda: draw(lecture()),
    "micrograd": lambda: draw(micrograd()),
    "wide": lambda: draw(named()),
}


@pytest.mark.parametrize("font", ["DejaVu Sans", "DejaVu Sans Mono", "DejaVu Serif", "DejaVu Sans Condensed"])
@pytest.mark.parametrize("name", PICTURES)
def test_no_text_leaves_its_card_in_any_font(chromium: Page, tmp_path: Path, name: str, font: str) -> None:
    opened(chromium, PICTURES[name](), tmp_path)
    chromium.run(
        "for (const t of document.querySelectorAll('text')) t.style.font = arguments[0]", f"bold 11px {font}"
    )
    assert chromium.run(OUTSIDE) == []
    assert chromium.run(FIELDS) == []


def test_without_its_length_text_would_leave_its_card(chromium: Page, tmp_path: Path) -> None:
    opened(chromium, draw(named()), tmp_path)
    chromium.run(
        "for (const t of document.querySelectorAll('text')) {"
        "t.removeAttribute('textLength'); t.style.font = 'bold 13px DejaVu Sans Mono' }"
    )
    assert chromium.run(OUTSIDE)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_picture_is_as_wide_as_its_column(chromium: Page, tmp_path: Path, size: str) -> None:
    opened(chromium, draw(lecture()), tmp_path, size=size)
    width, height, column = chromium.run(
        "const box = document.querySelector('svg').getBoundingClientRect();"
        "return [box.width, box.height, document.body.clientWidth]"
    )
    assert width == pytest.approx(column)
    seen = draw(lecture()).layout.extent
    assert width / height == pytest.approx(seen.width / (seen.height + 30.0), rel=0.1)
    assert chromium.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert not chromium.logged()


def test_a_wide_picture_is_no_wider_than_a_cell_also_as_an_image(chromium: Page, tmp_path: Path) -> None:
    picture = nn.draw_network(nn.lecture.network(), *nn.lecture.observations())
    source = base64.b64encode(str(picture._repr_svg_()).encode()).decode()
    cell = f'<div id="cell" style="width:700px"><img src="data:image/svg+xml;base64,{source}"></div>'
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{cell}", "utf-8")
    chromium.open(path)
    width, height = chromium.run(
        "const { width, height } = document.images[0].getBoundingClientRect(); return [width, height]"
    )
    assert 690 < width <= 700
    assert 1.5 < width / height < 4.0
