"""What live pages have in common: each needs nothing else, shows itself in notebooks, and is saved."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from string import Template

from ..animation.caption import resource
from ..animation.document import embedded
from ..files.writing import format_of, write

FORMATS = (".html",)

JAVASCRIPT = "autodiff.programs.javascript"
"""The package in which steps downhill are written."""

TOOLS = '<button type="button" id="copy">Copy state</button>\n    '


class DocumentPage(ABC):
    """A page with a title: `html` is its text."""

    title: str

    @cached_property
    def html(self) -> str:
        """One page: it needs no network, and works from a file."""
        return self._written()

    @abstractmethod
    def _written(self) -> str:
        """The text of the page."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file whose name ends in .html, and return its path.

        The file appears complete or not at all. Raises ValueError for another suffix.
        """
        path = Path(path)
        format_of(path, FORMATS)
        write(path, self.html.encode())
        return path

    def _repr_html_(self) -> str:
        return embedded(self.title, self.html)


def body(name: str, **places: str) -> str:
    """The body of a page, its file, with what it has in its places and what every page says of itself."""
    said = resource("said.html", __package__)
    return Template(resource(name, __package__)).substitute(places, said=said)


def stage(picture: str) -> str:
    """Where the picture of a page is."""
    return f'<div class="stage" id="stage" tabindex="0" role="region" aria-label="Picture">{picture}</div>'


def script(programs: str, *names: str) -> str:
    """The script of a page: its programs, how steps are made, and these files of this package."""
    files = "".join(resource(name, __package__) for name in names)
    return f"  const programs = {programs};\n\n{resource('descent.js', JAVASCRIPT)}{files}"
