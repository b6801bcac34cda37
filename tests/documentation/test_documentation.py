"""The README and the pages: short, linked, and shown as they are."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

from .pictures import DOCS, TEXTS
from .readme import absolute
from .site import reference

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
    kept = {path for path in DOCS.rglob("*") if path.suffix in (".png", ".svg")} - {
        *DOCS.joinpath("assets").iterdir()
    }
    assert kept <= shown


@pytest.mark.parametrize("name", TEXTS)
def test_a_picture_of_text_shows_what_is_said_today(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == TEXTS[name]()


def test_on_a_page_of_a_registry_links_and_pictures_have_whole_addresses() -> None:
    text = absolute("![a](docs/a.svg) [b](docs/b.md#c) [d](https://e.org) [f](#g)", "https://h.org/i/")
    assert text == (
        "![a](https://h.org/i/raw/main/docs/a.svg) [b](https://h.org/i/blob/main/docs/b.md#c) "
        "[d](https://e.org) [f](#g)"
    )
    readme = absolute(PAGES[0].read_text(encoding="utf-8"), "https://h.org")
    assert all(link.startswith("https://") for link in LINK.findall(FENCE.sub("", readme)))


def test_the_reference_has_every_public_name_where_it_is_defined() -> None:
    pages = reference.pages()
    for file, page in reference.contents().items():
        text = pages[f"reference/{file}.md"]
        for name in page.names:
            if reference.documented(page.module, name):
                assert f"::: {reference.identifier(page.module, name)}\n" in text
                assert inspect.getdoc(getattr(page.module, name)), name
            else:
                assert f"`{name} = " in text


def test_the_navigation_has_every_page() -> None:
    told = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    assert not [page for page in [*pages, *reference.pages()] if page not in told]


def test_the_citation_says_what_the_package_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    said = dict(re.findall(r"^(\w+): (\S+)$", citation, re.MULTILINE))
    assert (said["version"], said["license"]) == (project["version"], project["license"])
    names = re.findall(r"^  - name: (.+)$", citation, re.MULTILINE)
    assert names == [author["name"] for author in project["authors"]]
