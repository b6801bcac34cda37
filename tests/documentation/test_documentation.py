"""The README and the pages: short, linked, and shown as they are."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from .pictures import DOCS, TEXTS

ROOT = DOCS.parent
PAGES = [ROOT / "README.md", ROOT / "autodiff" / "README.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
MOST_WORDS = 950
BENCHMARK = "## Speed"


def prose(page: Path) -> str:
    """A page without its code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What may follow # in a link to a page: its headings, as GitHub and MkDocs write them."""
    plain = (re.sub(r"[`*]", "", heading).lower() for heading in HEADING.findall(prose(page)))
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading).strip()) for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"https?:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def test_the_readme_is_short() -> None:
    assert (
        len(ROOT.joinpath("README.md").read_text(encoding="utf-8").split(BENCHMARK)[0].split()) <= MOST_WORDS
    )


def test_the_readme_leads_to_every_page() -> None:
    """Directly, or by a page that it leads to."""
    seen: set[Path] = set()
    open_pages = [ROOT / "README.md"]
    while open_pages:
        page = open_pages.pop()
        seen.add(page)
        links = (page.parent / link.partition("#")[0] for link in LINK.findall(prose(page)) if ".md" in link)
        open_pages += [target for link in links if (target := link.resolve()) not in seen]
    assert not {*PAGES} - seen


def test_every_picture_of_the_pages_is_shown() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in LINK.findall(prose(page))}
    kept = {path for path in DOCS.rglob("*") if path.suffix in (".png", ".svg")}
    assert kept <= shown


@pytest.mark.parametrize("name", TEXTS)
def test_a_picture_of_text_shows_what_is_said_today(name: str) -> None:
    pytest.importorskip("pygments")
    assert (DOCS / name).read_text(encoding="utf-8") == TEXTS[name]()
