"""Text is text: in each language that is written, whatever it holds."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff.text import escaping
from autodiff.text.notation import printable, printable_lines
from tests.foreign import FOREIGN


class Page(HTMLParser):
    """The tags of a page, their attributes, and what stands between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(FOREIGN)
def test_what_is_printable_has_one_line_and_one_direction_and_fits_into_a_file(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert shown.replace("\u200d", "").isprintable()
    assert shown.encode().decode() == shown
    assert printable_lines(text).count("\n") == text.count("\n")


@given(FOREIGN)
def test_what_is_printable_already_stays(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(FOREIGN)
def test_a_comment_is_one_comment(text: str) -> None:
    source = f"x = 1\n{escaping.comment(text)}\ny = 2\n"
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert comments == [escaping.comment(text)]
    assert ast.dump(ast.parse(source)) == ast.dump(ast.parse("x = 1\ny = 2\n"))
    assert source.splitlines() == source.removesuffix("\n").split("\n")


@given(FOREIGN)
def test_a_docstring_is_one_string_that_can_be_printed(text: str) -> None:
    literal = escaping.docstring(text)
    assert ast.literal_eval(literal) == printable_lines(text)
    assert len(list(ast.walk(ast.parse(literal)))) == 3


@given(FOREIGN)
def test_html_shows_the_text_in_elements_and_in_attributes(text: str) -> None:
    shown = escaping.html(text)
    page = Page(f'<p title="{shown}">{shown}</p>')
    assert page.tags == [("p", [("title", printable(text))])]
    assert page.text == printable(text)


@given(FOREIGN)
def test_data_in_a_script_are_data(text: str) -> None:
    page = Page(f"<script>{escaping.script({text: [text]})}</script><b>")
    assert [tag for tag, _ in page.tags] == ["script", "b"]
    assert json.loads(page.text) == {text: [text]}
    assert page.text.encode().decode() == page.text


def fields_of(record: str) -> list[str]:
    """The fields of a record as Graphviz reads them, which takes a backslash before a letter away."""
    parts = re.split(r"((?:[^\\|]|\\.)*)(?:\||$)", record)[1::2]
    assert not re.search(r"(?<!\\)(?:\\\\)*[{}<>]", record)
    return [re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], part) for part in parts]


@given(st.lists(FOREIGN.filter(bool), min_size=1, max_size=3))
def test_a_record_has_the_fields_it_was_given(texts: list[str]) -> None:
    written = escaping.record(texts)
    assert not re.search(r'(?<!\\)(?:\\\\)*"', written)
    fields = [field.replace("&amp;", "&") for field in fields_of(written)][: len(texts)]
    assert fields == [printable_lines(text) for text in texts]


@given(FOREIGN)
def test_a_label_in_the_dot_language_ends_at_its_quote(text: str) -> None:
    assert ast.literal_eval(f'"{escaping.dot(text)}"').replace("&amp;", "&") == printable_lines(text)


@given(FOREIGN)
def test_a_label_of_mermaid_holds_no_letter_with_a_meaning(text: str) -> None:
    lines = escaping.mermaid(text).split("<br>")
    assert not re.search(r'["<>&`{}\[\]|%]', "".join(lines))
    shown = [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), line) for line in lines]
    assert shown == printable_lines(text).split("\n")


@given(FOREIGN)
def test_markdown_is_undone_by_taking_backslashes_away(text: str) -> None:
    written = escaping.markdown(text)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", written) == printable(text).lstrip()
    bare = re.sub(r"\\.", "", written)
    assert not re.search(r"[`*_\[\]<>|~$&]|://|www\.", bare, re.IGNORECASE)
    assert not re.match(r"\s|[#+=-]|\d[.)]\s", written)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)\>"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("https://a.b", r"https\://a.b"),
        ("# x", r"\# x"),
        ("1. x", r"1\. x"),
        ("a - b, 3 + 4 = 7, 1.5", "a - b, 3 + 4 = 7, 1.5"),
    ],
)
def test_markdown_has_as_few_backslashes_as_its_meaning_allows(text: str, written: str) -> None:
    assert escaping.markdown(text) == written


@settings(max_examples=50)
@given(FOREIGN)
def test_matplotlib_finds_no_formula(text: str) -> None:
    cbook: Any = pytest.importorskip("matplotlib.cbook")
    assert not cbook.is_math_text(escaping.mathtext(text))
    assert escaping.mathtext(text).replace(r"\$", "$") == printable(text)
