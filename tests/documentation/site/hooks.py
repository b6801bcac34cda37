"""Hooks of MkDocs: pages that lie elsewhere in the repository, the reference, links, and examples."""

from __future__ import annotations

import posixpath
import re
from html import escape
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from tests.documentation.examples import LIVE
from tests.documentation.site import reference

ROOT = Path(__file__).parents[3]

ELSEWHERE = {
    "README.md": "index.md",
    "autodiff/README.md": "explanation/engine.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
"""Pages of the site by where they lie in the repository; all others lie in docs."""
PLACES = {page: place for place, page in ELSEWHERE.items()}

LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\((\w+)\.png\)")
FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)


def on_files(files: Files, config: Any) -> Files:
    """The pages that lie elsewhere, and those of the reference."""
    made = {page: ROOT.joinpath(place).read_text(encoding="utf-8") for place, page in ELSEWHERE.items()}
    for page, text in {**made, **reference.pages()}.items():
        files.append(File.generated(config, page, content=text))
    for name, made_page in LIVE.items():
        files.append(File.generated(config, f"live/{name}.html", content=made_page().html))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Links as they are on the site, examples as they are read."""
    place = PLACES.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    parts = FENCE.split(markdown)
    parts[::2] = [_linked(part, place, page.file.src_uri, config["repo_url"]) for part in parts[::2]]
    parts[1::2] = [_shown(part) for part in parts[1::2]]
    whole = "".join(parts)
    return PICTURE.sub(_live, whole) if page.file.src_uri == "gallery.md" else whole


def _live(found: re.Match[str]) -> str:
    """The page that a picture of the gallery shows, in its place."""
    words, name = found.groups()
    if name not in LIVE:
        return found[0]
    page = f"live/{name}.html"
    frame = f'<iframe class="live" src="{page}" title="{escape(words)}" loading="lazy"></iframe>'
    return f'{frame}\n\n<a href="{page}">On a page of its own</a>'


def _linked(prose: str, place: str, page: str, host: str | None) -> str:
    """Prose whose links lead from this page to others of the site, or to the files of the repository."""

    def link(found: re.Match[str]) -> str:
        mark, text, target = found.groups()
        path, hash_, anchor = target.partition("#")
        if not path or re.match(r"\w+:", path) or (place == f"docs/{page}" and not path.startswith("..")):
            return found[0]
        there = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
        known = ELSEWHERE.get(there) or (there.removeprefix("docs/") if there.startswith("docs/") else None)
        if known:
            relative = posixpath.relpath(known, posixpath.dirname(page) or ".")
            return f"{mark}[{text}]({relative}{hash_}{anchor})"
        return f"[{text}]({host.rstrip('/')}/blob/main/{there}{hash_}{anchor})" if host else text

    return LINK.sub(link, prose)


def _shown(block: str) -> str:
    """A block of code without what only doctest needs."""
    if not block.startswith("```python\n>>> "):
        return block
    block = re.sub(r"  # doctest: \+\w+$", "", block, flags=re.MULTILINE)
    block = re.sub(r"^<BLANKLINE>$", "", block, flags=re.MULTILINE)
    return re.sub(r"\n+```$", "\n```", block.replace("```python", "```pycon", 1))
