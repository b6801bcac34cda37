"""The formats of a picture: each an attribute that says its suffix and what writes it, and nothing else.

Saving, and errors that list the suffixes, go by what the class of a picture declares.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ..files.writing import format_of, write

Content = TypeVar("Content", bound="str | bytes")


class PictureFormat(cached_property[Content]):
    """A picture in one format, written when it is first asked for, and saved under a suffix."""

    def __init__(self, suffix: str, write: Callable[[Any], Content]) -> None:
        super().__init__(write)
        self.suffix = suffix


def saved_as(suffix: str) -> Callable[[Callable[[Any], Content]], PictureFormat[Content]]:
    """Make of a method that writes a picture the format of a suffix."""
    return lambda write: PictureFormat(suffix, write)


class Formatted:
    """What is saved in the formats that its class declares."""

    @classmethod
    def formats(cls) -> dict[str, str]:
        """The attribute for each suffix, those of a base class first."""
        return {
            format.suffix: name
            for each in reversed(cls.__mro__)
            for name, format in vars(each).items()
            if isinstance(format, PictureFormat)
        }

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the format that its suffix names, and return its path.

        The file appears complete or not at all. Raises ValueError for an unknown suffix.
        """
        path, formats = Path(path), self.formats()
        content = getattr(self, formats[format_of(path, formats)])
        write(path, content if isinstance(content, bytes) else content.encode())
        return path
