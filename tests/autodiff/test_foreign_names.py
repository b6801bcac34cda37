"""Whatever a Value, a scope or a metric is called, what shows it has the structure of harmless names."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import autodiff as ad
import nn
from autodiff import Value, animate, draw, elementwise, explain, formula, nudges, scope, tree
from autodiff.text.lettering import latex_of
from optim import minimize
from tests.foreign import FRAGMENTS, LINE_ENDS

HARMLESS = "v"
NAMES = [*FRAGMENTS, "[1cm]", "x²'", "^_^", "a" * 60]


class Tags(HTMLParser):
    """The tags of a page and the names of their attributes, also of the page inside it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *[name for name, _ in attrs]))
        for name, value in attrs:
            if name == "srcdoc":
                self.found += Tags(value or "").found

    def handle_endtag(self, tag: str) -> None:
        self.found.append((tag,))


def tags(svg: str) -> list[str]:
    return [element.tag for element in ElementTree.fromstring(svg).iter()]


def lines(text: str) -> int:
    return len(text.splitlines())


def cards_and_arrows(dot: str) -> list[str]:
    """Where each line of DOT begins, but for labels of arrows: a name that is a word has no bar for one."""
    return [begin for begin in re.findall(r"^ *(\S+)", dot, re.MULTILINE) if not begin.startswith("l")]


def recorded(name: str) -> tuple[Value, Value]:
    """A graph whose values, scope and operation have a foreign name."""
    doubled = elementwise(dx=lambda y, x: 2.0, symbol=name or None)(_doubled)
    w, x = Value(3.0, name), Value(2.0, "x")
    with scope(name or "scope"):
        u = w * x
        u.name = f"{name}u"
    z = doubled(u) * u + w
    z.name = f"{name}z"
    z.backward()
    return z, w


def _doubled(x: Any, /) -> Any:
    return x * 2.0


def array(name: str) -> tuple[Value, Value]:
    m = Value([[1.0, 2.0], [3.0, 4.0]], name)
    return ad.sum(m @ m), m


SHOWN: dict[str, tuple[Callable[[Value, Value], str], Callable[[str], Any]]] = {
    "text of a derivation": (lambda z, w: explain(z, w).text, lines),
    "LaTeX of a derivation": (lambda z, w: explain(z, w).latex, lines),
    "Markdown of a derivation": (lambda z, w: explain(z, w).markdown, lines),
    "a formula": (lambda z, w: f"{formula(z)}{formula(z).latex}", lines),
    "a tree": (lambda z, w: str(tree(z)), lines),
    "DOT": (lambda z, w: draw(z, collapse=False).dot, cards_and_arrows),
    "DOT of a collapsed graph": (
        lambda z, w: draw(z, collapse=True, direction="TB").dot,
        cards_and_arrows,
    ),
    "Mermaid": (lambda z, w: draw(z, collapse=False).mermaid, lines),
    "the text of a picture": (lambda z, w: draw(z, collapse=False).text, lines),
    "nudges as Markdown": (lambda z, w: nudges(z, [w]).markdown, lines),
    "nudges as text": (lambda z, w: str(nudges(z, [w])), lines),
    "nudges as HTML": (lambda z, w: nudges(z, [w])._repr_html_(), lambda html: Tags(html).found),
    "a page": (lambda z, w: animate(z, w).html, lambda html: Tags(html).found),
    "a page in a notebook": (lambda z, w: animate(z, w)._repr_html_(), lambda html: Tags(html).found),
    "frames": (lambda z, w: animate(z, w).frames[-1].svg, tags),
    "the text of an animation": (lambda z, w: animate(z, w).text, lambda text: text.count("\n\n")),
}


@pytest.mark.parametrize("made", [recorded, array])
@pytest.mark.parametrize("what", SHOWN)
def test_what_is_shown_has_the_structure_of_harmless_names(
    what: str, made: Callable[[str], tuple[Value, Value]]
) -> None:
    show, structure = SHOWN[what]
    expected = structure(show(*made(HARMLESS)))
    different = []
    for name in NAMES:
        shown = show(*made(name))
        shown.encode()
        assert not any(end in shown for end in (*LINE_ENDS[1:], "\0", "\u202e", "\u2066"))
        if structure(shown) != expected:
            different.append(name)
    assert different == []


@pytest.mark.parametrize("name", ["\ud800", "\0", "\u2028", "</script>", "]]>"])
def test_any_name_can_be_saved(name: str, tmp_path: Path) -> None:
    z, w = recorded(name)
    for suffix in (".dot", ".mmd", ".txt"):
        assert draw(z).save(tmp_path / f"picture{suffix}").read_bytes().decode()
    for suffix in (".html", ".txt"):
        assert animate(z, w).save(tmp_path / f"story{suffix}").read_bytes().decode()


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_typeset_and_starts_neither_a_tag_nor_a_link(name: str) -> None:
    mathtext: Any = pytest.importorskip("matplotlib.mathtext")
    latex = latex_of(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a glyph that the font lacks
        mathtext.MathTextParser("path").parse(f"$x {latex} y$")
    assert not any(part in latex for part in ("<s", "<i", "<!", "</", "](", "://", "`", "$$"))


def test_a_prime_behind_an_exponent_is_no_second_exponent() -> None:
    assert latex_of("x²'") == "x^{2}{}'"


def test_markdown_of_a_derivation_has_no_markup_from_a_name() -> None:
    for name in ("<img src=x onerror=alert(1)>", "[x](javascript:alert(1))"):
        x = Value(1.0, name)
        for text in (explain(x * x + x, x).markdown, explain(x * 1.0, Value(1.0, name)).markdown):
            assert "<img" not in text.replace(r"\<", "")
            assert "](" not in text.replace(r"\](", "")


PRINTED: dict[str, Callable[[str], str]] = {
    "a history": lambda name: str(nn.History(loss=[1.0], metrics={name: [2.0]}, reason="done")),
    "the last epoch": lambda name: nn.History(loss=[1.0], metrics={name: [2.0]}).last(),
    "a result": lambda name: str(minimize(lambda p: (p[name] - 1.0) ** 2, {name: 3.0})),
    "an error": lambda name: Value(1.0, name).described(),
}


@pytest.mark.parametrize("what", PRINTED)
def test_what_is_printed_has_as_many_lines_as_with_harmless_names(what: str) -> None:
    show = PRINTED[what]
    for name in NAMES:
        shown = show(name)
        shown.encode()
        assert lines(shown) == lines(show(HARMLESS)), name
        assert not any(end in shown for end in (*LINE_ENDS[1:], "\0", "\u202e", "\u2066"))


@pytest.mark.parametrize("end", LINE_ENDS)
def test_the_summary_of_a_module_has_a_line_for_each_part_whatever_its_class_is_called(end: str) -> None:
    module = type(f"a{end}b", (nn.Module,), {})()
    setattr(module, f"w{end}", Value(1.0))
    assert lines(str(module.summary())) == 3
