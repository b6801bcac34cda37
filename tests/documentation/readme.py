"""A hook of hatchling: README.md as the page of a registry, where links and pictures need whole addresses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

try:
    from hatchling.metadata.plugin.interface import MetadataHookInterface
except ImportError:  # where nothing is built, as in tests
    MetadataHookInterface = object

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
        """Add the readme."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        content = absolute(text, self.config["repository"])
        metadata["readme"] = {"content-type": "text/markdown", "text": content}
