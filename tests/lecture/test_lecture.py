"""The notebook of the lecture runs, and shows what the pages show."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from . import notebook
from .page import FOLDER, Block, pages, parts, rewritten


def blocks() -> list[tuple[Any, Block]]:
    """Every block, with its page."""
    return [
        (page, part)
        for page in pages()
        for part in parts(page.read_text(encoding="utf-8"))
        if isinstance(part, Block)
    ]


def code_cells(book: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    return dict(json.loads(notebook.NOTEBOOK.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def ran() -> dict[str, Any]:
    """The notebook, run afresh: an error in a cell is an error here."""
    if os.environ.get("CI") != "true":
        pytest.importorskip("nbclient")
        pytest.importorskip("ipykernel")
    return notebook.run()


def test_every_cell_runs_and_says_what_is_stored(ran, stored) -> None:
    said = {cell["id"]: notebook.shown(cell) for cell in code_cells(ran)}
    assert said == {cell["id"]: notebook.shown(cell) for cell in code_cells(stored)}


def test_cells_that_show_a_picture_still_do(ran, stored) -> None:
    def kinds(book: dict[str, Any]) -> dict[str, list[str]]:
        return {
            cell["id"]: [*cell["outputs"][-1].get("data", [])] for cell in code_cells(book) if cell["outputs"]
        }

    assert kinds(ran) == kinds(stored)


def test_the_notebook_is_the_pages(stored) -> None:
    for cell, made in zip(stored["cells"], notebook.empty()["cells"], strict=True):
        assert (cell["id"], cell["cell_type"], cell["source"]) == (
            made["id"],
            made["cell_type"],
            made["source"],
        )


def test_the_pages_show_what_the_notebook_does(stored) -> None:
    for (page, block), cell in zip(blocks(), code_cells(stored), strict=True):
        if block.picture:
            assert (FOLDER / block.picture).read_bytes() == notebook.picture(
                cell, f".{block.picture[-3:]}"
            ), page
        else:
            assert block.shown == notebook.shown(cell), page


def test_the_notebook_is_written_as_json_is_by_this_program_and_is_small(stored) -> None:
    content = notebook.NOTEBOOK.read_bytes()
    assert notebook.written(stored) == content
    assert len(content) < 1_000_000


def test_the_introduction_leads_to_every_page_and_every_picture_is_shown() -> None:
    introduction = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"]({page.name})" in introduction for page in pages()[1:])
    pictures = {path.name for path in FOLDER.iterdir() if path.suffix in (".svg", ".png")}
    assert pictures == {block.picture for _, block in blocks() if block.picture}


def test_rewriting_a_page_with_what_it_shows_changes_nothing() -> None:
    for page in pages():
        text = page.read_text(encoding="utf-8")
        shown = dict(enumerate(part.shown for part in parts(text) if isinstance(part, Block)))
        assert rewritten(text, shown) == text


def test_a_block_of_which_more_than_the_last_statement_shows_something_is_refused() -> None:
    with pytest.raises(ValueError, match="only its last statement"):
        list(parts("```python\n>>> 1\n1\n>>> 2\n2\n\n```\n"))
    with pytest.raises(ValueError, match="the last statement names it"):
        _ = next(iter(parts("```python\n>>> 1\n\n```\n\n![one](one.svg)\n"))).cell  # type: ignore[union-attr]
