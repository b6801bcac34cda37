"""Homework in the live page: what is typed there is read and marked as Python reads and marks it."""

from __future__ import annotations

import functools
import operator
import random
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn.lecture
from autodiff import Value, exercise, play, sigmoid, tanh
from autodiff.school.reading import read
from autodiff.school.vocabulary import Vocabulary
from tests.autodiff.test_animation import hostile
from tests.autodiff.test_live_in_browser import rectified
from tests.browser import Page
from tests.javascript import literal, run, same

NAMES = {"x": 0.7, "y": -1.3, "w₁₁": 0.4, "a₁⁽²⁾": 2.5}
SPELLINGS = {"x": ["x"], "y": ["y"], "w₁₁": ["w₁₁", "w11", "w_11"], "a₁⁽²⁾": ["a₁⁽²⁾", "a1_2", "a_1_2"]}
SOURCES = "".join((files("autodiff.live") / name).read_text(encoding="utf-8") for name in ("formulas.js",))
LOWERED = (files("autodiff.live") / "numbers.js").read_text(encoding="utf-8")


def typed(rng: random.Random, depth: int) -> str:
    """A formula as somebody may type it, perhaps in two ways that can be read."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice([*functools.reduce(operator.iadd, SPELLINGS.values(), []), "2", "0.5", "3e-1", "π"])
    a, b = typed(rng, depth - 1), typed(rng, depth - 1)
    form = rng.choice(
        [
            *(
                "{a} + {b}",
                "{a} − {b}",
                "{a}·{b}",
                "{a}*{b}",
                "{a} {b}",
                "({a})({b})",
                "{a}/{b}",
                "{a}/({b})",
            ),
            *("({a})²", "{a}^2", "({a})**{b}", "({a})⁻¹", "-{a}", "−({a})", "2({a})", "({a})/2"),
            *(
                "σ({a})",
                "exp({a})",
                "tanh({a})",
                "relu({a})",
                "√({a})",
                "√{a}",
                "σ′({a})",
                "tanh'({a})",
                "sin({a})",
            ),
        ]
    )
    return form.replace("{a}", a).replace("{b}", b)


def in_page(texts: list[str]) -> list[Any]:
    """What the page reads formulas as: a number, or what it says."""
    quoted = ", ".join(f'"{text}"' for text in texts)
    spelled = ", ".join(f'"{known}": {k}' for k, name in enumerate(NAMES) for known in SPELLINGS[name])
    values = ", ".join(map(literal, NAMES.values()))
    found: list[Any] = run(f"""
      const data = {{digits: 4}}, known = new Map(Object.entries({{{spelled}}}));
      {LOWERED}
      {SOURCES}
      for (const text of [{quoted}]) {{
        try {{ out.push(formula(text, (word) => known.get(word) ?? null).result([{values}])); }}
        catch (error) {{ out.push(`${{error.message}} at ${{error.place}}`); }}
      }}""")
    return found


def in_python(text: str) -> float | None:
    try:
        with np.errstate(all="ignore"):
            return float(read(text, Vocabulary(list(NAMES))).evaluate(NAMES))
    except SyntaxError:
        return None


def test_what_the_page_reads_is_what_python_reads():
    rng = random.Random(0)
    texts = [typed(rng, 1 + k % 4) for k in range(600)]
    understood = 0
    for text, found in zip(texts, in_page(texts), strict=True):
        right = in_python(text)
        assert isinstance(found, str) == (right is None), (text, found, right)
        if right is not None:
            understood += 1
            assert same(found, right, 1e-9, 1e-12), (text, found, right)
    assert understood > 300


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expected a number, a name or a bracket at 0"),
        ("2·", "expected a number, a name or a bracket at 2"),
        ("(x + 1", "a bracket is never closed at 6"),
        ("x + 1)", "this bracket was never opened at 5"),
        ("x + q", "q is not known here at 4"),
        ("constructor(x)", "constructor is not known here at 0"),
        ("x; alert(1)", "unexpected “;” at 1"),
        ("σ x", "σ needs brackets: σ(x) at 0"),
        ("1/2x", "a/b c can be read in two ways: write a/(b·c) or a/b·c at 3"),
        ("x 2", "expected an operator before 2 at 2"),
    ],
)
def test_a_slip_of_typing_is_said_with_its_place(text, told):
    assert in_page([text]) == [told]


# -- in the page -----------------------------------------------------------------------------------

JUDGE = """
const [asked, answer] = arguments;
const select = document.getElementById('asked');
select.selectedIndex = [...select.options].findIndex((option) => option.textContent === asked);
select.dispatchEvent(new Event('change'));
document.getElementById('answer').value = answer;
document.getElementById('check').click();
return document.getElementById('verdict').textContent;
"""

Opened = Callable[[Value], Page]


@pytest.fixture
def opened(chromium: Page, tmp_path: Path) -> Opened:
    """A page of a Value, open in the browser."""

    def open_page(value: Value) -> Page:
        chromium.open(play(value).save(tmp_path / "page.html"))
        return chromium

    return open_page


def linear() -> Value:
    f = 3.0 * Value(0.5, "w") + Value(0.25, "b")
    f.name = "f"
    return f


LECTURE = {
    "w₁₂⁽²⁾": [
        "-2(y − a₁⁽²⁾)·a₂⁽¹⁾",
        "-(y - a1_2)*a2_1",
        "2(y − a₁⁽²⁾)·a₂⁽¹⁾",
        "-2(y - a1_2) a1_1",
        "-0.4861",
    ],
    "b₁⁽²⁾": ["-2(y-a1_2)", "∂R/∂b₁⁽²⁾ = −2(y − a₁⁽²⁾)", "-2(1.2 - a1_2)", "-2(y-a1_2", "-2(y-q)", ""],
    "w₁₁⁽¹⁾": [
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾(1 − a₁⁽¹⁾)·x₁",
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·σ′(z₁⁽¹⁾)·x₁",
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾(1 − a₁⁽¹⁾)·3",
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾·x₁",
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾(1 − a₁⁽¹⁾)·x₂",
    ],
}


@pytest.mark.parametrize(
    ("make", "answers"),
    [
        (lambda: nn.lecture.loss(nn.lecture.network(), 1), LECTURE),
        (rectified, {"w": ["-2(y - a) relu'(z) x", "-2(y - a) x"], "b": ["-2(y - a) relu′(z)", "z"]}),
        (linear, {"w": ["3", "2", "w", "3w/w"]}),
    ],
)  # fmt: skip
def test_the_page_marks_as_python_does(opened, make, answers) -> None:
    output = make()
    page = opened(output)
    for name, texts in answers.items():
        task = exercise(output, name)
        for text in texts:
            told = page.run(JUDGE, f"∂{output.name}/∂{name}", text)
            assert told.partition(":")[0] == task.mark(text).verdict, (text, told, task.mark(text))
    assert page.logged() == []


def test_what_is_wrong_is_said(opened) -> None:
    page = opened(nn.lecture.loss(nn.lecture.network(), 1))
    asked = "∂R/∂w₁₂⁽²⁾"
    assert page.run(JUDGE, asked, "-(y - a1_2)·a2_1") == "wrong: the factor 2 is missing"
    assert page.run(JUDGE, asked, "2(y - a1_2)·a2_1") == "wrong: the sign is wrong"
    assert page.run(JUDGE, asked, "-6(y - a1_2)·a2_1") == f"wrong: it is 3 times {asked}"
    assert page.run(JUDGE, asked, "-2(y - a1_2)·a1_1") == "wrong: it is ∂R/∂w₁₁⁽²⁾"
    assert page.run(JUDGE, asked, "a2_1").startswith("wrong: it comes to 0.6225 where ∂R/∂w₁₂⁽²⁾ is −0.4861")
    assert page.run(JUDGE, asked, "-2(y - a1_2)·q") == "unreadable: q is not known here"
    assert page.run("return document.getElementById('answer').selectionStart") == 13


def test_hints_come_one_by_one(opened) -> None:
    R = nn.lecture.loss(nn.lecture.network(), 1)
    page = opened(R)
    hints = exercise(R, "w₁₁⁽¹⁾").hints
    for count in range(1, len(hints) + 1):
        page.click("#hint")
        found = page.run("return [...document.querySelectorAll('#hints li')].map((li) => li.textContent)")
        assert found == list(hints[:count])
    page.click("#hint")
    assert "no more hints" in page.text("#verdict")


def test_hostile_names_and_answers_do_nothing(opened) -> None:
    page = opened(hostile())
    for answer in (
        "<img src=x onerror=alert(1)>",
        "constructor.constructor('alert(1)')()",
        "(" * 900,
        "x" * 2000,
    ):
        page.run("document.getElementById('answer').value = arguments[0]", answer)
        page.click("#check")
        assert page.text("#verdict").startswith("unreadable: ")
    assert page.run("return document.querySelectorAll('img, i').length") == 0
    assert page.logged() == []


def test_a_graph_of_many_cards_has_no_homework() -> None:
    x = Value(0.5, "x")
    for k in range(70):
        x = tanh(x)
        x.name = f"a{k}"
    assert 'id="turn"' not in play(x).html
    assert 'id="turn"' in play(sigmoid(Value(0.5, "x"))).html
