"""A hook of hatchling: README.md as the page of a registry, where links and pictures need whole addresses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

try:
    from hatchling.metadata.plugin.interface import MetadataHookInterface
except ImportError:  # where nothing is built, as in tests
    MetadataHookInterface = object

PAGES = {"Documentation": "docs/start.md", "Changelog": "CHANGELOG.md"}
"""Of the repository, by their names in registries."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)")


def absolute(text: str, repository: str) -> str:
    """Markdown whose links lead to a repository: to its pages, and to the bare files of pictures."""

    def link(found: re.Match[str]) -> str:
        mark, words, path = found.groups()
        return f"{mark}[{words}]({repository.rstrip('/')}/{'raw' if mark else 'blob'}/main/{path})"

    return LINK.sub(link, text)


class Readme(MetadataHookInterface):  # type: ignore[misc]
    """What pyproject.toml names as the hook."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the readme, and the addresses, all of which are in one place."""
        repository = self.config["repository"].rstrip("/")
        metadata["urls"] = {"Repository": repository} | {
            name: f"{repository}/blob/main/{path}" for name, path in PAGES.items()
        }
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        content = absolute(text, repository)
        metadata["readme"] = {"content-type": "text/markdown", "text": content}
