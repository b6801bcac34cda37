"""What notebooks show in place of a repr: well-formed, whatever it holds; small, however large that is."""

from __future__ import annotations

import ast
import io
import keyword
import math
import re
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
import optim
from autodiff import Value, check_gradients, elementwise, exp, sigmoid, tree
from autodiff.testing import edge_arrays
from autodiff.text import notebook
from autodiff.text.curves import BLUE, HEIGHT, ORANGE, WIDTH, Series, curves
from autodiff.text.highlighting import highlighted
from tests.foreign import FOREIGN, FRAGMENTS

TIMES = np.linspace(0.0, 4.0, 9)
COUNTS = np.array([5.1, 4.0, 3.3, 2.5, 2.1, 1.7, 1.4, 1.0, 0.9])


def parsed(html: str) -> ElementTree.Element:
    """The tree of what is shown, of which each tag is closed."""
    return ElementTree.fromstring(html)


def said(html: str) -> str:
    return "".join(parsed(html).itertext())


def cells(html: str) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in parsed(html).iter("tr")]


# -- what each says --------------------------------------------------------------------------------


def test_a_number_has_its_name_its_data_and_its_gradient() -> None:
    w = Value(0.5, "w")
    y = w * w
    assert cells(w._repr_html_()) == [["data", "0.5"], ["gradient", "–"]]
    y.backward()
    assert cells(w._repr_html_()) == [["data", "0.5"], ["gradient", "1"]]
    assert said(w._repr_html_()).startswith("w")
    assert "by ·" in said(y._repr_html_())
    constant = Value(2.0, "x", constant=True)._repr_html_()
    assert cells(constant) == [["data", "2"]]
    assert "constant" in constant


def test_a_vector_is_a_row_and_a_matrix_a_table_beside_its_gradient() -> None:
    v, M = Value([1.0, 2.5], "v"), Value([[1.0, 2.0], [3.0, 4.0]], "M")
    (v.sum() + (M * M).sum()).backward()
    assert cells(v._repr_html_()) == [["", "0", "1"], ["data", "1", "2.5"], ["gradient", "1", "1"]]
    data, gradient = parsed(M._repr_html_()).iter("table")
    assert [cell.text for cell in data.iter("td")] == ["0", "1", "2", "1", "3", "4"]
    assert [cell.text for cell in gradient.iter("td")] == ["0", "2", "4", "1", "6", "8"]


def test_of_a_large_matrix_both_ends_are_shown_and_of_more_axes_the_first_matrix() -> None:
    shown = cells(Value(np.arange(1e4).reshape(100, 100))._repr_html_())
    assert shown[0] == ["", "0", "1", "2", "3", "…", "97", "98", "99"]
    assert shown[-1][:2] == ["99", "9900"]
    assert shown[-1][-1] == "9999"
    assert len(shown) == 9
    assert "the first matrix, [0, 0]" in said(Value(np.zeros((2, 3, 4, 5)))._repr_html_())


@given(edge_arrays(), st.booleans(), st.one_of(st.none(), FOREIGN))
def test_any_value_is_shown_in_little_room(x: Any, constant: bool, name: str | None) -> None:
    value = Value(x, name, constant)
    value.grad = x
    html = value._repr_html_()
    assert len(html) < 30_000
    assert (value.name or "Value")[:1] in said(html) or not (value.name or "")[:1].isprintable()


def test_lazy_data_are_not_computed() -> None:
    da = pytest.importorskip("dask.array")

    def computed(block: Any) -> Any:
        raise AssertionError("computed")

    x = da.ones((6, 2), chunks=(3, 2)).map_blocks(computed, dtype=float, meta=np.ones((0, 0)))
    assert "dask array" in said(Value(x)._repr_html_())


def test_a_tree_is_its_text() -> None:
    x = Value(3.0, "x")
    shown = tree(x * x + 1.0)
    assert said(shown._repr_html_()) == str(shown)


def test_a_result_and_its_path_have_a_curve_and_a_table() -> None:
    result = optim.minimize(lambda x: (x[0] - 1.0) ** 2 + x[1] ** 4, np.array([3.0, 1.0]), path=True)
    assert said(result._repr_html_()).startswith(result.method)
    for shown in (result._repr_html_(), result.path._repr_html_()):
        assert len([*parsed(shown).iter(f"{{{SVG}}}svg")]) == 1
    header, *rows = cells(result.path._repr_html_())
    assert header == ["step", "x[0]", "x[1]", "f", "largest slope", "step size"]
    assert [rows[0][0], rows[-1][0]] == ["0", str(len(result.path) - 1)]
    assert float(rows[-1][3]) == pytest.approx(result.value, rel=1e-5, abs=1e-12)


def test_a_long_path_has_a_short_table() -> None:
    result = optim.steepest_descent(lambda x: (x * x).sum(), np.ones(5), s=0.001, max_steps=3000, path=True)
    assert len(cells(result.path._repr_html_())) < 16
    assert len(result._repr_html_()) < 12_000


def test_a_history_has_its_curves_and_its_table() -> None:
    history = nn.History(loss=[4.0, 1.0, 0.1], validation_loss=[5.0, 0.2, 0.3], reason="reached 3 epochs")
    html = history._repr_html_()
    assert len([*parsed(html).iter(f"{{{SVG}}}path")]) > 2
    assert cells(html)[-1] == ["3", "0.1", "0.3"]
    assert said(html).endswith("reached 3 epochs")
    assert said(nn.History()._repr_html_()) == "not begun"


def test_a_summary_a_fit_and_a_check_have_the_numbers_of_their_texts() -> None:
    summary = nn.MLP(2, [3, 1], seed=0).summary((5, 2))
    fit = optim.least_squares(lambda a, b: COUNTS - a * exp(-b * TIMES), (1.0, 1.0))
    report = check_gradients(sigmoid, 0.5)
    for shown in (summary, fit, report):
        for row in cells(shown._repr_html_()):
            assert all(cell in str(shown) for cell in row)
    assert said(fit._repr_html_()).endswith(fit.reason)
    assert said(report._repr_html_()).endswith("right")


@elementwise(dx=lambda y, x: 2.0 * x)
def cubed(x: Any, /) -> Any:
    return x**3


def test_a_wrong_derivative_is_seen_at_once() -> None:
    html = check_gradients(cubed, 2.0, raise_exception=False)._repr_html_()
    assert notebook.WRONG in html
    assert "the rule of cubed" in " ".join(said(html).split())


def test_a_program_shows_its_source() -> None:
    program = ad.compile(ad.value_and_grad(lambda x: x * x))
    assert "written at the first call" in program._repr_html_()
    program(3.0)
    assert said(program._repr_html_()).endswith(program.source)
    assert said(program.source._repr_html_()) == program.source


# -- however large it is ---------------------------------------------------------------------------


def test_of_many_rows_and_lines_both_ends_are_shown() -> None:
    rows = [[str(number)] for number in range(10_000)]
    shown = cells(notebook.table(["n"], rows, strong=[3, 9_999]))
    assert [shown[1], shown[-1]] == [["0"], ["9999"]]
    assert ["…"] in shown
    assert len(shown) == notebook.MOST + 2
    code = "\n".join(f"x{number} = {number}" for number in range(10_000))
    for text in (said(notebook.listing(code)), said(notebook.verbatim(code))):
        assert "… 9,700 lines …" in text
        assert text.endswith("x9999 = 9999")
    assert len(notebook.listing(code)) < 40_000


def luminance(colour: str) -> float:
    """As the guidelines for accessible pages define it (WCAG 2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    r, g, b = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("page", ["#ffffff", "#111111", "#1e1e1e"])
def test_every_colour_is_read_on_white_pages_and_on_black_ones(page: str) -> None:
    ours = [*notebook.COLOURS.values(), notebook.RIGHT, notebook.WRONG, notebook.UNSURE, BLUE, ORANGE]
    for colour in ours:
        dark, light = sorted([luminance(colour), luminance(page)])
        assert (light + 0.05) / (dark + 0.05) > 3.5, colour


# -- whatever it is called -------------------------------------------------------------------------

SVG = "http://www.w3.org/2000/svg"


def named_operation(name: str) -> Value:
    return elementwise(dx=lambda y, x: 2.0, symbol=name or None)(lambda x, /: x * 2.0)(Value(3.0, name))


def module(name: str) -> nn.Module:
    made: nn.Module = type(
        name.encode(errors="ignore").decode().replace("\0", "") or "Part", (nn.Module,), {}
    )()
    setattr(made, f"w{name}", Value(1.0))
    return made


def checked(name: str) -> Any:
    return check_gradients(lambda p: cubed(p[name]), {name: 2.0}, raise_exception=False)


def compiled(name: str) -> Any:
    def f(p: Any) -> Any:
        return p[name] * 2.0

    program = ad.compile(f)
    program({name: 1.0})
    return program


NAMED: dict[str, Callable[[str], Any]] = {
    "a number": lambda name: Value(1.0, name),
    "a matrix": lambda name: Value([[1.0]], name),
    "an operation": named_operation,
    "a tree": lambda name: tree(named_operation(name)),
    "a history": lambda name: nn.History(loss=[1.0, 2.0], metrics={name: [2.0, 1.0]}, reason=name),
    "a summary": lambda name: module(name).summary(),
    "a result": lambda name: optim.minimize(lambda p: (p[name] - 1.0) ** 2, {name: 3.0}),
    "a fit": lambda name: optim.least_squares(lambda p: p[name] - TIMES, {name: 1.0}),
    "a check": checked,
    "a program": compiled,
}


@pytest.mark.parametrize("what", NAMED)
def test_no_name_becomes_markup(what: str) -> None:
    def structure(name: str) -> list[str]:
        elements = parsed(NAMED[what](name)._repr_html_()).iter()
        return [element.tag for element in elements if element.tag != "span"]

    expected = structure("v")
    assert [name for name in FRAGMENTS if structure(name) != expected] == []


# -- curves ----------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.floats(), max_size=30), st.lists(st.floats(), max_size=3), FOREIGN)
@example([1e308, -1e308], [math.nan], "")
@example([5e-324, 0.0], [], "")
@example([1.0] * 5000, [], "")
@example([1.79e308] * 2, [], "")
def test_any_curve_is_inside_its_picture(one: list[float], other: list[float], name: str) -> None:
    drawn = curves("step", 0, Series(name, "red", one), Series("b", "blue", other))
    if not drawn:
        assert len(one) + len(other) < 2 or not any(map(math.isfinite, one + other))
        return
    picture = parsed(drawn)
    for path in picture.iter(f"{{{SVG}}}path"):
        for x, y in re.findall(r"[ML](\S+?) ([^L]+)", path.attrib["d"]):
            assert 0.0 <= float(x) <= WIDTH
            assert 0.0 <= float(y) <= HEIGHT
    circles = [*picture.iter(f"{{{SVG}}}circle")]
    assert all(0.0 <= float(circle.attrib["cy"]) <= HEIGHT for circle in circles)
    assert len(drawn) < 40_000


def test_a_long_curve_keeps_its_peak_and_its_ends() -> None:
    numbers = [0.0] * 20_000
    numbers[12_345] = 1.0
    numbers[-1] = 0.5
    drawn = curves("step", 0, Series("f", "red", numbers))
    (line,) = [p for p in parsed(drawn).iter(f"{{{SVG}}}path") if p.get("stroke") == "red"]
    heights = [float(y) for y in re.findall(r" ([\d.]+)", line.attrib["d"])]
    assert min(heights) < heights[-1] < heights[0]
    assert len(heights) < 1000


# -- highlighting ----------------------------------------------------------------------------------


@given(FOREIGN)
def test_the_words_are_the_code(code: str) -> None:
    assert "".join(word for _, word in highlighted(code)) == code


@pytest.mark.parametrize("path", [ast.__file__, notebook.__file__, __file__])
def test_keywords_comments_and_strings_are_those_of_python(path: str) -> None:
    code = Path(path).read_text(encoding="utf-8")
    tokens = [*tokenize.generate_tokens(io.StringIO(code).readline)]
    found = [(kind, word) for kind, word in highlighted(code) if kind]
    assert [word for kind, word in found if kind == "comment"] == [
        token.string for token in tokens if token.type == tokenize.COMMENT
    ]
    if not any(token.type == getattr(tokenize, "FSTRING_START", None) for token in tokens):
        names = [t.string for t in tokens if t.type == tokenize.NAME and keyword.iskeyword(t.string)]
        assert [word for kind, word in found if kind == "keyword"] == names


# -- in a notebook ---------------------------------------------------------------------------------

CELLS = {
    "import autodiff as ad, nn, optim\nw = ad.Value(0.5, 'w')\nR = w * w\nw": "text/html",
    "ad.tree(R)": "text/html",
    "ad.formula(R)": "text/latex",
    "ad.draw(R).dot": "text/plain",
    "optim.minimize(lambda x: x * x, 3.0)": "text/html",
    "nn.History(loss=[1.0, 0.5])": "text/html",
    "nn.MLP(2, [1]).summary()": "text/html",
    "ad.check_gradients(ad.tanh, 0.5)": "text/html",
    "p = ad.compile(ad.tanh)\np(0.5)\np.source": "text/html",
}


def test_a_notebook_shows_them_and_keeps_the_text() -> None:
    nbformat: Any = pytest.importorskip("nbformat")
    nbclient: Any = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    root = str(Path(__file__).parents[1])
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": root}}).execute()
    for cell, kind in zip(book["cells"], CELLS.values(), strict=True):
        assert {kind, "text/plain"} <= {*cell["outputs"][-1]["data"]}, cell["source"]
    assert book["cells"][0]["outputs"][-1]["data"]["text/plain"] == "Value(0.5, name='w')"
