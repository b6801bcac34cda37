"""python -m tests.documentation.pictures: the pictures of the README that are no picture of a graph.

Needs the extra test, Graphviz and Chromium. What is text is written as SVG, and a test holds it to the text.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable
from pathlib import Path

from autodiff import explain, jit, play, value_and_grad
from autodiff.files.writing import write
from autodiff.testing import assert_same_derivative
from autodiff.text.escaping import html
from tests.browser import Page, found, opened

from .examples import cells, example, loss, moons, recurrence
from .listing import as_svg
from .typesetting import typeset

DOCS = Path(__file__).parents[2] / "docs"

WRONG = "-(y - a)*a(1 - a)*x"


def check() -> str:
    """What a wrong formula is told."""
    try:
        assert_same_derivative(loss, WRONG)
    except AssertionError as error:
        return as_svg(f'>>> assert_same_derivative(loss, "{WRONG}")\n{error}')
    raise AssertionError("a wrong formula passed")


def program() -> str:
    """The function of a program, without the definitions before it."""
    compiled = jit(value_and_grad(loss))
    compiled(0.5, 0.1, 2.0, 1.0)
    return as_svg(compiled.source[compiled.source.index("def loss") :].rstrip())


TEXTS: dict[str, Callable[[], str]] = {"check.svg": check, "program.svg": program}


CHOSEN = """
const field = document.getElementById(arguments[0]);
field.value = arguments[1];
field.dispatchEvent(new Event("change"));
"""
BOX = """
const { x, y, width, height } = document.querySelector(arguments[0]).getBoundingClientRect();
const around = arguments[1];
return { x: x - around, y: y - around, width: width + 2 * around, height: height + 2 * around };
"""
SCREEN = {"width": 1280, "height": 900, "deviceScaleFactor": 2, "mobile": False}


def _shot(page: Page, path: Path, of: str, around: int = 0) -> None:
    """A screenshot of an element and what is around it, in twice as many pixels."""
    box = page.run(BOX, of, around)
    told = page.driver.execute_cdp_cmd("Page.captureScreenshot", {"clip": {**box, "scale": 1}})
    write(path, base64.b64decode(told["data"]))


NOTEBOOK = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ columns: 2; width: 1180px; padding: 16px; background: #fff; color: #1f2328; font: 14px sans-serif }}
section {{ display: inline-block; width: 100%; margin-bottom: 20px }}
code {{ display: block; padding: 6px 10px; margin-bottom: 10px; background: #f6f8fa; font: 13px monospace }}
pre, .whole {{ width: 100% }}
</style><body>{}"""
"""A page that looks about as a notebook does."""


def notebook() -> str:
    """What cells end with, and what a notebook shows of it."""
    shown = (f"<section><code>{html(code)}</code>{x._repr_html_()}</section>" for code, x in cells().items())
    return NOTEBOOK.format("".join(shown))


def _photograph(page: Page, folder: Path) -> None:
    def show(html: str, height: int = 900) -> None:
        (folder / "page.html").write_text(html, encoding="utf-8")
        page.open(folder / "page.html")
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**SCREEN, "height": height})

    show(notebook(), 1000)
    _shot(page, DOCS / "notebook.png", "body")
    show(play(example()[0]).html)
    for _ in range(12):
        page.click("#step")
    _shot(page, DOCS / "play.png", "body")
    show(play(example()[0]).html)
    page.click("#hint")
    page.click("#hint")
    page.run("document.getElementById('answer').value = '-(y − u₂)·u₂(1 − u₂)·x'")
    page.click("#check")
    _shot(page, DOCS / "homework.png", "#turn", around=12)
    show(moons().html)
    page.run(CHOSEN, "rule", "adam")
    for _ in range(120):
        page.run("document.getElementById('step').click()")
    _shot(page, DOCS / "network.png", "body")


def main() -> None:
    """Write them all."""
    R, w = example()
    write(DOCS / "derivation.svg", typeset(explain(R, w).latex))
    write(DOCS / "recurrence.svg", typeset(explain(*recurrence()).latex, reasons=5.0, width=12.2))
    for name, text in TEXTS.items():
        write(DOCS / name, text().encode())
    programs = found()
    if programs is None:
        raise SystemExit("no Chromium here: apt install chromium chromium-driver")
    with opened(*programs) as page, tempfile.TemporaryDirectory() as folder:
        _photograph(page, Path(folder))


if __name__ == "__main__":
    main()
